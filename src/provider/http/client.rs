//! The one HTTP client of the process, and the knowledge whether a call opened its connection.
//!
//! Building a client reads the system's root certificates and takes 16 to 33 ms the first time, so
//! it is built once, and off the path of a request where [`warm`] was called.

use std::cell::Cell;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::{Client, redirect};
use tower::{Layer, Service};

use super::innermost;
use crate::provider::ProviderError;

/// Bound: DNS, TCP and TLS together. The deadline of a request is the engine's and is shorter; a
/// connection that took a second is still good for the next key.
const CONNECT_WAIT: Duration = Duration::from_secs(3);

/// Builds the shared client, if that has not happened yet. Blocks for 16 to 33 ms the first time:
/// call it from a background thread at start, so that no request pays for it.
pub fn warm() {
    // A failure is reported by the first call, where somebody can act on it.
    let _ = client();
}

pub(super) fn client() -> Result<&'static Client, ProviderError> {
    static CLIENT: OnceLock<Result<Client, String>> = OnceLock::new();
    CLIENT
        .get_or_init(build)
        .as_ref()
        .map_err(|detail| ProviderError::Unreachable { detail: detail.clone() })
}

fn build() -> Result<Client, String> {
    // An error means that somebody chose a TLS implementation before us, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        Client::builder()
            .user_agent(concat!("tabtier/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_WAIT)
            .connector_layer(NoteOpening)
            .pool_idle_timeout(Duration::from_secs(90))
            .pool_max_idle_per_host(8)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(5))
            .http2_keep_alive_while_idle(true)
    };
    // A machine without root certificates can still reach a model on plain loopback HTTP.
    let built = builder().build().or_else(|_| builder().tls_certs_only([]).build());
    built.map_err(|error| format!("no HTTP client: {}", innermost(&error)))
}

tokio::task_local! {
    /// Whether the call that runs now has begun to open a connection.
    static OPENED: Cell<bool>;
}

/// Runs `call` and says whether it was served by a connection that was open before.
pub(super) async fn noting_reuse<T>(call: impl Future<Output = T>) -> (T, bool) {
    let noted = async { (call.await, !OPENED.with(Cell::get)) };
    OPENED.scope(Cell::new(false), noted).await
}

/// Wraps the connector, which is asked only where the pool has no connection to give.
#[derive(Clone)]
struct NoteOpening;

impl<S> Layer<S> for NoteOpening {
    type Service = Noted<S>;

    fn layer(&self, connector: S) -> Noted<S> {
        Noted(connector)
    }
}

#[derive(Clone)]
struct Noted<S>(S);

impl<S: Service<R>, R> Service<R> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> S::Future {
        // Outside a call there is nobody to tell.
        let _ = OPENED.try_with(|opened| opened.set(true));
        self.0.call(target)
    }
}
