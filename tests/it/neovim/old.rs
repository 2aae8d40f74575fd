//! Neovim 0.11, which has no ghost text: the completion menu of its own client is filled.

use serde_json::json;

use super::Editor;
use super::plain::RUST;

#[test]
fn a_name_is_taken_from_the_menu() {
    let Some(editor) = Editor::open("neovim 0.11", "main.rs", RUST) else { return };
    let Some(editor) = editor.being_old("neovim 0.11") else { return };
    let seen = editor.run(&json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet 合計 = compute_to"},
        // The only entry is taken at once.
        {"keys": "<C-x><C-o>"},
        {"becomes": {"lua": "vim.api.nvim_get_current_line()", "value": "    let 合計 = compute_total"}},
    ]));
    assert_eq!(seen.lines().len(), 7);
    assert!(seen.ghosts().is_empty());
}
