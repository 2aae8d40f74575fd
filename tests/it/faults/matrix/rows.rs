//! The rows: what an upstream does wrong, and what comes of it.

use std::time::Duration;

use serde_json::{Value, json};
use tabtier::provider::ProviderError;

use super::Step;
use crate::support::upstream::{Script, Step as Wire};

/// What a server does.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// Plays this for every request.
    Plays(Script),
    /// Has ended, so that its port refuses connections.
    Refuses,
    /// There is no server at this address.
    At(&'static str),
    /// Accepts the connection and never answers the TLS handshake.
    Handshake,
}

/// What the user hears of it in two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    /// One line in the log.
    Log,
    /// One message.
    Warning,
}

/// A fault and what is shown where the answer was to be a stream, and where it was to be a document
/// if that makes a difference.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) stream: (Fault, Option<&'static str>),
    pub(super) document: Option<(Fault, Option<&'static str>)>,
    pub(super) told: Told,
    /// The deadline on the wire: short where it comes, long where the server has said everything
    /// before, however busy the machine is.
    pub(super) deadline: Duration,
    /// The same as seen by the engine, where a script can say it.
    pub(super) steps: Option<Vec<Step>>,
}

const BEGUN: Option<&str> = Some("compute(");
const WHOLE: Option<&str> = Some("compute(alpha);");

/// Every row.
pub(super) fn rows() -> Vec<Row> {
    [unreachable(), refused(), broken(), silent(), excessive()].into_iter().flatten().collect()
}

fn row(name: &'static str, stream: Fault, shown: Option<&'static str>) -> Row {
    let (told, deadline) = (Told::Nothing, Duration::from_secs(8));
    Row { name, stream: (stream, shown), document: None, told, deadline, steps: None }
}

impl Row {
    fn document(self, script: Script, shown: Option<&'static str>) -> Self {
        Self { document: Some((Fault::Plays(script), shown)), ..self }
    }

    fn told(self, told: Told) -> Self {
        Self { told, ..self }
    }

    fn steps(self, steps: &[Step]) -> Self {
        Self { steps: Some(steps.to_vec()), ..self }
    }

    /// The server says nothing more until the deadline.
    fn late(self) -> Self {
        Self { deadline: Duration::from_secs(1), ..self }
    }

    fn fails(self, error: ProviderError) -> Self {
        self.steps(&[Step::Fail(error)])
    }
}

fn detail() -> String {
    "status".to_owned()
}

fn broke() -> ProviderError {
    ProviderError::Unreachable { detail: detail() }
}

fn malformed() -> ProviderError {
    ProviderError::Malformed { detail: detail() }
}

fn unreachable() -> Vec<Row> {
    vec![
        row("connection refused", Fault::Refuses, None).fails(broke()),
        row("no such name", Fault::At("http://model.invalid"), None).late().steps(&[Step::Hang]),
        row("a silent TLS handshake", Fault::Handshake, None).late().steps(&[Step::Hang]),
        row("closed unanswered", Fault::Plays(Script::new([Wire::Close])), None).fails(broke()),
        row("reset unanswered", Fault::Plays(Script::new([Wire::Reset])), None).fails(broke()),
    ]
}

fn status(name: &'static str, status: u16, headers: &[&str]) -> Row {
    row(name, Fault::Plays(Script::status(status, headers)), None)
}

fn refused() -> Vec<Row> {
    let server = || ProviderError::ServerError { detail: detail() };
    let refused = || ProviderError::Refused { detail: detail() };
    let unauthorized = || ProviderError::Unauthorized { detail: detail() };
    let limited = |retry_after| ProviderError::RateLimited { retry_after };
    let elsewhere = "location: http://127.0.0.1:1/infill";
    let quota = json!({ "error": { "code": "insufficient_quota", "message": "no credit" } });
    let quota_row = row("429 for want of money", Fault::Plays(Script::json(429, &quota)), None);
    vec![
        status("301", 301, &[elsewhere]).fails(refused()),
        status("307", 307, &[elsewhere]).fails(refused()),
        status("400", 400, &[]).fails(refused()),
        status("401", 401, &[]).told(Told::Warning).fails(unauthorized()),
        status("402", 402, &[]).told(Told::Warning).fails(unauthorized()),
        status("403", 403, &[]).told(Told::Warning).fails(unauthorized()),
        quota_row.told(Told::Warning).fails(unauthorized()),
        status("404", 404, &[]).fails(refused()),
        status("408", 408, &[]).fails(server()),
        status("413", 413, &[]).fails(refused()),
        status("429", 429, &[]).told(Told::Log).fails(limited(None)),
        status("429 with a pause", 429, &["retry-after: 2"])
            .told(Told::Log)
            .fails(limited(Some(Duration::from_secs(2)))),
        status("429 with a long pause", 429, &["retry-after: 100000000"])
            .told(Told::Warning)
            .fails(limited(Some(Duration::from_secs(600)))),
        status("500", 500, &[]).fails(server()),
        status("502", 502, &[]).fails(server()),
        status("503", 503, &[]).told(Told::Log).fails(limited(None)),
        status("529", 529, &[]).told(Told::Log).fails(limited(None)),
    ]
}

/// The head of an answer that is a document of unknown length, with this much of it.
fn document(begin: &str) -> Script {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let script = Script::new([Wire::Send(head.as_bytes().to_vec())]);
    let begin = begin.as_bytes().to_vec();
    if begin.is_empty() { script } else { script.then([Wire::Chunk(begin)]) }
}

fn begun() -> Script {
    Script::infill_begun(&["compute(alp"])
}

fn content(text: &str) -> Value {
    json!({ "content": text, "stop": true, "stop_type": "eos",
        "timings": { "prompt_n": 10, "predicted_n": 2 } })
}

const HALF: &str = "{\"content\":\"compute(alp";

fn broken() -> Vec<Row> {
    let text = |text| Script::stream().then([Wire::Chunk(text), Wire::end()]);
    let error = json!({ "error": { "code": 500, "message": "out of memory" } });
    let not_utf8 = b"data: {\"content\":\"\xff\xfe\",\"stop\":true}\n\n".to_vec();
    let hidden = content("com\u{202e}pute();");
    let nested = format!("{{\"content\":{}", "[".repeat(100_000));
    let Script(whole) = Script::infill(&["compute(alpha);"]);
    let plain = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
    let mistyped = [vec![Wire::Send(plain.as_bytes().to_vec())], whole[1..].to_vec()].concat();
    let ends = [Step::Text("compute(alp"), Step::Wait(20), Step::Fail(broke())];
    vec![
        row("nothing at all", Fault::Plays(Script::stream().then([Wire::end()])), None)
            .document(Script::answer(200, "application/json", ""), None)
            .fails(malformed()),
        row("a web page", Fault::Plays(Script::answer(200, "text/html", "<html>")), None)
            .fails(malformed()),
        row("no JSON", Fault::Plays(text(b"data: {nonsense}\n\n".to_vec())), None)
            .document(Script::answer(200, "application/json", "{nonsense}"), None)
            .fails(malformed()),
        row("cut short", Fault::Plays(begun().then([Wire::end()])), BEGUN)
            .document(document(HALF).then([Wire::end()]), None)
            .steps(&ends),
        row("reset in the middle", Fault::Plays(begun().then([Wire::Reset])), BEGUN)
            .document(document(HALF).then([Wire::Reset]), None)
            .steps(&ends),
        row("an error in the middle", Fault::Plays(begun().then([Wire::event(&error)])), BEGUN)
            .document(Script::json(200, &error), None)
            .steps(&ends),
        row("no UTF-8", Fault::Plays(text(not_utf8)), None)
            .document(Script::answer(200, "application/json", b"{\"content\":\"\xff\"}"), None)
            .fails(malformed()),
        row("hidden characters", Fault::Plays(Script::infill(&["com\u{202e}pute();"])), None)
            .document(Script::json(200, &hidden), None)
            .steps(&[Step::Text("com\u{202e}pute();")]),
        row("deep nesting", Fault::Plays(text(format!("data: {nested}\n\n").into_bytes())), None)
            .document(Script::answer(200, "application/json", &nested), None)
            .fails(malformed()),
        row("another content type", Fault::Plays(Script::new(mistyped)), WHOLE)
            .document(
                Script::answer(200, "text/plain", content("compute(alpha);").to_string()),
                WHOLE,
            )
            .steps(&[Step::Text("compute(alpha);")]),
    ]
}

fn silent() -> Vec<Row> {
    let drip = |bytes: &[u8]| Wire::Repeat(bytes.to_vec(), Duration::from_millis(200));
    let late = Script::new([Wire::Wait(Duration::from_secs(3))]).then(Script::infill(&["x"]).0);
    let rows = vec![
        row("silence", Fault::Plays(Script::new([Wire::Hang])), None).steps(&[Step::Hang]),
        row("silence after the head", Fault::Plays(Script::stream().then([Wire::Hang])), None)
            .document(document("").then([Wire::Hang]), None)
            .steps(&[Step::Hang]),
        row("silence in the middle", Fault::Plays(begun().then([Wire::Hang])), BEGUN)
            .document(document(HALF).then([Wire::Hang]), None)
            .steps(&[Step::Text("compute(alp"), Step::Hang]),
        row(
            "a byte every 200 ms",
            Fault::Plays(Script::stream().then([drip(b"1\r\nd\r\n")])),
            None,
        )
        .document(document(HALF).then([drip(b"1\r\na\r\n")]), None)
        .steps(&[Step::Drip("", 200)]),
        row("an answer after the deadline", Fault::Plays(late), None)
            .steps(&[Step::Wait(3_000), Step::Text("x")]),
    ];
    rows.into_iter().map(Row::late).collect()
}

fn excessive() -> Vec<Row> {
    let flood = |bytes: Vec<u8>| Wire::Repeat(bytes, Duration::ZERO);
    let chunk =
        |bytes: &[u8]| [b"1000\r\n", bytes.repeat(4096 / bytes.len()).as_slice(), b"\r\n"].concat();
    let zipped = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                  content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
    let bomb =
        || Script::new([Wire::Send(zipped.as_bytes().to_vec()), flood(chunk(&[0x1f, 0x8b]))]);
    let word = Wire::event(&json!({ "content": "é", "stop": false }));
    let Wire::Chunk(word) = word else { unreachable!("an event is a chunk") };
    let word = [format!("{:x}\r\n", word.len()).as_bytes(), &word, b"\r\n"].concat();
    let head = Wire::Send(b"HTTP/1.1 200 OK\r\n".to_vec());
    let headers = Script::new([head, flood(b"x-more: and more of it\r\n".repeat(100))]);
    vec![
        row("endless text", Fault::Plays(Script::stream().then([flood(word)])), None)
            .steps(&[Step::Drip("é", 1)]),
        row("endless comments", Fault::Plays(Script::stream().then([flood(chunk(b":\n"))])), None)
            .steps(&[Step::Drip("", 1)]),
        row("an endless line", Fault::Plays(Script::stream().then([flood(chunk(b"data"))])), None)
            .document(document("{\"content\":\"").then([flood(chunk(b"aaaa"))]), None)
            .fails(malformed()),
        row("compressed bytes nobody asked for", Fault::Plays(bomb()), None).fails(malformed()),
        row("endless headers", Fault::Plays(headers), None).fails(broke()),
    ]
}
