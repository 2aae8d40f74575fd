//! Our transport over tower-lsp's service: ordered, never blocked, and always answering.
//!
//! The stock loop runs everything through four slots: four slow completions in flight hold up
//! edits, cancellations and even shutdown. Here one loop takes messages in arrival order. Document
//! notifications are awaited on the spot, so edits are applied strictly in order. A request is
//! polled once on the spot, so it takes its snapshot between the edits it stands between, and then
//! goes on as a task of its own behind a panic guard. Nothing this loop awaits waits for the
//! client, which is why it cannot deadlock.

mod frame;

use std::io::{Read, Write};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde::Deserialize as _;
use serde_json::Value;
use tokio::sync::mpsc;
use tower::Service;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ClientSocket, LanguageServer, LspService};

use frame::{Frame, read};

/// Bound: messages read ahead of the loop.
const READ_AHEAD: usize = 64;
/// Bound: unsent messages after which notifications to the client are dropped. Answers never are.
const UNSENT_MAX: usize = 1024;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `shutdown`, then `exit` or the end of the input.
    Orderly,
    /// `exit` or the end of the input without `shutdown`.
    Abrupt,
}

impl Ending {
    /// The process's exit code, as the protocol wants it.
    pub fn exit_code(self) -> i32 {
        match self {
            Self::Orderly => 0,
            Self::Abrupt => 1,
        }
    }
}

/// Serves until `exit` or the end of `input`. Reading happens on a thread that may outlive this
/// call, because a blocking read cannot be ended from outside.
pub async fn serve<S: LanguageServer>(
    service: LspService<S>,
    socket: ClientSocket,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> std::io::Result<Ending> {
    let (frames_in, mut frames) = mpsc::channel(READ_AHEAD);
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || read(input, &frames_in))?;
    let (outbox, writer) = Outbox::start(output)?;
    let (mut server_requests, mut client_answers) = socket.split();
    let to_client = outbox.clone();
    let forwarding = tokio::spawn(async move {
        while let Some(request) = server_requests.next().await {
            to_client.notify(&request);
        }
    });
    let mut connection = Connection { service, outbox, has_shut_down: false };
    while let Some(frame) = frames.recv().await {
        match decode(&frame) {
            Ok(Incoming::Request(request)) if request.method() == "exit" => break,
            Ok(Incoming::Request(request)) => connection.take(request).await,
            Ok(Incoming::Answer(answer)) => {
                // Fails only once the service has exited.
                let _ = client_answers.send(answer).await;
            }
            Err(refusal) => connection.outbox.answer(&refusal),
        }
    }
    // A client that has vanished ends what is under way just as one that says so.
    connection.take(Request::build("exit").finish()).await;
    forwarding.abort();
    let ending = if connection.has_shut_down { Ending::Orderly } else { Ending::Abrupt };
    drop(connection);
    // What is already answered gets out, unless the client no longer reads.
    let flushed = tokio::task::spawn_blocking(move || writer.recv_timeout(FLUSH_MAX));
    let _ = flushed.await;
    Ok(ending)
}

/// How long the last answers may take to get out.
const FLUSH_MAX: std::time::Duration = std::time::Duration::from_millis(300);

struct Connection<S> {
    service: LspService<S>,
    outbox: Outbox,
    has_shut_down: bool,
}

impl<S: LanguageServer> Connection<S> {
    async fn take(&mut self, request: Request) {
        let id = request.id().cloned();
        let is_inline = is_inline(request.method());
        self.has_shut_down |= request.method() == "shutdown" && id.is_some();
        // The service is only ever busy while `initialize` runs, which is awaited here.
        let ready = std::future::poll_fn(|cx| self.service.poll_ready(cx)).await;
        if ready.is_err() {
            if let Some(id) = id {
                self.outbox.answer(&Response::from_error(id, Error::invalid_request()));
            }
            return;
        }
        let call = AssertUnwindSafe(self.service.call(request)).catch_unwind();
        let outbox = self.outbox.clone();
        let mut handling = Box::pin(async move {
            let error = match call.await {
                Ok(Ok(Some(response))) => return outbox.answer(&response),
                // The service passes over unknown `$/` methods, requests among them.
                Ok(Ok(None)) => Error::method_not_found(),
                Ok(Err(_exited)) => Error::invalid_request(),
                Err(_panic) => Error::internal_error(),
            };
            if let Some(id) = id {
                outbox.answer(&Response::from_error(id, error));
            }
        });
        if is_inline {
            handling.await;
            return;
        }
        let first = std::future::poll_fn(|cx| Poll::Ready(handling.as_mut().poll(cx))).await;
        if first.is_pending() {
            tokio::spawn(handling);
        }
    }
}

/// Methods that are awaited in the loop: they change what later messages see, and their handlers
/// never wait for anything.
fn is_inline(method: &str) -> bool {
    matches!(method, "initialize" | "initialized" | "shutdown" | "exit" | "$/cancelRequest")
        || method.starts_with("textDocument/did")
        || method.starts_with("workspace/did")
}

enum Incoming {
    Request(Request),
    Answer(Response),
}

fn decode(frame: &Frame) -> Result<Incoming, Response> {
    let unread = || Response::from_error(Id::Null, Error::parse_error());
    let Frame::Message(body) = frame else { return Err(unread()) };
    let value: Value = serde_json::from_slice(body)
        .or_else(|_| serde_json::from_slice(&without_lone_surrogates(body)))
        .map_err(|_| unread())?;
    // Who asks by an id is answered by it, however wrong the rest is; an answer is not answered.
    let is_answer = value.get("result").or(value.get("error")).is_some();
    let id = value.get("id").filter(|_| !is_answer).and_then(|id| Id::deserialize(id).ok());
    let invalid = |_| Response::from_error(id.unwrap_or_default(), Error::invalid_request());
    if value.get("method").is_some() {
        serde_json::from_value(with_valid_uri(value)).map(Incoming::Request).map_err(invalid)
    } else {
        serde_json::from_value(value).map(Incoming::Answer).map_err(invalid)
    }
}

/// JavaScript editors may send half a surrogate pair as `\ud83d`, which no UTF-8 string can hold.
/// Each becomes U+FFFD, also one UTF-16 unit, so that columns stay right.
fn without_lone_surrogates(body: &[u8]) -> Vec<u8> {
    let unit = |at: usize| -> Option<u16> {
        let escape = body.get(at..at + 6)?;
        let digits = escape.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut clean = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let length = match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                clean.extend_from_slice(b"\\ufffd");
                at += 6;
                continue;
            }
            // An escaped backslash is not the beginning of an escape.
            _ if byte == b'\\' => 2,
            _ => 1,
        };
        clean.extend_from_slice(&body[at..(at + length).min(body.len())]);
        at += length;
    }
    clean
}

/// Some clients send URIs with characters that must be escaped; rather than lose the document,
/// they are escaped here. The same text always gives the same URI.
fn with_valid_uri(mut message: Value) -> Value {
    let is_valid = |uri: &str| uri.parse::<tower_lsp::ls_types::Uri>().is_ok();
    let uri = message.pointer_mut("/params/textDocument/uri");
    if let Some(Value::String(uri)) = uri
        && !is_valid(uri)
    {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/%@!$&'()*+,;=".contains(&byte);
        let escape = |byte: u8| {
            if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        *uri = uri.bytes().map(escape).collect();
        if !is_valid(uri) {
            uri.insert_str(0, "unknown:");
        }
    }
    message
}

/// The way out: encodes on the caller's side, writes on a thread of its own.
#[derive(Clone)]
struct Outbox {
    messages: std::sync::mpsc::Sender<Vec<u8>>,
    unsent: Arc<AtomicUsize>,
}

impl Outbox {
    /// Starts the writer; the receiver hears when everything has been written.
    fn start(
        mut output: impl Write + Send + 'static,
    ) -> std::io::Result<(Self, std::sync::mpsc::Receiver<()>)> {
        let (messages, outgoing) = std::sync::mpsc::channel::<Vec<u8>>();
        let (done, finished) = std::sync::mpsc::channel();
        let unsent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&unsent);
        std::thread::Builder::new().name("stdout".to_owned()).spawn(move || {
            for message in outgoing {
                let written = output.write_all(&message).and_then(|()| output.flush());
                counter.fetch_sub(1, Ordering::Relaxed);
                if written.is_err() {
                    break;
                }
            }
            let _ = done.send(());
        })?;
        Ok((Self { messages, unsent }, finished))
    }

    fn answer(&self, response: &Response) {
        self.send(serde_json::to_vec(response));
    }

    fn notify(&self, request: &Request) {
        let is_request = request.id().is_some();
        if is_request || self.unsent.load(Ordering::Relaxed) < UNSENT_MAX {
            self.send(serde_json::to_vec(request));
        }
    }

    fn send(&self, encoded: serde_json::Result<Vec<u8>>) {
        let Ok(body) = encoded else { return };
        let mut message = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        message.extend(body);
        self.unsent.fetch_add(1, Ordering::Relaxed);
        // Fails only when the client has closed its end; the input ends then too.
        let _ = self.messages.send(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_become_one_replacement_and_pairs_stay() {
        let clean = |text: &str| {
            String::from_utf8(without_lone_surrogates(text.as_bytes())).expect("UTF-8")
        };
        assert_eq!(clean(r#""a\ud83d""#), r#""a\ufffd""#);
        assert_eq!(clean(r#""\ud83d\ude00""#), r#""\ud83d\ude00""#);
        assert_eq!(clean(r#""\\ud83d \" \n""#), r#""\\ud83d \" \n""#);
        assert_eq!(clean(r#""\ude00\ud83d\ud83d\ude00"#), r#""\ufffd\ufffd\ud83d\ude00"#);
    }

    #[test]
    fn uris_are_escaped_only_where_they_must_be() {
        let uri = |text: &str| {
            let message = serde_json::json!({"params": {"textDocument": {"uri": text}}});
            with_valid_uri(message).pointer("/params/textDocument/uri").cloned()
        };
        assert_eq!(uri("file:///a%20b.rs"), Some(Value::from("file:///a%20b.rs")));
        assert_eq!(uri("x"), Some(Value::from("unknown:x")));
        assert_eq!(uri("file:///a b[é].rs"), Some(Value::from("file:///a%20b%5B%C3%A9%5D.rs")));
    }
}
