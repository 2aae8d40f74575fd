//! The runs of closers and separators that fit here: by what is open, and as lines end in this file.

use super::habits::{Before, LineEnd};
use crate::domain::language::BlockStyle;
use crate::domain::lexical::{Kind, Mode, Open};
use crate::domain::site::Site;

/// Bound: runs that are compared.
const RUNS_MAX: usize = 56;
/// Bound: bytes of the signs at the end of a line that are a run; more is an expression.
const RUN_BYTES_MAX: usize = 10;
/// Bound: delimiters closed in one run.
const CLOSED_MAX: usize = 4;
/// Bound: closing lines of the file that are compared.
const LINES_MAX: usize = 6;

/// A run that may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The text to insert.
    pub(super) text: String,
    /// How many delimiters it closes.
    pub(super) closes: usize,
    /// Whether it stands on a line of its own, below the cursor.
    pub(super) is_below: bool,
    /// Whether it closes a block as the last one of its kind was closed.
    pub(super) is_block_end: bool,
}

/// The runs that fit at `site`, where the line ends with the signs `so_far`.
pub(super) fn runs(site: &Site, ends: &[LineEnd<'_>], so_far: &str) -> Vec<Run> {
    let mut runs = Runs { site, ends, found: Vec::new() };
    match &site.mode {
        Mode::Code if site.is_line_start() => {
            runs.block_ends("");
            runs.opening_brace("");
        }
        Mode::Code => {
            runs.closers("");
            if site.line_suffix.trim().is_empty() {
                runs.separators();
                runs.below();
                runs.as_in_file(so_far);
                runs.line_ends();
            }
        }
        Mode::String { close, start } => {
            let line_start = site.offset - site.line_prefix.len();
            let has_text = site.offset > start + close.len();
            if site.unclosed_text.is_some() && !close.is_empty() && *start >= line_start && has_text
            {
                runs.closers(close);
            }
        }
        Mode::Text => runs.element(),
        Mode::LineComment | Mode::BlockComment { .. } => {}
    }
    runs.found
}

struct Runs<'s> {
    site: &'s Site,
    ends: &'s [LineEnd<'s>],
    found: Vec<Run>,
}

impl Runs<'_> {
    fn add(&mut self, text: String, closes: usize) {
        self.push(Run { text, closes, is_below: false, is_block_end: false });
    }

    fn push(&mut self, run: Run) {
        let is_new = !self.found.iter().any(|known| known.text == run.text);
        if is_new && !run.text.trim().is_empty() && self.found.len() < RUNS_MAX {
            self.found.push(run);
        }
    }

    /// One, two and more of what is open, innermost first, behind what closes a string.
    fn closers(&mut self, quote: &str) {
        self.add(quote.to_owned(), 0);
        if quote.is_empty() && self.site.line_suffix.trim().is_empty() {
            for (open, close) in &self.site.document.language.lexical.brackets {
                self.add(format!("{open}{close}"), 0);
            }
        }
        let mut text = quote.to_owned();
        for (index, open) in self.site.unclosed.iter().rev().take(CLOSED_MAX).enumerate() {
            let is_first = text.is_empty() && self.site.line_prefix.ends_with(' ');
            if (open.is_spaced || open.kind == Kind::Word) && !is_first {
                text.push(' ');
            }
            text.push_str(&open.close);
            self.add(text.clone(), index + 1);
            // Behind the code in a string comes the end of the string.
            if let Some(outer) = self.site.unclosed_text.as_ref().filter(|_| quote.is_empty()) {
                self.add(format!("{text}{}", outer.close), index + 1);
            }
        }
    }

    /// The closing tag of the element around.
    fn element(&mut self) {
        if let Some(open) = self.site.unclosed.last().filter(|open| open.kind == Kind::Element) {
            self.add(open.close.clone(), 1);
        }
    }

    /// What ends a statement, a row or the head of a block, alone and behind closers.
    fn separators(&mut self) {
        let site = self.site;
        let lexical = &site.document.language.lexical;
        let mut tails = vec![lexical.statement_end.clone(), ",".to_owned()];
        let is_spaced = site.line_prefix.ends_with(' ');
        for opener in &lexical.block_openers {
            let wants_space = opener != ":" && !is_spaced;
            tails.push(format!("{}{opener}", if wants_space { " " } else { "" }));
        }
        let closers: Vec<Run> = self.found.clone();
        for tail in tails.iter().filter(|tail| !tail.is_empty()) {
            self.add(tail.clone(), 0);
            for run in &closers {
                self.add(format!("{}{tail}", run.text), run.closes);
            }
        }
    }

    /// The signs other lines end with, as far as they fit what is open and go on from the signs that
    /// the line ends with so far.
    fn as_in_file(&mut self, so_far: &str) {
        let tails = (0..so_far.len()).filter(|at| so_far.is_char_boundary(*at));
        let tails = tails.map(|at| &so_far[at..]).filter(|tail| !tail.trim().is_empty());
        let tails: Vec<&str> = tails.collect();
        let is_spaced = so_far.ends_with(' ');
        for end in self.ends {
            let rest = match so_far.trim() {
                "" if is_spaced => Some(end.signs.trim_start()),
                "" => Some(end.signs),
                _ => tails.iter().find_map(|tail| {
                    let at = end.signs.find(tail)?;
                    Some(&end.signs[at + tail.len()..])
                }),
            };
            if let Some(rest) = rest.map(str::trim_end)
                && rest.len() <= RUN_BYTES_MAX
                && let Some(closes) = self.fits(rest)
            {
                self.add(rest.to_owned(), closes);
            }
        }
    }

    /// What lines of the language often end with, alone and behind one closer.
    fn line_ends(&mut self) {
        let site = self.site;
        if site.document.language.lexical.block_style == BlockStyle::None {
            return;
        }
        let is_spaced = site.line_prefix.ends_with(' ');
        let closer = self.found.iter().find(|run| run.closes == 1).map(|run| run.text.clone());
        for end in &site.document.language.lexical.line_ends {
            let alone = if is_spaced { end.trim_start() } else { end };
            self.add(alone.to_owned(), 0);
            if let Some(closer) = &closer {
                self.add(format!("{closer}{end}"), 1);
            }
        }
    }

    /// How many delimiters of those that are open a run closes; `None` if it does not fit.
    fn fits(&self, run: &str) -> Option<usize> {
        let lexical = &self.site.document.language.lexical;
        let mut open: Vec<&Open> = self.site.unclosed.iter().collect();
        let mut inner: Vec<char> = Vec::new();
        let mut closes = 0;
        for c in run.chars() {
            if let Some((_, close)) = lexical.brackets.iter().find(|(open, _)| *open == c) {
                inner.push(*close);
            } else if lexical.brackets.iter().any(|(_, close)| *close == c)
                && inner.pop_if(|close| *close == c).is_none()
            {
                let is_match = open.pop().is_some_and(|open| open.close.chars().eq([c]));
                if !inner.is_empty() || !is_match {
                    return None;
                }
                closes += 1;
            }
        }
        Some(closes)
    }

    /// What closes the block around, on the cursor's line or behind a line break: alone, with all
    /// that was opened on the same line, with a separator, and as the last block of its kind.
    fn block_ends(&mut self, lead: &str) {
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
        runs.extend(as_before.clone().map(|text| (text, 1)));
        runs.extend(self.closing_lines(&first.close).map(|text| (text.to_owned(), 1)));
        for (run, closes) in runs {
            let is_block_end = as_before.as_ref() == Some(&run);
            let text = format!("{lead}{run}");
            self.push(Run { text, closes, is_below: !lead.is_empty(), is_block_end });
        }
    }

    /// The closing line of the block around, and an opening brace on a line of its own.
    fn below(&mut self) {
        let site = self.site;
        let line_start = site.offset - site.line_prefix.len();
        if site.enclosing.last().is_some_and(|open| open.start < line_start) {
            self.block_ends("\n");
        }
        self.opening_brace("\n");
    }

    fn opening_brace(&mut self, lead: &str) {
        let site = self.site;
        if site.document.language.lexical.block_openers.iter().any(|opener| opener == "{") {
            let indent = if lead.is_empty() { "" } else { site.indent.as_str() };
            let text = format!("{lead}{indent}{{");
            self.push(Run { text, closes: 0, is_below: !lead.is_empty(), is_block_end: false });
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
