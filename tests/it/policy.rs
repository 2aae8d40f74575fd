//! The policy of a file as the running server applies it: said by language, by path, by an editor.

use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup};
use crate::support::upstream::Script;

/// Opens a file, asks there by a key press, and says how many calls that made.
fn calls(rig: &mut Rig, uri: &str, language: &str) -> usize {
    let before = rig.upstream.posts().len();
    // A text of its own, for which no other file's answer is in the cache.
    let name = uri.replace(|c: char| !c.is_alphanumeric(), "_");
    rig.open(uri, language, &format!("{name} = "));
    ask_again(rig, uri);
    rig.upstream.posts().len() - before
}

fn ask_again(rig: &mut Rig, uri: &str) {
    let end = u32::try_from(uri.len() + 3).expect("a column");
    let id = rig.invoke(uri, (0, end));
    rig.answer(&id);
}

fn page(rig: &mut Rig, arguments: &Value) -> String {
    let command = json!({ "command": "tabtier.policy", "arguments": arguments });
    let id = rig.server.request("workspace/executeCommand", &command);
    rig.server.expect_reply(&id)["result"]["text"].as_str().expect("a page").to_owned()
}

#[test]
fn some_files_are_kept_from_models_and_an_editor_may_keep_more() {
    let more = "languages.python.override = 'local'\npaths.'private/'.override = 'local'\n";
    let setup = Setup { more: more.to_owned(), ..Setup::default() };
    let mut rig = Rig::start(&Script::infill(&["1"]), &setup);
    assert_eq!(calls(&mut rig, "file:///p/a.rs", "rust"), 1);
    assert_eq!(calls(&mut rig, "file:///p/a.py", "python"), 0);
    assert_eq!(calls(&mut rig, "file:///p/private/b.rs", "rust"), 0);
    assert_eq!(calls(&mut rig, "file:///p/b.go", "go"), 1);
    let settings = json!({ "languages": { "rust": { "override": "local" } } });
    let params = json!({ "settings": { "tabtier": settings } });
    rig.server.notify("workspace/didChangeConfiguration", &params);
    let before = rig.upstream.posts().len();
    ask_again(&mut rig, "file:///p/a.rs");
    assert_eq!(rig.upstream.posts().len(), before, "an open file obeys new settings");
    let rust = page(&mut rig, &json!(["file:///p/a.rs"]));
    assert!(rust.starts_with("policy for /p/a.rs (rust)\nwith what is said in languages.rust\n"));
    let said = rust.lines().find(|line| line.contains("policy.override = \"local\""));
    let said = said.unwrap_or_else(|| panic!("{rust}"));
    assert!(said.ends_with("  languages.rust.override, editor settings"), "{said}");
    let all = page(&mut rig, &json!([]));
    let said = all.lines().find(|line| line.contains("paths.\"private/\".override = \"local\""));
    assert!(said.is_some_and(|line| line.contains("  user file ")), "{all}");
    rig.stop();
}

#[test]
fn a_ceiling_holds_under_a_tier_forced_by_command() {
    let more = "tiers.flagship.models = ['scripted']\n\
                languages.python.line.ceiling = 'local'\nlanguages.python.identifier.ceiling = 'local'\n\
                languages.python.logic.ceiling = 'local'\nlanguages.python.closer.ceiling = 'local'\n";
    let setup = Setup { more: more.to_owned(), ..Setup::default() };
    let mut rig = Rig::start(&Script::infill(&["1"]), &setup);
    let command = json!({ "command": "tabtier.setOverride", "arguments": ["flagship"] });
    let id = rig.server.request("workspace/executeCommand", &command);
    rig.server.expect_reply(&id);
    assert_eq!(calls(&mut rig, "file:///p/a.rs", "rust"), 1);
    assert_eq!(calls(&mut rig, "file:///p/a.py", "python"), 0);
    let page = page(&mut rig, &json!(["file:///p/a.py"]));
    assert!(page.contains("\nforced          flagship for this session\n"), "{page}");
    rig.stop();
}
