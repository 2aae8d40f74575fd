//! The text a model may see: what stands around the cursor, and what else of the open files says
//! something about it.
//!
//! [`gather`] chooses it and cuts it to a budget of tokens; secrets are replaced on the way
//! (`redact`), so a [`Context`] is by construction safe to send. Each kind of text is found by one file
//! here and has its own share of the budget (`shares`). Everything but the text around the cursor
//! changes seldom while the user types and comes first in a prompt, so that prompt caches hold it; the
//! text before the cursor begins at a place that moves in steps, for the same reason.

mod definitions;
mod edits;
mod gather;
mod head;
pub mod redact;
mod shares;
mod similar;
mod window;

pub use gather::{Budget, gather};

use super::units::Tokens;

/// Text for one prompt, already cut and redacted. Only [`gather`] builds one
/// outside of tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Text from elsewhere, in the order in which it belongs into a prompt.
    pub(crate) pieces: Vec<Piece>,
    /// What stands above the window: imports, first lines of what is around the cursor. Whole lines.
    pub(crate) head: String,
    /// Text before the cursor, ending at it.
    pub(crate) prefix: String,
    /// Bytes of the prefix that most likely stay as they are while the user types on.
    pub(crate) settled: usize,
    /// Text after the cursor, beginning at it.
    pub(crate) suffix: String,
    /// Language id, such as `rust`; empty for plain text.
    pub(crate) language: String,
    /// What begins a comment that ends with the line; empty where there is none.
    pub(crate) comment: String,
    /// File name without folders.
    pub(crate) filename: String,
    /// What is asked for, in words a chat model understands.
    pub(crate) wanted: Wanted,
    /// How many secrets were replaced by placeholders.
    pub(crate) redactions: usize,
    /// What it consists of.
    pub(crate) parts: Vec<Part>,
}

impl Context {
    /// What it consists of, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

/// A piece of text from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Why it is shown.
    pub(crate) kind: Kind,
    /// The name of its file without folders.
    pub(crate) filename: String,
    /// The text: whole lines, without the last line break.
    pub(crate) text: String,
}

/// Kinds of text in a prompt, in the order in which they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Excerpts of open files that are like the text around the cursor.
    Similar,
    /// First lines of what is defined elsewhere and named near the cursor.
    Definitions,
    /// What was edited a moment ago elsewhere.
    Edits,
    /// The imports of the file.
    Imports,
    /// First lines of the functions and types around the cursor.
    Signatures,
    /// The text before the cursor.
    Prefix,
    /// The text after the cursor.
    Suffix,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 7] = [
        Self::Similar,
        Self::Definitions,
        Self::Edits,
        Self::Imports,
        Self::Signatures,
        Self::Prefix,
        Self::Suffix,
    ];

    /// The name used in configuration and explanations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Similar => "similar",
            Self::Definitions => "definitions",
            Self::Edits => "edits",
            Self::Imports => "imports",
            Self::Signatures => "signatures",
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
        }
    }
}

/// How much of a prompt is of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The kind.
    pub kind: Kind,
    /// Its tokens.
    pub tokens: Tokens,
    /// Whether they are estimated.
    pub is_estimate: bool,
}

/// How much text a model is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The rest of a name or a few closing characters.
    Token,
    /// The rest of the current line.
    #[default]
    Line,
    /// A whole block.
    Block,
}

#[cfg(test)]
mod tests;
