//! The runs of closers and separators that fit here: by what is open, and as lines end in this file.

use super::habits::LineEnd;
use crate::domain::lexical::{Kind, Mode, Open};
use crate::domain::site::Site;
use crate::domain::text;

/// Bound: runs that are compared.
const RUNS_MAX: usize = 48;
/// Bound: bytes of the signs at the end of a line that are a run; more is an expression.
const RUN_BYTES_MAX: usize = 10;
/// Bound: delimiters closed in one run.
const CLOSED_MAX: usize = 4;
/// Bytes looked through for the last block of the same kind.
const BLOCK_BYTES: usize = 4 << 10;

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

/// The runs that fit at `site`.
pub(super) fn runs(site: &Site, ends: &[LineEnd<'_>]) -> Vec<Run> {
    let mut runs = Runs { site, found: Vec::new() };
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
                runs.as_in_file(ends);
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
    fn as_in_file(&mut self, ends: &[LineEnd<'_>]) {
        let (so_far, _) = super::habits::signs_of(&self.site.line_prefix, self.site);
        let tails = (0..so_far.len()).filter(|at| so_far.is_char_boundary(*at));
        let tails: Vec<&str> = match so_far {
            "" => vec![""],
            _ => tails.map(|at| &so_far[at..]).filter(|tail| !tail.trim().is_empty()).collect(),
        };
        for end in ends {
            let rest = tails.iter().find_map(|tail| {
                let at = if tail.is_empty() { Some(0) } else { end.signs.find(tail) }?;
                Some(end.signs[at + tail.len()..].trim_end())
            });
            if let Some(rest) = rest
                && rest.len() <= RUN_BYTES_MAX
                && let Some(closes) = self.fits(rest)
            {
                self.add(rest.to_owned(), closes);
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
        let as_before = block_end(site, first);
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
}

/// How the last block of the same kind was closed at this indentation: `}`, `},`, `});`. `None`
/// where there was none.
fn block_end(site: &Site, open: &Open) -> Option<String> {
    let rope = &site.document.rope;
    let lexical = &site.document.language.lexical;
    let first = |line: &str| super::habits::first_of(line, site).to_owned();
    let line = text::line_range(rope, open.start);
    let opener = text::head_after(rope, line.start, (open.start - line.start).min(BLOCK_BYTES));
    let opener = first(opener.trim_start());
    let before = text::tail_before(rope, line.start, BLOCK_BYTES);
    let mut end = None;
    for line in before.lines().rev() {
        let content = line.trim_start();
        if content.is_empty() || line.len() - content.len() != open.line_indent {
            continue;
        }
        if content.starts_with(&open.close) && !content.contains(|c| lexical.is_word(c)) {
            end = Some(content.trim_end());
        } else if let Some(end) = end.take()
            && first(content) == opener
        {
            return Some(end.to_owned());
        }
    }
    None
}
