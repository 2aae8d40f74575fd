//! The runs of closers and separators that fit here: by what is open, and as lines end in this file.

mod below;
mod rests;
mod usual;

use super::habits::LineEnd;
use crate::domain::lexical::{Kind, Mode, Open};
use crate::domain::local::text::Lines;
use crate::domain::site::Site;

/// Bound: runs that are compared.
const RUNS_MAX: usize = 56;
/// Bound: bytes of the signs at the end of a line that are a run; more is an expression.
const RUN_BYTES_MAX: usize = 10;
/// Bound: delimiters closed in one run.
const CLOSED_MAX: usize = 4;

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
    /// Bytes that come before the closers: the rest of a half-typed operator and what it takes.
    pub(super) head: usize,
    /// How other lines go on there; zeros without such a head.
    pub(super) likeness: Likeness,
}

/// How like the cursor's line the lines are that go on as a run does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Likeness {
    /// How many characters before the sign are the same.
    pub(super) same_before: usize,
    /// How many lines go on so.
    pub(super) lines: usize,
    /// Whether some line goes on with the whole run, not with its head only.
    pub(super) is_whole: bool,
}

impl Run {
    /// A run on the cursor's line.
    fn on_line(text: String, closes: usize) -> Self {
        let likeness = Likeness::default();
        Self { text, closes, is_below: false, is_block_end: false, head: 0, likeness }
    }

    /// What it has of closers and separators.
    pub(super) fn signs(&self) -> &str {
        &self.text[self.head..]
    }
}

/// The runs that fit at `site`, where the line ends with the signs `so_far`.
pub(super) fn runs(site: &Site, lines: &Lines<'_>, ends: &[LineEnd<'_>], so_far: &str) -> Vec<Run> {
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
                runs.rests(lines);
                runs.below();
                runs.as_in_file(so_far);
                runs.line_ends();
                runs.pairs();
                runs.heads();
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

/// What opens a block as it follows a closer: with a space before it, but for a colon.
fn spaced(opener: &str) -> String {
    if opener == ":" { opener.to_owned() } else { format!(" {opener}") }
}

struct Runs<'s> {
    site: &'s Site,
    ends: &'s [LineEnd<'s>],
    found: Vec<Run>,
}

impl Runs<'_> {
    fn add(&mut self, text: String, closes: usize) {
        self.push(Run::on_line(text, closes));
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
        tails.extend(lexical.block_openers.iter().map(|opener| spaced(opener)));
        let is_spaced = site.line_prefix.ends_with(' ');
        let closers: Vec<Run> = self.found.clone();
        for tail in tails.iter().filter(|tail| !tail.is_empty()) {
            self.add(if is_spaced { tail.trim_start() } else { tail }.to_owned(), 0);
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
}
