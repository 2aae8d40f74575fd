//! VS Code with models behind the server: blocks, answers that come late, the open menu, brackets the
//! editor closed by itself, and what is reported of acceptance.

use std::path::Path;

use serde_json::json;
use tabtier::domain::class::RequestClass;
use tabtier::domain::route::Tier;
use tabtier::store::stats::StatsFile;

use super::{BLOCK, RUST, Scenario, with_line};
use crate::support::lsp::kept;
use crate::support::upstream::Request;

/// What stands in a prompt, and what is answered to it: the first that is there counts.
pub(super) const ANSWERS: [(&str, &str); 6] = [
    ("let bigger = ", "cheap();"),
    ("let late = ", "compute_total(3, 4);"),
    ("let typed_on = zxqty", "_thing();"),
    ("let menu = compute_total", "(5, 6);"),
    ("let bracket = compute_total(", "7, 8)"),
    ("let words = ", "first_word(second_word, third_word);"),
];

/// The scenarios, in the order they are played.
pub(super) fn scenarios() -> Vec<Scenario> {
    vec![block(), late(), typing_on(), menu(), bracket(), words(), bigger()]
}

fn block() -> Scenario {
    Scenario {
        name: "a block",
        file: "real/block.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\n"}, {"ghost": BLOCK.concat()}, {"screenshot": "a-block"},
            {"status": "flagship"},
            {"type": "let mut"}, {"ghost": BLOCK.concat()["let mut".len()..]},
            {"key": "Tab"}, {"line": "        sum += n;"}, {"screenshot": "a-block-taken"},
        ]),
        check: |_, text| assert_eq!(text, with_line(&format!("    {}", BLOCK.concat()))),
    }
}

/// The answer takes a second; the editor gives up after 750 ms and nobody touches a key.
fn late() -> Scenario {
    Scenario {
        name: "a late answer",
        file: "slow/late.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\nlet late = "},
            {"ghost": "compute_total(3, 4);"}, {"screenshot": "a-late-answer"}, {"status": "mid"},
            {"key": "Tab"}, {"line": "    let late = compute_total(3, 4);"},
        ]),
        check: |_, text| assert_eq!(text, with_line("    let late = compute_total(3, 4);")),
    }
}

/// Nothing that was asked for an earlier text is shown, or put into the text. No name begins like the one
/// that is typed, so our own engine is silent.
fn typing_on() -> Scenario {
    Scenario {
        name: "typing on",
        file: "slow/typing.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\nlet typed_on = "}, {"rest": 500},
            {"type": "zxq"}, {"rest": 800}, {"type": "ty"},
            {"ghost": "_thing"}, {"key": "Tab"}, {"line": "    let typed_on = zxqty_thing"},
        ]),
        check: |states, text| {
            for state in &states[..6] {
                assert_eq!(state["ghost"], "", "{state}");
            }
            assert_eq!(text, with_line("    let typed_on = zxqty_thing"));
        },
    }
}

/// The menu is open with an entry selected: the ghost text goes on from that entry.
fn menu() -> Scenario {
    Scenario {
        name: "the open menu",
        file: "quick/menu.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\nlet menu = compute_to"}, {"key": "Control+Space"},
            {"await": "popup"}, {"await": "ghost"}, {"screenshot": "open-menu"},
            {"key": "Enter"}, {"line": "    let menu = compute_total"},
            {"ghost": "(5, 6);"}, {"key": "Tab"}, {"line": "    let menu = compute_total(5, 6);"},
        ]),
        check: |_, text| assert_eq!(text, with_line("    let menu = compute_total(5, 6);")),
    }
}

/// The editor has put the closing bracket there already; it must not be there twice.
fn bracket() -> Scenario {
    Scenario {
        name: "a closed bracket",
        file: "quick/bracket.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\nlet bracket = compute_total("},
            {"await": "ghost"}, {"screenshot": "closed-bracket"},
            {"key": "Tab"}, {"line": "    let bracket = compute_total(7, 8)"},
        ]),
        check: |_, text| assert_eq!(text, with_line("    let bracket = compute_total(7, 8)")),
    }
}

fn words() -> Scenario {
    Scenario {
        name: "word by word",
        file: "quick/words.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\nlet words = "},
            {"ghost": "first_word(second_word, third_word);"}, {"rest": 400},
            {"key": "Control+ArrowRight"}, {"line": "    let words = first_word"},
            {"key": "Control+ArrowRight"}, {"rest": 400}, {"screenshot": "word-by-word"},
            {"key": "Escape"}, {"type": ";"}, {"rest": 400}, {"key": "Escape"},
            {"type": "\nlet"}, {"rest": 400},
        ]),
        check: |states, _| {
            let first = states[5]["ghost"].as_str().expect("a ghost");
            assert_eq!(first, "(second_word, third_word);");
        },
    }
}

/// The small model has answered; the one above it is asked by a key, and takes its second.
fn bigger() -> Scenario {
    Scenario {
        name: "a bigger model",
        file: "quick/bigger.rs",
        text: RUST.to_owned(),
        steps: json!([
            {"goto": "5:12"}, {"type": "\nlet bigger = "}, {"ghost": "cheap();"},
            {"key": "Control+Alt+Period"}, {"ghost": "dear();"}, {"screenshot": "a-bigger-model"},
            {"status": "mid"}, {"key": "Tab"}, {"line": "    let bigger = dear();"},
        ]),
        check: |_, text| assert_eq!(text, with_line("    let bigger = dear();")),
    }
}

/// The late answer came from memory, and the selected entry was part of what was asked.
pub(super) fn check_what_was_asked(posts: &[Request]) {
    let bodies: Vec<_> = posts.iter().map(|post| post.body.to_string()).collect();
    let is_open = |body: &&String| body.contains("let late = ") && !body.contains("(3, 4)");
    assert_eq!(bodies.iter().filter(is_open).count(), 1, "{bodies:#?}");
    assert!(bodies.iter().any(|body| body.contains("let menu = compute_total")), "{bodies:#?}");
}

/// Acceptance was reported: whole and in part.
pub(super) fn check_what_was_noted(home: &Path) {
    let kept = kept(home).expect("what became of suggestions");
    let stats = StatsFile::at(kept).read().expect("statistics");
    let taken =
        |class, tier| stats.group(class, "rust").map_or(0.0, |group| group.tally(tier).taken());
    assert!(taken(RequestClass::Identifier, Tier::Local) >= 1.0, "names from this machine");
    let partly: f64 = RequestClass::ALL.iter().map(|class| taken(*class, Tier::Fast)).sum();
    assert!(partly > 0.0, "words taken from a longer answer");
}
