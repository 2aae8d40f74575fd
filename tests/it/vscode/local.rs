//! What a user gets with nothing configured, and what the extension shows besides ghost text.

use serde_json::{Value, json};

use super::{RUST, Scenario, with_line};

/// The scenarios, in the order they are played.
pub(super) fn scenarios() -> Vec<Scenario> {
    vec![name(), middle(), closers(), unicode(), carriage_returns(), commands(), killed()]
}

fn name() -> Scenario {
    Scenario {
        name: "a name",
        file: "name.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"},
            {"type": "\nlet total = compute_to"}, {"ghost": "tal"}, {"screenshot": "a-name"},
            {"status": "local"},
            {"key": "Tab"}, {"line": "    let total = compute_total"},
            {"key": "Control+Z"}, {"line": "    let total = compute_to"},
            {"key": "Control+Shift+Z"}, {"line": "    let total = compute_total"},
            // Typing along and away.
            {"type": ";\nlet more = compute_to"}, {"ghost": "tal"},
            {"type": "t"}, {"ghost": "al"},
            {"type": "x"}, {"await": "quiet"}, {"screenshot": "typed-away"},
            {"key": "Control+Backspace"}, {"type": "1;"}, {"rest": 300},
        ]),
        check: |_, text| {
            let lines = "    let total = compute_total;\n    let more = 1;";
            assert_eq!(text, with_line(lines));
        },
    }
}

fn middle() -> Scenario {
    Scenario {
        name: "the middle of a line",
        file: "middle.rs",
        text: with_line("    let total =  + 1;"),
        steps: json!([
            {"goto": "6:17"},
            {"type": "compute_to"}, {"ghost": "tal"}, {"screenshot": "middle-of-line"},
            {"key": "Tab"}, {"line": "    let total = compute_total + 1;"},
        ]),
        check: |_, text| assert_eq!(text, with_line("    let total = compute_total + 1;")),
    }
}

/// What the editor closes by itself needs no closers from us; what stands open already does.
fn closers() -> Scenario {
    Scenario {
        name: "closers",
        file: "closers.rs",
        text: with_line("    let list = vec![compute_total(1, 2"),
        steps: json!([
            {"goto": "6:39"}, {"type": ")"}, {"await": "ghost"}, {"screenshot": "closers"},
            {"key": "Tab"}, {"rest": 300},
        ]),
        check: |states, text| {
            let ghost = states[2]["ghost"].as_str().expect("a ghost");
            assert!(ghost.starts_with(']'), "{ghost}");
            assert_eq!(text, with_line(&format!("    let list = vec![compute_total(1, 2){ghost}")));
        },
    }
}

fn unicode() -> Scenario {
    Scenario {
        name: "not ASCII",
        file: "unicode.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\n"}, {"insert": "let 合計 = \"🦀é漢字\" + "},
            {"type": "compute_to"}, {"ghost": "tal"}, {"screenshot": "not-ascii"},
            {"key": "Tab"}, {"rest": 300},
        ]),
        check: |_, text| {
            assert_eq!(text, with_line("    let 合計 = \"🦀é漢字\" + compute_total"));
        },
    }
}

fn carriage_returns() -> Scenario {
    Scenario {
        name: "CRLF",
        file: "crlf.rs",
        text: RUST.replace('\n', "\r\n"),
        steps: json!([
            {"goto": "5:12"},
            {"type": "\nlet total = compute_to"}, {"ghost": "tal"}, {"key": "Tab"},
            {"line": "    let total = compute_total"},
        ]),
        check: |_, text| {
            let expected = with_line("    let total = compute_total").replace('\n', "\r\n");
            assert_eq!(text, expected);
        },
    }
}

fn commands() -> Scenario {
    Scenario {
        name: "commands",
        file: "commands.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"},
            {"command": "Tabtier: Pause or Resume"}, {"status": "paused"}, {"screenshot": "paused"},
            {"type": "\nlet total = compute_to"}, {"rest": 500},
            {"command": "Tabtier: Pause or Resume"}, {"status": "Tabtier local"},
            {"type": "t"}, {"ghost": "al"}, {"key": "Tab"},
            {"line": "    let total = compute_total"},
            {"command": "Tabtier: Explain the Last Completion"},
            {"tab": "Tabtier: the last completion"}, {"rest": 500}, {"screenshot": "explained"},
            {"click": "[id=\"tabtier.tabtier.status\"]"}, {"rest": 500}, {"screenshot": "menu"},
            {"key": "Escape"},
            {"window": ["Tabtier: Open the Dashboard", "Decisions, as they are made"]},
            {"command": "Tabtier: Open the Settings File"}, {"tab": "config.toml"},
        ]),
        check: |states, text| {
            assert_eq!(states[5]["ghost"], "", "paused");
            assert_eq!(text, with_line("    let total = compute_total"));
        },
    }
}

/// The server is killed while the editor runs: it comes back and knows the text.
fn killed() -> Scenario {
    Scenario {
        name: "killed",
        file: "killed.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"},
            {"type": "\nlet total = compute_to"}, {"ghost": "tal"},
            {"kill": null}, {"await": "ready"},
            // The new server has said who answered: what is shown is not left over from the old one.
            {"type": "t"}, {"status": "local"}, {"ghost": "al"}, {"screenshot": "after-the-kill"},
            {"key": "Tab"},
            {"line": "    let total = compute_total"},
            {"command": "Tabtier: Restart Server"}, {"rest": 300}, {"await": "ready"},
            {"type": ";\nlet next = compute_to"}, {"ghost": "tal"}, {"key": "Tab"},
            {"line": "    let next = compute_total"},
        ]),
        check: |_: &[Value], text| {
            let lines = "    let total = compute_total;\n    let next = compute_total";
            assert_eq!(text, with_line(lines));
        },
    }
}
