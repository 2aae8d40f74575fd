//! A line that may come, as numbers.

use super::here::Here;
use super::known::Known;
use super::matches::WAYS;
use super::pool::{Continuation, FAR, Pool};
use crate::domain::class::Classification;
use crate::domain::class::features::{Sheet, code};
use crate::domain::index::Level;
use crate::domain::local::codes::{ROLES, SCORES};

/// The names of the counts of each way.
const WAY_NAMES: [&str; WAYS] = [
    "by_beginning",
    "by_tokens",
    "by_likeness",
    "by_line_above",
    "by_like_above",
    "by_sequence",
    "by_place",
    "by_index",
];

/// The names of the counts of each level of the index.
const LEVEL_NAMES: [&str; Level::ALL.len()] = ["counted_own", "counted_open", "counted_far"];

/// What holds for all lines that may come at a site.
pub(super) struct Common<'t> {
    here: &'t Here<'t>,
    found: &'t Classification,
    known: &'t Known,
    count: usize,
    /// The sum of all estimates, the highest and the second highest.
    sum: f32,
    first: f32,
    second: f32,
    /// The share of those where nothing more comes on the line.
    ended: f32,
    /// The most tokens that were the same for any.
    tokens: usize,
    /// The sum of the estimates of those with as many tokens the same.
    longest: f32,
}

impl<'t> Common<'t> {
    /// `pool` in order of the estimates.
    pub(super) fn of(
        here: &'t Here<'t>,
        found: &'t Classification,
        known: &'t Known,
        pool: &Pool,
    ) -> Self {
        let weight = |at: usize| pool.all.get(at).map_or(0.0, |entry| entry.weight);
        let sum: f32 = pool.all.iter().map(|entry| entry.weight).sum();
        let ended = pool.all.iter().filter(|entry| entry.text.trim().is_empty());
        let tokens = pool.all.iter().map(|entry| entry.tokens).max().unwrap_or(0);
        let longest = pool.all.iter().filter(|entry| entry.tokens == tokens);
        Self {
            here,
            found,
            known,
            count: pool.all.len(),
            sum,
            first: weight(0),
            second: weight(1),
            ended: ended.map(|entry| entry.weight).sum::<f32>() / sum.max(f32::MIN_POSITIVE),
            tokens,
            longest: longest.map(|entry| entry.weight).sum(),
        }
    }

    /// The numbers of a continuation, which is the `rank`th of all.
    pub(super) fn sheet(&self, line: &Continuation, rank: usize) -> Sheet<'static> {
        let mut sheet = Sheet::default();
        self.site_numbers(&mut sheet);
        Self::found_numbers(&mut sheet, line);
        self.rivals(&mut sheet, line, rank);
        self.text_numbers(&mut sheet, line);
        sheet
    }

    fn site_numbers(&self, sheet: &mut Sheet<'static>) {
        let (here, site) = (self.here, self.here.site);
        for (name, class) in SCORES {
            sheet.number(name, self.found.score(class) as f32);
        }
        sheet.count("typed", here.typed.trim_end().chars().count());
        sheet.count("typed_tokens", here.complete.len());
        sheet.count("word", site.word.chars().count());
        let lexical = &site.document.language.lexical;
        sheet.flag("word_is_keyword", lexical.keywords.contains(&site.word));
        sheet.flag("is_text", here.is_text);
        sheet.flag("ends_in_space", here.is_spaced);
        sheet.number("last_char", code(here.typed.trim_end().chars().next_back()));
        sheet.count("open", site.unclosed.len().min(20));
        let role = site.innermost();
        let role = role.and_then(|role| ROLES.iter().position(|known| *known == role));
        sheet.number("role", role.map_or(-1.0, |role| role as f32));
        let indent = |of: usize| (of as f32 - site.indent.len() as f32).clamp(-40.0, 40.0);
        sheet.number("above_indent", indent(site.above.indent));
        sheet.number("above_last", code(site.above.text.chars().next_back()));
        sheet.count("above_blank", site.above.distance);
        sheet.number("below_indent", indent(site.below.indent));
        sheet.number("below_first", code(site.below.text.chars().next()));
        sheet.count("below_blank", site.below.distance);
    }

    fn found_numbers(sheet: &mut Sheet<'static>, line: &Continuation) {
        for (name, count) in WAY_NAMES.iter().zip(line.ways) {
            sheet.number(name, log(count));
        }
        sheet.number("above", log(line.above));
        sheet.number("below", log(line.below));
        sheet.number("nearest", log(line.nearest.min(FAR) as u32));
        sheet.count("tokens", line.tokens);
        sheet.number("whole", log(line.whole));
        let seen = (line.above + line.below).max(1) as f32;
        sheet.number("same_above", log(line.same_above));
        sheet.number("like_above", log(line.like_above));
        sheet.number("same_two_above", log(line.same_two_above));
        sheet.number("same_below", log(line.same_below));
        sheet.number("same_indent", line.same_indent as f32 / seen);
        sheet.count("renamed", line.renamed);
        sheet.count("changed", line.changed);
        for (name, count) in LEVEL_NAMES.iter().zip(line.counted) {
            sheet.number(name, log(count));
        }
    }

    /// How it stands among all that may come.
    fn rivals(&self, sheet: &mut Sheet<'static>, line: &Continuation, rank: usize) {
        sheet.count("rank", rank);
        sheet.count("rivals", self.count);
        sheet.number("weight", (1.0 + line.weight).ln());
        sheet.number("share", line.weight / self.sum.max(f32::MIN_POSITIVE));
        let other = if rank == 0 { self.second } else { self.first };
        sheet.number("lead", ((line.weight + 0.01) / (other + 0.01)).ln());
        sheet.number("ended", self.ended);
        let is_longest = line.tokens == self.tokens;
        sheet.count("longer", self.tokens - line.tokens);
        let of_longest = line.weight / self.longest.max(f32::MIN_POSITIVE);
        sheet.number("share_of_longest", if is_longest { of_longest } else { -1.0 });
    }

    fn text_numbers(&self, sheet: &mut Sheet<'static>, line: &Continuation) {
        let text = line.text.trim();
        let facts = self.known.facts(self.here, text);
        sheet.count("length", text.chars().count());
        sheet.count("length_tokens", facts.tokens);
        sheet.count("names", facts.names);
        sheet.count("literals", facts.literals);
        sheet.count("unknown", facts.unknown);
        sheet.count("not_near", facts.not_near);
        sheet.count("already_typed", facts.typed);
        sheet.number("left_open", facts.left_open as f32);
        sheet.flag("closes_too_much", facts.closes_too_much);
        sheet.number("first_char", code(text.chars().next()));
        sheet.number("end_char", code(text.chars().next_back()));
        sheet.flag("begins_word", line.text.starts_with(|c: char| c.is_alphanumeric()));
        let lexical = &self.here.site.document.language.lexical;
        let is_end = !lexical.statement_end.is_empty() && text.ends_with(&lexical.statement_end);
        sheet.flag("ends_statement", is_end);
        let opens = lexical.block_openers.iter().any(|opener| text.ends_with(opener.as_str()));
        sheet.flag("opens_block", opens);
        let is_repeat = self.here.site.above.text.ends_with(text);
        sheet.flag("as_above", is_repeat);
        sheet.flag("as_below", self.here.site.below.text.ends_with(text));
    }
}

fn log(count: u32) -> f32 {
    (1.0 + count as f32).ln()
}
