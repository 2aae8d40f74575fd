//! From our types to the wire's: the outward half of the border.
//!
//! Each shape is the one that real editors were seen to take: an inline item always carries a
//! range on the cursor's line; a menu item has kind 1 (Helix reads kind 15 as a snippet whatever
//! its format says), puts the typed word first, and multi-line text is a snippet with escapes and
//! relative indentation, which Neovim, Helix and VS Code insert alike.

use serde_json::Value;
use tower_lsp::ls_types::{
    Command, CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit,
    InsertTextFormat, Position, Range, TextEdit,
};

use super::capabilities::Client;
use super::commands;
use super::ext::{InlineCompletionItem, InlineCompletionList};
use crate::domain::completion::Completion;
use crate::domain::document::Document;
use crate::domain::explain::Explanation;
use crate::domain::text;

/// What an answer is translated against: the text the request was made for.
pub(super) struct Target<'a> {
    /// The document as the request saw it.
    pub(super) document: &'a Document,
    /// The cursor.
    pub(super) offset: usize,
    /// What the client can do.
    pub(super) client: &'a Client,
    /// The half-typed word before the cursor.
    pub(super) word: &'a str,
    /// The white space its line begins with.
    pub(super) indent: &'a str,
}

/// A position.
pub(super) fn position(position: text::Position) -> Position {
    Position { line: position.line, character: position.column }
}

fn range(target: &Target<'_>, start: usize, end: usize) -> Range {
    let encoding = target.client.encoding;
    let place = |offset| position(text::position_of(&target.document.rope, offset, encoding));
    Range { start: place(start), end: place(end) }
}

/// The command that reports the acceptance of a request's suggestion.
fn accepted(request: u64) -> Command {
    Command {
        title: String::new(),
        command: commands::Command::Accepted.name().to_owned(),
        arguments: Some(vec![Value::from(request)]),
    }
}

/// An inline answer. With an entry selected in the menu (`selected`: its range and text), the item
/// takes that range and begins with that text, or the client would not show it. What would have to
/// replace text behind the cursor as well cannot be offered then.
pub(super) fn inline(
    explanation: &Explanation,
    target: &Target<'_>,
    selected: Option<(Range, &str)>,
) -> InlineCompletionList {
    let Some(completion) = &explanation.offered else { return InlineCompletionList::default() };
    let end = target.offset + completion.replace_after;
    let (range, insert_text) = match selected {
        Some(_) if completion.replace_after > 0 => return InlineCompletionList::default(),
        Some((range, text)) => (range, format!("{text}{}", completion.text)),
        None => (range(target, target.offset, end), completion.text.clone()),
    };
    let command = Some(accepted(explanation.request));
    InlineCompletionList { items: vec![InlineCompletionItem { insert_text, range, command }] }
}

/// The most entries of a menu: other servers want to be seen beside it.
const MENU_MAX: usize = 5;

/// A menu: the completion first, then what else the local engine has. Only what would be offered as
/// ghost text goes before other servers' entries; a guess stands behind them.
pub(super) fn menu(explanation: &Explanation, target: &Target<'_>) -> CompletionList {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    if let Some(Completion { text, replace_after, .. }) = &explanation.offered {
        entries.push(Entry { text, replace_after: *replace_after, is_offered: true });
    }
    for (text, _) in &explanation.local {
        if entries.iter().all(|known| known.text != text.as_str()) {
            entries.push(Entry { text, replace_after: 0, is_offered: false });
        }
    }
    let items = entries.iter().take(MENU_MAX).enumerate();
    let items = items
        .filter_map(|(rank, entry)| menu_item(explanation.request, target, rank, entry))
        .collect();
    CompletionList { is_incomplete: true, items }
}

/// What a menu may hold.
struct Entry<'a> {
    text: &'a str,
    replace_after: usize,
    is_offered: bool,
}

fn menu_item(
    request: u64,
    target: &Target<'_>,
    rank: usize,
    &Entry { text, replace_after, is_offered }: &Entry<'_>,
) -> Option<CompletionItem> {
    let whole = format!("{}{text}", target.word);
    let is_snippet = text.contains('\n') && target.client.has_snippets;
    let new_text = if is_snippet {
        snippet(&whole, target.indent)
    } else {
        whole.lines().next().unwrap_or_default().to_owned()
    };
    let label: String = whole.trim().lines().next()?.chars().take(80).collect();
    if label.is_empty() || new_text.is_empty() {
        return None;
    }
    let start = target.offset - target.word.len();
    let edit = TextEdit { range: range(target, start, target.offset + replace_after), new_text };
    Some(CompletionItem {
        label,
        kind: Some(CompletionItemKind::TEXT),
        detail: Some("Tabtier".to_owned()),
        // Digits come before what other servers send, `~` behind it.
        sort_text: Some(if is_offered { rank.to_string() } else { format!("~{rank}") }),
        filter_text: Some(whole.lines().next().unwrap_or_default().to_owned()),
        preselect: is_offered.then_some(true),
        insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
        text_edit: Some(CompletionTextEdit::Edit(edit)),
        command: Some(accepted(request)),
        ..CompletionItem::default()
    })
}

/// Plain text as a snippet: special characters escaped, the lines after the first indented
/// relative to the current one, because every editor adds that line's own indentation.
fn snippet(text: &str, indent: &str) -> String {
    let mut snippet = String::with_capacity(text.len() + 8);
    for (number, line) in text.split('\n').enumerate() {
        let line = if number == 0 { line } else { line.strip_prefix(indent).unwrap_or(line) };
        if number > 0 {
            snippet.push('\n');
        }
        for c in line.chars() {
            if matches!(c, '\\' | '$' | '}') {
                snippet.push('\\');
            }
            snippet.push(c);
        }
    }
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::completion::{Confidence, Source};
    use crate::domain::document::DocumentId;
    use crate::domain::language::Language;
    use crate::domain::route::Tier;
    use crate::domain::site::Trigger;

    /// The menu behind `    tot`, with this offered and these guesses.
    fn menu_of(offered: Option<&str>, local: &[&str]) -> Vec<CompletionItem> {
        let document = Document::new(DocumentId(1), 1, Language::plain_text(), "    tot");
        let client = Client { has_snippets: true, ..Client::default() };
        let (offset, word, indent) = (7, "tot", "    ");
        let target = Target { document: &document, offset, client: &client, word, indent };
        let guess = |text: &&str| ((*text).to_owned(), Confidence::ONE);
        let offered = offered.map(|text| Completion {
            text: text.to_owned(),
            replace_after: 0,
            tier: Tier::Local,
            source: Source::Local,
            confidence: Confidence::ONE,
        });
        let local = local.iter().map(guess).collect();
        let explanation = Explanation::new(1, String::new(), Trigger::Automatic);
        menu(&Explanation { local, offered, ..explanation }, &target).items
    }

    #[test]
    fn a_menu_is_short_and_only_what_is_offered_comes_first() {
        let items = menu_of(Some("al"), &["al", "a", "b", "c", "d", "e"]);
        let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
        assert_eq!(labels, ["total", "tota", "totb", "totc", "totd"]);
        let sorted: Vec<_> = items.iter().filter_map(|item| item.sort_text.as_deref()).collect();
        assert_eq!(sorted, ["0", "~1", "~2", "~3", "~4"]);
        assert_eq!((items[0].preselect, items[1].preselect), (Some(true), None));
        assert!(items.iter().all(|item| item.kind == Some(CompletionItemKind::TEXT)));
        let guess = &menu_of(None, &["al"])[0];
        assert_eq!((guess.preselect, guess.sort_text.as_deref()), (None, Some("~0")));
    }

    #[test]
    fn an_entry_of_several_lines_is_a_snippet_that_begins_with_the_typed_word() {
        let item = &menu_of(Some("al {\n        ${x}\n    }"), &[])[0];
        assert_eq!(item.filter_text.as_deref(), Some("total {"));
        assert_eq!(item.insert_text_format, Some(InsertTextFormat::SNIPPET));
        let Some(CompletionTextEdit::Edit(edit)) = &item.text_edit else { panic!("{item:?}") };
        assert_eq!(edit.new_text, "total {\n    \\${x\\}\n\\}");
        assert_eq!((edit.range.start.character, edit.range.end.character), (4, 7));
    }

    #[test]
    fn snippets_are_escaped_and_indented_relative_to_the_line() {
        assert_eq!(
            snippet("f(${x}) {\n        y\\\n    }", "    "),
            "f(\\${x\\}) {\n    y\\\\\n\\}"
        );
        assert_eq!(snippet("a\nb", "    "), "a\nb");
    }
}
