//! The one HTTP client of the process, and the knowledge whether a call opened its connection.
//!
//! Building a client reads the system's root certificates and takes 16 to 33 ms the first time, so
//! it is built once, off the path of a request where connections are opened ahead of time, and kept
//! with its warm connections for as long as the network settings stay what they are.

use std::cell::Cell;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Proxy, Url, redirect};
use secrecy::ExposeSecret;
use tower::{Layer, Service};

use super::innermost;
use crate::config::NetworkSettings;
use crate::provider::ProviderError;

/// Bound: DNS, TCP and TLS together. The deadline of a request is the engine's and is shorter; a
/// connection that took a second is still good for the next key.
const CONNECT_WAIT: Duration = Duration::from_secs(3);

/// Bound: the most bytes of a file of certificates. All roots of a system have 250 KB.
const CA_BYTES_MAX: u64 = 1024 * 1024;

/// What no proxy stands before: this machine, and networks that have no way out of their own.
const PRIVATE: &str = "localhost,127.0.0.0/8,::1/128,0.0.0.0/32,10.0.0.0/8,172.16.0.0/12,\
                       192.168.0.0/16,fc00::/7";

/// The way to other machines, under settings that do not change.
pub(in crate::provider) struct Exit {
    network: NetworkSettings,
    client: OnceLock<Result<Client, String>>,
}

impl Exit {
    /// The exit under these settings. It is shared with everybody who has asked with the same ones
    /// since somebody asked with others, so that connections outlive a change of other settings.
    pub(in crate::provider) fn shared(network: &NetworkSettings) -> Arc<Self> {
        static LAST: Mutex<Option<Arc<Exit>>> = Mutex::new(None);
        let mut last = LAST.lock();
        match &*last {
            Some(exit) if is_same(&exit.network, network) => Arc::clone(exit),
            _ => {
                let exit = Self { network: network.clone(), client: OnceLock::new() };
                Arc::clone(last.insert(Arc::new(exit)))
            }
        }
    }

    /// The client. Builds it the first time.
    pub(super) fn client(&self) -> Result<&Client, ProviderError> {
        self.client
            .get_or_init(|| build(&self.network))
            .as_ref()
            .map_err(|detail| ProviderError::Unreachable { detail: detail.clone() })
    }
}

fn is_same(left: &NetworkSettings, right: &NetworkSettings) -> bool {
    let proxy = |network: &NetworkSettings| {
        network.proxy.as_ref().map(|proxy| proxy.expose_secret().to_owned())
    };
    proxy(left) == proxy(right) && left.no_proxy == right.no_proxy && left.ca_file == right.ca_file
}

fn build(network: &NetworkSettings) -> Result<Client, String> {
    // An error means that somebody chose a TLS implementation before us, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let proxy = network.proxy.as_ref().map(|proxy| proxy_at(proxy.expose_secret(), network));
    let proxy = proxy.transpose()?;
    let certificates = network.ca_file.as_deref().map(certificates).transpose()?;
    let builder = || {
        let builder = settled().tls_certs_merge(certificates.clone().unwrap_or_default());
        match &proxy {
            Some(proxy) => builder.proxy(proxy.clone()),
            None => builder,
        }
    };
    // A machine without root certificates can still reach a model on plain loopback HTTP.
    let built = builder().build().or_else(|error| match certificates {
        None => builder().tls_certs_only([]).build(),
        Some(_) => Err(error),
    });
    built.map_err(|error| format!("no HTTP client: {}", innermost(&error)))
}

/// What no setting changes.
fn settled() -> ClientBuilder {
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
}

/// The address is not repeated where it is wrong: it may hold a password.
fn proxy_at(address: &str, network: &NetworkSettings) -> Result<Proxy, String> {
    let refused = || "network.proxy is not the address of an HTTP proxy".to_owned();
    // The library would add a scheme to what has none, and reach models without the proxy where it
    // does not know the scheme.
    let url = Url::parse(address).map_err(|_| refused())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(refused());
    }
    let proxy = Proxy::all(url).map_err(|_| refused())?;
    let exempt = [PRIVATE].into_iter().chain(network.no_proxy.iter().map(String::as_str));
    let exempt = exempt.collect::<Vec<_>>().join(",");
    Ok(proxy.no_proxy(NoProxy::from_string(&exempt)))
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, String> {
    let about = |what: &str| format!("network.ca_file {what}");
    let mut text = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| about(&error.kind().to_string()))?;
    let read = opened.take(CA_BYTES_MAX).read_to_end(&mut text);
    read.map_err(|error| about(&error.kind().to_string()))?;
    let found = Certificate::from_pem_bundle(&text);
    let found = found.map_err(|_| about("holds what is not a certificate"))?;
    if found.is_empty() { Err(about("holds no certificate")) } else { Ok(found) }
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
