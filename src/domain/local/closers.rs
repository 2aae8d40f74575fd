//! Closers: what was opened before the cursor and is not closed after it, and what separates or opens
//! what comes next.
//!
//! On a line with code the runs are: what is open, innermost first, with or without what ends a
//! statement, a row or a head, and the signs with which other lines of this file end. On a line of its
//! own, or below a finished one, a block is closed as others of the file are. Learned trees say how
//! likely each is, from how the file does it and from what is known of such places in general.

mod below;
mod blocks;
mod closed;
mod features;
mod habits;
mod heads;
mod opener;
mod pairs;
mod runs;
mod style;
mod tally;
mod words;

use std::sync::LazyLock;

use super::ranker::Ranker;
use super::text::{Cutter, Lines};
use super::{Candidate, Known, Source};
use crate::domain::class::{Classification, RequestClass};
use crate::domain::site::Site;
use features::Place;

/// Where the classifier holds a closer for less likely than this, none is looked for. Of a hundred
/// runs that are right one stands there.
const SCORE_MIN: f64 = 0.01;

static RANKER: LazyLock<Option<Ranker>> = LazyLock::new(|| {
    let tables = include_str!("weights/closer_tables.txt");
    Ranker::parse(tables, include_str!("weights/closer_trees.txt"))
});

/// Reads the weights.
pub(super) fn warm() {
    LazyLock::force(&RANKER);
}

/// Whether a closer may come at all.
pub(super) fn are_possible(site: &Site, found: &Classification, known: &Known<'_>) -> bool {
    known.closers && !site.is_mid_word && found.score(RequestClass::Closer) >= SCORE_MIN
}

/// The runs that may come, with what speaks for each.
pub(super) fn candidates(
    site: &Site,
    found: &Classification,
    (lines, cutter): (&Lines<'_>, &Cutter<'_>),
) -> Vec<Candidate> {
    let here = habits::here(site, cutter);
    let ends = habits::ends(lines, (site, &here), cutter);
    let runs = runs::runs(site, lines, &ends, here.signs);
    let closes_max = runs.iter().map(|run| run.closes).max().unwrap_or(0);
    let place = Place::of(site, found, (lines, cutter), (&ends, &here), closes_max);
    runs.into_iter()
        .enumerate()
        .map(|(rank, run)| Candidate {
            source: Source::Closer,
            sheet: place.sheet(&run, rank),
            text: run.text,
        })
        .collect()
}

/// The probability of each run that it is what comes.
pub(super) fn probabilities(candidates: &[Candidate]) -> Vec<f64> {
    RANKER.as_ref().map(|ranker| ranker.probabilities(candidates)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
