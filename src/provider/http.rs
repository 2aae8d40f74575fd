//! The single exit to the network. No other file opens a connection.
//!
//! One client serves the whole process, because what makes a call fast is in it: warm connections,
//! TLS sessions, the roots. Redirects are never followed (a key and source code must not travel to
//! an address nobody configured), nothing is decompressed (no bombs), and no proxy is picked up
//! from the environment: the user's settings name it. A completion costs money, so nothing is sent twice, with one exception: a
//! kept connection that turns out to be closed. llama.cpp's server, for one, promises to keep a
//! connection and closes it after each stream (measured: within 20 µs); such a request was not
//! read, and is sent once more on a new connection.
//!
//! A call is a stream that owns its socket. Dropping it closes the connection (HTTP/1.1) or resets
//! the stream (HTTP/2), which is what makes a server stop generating.

mod client;
mod key;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::stream;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};
use reqwest::{RequestBuilder, Response, Url};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};

use self::client::noting_reuse;
use self::key::BoundKey;
use super::decode::{Decoder, Items, State};
use super::wire::{Wire, in_one_piece};
use super::{ChunkStream, Provider, ProviderError, fault};
use crate::domain::completion::Chunk;
use crate::domain::prompt::{Prompt, PromptBody};

pub(super) use self::client::Exit;

/// Bound: bytes of an error answer that are read.
const ERROR_BYTES_MAX: usize = 4 * 1024;
/// Bound: how long an error answer's body is waited for. The status alone says most of it.
const ERROR_BODY_WAIT: Duration = Duration::from_millis(250);
/// Bound: how long the end of a finished answer is waited for, so that an HTTP/1.1 connection can
/// be used again. Everything worth having was delivered before.
const ENDING_WAIT: Duration = Duration::from_millis(100);
/// Bound: how soon a kept connection that was closed shows it. One that breaks later has been read
/// from, so the server may have worked on the request.
const STALE_WITHIN: Duration = Duration::from_secs(1);
/// Bound: a probe that opens a connection ahead of time.
const PROBE_WAIT: Duration = Duration::from_secs(5);

/// A model's address that can be dialled.
pub(super) struct Address(Url);

impl Address {
    /// Reads the address a user wrote.
    pub(super) fn parse(text: &str) -> Result<Self, ProviderError> {
        let refused = |detail: &str| ProviderError::Refused { detail: detail.to_owned() };
        let url = Url::parse(text).map_err(|_| refused("the model's url is not an address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused("the model's url must begin with http:// or https://"));
        }
        Ok(Self(url))
    }
}

/// A model behind HTTP.
pub(super) struct HttpProvider {
    target: Arc<Target>,
}

/// Where a call goes and how it is spoken there.
struct Target {
    wire: Arc<dyn Wire>,
    exit: Arc<Exit>,
    url: Url,
    probe: Url,
    key: Option<BoundKey>,
    timeout: Duration,
}

impl HttpProvider {
    /// `base` is the configured address; the protocol's path is appended to its own.
    pub(super) fn new(
        wire: Arc<dyn Wire>,
        exit: Arc<Exit>,
        base: &Address,
        key: Option<SecretString>,
        timeout: Duration,
    ) -> Result<Self, ProviderError> {
        let key = key.map(|key| BoundKey::new(key, &base.0, wire.key_header())).transpose()?;
        let mut url = below(&base.0, &wire.path());
        if let Some(query) = wire.query() {
            url.set_query(Some(query));
        }
        let probe = below(&base.0, wire.probe_path());
        Ok(Self { target: Arc::new(Target { wire, exit, url, probe, key, timeout }) })
    }

    /// Opens a connection ahead of the first call. Whatever the server answers will do.
    pub(super) async fn connect(&self) {
        let Ok(client) = self.target.exit.client() else { return };
        let probe = self.target.dress(client.get(self.target.probe.clone()), &self.target.probe);
        let _ = timeout(PROBE_WAIT, async {
            let mut response = probe.send().await.ok()?;
            // Only a body read to its end leaves the connection usable.
            read_at_most(&mut response, 1024 * 1024).await.ok()
        })
        .await;
    }

    fn call(&self, prompt: Prompt, is_whole: bool) -> ChunkStream {
        let target = Arc::clone(&self.target);
        let decoder = Decoder::new(Arc::clone(&target.wire));
        let items = Items::new();
        let call = Call { target, prompt, is_whole, decoder, items, phase: Phase::Start };
        Box::pin(stream::unfold(call, |mut call| async move {
            let item = call.next().await?;
            Some((item, call))
        }))
    }

    /// Scheme, host and port: what connections are shared by.
    pub(super) fn origin(&self) -> String {
        self.target.url.origin().ascii_serialization()
    }
}

impl Provider for HttpProvider {
    fn stream(&self, prompt: Prompt) -> ChunkStream {
        self.call(prompt, false)
    }

    fn whole(&self, prompt: Prompt) -> ChunkStream {
        self.call(prompt, true)
    }
}

impl Target {
    /// The headers of every request, the key included.
    fn dress(&self, request: RequestBuilder, url: &Url) -> RequestBuilder {
        let request = request.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let headers = self.wire.headers().into_iter();
        let request = headers.fold(request, |request, (name, value)| request.header(name, value));
        match &self.key {
            Some(key) => key.authorize(request, url),
            None => request,
        }
    }

    async fn send(&self, prompt: &Prompt, is_whole: bool) -> Result<Response, ProviderError> {
        let mut body = self.wire.body(prompt)?;
        if is_whole {
            in_one_piece(&mut body);
        }
        let body = Bytes::from(Value::from(body).to_string());
        let request = || {
            let request = self
                .exit
                .client()?
                .post(self.url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header(ACCEPT, "text/event-stream, application/x-ndjson, application/json")
                .body(body.clone());
            Ok(self.dress(request, &self.url).send())
        };
        let began = Instant::now();
        let mut sent = noting_reuse(request()?).await;
        if matches!(&sent, (Err(error), true) if !error.is_timeout())
            && began.elapsed() < STALE_WITHIN
        {
            sent = noting_reuse(request()?).await;
        }
        let mut response = sent.0.map_err(|error| unreachable_by(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = timeout(ERROR_BODY_WAIT, read_at_most(&mut response, ERROR_BYTES_MAX)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        let header = |name: &str| response.headers().get(name)?.to_str().ok();
        Err(fault::from_answer(status.as_u16(), header, &body, SystemTime::now()))
    }
}

/// One call: from the prompt to the end of the answer.
struct Call {
    target: Arc<Target>,
    prompt: Prompt,
    is_whole: bool,
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
        let sent = timeout_at(deadline, self.target.send(&self.prompt, self.is_whole)).await;
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
        let mut prompt: Vec<&str> = match &self.prompt.body {
            PromptBody::Infill { prefix, suffix, .. } => vec![prefix, suffix],
            PromptBody::Raw { text } => vec![text],
            PromptBody::Chat { system, user } => vec![system, user],
        };
        if let PromptBody::Infill { extra, .. } = &self.prompt.body {
            prompt.extend(extra.iter().map(|(_, text)| text.as_str()));
        }
        let key = self.target.key.as_ref().map(BoundKey::expose);
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

/// `base` with `path` appended to its own path. Vendors' addresses are known with and without the
/// version or the `/api` that their paths begin with, so a beginning that is there already, or
/// another version there, takes the place of the path's own.
fn below(base: &Url, path: &str) -> Url {
    let is_version = |segment: &str| {
        segment.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let own = base.path().trim_end_matches('/');
    let last = own.rsplit('/').next().unwrap_or_default();
    let rest = match path.split_once('/') {
        Some((first, rest)) if first == last || is_version(first) && is_version(last) => rest,
        _ => path,
    };
    let mut url = base.clone();
    url.set_path(&format!("{own}/{rest}"));
    url
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_an_address_once() {
        let check = |base: &str, path: &str, expected: &str| {
            let base = Url::parse(base).expect("an address");
            assert_eq!(below(&base, path).as_str(), expected);
        };
        check("https://h/v1", "chat/completions", "https://h/v1/chat/completions");
        check("https://h", "v1/messages", "https://h/v1/messages");
        check("https://h/v1/", "v1/messages", "https://h/v1/messages");
        check("https://h/anthropic", "v1/messages", "https://h/anthropic/v1/messages");
        check("https://h/v1", "v1beta/models/m:x", "https://h/v1/models/m:x");
        check("https://h/api", "api/generate", "https://h/api/generate");
        check("https://h/beta", "completions", "https://h/beta/completions");
        check("https://h/vault", "v1/messages", "https://h/vault/v1/messages");
        check("https://h", "v1beta/models/a?b#c:x", "https://h/v1beta/models/a%3Fb%23c:x");
    }
}
