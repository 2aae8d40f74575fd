//! The text around the cursor that a model may see, cut to the plan's budget.
//!
//! Filled by [`gather`]; secrets are replaced on the way in (`redact`), so a [`Context`] is by
//! construction safe to send.

pub mod redact;
pub mod window;

pub use window::{Budget, gather};

/// Text for one prompt, already cut and redacted. Only [`gather`] builds one
/// outside of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Text before the cursor, ending at it.
    pub(crate) prefix: String,
    /// Text after the cursor, beginning at it.
    pub(crate) suffix: String,
    /// Language id, such as `rust`; empty for plain text.
    pub(crate) language: String,
    /// File name without folders.
    pub(crate) filename: String,
    /// What is asked for, in words a chat model understands.
    pub(crate) wanted: Wanted,
    /// How many secrets were replaced by placeholders.
    pub(crate) redactions: usize,
}

/// How much text a model is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The rest of a name or a few closing characters.
    Token,
    /// The rest of the current line.
    Line,
    /// A whole block.
    Block,
}
