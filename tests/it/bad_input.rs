//! Input nobody should send, and everybody does at some time: each costs a clear sentence or one
//! empty answer, and never the process.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lsp::{HOME, Server};
use crate::support::rig::{Rig, Setup};
use crate::support::upstream::{Script, Step};

const URI: &str = "file:///a/main.rs";
const TEXT: &str = "fn main() {\n    let value = \n}\n";
const PLACE: (u32, u32) = (1, 16);

/// Runs `tabtier` in a home without history.
fn tabtier(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
    command.args(arguments).current_dir(home);
    for (variable, folder) in HOME {
        command.env(variable, home.join(folder));
    }
    command.output().expect("tabtier runs")
}

fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("good.rs"), TEXT).expect("a file");
    home
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn mistakes_on_the_command_line_are_one_clear_sentence() {
    let home = home();
    fs::write(home.path().join("binary"), b"\x7fELF\0\0\0").expect("a file");
    fs::write(home.path().join("latin.rs"), b"// \xe9\xe8\n").expect("a file");
    fs::create_dir(home.path().join("folder")).expect("a folder");
    let table = [
        ("missing.rs:1:1", "cannot read missing.rs: No such file"),
        ("folder:1:1", "folder is not a file"),
        ("binary:1:1", "binary is a binary file"),
        ("latin.rs:1:1", "latin.rs is not UTF-8 (byte 3)"),
        ("good.rs:9:1", "good.rs has 4 lines; line 9 is past its end"),
        ("good.rs:1:99", "line 1 of good.rs has 11 characters; column 99 is past its end"),
        ("good.rs", "is not FILE:LINE:COL"),
        ("good.rs:0:1", "is not FILE:LINE:COL"),
        ("good.rs:1:-1", "is not FILE:LINE:COL"),
        ("good.rs:99999999999:1", "is not FILE:LINE:COL"),
    ];
    for (place, sentence) in table {
        let output = tabtier(home.path(), &["complete", place]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{place}: {said}");
        assert!(said.starts_with("tabtier: ") && said.contains(sentence), "{place}: {said}");
        assert_eq!(said.lines().count(), 1, "{place}: {said}");
        assert!(output.stdout.is_empty(), "{place}");
    }
    for arguments in [&["frobnicate"][..], &["complete"], &["serve", "--port", "1"], &["config"]] {
        let output = tabtier(home.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
}

#[test]
fn odd_files_are_completed_like_any_other() {
    let home = home();
    let nested = 100_000;
    let files = [
        ("huge.rs", TEXT.repeat((50 << 20) / TEXT.len()), "huge.rs:500:5"),
        (
            "nested.rs",
            format!("fn f() {{ {}{} }}", "(".repeat(nested), ")".repeat(nested)),
            "nested.rs:1:9000",
        ),
        ("unclosed.rs", "([{".repeat(nested), "unclosed.rs:1:300001"),
        ("what.isthis", "some text\n".to_owned(), "what.isthis:1:5"),
        ("empty.rs", String::new(), "empty.rs:1:1"),
        ("a b[c]:d.rs", TEXT.to_owned(), "a b[c]:d.rs:2:17"),
    ];
    for (name, text, place) in files {
        fs::write(home.path().join(name), text).expect("a file");
        let output = tabtier(home.path(), &["complete", place, "--json"]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(said.is_object(), "{name}: {said}");
    }
}

#[test]
fn settings_that_are_no_toml_are_reported_and_cost_only_themselves() {
    let home = home();
    fs::write(home.path().join("bad.toml"), "enabled = true\n[[[\n").expect("a file");
    let output = tabtier(home.path(), &["--config", "bad.toml", "complete", "good.rs:1:1"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("bad.toml:2"), "{}", stderr(&output));
    let output = tabtier(home.path(), &["--config", "bad.toml", "config", "check"]);
    assert_ne!(output.status.code(), Some(0));
}

#[test]
fn broken_settings_at_the_start_are_one_message_and_no_obstacle() {
    let mut server = Server::configured("enabled = maybe\npolicy.override = 7\n[[[\n");
    let id = server.request("initialize", &json!({ "capabilities": {} }));
    assert!(server.expect_reply(&id)["result"].is_object());
    server.notify("initialized", &json!({}));
    let shown = server.expect_notifications("window/showMessage", 1);
    assert!(
        shown[0]["params"]["message"].as_str().is_some_and(|said| said.contains("settings.toml"))
    );
    let document = json!({ "uri": URI, "languageId": "rust", "version": 0, "text": TEXT });
    server.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    let params =
        json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 16 } });
    let id = server.request("textDocument/completion", &params);
    assert!(server.expect_reply(&id).get("result").is_some());
    let id = server.request("shutdown", &Value::Null);
    server.expect_reply(&id);
    assert!(server.exit().success());
    assert_eq!(server.notifications("window/showMessage").len(), 1);
}

fn no_cache() -> Setup {
    Setup { more: "cache.entries_max = 0\n".to_owned(), ..Setup::default() }
}

#[test]
fn settings_that_break_while_running_leave_the_last_good_ones() {
    let mut rig = Rig::start(&Script::infill(&["answer;"]), &no_cache());
    rig.open(URI, "rust", TEXT);
    let file = rig.server.settings_file();
    let good = fs::read_to_string(&file).expect("the settings");
    let saved = json!({ "textDocument": { "uri": format!("file://{}", file.display()) } });
    let mut answer = |text: &str| {
        fs::write(&file, text).expect("a settings file");
        rig.server.notify("textDocument/didSave", &saved);
        let id = rig.ask(URI, PLACE);
        rig.answer(&id)
    };
    assert_eq!(answer(&good).as_deref(), Some("answer;"));
    assert_eq!(answer(&format!("{good}\n[[[\n")).as_deref(), Some("answer;"), "a syntax error");
    let wrong = good.replace("policy.override = \"fast\"", "policy.override = \"fastest\"");
    assert_eq!(answer(&wrong).as_deref(), Some("answer;"), "a bad value");
    assert_eq!(answer(&format!("enabled = false\n{good}")), None, "a good change");
    assert_eq!(answer(&good).as_deref(), Some("answer;"));
    let settings = json!({ "settings": { "tabtier": { "policy": { "override": "nonsense" } } } });
    rig.server.notify("workspace/didChangeConfiguration", &settings);
    let id = rig.ask(URI, PLACE);
    assert_eq!(rig.answer(&id).as_deref(), Some("answer;"), "nonsense from the editor");
    rig.server.expect_notifications("window/showMessage", 3);
    let shown = rig.server.notifications("window/showMessage");
    assert_eq!(shown.len(), 3, "one for each mistake: {shown:?}");
    rig.stop();
}

#[test]
fn a_document_of_fifty_megabytes_is_served() {
    let mut rig = Rig::start(&Script::infill(&["answer;"]), &no_cache());
    let text = TEXT.repeat((50 << 20) / TEXT.len());
    rig.open(URI, "rust", &text);
    rig.insert(URI, (700_000, 0), "// 😀\n");
    for line in [1, 1_000_000] {
        let id = rig.ask(URI, (line, 16));
        rig.answer(&id);
    }
    rig.insert(URI, (0, 0), "");
    let prompts = rig.prompts();
    assert!(prompts[0].0.ends_with("let value = "), "{prompts:?}");
    assert_eq!(prompts.len(), 2);
    rig.stop();
}

#[test]
fn text_that_no_parser_likes_is_served() {
    let texts = [
        "(".repeat(100_000),
        format!("fn f() {{ {}{} }}", "(".repeat(100_000), ")".repeat(100_000)),
        "\0\u{1}\u{feff}\u{202e}".repeat(1_000),
        "\"".repeat(99_999),
        "r###".repeat(50_000),
    ];
    let mut rig = Rig::start(&Script::infill(&["answer;"]), &no_cache());
    for (number, text) in texts.iter().enumerate() {
        for language in ["rust", "python", "typescript", "klingon"] {
            let uri = format!("file:///a/{number}.{language}");
            rig.open(&uri, language, text);
            rig.insert(&uri, (0, 50), "x");
            for column in [0, 51, 99_000] {
                let id = rig.ask(&uri, (0, column));
                rig.answer(&id);
            }
        }
    }
    // The thread that parses is alive too: it takes documents in turn, and these come last.
    rig.open("file:///a/lender.rs", "rust", "fn unmistakable_name() {}\n");
    rig.open(URI, "rust", "fn f() { unmist }");
    let found = (0..1_000).any(|_| {
        rig.pause(10);
        let id = rig.menu(URI, (0, 15));
        rig.server.expect_reply(&id)["result"].to_string().contains("unmistakable_name")
    });
    assert!(found, "names are still counted");
    rig.stop();
}

#[test]
fn a_model_that_cannot_be_reached_or_talks_nonsense_costs_nothing_but_its_answer() {
    let garbage = Script::answer(200, "text/event-stream", vec![0xff; 4096]);
    let deep = Script::answer(200, "application/json", "[".repeat(200_000));
    let unreachable = Setup { url: Some("http://127.0.0.1:9"), ..Setup::default() };
    let nowhere = Setup { url: Some("http://no.such.host.invalid"), ..Setup::default() };
    let table = [
        (garbage, Setup::default()),
        (deep, Setup::default()),
        (Script::new([Step::Close]), Setup::default()),
        (Script::new([]), unreachable),
        (Script::new([]), nowhere),
    ];
    for (script, setup) in table {
        let mut rig = Rig::start(&script, &setup);
        rig.open(URI, "rust", TEXT);
        let id = rig.ask(URI, PLACE);
        assert_eq!(rig.answer(&id), None);
        // What needs no model is still offered.
        let text = "fn main() {\n    let unmistakable = 1;\n    foo(unmist\n}\n";
        rig.change(URI, &[json!({ "text": text })]);
        let id = rig.ask(URI, (2, 14));
        assert!(rig.answer(&id).is_some_and(|answer| answer.starts_with("akable")));
        rig.stop();
    }
}
