//! The single exit to the network. No other file opens a connection.
//!
//! One client serves the whole process, because what makes a call fast is in it: warm connections,
//! TLS sessions, the roots. Building it takes 16 to 33 ms the first time, so it is built once, off
//! the path of a request where [`warm`] was called. Its rules: redirects are never followed (a key
//! and source code must not travel to an address nobody configured), nothing is decompressed (no
//! bombs), no proxy is picked up from the environment, and nothing is sent twice: a completion
//! costs money, so whether to ask again is the engine's decision.
//!
//! A call is a stream that owns its socket. Dropping it closes the connection (HTTP/1.1) or resets
//! the stream (HTTP/2), which is what makes a server stop generating.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use futures_util::stream;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout, timeout_at};

use super::decode::{Decoder, Items, State};
use super::wire::Wire;
use super::{ChunkStream, Provider, ProviderError, fault};
use crate::domain::completion::Chunk;
use crate::domain::prompt::{Prompt, PromptBody};

/// Bound: bytes of an error answer that are read.
const ERROR_BYTES_MAX: usize = 4 * 1024;
/// Bound: how long an error answer's body is waited for. The status alone says most of it.
const ERROR_BODY_WAIT: Duration = Duration::from_millis(250);
/// Bound: how long the end of a finished answer is waited for, so that an HTTP/1.1 connection can
/// be used again. Everything worth having was delivered before.
const ENDING_WAIT: Duration = Duration::from_millis(100);
/// Bound: DNS, TCP and TLS together. The deadline of a request is the engine's and is shorter; a
/// connection that took a second is still good for the next key.
const CONNECT_WAIT: Duration = Duration::from_secs(3);
/// Bound: a probe that opens a connection ahead of time.
const PROBE_WAIT: Duration = Duration::from_secs(5);

/// Builds the shared client, if that has not happened yet. Blocks for 16 to 33 ms the first time:
/// call it from a background thread at start, so that no request pays for it.
pub fn warm() {
    // A failure is reported by the first call, where somebody can act on it.
    let _ = client();
}

fn client() -> Result<&'static Client, ProviderError> {
    static CLIENT: OnceLock<Result<Client, String>> = OnceLock::new();
    CLIENT
        .get_or_init(build_client)
        .as_ref()
        .map_err(|detail| ProviderError::Unreachable { detail: detail.clone() })
}

fn build_client() -> Result<Client, String> {
    // An error means that somebody chose a TLS implementation before us, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        Client::builder()
            .user_agent(concat!("tabtier/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_WAIT)
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

/// A model behind HTTP.
pub(super) struct HttpProvider {
    target: Arc<Target>,
}

/// Where a call goes and how it is spoken there.
struct Target {
    wire: Arc<dyn Wire>,
    url: Url,
    probe: Url,
    key: Option<SecretString>,
    authorization: Option<HeaderValue>,
    timeout: Duration,
}

impl HttpProvider {
    /// `base` is the configured address; the protocol's path is appended to it.
    pub(super) fn new(
        wire: Arc<dyn Wire>,
        base: &Url,
        key: Option<SecretString>,
        timeout: Duration,
    ) -> Result<Self, ProviderError> {
        let authorization = key.as_ref().map(authorization).transpose()?;
        let (url, probe) = (below(base, wire.path()), below(base, wire.probe_path()));
        Ok(Self { target: Arc::new(Target { wire, url, probe, key, authorization, timeout }) })
    }

    /// Opens a connection ahead of the first call. Whatever the server answers will do.
    pub(super) async fn connect(&self) {
        let Ok(client) = client() else { return };
        let probe = self.target.authorize(client.get(self.target.probe.clone()));
        let _ = timeout(PROBE_WAIT, async {
            let mut response = probe.send().await.ok()?;
            // Only a body read to its end leaves the connection usable.
            read_at_most(&mut response, 1024 * 1024).await.ok()
        })
        .await;
    }

    /// Scheme, host and port: what connections are shared by.
    pub(super) fn origin(&self) -> String {
        self.target.url.origin().ascii_serialization()
    }
}

impl Provider for HttpProvider {
    fn stream(&self, prompt: Prompt) -> ChunkStream {
        let target = Arc::clone(&self.target);
        let decoder = Decoder::new(Arc::clone(&target.wire));
        let call = Call { target, prompt, decoder, items: Items::new(), phase: Phase::Start };
        Box::pin(stream::unfold(call, |mut call| async move {
            let item = call.next().await?;
            Some((item, call))
        }))
    }
}

impl Target {
    fn authorize(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value.clone()),
            None => request,
        }
    }

    async fn send(&self, prompt: &Prompt) -> Result<Response, ProviderError> {
        let body = serde_json::Value::from(self.wire.body(prompt)?).to_string();
        let request = client()?
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream, application/json")
            .body(body);
        let mut response =
            self.authorize(request).send().await.map_err(|error| unreachable_by(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = timeout(ERROR_BODY_WAIT, read_at_most(&mut response, ERROR_BYTES_MAX)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        Err(fault::from_answer(status, response.headers(), &body, SystemTime::now()))
    }
}

/// One call: from the prompt to the end of the answer.
struct Call {
    target: Arc<Target>,
    prompt: Prompt,
    decoder: Decoder,
    items: Items,
    phase: Phase,
}

enum Phase {
    Start,
    Reading(Response, Instant),
    /// The answer is complete; its end on the wire is not.
    Ending(Response),
    Over,
}

impl Call {
    async fn next(&mut self) -> Option<Result<Chunk, ProviderError>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(item.map_err(|error| self.withhold_echo(error)));
            }
            self.phase = match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Start => self.start().await,
                Phase::Reading(response, deadline) => self.read(response, deadline).await,
                Phase::Ending(mut response) => {
                    let drained = read_at_most(&mut response, ERROR_BYTES_MAX);
                    let _ = timeout(ENDING_WAIT, drained).await;
                    Phase::Over
                }
                Phase::Over => return None,
            };
        }
    }

    async fn start(&mut self) -> Phase {
        let deadline = Instant::now() + self.target.timeout;
        let sent = timeout_at(deadline, self.target.send(&self.prompt)).await;
        match sent.unwrap_or_else(|_| Err(self.too_late())) {
            Ok(response) => Phase::Reading(response, deadline),
            Err(error) => {
                self.items.push_back(Err(error));
                Phase::Over
            }
        }
    }

    async fn read(&mut self, mut response: Response, deadline: Instant) -> Phase {
        let broken = match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                return match self.decoder.push(&bytes, &mut self.items) {
                    State::Open => Phase::Reading(response, deadline),
                    State::Done => Phase::Ending(response),
                    State::Cut => Phase::Over,
                };
            }
            Ok(Ok(None)) => None,
            Ok(Err(error)) => Some(unreachable_by(&error)),
            Err(_) => Some(self.too_late()),
        };
        self.decoder.end(broken, &mut self.items);
        Phase::Over
    }

    fn too_late(&self) -> ProviderError {
        let limit = self.target.timeout;
        ProviderError::Unreachable { detail: format!("no complete answer within {limit:?}") }
    }

    fn withhold_echo(&self, error: ProviderError) -> ProviderError {
        let prompt: [&str; 2] = match &self.prompt.body {
            PromptBody::Infill { prefix, suffix, .. } => [prefix, suffix],
            PromptBody::Raw { text } => [text, ""],
            PromptBody::Chat { system, user } => [system, user],
        };
        let key = self.target.key.as_ref().map(ExposeSecret::expose_secret);
        fault::withhold_echo(error, &prompt, key)
    }
}

/// The body up to its end or to `limit` bytes.
async fn read_at_most(response: &mut Response, limit: usize) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while body.len() < limit {
        let Some(piece) = response.chunk().await? else { break };
        body.extend_from_slice(&piece[..piece.len().min(limit - body.len())]);
    }
    Ok(body)
}

/// `base` with `path` appended to its own path; a query such as Azure's `api-version` stays.
fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let own = base.path().trim_end_matches('/');
    url.set_path(&format!("{own}/{path}"));
    url
}

fn authorization(key: &SecretString) -> Result<HeaderValue, ProviderError> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", key.expose_secret())).map_err(|_| {
            let detail = "the key holds characters that no header can carry".to_owned();
            ProviderError::Unauthorized { detail }
        })?;
    value.set_sensitive(true);
    Ok(value)
}

fn unreachable_by(error: &reqwest::Error) -> ProviderError {
    let what = if error.is_connect() { "cannot connect" } else { "the connection broke" };
    let detail = fault::one_line(&format!("{what}: {}", innermost(error)));
    ProviderError::Unreachable { detail }
}

/// The first cause, which names the trouble; the outer layers name the address.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
