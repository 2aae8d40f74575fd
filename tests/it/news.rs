//! What the server says of its own accord to clients that understand it: its status, and that an
//! answer has come which was still missing at the deadline.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup};
use crate::support::upstream::{Script, Step};

const URI: &str = "file:///a/main.rs";
const TEXT: &str = "fn main() {\n    let value = \n}\n";
/// Behind `let value = `.
const PLACE: (u32, u32) = (1, 16);
const BOTH: &[&str] = &["tabtier/status", "tabtier/late"];
/// Longer than the deadline of [`slow`].
const SLOW: Duration = Duration::from_millis(400);

fn setup(notifications: &'static [&'static str]) -> Setup {
    Setup { notifications, ..Setup::default() }
}

/// A model that answers well after the deadline.
fn slow(notifications: &'static [&'static str]) -> Rig {
    let Script(answer) = Script::infill(&["compute(1);"]);
    let script = Script::new([Step::Wait(SLOW)]).then(answer);
    let deadline = Duration::from_millis(60);
    let rig = Rig::start(&script, &Setup { deadline, ..setup(notifications) });
    rig.open(URI, "rust", TEXT);
    rig
}

/// The newest status that was sent, once it is as `holds` wants it.
fn status(rig: &Rig, holds: impl Fn(&Value) -> bool) -> Value {
    for count in 1.. {
        let sent = rig.server.expect_notifications("tabtier/status", count);
        if let Some(found) = sent.iter().map(|sent| &sent["params"]).find(|status| holds(status)) {
            return found.clone();
        }
    }
    unreachable!("the wait for a notification has a bound")
}

fn command(rig: &mut Rig, name: &str, arguments: &Value) {
    let params = json!({ "command": name, "arguments": arguments });
    let id = rig.server.request("workspace/executeCommand", &params);
    assert_eq!(rig.server.expect_reply(&id).get("error"), None);
}

#[test]
fn a_late_answer_is_told_of_once_and_there_for_who_asks_again() {
    let mut rig = slow(BOTH);
    let first = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&first), None);
    let told = rig.server.expect_notifications("tabtier/late", 1);
    let place = json!({ "line": PLACE.0, "character": PLACE.1 });
    let expected = json!({ "textDocument": { "uri": URI, "version": 0 }, "position": place });
    assert_eq!(told[0]["params"], expected);
    let again = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&again).as_deref(), Some("compute(1);"));
    rig.stop();
    assert_eq!(rig.server.notifications("tabtier/late").len(), 1);
    assert_eq!(rig.upstream.posts().len(), 1);
}

#[test]
fn a_late_answer_is_told_of_in_every_document_that_waits_for_it() {
    let mut rig = slow(BOTH);
    let copy = "file:///b/main.rs";
    rig.open(copy, "rust", TEXT);
    let asked = [rig.ask(URI, PLACE), rig.ask(copy, PLACE)];
    assert_eq!(asked.map(|id| rig.answer(&id)), [None, None]);
    let told = rig.server.expect_notifications("tabtier/late", 2);
    let mut uris: Vec<&str> =
        told.iter().filter_map(|told| told["params"]["textDocument"]["uri"].as_str()).collect();
    uris.sort_unstable();
    assert_eq!(uris, [URI, copy]);
    rig.stop();
    assert_eq!(rig.upstream.posts().len(), 1, "both wait for one call");
}

#[test]
fn nobody_is_told_of_an_answer_to_a_text_that_has_gone() {
    let mut rig = slow(BOTH);
    let first = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&first), None);
    rig.insert(URI, PLACE, "x");
    rig.pause(2 * u64::try_from(SLOW.as_millis()).expect("a short time"));
    rig.stop();
    assert_eq!(rig.server.notifications("tabtier/late"), [] as [Value; 0]);
}

#[test]
fn clients_that_do_not_ask_for_them_get_no_notifications() {
    let mut rig = slow(&[]);
    let first = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&first), None);
    rig.pause(2 * u64::try_from(SLOW.as_millis()).expect("a short time"));
    let again = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&again).as_deref(), Some("compute(1);"));
    rig.stop();
    for method in BOTH {
        assert_eq!(rig.server.notifications(method), [] as [Value; 0]);
    }
}

#[test]
fn the_status_follows_answers_and_commands() {
    let mut rig = Rig::start(&Script::infill(&["compute(1);"]), &setup(BOTH));
    rig.open(URI, "rust", TEXT);
    let first = status(&rig, |status| status["state"] == "on");
    assert_eq!(first["last"], Value::Null);
    assert_eq!(first["problem"], Value::Null);
    assert_eq!((&first["override"], &first["spent_usd"]), (&json!("fast"), &json!(0.0)));
    let id = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&id).as_deref(), Some("compute(1);"));
    let answered = status(&rig, |status| status["unpriced_calls"] == 1);
    assert_eq!(answered["last"], json!({ "tier": "fast", "model": "scripted" }));
    command(&mut rig, "tabtier.setOverride", &json!(["mid"]));
    status(&rig, |status| status["override"] == "mid");
    command(&mut rig, "tabtier.pause", &json!([]));
    status(&rig, |status| status["state"] == "paused");
    rig.stop();
}

#[test]
fn a_model_that_fails_is_named_with_the_way_out_until_it_answers() {
    let has_failed = std::sync::atomic::AtomicBool::new(false);
    let choose = move |_: &_| {
        if has_failed.swap(true, std::sync::atomic::Ordering::SeqCst) {
            Script::infill(&["compute(1);"])
        } else {
            Script::json(400, &json!({ "error": { "message": "no such model" } }))
        }
    };
    let mut rig = Rig::start_with(choose, &setup(BOTH));
    rig.open(URI, "rust", TEXT);
    let id = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&id), None);
    let failing = status(&rig, |status| !status["problem"].is_null());
    let problem = &failing["problem"];
    assert_eq!(problem["about"], "model");
    assert_eq!(problem["message"], "scripted: refused: status 400: no such model");
    assert_eq!(problem["remedy"], "check its `model`, `url` and `protocol`");
    let id = rig.invoke(URI, PLACE);
    assert_eq!(rig.answer(&id).as_deref(), Some("compute(1);"));
    status(&rig, |status| status["last"]["tier"] == "fast" && status["problem"].is_null());
    rig.stop();
}

/// A cap on a day is shared by every server of the user, and so is what the status says of it.
#[test]
fn the_status_says_what_a_day_has_cost_where_that_is_capped() {
    let more = "caps.day_usd = 0.5\n".to_owned();
    let model = "price_input = 10\nprice_output = 10\n".to_owned();
    let script = Script::infill(&["compute(1);"]);
    let mut rig = Rig::start(&script, &Setup { more, model, ..setup(BOTH) });
    rig.open(URI, "rust", TEXT);
    let first = status(&rig, |status| !status["today"].is_null());
    assert_eq!(first["today"], json!({ "spent_usd": 0.0, "cap_usd": 0.5 }));
    let id = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&id).as_deref(), Some("compute(1);"));
    let is_spent =
        |status: &Value| status["today"]["spent_usd"].as_f64().is_some_and(|usd| usd > 0.0);
    status(&rig, is_spent);
    rig.stop();
}

#[test]
fn wrong_settings_are_a_problem_of_the_status() {
    let more = "[cache]\nwrong = 1\n".to_owned();
    let mut rig = Rig::start(
        &Script::infill(&["compute(1);"]),
        &Setup { more, ..setup(&["tabtier/status"]) },
    );
    let told = status(&rig, |status| !status["problem"].is_null());
    assert_eq!(told["problem"]["about"], "settings");
    let message = told["problem"]["message"].as_str().expect("a message");
    assert!(message.contains("cache.wrong"), "{message}");
    rig.stop();
}

#[test]
fn a_better_answer_is_asked_of_a_dearer_tier() {
    let more = "tiers.mid.models = [\"scripted\"]\nlanguages.rust.override = \"auto\"\n".to_owned();
    let setup = Setup { more, ..Setup::default() };
    let mut rig = Rig::start(&Script::infill(&["compute(1);"]), &setup);
    rig.open(URI, "rust", TEXT);
    let id = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&id).as_deref(), Some("compute(1);"));
    let place = json!({ "line": PLACE.0, "character": PLACE.1 });
    let params = json!({
        "textDocument": { "uri": URI },
        "position": place,
        "context": { "triggerKind": 2, "better": true },
    });
    let id = rig.server.request("textDocument/inlineCompletion", &params);
    assert_eq!(rig.answer(&id).as_deref(), Some("compute(1);"));
    let params = json!({ "command": "tabtier.explain" });
    let id = rig.server.request("workspace/executeCommand", &params);
    let explanation = rig.server.expect_reply(&id)["result"].clone();
    assert_eq!(explanation["trigger"], json!({ "kind": "invoked", "repeats": 1 }));
    assert_eq!(explanation["offered"]["tier"], "mid");
    assert_eq!(rig.upstream.posts().len(), 2);
    rig.stop();
}
