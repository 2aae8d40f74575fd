//! Strings that begin on the line after their opener: those that end with their tag, and those that
//! end with their indentation.

use super::strings::{Rule, Text};
use super::{Mode, Scanner};
use crate::domain::language::Heredoc;

/// A string that begins with the next line.
#[derive(Clone, Debug)]
pub(super) struct Pending<'a> {
    rule: Rule<'a>,
    /// The closing tag; empty where indentation ends the string.
    tag: String,
    start: usize,
}

impl<'a> Scanner<'a> {
    /// Reads the opener of a string that begins on the next line, and says how many bytes it was.
    pub(super) fn announce_text(&mut self, text: &str, at: usize) -> Option<usize> {
        let rest = &text[at..];
        let opener = self.lexical.indented_text.iter().find(|open| rest.starts_with(*open));
        if let Some(open) = opener {
            let line = rest.lines().next().unwrap_or_default();
            let is_last = line[open.len()..].split(" #").next().unwrap_or_default();
            let is_last = is_last.trim_end().chars().all(|c| "+-123456789".contains(c));
            let is_apart = text[..at].ends_with([' ', '\t']);
            if is_last && is_apart && line.len() < rest.len() {
                let rule = Rule::Indented { indent: self.line_indent };
                self.pending.push(Pending { rule, tag: String::new(), start: self.position });
                return Some(line.len());
            }
        }
        let heredocs: &'a [Heredoc] = &self.lexical.heredocs;
        let (heredoc, tag) = heredocs.iter().find_map(|h| Some((h, Tag::read(h, rest)?)))?;
        // In arithmetic it shifts.
        let line = text[..at].lines().next_back().unwrap_or_default();
        if line.ends_with('<') || line.rfind("((") > line.rfind("))") {
            return None;
        }
        let rule = Rule::Heredoc { heredoc, has_code: !tag.is_raw };
        self.pending.push(Pending { rule, tag: tag.name.to_owned(), start: self.position });
        Some(tag.length)
    }

    /// At the beginning of a line: begins the first of the strings announced.
    pub(super) fn open_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let Pending { rule, tag, start } = self.pending.remove(0);
        self.mode = Mode::String { close: tag.clone(), start };
        self.text = Some(Text::new(rule, tag.into(), start, self.line_indent));
    }

    /// Reads a piece of a string that ends with its tag.
    pub(super) fn step_heredoc(
        &mut self,
        heredoc: &'a Heredoc,
        has_code: bool,
        text: &str,
        at: usize,
    ) -> usize {
        let rest = &text[at..];
        if std::mem::take(&mut self.is_line_start) {
            let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let line = if heredoc.is_indented { &rest[indent..] } else { rest };
            let tag = self.text.as_ref().map_or("", |text| &text.close);
            if line.strip_prefix(tag).is_some_and(ends_tag) {
                let length = rest.len() - line.len() + tag.len();
                self.line_indent = indent;
                self.leave_text(self.position + length);
                return length;
            }
        }
        if has_code && let Some(length) = self.enter_code(&heredoc.code, rest) {
            return length;
        }
        if rest.starts_with(['\n', '\r']) {
            self.start_line();
            return 1;
        }
        let begins_code = |c: char| heredoc.code.iter().any(|(open, _)| open.starts_with(c));
        let ends = |c: char| matches!(c, '\n' | '\r') || (has_code && begins_code(c));
        let first = rest.chars().next().map_or(1, char::len_utf8);
        rest[first..].find(ends).map_or(rest.len(), |end| first + end)
    }

    /// Reads a piece of a string that ends where a line is indented no deeper than `indent`.
    pub(super) fn step_indented(&mut self, indent: usize, text: &str, at: usize) -> usize {
        let rest = &text[at..];
        match rest.as_bytes()[0] {
            b'\n' | b'\r' => {
                self.start_line();
                return 1;
            }
            b' ' | b'\t' if self.is_line_start => {
                self.line_indent += 1;
                return 1;
            }
            _ if self.is_line_start && self.line_indent <= indent => {
                self.leave_text(self.position);
                return 0;
            }
            _ => self.is_line_start = false,
        }
        rest.find(['\n', '\r']).unwrap_or(rest.len())
    }

    /// Says that nothing follows: a string that its indentation ends is over where the line so far is
    /// blank and not indented deeper.
    pub fn settle(&mut self) {
        if let Some(Rule::Indented { indent }) = self.text.as_ref().map(|text| &text.rule)
            && self.is_line_start
            && self.line_indent <= *indent
        {
            self.leave_text(self.position);
        }
    }
}

/// Whether a line goes on behind its tag as behind a value.
fn ends_tag(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with(['\n', '\r', ';', ',', ')', ']', '.', '-'])
}

/// The opener of a heredoc.
struct Tag<'t> {
    name: &'t str,
    is_raw: bool,
    length: usize,
}

impl<'t> Tag<'t> {
    fn read(heredoc: &Heredoc, text: &'t str) -> Option<Self> {
        let rest = text.strip_prefix(heredoc.open.as_str())?;
        let rest = if heredoc.may_be_spaced { rest.trim_start_matches([' ', '\t']) } else { rest };
        let quote = rest.chars().next().filter(|c| "'\"\\`".contains(*c));
        let tag = &rest[quote.map_or(0, char::len_utf8)..];
        let length = tag.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
        let (name, after) = tag.split_at(length.unwrap_or(tag.len()));
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let is_operator =
            heredoc.is_capital && quote.is_none() && !name.starts_with(char::is_uppercase);
        let close = quote.filter(|quote| *quote != '\\');
        let after = close.map_or(Some(after), |quote| after.strip_prefix(quote))?;
        let length = text.len() - after.len();
        let is_raw = quote.is_some_and(|quote| quote != '"' && quote != '`');
        (is_name && !is_operator).then_some(Self { name, is_raw, length })
    }
}
