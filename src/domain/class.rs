//! What kind of completion is wanted here: [`classify`] reads a site and names the class, the
//! extent, how sure it is, and why.
//!
//! The classifier sees the text before and after the cursor, the tree, the trigger; never the
//! future. [`features`] writes down what it sees, a [`model`] learned from real code says how likely
//! each class is, and the reasons given are facts about the site that the user can check. Languages
//! differ only in data.
//!
//! One look is not always enough: whether the next statement has one line or six is often in
//! nothing that stands there yet. [`wants_block`] looks again when a model's first line is known.

mod decide;
pub mod features;
pub mod model;
mod reasons;

pub use decide::{classify, wants_block, warm};
pub use reasons::has_instruction;

use super::completion::Confidence;

/// The kind of completion wanted at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestClass {
    /// Only closing brackets, quotes, tags, separators, `end`, dedent.
    Closer,
    /// A name, a member, or the rest of a half-typed word.
    Identifier,
    /// The rest of this line: expression, arguments, condition.
    Line,
    /// Inside a comment, docstring or string.
    Prose,
    /// Imports, fields, derives, match arms, table rows: text with a visible pattern.
    Boilerplate,
    /// The body of a function, branch or loop.
    Logic,
    /// A change to existing code.
    Refactor,
}

impl RequestClass {
    /// Every class, in table order.
    pub const ALL: [Self; 7] = [
        Self::Closer,
        Self::Identifier,
        Self::Line,
        Self::Prose,
        Self::Boilerplate,
        Self::Logic,
        Self::Refactor,
    ];

    /// The name used in configuration, logs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closer => "closer",
            Self::Identifier => "identifier",
            Self::Line => "line",
            Self::Prose => "prose",
            Self::Boilerplate => "boilerplate",
            Self::Logic => "logic",
            Self::Refactor => "refactor",
        }
    }

    /// Whether the text around the cursor already determines the answer, as it does for what closes
    /// an open bracket. All else must be guessed, and better models guess better.
    pub fn is_determined(self) -> bool {
        self == Self::Closer
    }
}

/// How much may be inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// A name or a few closing characters.
    Token,
    /// The rest of the current line.
    Line,
    /// A block of lines, ending where its scope ends.
    Block,
    /// A replacement of existing text.
    Edit,
}

impl Extent {
    /// The name used in logs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Line => "line",
            Self::Block => "block",
            Self::Edit => "edit",
        }
    }
}

/// What the classifier found.
#[derive(Clone, Debug, PartialEq)]
pub struct Classification {
    /// The most likely class.
    pub class: RequestClass,
    /// How much may be inserted.
    pub extent: Extent,
    /// Probability that `class` is right.
    pub confidence: Confidence,
    /// Probability of each class, in the order of [`RequestClass::ALL`]; they sum to one.
    pub scores: [f64; RequestClass::ALL.len()],
    /// Why, most important first, as sentences for the user.
    pub reasons: Vec<&'static str>,
}

impl Classification {
    /// Probability of a class.
    pub fn score(&self, class: RequestClass) -> f64 {
        self.scores[class as usize]
    }
}
