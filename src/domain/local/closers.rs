//! Closers: what was opened before the cursor and is not closed after it, and what separates or opens
//! what comes next.
//!
//! On a line with code the runs are: what is open, innermost first, with or without what ends a
//! statement, a row or a head, and the signs with which other lines of this file end. On a line of its
//! own, or below a finished one, a block is closed as the last one of its kind was. Learned trees say
//! how likely each is.

mod features;
mod habits;
mod runs;
mod shares;

use std::sync::LazyLock;

use super::ranker::Ranker;
use super::{Candidate, Known, Source};
use crate::domain::class::Classification;
use crate::domain::site::Site;
use features::Place;
use habits::Surroundings;

static RANKER: LazyLock<Option<Ranker>> = LazyLock::new(|| {
    let tables = include_str!("weights/closer_tables.txt");
    Ranker::parse(tables, include_str!("weights/closer_trees.txt"))
});

/// Reads the weights.
pub(super) fn warm() {
    LazyLock::force(&RANKER);
}

/// The runs that may come, with what speaks for each.
pub(super) fn candidates(site: &Site, found: &Classification, known: &Known<'_>) -> Vec<Candidate> {
    if !known.closers || site.is_mid_word {
        return Vec::new();
    }
    let surroundings = Surroundings::of(site);
    let ends = surroundings.ends(site);
    let place = Place::of(site, found, &ends);
    let runs = runs::runs(site, &ends).into_iter().enumerate();
    runs.map(|(rank, run)| Candidate {
        source: Source::Closer,
        sheet: place.sheet(&run, rank),
        text: run.text,
    })
    .collect()
}

/// The probability that a run is what comes.
pub(super) fn probability(candidate: &Candidate) -> f64 {
    RANKER.as_ref().map_or(0.0, |ranker| ranker.probability(&candidate.sheet))
}
