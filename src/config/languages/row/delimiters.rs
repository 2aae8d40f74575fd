//! What opens and closes something, as it is written in a row.

use serde::Deserialize;

use super::Words;
use crate::domain::language::{Angles, Delimited, Free, Heredoc, Place, Tags};

/// A string or comment; what closes it is what opens it unless said. `open` may name several
/// openers. A `*` in it and in `close` stands for what `repeat` or `named` leaves free.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct DelimitedRow {
    open: Words,
    close: Option<String>,
    escape: Option<char>,
    #[serde(default)]
    doubled: bool,
    #[serde(default)]
    multiline: bool,
    #[serde(default)]
    nests: bool,
    #[serde(default)]
    char: bool,
    #[serde(default)]
    code: Vec<String>,
    repeat: Option<char>,
    #[serde(default)]
    named: bool,
    quotes: Option<String>,
    #[serde(default)]
    at: PlaceRow,
    class: Option<(char, char)>,
}

impl DelimitedRow {
    /// One for each opener.
    pub(super) fn all(self) -> Vec<Delimited> {
        self.open.0.iter().map(|open| self.with(open)).collect()
    }

    fn with(&self, open: &str) -> Delimited {
        let close = self.close.as_deref().unwrap_or(open);
        let is_free = self.repeat.is_some() || self.named;
        let halves = |text: &str| {
            let halves = text.split_once('*').filter(|_| is_free).unwrap_or((text, ""));
            (halves.0.to_owned(), halves.1.to_owned())
        };
        let ((open, open_end), (close, close_end)) = (halves(open), halves(close));
        let free = match (self.repeat, &self.quotes) {
            (Some(unit), _) => Some(Free::Repeated { unit, open_end, close_end }),
            (None, Some(quotes)) => Some(Free::Quotes(quotes.clone())),
            (None, None) => self.named.then_some(Free::Named { open_end, close_end }),
        };
        Delimited {
            open,
            close,
            free,
            escape: self.escape,
            is_doubled: self.doubled,
            is_multiline: self.multiline,
            nests: self.nests,
            is_char: self.char,
            code: pairs(&self.code),
            place: self.at.into(),
            class: self.class,
        }
    }
}

/// Openers and closers by turns.
fn pairs(words: &[String]) -> Vec<(String, String)> {
    words.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// The spelling of [`Place`].
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PlaceRow {
    #[default]
    Anywhere,
    Value,
    Argument,
    Field,
    Line,
}

impl From<PlaceRow> for Place {
    fn from(place: PlaceRow) -> Self {
        match place {
            PlaceRow::Anywhere => Self::Anywhere,
            PlaceRow::Value => Self::Value,
            PlaceRow::Argument => Self::Argument,
            PlaceRow::Field => Self::Field,
            PlaceRow::Line => Self::Line,
        }
    }
}

/// A string that begins on the next line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeredocRow {
    open: String,
    #[serde(default)]
    indented: bool,
    #[serde(default)]
    spaced: bool,
    #[serde(default)]
    capital: bool,
    #[serde(default)]
    code: Vec<String>,
}

impl From<HeredocRow> for Heredoc {
    fn from(row: HeredocRow) -> Self {
        Self {
            open: row.open,
            is_indented: row.indented,
            may_be_spaced: row.spaced,
            is_capital: row.capital,
            code: pairs(&row.code),
        }
    }
}

/// When `<` is a bracket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnglesRow {
    #[serde(default)]
    words: Words,
    #[serde(default)]
    types: bool,
    #[serde(default)]
    values: bool,
}

impl From<AnglesRow> for Angles {
    fn from(row: AnglesRow) -> Self {
        Self { words: row.words.0, after_types: row.types, at_value: row.values }
    }
}

/// Elements with tags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagsRow {
    #[serde(default)]
    markup: bool,
    #[serde(default)]
    void: Words,
    #[serde(default)]
    raw: Words,
    #[serde(default)]
    code: String,
}

impl From<TagsRow> for Tags {
    fn from(row: TagsRow) -> Self {
        let quote = |quote: &str| Delimited {
            open: quote.to_owned(),
            close: quote.to_owned(),
            is_multiline: true,
            ..Delimited::default()
        };
        Self {
            is_markup: row.markup,
            void: row.void.0,
            raw: row.raw.0,
            code: row.code,
            strings: vec![quote("\""), quote("'")],
        }
    }
}
