//! Wire types the protocol crate does not have in their final form: inline completion of LSP 3.18,
//! read leniently, because clients in the field send its drafts.
//!
//! vscode-languageclient 9.0.1 counts trigger kinds from 0 and sends the selected range as a pair;
//! lsp-mode sends `null` for a capability it supports. All of them are understood. Below them are the
//! notifications of our own.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::notification::Notification;
use tower_lsp::ls_types::{
    Command, Position, Range, TextDocumentIdentifier, VersionedTextDocumentIdentifier,
};

/// Parameters of `textDocument/inlineCompletion`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InlineCompletionParams {
    /// The document.
    pub(super) text_document: TextDocumentIdentifier,
    /// The cursor.
    pub(super) position: Position,
    /// Why it was asked.
    #[serde(default)]
    pub(super) context: InlineCompletionContext,
}

/// Why inline completion was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct InlineCompletionContext {
    /// 1 invoked, 2 automatic; drafts count from 0.
    pub(super) trigger_kind: Option<Value>,
    /// The entry selected in an open completion menu.
    pub(super) selected_completion_info: Option<SelectedCompletionInfo>,
    /// Our extension: a better answer than the one there was is wanted.
    pub(super) better: bool,
    /// Our extension: what the editor shows as wrong near the cursor, as in the context of a code
    /// action.
    pub(super) diagnostics: Option<Vec<Problem>>,
}

/// A diagnostic, of which only the place matters here.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Problem {
    /// Where it is.
    pub(super) range: LenientRange,
}

impl InlineCompletionContext {
    /// The trigger kind as a number, whatever it counts from.
    pub(super) fn kind(&self) -> Option<u64> {
        self.trigger_kind.as_ref().and_then(Value::as_u64)
    }

    /// Whether a diagnostic touches this place.
    pub(super) fn has_diagnostic_at(&self, position: Position) -> bool {
        self.diagnostics.iter().flatten().any(|problem| {
            let range = problem.range.get();
            range.start <= position && position <= range.end
        })
    }
}

/// The entry selected in the completion menu.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SelectedCompletionInfo {
    /// What it would replace.
    pub(super) range: LenientRange,
    /// What it would insert.
    pub(super) text: String,
}

/// A range, or the pair of positions an older client sends.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum LenientRange {
    /// As the standard has it.
    Range(Range),
    /// Start and end in an array.
    Pair([Position; 2]),
}

impl LenientRange {
    /// The range.
    pub(super) fn get(self) -> Range {
        match self {
            Self::Range(range) => range,
            Self::Pair([start, end]) => Range { start, end },
        }
    }
}

/// The answer to `textDocument/inlineCompletion`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct InlineCompletionList {
    /// What may be inserted, best first.
    pub(super) items: Vec<InlineCompletionItem>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InlineCompletionItem {
    /// The text put in place of `range`.
    pub(super) insert_text: String,
    /// What is replaced: always given, always on one line, around the cursor.
    pub(super) range: Range,
    /// Reports the acceptance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<Command>,
}

/// `tabtier/status`: what a status bar shows.
pub(super) enum Status {}

impl Notification for Status {
    type Params = Value;
    const METHOD: &'static str = "tabtier/status";
}

/// `tabtier/late`: an answer is there for a place that was asked about and answered without it.
pub(super) enum Late {}

impl Notification for Late {
    type Params = LateParams;
    const METHOD: &'static str = "tabtier/late";
}

/// Where asking again gives the late answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LateParams {
    /// The document, with the version that was asked about.
    pub(super) text_document: VersionedTextDocumentIdentifier,
    /// The place that was asked about.
    pub(super) position: Position,
}
