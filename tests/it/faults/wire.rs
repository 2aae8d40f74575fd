//! The same promises over real sockets: a call nobody needs ends there, and what must not leave the
//! machine is never sent.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::rig::{Rig, Setup};
use crate::support::upstream::{Script, Step};

const URI: &str = "file:///a/main.rs";
const TEXT: &str = "fn main() {\n    let value = \n}\n";
const PLACE: (u32, u32) = (1, 16);

#[test]
fn every_fault_on_the_wire_is_answered_by_the_deadline() {
    let deadline = Duration::from_millis(300);
    let faults = [
        ("silence before headers", Script::new([Step::Hang])),
        ("silence after headers", Script::stream().then([Step::Hang])),
        ("a stall", Script::infill_begun(&["compute(alp"]).then([Step::Hang])),
        (
            "a drip",
            Script::stream()
                .then([Step::Repeat(b"1\r\n:\r\n".to_vec(), Duration::from_millis(50))]),
        ),
        (
            "no end",
            Script::stream().then([Step::Repeat(b"3\r\n:\n\n\r\n".to_vec(), Duration::ZERO)]),
        ),
        ("a web page", Script::answer(200, "text/html", "<html>")),
        ("401", Script::status(401, &[])),
        ("429", Script::status(429, &["retry-after: 2"])),
        ("500", Script::status(500, &[])),
        ("a reset", Script::new([Step::Reset])),
        ("a reset in the middle", Script::infill_begun(&["compute(alp"]).then([Step::Reset])),
    ];
    for (name, script) in faults {
        let mut rig = Rig::start(&script, &Setup { deadline, ..Setup::default() });
        rig.open(URI, "rust", TEXT);
        let since = Instant::now();
        let id = rig.ask(URI, PLACE);
        let answer = rig.answer(&id);
        let took = since.elapsed();
        // The machine may be busy with other tests; virtual time judges the 25 ms.
        assert!(took < deadline + Duration::from_millis(700), "{name}: {took:?}");
        let has_begun = ["a stall", "a reset in the middle"].contains(&name);
        let expected = has_begun.then_some("compute(");
        assert_eq!(answer.as_deref(), expected, "{name}");
        rig.stop();
    }
}

#[test]
fn an_edit_ends_the_call_down_to_the_socket() {
    let mut rig = Rig::start(&Script::infill_begun(&["val"]).then([Step::Hang]), &Setup::default());
    rig.open(URI, "rust", TEXT);
    let id = rig.ask(URI, PLACE);
    rig.wait_for_posts(1);
    rig.insert(URI, PLACE, "x");
    rig.wait_for_dropped(1);
    assert_eq!(rig.server.expect_reply(&id)["result"], Value::Null);
    rig.stop();
}

/// The promise is 10 ms from the edit to the end of the connection. Both processes share the machine
/// with other tests, so the best of several tries counts.
#[test]
fn an_edit_ends_the_call_within_ten_milliseconds() {
    let mut rig = Rig::start(&Script::infill_begun(&["val"]).then([Step::Hang]), &Setup::default());
    rig.open(URI, "rust", TEXT);
    let mut best = Duration::MAX;
    for tried in 1..=10 {
        let (line, column) = PLACE;
        let place = (line, column + tried as u32 - 1);
        rig.ask(URI, place);
        rig.wait_for_posts(tried);
        rig.pause(20);
        let since = Instant::now();
        rig.insert(URI, place, "x");
        rig.wait_for_dropped(tried);
        best = best.min(since.elapsed());
    }
    assert!(best < Duration::from_millis(10), "{best:?}");
    rig.stop();
}

/// What the model goes on to write is typed meanwhile: the call is kept, and the next request gets
/// what is left of the answer.
#[test]
fn an_edit_along_the_stream_keeps_the_call() {
    let rest = Script::infill(&["ha);"]).0.split_off(1);
    let script = Script::infill_begun(&["compute(alp"])
        .then([Step::Wait(Duration::from_millis(800))])
        .then(rest);
    let setup = Setup { deadline: Duration::from_millis(200), ..Setup::default() };
    let mut rig = Rig::start(&script, &setup);
    rig.open(URI, "rust", TEXT);
    let first = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&first).as_deref(), Some("compute("));
    let mut place = PLACE;
    for typed in ["c", "om", "pute("] {
        rig.insert(URI, place, typed);
        place.1 += typed.len() as u32;
        rig.ask(URI, place);
    }
    let found = (0..20).find_map(|_| {
        let id = rig.ask(URI, place);
        rig.answer(&id)
    });
    assert_eq!(found.as_deref(), Some("alpha);"));
    assert_eq!((rig.upstream.posts().len(), rig.upstream.dropped()), (1, 0));
    rig.stop();
}

/// A key that is refused is told once, and not tried again however often is asked.
#[test]
fn the_user_is_told_once() {
    let mut rig = Rig::start(&Script::status(401, &[]), &Setup::default());
    rig.open(URI, "rust", TEXT);
    for _ in 0..5 {
        let id = rig.ask(URI, PLACE);
        rig.answer(&id);
    }
    let told = rig.server.expect_notifications("window/showMessage", 1);
    let text = told[0]["params"]["message"].as_str().expect("a message");
    assert_eq!(
        text,
        "Tabtier: scripted is not asked until the settings change: key refused: status 401"
    );
    rig.status();
    assert_eq!(rig.server.notifications("window/showMessage").len(), 1);
    assert_eq!(rig.upstream.posts().len(), 1);
    rig.stop();
}

/// Endless answers of every kind cost no memory to speak of.
#[cfg(target_os = "linux")]
#[test]
fn endless_answers_cost_little_memory() {
    let flood = |begin: &str, bytes: &[u8]| {
        let piece = bytes.repeat(16 * 1024 / bytes.len());
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat();
        let head = format!("HTTP/1.1 200 OK\r\n{begin}transfer-encoding: chunked\r\n\r\n");
        Script::new([Step::Send(head.into_bytes()), Step::Repeat(chunk, Duration::ZERO)])
    };
    let gzip = "content-encoding: gzip\r\ncontent-type: application/json\r\n";
    let text = b"data: {\"content\":\"\\u00e9\",\"stop\":false}\n\n";
    let faults = [
        ("a line", flood("content-type: text/event-stream\r\n", b"data")),
        ("a document", flood("content-type: application/json\r\n", b"{\"a\":")),
        ("compressed", flood(gzip, &[0x1f, 0x8b, 0x08, 0x00])),
        ("text", flood("content-type: text/event-stream\r\n", text)),
    ];
    let scripts: Vec<Script> = faults.iter().map(|(_, script)| script.clone()).collect();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let choose = move |_: &_| {
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        number.checked_sub(1).map_or_else(
            || Script::infill(&["compute(alpha);"]),
            |fault| scripts[fault % scripts.len()].clone(),
        )
    };
    let more = "policy.line.output_tokens_max = 32768".to_owned();
    let setup = Setup { deadline: Duration::from_millis(500), more, ..Setup::default() };
    let mut rig = Rig::start_with(choose, &setup);
    rig.open(URI, "rust", TEXT);
    let id = rig.ask(URI, PLACE);
    assert!(rig.answer(&id).is_some(), "everything is loaded once");
    let mut place = PLACE;
    let before = peak_kib(rig.server.pid());
    for _ in 0..2 * faults.len() {
        rig.insert(URI, place, "x");
        place.1 += 1;
        let id = rig.invoke(URI, place);
        rig.answer(&id);
    }
    let grown = peak_kib(rig.server.pid()) - before;
    assert!(grown <= 8 * 1024, "{grown} KiB");
    rig.stop();
}

/// The most memory a process has had, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

#[test]
fn a_cancelled_request_ends_its_call_down_to_the_socket() {
    let mut rig = Rig::start(&Script::stream().then([Step::Hang]), &Setup::default());
    rig.open(URI, "rust", TEXT);
    let id = rig.ask(URI, PLACE);
    rig.wait_for_posts(1);
    rig.cancel(&id);
    rig.wait_for_dropped(1);
    assert_eq!(rig.server.expect_reply(&id)["error"]["code"], -32800);
    rig.stop();
}

/// Some editors ask for ghost text and for the menu at the same key: one call serves both, and
/// taking back one request leaves it to the other.
#[test]
fn a_call_two_requests_wait_for_outlives_one_of_them() {
    let mut rig = Rig::start(&Script::new([Step::Hang]), &Setup::default());
    rig.open(URI, "rust", TEXT);
    let ghost = rig.ask(URI, PLACE);
    rig.wait_for_posts(1);
    let menu = rig.menu(URI, PLACE);
    rig.status();
    rig.cancel(&ghost);
    assert_eq!(rig.server.expect_reply(&ghost)["error"]["code"], -32800);
    rig.status();
    assert_eq!((rig.upstream.dropped(), rig.server.replies(&menu).len()), (0, 0));
    rig.cancel(&menu);
    rig.wait_for_dropped(1);
    assert_eq!(rig.upstream.posts().len(), 1);
    rig.stop();
}

/// A model that finished has nothing to be cancelled, so its connection carries the next call.
#[test]
fn a_late_answer_is_there_for_the_next_request() {
    let script = Script::new([Step::Wait(Duration::from_millis(300))]);
    let Script(steps) = Script::infill(&["compute(alpha);"]);
    let setup = Setup { deadline: Duration::from_millis(100), ..Setup::default() };
    let mut rig = Rig::start(&script.then(steps), &setup);
    rig.open(URI, "rust", TEXT);
    let first = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&first), None);
    let found = (0..20).find_map(|_| {
        let id = rig.ask(URI, PLACE);
        rig.answer(&id)
    });
    assert_eq!(found.as_deref(), Some("compute(alpha);"));
    assert_eq!(rig.upstream.posts().len(), 1);
    rig.stop();
}

#[test]
fn what_must_not_leave_never_does() {
    let mut rig = Rig::start(&Script::infill(&["x"]), &Setup::default());
    let secret = "AKIAABCDEFGHIJKLMNOP";
    for uri in ["file:///a/.env", "file:///a/.aws/config", "file:///a/Server.KEY"] {
        rig.open(uri, "plaintext", "PASSWORD=");
        let id = rig.invoke(uri, (0, 9));
        rig.answer(&id);
    }
    assert_eq!(rig.upstream.posts().len(), 0);
    rig.open(URI, "rust", &format!("// key {secret}\n{TEXT}"));
    let id = rig.ask(URI, (2, 16));
    rig.answer(&id);
    let prompts = format!("{:?}", rig.prompts());
    assert!(prompts.contains("__SECRET_1__") && !prompts.contains(secret), "{prompts}");
    rig.stop();
}
