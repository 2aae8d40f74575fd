//! A name that may come, as numbers.

use super::evidence::{Alike, FAR, LIKENESSES, Seen};
use super::far::{Far, LEVELS};
use super::known::Definitions;
use super::usually::Usually;
use super::window::{BOUND, CALLED, FIRST, IN_FUNCTION, IN_TYPE, MEMBER, ON_LINE};
use super::{Candidate, Origin};
use crate::domain::class::features::Sheet;
use crate::domain::class::{Classification, RequestClass};
use crate::domain::site::Site;
use crate::domain::tokens::contexts::CONTEXTS;

/// How many numbers there are, about.
const NUMBERS: usize = 112;

/// The names of the numbers of each likeness.
const ALIKE: [[&str; 4]; LIKENESSES] = [
    ["one_count", "one_near", "one_share", "one_lead"],
    ["two_count", "two_near", "two_share", "two_lead"],
    ["three_count", "three_near", "three_share", "three_lead"],
    ["call_count", "call_near", "call_share", "call_lead"],
    ["skip_count", "skip_near", "skip_share", "skip_lead"],
];

/// The names of the numbers of each level and context of the index.
const FAR_NAMES: [[[&str; 2]; CONTEXTS]; LEVELS] = [
    [
        ["own_two", "own_two_share"],
        ["own_three", "own_three_share"],
        ["own_call", "own_call_share"],
        ["own_skip", "own_skip_share"],
    ],
    [
        ["far_two", "far_two_share"],
        ["far_three", "far_three_share"],
        ["far_call", "far_call_share"],
        ["far_skip", "far_skip_share"],
    ],
];

/// The classes whose probabilities are given.
const SCORES: [(&str, RequestClass); 3] = [
    ("p_closer", RequestClass::Closer),
    ("p_name", RequestClass::Identifier),
    ("p_line", RequestClass::Line),
];

/// What holds for all names that may come at a site.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// For each likeness the sum over all names, and the highest and second highest of one.
    alike: [(f32, f32, f32); LIKENESSES],
    score: (f32, f32, f32),
    count: f32,
    /// For each level and context of the index the sum over all names.
    far: [[f32; CONTEXTS]; LEVELS],
    /// How often the typed word stands whole.
    whole: f32,
    line_words: Vec<String>,
}

fn log(value: f32) -> f32 {
    (1.0 + value).ln()
}

fn nearness(tokens: u32) -> f32 {
    log(tokens.min(FAR) as f32)
}

impl Common {
    pub(super) fn of(site: &Site, candidates: &[Candidate<'_>], whole: Option<&Seen<'_>>) -> Self {
        let mut common = Self { count: candidates.len() as f32, ..Self::default() };
        for candidate in candidates {
            if let Some(seen) = &candidate.seen {
                for (sums, alike) in common.alike.iter_mut().zip(&seen.alike) {
                    add(sums, alike.weight);
                }
            }
            if let Some(far) = &candidate.far {
                let counts = common.far.iter_mut().flatten().zip(far.after.iter().flatten());
                counts.for_each(|(sum, count)| *sum += *count as f32);
            }
            add(&mut common.score, candidate.score);
        }
        common.whole = whole.map_or(0.0, |seen| seen.count() as f32);
        let lexical = &site.document.language.lexical;
        let words = site.before_word().split(|c| !lexical.is_word(c));
        common.line_words = words.filter(|word| word.len() > 1).map(str::to_lowercase).collect();
        common
    }
}

fn add((sum, first, second): &mut (f32, f32, f32), value: f32) {
    *sum += value;
    if value > *first {
        *second = *first;
        *first = value;
    } else if value > *second {
        *second = value;
    }
}

/// How far a value leads before the best of the others, or lies behind the best.
fn lead((_, first, second): (f32, f32, f32), value: f32) -> f32 {
    let other = if value >= first { second } else { first };
    ((value + 0.01) / (other + 0.01)).ln()
}

fn share((sum, ..): (f32, f32, f32), value: f32) -> f32 {
    if sum > 0.0 { value / sum } else { -1.0 }
}

/// The numbers of a candidate.
pub(super) fn sheet(
    site: &Site,
    found: &Classification,
    (common, definitions, usual): (&Common, &Definitions<'_>, &Usually<'_>),
    candidate: &Candidate<'_>,
    rank: usize,
) -> Sheet<'static> {
    let mut sheet = Sheet::with_capacity(NUMBERS);
    let typed = site.word.chars().count();
    let length = candidate.name.chars().count();
    sheet.count("typed", typed);
    sheet.count("rest", length - typed.min(length));
    sheet.count("rank", rank);
    sheet.number("lead", lead(common.score, candidate.score));
    sheet.number("share", share(common.score, candidate.score));
    sheet.number("candidates", log(common.count));
    sheet.number("whole", log(common.whole));
    for (name, class) in SCORES {
        sheet.number(name, found.score(class) as f32);
    }
    sheet.flag("is_member", site.member_operator().is_some());
    sheet.flag("is_line_start", site.word.len() == site.code_before().len());
    sheet.flag("is_line_end", site.line_suffix.trim().is_empty());
    sheet.flag("is_keyword", candidate.origin == Origin::Keyword);
    let (derived, of_file) = match candidate.origin {
        Origin::Made(way) => (way, 0),
        Origin::OfFile(way) => (0, 1 + way),
        _ => (0, 0),
    };
    sheet.count("derived", derived);
    sheet.count("of_file", of_file);
    sheet.flag("is_word", candidate.origin == Origin::Word);
    seen_numbers(&mut sheet, common, candidate.seen.as_ref());
    far_numbers(&mut sheet, common, candidate.far.as_ref());
    definitions.numbers(candidate.hash, &mut sheet);
    usual.numbers(&candidate.name, candidate.hash, &mut sheet);
    composed_numbers(&mut sheet, candidate.origin);
    way_of_writing(&mut sheet, site, common, &candidate.name);
    sheet
}

fn composed_numbers(sheet: &mut Sheet<'static>, origin: Origin) {
    let composed = if let Origin::Composed(composed) = origin { Some(composed) } else { None };
    let found = composed.unwrap_or_default();
    sheet.flag("is_composed", composed.is_some());
    sheet.number("composed_names", log(found.names as f32));
    sheet.number("composed_uses", log(found.uses as f32));
    sheet.number("composed_same_before", log(found.same_before as f32));
    sheet.number("composed_ends", log(found.ends as f32));
    sheet.number("composed_score", log(found.score));
}

fn seen_numbers(sheet: &mut Sheet<'static>, common: &Common, seen: Option<&Seen<'_>>) {
    let nothing = Seen::new("");
    let seen = seen.unwrap_or(&nothing);
    let of_all = |count: u32| {
        if seen.count() == 0 { -1.0 } else { count as f32 / seen.count() as f32 }
    };
    sheet.number("before", log(seen.before as f32));
    sheet.number("after", log(seen.after as f32));
    sheet.number("near_before", nearness(seen.nearest_before));
    sheet.number("near_after", nearness(seen.nearest_after));
    sheet.count("on_line", seen.marks[ON_LINE] as usize);
    sheet.number("in_function", log(seen.marks[IN_FUNCTION] as f32));
    sheet.number("in_type", log(seen.marks[IN_TYPE] as f32));
    sheet.number("members", of_all(seen.marks[MEMBER]));
    sheet.number("calls", of_all(seen.marks[CALLED]));
    sheet.number("bindings", log(seen.marks[BOUND] as f32));
    sheet.number("line_starts", of_all(seen.marks[FIRST]));
    sheet.number("same_next", of_all(seen.same_next));
    sheet.number("same_both", log(seen.same_both as f32));
    for ((names, alike), sums) in ALIKE.iter().zip(&seen.alike).zip(common.alike) {
        alike_numbers(sheet, names, alike, sums);
    }
}

fn alike_numbers(
    sheet: &mut Sheet<'static>,
    names: &[&'static str; 4],
    alike: &Alike,
    sums: (f32, f32, f32),
) {
    sheet.number(names[0], log(alike.count as f32));
    sheet.number(names[1], nearness(alike.nearest));
    sheet.number(names[2], share(sums, alike.weight));
    sheet.number(names[3], if sums.0 > 0.0 { lead(sums, alike.weight) } else { 0.0 });
}

/// What the index says: how often after each context in the document itself and elsewhere, and how
/// often and as what at all.
fn far_numbers(sheet: &mut Sheet<'static>, common: &Common, far: Option<&Far>) {
    let nothing = Far::default();
    let far = far.unwrap_or(&nothing);
    for ((names, counts), sums) in FAR_NAMES.iter().zip(&far.after).zip(common.far) {
        for ((name, count), sum) in names.iter().zip(counts).zip(sums) {
            sheet.number(name[0], log(*count as f32));
            sheet.number(name[1], if sum > 0.0 { *count as f32 / sum } else { -1.0 });
        }
    }
    let all = far.roles.total.saturating_sub(far.own);
    let of_all = |count: u32| match far.roles.total {
        0 => -1.0,
        total => count as f32 / total as f32,
    };
    sheet.number("far_own", log(far.own as f32));
    sheet.number("far_all", log(all as f32));
    sheet.number("far_segments", log(far.segments as f32));
    sheet.number("far_members", of_all(far.roles.member));
    sheet.number("far_calls", of_all(far.roles.called));
    sheet.number("far_line_starts", of_all(far.roles.starts_line));
}

fn way_of_writing(sheet: &mut Sheet<'static>, site: &Site, common: &Common, name: &str) {
    let first = name.chars().find(|c| *c != '_');
    sheet.flag("is_capital", first.is_some_and(char::is_uppercase));
    let is_constant = name.len() > 1 && !name.chars().any(char::is_lowercase);
    sheet.flag("is_constant", is_constant);
    sheet.flag("has_underscore", name.trim_start_matches('_').contains('_'));
    let begins_capital = site.word.chars().next().is_some_and(char::is_uppercase);
    sheet.flag("typed_capital", begins_capital);
    let lower = name.to_lowercase();
    let alike = common.line_words.iter().map(|word| common_part(word, &lower)).max();
    sheet.count("line_overlap", alike.unwrap_or(0));
    let same = common.line_words.last().is_some_and(|word| *word == lower);
    sheet.flag("same_as_last", same);
}

/// The length of the longer of the common beginning and the common end, where one of the two is long
/// enough to mean something.
fn common_part(a: &str, b: &str) -> usize {
    let ahead = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let behind = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    let longest = ahead.max(behind);
    if longest < 3 { 0 } else { longest }
}
