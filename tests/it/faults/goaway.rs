//! An HTTP/2 server that sends its clients away, before an answer and in the middle of one.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::SendResponse;
use tabtier::config::{NetworkSettings, Protocol, Settings};
use tabtier::domain::explain::Explanation;
use tabtier::domain::gate::Strictness;
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::site::Trigger;
use tabtier::engine::{Engine, Equipment};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::scripted::request;
use super::{INVOKED, PLACES};
use crate::support::http2::{certificate, server_config};
use crate::support::{model, registry_over};

const DEADLINE: Duration = Duration::from_secs(5);

/// What a connection does with its first request.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Sends the client away.
    Away,
    /// Begins an answer, sends the client away, and breaks off.
    HalfAndAway,
    /// Announces that the connection is used no more, and answers all the same.
    LastAnswer,
    Answer,
}

/// A server whose connections behave like this in turn, and like the last from then on.
struct Server {
    address: SocketAddr,
    certificate: tempfile::NamedTempFile,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(manners: &'static [Manner]) -> Self {
        let made = certificate(&["127.0.0.1"]);
        let acceptor = TlsAcceptor::from(Arc::new(server_config(&made, &[b"h2"])));
        let mut certificate = tempfile::NamedTempFile::new().expect("a temporary file");
        certificate.write_all(made.cert.pem().as_bytes()).expect("a writable file");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            for number in 0.. {
                let Ok((socket, _)) = listener.accept().await else { return };
                let manner = manners[number.min(manners.len() - 1)];
                connections.spawn(serve(acceptor.clone(), socket, manner));
            }
        });
        Self { address, certificate, _tasks: tasks }
    }

    async fn ask(&self, tier: Tier, trigger: Trigger) -> Explanation {
        let configured = model(Protocol::OpenAiChat, &format!("https://{}", self.address));
        let ca_file = Some(self.certificate.path().to_owned());
        let network = NetworkSettings { ca_file, ..NetworkSettings::default() };
        let providers = Arc::new(registry_over(configured.clone(), &network));
        let mut settings = Settings { gate: Strictness::Off, ..Settings::default() };
        settings.models.insert("model".to_owned(), configured);
        settings.policy.models[tier as usize].push("model".to_owned());
        settings.policy.force = Override::Always(tier);
        settings.policy.classes.iter_mut().for_each(|row| row.deadline = DEADLINE);
        let engine = Engine::new(Equipment { settings: Arc::new(settings), providers });
        let since = Instant::now();
        let explanation = engine.complete(request(PLACES[2].1, trigger)).await;
        assert!(since.elapsed() < 2 * DEADLINE, "{:?}", since.elapsed());
        explanation
    }
}

async fn serve(acceptor: TlsAcceptor, socket: TcpStream, manner: Manner) {
    let tls = acceptor.accept(socket).await.expect("a client that trusts it");
    let mut connection = h2::server::handshake(tls).await.expect("an HTTP/2 client");
    while let Some(Ok((_, respond))) = connection.accept().await {
        match manner {
            Manner::Away => connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM),
            Manner::HalfAndAway => {
                answer(respond, &["alpha.beta(gam"], false);
                // What was written has to leave before the connection does.
                let half = Duration::from_millis(200);
                let _ = tokio::time::timeout(half, connection.accept()).await;
                connection.abrupt_shutdown(Reason::INTERNAL_ERROR);
            }
            Manner::LastAnswer => {
                connection.graceful_shutdown();
                answer(respond, &["value", ";"], true);
            }
            Manner::Answer => answer(respond, &["value", ";"], true),
        }
    }
}

fn answer(mut respond: SendResponse<Bytes>, texts: &[&str], is_whole: bool) {
    let mut stream =
        respond.send_response(http::Response::default(), false).expect("an open stream");
    for text in texts {
        let event = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
        stream.send_data(Bytes::from(event), false).expect("an open stream");
    }
    if is_whole {
        let end =
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        stream.send_data(Bytes::from(end), true).expect("an open stream");
    } else {
        // Dropping it would reset the stream, which is another fault.
        tokio::spawn(async move {
            std::future::poll_fn(|context| stream.poll_reset(context)).await.ok();
        });
    }
}

async fn check(manners: &'static [Manner], expected: Option<&str>) {
    let server = Server::start(manners).await;
    for tier in [Tier::Fast, Tier::Mid, Tier::Flagship] {
        for trigger in [Trigger::Automatic, INVOKED] {
            let explanation = server.ask(tier, trigger).await;
            let text = explanation.offered.as_ref().map(|offered| offered.text.as_str());
            assert_eq!(text, expected, "{manners:?} {tier:?}: {:?}", explanation.attempts);
        }
    }
}

#[tokio::test]
async fn a_client_sent_away_once_comes_back() {
    check(&[Manner::Away, Manner::Answer], Some("value;")).await;
}

#[tokio::test]
async fn a_client_always_sent_away_is_answered_with_nothing() {
    check(&[Manner::Away], None).await;
}

#[tokio::test]
async fn what_was_written_before_is_the_last_resort() {
    check(&[Manner::HalfAndAway], Some("alpha.beta(")).await;
}

#[tokio::test]
async fn a_connection_that_is_to_end_may_still_answer() {
    check(&[Manner::LastAnswer], Some("value;")).await;
}
