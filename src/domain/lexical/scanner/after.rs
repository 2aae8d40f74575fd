//! What the text after the cursor leaves unclosed: the scan goes on behind the cursor.

use super::strings::{Rule, Text};
use super::{Kind, Mode, Open, Scanner};
use crate::domain::language::Place;

/// What was opened before the cursor and is not closed after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unclosed {
    /// Delimiters, outermost first.
    pub delimiters: Vec<Open>,
    /// The string or comment that the cursor is in.
    pub text: Option<Open>,
}

impl Scanner<'_> {
    /// What the text fed so far has opened and `suffix`, the text after it, does not close.
    pub fn unclosed(&self, suffix: &str) -> Unclosed {
        let mut rest = self.clone();
        rest.drop_stale_angles();
        rest.missing.clear();
        rest.cursor = Some(self.position);
        // The rest of the cursor's line is not the beginning of a line.
        rest.is_line_start &= self.mode != Mode::Code;
        let mut missing = match &self.text {
            Some(text) => rest.after_text(text, suffix),
            None => rest.after_code(suffix),
        };
        missing.sort_by_key(|open| open.start);
        let start = self.text.as_ref().map(|text| text.start);
        let is_text = |open: &Open| open.kind == Kind::Text && Some(open.start) == start;
        let at = missing.iter().position(is_text);
        let text = at.map(|at| missing.remove(at));
        Unclosed { delimiters: missing, text }
    }

    fn after_code(mut self, suffix: &str) -> Vec<Open> {
        let line = suffix.lines().next().unwrap_or_default();
        // A quote right at the cursor is that of the string around, unless its code goes on.
        if let Some(string) = self.suspended.last()
            && line.trim_start().starts_with(&*string.text.close)
            && self.stack.get(string.outside + 1).is_some_and(|code| !line.contains(&code.close))
            && let Some(string) = self.suspended.pop()
        {
            self.tear_code(string);
        }
        self.read_on(suffix);
        self.missing()
    }

    fn after_text(self, text: &Text<'_>, suffix: &str) -> Vec<Open> {
        let (line, below) = suffix.split_at(suffix.find(['\n', '\r']).unwrap_or(suffix.len()));
        let mut closed = self.clone();
        closed.read_on(line);
        let closes_on_line = !closed.has(text);
        closed.feed(below);
        if closes_on_line || matches!(text.rule, Rule::Indented { .. }) {
            return closed.missing();
        }
        // The closer was forgotten: code goes on behind the line, or at once where nothing but
        // closers follows.
        let is_end = line.chars().all(|c| c.is_whitespace() || ")]};,".contains(c));
        let is_end = is_end && matches!(self.mode, Mode::String { .. });
        let mut torn = self;
        torn.tear_text();
        if is_end {
            torn.feed(suffix);
        } else {
            torn.position += line.len();
            torn.feed(below);
        }
        let is_right = match &text.rule {
            Rule::Delimited(_) if closed.has(text) => false,
            Rule::Delimited(delimited) if !delimited.is_multiline => false,
            // Where a quote opens only in places, the next shows by its place what it does.
            Rule::Delimited(delimited) if delimited.place != Place::Anywhere => {
                let before = below.split(&*text.close).next().unwrap_or_default();
                !before.ends_with(|c: char| c.is_whitespace() || "[{(,:".contains(c))
            }
            // Were it forgotten, the quotes that follow would not pair.
            Rule::Delimited(delimited) if delimited.open == text.close => {
                matches!(&torn.mode, Mode::String { close, .. } if *close == text.close)
            }
            Rule::Delimited(delimited) => {
                let open = suffix.find(&delimited.open);
                suffix.find(&*text.close).is_some_and(|close| open.is_none_or(|open| close <= open))
            }
            Rule::Heredoc { .. } | Rule::Indented { .. } => !closed.has(text),
        };
        if is_right { closed.missing() } else { torn.missing() }
    }

    /// Reads on behind the cursor while something is open that was opened before it.
    fn read_on(&mut self, text: &str) {
        let cursor = self.cursor.unwrap_or(0);
        for line in text.split_inclusive('\n') {
            let is_inside = self.text.as_ref().is_some_and(|text| text.start < cursor);
            if self.outer() == 0 && !is_inside && self.suspended.is_empty() {
                break;
            }
            self.feed(line);
        }
    }

    /// Whether a text goes on, or was found to be left open.
    fn has(&self, text: &Text<'_>) -> bool {
        let goes_on = self.text.as_ref().is_some_and(|now| now.start == text.start);
        let outer = self.suspended.iter().any(|string| string.text.start == text.start);
        goes_on || outer || self.missing.iter().any(|open| open.start == text.start)
    }

    /// Everything from before the cursor that is still open, or was found to be left open.
    fn missing(mut self) -> Vec<Open> {
        let cursor = self.cursor.unwrap_or(0);
        let text = self.text.as_ref().filter(|text| !matches!(text.rule, Rule::Indented { .. }));
        self.missing.extend(text.map(Text::as_open));
        self.missing.append(&mut self.stack);
        self.missing.retain(|open| open.start < cursor);
        self.missing
    }
}
