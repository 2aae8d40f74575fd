//! The gate over the real server: what it holds back reaches no model and is still answered.

use serde_json::json;

use crate::support::rig::{Rig, Setup, replacing};
use crate::support::upstream::Script;

const URI: &str = "file:///a/main.rs";
const TEXT: &str = "fn main() {\n    let counter = 1;\n    let x = counter + counter + \n}\n";
/// Behind the half-typed name at the end of the third line.
const HERE: (u32, u32) = (2, 35);

/// A server with a gate and no cache, which would answer before the gate is asked.
fn gated() -> Rig {
    let more = "cache.entries_max = 0\n".to_owned();
    let setup = Setup { gate: "normal", more, ..Setup::default() };
    let rig = Rig::start(&Script::infill(&["qrs();\n"]), &setup);
    rig.open(URI, "rust", TEXT);
    rig
}

/// Types half a name, puts more behind it, and takes that back.
fn undo(rig: &mut Rig) {
    rig.insert(URI, (2, 32), "cou");
    rig.insert(URI, HERE, "rage");
    rig.change(URI, &[replacing(HERE, (2, 39), "")]);
}

#[test]
fn a_gated_request_asks_no_model_and_is_answered_by_the_local_engine() {
    let mut rig = gated();
    undo(&mut rig);
    let id = rig.ask(URI, HERE);
    assert_eq!(rig.answer(&id).as_deref(), Some("nter"), "the name is in the file");
    let explain = json!({ "command": "tabtier.explain" });
    let id = rig.server.request("workspace/executeCommand", &explain);
    let notes = rig.server.expect_reply(&id)["result"]["plan"]["notes"].to_string();
    assert!(notes.contains("no model asked: the last edit was taken back"), "{notes}");
    rig.pause(700);
    assert_eq!(rig.upstream.posts().len(), 0);
    rig.stop();
}

#[test]
fn the_explanation_says_why_and_a_key_press_asks_all_the_same() {
    let mut rig = gated();
    rig.insert(URI, (2, 32), "zyx");
    rig.insert(URI, HERE, "wvu");
    rig.change(URI, &[replacing(HERE, (2, 38), "")]);
    let id = rig.ask(URI, HERE);
    assert_eq!(rig.answer(&id), None);
    let explain = json!({ "command": "tabtier.explain" });
    let id = rig.server.request("workspace/executeCommand", &explain);
    let explained = rig.server.expect_reply(&id)["result"].clone();
    assert_eq!(explained["silence"], "no model asked: the last edit was taken back");
    assert_eq!(rig.upstream.posts().len(), 0);
    let id = rig.invoke(URI, HERE);
    assert_eq!(rig.answer(&id).as_deref(), Some("qrs"));
    assert_eq!(rig.upstream.posts().len(), 1);
    rig.stop();
}

#[test]
fn what_was_dismissed_is_not_paid_for_again_until_something_is_typed() {
    let mut rig = gated();
    rig.insert(URI, (2, 32), "zyx = ");
    let place = (2, 38);
    let id = rig.ask(URI, place);
    assert!(rig.answer(&id).is_some());
    assert_eq!(rig.upstream.posts().len(), 1);
    let explain = json!({ "command": "tabtier.explain" });
    let id = rig.server.request("workspace/executeCommand", &explain);
    let number = rig.server.expect_reply(&id)["result"]["request"].clone();
    let dismissed = json!({ "command": "tabtier.accepted", "arguments": [number, 0] });
    let id = rig.server.request("workspace/executeCommand", &dismissed);
    rig.server.expect_reply(&id);
    let id = rig.ask(URI, place);
    assert_eq!(rig.answer(&id), None);
    assert_eq!(rig.upstream.posts().len(), 1);
    rig.insert(URI, place, "(");
    let id = rig.ask(URI, (2, 39));
    rig.answer(&id);
    assert_eq!(rig.upstream.posts().len(), 2);
    rig.stop();
}
