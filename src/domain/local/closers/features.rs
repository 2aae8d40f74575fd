//! A run of closers that may come, as numbers.

use super::below::Return;
use super::blocks::block_ends;
use super::habits::{Here, LineEnd};
use super::opener::{Around, Opener};
use super::pairs::Pairs;
use super::runs::Run;
use super::style::style_numbers;
use super::tally::Tally;
use super::words::Words;
use crate::domain::class::Classification;
use crate::domain::class::features::{Sheet, UNKNOWN, code};
use crate::domain::language::BlockStyle;
use crate::domain::local::codes::{ROLES, SCORES};
use crate::domain::local::text::{Cutter, Lines};
use crate::domain::site::{NearLine, Site};

/// The names of the shares of the lines that end with a run: of all, of those that begin with the same
/// word, that begin in the same column, of which both holds, that are in the same column with the same
/// kind of token before the signs, and of those with the same kind of token of which the next line goes
/// deeper if it does here.
/// Then of those before a line like the one below, all and with the same kind of token before the
/// signs, of those with the same keywords, and of those with the same word before the signs.
const SHARES: [&str; 10] = [
    "of_all",
    "of_first",
    "of_indent",
    "of_both",
    "of_kind",
    "of_depth",
    "of_next",
    "of_next_kind",
    "of_keywords",
    "of_word",
];
/// A line counts half as much each time so many lie between.
const NEAR_LINES: f32 = 40.0;

/// What holds for all runs at a site.
pub(super) struct Place<'t> {
    site: &'t Site,
    here: &'t Here<'t>,
    shares: Tally<'t, { SHARES.len() }>,
    /// The nearest line above and below that is not deeper, where it is in the same column.
    siblings: [Option<LineEnd<'t>>; 2],
    /// The last signs of the lines above in the same column of the same block.
    block: Vec<Option<char>>,
    /// The openers of runs that close nothing, one delimiter, two and so on.
    openers: Vec<Opener<'t>>,
    words: Words,
    comes_back: Return<'t>,
    numbers: Vec<(&'static str, f32)>,
}

impl<'t> Place<'t> {
    pub(super) fn of(
        site: &'t Site,
        found: &Classification,
        (lines, cutter): (&Lines<'t>, &'t Cutter<'t>),
        (ends, here): (&[LineEnd<'t>], &'t Here<'t>),
        closes_max: usize,
    ) -> Self {
        let indent = site.indent.len();
        let sibling = |is_above: bool| {
            let mut beside = ends.iter().filter(|end| end.is_above == is_above);
            let next = beside.find(|end| end.indent <= indent);
            next.filter(|end| end.indent == indent).copied()
        };
        let block = ends.iter().take_while(|end| end.is_above && end.indent >= indent);
        let block = block.filter(|end| end.indent == indent);
        let (blocks, pairs) = (block_ends(ends), Pairs::of(lines, cutter));
        let around = Around { site, blocks: &blocks, pairs: &pairs, cutter, lines };
        let openers = (0..=closes_max).map(|closes| Opener::of(&around, closes)).collect();
        let mut place = Self {
            site,
            here,
            shares: shares(ends, site, here),
            siblings: [sibling(true), sibling(false)],
            block: block.map(|end| end.signs.chars().next_back()).collect(),
            openers,
            words: Words::of(site, lines, cutter),
            comes_back: Return::of(site, ends),
            numbers: Vec::new(),
        };
        let mut sheet = Sheet::default();
        place.site_numbers(found, cutter, &mut sheet);
        style_numbers(ends, site, &mut sheet);
        place.numbers = sheet.numbers;
        place
    }

    /// The numbers of a run.
    pub(super) fn sheet(&self, run: &Run, rank: usize) -> Sheet<'static> {
        let mut sheet = Sheet { numbers: self.numbers.clone(), tokens: Vec::new() };
        self.run_numbers(run, rank, &mut sheet);
        self.habit_numbers(run, &mut sheet);
        if let Some(opener) = self.openers.get(run.closes).or(self.openers.last()) {
            opener.numbers(run, tail(run), &mut sheet);
        }
        self.words.numbers(run, &mut sheet);
        self.comes_back.numbers(run, &self.site.document.language.lexical, &mut sheet);
        sheet
    }

    fn site_numbers(
        &self,
        found: &Classification,
        cutter: &Cutter<'_>,
        sheet: &mut Sheet<'static>,
    ) {
        let Self { site, here, .. } = self;
        let lexical = &site.document.language.lexical;
        for (name, class) in SCORES {
            sheet.number(name, found.score(class) as f32);
        }
        let line_start = site.offset - site.line_prefix.len();
        sheet.flag("has_statement_end", !lexical.statement_end.is_empty());
        sheet.flag("is_indented_language", lexical.block_style == BlockStyle::Indentation);
        sheet.number("last_char", code(site.code_before().trim_end().chars().next_back()));
        sheet.flag("ends_in_space", site.line_prefix.ends_with(' '));
        sheet.count("word", site.word.chars().count());
        sheet.flag("is_header", lexical.header_words.iter().any(|word| word == here.first));
        let first_is_keyword = here.tokens.first().is_some_and(|first| cutter.is_keyword(*first));
        sheet.flag("begins_with_keyword", first_is_keyword);
        sheet.flag("has_assignment", site.code_before().contains(" = "));
        sheet.flag("is_row_of_one", here.tokens.len() == 1);
        sheet.count("open_on_line", self.open_on_line());
        sheet.count("open", site.unclosed.len().min(20));
        let around = |index: usize| {
            let open = site.unclosed.iter().rev().nth(index);
            code(open.and_then(|open| open.open.chars().next()))
        };
        sheet.number("open_1", around(0));
        sheet.number("open_2", around(1));
        let outer = site.enclosing.iter().rev().find(|open| open.start < line_start);
        sheet.number("outer", code(outer.and_then(|open| open.open.chars().next())));
        let role = site.scopes.iter().find(|scope| scope.range.start < line_start);
        let role = role.and_then(|scope| ROLES.iter().position(|role| *role == scope.role));
        sheet.number("role", role.map_or(UNKNOWN, |role| role as f32));
        let depth = outer.map_or(0, |open| open.line_indent);
        sheet.number("deeper", (site.indent.len() as f32 - depth as f32).min(40.0));
        self.near_line("above", &site.above, cutter, sheet);
        self.near_line("below", &site.below, cutter, sheet);
        let is_first = |words: &[String]| words.iter().any(|word| word == here.first);
        sheet.flag("is_binding", is_first(&lexical.binding_words));
        sheet.flag("leaves", is_first(&lexical.leaving_words));
        let above = site.above.text.split(|c| !lexical.is_word(c)).find(|word| !word.is_empty());
        let leaves = above.is_some_and(|word| lexical.leaving_words.iter().any(|it| it == word));
        sheet.flag("above_leaves", leaves);
    }

    fn open_on_line(&self) -> usize {
        let line_start = self.site.offset - self.site.line_prefix.len();
        self.site.unclosed.iter().filter(|open| open.start >= line_start).count()
    }

    fn near_line(
        &self,
        side: &str,
        line: &NearLine,
        cutter: &Cutter<'_>,
        sheet: &mut Sheet<'static>,
    ) {
        let names = match side {
            "above" => [
                "above_indent",
                "above_last",
                "above_first",
                "above_blank",
                "above_second",
                "above_keyword",
            ],
            _ => [
                "below_indent",
                "below_last",
                "below_first",
                "below_blank",
                "below_second",
                "below_keyword",
            ],
        };
        let tokens = cutter.tokens(&line.text);
        let second = tokens.get(1).and_then(|second| line.text[second.range()].chars().next());
        sheet.number(names[4], code(second));
        sheet.flag(names[5], tokens.first().is_some_and(|first| cutter.is_keyword(*first)));
        let indent = line.indent as f32 - self.site.indent.len() as f32;
        sheet.number(names[0], indent.clamp(-40.0, 40.0));
        sheet.number(names[1], code(line.text.chars().next_back()));
        sheet.number(names[2], code(line.text.chars().next()));
        sheet.count(names[3], line.distance);
    }

    fn run_numbers(&self, run: &Run, rank: usize, sheet: &mut Sheet<'static>) {
        let lexical = &self.site.document.language.lexical;
        let (text, ending) = (run.text.trim_start(), tail(run));
        sheet.count("head", run.head);
        sheet.count("head_same", run.likeness.same_before);
        sheet.count("head_lines", run.likeness.lines);
        sheet.flag("head_is_whole", run.likeness.is_whole);
        sheet.count("rank", rank);
        sheet.count("length", text.chars().count());
        sheet.count("closes", run.closes);
        sheet.number("left_open", self.open_on_line() as f32 - run.closes as f32);
        sheet.flag("is_below", run.is_below);
        sheet.flag("is_block_end", run.is_block_end);
        sheet.flag("begins_with_space", run.text.starts_with(' '));
        sheet.number("ending", code(ending.chars().next()));
        sheet.number("ending_last", code(ending.chars().next_back()));
        sheet.number("closes_first", code(text.chars().next()));
        sheet.count("ending_length", ending.len());
        let is_end = !lexical.statement_end.is_empty() && ending == lexical.statement_end;
        sheet.flag("ends_statement", is_end);
        let opens = lexical.block_openers.iter().any(|opener| ending.ends_with(opener.as_str()));
        sheet.flag("opens_block", opens);
        sheet.flag("is_missing", run.closes <= self.site.unclosed.len());
    }

    /// How often lines like this one end with the run.
    fn habit_numbers(&self, run: &Run, sheet: &mut Sheet<'static>) {
        let whole = match run.head {
            0 => format!("{}{}", self.here.signs, run.text),
            // A word or a number comes before the signs.
            _ => run.signs().to_owned(),
        };
        let (signs, next) = if run.is_below {
            (self.here.signs.trim(), run.text.trim())
        } else {
            (whole.trim(), "")
        };
        let shares = self.shares.shares((signs, next));
        SHARES.iter().zip(shares).for_each(|(name, share)| sheet.number(name, share));
        let is_same =
            |end: &LineEnd<'_>| end.signs.trim() == signs && (next.is_empty() || end.next == next);
        let flag = |is_so: Option<bool>| is_so.map_or(UNKNOWN, |is_so| f32::from(u8::from(is_so)));
        let last = signs.chars().next_back();
        let ends_alike = |end: &LineEnd<'_>| end.signs.chars().next_back() == last;
        let [above, below] = &self.siblings;
        sheet.number("of_sibling_above", flag(above.as_ref().map(is_same)));
        sheet.number("of_sibling_below", flag(below.as_ref().map(is_same)));
        sheet.number("alike_above", flag(above.as_ref().map(ends_alike)));
        sheet.number("alike_below", flag(below.as_ref().map(ends_alike)));
        let alike = self.block.iter().filter(|end| **end == last).count();
        let share = alike as f32 / self.block.len().max(1) as f32;
        sheet.number("alike_in_block", if self.block.is_empty() { UNKNOWN } else { share });
    }
}

/// What a run has behind its closers.
fn tail(run: &Run) -> &str {
    run.signs().trim().trim_start_matches([')', ']', '}', '>', '"', '\'', '`', ' '])
}

/// How the lines end, all and those like the cursor's.
fn shares<'t>(ends: &[LineEnd<'t>], site: &Site, here: &Here<'_>) -> Tally<'t, { SHARES.len() }> {
    let goes_deeper = site.below.indent > site.indent.len();
    let mut tally = Tally::default();
    for end in ends {
        let weight = (-(end.distance as f32) / NEAR_LINES).exp2();
        let (is_level, is_first) = (end.indent == site.indent.len(), end.first == here.first);
        let is_kind = end.kind == here.kind;
        let is_like = [
            true,
            is_first,
            is_level,
            is_level && is_first,
            is_level && is_kind,
            is_kind && end.goes_deeper == goes_deeper,
            end.beside == here.beside,
            is_kind && end.beside == here.beside,
            end.keywords == here.keywords,
            here.last != 0 && end.last == here.last,
        ];
        let signs = end.signs.trim();
        let with_next = (!end.next.is_empty()).then_some((signs, end.next));
        tally.add(with_next.into_iter().chain([(signs, "")]), weight, is_like);
    }
    tally
}
