//! Names: what the half-typed word, or the member after a `.`, probably is.
//!
//! Candidates are the names near the cursor, in the rest of the document, in other files, names made
//! of known ones or of parts of them, what is usual in the language, and the keywords. What speaks for
//! each is put into numbers: what stood before and after it elsewhere (n-gram cache models: Tu et al.
//! 2014, Hellendoorn & Devanbu 2017), how near and how often that was, how it is used and written.
//! Learned trees make a probability of them.

mod choice;
mod composed;
pub(super) mod derived;
mod evidence;
mod far;
mod features;
mod known;
mod rows;
mod usually;
mod window;

use std::sync::LazyLock;

use super::ranker::Ranker;
use super::{Candidate as Offered, Known, Source, Usual};
use crate::domain::class::Classification;
use crate::domain::lexical::Mode;
use crate::domain::site::Site;
use crate::domain::tokens::hash;
use choice::Choice;
use composed::{Composed, Typed};
use evidence::Seen;
use far::Far;
use features::Common;
use known::Definitions;
pub(super) use rows::{Above, Rows};
use usually::Usually;
use window::{Read, Window};

static RANKER: LazyLock<Option<Ranker>> = LazyLock::new(|| {
    Ranker::parse(include_str!("weights/name_tables.txt"), include_str!("weights/name_trees.txt"))
});

/// Reads the weights.
pub(super) fn warm() {
    LazyLock::force(&RANKER);
}

/// A name that may come.
#[derive(Debug)]
struct Candidate<'t> {
    name: String,
    hash: u32,
    seen: Option<Seen<'t>>,
    far: Option<Far>,
    origin: Origin,
    /// The first estimate, by which the ones looked at closely are chosen.
    score: f32,
}

/// How we came by a name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    /// It is reserved.
    Keyword,
    /// It stands somewhere.
    Text,
    /// It is known from the language alone.
    Usual,
    /// It was made of another name, in one of several ways.
    Made(usize),
    /// It was made of the name of the file, in one of several ways.
    OfFile(usize),
    /// It was put together of parts of other names.
    Composed(Composed),
    /// Its last part is a usual word.
    Word,
}

impl Origin {
    fn estimate(self) -> f32 {
        match self {
            Self::Keyword => 0.3,
            Self::Text | Self::Usual => 0.0,
            Self::OfFile(_) | Self::Word => 0.5,
            Self::Made(_) => 2.0,
            Self::Composed(composed) => 1.0 + composed.score.ln_1p(),
        }
    }
}

/// What the word may become, with what speaks for it; the most likely by a first estimate first.
pub(super) fn candidates(
    site: &Site,
    found: &Classification,
    known: &Known<'_>,
    usual: Option<&Usual>,
) -> Vec<Offered> {
    let is_number = site.word.starts_with(|c: char| c.is_numeric());
    if !known.names || site.mode != Mode::Code || is_number || site.is_mid_word {
        return Vec::new();
    }
    let window = Window::around(site);
    let typed = Typed::of(&site.word);
    let Read { place: here, found: occurrences, all } =
        window.read(site, known.kept, typed.is_some());
    let mut near = evidence::gather(&occurrences, &here);
    let whole = near.remove(&hash(&site.word));
    let far = known.index.map(|index| (index, far::gather(index, known.own, &here, &site.word)));
    let definitions = Definitions::of(site);
    let usual = Usually::of(usual, site, &here);
    let choice = Choice {
        site,
        own: known.own,
        definitions: &definitions,
        usual: &usual,
        far: far.as_ref(),
    };
    let composed = typed.map(|typed| typed.rests(all.into_values())).unwrap_or_default();
    let candidates = choice.choose(near, &composed);
    let common = Common::of(site, &candidates, whole.as_ref());
    let ranked = candidates.iter().enumerate();
    ranked
        .map(|(rank, candidate)| Offered {
            source: Source::Name,
            text: candidate.name[site.word.len()..].to_owned(),
            sheet: features::sheet(site, found, (&common, &definitions, &usual), candidate, rank),
        })
        .collect()
}

/// The probability of each candidate that it is what comes.
pub(super) fn probabilities(candidates: &[Offered]) -> Vec<f64> {
    RANKER.as_ref().map(|ranker| ranker.probabilities(candidates)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
