//! A run of closers that may come, as numbers.

use super::habits::{BlockEnd, LineEnd, block_ends, first_of, signs_of};
use super::runs::Run;
use super::shares::{Here, LIKES, Shares};
use crate::domain::class::Classification;
use crate::domain::class::features::{Sheet, code};
use crate::domain::language::BlockStyle;
use crate::domain::lexical::{Mode, Open};
use crate::domain::local::codes::{ROLES, SCORES};
use crate::domain::site::{NearLine, Site};
use crate::domain::text;

/// Bound: bytes looked at before what opened a block.
const LINE_BYTES_MAX: usize = 400;

/// What holds for all runs at a site.
pub(super) struct Place<'t> {
    site: &'t Site,
    found: &'t Classification,
    ends: &'t [LineEnd<'t>],
    blocks: Vec<BlockEnd<'t>>,
    shares: Shares<'t>,
    first: &'t str,
    so_far: &'t str,
}

impl<'t> Place<'t> {
    pub(super) fn of(site: &'t Site, found: &'t Classification, ends: &'t [LineEnd<'t>]) -> Self {
        let (so_far, kind) = signs_of(&site.line_prefix, site);
        let first = first_of(site.code_before(), site);
        let indent = site.indent.len();
        let here = Here { first, indent, kind, goes_deeper: site.below.indent > indent };
        let (blocks, shares) = (block_ends(ends), Shares::of(ends, &here));
        Self { site, found, ends, blocks, shares, first, so_far }
    }

    /// The numbers of a run.
    pub(super) fn sheet(&self, run: &Run, rank: usize) -> Sheet<'static> {
        let mut sheet = Sheet::default();
        self.site_numbers(&mut sheet);
        self.run_numbers(run, rank, &mut sheet);
        self.habit_numbers(run, &mut sheet);
        sheet
    }

    fn site_numbers(&self, sheet: &mut Sheet<'static>) {
        let Self { site, found, .. } = self;
        let lexical = &site.document.language.lexical;
        for (name, class) in SCORES {
            sheet.number(name, found.score(class) as f32);
        }
        let line_start = site.offset - site.line_prefix.len();
        let on_line = site.unclosed.iter().filter(|open| open.start >= line_start).count();
        sheet.flag("is_string", site.mode != Mode::Code);
        sheet.flag("has_statement_end", !lexical.statement_end.is_empty());
        sheet.flag("is_indented_language", lexical.block_style == BlockStyle::Indentation);
        sheet.flag("has_keyword_blocks", lexical.block_style == BlockStyle::Keywords);
        sheet.number("last_char", code(site.code_before().trim_end().chars().next_back()));
        sheet.flag("ends_in_space", site.line_prefix.ends_with(' '));
        sheet.count("word", site.word.chars().count());
        sheet.flag("word_is_keyword", lexical.keywords.contains(&site.word));
        sheet.flag("is_header", lexical.header_words.iter().any(|word| word == self.first));
        sheet.flag("begins_with_keyword", lexical.keywords.iter().any(|word| word == self.first));
        sheet.flag("has_assignment", site.code_before().contains(" = "));
        sheet.flag("is_row_of_one", self.first.len() == site.code_before().trim_end().len());
        sheet.count("open_on_line", on_line);
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
        sheet.number("role", role.map_or(-1.0, |role| role as f32));
        let depth = outer.map_or(0, |open| open.line_indent);
        sheet.number("deeper", (site.indent.len() as f32 - depth as f32).min(40.0));
        self.near_line("above", &site.above, sheet);
        self.near_line("below", &site.below, sheet);
    }

    fn near_line(&self, side: &str, line: &NearLine, sheet: &mut Sheet<'static>) {
        let names = match side {
            "above" => ["above_indent", "above_last", "above_first", "above_blank"],
            _ => ["below_indent", "below_last", "below_first", "below_blank"],
        };
        let indent = line.indent as f32 - self.site.indent.len() as f32;
        sheet.number(names[0], indent.clamp(-40.0, 40.0));
        sheet.number(names[1], code(line.text.chars().next_back()));
        sheet.number(names[2], code(line.text.chars().next()));
        sheet.count(names[3], line.distance);
    }

    fn run_numbers(&self, run: &Run, rank: usize, sheet: &mut Sheet<'static>) {
        let site = self.site;
        let lexical = &site.document.language.lexical;
        let text = run.text.trim_start();
        let ending = text.trim_start_matches([')', ']', '}', '>', '"', '\'', '`', ' ']);
        let line_start = site.offset - site.line_prefix.len();
        let on_line = site.unclosed.iter().filter(|open| open.start >= line_start).count();
        sheet.count("rank", rank);
        sheet.count("length", text.chars().count());
        sheet.count("closes", run.closes);
        sheet.number("left_open", on_line as f32 - run.closes as f32);
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
        let is_missing = run.closes <= site.unclosed.len();
        sheet.flag("is_missing", is_missing);
        let last_closed =
            run.closes.checked_sub(1).and_then(|at| site.unclosed.iter().rev().nth(at));
        let indent = last_closed.map(|open| open.line_indent as f32 - site.indent.len() as f32);
        sheet.number("closed_indent", indent.map_or(99.0, |by| by.clamp(-40.0, 40.0)));
        self.opener_numbers(run, last_closed, sheet);
        let below = site.below.indent as f32 - last_closed.map_or(0.0, |o| o.line_indent as f32);
        sheet.number("below_closed", below.clamp(-40.0, 40.0));
    }

    /// What opened the last delimiter that is closed: a statement, an assignment, an argument.
    fn opener_numbers(&self, run: &Run, open: Option<&Open>, sheet: &mut Sheet<'static>) {
        let site = self.site;
        let rope = &site.document.rope;
        let lexical = &site.document.language.lexical;
        let before = open.map(|open| {
            let line = text::line_range(rope, open.start);
            text::tail_before(rope, open.start, (open.start - line.start).min(LINE_BYTES_MAX))
        });
        let before = before.unwrap_or_default();
        let code_before = before.trim();
        let first = first_of(code_before, site);
        sheet.number("opener_before", code(code_before.chars().next_back()));
        sheet.flag("opener_has_assignment", code_before.contains('='));
        sheet.flag("opener_is_header", lexical.header_words.iter().any(|word| word == first));
        sheet.flag("opener_is_keyword", lexical.keywords.iter().any(|word| word == first));
        self.block_numbers(run, open, (first, code_before.contains(" = ")), sheet);
        let outer = open
            .and_then(|open| site.enclosing.iter().rev().find(|outer| outer.start < open.start));
        sheet.number("opener_outer", code(outer.and_then(|outer| outer.open.chars().next())));
        let same_line =
            outer.zip(open).is_some_and(|(outer, open)| open.start - outer.start <= before.len());
        sheet.flag("opener_outer_on_line", same_line);
    }

    /// How often blocks like the one that is closed end with the run. `opener` is the first word of the
    /// line that opened it, and whether that assigns something.
    fn block_numbers(
        &self,
        run: &Run,
        open: Option<&Open>,
        (first, assigns): (&str, bool),
        sheet: &mut Sheet<'static>,
    ) {
        let text = run.text.trim();
        let share = |like: &dyn Fn(&BlockEnd<'_>) -> bool| {
            let (mut same, mut all) = (0.05, 0.5);
            for block in self.blocks.iter().filter(|block| like(block)) {
                all += 1.0_f32;
                same += f32::from(u8::from(block.text == text));
            }
            same / all
        };
        let indent = open.map_or(usize::MAX, |open| open.line_indent);
        let is_alike = |block: &BlockEnd<'_>| {
            block.first == first && block.assigns == assigns && block.indent == indent
        };
        sheet.number("of_blocks", share(&|_| true));
        sheet.number("of_blocks_first", share(&|block| block.first == first));
        sheet.number("of_blocks_assigning", share(&|block| block.assigns == assigns));
        sheet.number("of_blocks_indent", share(&|block| block.indent == indent));
        sheet.number("of_blocks_alike", share(&is_alike));
        let role = open.and_then(|open| {
            let inside = self.site.scopes.iter().filter(|s| s.range.start <= open.start + 1);
            let inner = inside.filter(|s| ROLES.contains(&s.role)).max_by_key(|s| s.range.start)?;
            ROLES.iter().position(|role| *role == inner.role)
        });
        sheet.number("closed_role", role.map_or(-1.0, |role| role as f32));
    }

    /// How often lines like this one end with the run.
    fn habit_numbers(&self, run: &Run, sheet: &mut Sheet<'static>) {
        let site = self.site;
        let whole = format!("{}{}", self.so_far, run.text);
        let (whole, indent) = (whole.trim(), site.indent.len());
        let is_same = |end: &LineEnd<'_>| end.signs.trim() == whole;
        for (name, like) in LIKES {
            sheet.number(name, self.shares.share(whole, like));
        }
        let sibling = |is_above: bool| {
            let mut beside = self.ends.iter().filter(|end| end.is_above == is_above);
            let next = beside.find(|end| end.indent <= indent);
            match next.filter(|end| end.indent == indent) {
                Some(end) if is_same(end) => 1.0,
                Some(_) => 0.0,
                None => -1.0,
            }
        };
        sheet.number("of_sibling_above", sibling(true));
        sheet.number("of_sibling_below", sibling(false));
        let last = run.text.chars().next_back();
        let ends_alike = |end: &LineEnd<'_>| end.signs.chars().next_back() == last;
        let beside = |is_above: bool| {
            let mut beside = self.ends.iter().filter(|end| end.is_above == is_above);
            let next = beside.find(|end| end.indent <= indent);
            let next = next.filter(|end| end.indent == indent);
            next.map_or(-1.0, |end| f32::from(u8::from(ends_alike(end))))
        };
        sheet.number("alike_above", beside(true));
        sheet.number("alike_below", beside(false));
        let block = self.ends.iter().filter(|end| end.is_above);
        let block = block.take_while(|end| end.indent >= indent).filter(|end| end.indent == indent);
        let (alike, all) = block.fold((0.0, 0.0), |(alike, all), end| {
            (alike + f32::from(u8::from(ends_alike(end))), all + 1.0_f32)
        });
        sheet.number("alike_in_block", if all > 0.0 { alike / all } else { -1.0 });
    }
}
