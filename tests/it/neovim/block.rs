//! Neovim with a model that answers several lines: what is shown, what is inserted, and what going on
//! along the answer costs.

use serde_json::json;

use super::model::{prompts, settings};
use super::plain::{ACCEPT, RUST};
use super::{Editor, Seen};
use crate::support::llama::LlamaServer;
use crate::support::upstream::{Script, Upstream};

/// A body for `fn main() {`, as a model that was asked at its beginning writes it.
pub(super) const BLOCK: [&str; 9] = [
    "let mut",
    " sum = 0;",
    "\n    for",
    " n in",
    " [1, 2, 3] {",
    "\n        sum",
    " = compute_total(sum, n);",
    "\n    }",
    "\n    println!(\"the sum of all the numbers in the list is {sum}\");",
];

/// The file with the block in the place of the empty body.
pub(super) fn with_block() -> String {
    RUST.replace("main() {\n", &format!("main() {{\n    {}\n", BLOCK.concat()))
}

fn lines(seen: &Seen) -> String {
    seen.lines().join("\n") + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_from_a_real_model_is_shown_and_accepted() {
    let model = [&["chain", "--fim"], BLOCK.as_slice()].concat();
    let Some(server) = LlamaServer::start(&model, &[]).await else { return };
    let Some(editor) = Editor::open("neovim: block", "main.rs", RUST) else { return };
    let editor = editor.with_settings(&settings("llama_cpp_infill", server.url()));
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\n"}, {"await": "ghost"},
        {"accept": ACCEPT},
    ]);
    let seen = tokio::task::block_in_place(|| editor.run(&steps));
    assert_eq!(seen.ghost(3), Some(BLOCK.concat().as_str()));
    assert_eq!(lines(&seen), with_block());
}

/// Each step waits until Neovim has asked for exactly the text there is and got its answer.
#[tokio::test(flavor = "multi_thread")]
async fn typing_through_a_block_and_deleting_back_asks_the_model_once() {
    let upstream = Upstream::start(Script::chat(&BLOCK)).await;
    let Some(editor) = Editor::open("neovim: type through", "main.rs", RUST) else { return };
    let editor = editor.with_settings(&settings("openai_chat", &upstream.url()));
    let mut steps = vec![
        json!({"keys": "5GA"}),
        json!({"await": "insert"}),
        json!({"type": "\n"}),
        json!({"await": "ghost"}),
    ];
    // Neovim indents new lines by itself.
    for part in ["let mu", "t sum = 0;\n", "for n in [1, 2, 3] {\n", "sum = compute_to"] {
        steps.extend([json!({"type": part}), json!({"await": "settled"})]);
    }
    let typed = steps.len() - 1;
    for keys in ["<BS><BS><BS>", "<C-W>", "<C-W>"] {
        steps.extend([json!({"keys": keys}), json!({"await": "settled"})]);
    }
    let deleted = steps.len() - 1;
    for part in ["= compute_total(sum, n);\n}\n", "println!(\"the sum of all"] {
        steps.extend([json!({"type": part}), json!({"await": "settled"})]);
    }
    steps.push(json!({"accept": ACCEPT}));
    let seen = tokio::task::block_in_place(|| editor.run(&json!(steps)));
    let block = BLOCK.concat();
    let rest = |after: &str| {
        let at = block.find(after).expect("a part of the block") + after.len();
        Some(&block[at..])
    };
    assert_eq!(seen.ghost(3), Some(block.as_str()));
    assert_eq!(seen.ghost(5), rest("let mu"));
    assert_eq!(seen.ghost(typed), rest("sum = compute_to"));
    assert_eq!(seen.ghost(typed + 2), rest("sum = compute"));
    assert_eq!(seen.ghost(deleted), rest("        sum "));
    assert_eq!(lines(&seen), with_block());
    assert_eq!(prompts(&upstream).len(), 1, "{:#?}", prompts(&upstream));
}

/// The answer's own line breaks are of another kind than the file's.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_carriage_returns_takes_a_block_as_its_own() {
    for answer in [BLOCK.concat(), BLOCK.concat().replace('\n', "\r\n")] {
        let upstream = Upstream::start(Script::chat(&[&answer])).await;
        let text = RUST.replace('\n', "\r\n");
        let Some(editor) = Editor::open("neovim: CRLF block", "main.rs", &text) else { return };
        let editor = editor.with_settings(&settings("openai_chat", &upstream.url()));
        let steps = json!([
            {"keys": "5GA"}, {"await": "insert"},
            {"type": "\n"}, {"await": "ghost"},
            {"accept": ACCEPT},
            {"keys": "<Esc>"}, {"await": "normal"},
            {"lua": "vim.cmd('silent write')"},
        ]);
        let seen = tokio::task::block_in_place(|| editor.run(&steps));
        assert_eq!(seen.ghost(3), Some(BLOCK.concat().as_str()));
        let written = std::fs::read_to_string(&editor.file).expect("the written file");
        assert_eq!(written, with_block().replace('\n', "\r\n"));
    }
}

/// An answer for one file is none for another, though the text around the cursor is the same.
#[tokio::test(flavor = "multi_thread")]
async fn two_documents_are_kept_apart() {
    let upstream = Upstream::start_with(|request| {
        let is_second = request.body.to_string().contains("second_only");
        Script::chat(&[if is_second { "second();" } else { "first();" }])
    });
    let upstream = upstream.await;
    let Some(editor) = Editor::open("neovim: two files", "main.rs", RUST) else { return };
    let other = editor.file.with_file_name("other.rs");
    std::fs::write(&other, format!("fn second_only() {{}}\n\n{RUST}")).expect("a second file");
    let editor = editor.with_settings(&settings("openai_chat", &upstream.url()));
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"await": "ghost"},
        {"keys": "<Esc>"}, {"await": "normal"},
        {"lua": "vim.cmd('silent write'); vim.cmd('silent edit other.rs')"},
        {"await": "attached"},
        {"keys": "7GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"await": "ghost"},
        {"accept": ACCEPT},
        {"keys": "<Esc>"}, {"await": "normal"},
        {"lua": "vim.cmd('silent write'); vim.cmd('silent buffer 1')"},
        {"keys": "A"}, {"await": "insert"},
        {"await": "ghost"},
        {"accept": ACCEPT},
    ]);
    let seen = tokio::task::block_in_place(|| editor.run(&steps));
    assert_eq!((seen.ghost(3), seen.ghost(11)), (Some("first();"), Some("second();")));
    let second = std::fs::read_to_string(&other).expect("the second file");
    assert!(second.ends_with("fn main() {\n    let value = second();\n}\n"), "{second}");
    assert_eq!(seen.lines()[5], "    let value = first();");
    // Coming back to the first place was answered from memory.
    assert_eq!(prompts(&upstream).len(), 2, "{:#?}", prompts(&upstream));
}
