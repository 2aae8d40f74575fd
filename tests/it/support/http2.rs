//! A TLS server that speaks HTTP/2, with a certificate nobody trusts unless told to.
//!
//! It answers each request with one event of a chat and never ends the answer, so that a client's way
//! of leaving can be watched: a stream that is reset, or a connection that is closed.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a server has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    pub(crate) requests: usize,
    /// Streams that the client reset.
    pub(crate) resets: usize,
    /// Bytes that came after a handshake the client broke off.
    pub(crate) bytes_after_refusal: usize,
}

/// An HTTP/2 server that answers each request with one event and never ends the answer.
pub(crate) struct Http2Server {
    address: SocketAddr,
    pub(crate) certificate: String,
    seen: watch::Receiver<Seen>,
    _tasks: JoinSet<()>,
}

impl Http2Server {
    pub(crate) async fn start(made: rcgen::CertifiedKey<rcgen::KeyPair>) -> Self {
        let config = server_config(&made, &[b"h2"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let (sender, seen) = watch::channel(Seen::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                sender.send_modify(|seen| seen.connections += 1);
                connections.spawn(serve(acceptor.clone(), socket, sender.clone()));
            }
        });
        Self { address, certificate: made.cert.pem(), seen, _tasks: tasks }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has seen so far.
    pub(crate) fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    pub(crate) async fn wait_for(&mut self, condition: impl FnMut(&Seen) -> bool) -> Seen {
        let waited = timeout(Duration::from_secs(10), self.seen.wait_for(condition)).await;
        *waited.expect("in time").expect("a running server")
    }
}

async fn serve(acceptor: TlsAcceptor, socket: TcpStream, seen: watch::Sender<Seen>) {
    let tls = match acceptor.accept(socket).into_fallible().await {
        Ok(tls) => tls,
        Err((_, mut socket)) => {
            let mut rest = Vec::new();
            let _ = socket.read_to_end(&mut rest).await;
            return seen.send_modify(|seen| seen.bytes_after_refusal += rest.len());
        }
    };
    let mut connection = h2::server::handshake(tls).await.expect("an HTTP/2 client");
    let mut answers = JoinSet::new();
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        seen.send_modify(|seen| seen.requests += 1);
        let seen = seen.clone();
        answers.spawn(async move {
            let event = "data: {\"choices\":[{\"delta\":{\"content\":\" = 1;\"}}]}\n\n";
            let mut stream =
                respond.send_response(http::Response::default(), false).expect("an open stream");
            stream.send_data(Bytes::from(event), false).expect("an open stream");
            let _ = poll_fn(|context| stream.poll_reset(context)).await;
            drop(request);
            seen.send_modify(|seen| seen.resets += 1);
        });
    }
}

/// How a server with this certificate does TLS; it offers these protocols by ALPN.
pub(crate) fn server_config(
    made: &rcgen::CertifiedKey<rcgen::KeyPair>,
    protocols: &[&[u8]],
) -> ServerConfig {
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .expect("a certificate and its key");
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config
}

/// A certificate for these names, which nobody vouches for but itself.
pub(crate) fn certificate(names: &[&str]) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
    rcgen::generate_simple_self_signed(names).expect("a certificate")
}
