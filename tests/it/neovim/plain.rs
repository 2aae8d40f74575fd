//! What a user gets with nothing configured: the local engine's ghost text, in every kind of file.

use serde_json::json;

use super::Editor;

/// The accept key of our plugin, as the mapping calls it.
pub(crate) const ACCEPT: &str = "require('tabtier').accept()";
/// Neovim's own way, for users without our plugin.
const BUILT_IN: &str = "vim.lsp.inline_completion.get()";

/// A Rust file whose second function is being written; the cursor goes below `fn main() {`.
pub(crate) const RUST: &str = "\
fn compute_total(alpha: u32, beta: u32) -> u32 {
    alpha + beta
}

fn main() {
}
";

#[test]
fn a_name_is_completed_and_accepted() {
    for accept in [ACCEPT, BUILT_IN] {
        let Some(editor) = Editor::open("neovim: a name", "main.rs", RUST) else { return };
        let seen = editor.run(&json!([
            {"keys": "5GA"}, {"await": "insert"},
            {"type": "\nlet total = compute_to"},
            {"await": "ghost"},
            {"accept": accept},
        ]));
        assert_eq!(seen.ghost(3), Some("tal"), "{accept}");
        assert_eq!(seen.lines()[5], "    let total = compute_total", "{accept}");
        assert_eq!(seen.lines().len(), 7, "{accept}");
    }
}

#[test]
fn closers_are_completed_and_never_doubled() {
    let Some(editor) = Editor::open("neovim: closers", "main.rs", RUST) else { return };
    // Which closers come next is for other tests; here they only have to be shown and taken.
    let editor = editor.with_settings("[policy.closer]\nlocal_confidence_min = 0.1\n");
    let typed = "let list = [compute_total(1, 2), compute_total(2, 3)";
    let seen = editor.run(&json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": format!("\n{typed}")}, {"await": "ghost"},
        {"accept": ACCEPT},
    ]));
    let ghost = seen.ghost(3).expect("closers");
    assert!(ghost.starts_with(']') && ghost.matches(']').count() == 1, "{ghost}");
    assert_eq!(seen.lines()[5..].join("\n"), format!("    {typed}{ghost}\n}}"));
}

/// The moment after a key that follows the ghost text, before the next answer: Neovim's own accept
/// would insert `compute_totalt` here.
#[test]
fn accepting_right_after_typing_along_is_exact() {
    let Some(editor) = Editor::open("neovim: typing along", "main.rs", RUST) else { return };
    let seen = editor.run(&json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet total = compute_to"},
        {"await": "ghost"},
        {"type": "t"},
        {"accept": ACCEPT},
    ]));
    assert_eq!(seen.lines()[5], "    let total = compute_total");
}

/// The same moment after a key that contradicts it: the text stays as typed.
#[test]
fn accepting_right_after_typing_away_changes_nothing() {
    let Some(editor) = Editor::open("neovim: typing away", "main.rs", RUST) else { return };
    let seen = editor.run(&json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet total = compute_to"},
        {"await": "ghost"},
        {"type": "x"},
        {"accept": ACCEPT},
    ]));
    assert_eq!(seen.lines()[5], "    let total = compute_tox");
}

/// Neovim would go on to show the tail of a suggestion that the last key contradicted.
#[test]
fn a_suggestion_is_shown_only_while_it_fits() {
    let Some(editor) = Editor::open("neovim: misfit", "main.rs", RUST) else { return };
    let seen = editor.run(&json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet total = compute_to"},
        {"await": "ghost"},
        {"type": "x"}, {"type": "y"},
        {"keys": "<BS><BS>"}, {"await": "ghost"},
        {"type": "t"}, {"type": "\n"},
    ]));
    let ghosts: Vec<_> = [3, 4, 5, 7, 8, 9].map(|step| seen.ghost(step)).to_vec();
    assert_eq!(ghosts, [Some("tal"), None, None, Some("tal"), Some("al"), None]);
}

/// Bytes, UTF-16 units and characters all differ before the cursor, so each way to count is tried.
#[test]
fn text_outside_ascii_before_the_cursor_shifts_nothing() {
    for encodings in [&["utf-8"], &["utf-16"], &["utf-32"]] {
        let Some(editor) = Editor::open("neovim: not ASCII", "main.rs", RUST) else { return };
        let seen = editor.counting_in(encodings).run(&json!([
            {"keys": "5GA"}, {"await": "insert"},
            {"type": "\nlet 合計 = (\"🦀é漢字\", compute_to"},
            {"await": "ghost"},
            {"accept": ACCEPT},
        ]));
        let ghost = seen.ghost(3).expect("a ghost");
        assert!(ghost.starts_with("tal"), "{encodings:?}: {ghost}");
        let expected = format!("    let 合計 = (\"🦀é漢字\", compute_to{ghost}");
        assert_eq!(seen.lines()[5], expected, "{encodings:?}");
    }
}

/// Neovim keeps the carriage returns out of its lines and out of what it sends; they must come back
/// with the file and not with our text.
#[test]
fn a_file_with_carriage_returns_keeps_exactly_those() {
    let text = RUST.replace('\n', "\r\n");
    let Some(editor) = Editor::open("neovim: CRLF", "main.rs", &text) else { return };
    let seen = editor.run(&json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet total = compute_to"},
        {"await": "ghost"},
        {"accept": ACCEPT},
        {"keys": "<Esc>"}, {"await": "normal"},
        {"lua": "vim.cmd('silent write')"},
    ]));
    assert_eq!(seen.lines()[5], "    let total = compute_total");
    let written = std::fs::read_to_string(&editor.file).expect("the written file");
    let expected = text.replace("fn main() {", "fn main() {\r\n    let total = compute_total");
    assert_eq!(written, expected);
}

#[test]
fn the_server_ends_when_its_editor_is_killed() {
    let Some(editor) = Editor::open("neovim: killed", "main.rs", RUST) else { return };
    editor.killed_at_the_end().run(&json!([{"keys": "5GA"}, {"await": "insert"}]));
}
