//! How often the lines near the cursor end with each run of signs, counted once for all runs.

use std::collections::HashMap;

use super::habits::{Before, LineEnd};

/// The lines that are counted, each kind alone.
#[derive(Clone, Copy, Debug)]
pub(super) enum Like {
    /// All.
    Any,
    /// Those that begin with the same word.
    First,
    /// Those that begin in the same column.
    Indent,
    /// Those of which both holds.
    Both,
    /// Those in the same column with the same kind of token before the signs.
    Kind,
    /// Those with the same kind of token, of which the next line goes deeper if it does here.
    Depth,
}

/// Every kind with the name of its number.
pub(super) const LIKES: [(&str, Like); 6] = [
    ("of_all", Like::Any),
    ("of_first", Like::First),
    ("of_indent", Like::Indent),
    ("of_both", Like::Both),
    ("of_kind", Like::Kind),
    ("of_depth", Like::Depth),
];

/// The line at the cursor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here<'t> {
    pub(super) first: &'t str,
    pub(super) indent: usize,
    pub(super) kind: Before,
    pub(super) goes_deeper: bool,
}

/// The sums of all lines.
#[derive(Debug, Default)]
pub(super) struct Shares<'t> {
    by_signs: HashMap<&'t str, [f32; LIKES.len()]>,
    all: [f32; LIKES.len()],
}

/// A line counts half as much each time so many lie between.
const NEAR_LINES: f32 = 40.0;

impl<'t> Shares<'t> {
    pub(super) fn of(ends: &[LineEnd<'t>], here: &Here<'_>) -> Self {
        let mut shares = Self::default();
        for end in ends {
            let weight = (-(end.distance as f32) / NEAR_LINES).exp2();
            let sums = shares.by_signs.entry(end.signs.trim()).or_default();
            for (at, (_, like)) in LIKES.iter().enumerate() {
                if here.is_like(end, *like) {
                    sums[at] += weight;
                    shares.all[at] += weight;
                }
            }
        }
        shares
    }

    /// The share of the lines of a kind that end with `signs`. Few lines say little.
    pub(super) fn share(&self, signs: &str, like: Like) -> f32 {
        let same = self.by_signs.get(signs).map_or(0.0, |sums| sums[like as usize]);
        (same + 0.05) / (self.all[like as usize] + 0.5)
    }
}

impl Here<'_> {
    fn is_like(&self, end: &LineEnd<'_>, like: Like) -> bool {
        let is_level = end.indent == self.indent;
        match like {
            Like::Any => true,
            Like::First => end.first == self.first,
            Like::Indent => is_level,
            Like::Both => is_level && end.first == self.first,
            Like::Kind => is_level && end.kind == self.kind,
            Like::Depth => end.goes_deeper == self.goes_deeper && end.kind == self.kind,
        }
    }
}
