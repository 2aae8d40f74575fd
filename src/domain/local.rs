//! The local engine: closers, names and short lines with no model, no network and no cost.
//!
//! It answers alone where it is sure, and its best guess is what is left when models are late,
//! sick or not configured. Everything is computed from a bounded window around the cursor and
//! from an index built ahead, so that the cost does not grow with the file.
//!
//! Candidates come from several sources. Each is described by numbers, and learned trees make of them
//! the probability that it is what comes next. So candidates of different sources compare, and a
//! threshold means what it says.

mod closers;
mod codes;
mod kept;
mod lines;
mod names;
mod ranker;
mod text;
mod usual;

use super::class::features::Sheet;
use super::class::{Classification, RequestClass};
use super::completion::Confidence;
use super::index::{Index, Key};
use super::language::Language;
use super::route::LocalRole;
use super::site::{Site, Trigger};
pub use kept::Kept;
use kept::recall;
use text::{Cutter, Surroundings};
pub use usual::{Use, Usual};

/// Bound: offers made for one request.
pub const OFFERS_MAX: usize = 5;

/// One thing that may be inserted at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where it comes from.
    pub source: Source,
    /// The text to insert.
    pub text: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// What is less likely than this is not even worth a line in a menu.
const OFFER_MIN: f64 = 0.01;
/// How sure a guess must be to be shown where no model has answered: what is shown by itself should be
/// wrong one time in ten at most, while a key press asks for the best guess there is.
const LAST_RESORT_MIN: f64 = 0.65;
const INVOKED_MIN: f64 = 0.2;

impl Offer {
    /// Whether it may be shown where no model has answered.
    pub fn is_last_resort(&self, trigger: Trigger) -> bool {
        let least = match trigger {
            Trigger::Automatic => LAST_RESORT_MIN,
            Trigger::Invoked { .. } => INVOKED_MIN,
        };
        self.confidence >= Confidence::new(least)
    }

    /// Whether the policy lets it answer before any model is asked.
    pub fn answers_alone(&self, role: LocalRole) -> bool {
        match role {
            LocalRole::First(least) => self.confidence >= least,
            LocalRole::WholeLine(least) => self.source == Source::Line && self.confidence >= least,
            LocalRole::Last | LocalRole::Never => false,
        }
    }
}

/// What the local engine may look at besides the site.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// What the open documents and the workspace look like, where that is known. What it says of
    /// the site's own document may lag behind by some keystrokes.
    pub index: Option<&'a Index>,
    /// The segment of the site's own document.
    pub own: Option<Key>,
    /// What was read for the request before, where that is kept.
    pub kept: Option<&'a Kept>,
    /// Whether closers may be offered.
    pub closers: bool,
    /// Whether names may be offered.
    pub names: bool,
    /// Whether lines like those seen before may be offered.
    pub lines: bool,
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A run of closers and separators.
    Closer,
    /// A name.
    Name,
    /// The rest of a line.
    Line,
}

/// Something that may come, before it is judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Where it comes from.
    pub source: Source,
    /// The text to insert.
    pub text: String,
    /// What speaks for and against it.
    pub sheet: Sheet<'static>,
}

/// Reads the weights, and what is usual in the language of a document, which takes some milliseconds.
/// Call it in the background before the first request; otherwise that one pays.
pub fn warm(language: &Language) {
    closers::warm();
    names::warm();
    Usual::of_family(&language.family);
    lines::warm();
}

/// Everything that may be inserted at `site`, unjudged. `found` is what the classifier says of it.
pub fn candidates(site: &Site, found: &Classification, known: &Known<'_>) -> Vec<Candidate> {
    let usual = Usual::of_family(&site.document.language.family);
    candidates_by(site, found, known, usual)
}

/// The same where something else is usual in the language than what the program comes with.
pub fn candidates_by(
    site: &Site,
    found: &Classification,
    known: &Known<'_>,
    usual: Option<&Usual>,
) -> Vec<Candidate> {
    let wants_closers = closers::are_possible(site, found, known);
    let wants_lines = lines::are_possible(site, known);
    let cutter = Cutter::new(&site.document.language.lexical);
    let around = (wants_closers || wants_lines).then(|| Surroundings::of(site));
    let around = around.map(|around| {
        let kept = known.kept.map(|kept| &kept.lines);
        (recall(kept, site, (&around.text, around.above), || around.cut(&cutter)), around)
    });
    let lines = around.as_ref().map(|(cut, around)| around.lines(cut));
    let mut candidates = Vec::new();
    if let Some(lines) = lines.as_ref().filter(|_| wants_closers) {
        candidates.extend(closers::candidates(site, found, (lines, &cutter)));
    }
    candidates.extend(names::candidates(site, found, known, usual));
    if let Some(lines) = lines.as_ref().filter(|_| wants_lines) {
        candidates.extend(lines::candidates(site, found, known, (lines, &cutter)));
    }
    candidates
}

/// How likely each candidate is; they are judged together with their neighbours of the same source.
fn probabilities(candidates: &[Candidate]) -> Vec<f64> {
    let groups = candidates.chunk_by(|a, b| a.source == b.source);
    let judge = |group: &[Candidate]| match group[0].source {
        Source::Closer => closers::probabilities(group),
        Source::Name => names::probabilities(group),
        Source::Line => lines::probabilities(group),
    };
    groups.flat_map(judge).collect()
}

/// What may be inserted at `site`, best first.
pub fn offers(site: &Site, found: &Classification, known: &Known<'_>) -> Vec<Offer> {
    if matches!(found.class, RequestClass::Prose | RequestClass::Refactor) {
        return Vec::new();
    }
    let candidates = candidates(site, found, known);
    let probabilities = probabilities(&candidates);
    let judged = candidates.into_iter().zip(probabilities).map(|(candidate, probability)| Offer {
        source: candidate.source,
        confidence: Confidence::new(probability),
        text: candidate.text,
    });
    let least = Confidence::new(OFFER_MIN);
    let mut offers: Vec<Offer> = judged.filter(|offer| offer.confidence >= least).collect();
    // Equal ones are told apart by their text, so that the order never flickers.
    offers.sort_by(|a, b| b.confidence.cmp(&a.confidence).then_with(|| a.text.cmp(&b.text)));
    offers.truncate(OFFERS_MAX);
    offers
}

#[cfg(test)]
mod tests;
