//! Short lines: the rest of the cursor's line as the project has written it before.
//!
//! Code repeats itself by the line: a `return`, a log call, an import, the next arm or field. Lines of
//! the window and of the index that begin as this one, that hold the tokens before the cursor, that are
//! built alike but for names, or that follow a line like the one above are continued here in the same
//! way. What speaks for each continuation is put into numbers; learned trees say how likely it is.

mod features;
mod here;
mod known;
mod matches;
mod pool;
mod rename;

use std::sync::LazyLock;

use super::ranker::Ranker;
use super::text::{Cutter, LINE_BYTES_MAX, Lines};
use super::{Candidate, Known, Source};
use crate::domain::class::Classification;
use crate::domain::lexical::Mode;
use crate::domain::site::Site;
use features::Common;
use here::Here;
use pool::Pool;

/// Bound: lines offered to be judged.
const CANDIDATES_MAX: usize = 16;
/// Characters of a candidate; more is not a short line.
const LENGTH_MAX: usize = 60;
/// Characters of a candidate of one word; less is a name.
const WORD_LENGTH_MIN: usize = 6;

static RANKER: LazyLock<Option<Ranker>> = LazyLock::new(|| {
    Ranker::parse(include_str!("weights/line_tables.txt"), include_str!("weights/line_trees.txt"))
});

/// Reads the weights.
pub(super) fn warm() {
    LazyLock::force(&RANKER);
}

/// Whether a line may come at all.
pub(super) fn are_possible(site: &Site, known: &Known<'_>) -> bool {
    let is_code = matches!(site.mode, Mode::Code | Mode::String { .. });
    let is_short = site.code_before().len() <= LINE_BYTES_MAX;
    known.lines && is_short && !site.is_mid_word && is_code && is_free(&site.line_suffix)
}

/// The lines that may come, with what speaks for each; the most likely by a first estimate first.
pub(super) fn candidates(
    site: &Site,
    found: &Classification,
    known: &Known<'_>,
    (lines, cutter): (&Lines<'_>, &Cutter<'_>),
) -> Vec<Candidate> {
    let here = Here::of(site, cutter);
    let mut pool = Pool::default();
    for found in matches::find(&here, lines) {
        pool.add(&here, lines, &found);
    }
    if let Some(index) = known.index {
        pool.add_known(&here, index, known.own);
    }
    pool.settle();
    let names = known::Known::of(lines);
    let common = Common::of(&here, found, &names, &pool);
    let offered = pool.all.iter().enumerate().filter(|(_, line)| is_worth(&line.text, site));
    offered
        .take(CANDIDATES_MAX)
        .map(|(rank, line)| Candidate {
            source: Source::Line,
            sheet: common.sheet(line, rank),
            text: before_suffix(&line.text, site.line_suffix.trim()),
        })
        .collect()
}

/// The probability of each line that it is what comes.
pub(super) fn probabilities(candidates: &[Candidate]) -> Vec<f64> {
    RANKER.as_ref().map(|ranker| ranker.probabilities(candidates)).unwrap_or_default()
}

/// Whether nothing stands behind the cursor but what an editor closes by itself.
fn is_free(suffix: &str) -> bool {
    suffix.trim().chars().all(|c| ")]}>\"'`".contains(c))
}

/// Whether a continuation is neither a closer, nor a name, nor too long.
fn is_worth(text: &str, site: &Site) -> bool {
    let lexical = &site.document.language.lexical;
    let text = before_suffix(text, site.line_suffix.trim());
    let length = text.trim().chars().count();
    let is_word = |c: char| lexical.is_word(c);
    let is_name = text.trim().chars().all(is_word);
    text.contains(is_word) && length <= LENGTH_MAX && (!is_name || length >= WORD_LENGTH_MIN)
}

/// A continuation up to where what stands behind the cursor already goes on.
fn before_suffix(text: &str, suffix: &str) -> String {
    let text = text.trim_end();
    let end = if suffix.is_empty() { None } else { text.rfind(suffix) };
    text[..end.unwrap_or(text.len())].to_owned()
}

#[cfg(test)]
mod tests;
