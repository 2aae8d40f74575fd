//! What our plugin adds to Neovim's own: parts of a suggestion, bigger models, late answers, the status
//! line, `:Tabtier` and `:checkhealth`.

use std::time::Duration;

use serde_json::{Value, json};

use super::block::{BLOCK, with_block};
use super::model::{prompts, settings};
use super::plain::RUST;
use super::{Editor, Seen};
use crate::support::upstream::{Script, Step, Upstream};

fn run(editor: &Editor, steps: &Value) -> Seen {
    tokio::task::block_in_place(|| editor.run(steps))
}

fn lines(seen: &Seen) -> String {
    seen.lines().join("\n") + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_taken_word_by_word_and_line_by_line() {
    let upstream = Upstream::start(Script::chat(&BLOCK)).await;
    let Some(editor) = Editor::open("neovim: parts", "main.rs", RUST) else { return };
    let editor = editor.with_settings(&settings("openai_chat", &upstream.url()));
    let block = BLOCK.concat();
    let second = block.find('\n').expect("lines");
    let third = second + 1 + block[second + 1..].find('\n').expect("lines");
    let word = "require('tabtier').accept_word()";
    let line = "require('tabtier').accept_line()";
    let seen = run(
        &editor,
        &json!([
            {"keys": "5GA"}, {"await": "insert"},
            {"type": "\n"}, {"ghost": block},
            {"accept": word}, {"ghost": block["let".len()..]},
            {"accept": word}, {"ghost": block["let mut".len()..]},
            {"accept": line}, {"ghost": block[second..]},
            {"accept": line}, {"ghost": block[third..]},
            {"accept": "require('tabtier').accept()"},
        ]),
    );
    assert_eq!(lines(&seen), with_block());
    assert_eq!(prompts(&upstream).len(), 1, "parts were taken from one answer");
}

/// The answer comes after the deadline, while nobody touches a key.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_appears_by_itself() {
    let Script(answer) = Script::chat(&["beta_two;"]);
    let slow = Script::new([Step::Wait(Duration::from_secs(1))]).then(answer);
    let upstream = Upstream::start(slow).await;
    let Some(editor) = Editor::open("neovim: late", "main.rs", RUST) else { return };
    let quick = settings("openai_chat", &upstream.url());
    let editor = editor.with_settings(&quick.replace("_ms = 30000", "_ms = 100"));
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"ghost": "beta_two;"},
        {"accept": "require('tabtier').accept()"},
    ]);
    let seen = run(&editor, &steps);
    assert_eq!(seen.lines()[5], "    let value = beta_two;");
    assert_eq!(prompts(&upstream).len(), 1, "the second request was answered from memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bigger_model_is_asked_by_a_key() {
    let upstream = Upstream::start_with(|request| {
        Script::chat(&[if request.body["model"] == "big" { "dear();" } else { "cheap();" }])
    });
    let upstream = upstream.await;
    let Some(editor) = Editor::open("neovim: bigger", "main.rs", RUST) else { return };
    let url = upstream.url();
    let settings = settings("openai_chat", &url).replace(
        "[tiers.fast]\n",
        "[tiers.mid]\nmodels = [\"big\"]\nsettle_ms = 0\n[tiers.fast]\n",
    );
    let big =
        format!("[models.big]\nmodel = \"big\"\nprotocol = \"openai_chat\"\nurl = \"{url}\"\n");
    let editor = editor.with_settings(&(settings + &big));
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"ghost": "cheap();"},
        {"keys": "<M-b>"}, {"ghost": "dear();"},
        {"becomes": {"lua": "require('tabtier').status()", "value": "tabtier mid"}},
        {"keys": "<Tab>"}, {"becomes": {"lua": "vim.api.nvim_get_current_line()", "value": "    let value = dear();"}},
    ]);
    let seen = run(&editor, &steps);
    assert_eq!(seen.lines().len(), 7);
}

#[test]
fn the_status_line_and_the_commands_say_how_it_stands() {
    let Some(editor) = Editor::open("neovim: commands", "main.rs", RUST) else { return };
    let status =
        |value: &str| json!({"becomes": {"lua": "require('tabtier').status()", "value": value}});
    let page = |text: &str| {
        let lua =
            "table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n'):find(...) ~= nil";
        json!({"becomes": {"lua": lua.replace("...", &format!("'{text}', 1, true")), "value": true}})
    };
    let seen = editor.run(&json!([
        status("tabtier"),
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet total = compute_to"}, {"ghost": "tal"},
        status("tabtier local"),
        {"lua": "vim.cmd('Tabtier pause')"}, status("tabtier paused"),
        {"type": "t"}, {"await": "settled"},
        {"lua": "vim.cmd('Tabtier resume')"}, status("tabtier local"),
        {"keys": "<BS>"}, {"ghost": "tal"},
        {"accept": "require('tabtier').dismiss()"},
        {"keys": "<Esc>"}, {"await": "normal"},
        {"lua": "vim.cmd('Tabtier explain')"}, page("by the local engine"),
        {"keys": "q"},
        {"lua": "vim.cmd('Tabtier override fast')"},
        {"becomes": {"lua": "require('tabtier.client').status().override", "value": "fast"}},
        {"lua": "vim.cmd('Tabtier')"}, page("override  fast"), {"keys": "q"},
        {"lua": "vim.cmd('Tabtier policy')"}, page("identifier"), {"keys": "q"},
        {"lua": "return vim.fn.getcompletion('Tabtier override f', 'cmdline')"},
        {"lua": "vim.cmd('silent checkhealth tabtier')"}, page("the server runs: version"),
        {"lua": "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')"},
        {"lua": "vim.cmd('close')"},
    ]));
    assert_eq!(seen.ghost(9), None, "paused");
    assert_eq!(seen.lines()[5], "    let total = compute_to");
    let got = |step: usize| seen.0["steps"][step]["got"].clone();
    let steps = seen.0["steps"].as_array().expect("steps").len();
    assert_eq!(got(steps - 5), json!(["fast", "flagship"]));
    let health = got(steps - 2);
    let health = health.as_str().expect("a page");
    assert!(!health.contains("ERROR") && !health.contains("WARNING"), "{health}");
}
