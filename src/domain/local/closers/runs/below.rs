//! Runs that stand on a line of their own: what closes the block around, and a brace that opens one.

use super::{CLOSED_MAX, Run, Runs, spaced};
use crate::domain::language::BlockStyle;
use crate::domain::lexical::Open;
use crate::domain::local::closers::habits::Before;

/// Bound: closing lines of the file that are compared.
const LINES_MAX: usize = 6;
/// Calls a function where it was written.
const CALL: &str = "()";

impl Runs<'_> {
    /// What closes the block around, on the cursor's line or behind a line break: alone, with all
    /// that was opened on the same line, with a separator, and as the last block of its kind.
    pub(super) fn block_ends(&mut self, lead: &str) {
        let site = self.site;
        let open = if site.unclosed.is_empty() { &site.enclosing } else { &site.unclosed };
        let mut open = open.iter().rev();
        let Some(first) = open.next() else { return };
        let indent = &site.indent[..first.line_indent.min(site.indent.len())];
        let lead = if lead.is_empty() { String::new() } else { format!("{lead}{indent}") };
        let as_before = self.block_end(first);
        let same_line = open.take_while(|open| open.line_indent == first.line_indent);
        let mut text = first.close.clone();
        let mut runs = vec![(text.clone(), 1)];
        for (index, open) in same_line.take(CLOSED_MAX - 1).enumerate() {
            text.push_str(&open.close);
            runs.push((text.clone(), index + 2));
        }
        let separators = [site.document.language.lexical.statement_end.as_str(), ","];
        let plain = runs.clone();
        for separator in separators.into_iter().filter(|separator| !separator.is_empty()) {
            runs.extend(plain.iter().map(|(run, count)| (format!("{run}{separator}"), *count)));
        }
        let as_elsewhere = self.closing_lines(&first.close).map(str::to_owned);
        let seen = as_before.clone().into_iter().chain(as_elsewhere);
        // What other blocks end with may close more than is open here.
        let seen = seen.filter_map(|text| match self.fits(&text) {
            None if site.unclosed.is_empty() => Some((text, 1)),
            closes => closes.map(|closes| (text, closes)),
        });
        runs.extend(seen);
        runs.extend(self.block_tails(first, &plain));
        for (run, closes) in runs {
            let is_block_end = as_before.as_ref() == Some(&run);
            let text = format!("{lead}{run}");
            let run = Run::on_line(text, closes);
            self.push(Run { is_below: !lead.is_empty(), is_block_end, ..run });
        }
    }

    /// What may follow the closers in the same line: the head of a block goes on behind its
    /// parameters, and a function may be called where it was written.
    fn block_tails(&self, first: &Open, plain: &[(String, usize)]) -> Vec<(String, usize)> {
        let lexical = &self.site.document.language.lexical;
        let end = &lexical.statement_end;
        if first.close == ")" {
            let (text, count) = &plain[0];
            let ends = lexical.line_ends.iter().filter(|end| end.starts_with(' '));
            let openers = lexical.block_openers.iter().map(|opener| spaced(opener));
            let tails = openers.chain(ends.filter(|end| end.ends_with('{')).cloned());
            return tails.map(|tail| (format!("{text}{tail}"), *count)).collect();
        }
        if lexical.block_style != BlockStyle::Braces || first.close != "}" {
            return Vec::new();
        }
        let calls = plain.iter().take(2).flat_map(|(text, count)| {
            [(format!("{text}{CALL}"), *count), (format!("{text}{CALL}{end}"), *count)]
        });
        calls.collect()
    }

    /// The closing line of the block around, and an opening brace on a line of its own.
    pub(super) fn below(&mut self) {
        let site = self.site;
        let line_start = site.offset - site.line_prefix.len();
        if site.enclosing.last().is_some_and(|open| open.start < line_start) {
            self.block_ends("\n");
        }
        self.opening_brace("\n");
    }

    pub(super) fn opening_brace(&mut self, lead: &str) {
        let site = self.site;
        if site.document.language.lexical.block_openers.iter().any(|opener| opener == "{") {
            let indent = if lead.is_empty() { "" } else { site.indent.as_str() };
            let text = format!("{lead}{indent}{{");
            self.push(Run { is_below: !lead.is_empty(), ..Run::on_line(text, 0) });
        }
    }

    /// How the last block of the same kind was closed at this indentation: `}`, `},`, `});`. `None`
    /// where there was none.
    fn block_end(&self, open: &Open) -> Option<String> {
        let opener = self.ends.iter().filter(|end| end.is_above && end.indent == open.line_indent);
        // What opened the block is the nearest such line; those above it are of blocks before.
        let mut before = opener;
        let first = before.next()?.first;
        let mut end = None;
        for line in before {
            if line.kind == Before::Nothing && line.signs.starts_with(&open.close) {
                end = Some(line.signs);
            } else if let Some(end) = end.take()
                && line.first == first
            {
                return Some(end.to_owned());
            }
        }
        None
    }

    /// Lines of the file that are signs alone and begin with this closer, the nearest first.
    fn closing_lines(&self, close: &str) -> impl Iterator<Item = &str> {
        let alone = self.ends.iter().filter(|end| end.kind == Before::Nothing);
        let fitting = alone.map(|end| end.signs).filter(move |signs| signs.starts_with(close));
        let mut seen = Vec::new();
        let new = fitting.filter(move |signs| {
            let is_new = !seen.contains(signs);
            if is_new {
                seen.push(*signs);
            }
            is_new
        });
        new.take(LINES_MAX)
    }
}
