//! The provider border over TLS: who is believed, what HTTP/2 saves, and what the environment of
//! the process may change.
//!
//! Roots and proxies are read from the environment when the process opens its first connection. A
//! test that needs others therefore runs itself again in a child process that has them.

use std::process::Command;

use futures_util::StreamExt;
use tabtier::config::Protocol;
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::ProviderError;

use crate::support::http2::{Http2Server, Seen, certificate};
use crate::support::upstream::{Script, Upstream};
use crate::support::{model, provider};

/// Where the standard says the trusted roots are; the platform's own are ignored then.
const ROOTS: &str = "SSL_CERT_FILE";
/// Set in the child process that a test starts itself in.
const IS_CHILD: &str = "TABTIER_TEST_CHILD";

fn prompt() -> Prompt {
    let body = PromptBody::Chat { system: String::new(), user: "let x".to_owned() };
    Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(64), breakpoints: Vec::new() }
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
    assert_eq!(server.seen(), expected);
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
