//! Strings and comments: how they open, what ends them, and the code inside them.

use std::borrow::Cow;

use super::{DEPTH_MAX, Kind, Mode, Open, Scanner};
use crate::domain::language::{Delimited, Heredoc, Place};

/// By what a text goes on and ends.
#[derive(Clone, Debug)]
pub(super) enum Rule<'a> {
    /// With a closing text.
    Delimited(&'a Delimited),
    /// With a line that holds its tag.
    Heredoc { heredoc: &'a Heredoc, has_code: bool },
    /// With a line indented no deeper than this.
    Indented { indent: usize },
}

/// The string or comment being read.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) rule: Rule<'a>,
    pub(super) close: Cow<'a, str>,
    /// What opens another level of the same; empty where none nests.
    nested: Cow<'a, str>,
    depth: usize,
    /// Whether the scan is in a part in which the closing text does not close.
    is_in_class: bool,
    pub(super) start: usize,
    pub(super) line_indent: usize,
}

impl<'a> Text<'a> {
    pub(super) fn new(
        rule: Rule<'a>,
        close: Cow<'a, str>,
        start: usize,
        line_indent: usize,
    ) -> Self {
        let nested = Cow::from("");
        Self { rule, close, nested, depth: 1, is_in_class: false, start, line_indent }
    }

    /// The text as a delimiter.
    pub(super) fn as_open(&self) -> Open {
        let open = match &self.rule {
            Rule::Delimited(delimited) => &delimited.open,
            Rule::Heredoc { heredoc, .. } => &heredoc.open,
            Rule::Indented { .. } => "",
        };
        Open {
            kind: Kind::Text,
            open: open.to_owned(),
            close: self.close.to_string(),
            start: self.start,
            line_indent: self.line_indent,
            is_spaced: false,
        }
    }

    /// Whether it may run over line ends.
    pub(super) fn is_multiline(&self) -> bool {
        !matches!(&self.rule, Rule::Delimited(delimited) if !delimited.is_multiline)
    }
}

/// A string whose interpolated code is being scanned.
#[derive(Clone, Debug)]
pub(super) struct Suspended<'a> {
    pub(super) text: Text<'a>,
    mode: Mode,
    /// How many delimiters are open around it.
    pub(super) outside: usize,
}

impl<'a> Scanner<'a> {
    /// Opens the string or comment that begins at `at`, if one does.
    pub(super) fn open_text(&mut self, text: &str, at: usize, is_first: bool) -> Option<usize> {
        if self.is_in_tag() && !text[at..].starts_with("<!") {
            return None;
        }
        let lexical = self.lexical;
        let rest = &text[at..];
        let comment = lexical.block_comments.iter().find_map(|comment| {
            let opening = comment.opening(rest)?;
            self.is_place(comment, text, at, is_first).then_some((comment, opening))
        });
        if let Some((comment, opening)) = comment {
            self.remember(text, at);
            self.mode = Mode::BlockComment { close: opening.close.to_string() };
            let nested = opening.nested;
            let mut inside = self.text_at(comment, opening.close);
            inside.nested = nested;
            self.text = Some(inside);
            return Some(opening.length);
        }
        if lexical.line_comments.iter().any(|open| rest.starts_with(open))
            && !(lexical.are_comments_spaced && is_in_word(text, at))
        {
            self.remember(text, at);
            self.mode = Mode::LineComment;
            return Some(1);
        }
        if let Some(length) = self.announce_text(text, at) {
            return Some(length);
        }
        let (string, opening) = lexical.strings.iter().find_map(|string| {
            let opening = string.opening(rest)?;
            self.is_place(string, text, at, is_first).then_some((string, opening))
        })?;
        if !opens_char(string, text, at) {
            return None;
        }
        if self.ends_torn_code(&opening.close, &rest[opening.length..]) {
            return Some(0);
        }
        self.mode = Mode::String { close: opening.close.to_string(), start: self.position };
        let mut inside = self.text_at(string, opening.close);
        inside.nested = opening.nested;
        self.text = Some(inside);
        Some(opening.length)
    }

    pub(super) fn text_at(&self, rule: &'a Delimited, close: Cow<'a, str>) -> Text<'a> {
        Text::new(Rule::Delimited(rule), close, self.position, self.line_indent)
    }

    /// Notes whether a value is expected where a comment begins.
    pub(super) fn remember(&mut self, text: &str, at: usize) {
        if self.looks_back {
            self.is_value_at_floor = self.expects_value(text, at);
        }
    }

    fn is_place(&self, delimited: &Delimited, text: &str, at: usize, is_first: bool) -> bool {
        let rest = &text[at..];
        let is_right = match delimited.place {
            Place::Anywhere => true,
            Place::Value => self.expects_value(text, at),
            Place::Field => is_first || self.expects_value(text, at),
            Place::Line => is_first,
            Place::Argument => {
                let after = rest[delimited.open.len()..].chars().next();
                let is_apart = text[..at].ends_with([' ', '\t']);
                let is_argument = is_apart && after.is_some_and(|c| !c.is_whitespace() && c != '=');
                let before = text[..at].trim_end();
                let is_name = before.ends_with(|c| self.lexical.is_word(c));
                (is_argument && is_name) || self.expects_value(text, at)
            }
        };
        // The letters of `r"` and `f'` count only where they begin a word.
        let is_prefixed = delimited.open.starts_with(char::is_alphabetic);
        let is_word = |c| self.lexical.is_word(c);
        // What may not run over a line end and does is something else.
        let is_whole = || {
            let line = rest[delimited.open.len()..].lines().next().unwrap_or_default();
            delimited.open.len() + line.len() == rest.len() || line.contains(&delimited.close)
        };
        is_right
            && !(is_prefixed && text[..at].ends_with(is_word))
            && (delimited.is_multiline
                || !matches!(delimited.place, Place::Value | Place::Argument)
                || is_whole())
    }

    /// Reads a piece of a string or comment and says how many bytes it was.
    pub(super) fn step_text(&mut self, text: &str, at: usize) -> usize {
        match self.text.as_ref().map(|text| text.rule.clone()) {
            Some(Rule::Delimited(delimited)) => self.step_delimited(delimited, text, at),
            Some(Rule::Heredoc { heredoc, has_code }) => {
                self.step_heredoc(heredoc, has_code, text, at)
            }
            Some(Rule::Indented { indent }) => self.step_indented(indent, text, at),
            None => {
                self.mode = self.mode_between();
                0
            }
        }
    }

    fn step_delimited(&mut self, delimited: &'a Delimited, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let byte = bytes[at];
        // A string that may not run over lines ends with its line, closed or not.
        if matches!(byte, b'\n' | b'\r') {
            if !delimited.is_multiline {
                self.tear_text();
            }
            self.start_line();
            return 1;
        }
        let Some(inside) = &mut self.text else { return 1 };
        // The escape is an ASCII character in every row; of the others the first byte decides.
        let first = |text: &str| text.as_bytes().first().copied();
        let class = delimited.class.map(|(open, close)| [open as u8, close as u8]);
        let escape = delimited.escape.and_then(|escape| u8::try_from(escape).ok());
        let mut codes = delimited.code.iter().map(|(open, _)| first(open));
        let stops = [
            Some(b'\r'),
            first(&inside.close),
            escape,
            first(&inside.nested),
            codes.next().flatten(),
            codes.next().flatten(),
            class.map(|class| class[0]),
            class.map(|class| class[1]),
        ];
        let stops = stops.map(|stop| stop.unwrap_or(b'\n'));
        let ends_run = |byte: u8| byte == b'\n' || stops.contains(&byte);
        let rest = &bytes[at..];
        let run = if stops[2..].iter().all(|stop| *stop == b'\n') {
            memchr::memchr3(b'\n', stops[0], stops[1], rest).unwrap_or(rest.len())
        } else {
            rest.iter().take_while(|byte| !ends_run(**byte)).count()
        };
        if run > 0 {
            return run;
        }
        // Continuation bytes cannot begin a delimiter and would not be a boundary to slice at.
        if (0x80..0xc0).contains(&byte) {
            return 1;
        }
        if let Some([open, close]) = class {
            inside.is_in_class = (inside.is_in_class || byte == open) && byte != close;
        }
        let rest = &text[at..];
        if inside.is_in_class {
            return if escape == Some(byte) { self.step_escape(rest) } else { 1 };
        }
        if rest.starts_with(&*inside.close) {
            let length = inside.close.len();
            if delimited.is_doubled && rest[length..].starts_with(&*inside.close) {
                return 2 * length;
            }
            inside.depth -= 1;
            if inside.depth == 0 {
                self.is_line_start = false;
                self.leave_text(self.position + length);
            }
            return length;
        }
        if !inside.nested.is_empty() && rest.starts_with(&*inside.nested) {
            inside.depth += 1;
            return inside.nested.len();
        }
        if let Some(length) = self.enter_code(&delimited.code, rest) {
            return length;
        }
        if escape == Some(byte) { self.step_escape(rest) } else { 1 }
    }

    /// Reads an escape and what it takes the meaning from. An escaped line end ends no string.
    fn step_escape(&mut self, rest: &str) -> usize {
        let next = rest[1..].chars().next();
        let length = 1 + next.map_or(0, char::len_utf8);
        if matches!(next, Some('\n' | '\r')) {
            let length = if rest[1..].starts_with("\r\n") { 3 } else { length };
            self.position += length - 1;
            self.start_line();
            return length;
        }
        length
    }

    /// Opens the interpolated code that `rest` begins with, and says how many bytes that was.
    pub(super) fn enter_code(
        &mut self,
        codes: &'a [(String, String)],
        rest: &str,
    ) -> Option<usize> {
        let (open, close) = codes.iter().find(|(open, _)| rest.starts_with(open.as_str()))?;
        // A doubled opener stands for itself.
        if open.len() == 1 && rest[1..].starts_with(open.as_str()) {
            return Some(2);
        }
        if self.suspended.len() >= DEPTH_MAX / 2 || self.stack.len() + 2 > DEPTH_MAX {
            return None;
        }
        let text = self.text.take()?;
        let mode = std::mem::take(&mut self.mode);
        let outside = self.stack.len();
        self.stack.push(text.as_open());
        self.suspended.push(Suspended { text, mode, outside });
        self.push(Kind::Bracket, open.clone(), close.clone(), false);
        self.set_floor(self.position + open.len(), true);
        Some(open.len())
    }

    /// Back to the string when the delimiter that opened its code has just been closed, or to the
    /// text between tags.
    pub(super) fn leave_code(&mut self) {
        let depth = self.stack.len();
        if let Some(string) = self.suspended.pop_if(|string| string.outside + 1 >= depth) {
            self.stack.truncate(string.outside);
            self.mode = string.mode;
            self.text = Some(string.text);
        } else {
            self.mode = self.mode_between();
        }
    }

    /// Ends the string or comment at `position`.
    pub(super) fn leave_text(&mut self, position: usize) {
        let is_string = matches!(self.mode, Mode::String { .. });
        self.mode = self.mode_between();
        self.text = None;
        self.set_floor(position, self.is_value_at_floor && !is_string);
    }

    /// Ends a text whose closer was forgotten.
    pub(super) fn tear_text(&mut self) {
        let cursor = self.cursor.unwrap_or(0);
        let torn = self.text.take().filter(|text| text.start < cursor);
        self.missing.extend(torn.map(|text| text.as_open()));
        self.leave_text(self.position);
    }

    /// At a line end: ends strings that may not run over it and whose code was left open.
    pub(super) fn drop_torn_strings(&mut self) {
        while let Some(string) = self.suspended.pop_if(|string| !string.text.is_multiline()) {
            self.drop_from(string.outside);
        }
    }

    /// Whether a quote in interpolated code is that of the string around it, whose code was left
    /// open: the string ends with the line, and no second quote follows.
    fn ends_torn_code(&mut self, close: &str, after: &str) -> bool {
        let line = after.lines().next().unwrap_or_default();
        let is_torn = |string: &mut Suspended<'_>| {
            !string.text.is_multiline() && string.text.close == close && !line.contains(close)
        };
        let Some(string) = self.suspended.pop_if(is_torn) else { return false };
        self.tear_code(string);
        true
    }

    /// Back in the string although the code in it was left open.
    pub(super) fn tear_code(&mut self, string: Suspended<'a>) {
        self.drop_from(string.outside + 1);
        self.stack.truncate(string.outside);
        self.mode = string.mode;
        self.text = Some(string.text);
    }

    /// Forgets the delimiters from `index` on; those opened before the cursor are missing.
    fn drop_from(&mut self, index: usize) {
        while self.stack.len() > index {
            self.drop_innermost();
        }
    }
}

fn is_in_word(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| !(c.is_whitespace() || ";()&|`".contains(c)))
}

/// Whether the opener really opens: a literal of one character must close right after it, or the
/// quote is something else, such as the tick of a lifetime.
fn opens_char(delimited: &Delimited, text: &str, at: usize) -> bool {
    if !delimited.is_char {
        return true;
    }
    let mut inside = text[at + delimited.open.len()..].chars();
    match inside.next() {
        Some(first) if Some(first) == delimited.escape => true,
        Some('\n' | '\r') | None => false,
        Some(_) => inside.as_str().starts_with(&delimited.close),
    }
}
