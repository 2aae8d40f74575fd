//! Feedback from the editor to the disk and back: what is inferred from edits, what another server
//! learns of it, what the switch does, and that a request goes where the evidence says.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tabtier::domain::class::RequestClass;
use tabtier::domain::route::stats::bounds::Bounds;
use tabtier::domain::route::stats::tally::Taken;
use tabtier::domain::route::{Outcome, RouteStats, Tier};
use tabtier::store::stats::StatsFile;

use crate::support::lsp::{HOME, Server, kept};

const URI: &str = "file:///a/main.rs";
const TEXT: &str = "fn main() {\n    let discount_percent = 3;\n    disc\n}\n";

fn initialize(mut server: Server) -> Server {
    let id = server.request("initialize", &json!({ "capabilities": {} }));
    server.expect_reply(&id);
    server.notify("initialized", &json!({}));
    server
}

fn status(server: &mut Server) -> Value {
    let params = json!({ "command": "tabtier.status" });
    let id = server.request("workspace/executeCommand", &params);
    server.expect_reply(&id)["result"].clone()
}

/// Opens the document, takes the first entry of the menu as Helix does, by an edit alone, and ends
/// the server in good order.
fn accept_one(mut server: Server) -> Server {
    let document = json!({ "uri": URI, "languageId": "rust", "version": 0, "text": TEXT });
    server.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    let at = json!({ "line": 2, "character": 8 });
    let params = json!({ "textDocument": { "uri": URI }, "position": at });
    let id = server.request("textDocument/completion", &params);
    let entry = server.expect_reply(&id)["result"]["items"][0]["textEdit"].clone();
    assert_eq!(entry["newText"], "discount_percent");
    let change = json!({ "range": entry["range"], "text": entry["newText"] });
    let document = json!({ "uri": URI, "version": 1 });
    let params = json!({ "textDocument": document, "contentChanges": [change] });
    server.notify("textDocument/didChange", &params);
    assert_eq!(status(&mut server)["totals"]["accepted"], 1);
    server
}

fn end(server: &mut Server) {
    let id = server.request("shutdown", &Value::Null);
    server.expect_reply(&id);
    server.exit();
}

#[test]
fn an_acceptance_that_no_editor_reports_outlives_the_server() {
    let mut first = accept_one(initialize(Server::start()));
    let classes = &status(&mut first)["feedback"]["classes"];
    assert_eq!(classes[0]["class"], "identifier");
    assert_eq!(classes[0]["tiers"]["local"]["accepted"], 1.0, "{classes}");
    end(&mut first);
    let text = fs::read_to_string(kept(first.home()).expect("a file")).expect("text");
    assert!(text.contains("\"rust\"") && !text.contains("disc") && !text.contains("main"));

    // Two at once, and what each adds is added.
    let (mut second, mut third) = (initialize(first.beside()), initialize(first.beside()));
    (second, third) = (accept_one(second), accept_one(third));
    end(&mut second);
    end(&mut third);
    let stats = StatsFile::at(kept(first.home()).expect("a file")).read().expect("statistics");
    let group = stats.group(RequestClass::Identifier, "rust").expect("a group");
    assert!((group.tally(Tier::Local).taken() - 3.0).abs() < 0.1, "{group:?}");
}

#[test]
fn a_file_that_cannot_be_used_costs_nothing() {
    let mut first = accept_one(initialize(Server::start()));
    end(&mut first);
    let file = kept(first.home()).expect("a file");
    fs::remove_file(&file).expect("the file");
    fs::create_dir(&file).expect("a folder where the file should be");
    let mut server = accept_one(initialize(first.beside()));
    assert_eq!(status(&mut server)["feedback"]["enabled"], true);
    end(&mut server);
    assert_eq!(server.faults(), Vec::<String>::new());
}

#[test]
fn switched_off_nothing_is_noted_or_written() {
    let settings = "[feedback]\nenabled = false\n";
    let mut server = accept_one(initialize(Server::configured(settings)));
    let feedback = &status(&mut server)["feedback"];
    assert_eq!(feedback, &json!({ "enabled": false, "classes": [] }));
    end(&mut server);
    assert_eq!(kept(server.home()), None);
}

/// A user who takes what mid writes and nothing of what fast does, for Rust lines.
fn moved_up() -> RouteStats {
    let mut stats = RouteStats::default();
    let bounds = Bounds::new(Tier::Fast, Tier::Local, Tier::Flagship, |_| true);
    for _ in 0..1_000 {
        let class = RequestClass::Line;
        let advice = stats.shift(class, "rust", bounds);
        let tier = bounds.tier(advice.probe.unwrap_or(advice.shift)).expect("a tier");
        let taken = if tier == Tier::Fast { Taken::Overtyped } else { Taken::Accepted };
        let language = "rust".to_owned();
        stats.note(&Outcome { class, language, tier, bounds: Some(bounds), taken });
    }
    stats
}

#[test]
fn a_request_goes_where_the_evidence_says_and_the_evidence_is_shown() {
    let home = tempfile::tempdir().expect("a folder");
    let models = "[models.a]\nurl = \"http://127.0.0.1:1\"\n[models.b]\nurl = \"http://127.0.0.1:1\"\n\
                  [tiers.fast]\nmodels = [\"a\"]\n[tiers.mid]\nmodels = [\"b\"]\n";
    fs::write(home.path().join("settings.toml"), models).expect("a settings file");
    fs::write(home.path().join("x.rs"), "fn f(a: u32) {\n    let b = \n}\n").expect("a file");
    let run = |more: &str, arguments: &[&str]| {
        let settings = home.path().join("settings.toml");
        fs::write(&settings, format!("{models}{more}")).expect("a settings file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
        for (variable, folder) in HOME {
            command.env(variable, home.path().join(folder));
        }
        command.env("TABTIER_CONFIG", settings).current_dir(home.path());
        let output = command.args(arguments).output().expect("the command runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let explained = |more: &str| run(more, &["complete", "x.rs:2:13", "--explain"]);
    let table = explained("");
    assert!(table.contains("class     line") && table.contains("80 %, then fast a"), "{table}");

    let server = Server::start();
    let mut server = accept_one(initialize(server));
    end(&mut server);
    let place = kept(server.home()).expect("a file");
    let place = home.path().join(place.strip_prefix(server.home()).expect("below home"));
    StatsFile::at(place).update(|stats| *stats = moved_up()).expect("a file");
    let moved = explained("");
    assert!(moved.contains("80 %, then mid b after 100 ms of rest, then fast a"), "{moved}");
    assert!(moved.contains("feedback: line answers of fast were taken in 0 of"), "{moved}");
    assert!(moved.contains("so mid is asked first"), "{moved}");
    let page = run("", &["explain", "--policy"]);
    let row = page.lines().last().expect("a table");
    assert!(row.starts_with("line        rust ") && row.ends_with("mid instead of fast"), "{page}");
    let off = explained("[feedback]\nenabled = false\n");
    assert!(off.contains("80 %, then fast a") && !off.contains("feedback"), "{off}");
}
