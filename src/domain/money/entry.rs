//! What is kept of each request and each call for good: figures and words, no text of the user's.
//!
//! Words are model names, language ids and the like. They are text where an entry is written, and
//! numbers that stand for text where a million entries are read, hence the parameter.

use super::amount::PicoUsd;
use super::price::Metered;
use crate::domain::class::RequestClass;
use crate::domain::route::Tier;

/// Milliseconds since 1970-01-01 00:00 UTC.
pub type Millis = i64;

/// A workspace, as a number made of where it lies; 0 for none. It cannot be turned back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(pub u32);

/// Which request of which run of the program; reports write it `session.number`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// The run; 0 until the entry is written.
    pub session: u32,
    /// Counts requests within a run, from 1.
    pub number: u64,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Nothing was offered.
    #[default]
    Nothing,
    /// A newer request or an edit came before the answer.
    Superseded,
    /// Something was offered; nobody knows more.
    Shown,
    /// All of it was inserted.
    Accepted,
    /// A part of it was inserted.
    Partly,
    /// It was typed out letter by letter.
    TypedThrough,
    /// It was dismissed.
    Rejected,
    /// Something else was typed in its place.
    Overtyped,
    /// The user went elsewhere.
    Ignored,
}

/// Where an offer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The local engine.
    Local,
    /// An earlier answer of a model.
    Cache,
    /// A call made for this request.
    Model,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallEnd {
    /// With an answer.
    Answered,
    /// With an error.
    Failed,
    /// It was ended because nobody wanted it any more.
    Cancelled,
}

/// What was offered, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer<N> {
    /// The tier that answered.
    pub tier: Tier,
    /// Where from.
    pub origin: Origin,
    /// The model; the empty word for the local engine.
    pub model: N,
    /// Characters offered.
    pub chars: u32,
}

/// A finished request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<N> {
    /// Which.
    pub id: EntryId,
    /// When it arrived.
    pub at: Millis,
    /// What was wanted; `None` where it ended before that was known.
    pub class: Option<RequestClass>,
    /// Language id.
    pub language: N,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Zero for typing; else the how-manieth key press at the same place it was, from 1.
    pub invoked: u32,
    /// From the arrival, by when an answer was due.
    pub deadline_ms: u32,
    /// From the arrival to the plan.
    pub decided_us: u32,
    /// From the arrival to the start of the first call; `None` where none was made.
    pub called_us: Option<u32>,
    /// From the arrival to the reply.
    pub answered_us: u32,
    /// What was offered.
    pub offer: Option<Offer<N>>,
    /// Why nothing was, as a word.
    pub silence: Option<N>,
    /// What became of it.
    pub fate: Fate,
    /// Characters that were accepted.
    pub chars_taken: u32,
    /// Whether the local engine had the very text that a model was paid for.
    pub was_known: bool,
}

/// A call that has ended, or several of one kind whose details could not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called<N> {
    /// The request that began it.
    pub id: EntryId,
    /// When it began.
    pub at: Millis,
    /// What was wanted.
    pub class: Option<RequestClass>,
    /// Language id.
    pub language: N,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The tier it counted for.
    pub tier: Tier,
    /// The model.
    pub model: N,
    /// Tokens used.
    pub tokens: Metered,
    /// Whether we counted the tokens because the server did not.
    pub is_estimate: bool,
    /// What it cost; `None` where the price is unknown.
    pub cost: Option<PicoUsd>,
    /// From its start to the first text.
    pub first_text_us: Option<u32>,
    /// From its start to its end.
    pub took_us: u32,
    /// How it ended.
    pub end: CallEnd,
    /// How many calls this stands for.
    pub calls: u32,
}

impl Fate {
    /// Every fate with the word it is kept by.
    pub const WORDS: [(Self, &'static str); 9] = [
        (Self::Nothing, "nothing"),
        (Self::Superseded, "superseded"),
        (Self::Shown, "shown"),
        (Self::Accepted, "accepted"),
        (Self::Partly, "partly"),
        (Self::TypedThrough, "typed_through"),
        (Self::Rejected, "rejected"),
        (Self::Overtyped, "overtyped"),
        (Self::Ignored, "ignored"),
    ];

    /// Whether the user took it, wholly or in part.
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Accepted | Self::Partly)
    }

    /// Whether the user turned it down.
    pub fn is_refused(self) -> bool {
        matches!(self, Self::Rejected | Self::Overtyped)
    }
}

impl Origin {
    /// Every origin with the word it is kept by.
    pub const WORDS: [(Self, &'static str); 3] =
        [(Self::Local, "local"), (Self::Cache, "cache"), (Self::Model, "model")];
}

impl CallEnd {
    /// Every end with the word it is kept by.
    pub const WORDS: [(Self, &'static str); 3] =
        [(Self::Answered, "answered"), (Self::Failed, "failed"), (Self::Cancelled, "cancelled")];
}

impl WorkspaceId {
    /// The workspace that lies there, by a hash of its path that says nothing about it.
    pub fn of(path: &str) -> Self {
        let hash = blake3::hash(path.as_bytes());
        let [a, b, c, d, ..] = *hash.as_bytes();
        Self(u32::from_le_bytes([a, b, c, d]).max(1))
    }
}

/// As in reports: eight hexadecimal digits.
impl std::fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == 0 { f.write_str("none") } else { write!(f, "{:08x}", self.0) }
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.session, self.number)
    }
}

impl<N: Clone + Ord> Called<N> {
    /// What calls must have in common to be merged when details cannot be kept: what sums are made of.
    pub fn kind(&self) -> impl Ord + use<N> {
        let day = self.at.div_euclid(86_400_000);
        (day, self.model.clone(), self.tier, self.class, self.cost.is_some(), self.end)
    }

    /// Adds another call of the same kind. Tokens and money are exact, the rest is of the first.
    pub fn merge(&mut self, other: &Self) {
        let (sum, more) = (&mut self.tokens, &other.tokens);
        sum.input += more.input;
        sum.cache_read += more.cache_read;
        sum.cache_write += more.cache_write;
        sum.cache_write_long += more.cache_write_long;
        sum.output += more.output;
        sum.reasoning += more.reasoning;
        self.is_estimate |= other.is_estimate;
        self.cost = self.cost.zip(other.cost).map(|(a, b)| a + b);
        self.calls += other.calls;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_different_and_workspaces_cannot_be_none_by_chance() {
        let words: std::collections::BTreeSet<_> =
            Fate::WORDS.iter().map(|(_, word)| word).collect();
        assert_eq!(words.len(), Fate::WORDS.len());
        let (here, there) = (WorkspaceId::of("/a"), WorkspaceId::of("/b"));
        assert!(here != there && here.0 != 0);
        assert_eq!(here.to_string().len(), 8);
    }
}
