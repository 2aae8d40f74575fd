//! Reading what was written into entries: a flat list of key, value and place.
//!
//! A user's file is broken most often while it is being edited. So a syntax error costs the line it
//! is on, not the file: the text is cut at its table headers, each table is read by itself, and
//! lines that do not parse are blanked one at a time. A line that stays never moves to another
//! table, because a key that strays from one model to the next would be sent to the wrong server.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::kind::Kind;
use super::options;
use super::problem::{Fault, Place, Problem};
use super::value::{Key, Value};

mod json;

pub use json::from_json;

/// One key that was set.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// Its value.
    pub value: Value,
    /// Where it was written.
    pub place: Place,
}

/// Everything one source says.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The keys that were set, each once.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Whether something could not be read: then a key that is not there may still be meant.
    pub is_partial: bool,
    seen: BTreeSet<Key>,
}

impl Source {
    /// A source that could not be read at all.
    pub fn unreadable(problem: Problem) -> Self {
        Self { problems: vec![problem], is_partial: true, ..Self::default() }
    }

    /// A source that says nothing but deserves a word.
    pub fn empty_with(problem: Problem) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }

    fn push(&mut self, key: Key, value: Value, place: Place) {
        if self.seen.insert(key.clone()) {
            self.entries.push(Entry { key, value, place });
        } else {
            let fault = Fault::plain("set twice: the first value stays");
            self.problems.push(Problem::at(Some(&place), &key, None, fault));
        }
    }
}

/// Bound: the most syntax errors reported for one text; what follows is not read.
const ERRORS_MAX: usize = 20;

/// Reads TOML text; `name` stands for it in places.
pub fn from_toml(name: &str, text: &str) -> Source {
    let starts = text.match_indices('\n').map(|(newline, _)| newline + 1);
    let lines = std::iter::once(0).chain(starts).collect();
    let mut reader = Reader { name: name.into(), text, lines, out: Source::default() };
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        reader.table(table.get_ref(), &Key::default(), 0, &[]);
        return reader.out;
    }
    reader.out.is_partial = true;
    for section in sections(text) {
        reader.section(section);
        if reader.out.problems.len() >= ERRORS_MAX {
            break;
        }
    }
    if reader.out.problems.is_empty() {
        // Each table is fine by itself and they are wrong together.
        for error in errors.iter().take(ERRORS_MAX) {
            reader.error(error.message(), error.span().map_or(0, |span| span.start));
        }
    }
    reader.out
}

struct Reader<'a> {
    name: Arc<str>,
    text: &'a str,
    /// Where each line starts.
    lines: Vec<usize>,
    out: Source,
}

impl Reader<'_> {
    /// Reads one table of a text with errors, blanking lines until the rest parses.
    fn section(&mut self, section: Range<usize>) {
        let offset = section.start;
        let mut text = self.text[section].to_owned();
        let mut blanked = Vec::new();
        loop {
            let (table, errors) = DeTable::parse_recoverable(&text);
            let Some(error) = errors.first() else {
                self.table(table.get_ref(), &Key::default(), offset, &blanked);
                return;
            };
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            self.error(error.message(), offset + at);
            let line = line_to_blank(&text, at);
            let is_header = text[line.clone()].trim_start().starts_with('[') && line.start == 0;
            if self.out.problems.len() >= ERRORS_MAX || is_header || line.is_empty() {
                return;
            }
            text.replace_range(line.clone(), &" ".repeat(line.len()));
            blanked.push(line);
        }
    }

    /// Flattens a table. Entries that reach over a blanked line are not what was meant.
    fn table(&mut self, table: &DeTable<'_>, under: &Key, offset: usize, blanked: &[Range<usize>]) {
        for (name, value) in table {
            let key = under.child(name.get_ref());
            let span = name.span().start..value.span().end;
            let is_map = options::find(&key).is_some_and(|row| row.kind == Kind::Map);
            match value.get_ref() {
                DeValue::Table(inner) if !is_map && !inner.is_empty() => {
                    self.table(inner, &key, offset, blanked);
                }
                // A table that lost all its lines says nothing.
                DeValue::Table(inner) if inner.is_empty() && !blanked.is_empty() => {}
                _ if blanked.iter().any(|line| line.start < span.end && span.start < line.end) => {}
                _ => {
                    let place = self.place(offset + span.start);
                    self.out.push(key, to_value(value), place);
                }
            }
        }
    }

    fn error(&mut self, message: &str, at: usize) {
        let place = self.place(at);
        self.out.problems.push(Problem::whole(place, format!("not TOML: {message}")));
    }

    fn place(&self, at: usize) -> Place {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = self.lines[line.saturating_sub(1)];
        let before = &self.text[start..boundary_before(self.text, at)];
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Place { source: Arc::clone(&self.name), position: Some((line, column)) }
    }
}

/// The text cut before every line that opens with a bracket. Inside a value such a line is no
/// header; then both halves fail to parse and neither is used, which is the safe side.
fn sections(text: &str) -> Vec<Range<usize>> {
    let mut cuts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && line.trim_start().starts_with('[') {
            cuts.push(at);
        }
        at += line.len();
    }
    cuts.push(text.len());
    cuts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// The line an error is on, without its end; where that is blank already, the last line before it
/// that is not, since an error at the end is about something that was not closed.
fn line_to_blank(text: &str, at: usize) -> Range<usize> {
    let at = boundary_before(text, at);
    let mut end = at + text[at..].find('\n').unwrap_or(text.len() - at);
    loop {
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[start..end].trim_end_matches('\r');
        if !line.trim().is_empty() {
            return start..start + line.len();
        }
        if start == 0 {
            return 0..0;
        }
        end = start - 1;
    }
}

fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

fn to_value(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Foreign(number.to_string()), Value::Integer),
        DeValue::Float(number) => {
            let digits = number.as_str();
            digits.parse().map_or_else(|_| Value::Foreign(digits.to_owned()), Value::Number)
        }
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::Foreign(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(to_value).collect()),
        DeValue::Table(table) => Value::Map(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().clone().into_owned(), to_value(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests;
