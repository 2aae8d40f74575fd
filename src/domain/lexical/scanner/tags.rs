//! Elements with tags: a whole text of markup, or elements that are values in code.
//!
//! What the scan reads follows from what is open: inside a tag stand attributes, inside an element
//! text, inside brackets code.

use super::{Kind, Mode, Open, Scanner};
use crate::domain::language::Tags;

impl<'a> Scanner<'a> {
    pub(super) fn is_in_tag(&self) -> bool {
        self.stack.last().is_some_and(|open| open.kind == Kind::Tag)
    }

    /// Reads what belongs to a tag, met in code or among attributes, and says how many bytes it was.
    pub(super) fn step_tag(&mut self, text: &str, at: usize) -> Option<usize> {
        let tags = self.lexical.tags.as_ref()?;
        let is_in_tag = self.is_in_tag();
        let rest = &text[at..];
        match text.as_bytes()[at] {
            b'>' if is_in_tag => Some(self.finish_tag(tags, text[..at].ends_with('/'))),
            b'<' if self.begins_tag(tags, text, at) => {
                if is_in_tag && let Some(tag) = self.stack.last().cloned() {
                    // The tag before was left open.
                    self.drop_innermost();
                    self.begin_element(tags, tag);
                }
                Some(self.begin_tag(rest))
            }
            _ if is_in_tag => {
                let string = tags.strings.iter().find(|string| rest.starts_with(&string.open))?;
                let close = string.close.clone();
                self.mode = Mode::String { close: close.clone(), start: self.position };
                self.text = Some(self.text_at(string, close.into()));
                Some(string.open.len())
            }
            _ => None,
        }
    }

    /// Whether the `<` at `at` begins a tag rather than being an operator.
    fn begins_tag(&self, tags: &Tags, text: &str, at: usize) -> bool {
        let mut after = text[at + 1..].chars();
        let begins =
            |c: char| c.is_alphabetic() || c == '_' || c == '/' || (c == '>' && !tags.is_markup);
        let next = after.next();
        if self.is_in_tag() {
            // A name right before it has arguments of its own.
            let is_apart = text[..at].ends_with(char::is_whitespace);
            return next.is_some_and(begins) && is_apart;
        }
        if tags.is_markup {
            let raw = self.stack.iter().rev().find(|open| open.kind == Kind::Element);
            let closes = |open: &Open| after.as_str().starts_with(&open.open[1..]);
            return next == Some('/') && raw.is_some_and(closes);
        }
        let name = name(&text[at + 1..]);
        let rest = text[at + 1 + name.len()..].trim_start_matches(' ');
        let is_list_of_types = rest.starts_with(',') || rest.starts_with("extends ");
        next.is_some_and(begins)
            && next != Some('/')
            && !is_list_of_types
            && self.expects_value(text, at)
    }

    /// Reads text between tags, up to the next tag, code or line.
    pub(super) fn step_between_tags(&mut self, text: &str, at: usize) -> usize {
        let Some(tags) = &self.lexical.tags else {
            self.mode = Mode::Code;
            return 0;
        };
        let rest = &text[at..];
        match text.as_bytes()[at] {
            b'\n' | b'\r' => {
                self.start_line();
                return 1;
            }
            b' ' | b'\t' if self.is_line_start => {
                self.line_indent += 1;
                return 1;
            }
            _ => {}
        }
        let is_first = std::mem::take(&mut self.is_line_start);
        if let Some(after) = rest.strip_prefix('<') {
            if let Some(length) = self.open_text(text, at, is_first) {
                return length;
            }
            let next = after.chars().next();
            let begins =
                |c: char| c.is_alphabetic() || "_/!?".contains(c) || (c == '>' && !tags.is_markup);
            return if next.is_none_or(begins) { self.begin_tag(rest) } else { 1 };
        }
        if !tags.code.is_empty() && rest.starts_with(&tags.code) {
            for open in tags.code.chars() {
                let pair = self.lexical.brackets.iter().find(|(known, _)| *known == open);
                let close = pair.map_or(open, |(_, close)| *close);
                self.push(Kind::Bracket, open.to_string(), close.to_string(), false);
            }
            self.mode = Mode::Code;
            self.set_floor(self.position + tags.code.len(), true);
            return tags.code.len();
        }
        if !tags.is_markup && self.step_torn(rest, is_first) {
            return 1;
        }
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let ends = |c: char| "<{})]\n\r".contains(c);
        rest[first..].find(ends).map_or(rest.len(), |end| first + end)
    }

    /// Reads a closing bracket that cannot be text: elements inside what it closes were left open.
    fn step_torn(&mut self, rest: &str, is_first: bool) -> bool {
        let bracket = rest.chars().next().filter(|c| ")]}".contains(*c));
        let line = rest.lines().next().unwrap_or_default();
        let is_end = line.chars().all(|c| c.is_whitespace() || ")]};,".contains(c));
        let is_at_cursor = || self.cursor.is_some_and(|cursor| cursor >= self.line_start);
        let Some(bracket) = bracket else { return false };
        if bracket != '}' && !(is_end && (is_first || is_at_cursor())) {
            return false;
        }
        let is_match = |open: &Open| open.kind == Kind::Bracket && open.close.ends_with(bracket);
        let is_closed = self.close(is_match, is_first);
        if is_closed {
            self.leave_code();
        }
        is_closed
    }

    /// Reads the beginning of a tag and says how many bytes it was.
    fn begin_tag(&mut self, rest: &str) -> usize {
        self.mode = Mode::Code;
        if let Some(after) = rest.strip_prefix("</") {
            return self.begin_closing_tag(after);
        }
        let mark = if rest.starts_with("<!") || rest.starts_with("<?") { 2 } else { 1 };
        let length = mark + name(&rest[mark..]).len();
        self.push(Kind::Tag, rest[..length].to_owned(), ">".to_owned(), false);
        length
    }

    /// Closes the element that a closing tag names. A half-typed name is that of the innermost.
    fn begin_closing_tag(&mut self, after: &str) -> usize {
        let typed = name(after);
        let innermost = self.stack.last().filter(|open| open.kind == Kind::Element);
        let goes_on = innermost
            .filter(|_| typed.len() == after.len())
            .and_then(|open| open.open[1..].strip_prefix(typed))
            .unwrap_or_default();
        let (whole, close) = (format!("{typed}{goes_on}"), format!("{goes_on}>"));
        let is_match = |open: &Open| open.kind == Kind::Element && open.open[1..] == whole;
        let is_first = self.line_start + self.line_indent == self.position;
        self.close(is_match, is_first);
        self.push(Kind::Tag, format!("</{typed}"), close, false);
        "</".len() + typed.len()
    }

    /// At the `>` of a tag.
    fn finish_tag(&mut self, tags: &'a Tags, closes_itself: bool) -> usize {
        if let Some(tag) = self.stack.pop()
            && !closes_itself
        {
            self.begin_element(tags, tag);
        }
        self.mode = self.mode_between();
        self.set_floor(self.position + 1, false);
        1
    }

    /// The element of an opening tag, where it has content.
    fn begin_element(&mut self, tags: &Tags, tag: Open) {
        let name = tag.open[1..].to_owned();
        let has_content = !name.starts_with(['/', '!', '?']) && !tags.void.contains(&name);
        if has_content {
            let close = format!("</{name}>");
            self.stack.push(Open { kind: Kind::Element, close, ..tag });
        }
    }
}

/// The name of an element.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "_-.:".contains(c)));
    &text[..end.unwrap_or(text.len())]
}
