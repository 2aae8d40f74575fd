//! `[network]`: certificates of the user's own and proxies, against real TLS servers and proxies.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use parking_lot::Mutex;
use tabtier::config::{ModelSettings, NetworkSettings, Protocol};
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::{ChunkStream, ProviderError};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::support::http2::{Http2Server, Seen, certificate, server_config};
use crate::support::upstream::{Script, Upstream};
use crate::support::{model, registry_over};

fn ask(settings: ModelSettings, network: &NetworkSettings) -> ChunkStream {
    registry_over(settings, network).get("model").expect("the only model").stream(prompt())
}

fn prompt() -> Prompt {
    let body = PromptBody::Chat { system: String::new(), user: "let x".to_owned() };
    let (stop, breakpoints) = (Vec::new(), Vec::new());
    Prompt { body, stop, breakpoints, output_tokens_max: Tokens(64) }
}

fn chat(url: &str) -> ModelSettings {
    let mut settings = model(Protocol::OpenAiChat, url);
    settings.endpoint.key = Some("test-key".to_owned().into());
    settings
}

/// A file that holds this text, trusted.
fn trusting(text: &str) -> (NamedTempFile, NetworkSettings) {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("a writable file");
    let ca_file = Some(file.path().to_owned());
    (file, NetworkSettings { ca_file, ..NetworkSettings::default() })
}

fn proxied(address: &str) -> NetworkSettings {
    NetworkSettings { proxy: Some(address.to_owned().into()), ..NetworkSettings::default() }
}

async fn text(mut stream: ChunkStream) -> String {
    stream.next().await.expect("a chunk").expect("no error").text
}

async fn refusal(mut stream: ChunkStream) -> String {
    match stream.next().await {
        Some(Err(ProviderError::Unreachable { detail })) => detail,
        other => panic!("{other:?}"),
    }
}

/// Cancelling costs one frame, and the connection serves the next call.
#[tokio::test]
async fn a_certificate_of_the_users_own_is_trusted_and_http_2_is_spoken() {
    let mut server = Http2Server::start(certificate(&["127.0.0.1"])).await;
    let (_file, network) = trusting(&server.certificate);
    let registry = registry_over(chat(&server.url()), &network);
    for call in 1..=3 {
        let mut stream = registry.get("model").expect("the only model").stream(prompt());
        assert_eq!(stream.next().await.expect("a chunk").expect("no error").text, " = 1;");
        drop(stream);
        server.wait_for(|seen| seen.resets == call).await;
    }
    let expected = Seen { connections: 1, requests: 3, resets: 3, bytes_after_refusal: 0 };
    assert_eq!(server.seen(), expected);
}

#[tokio::test]
async fn a_file_without_a_certificate_is_named_and_nothing_is_sent() {
    let server = Http2Server::start(certificate(&["127.0.0.1"])).await;
    for what in
        ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
    {
        let (_file, network) = trusting(what);
        let detail = refusal(ask(chat(&server.url()), &network)).await;
        assert!(
            detail.contains("network.ca_file") || detail.contains("no HTTP client"),
            "{detail}"
        );
    }
    let gone =
        NetworkSettings { ca_file: Some("/nowhere/x.pem".into()), ..NetworkSettings::default() };
    let detail = refusal(ask(chat(&server.url()), &gone)).await;
    assert!(detail.starts_with("network.ca_file"), "{detail}");
    assert_eq!(server.seen().connections, 0);
}

/// Does TLS for a server that does not, and offers nothing but HTTP/1.1.
async fn tls_before(server: SocketAddr) -> (SocketAddr, String, JoinSet<()>) {
    let made = certificate(&["127.0.0.1"]);
    let acceptor = TlsAcceptor::from(Arc::new(server_config(&made, &[b"http/1.1"])));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            connections.spawn(async move {
                let mut tls = acceptor.accept(socket).await.expect("a client that trusts us");
                let mut behind = TcpStream::connect(server).await.expect("the server");
                let _ = copy_bidirectional(&mut tls, &mut behind).await;
            });
        }
    });
    (address, made.cert.pem(), tasks)
}

#[tokio::test]
async fn a_server_that_offers_no_http_2_is_spoken_to_as_it_likes() {
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    let behind = upstream.url().trim_start_matches("http://").parse().expect("an address");
    let (address, pem, _tasks) = tls_before(behind).await;
    let (_file, network) = trusting(&pem);
    assert_eq!(text(ask(chat(&format!("https://{address}/v1")), &network)).await, "x");
    assert_eq!(upstream.posts()[0].path, "/v1/chat/completions");
}

/// A proxy that opens a tunnel to `server`, whatever it is asked for, and notes the requests.
async fn tunnel_to(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    let heads = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&heads);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let noted = Arc::clone(&noted);
            connections.spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(socket.read_u8().await.expect("a whole request"));
                }
                noted.lock().push(String::from_utf8(head).expect("text"));
                socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("a client");
                let mut behind = TcpStream::connect(server).await.expect("the server");
                let _ = copy_bidirectional(&mut socket, &mut behind).await;
            });
        }
    });
    (address, heads, tasks)
}

#[tokio::test]
async fn a_tunnel_sees_the_name_of_the_server_and_not_the_key() {
    let server = Http2Server::start(certificate(&["models.example"])).await;
    let (_file, trusted) = trusting(&server.certificate);
    let (proxy, heads, _tasks) = tunnel_to(server.address()).await;
    let network =
        NetworkSettings { ca_file: trusted.ca_file, ..proxied(&format!("http://{proxy}")) };
    assert_eq!(text(ask(chat("https://models.example/v1"), &network)).await, " = 1;");
    let heads = heads.lock().clone();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with("CONNECT models.example:443 HTTP/1.1\r\n"), "{heads:?}");
    assert!(!heads[0].contains("test-key"), "{heads:?}");
    assert_eq!(server.seen().requests, 1);
}

#[tokio::test]
async fn a_proxy_is_given_its_password_and_what_is_not_encrypted() {
    let proxy = Upstream::start(Script::chat(&["x"])).await;
    let address = proxy.url().replace("http://", "http://me:hunter22@");
    assert_eq!(text(ask(chat("http://models.example/v1"), &proxied(&address))).await, "x");
    let request = &proxy.posts()[0];
    assert_eq!(request.path, "http://models.example/v1/chat/completions");
    // `me:hunter22` in base64.
    assert_eq!(request.header("proxy-authorization"), Some("Basic bWU6aHVudGVyMjI="));
}

#[tokio::test]
async fn ones_own_machine_and_exempt_hosts_are_reached_without_the_proxy() {
    let proxy = Upstream::start(Script::status(502, &[])).await;
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    let mut network = proxied(&proxy.url());
    for host in ["127.0.0.1", "localhost"] {
        let url = upstream.url().replace("127.0.0.1", host);
        assert_eq!(text(ask(chat(&url), &network)).await, "x", "{host}");
    }
    // An address for documentation, where nobody is: only who is asked counts.
    let mut elsewhere = model(Protocol::OpenAiChat, "http://203.0.113.7/v1");
    elsewhere.endpoint.timeout = Duration::from_millis(20);
    network.no_proxy = vec!["203.0.113.0/24".to_owned()];
    let _ = ask(elsewhere.clone(), &network).next().await;
    assert_eq!(proxy.connections(), 0);
    network.no_proxy.clear();
    elsewhere.endpoint.timeout = Duration::from_secs(10);
    let _ = ask(elsewhere, &network).next().await;
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn a_proxy_that_is_none_is_named_and_no_model_is_reached_around_it() {
    let upstream = Upstream::start(Script::chat(&["x"])).await;
    for address in ["ftp://me:hunter22@p", "http://", "me:hunter22"] {
        let detail = refusal(ask(chat(&upstream.url()), &proxied(address))).await;
        assert_eq!(detail, "network.proxy is not the address of an HTTP proxy");
    }
    assert_eq!(upstream.connections(), 0);
}
