//! A model server that does exactly what a test says, down to the bytes.
//!
//! It speaks just enough HTTP/1.1 over a loopback socket to read a request, and then plays a
//! [`Script`]: a list of steps that send bytes, wait, hang, close or reset. Frameworks cannot do
//! this, because they never send a broken answer. Each request is recorded, and so is each client
//! that left before its answer was complete.
//!
//! ```ignore
//! let upstream = Upstream::start(Script::chat(&["let x", " = 1;"])).await;
//! // … ask a provider whose url is `upstream.url()` …
//! upstream.wait_for_dropped(1).await;
//! assert_eq!(upstream.requests().len(), 1);
//! ```
//!
//! Waiting is for events, never for time: `wait_for_*` return when the thing has happened and
//! fail the test after ten seconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// How long a test waits for something that should have happened at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is done with one request, after it was read to its end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(pub(crate) Vec<Step>);

/// One thing a server can do.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends these bytes as they are.
    Send(Vec<u8>),
    /// Sends these bytes as one chunk of a chunked body.
    Chunk(Vec<u8>),
    /// Waits, unless the client leaves.
    Wait(Duration),
    /// Does nothing until the client leaves.
    Hang,
    /// Sends these bytes again and again, with this pause, until the client leaves.
    Repeat(Vec<u8>, Duration),
    /// Closes the connection in order.
    Close,
    /// Resets the connection, as a crash or a firewall would.
    Reset,
}

impl Script {
    /// A whole answer of llama.cpp with these texts.
    pub(crate) fn infill(texts: &[&str]) -> Self {
        let stop = json!({ "content": "", "stop": true, "stop_type": "eos",
            "timings": { "prompt_n": 10, "predicted_n": texts.len() } });
        Self::infill_begun(texts).then([Step::event(&stop), Step::end()])
    }

    /// The beginning of an answer of llama.cpp.
    pub(crate) fn infill_begun(texts: &[&str]) -> Self {
        Self::events(texts.iter().map(|text| json!({ "content": text, "stop": false })))
    }

    /// These steps.
    pub(crate) fn new(steps: impl Into<Vec<Step>>) -> Self {
        Self(steps.into())
    }

    /// The same script with more steps at its end.
    pub(crate) fn then(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.0.extend(steps);
        self
    }

    /// A complete answer of this status and type. The connection stays usable.
    pub(crate) fn answer(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = format!("content-length: {}", body.len());
        let head = head(status, &[&format!("content-type: {content_type}"), &length]);
        Self(vec![Step::Send([head.as_bytes(), body].concat())])
    }

    /// A complete JSON answer.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::answer(status, "application/json", body.to_string())
    }

    /// A status with header lines such as `retry-after: 2` and no body.
    pub(crate) fn status(status: u16, headers: &[&str]) -> Self {
        let headers = [headers, &["content-length: 0"]].concat();
        Self(vec![Step::Send(head(status, &headers).into_bytes())])
    }

    /// The head of a stream of events, and nothing else yet.
    pub(crate) fn stream() -> Self {
        let headers = ["content-type: text/event-stream", "transfer-encoding: chunked"];
        Self(vec![Step::Send(head(200, &headers).into_bytes())])
    }

    /// The head of a stream and these events, each in a packet of its own, without an end.
    pub(crate) fn events(events: impl IntoIterator<Item = Value>) -> Self {
        Self::stream().then(events.into_iter().map(|event| Step::event(&event)))
    }

    /// A whole chat answer with these texts, a reason to stop, usage, and its end.
    pub(crate) fn chat(texts: &[&str]) -> Self {
        let usage = json!({ "prompt_tokens": 10, "completion_tokens": texts.len() });
        let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
        Self::events(texts.iter().map(|text| chat_event(text)))
            .then([Step::event(&stop), Step::event(&json!({ "choices": [], "usage": usage }))])
            .then([Step::Chunk(b"data: [DONE]\n\n".to_vec()), Step::end()])
    }
}

impl Step {
    /// An event of a stream.
    pub(crate) fn event(event: &Value) -> Self {
        Self::Chunk(format!("data: {event}\n\n").into_bytes())
    }

    /// The end of a chunked body. The connection stays usable.
    pub(crate) fn end() -> Self {
        Self::Send(b"0\r\n\r\n".to_vec())
    }
}

/// The event by which a chat server streams `text`.
pub(crate) fn chat_event(text: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] })
}

fn head(status: u16, headers: &[&str]) -> String {
    let status = format!("HTTP/1.1 {status} Scripted");
    let lines: Vec<&str> = [status.as_str()].iter().chain(headers).copied().collect();
    format!("{}\r\n\r\n", lines.join("\r\n"))
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Such as `POST`.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// Header names in lower case, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The body; `Null` where it is empty or not JSON.
    pub(crate) body: Value,
    /// When the last byte of it was read.
    pub(crate) at: Instant,
    /// Number of the connection it came by, from 0.
    pub(crate) connection: usize,
}

impl Request {
    fn is_post(&self) -> bool {
        self.method == "POST"
    }

    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What happened so far.
#[derive(Clone, Debug, Default)]
struct Record {
    connections: usize,
    requests: Vec<Request>,
    dropped: usize,
}

type Choose = Arc<dyn Fn(&Request) -> Script + Send + Sync>;

/// A running server. It stops, with all its connections, when it is dropped.
pub(crate) struct Upstream {
    address: SocketAddr,
    record: watch::Sender<Record>,
    _tasks: JoinSet<()>,
}

impl Upstream {
    /// A server that plays `script` for every request.
    pub(crate) async fn start(script: Script) -> Self {
        Self::start_with(move |_| script.clone()).await
    }

    /// A server that chooses a script for each request.
    pub(crate) async fn start_with(
        choose: impl Fn(&Request) -> Script + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let record = watch::Sender::new(Record::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, record.clone(), Arc::new(choose)));
        Self { address, record, _tasks: tasks }
    }

    /// Base address without a path, such as `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests read so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.record.borrow().requests.clone()
    }

    /// The completions asked for so far; a `GET` only opens a connection.
    pub(crate) fn posts(&self) -> Vec<Request> {
        self.requests().into_iter().filter(Request::is_post).collect()
    }

    /// How many clients left before their script was over.
    pub(crate) fn dropped(&self) -> usize {
        self.record.borrow().dropped
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.record.borrow().connections
    }

    /// Returns once `count` requests were read.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        self.wait_for(|record| record.requests.len() >= count).await;
    }

    /// Returns once `count` completions were asked for.
    pub(crate) async fn wait_for_posts(&self, count: usize) {
        let is_post = |request: &&Request| request.is_post();
        self.wait_for(|record| record.requests.iter().filter(is_post).count() >= count).await;
    }

    /// Returns once `count` clients left before their script was over.
    pub(crate) async fn wait_for_dropped(&self, count: usize) {
        self.wait_for(|record| record.dropped >= count).await;
    }

    async fn wait_for(&self, condition: impl FnMut(&Record) -> bool) {
        let mut changes = self.record.subscribe();
        let waited = timeout(PATIENCE, changes.wait_for(condition)).await;
        assert!(waited.is_ok(), "waited in vain: {:?}", self.record.borrow());
    }
}

async fn accept(listener: TcpListener, record: watch::Sender<Record>, choose: Choose) {
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        // Otherwise delayed acknowledgements, not the script, would decide the timing.
        socket.set_nodelay(true).expect("a TCP socket");
        let mut number = 0;
        record.send_modify(|record| {
            number = record.connections;
            record.connections += 1;
        });
        let (record, choose) = (record.clone(), Arc::clone(&choose));
        connections.spawn(async move {
            let mut connection = Connection { socket, number, unread: Vec::new() };
            while let Some(request) = connection.request().await {
                let script = choose(&request);
                record.send_modify(|record| record.requests.push(request));
                match connection.play(script).await {
                    Played::ToTheEnd => {}
                    Played::Closed => break,
                    Played::ClientLeft => {
                        record.send_modify(|record| record.dropped += 1);
                        break;
                    }
                }
            }
        });
    }
}

/// How a script ended.
enum Played {
    ToTheEnd,
    Closed,
    ClientLeft,
}

struct Connection {
    socket: TcpStream,
    number: usize,
    /// Bytes read beyond the last request.
    unread: Vec<u8>,
}

impl Connection {
    /// The next request, or `None` where the client closed instead.
    async fn request(&mut self) -> Option<Request> {
        let head_end = loop {
            if let Some(at) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more().await?;
        };
        let head = String::from_utf8_lossy(&self.unread[..head_end]).into_owned();
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let end = head_end + length.map_or(0, |(_, value)| value.parse().expect("a length"));
        while self.unread.len() < end {
            self.read_more().await?;
        }
        let body = serde_json::from_slice(&self.unread[head_end..end]).unwrap_or(Value::Null);
        self.unread.drain(..end);
        Some(Request { method, path, headers, body, at: Instant::now(), connection: self.number })
    }

    /// `None` once the client has closed its side or the connection broke.
    async fn read_more(&mut self) -> Option<()> {
        let read = self.socket.read_buf(&mut self.unread).await.ok()?;
        (read > 0).then_some(())
    }

    async fn play(&mut self, script: Script) -> Played {
        for step in script.0 {
            let still_there = match step {
                Step::Send(bytes) => self.send(&bytes).await,
                Step::Chunk(bytes) => self.send(&chunk(&bytes)).await,
                Step::Wait(pause) => self.wait(pause).await,
                Step::Hang => {
                    self.left().await;
                    None
                }
                Step::Repeat(bytes, pause) => loop {
                    if self.send(&bytes).await.is_none() || self.wait(pause).await.is_none() {
                        break None;
                    }
                },
                Step::Close => return Played::Closed,
                Step::Reset => {
                    self.socket.set_zero_linger().expect("a TCP socket");
                    return Played::Closed;
                }
            };
            if still_there.is_none() {
                return Played::ClientLeft;
            }
        }
        Played::ToTheEnd
    }

    async fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.socket.write_all(bytes).await.ok()
    }

    async fn wait(&mut self, pause: Duration) -> Option<()> {
        tokio::select! {
            () = self.left() => None,
            () = sleep(pause) => Some(()),
        }
    }

    /// Returns once the client has left.
    async fn left(&mut self) {
        while self.read_more().await.is_some() {}
    }
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
