//! The provider border over TLS: who is believed, what HTTP/2 saves, and what the environment of
//! the process may change.
//!
//! Roots and proxies are read from the environment when the process opens its first connection. A
//! test that needs others therefore runs itself again in a child process that has them.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use tabtier::config::Protocol;
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::ProviderError;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::support::upstream::{Script, Upstream};
use crate::support::{model, provider};

/// Where the standard says the trusted roots are; the platform's own are ignored then.
const ROOTS: &str = "SSL_CERT_FILE";
/// Set in the child process that a test starts itself in.
const IS_CHILD: &str = "TABTIER_TEST_CHILD";

fn prompt() -> Prompt {
    let body = PromptBody::Chat { system: String::new(), user: "let x".to_owned() };
    Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(64) }
}

/// Runs the test of this name again in a process that trusts nobody and is told of a proxy that is
/// not there. Returns false in that process,
/// where the test itself is to be run; it may fill the file that [`ROOTS`] names, which is read at
/// the first connection.
fn ran_in_child(test: &str) -> bool {
    if std::env::var_os(IS_CHILD).is_some() {
        return false;
    }
    let no_roots = tempfile::NamedTempFile::new().expect("a temporary file");
    let this = std::env::current_exe().expect("the test binary");
    let child = Command::new(this)
        .args([&format!("tls::{test}"), "--exact"])
        .env(ROOTS, no_roots.path())
        .env_remove("SSL_CERT_DIR")
        .env("http_proxy", "http://127.0.0.1:1")
        .env(IS_CHILD, "1")
        .output()
        .expect("a child process");
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
    true
}

/// What a server has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    connections: usize,
    requests: usize,
    /// Streams that the client reset.
    resets: usize,
    /// Bytes that came after a handshake the client broke off.
    bytes_after_refusal: usize,
}

/// An HTTP/2 server that answers each request with one event and never ends the answer.
struct Http2Server {
    address: SocketAddr,
    certificate: String,
    seen: watch::Receiver<Seen>,
    _tasks: JoinSet<()>,
}

impl Http2Server {
    async fn start(made: rcgen::CertifiedKey<rcgen::KeyPair>) -> Self {
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .expect("a certificate and its key");
        config.alpn_protocols = vec![b"h2".to_vec()];
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

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    async fn wait_for(&mut self, condition: impl FnMut(&Seen) -> bool) -> Seen {
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

fn certificate(names: &[&str]) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let names: Vec<String> = names.iter().copied().map(str::to_owned).collect();
    rcgen::generate_simple_self_signed(names).expect("a certificate")
}

#[tokio::test]
async fn a_server_nobody_vouches_for_gets_no_byte_of_a_request() {
    for names in [&["127.0.0.1"][..], &["example.com"]] {
        let mut server = Http2Server::start(certificate(names)).await;
        let mut stream = provider(model(Protocol::OpenAiChat, &server.url())).stream(prompt());
        match stream.next().await {
            Some(Err(ProviderError::Unreachable { detail })) => {
                assert!(detail.contains("certificate"), "{detail}");
            }
            other => panic!("{other:?}"),
        }
        let seen = server.wait_for(|seen| seen.connections == 1).await;
        assert_eq!((seen.requests, seen.bytes_after_refusal), (0, 0));
    }
}

/// Over HTTP/1.1 each cancellation costs a connection; here it costs one frame.
#[tokio::test]
async fn ten_cancelled_streams_are_reset_on_one_connection() {
    if ran_in_child("ten_cancelled_streams_are_reset_on_one_connection") {
        return;
    }
    let mut server = Http2Server::start(certificate(&["127.0.0.1"])).await;
    let roots = std::env::var_os(ROOTS).expect("set by the parent");
    std::fs::write(roots, &server.certificate).expect("a writable file");
    let provider = provider(model(Protocol::OpenAiChat, &server.url()));
    for call in 1..=10 {
        let mut stream = provider.stream(prompt());
        let chunk = stream.next().await.expect("a chunk").expect("no error");
        assert_eq!(chunk.text, " = 1;");
        drop(stream);
        server.wait_for(|seen| seen.resets == call).await;
    }
    let expected = Seen { connections: 1, requests: 10, resets: 10, bytes_after_refusal: 0 };
    assert_eq!(*server.seen.borrow(), expected);
}

#[tokio::test]
async fn loopback_is_reached_without_roots_and_past_a_proxy_in_the_environment() {
    if ran_in_child("loopback_is_reached_without_roots_and_past_a_proxy_in_the_environment") {
        return;
    }
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    let mut stream = provider(model(Protocol::OpenAiChat, &upstream.url())).stream(prompt());
    assert_eq!(stream.next().await.expect("a chunk").expect("no error").text, "x");
}
