//! What the gate looks at: the last edits and the text right around the cursor, as numbers.
//!
//! None of them depends on the class or on the language, so neither a better classifier nor a new
//! language changes what the weights mean. Most are 0 or 1; the others are logarithms or shares
//! between about -2 and 2, which keeps the weights comparable.

use std::time::Duration;

use crate::domain::class::Extent;
use crate::domain::lexical::Mode;
use crate::domain::site::Site;
use crate::domain::trail::{Step, StepKind};

/// The usual gap between two keys; the logarithm of it is zero.
const GAP_UNIT: f64 = 0.15;
/// An edit farther than this many bytes from where the cursor is was made elsewhere.
const FAR: usize = 200;
/// Edits looked at for how much was deleted.
const RECENT: usize = 6;

/// How many numbers describe a place.
pub const FEATURES: usize = 42;
/// How many slopes there are: what a longer rest means depends on what came before it.
pub const SLOPES: usize = 3;

/// What the numbers are, in order.
pub const NAMES: [&str; FEATURES] = [
    "rhythm",
    "last gap",
    "moved",
    "moved far",
    "never edited",
    "edited elsewhere before",
    "completed",
    "deleted",
    "replaced",
    "pasted",
    "several",
    "nothing",
    "first key",
    "run",
    "recent deletions",
    "latency",
    "block",
    "word of 1",
    "word of 2",
    "word of 3 or 4",
    "word of 5 or more",
    "after space",
    "after opener",
    "after closer",
    "after quote",
    "after member operator",
    "after comma",
    "after semicolon",
    "after equals",
    "after other operator",
    "line start",
    "blank line",
    "blank line, text near below",
    "mid-word",
    "closers after",
    "text after",
    "comment",
    "string",
    "deeper than line above",
    "line break typed",
    "unclosed here",
    "whole word typed before",
];

/// The numbers that describe `site` to the gate, for a model that takes `latency` to answer.
pub fn features(site: &Site, extent: Extent, latency: Duration) -> [f64; FEATURES] {
    let trail = &site.document.trail;
    let last = trail.last();
    let is = |kind: StepKind| flag(last.is_some_and(|step| step.kind == kind));
    let moved = has_moved(site);
    let far = last.is_none_or(|step| step.end.abs_diff(site.offset) > FAR);
    let recent = trail.steps().rev().take(RECENT);
    let deleted = recent.filter(|step| step.kind == StepKind::Deleted).count();
    let run = last.map_or(0, |step| step.run);
    let word = site.word.chars().count();
    let before = site.code_before().trim_end();
    let suffix = site.line_suffix.trim();
    let character = site.line_prefix.chars().next_back().filter(|_| !before.is_empty());
    let after = |set: &str| flag(character.is_some_and(|c| set.contains(c)));
    let is_member = word == 0 && site.member_operator().is_some();
    let start = site.is_line_start();
    let is_blank = start && suffix.is_empty();
    let line_from = site.offset - site.line_prefix.len();
    [
        log_gap(trail.rhythm().unwrap_or(Duration::from_secs_f64(GAP_UNIT))),
        log_gap(trail.last_gap().unwrap_or(Duration::from_secs(5))),
        flag(moved),
        flag(moved && far),
        flag(last.is_none()),
        flag(last.is_some_and(|step| !step.is_adjacent)),
        is(StepKind::Completed),
        is(StepKind::Deleted),
        is(StepKind::Replaced),
        is(StepKind::Pasted),
        is(StepKind::Several),
        is(StepKind::Nothing),
        flag(run == 1),
        f64::from(run).ln_1p(),
        deleted as f64 / RECENT as f64,
        (latency.as_secs_f64() / GAP_UNIT).ln(),
        flag(extent >= Extent::Block),
        flag(word == 1),
        flag(word == 2),
        flag((3..=4).contains(&word)),
        flag(word >= 5),
        after(" \t"),
        after("([{<"),
        after(")]}>"),
        after("\"'`"),
        flag(is_member),
        after(","),
        after(";"),
        after("="),
        flag(!is_member && character.is_some_and(|c| "+-*/&|!?:%^~@#.".contains(c))),
        flag(start),
        flag(is_blank),
        flag(is_blank && site.below.distance == 0 && !site.below.text.is_empty()),
        flag(site.is_mid_word),
        flag(!suffix.is_empty() && site.is_line_end()),
        flag(!site.is_line_end()),
        flag(matches!(site.mode, Mode::LineComment | Mode::BlockComment { .. })),
        flag(matches!(site.mode, Mode::String { .. })),
        flag(start && site.indent.len() > site.above.indent),
        flag(
            start
                && last.is_some_and(|step| {
                    step.kind == StepKind::Typed && step.end > line_from && step.start < line_from
                }),
        ),
        flag(site.unclosed.iter().any(|open| open.start >= line_from)),
        flag(word == 0 && before.ends_with(|c: char| c.is_alphanumeric())),
    ]
}

/// Which slope holds for `site`: 0 where text was just typed, 1 where text was just taken away or
/// changed, 2 where the cursor came without an edit.
pub fn slope_of(site: &Site) -> usize {
    let is_typed = |step: &Step| matches!(step.kind, StepKind::Typed | StepKind::Completed);
    match site.document.trail.last() {
        _ if has_moved(site) => 2,
        Some(step) if is_typed(step) => 0,
        _ => 1,
    }
}

/// Whether the cursor stands anywhere but at the last edit.
pub(super) fn has_moved(site: &Site) -> bool {
    let last = site.document.trail.last();
    last.is_none_or(|step| !(step.start..=step.end).contains(&site.offset))
}

fn flag(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// Between 30 ms and 10 s.
fn log_gap(gap: Duration) -> f64 {
    (gap.as_secs_f64().clamp(0.03, 10.0) / GAP_UNIT).ln()
}
