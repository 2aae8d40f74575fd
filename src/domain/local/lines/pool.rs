//! What the lines that were found say together: each continuation once, with all that speaks for it.

use super::here::Here;
use super::matches::{Match, WAYS, Way};
use crate::domain::index::{Index, Key, Level};
use crate::domain::local::text::{Line, Lines};

/// Bound: lines of the index that are looked at.
const INDEX_LINES_MAX: usize = 400;
/// Bound: different continuations.
const CONTINUATIONS_MAX: usize = 64;
/// Bytes typed before the index is asked.
const TYPED_MIN: usize = 3;

/// Stands for a distance that is not known.
pub(super) const FAR: usize = 4096;

/// Something that may come, and what speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Continuation {
    pub(super) text: String,
    /// How often it was found in each way.
    pub(super) ways: [u32; WAYS],
    /// How often it stands above the cursor and below.
    pub(super) above: u32,
    pub(super) below: u32,
    /// How many lines away the nearest is.
    pub(super) nearest: usize,
    /// The most tokens before the cursor that were the same.
    pub(super) tokens: usize,
    /// Where all that was typed fits.
    pub(super) whole: u32,
    /// Where the line above is the same or built alike, where the one above that, the line below and
    /// the indentation are the same.
    pub(super) same_above: u32,
    pub(super) like_above: u32,
    pub(super) same_two_above: u32,
    pub(super) same_below: u32,
    pub(super) same_indent: u32,
    /// How many names differ in the line most like this one, and how many were changed in the rest.
    pub(super) renamed: usize,
    pub(super) changed: usize,
    /// How often the index counts it at each level.
    pub(super) counted: [u32; Level::ALL.len()],
    /// The first estimate.
    pub(super) weight: f32,
}

/// All continuations.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) all: Vec<Continuation>,
}

impl Pool {
    pub(super) fn add(&mut self, here: &Here<'_>, lines: &Lines<'_>, found: &Match<'_>) {
        let Some(entry) = self.entry(&found.text) else { return };
        entry.ways[found.way as usize] += 1;
        entry.tokens = entry.tokens.max(found.tokens);
        entry.whole += u32::from(found.is_whole);
        if found.renamed < entry.renamed {
            (entry.renamed, entry.changed) = (found.renamed, found.changed);
        }
        let mut weight = estimate(found.way, found.tokens, found.renamed, found.changed);
        if let Some(index) = found.line {
            let site = here.site;
            let same = |a: Option<&Line<'_>>, b: Option<&Line<'_>>| {
                a.zip(b).is_some_and(|(a, b)| a.text == b.text)
            };
            let same_above = same(lines.before(index, 1), lines.above(0));
            let above = lines.before(index, 1).zip(lines.above(0));
            let is_built_alike = above.is_some_and(|(a, b)| lines.are_alike(a, b));
            let same_two = same_above && same(lines.before(index, 2), lines.above(1));
            let same_below = same(lines.after(index), lines.below());
            let same_indent = lines.all[index].indent == site.indent.len();
            entry.same_above += u32::from(same_above);
            entry.like_above += u32::from(is_built_alike);
            entry.same_two_above += u32::from(same_two);
            entry.same_below += u32::from(same_below);
            entry.same_indent += u32::from(same_indent);
            let is_above = index < lines.above;
            let count = if is_above { &mut entry.above } else { &mut entry.below };
            *count += 1;
            let distance = lines.distance(index);
            entry.nearest = entry.nearest.min(distance);
            for (is_so, factor) in [(same_above, 3.0), (same_two, 2.0), (same_below, 1.5)] {
                weight *= if is_so { factor } else { 1.0 };
            }
            weight *= if same_indent { 1.3 } else { 1.0 };
            weight *= 0.2 + (-(distance as f32) / 60.0).exp2();
        }
        entry.weight += weight;
    }

    /// Adds what the index knows of lines that begin as this one.
    pub(super) fn add_known(&mut self, here: &Here<'_>, index: &Index, own: Option<Key>) {
        let typed = here.typed;
        if typed.trim_end().len() < TYPED_MIN {
            return;
        }
        for (line, count, level) in index.lines_with_prefix(typed, own).take(INDEX_LINES_MAX) {
            let Some(entry) = self.entry(&line[typed.len()..]) else { continue };
            if entry.counted == [0; Level::ALL.len()] {
                entry.ways[Way::Index as usize] += 1;
                entry.tokens = entry.tokens.max(here.all.len());
                if entry.renamed > 0 {
                    (entry.renamed, entry.changed) = (0, 0);
                }
            }
            entry.counted[level as usize] += count;
            // The window has seen what is its own.
            let factor = if level == Level::Own { 0.05 } else { 0.2 };
            entry.weight +=
                factor * (1.0 + count as f32).ln() * estimate(Way::Index, here.all.len(), 0, 0);
        }
    }

    /// Puts the likeliest first and drops what is neither likely nor a rival: a line that stands once
    /// in such a place, and no more speaks for it.
    pub(super) fn settle(&mut self) {
        let placed = |entry: &Continuation| entry.ways[Way::Placed as usize];
        self.all.retain(|entry| placed(entry) != 1 || entry.ways.iter().sum::<u32>() > 1);
        self.all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
    }

    fn entry(&mut self, text: &str) -> Option<&mut Continuation> {
        let place = self.all.iter().position(|known| known.text == text);
        if place.is_none() && self.all.len() == CONTINUATIONS_MAX {
            return None;
        }
        let place = place.unwrap_or_else(|| {
            self.all.push(Continuation {
                text: text.to_owned(),
                ways: [0; WAYS],
                above: 0,
                below: 0,
                nearest: FAR,
                tokens: 0,
                whole: 0,
                same_above: 0,
                like_above: 0,
                same_two_above: 0,
                same_below: 0,
                same_indent: 0,
                renamed: usize::MAX,
                changed: 0,
                counted: [0; Level::ALL.len()],
                weight: 0.0,
            });
            self.all.len() - 1
        });
        self.all.get_mut(place)
    }
}

/// What one line counts, before where it stands is looked at.
fn estimate(way: Way, tokens: usize, renamed: usize, changed: usize) -> f32 {
    let by_way = match way {
        Way::Alike if changed == 0 => 0.7,
        Way::Beginning | Way::Index | Way::Alike => 2.0,
        Way::Tokens | Way::Follows => 1.0,
        Way::Placed => 0.2,
        Way::Sequence => 20.0,
        Way::FollowsAlike => 0.7,
    };
    by_way * 1.6_f32.powf(tokens.min(12) as f32) * 0.8_f32.powf(renamed.min(4) as f32)
}
