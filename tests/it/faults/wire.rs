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
