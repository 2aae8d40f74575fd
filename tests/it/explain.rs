//! `tabtier explain` as a program meets it: a line in, a line out, whatever the line holds.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lsp::{HOME, Server};

/// The program in an empty home, with this file of settings.
fn tabtier(home: &TempDir, settings: &str, arguments: &[&str]) -> Command {
    let file = home.path().join("config.toml");
    std::fs::write(&file, settings).expect("a settings file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
    command.arg("explain").args(arguments).arg("--config").arg(file);
    command.current_dir(home.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    for (variable, folder) in HOME {
        command.env(variable, home.path().join(folder));
    }
    command
}

fn spawn(settings: &str) -> (Child, TempDir) {
    let home = tempfile::tempdir().expect("a folder");
    (tabtier(&home, settings, &["--batch"]).spawn().expect("the program starts"), home)
}

/// The answers to these lines, and the exit code.
fn batch(settings: &str, lines: &[String]) -> (Vec<Value>, i32) {
    let (mut child, _home) = spawn(settings);
    let mut stdin = child.stdin.take().expect("stdin");
    let text = lines.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("no panic").expect("everything is read");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let answers = stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (answers, output.status.code().expect("an exit code"))
}

fn row(id: u64, path: &str, prefix: &str, suffix: &str) -> String {
    json!({"id": id, "path": path, "prefix": prefix, "suffix": suffix}).to_string()
}

#[test]
fn a_row_may_name_a_folder_whose_other_files_are_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write("a.rs", "fn zebra_of_a() {}\n");
    write("b.rs", "fn zebra_of_b() {}\n");
    let ask = |path: &str, workspace: &std::path::Path| {
        json!({"id": path, "path": path, "prefix": "fn f() {\n    zebra_of", "suffix": "\n}\n",
            "workspace": workspace})
        .to_string()
    };
    let absolute = folder.path().join("b.rs");
    let lines = [
        ask("a.rs", folder.path()),
        ask(&absolute.to_string_lossy(), folder.path()),
        ask("c.rs", folder.path()),
        row(3, "a.rs", "fn f() {\n    zebra_of", "\n}\n"),
        ask("a.rs", &folder.path().join("none")),
    ];
    let (answers, code) = batch("[local]\nclosers = false\n", &lines);
    assert_eq!(code, 1);
    let names = |answer: &Value| {
        let local = answer["local"].as_array().cloned().unwrap_or_default();
        let mut texts: Vec<_> = local.iter().map(|offer| offer["text"].clone()).collect();
        texts.retain(|text| text.as_str().is_some_and(|text| text.starts_with('_')));
        texts.sort_by_key(Value::to_string);
        texts
    };
    assert_eq!(names(&answers[0]), ["_b"], "{}", answers[0]);
    assert_eq!(names(&answers[1]), ["_a"], "{}", answers[1]);
    assert_eq!(names(&answers[2]), ["_a", "_b"], "{}", answers[2]);
    assert_eq!(names(&answers[3]), [] as [&str; 0], "{}", answers[3]);
    let error = answers[4]["error"].as_str().unwrap_or_default();
    assert!(error.contains("which is no folder"), "{error}");
}

#[test]
fn a_batch_is_answered_in_order_and_bad_lines_cost_only_themselves() {
    let lines = [
        row(0, "a.rs", "fn f() {\n    g(vec![1, 2", "\n}\n"),
        row(1, "src/b.py", "import os\n\ndef f(path):\n    return os.pa", "\n"),
        "{\"id\": \"two\", \"path\": \"a.go\", \"prefix\": 3, \"suffix\": \"\"}".to_owned(),
        String::new(),
        "not json".to_owned(),
        row(5, "c.js", "// naïve 日本語 🦀: the value of", "\n"),
        row(6, "unknown.zzz", "alpha = beta + alp", ""),
        row(7, "x.ts", "", ""),
    ];
    let (answers, code) = batch("", &lines);
    assert_eq!(code, 1);
    let ids: Vec<_> = answers.iter().map(|answer| &answer["id"]).collect();
    let expected = [json!(0), json!(1), json!("two"), json!(null), json!(5), json!(6), json!(7)];
    assert_eq!(ids, expected.iter().collect::<Vec<_>>());
    assert_eq!(
        answers[2]["error"],
        "line 3: prefix is a number; valid is the text before the cursor"
    );
    let error = answers[3]["error"].as_str().expect("an error");
    assert!(error.starts_with("line 5: not JSON at column"), "{error}");
    assert_eq!(answers[4]["class"], "prose");
    assert_eq!(answers[4]["tier"], "fast");
    assert_eq!(answers[1]["class"], "identifier");
    assert_eq!(answers[1]["tier"], "fast");
    for answer in answers.iter().filter(|answer| answer.get("error").is_none()) {
        check_members(answer);
    }
}

/// What every answer promises.
fn check_members(answer: &Value) {
    let members: Vec<_> = answer.as_object().expect("an object").keys().collect();
    let expected = [
        "class",
        "confidence",
        "decision_us",
        "extent",
        "flagship_score",
        "id",
        "language",
        "local",
        "reasons",
        "scores",
        "tier",
    ];
    assert_eq!(members, expected, "{answer}");
    let scores = answer["scores"].as_object().expect("scores");
    let score = |class: &str| scores[class].as_f64().expect("a probability");
    let sum: f64 = scores.keys().map(|class| score(class)).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{answer}");
    let flagship = answer["flagship_score"].as_f64().expect("a number");
    assert!((flagship - score("logic") - score("refactor")).abs() < 1e-12, "{answer}");
    assert!(answer["decision_us"].as_f64().expect("a number") > 0.0, "{answer}");
    for offer in answer["local"].as_array().expect("a list") {
        assert!(offer["text"].is_string() && offer["confidence"].is_f64(), "{answer}");
    }
}

/// The class decides the tier by the policy, whatever models there are.
#[test]
fn tiers_follow_the_policy_without_any_model() {
    let lines = [
        row(0, "a.rs", "fn f(items: &[u32]) -> u32 {\n    items.len().max(1)", ""),
        row(1, "a.rs", "fn long_name() {}\nfn g() {\n    long_n", "\n}\n"),
        row(2, "a.rs", "fn parse(text: &str) -> Vec<u32> {\n    ", "\n}\n"),
    ];
    let tiers = |settings: &str| -> Vec<(String, String)> {
        let (answers, code) = batch(settings, &lines);
        assert_eq!(code, 0);
        let word = |value: &Value| value.as_str().unwrap_or("none").to_owned();
        answers.iter().map(|answer| (word(&answer["class"]), word(&answer["tier"]))).collect()
    };
    let pair = |class: &str, tier: &str| (class.to_owned(), tier.to_owned());
    let found = tiers("");
    assert_eq!(found[1..], [pair("identifier", "fast"), pair("logic", "flagship")]);
    let moved = tiers("policy.identifier.tiers = ['local']\npolicy.logic.tiers = []\n");
    assert_eq!(moved[1..], [pair("identifier", "local"), pair("logic", "none")]);
    let forced = tiers("policy.override = 'mid'\n");
    assert!(forced.iter().all(|(_, tier)| tier == "mid"), "{forced:?}");
}

#[test]
fn a_caller_may_wait_for_each_answer() {
    let (mut child, _home) = spawn("");
    let mut stdin = child.stdin.take().expect("stdin");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    for id in 0..20 {
        let line = row(id, "a.c", "int main(void) {\n    return ", "\n}\n");
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).expect("written");
        let mut answer = String::new();
        stdout.read_line(&mut answer).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["id"], id);
    }
    drop(stdin);
    assert!(child.wait().expect("an end").success());
}

#[test]
fn a_first_line_names_the_language_of_a_cut_text() {
    let cut = json!({
        "id": 1, "path": "deploy", "prefix": "# the rest of", "suffix": "",
        "first_line": "#!/bin/sh",
    });
    let (answers, _) = batch("", &[cut.to_string(), row(2, "deploy", "# the rest of", "")]);
    assert_eq!(answers[0]["class"], "prose");
    assert_ne!(answers[1]["class"], "prose", "plain text has no comments");
}

/// The answer says as what a text was read.
#[test]
fn a_header_is_read_as_the_language_of_its_text() {
    let c = "#ifdef __cplusplus\nextern \"C\" {\n#endif\nint class;\nint new_shape(";
    let cpp = "// Licence of the class.\n#pragma once\nnamespace a {\nclass Shape {\n";
    let rows = [
        row(0, "shape.h", c, ");\n"),
        row(1, "shape.h", cpp, "};\n}\n"),
        row(2, "shape.h", "", "@class Shape;\n"),
        row(3, "shape.c", cpp, ""),
        row(4, "de.ts", "<?xml version=\"1.0\"?>\n", ""),
        row(5, "de.ts", "const a = 1;\n", ""),
    ];
    let (answers, _) = batch("", &rows);
    let found: Vec<_> = answers.iter().map(|answer| answer["language"].as_str()).collect();
    let expected = ["c", "cpp", "objective-c", "c", "xml", "typescript"].map(Some);
    assert_eq!(found, expected);
}

/// The server reads a header by its text too, unless the client says what it is.
#[test]
fn a_client_that_knows_the_language_is_believed() {
    let cpp = "#pragma once\nnamespace a {\nclass Shape {\n";
    for (id, uri, text, expected) in [
        ("", "file:///a/shape.h", cpp, "cpp"),
        ("header", "file:///a/shape.h", cpp, "cpp"),
        ("header", "file:///a/shape.h", "int area(void);\n", "c"),
        ("c", "file:///a/shape.h", cpp, "c"),
        ("cpp", "file:///a/shape.h", "int area(void);\n", "cpp"),
    ] {
        assert_eq!(language_in_server(id, uri, text), expected, "{id:?} {text:?}");
    }
}

/// As what a server reads a document that is opened with this id.
fn language_in_server(id: &str, uri: &str, text: &str) -> String {
    let mut server = Server::start();
    let initialize = server.request("initialize", &json!({ "capabilities": {} }));
    server.expect_reply(&initialize);
    server.notify("initialized", &json!({}));
    let document = json!({ "uri": uri, "languageId": id, "version": 0, "text": text });
    server.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    let place = json!({
        "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 },
        "context": { "triggerKind": 1 },
    });
    let completion = server.request("textDocument/completion", &place);
    server.expect_reply(&completion);
    let explain =
        server.request("workspace/executeCommand", &json!({ "command": "tabtier.explain" }));
    let explanation = server.expect_reply(&explain)["result"].clone();
    explanation["language"].as_str().unwrap_or_default().to_owned()
}

/// A large file costs its parse and little more.
#[test]
fn a_long_prefix_is_no_trouble() {
    let prefix = "fn f(a: u32) -> u32 {\n    a + 1\n}\n\n".repeat(200 << 10 >> 5) + "fn g() {\n";
    assert!(prefix.len() > 200 << 10);
    let (answers, code) = batch("", &[row(1, "a.rs", &prefix, "}\n")]);
    assert_eq!((code, answers.len()), (0, 1));
    check_members(&answers[0]);
}

#[test]
fn what_to_explain_must_be_said() {
    let home = tempfile::tempdir().expect("a folder");
    let output = tabtier(&home, "", &[]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
}

/// The page of this policy for a file of a workspace with this file of settings.
fn policy(user: &str, workspace: &str, arguments: &[&str]) -> String {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join(".tabtier.toml"), workspace).expect("a workspace file");
    let output = tabtier(&home, user, arguments).output().expect("the program runs");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    let folder = home.path().canonicalize().expect("a folder");
    let page = String::from_utf8(output.stdout).expect("text");
    page.replace(&*folder.to_string_lossy(), "HOME")
        .replace(&*home.path().to_string_lossy(), "HOME")
}

/// The cells of one class.
fn cells<'a>(page: &'a str, class: &str) -> Vec<&'a str> {
    let row = page.lines().find(|line| line.starts_with(&format!("{class} "))).expect("a row");
    row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn the_policy_of_a_file_is_shown_with_who_said_it() {
    let user = "[policy.line]\ndeadline_ms = 300\nceiling = 'mid'\n\
                [languages.python.line]\ntiers = ['local', 'fast']\nsettle_ms = 400\n\
                [paths.'tests/**'.line]\noutput_tokens_max = 32\n";
    let workspace = "policy.line.deadline_ms = 250\n";
    let page = policy(user, workspace, &["--policy", "src/tests/new.py"]);
    let head = "policy for src/tests/new.py (python)\n\
                with what is said in languages.python, paths.\"tests/**\"\n";
    assert!(page.starts_with(head), "{page}");
    let line = ["line", "local, fast*", "local", "mid*", "250 ms*", "32*", "400 ms*", "80 %"];
    assert_eq!(cells(&page, "line"), line);
    let prose = ["prose", "fast", "local", "flagship", "200 ms", "64", "by tier", "80 %"];
    assert_eq!(cells(&page, "prose"), prose);
    let origin = |key: &str| {
        let line = page.lines().find(|line| line.trim_start().starts_with(key)).expect(key);
        line.rsplit("  ").next().expect("an origin").to_owned()
    };
    assert_eq!(origin("policy.line.deadline_ms"), "workspace HOME/.tabtier.toml:1:13");
    assert_eq!(origin("policy.line.ceiling"), "user file HOME/config.toml:3:1");
    let tokens = "paths.\"tests/**\".line.output_tokens_max, user file HOME/config.toml:8:1";
    assert_eq!(origin("policy.line.output_tokens_max"), tokens);
    let tiers = "languages.python.line.tiers, user file HOME/config.toml:5:1";
    assert_eq!(origin("policy.line.tiers"), tiers);
    assert!(page.lines().take(20).all(|line| line.chars().count() <= 100), "{page}");
    let general = policy(user, "", &["--policy"]);
    assert_eq!(cells(&general, "line")[1..5], ["fast, local", "local", "mid*", "300 ms*"]);
    assert!(general.contains("  languages.python.line.settle_ms = 400 "), "{general}");
}

#[test]
fn a_policy_nobody_touched_says_so() {
    let page = policy("", "", &["--policy"]);
    assert!(page.ends_with("every value is a default\n"), "{page}");
    assert!(!page.contains('*'), "{page}");
}

/// What is said for some files reaches the decisions about them.
#[test]
fn decisions_follow_the_policy_of_their_file() {
    let settings = "languages.python.override = 'local'\npaths.'*_gen.go'.override = 'mid'\n";
    let (answers, _) = batch(
        settings,
        &[row(0, "a.py", "x = ", ""), row(1, "a_gen.go", "x := ", ""), row(2, "a.go", "x := ", "")],
    );
    let tiers: Vec<_> = answers.iter().map(|answer| answer["tier"].as_str()).collect();
    assert_eq!(tiers[..2], [Some("local"), Some("mid")]);
    assert_ne!(tiers[2], Some("mid"));
}
