//! What the classifier looks at: a site as a fixed list of numbers and of tokens.
//!
//! Every part reads bounded windows, so the cost does not grow with the file. Languages are told
//! apart by what their rows say about them, never by name, and a part that has nothing to go by
//! (no tree, no line above) says so with [`UNKNOWN`] instead of leaving its numbers out: the list
//! has the same order for every site, which is what the learned weights rely on.

mod brackets;
mod cursor;
mod first_line;
mod habits;
mod layout;
mod neighbours;
mod tokens;
mod tree;

use std::borrow::Cow;

use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::words::Letters;

/// Bytes of text read before and after the cursor for the habits of the file.
const WINDOW_BEFORE: usize = 16 << 10;
const WINDOW_AFTER: usize = 8 << 10;

/// Stands for a number that is not known at this site.
pub const UNKNOWN: f32 = -1.0;

/// The filled-in list of one site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet<'a> {
    /// Named numbers, always the same names in the same order.
    pub numbers: Vec<(&'static str, f32)>,
    /// Named tokens and node kinds, always the same names in the same order. An empty token stands
    /// for none.
    pub tokens: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'a> Sheet<'a> {
    /// An empty list with room for so many numbers.
    pub fn with_capacity(numbers: usize) -> Self {
        Self { numbers: Vec::with_capacity(numbers), tokens: Vec::new() }
    }

    /// Adds a number.
    pub fn number(&mut self, name: &'static str, value: f32) {
        self.numbers.push((name, value));
    }

    /// Adds a count.
    pub fn count(&mut self, name: &'static str, value: usize) {
        // Beyond a few hundred nothing changes; small integers are exact in an f32.
        self.number(name, value.min(4096) as f32);
    }

    /// Adds a number that is one or zero.
    pub fn flag(&mut self, name: &'static str, value: bool) {
        self.number(name, f32::from(u8::from(value)));
    }

    fn token(&mut self, name: &'static str, token: impl Into<Cow<'a, str>>) {
        self.tokens.push((name, token.into()));
    }
}

/// What stands for a token that the learned tables do not list: how it is written.
pub fn shape(token: &str) -> &'static str {
    tokens::shape(token)
}

/// A number for a character: 0 none, 1 white space, 2 to 5 kinds of letters, then signs.
pub fn code(c: Option<char>) -> f32 {
    cursor::code(c)
}

/// The text around a site that its parts share.
struct Window<'a> {
    site: &'a Site,
    letters: Letters<'a>,
    before: String,
    after: String,
}

/// Fills in the list for `site`.
pub fn extract(site: &Site) -> Sheet<'_> {
    let rope = &site.document.rope;
    let window = Window {
        site,
        letters: Letters::new(&site.document.language.lexical),
        before: text::tail_before(rope, site.offset, WINDOW_BEFORE),
        after: text::head_after(rope, site.offset, WINDOW_AFTER),
    };
    let mut sheet = Sheet::default();
    cursor::read(site, &window.letters, &mut sheet);
    brackets::read(&window, &mut sheet);
    layout::read(&window, &mut sheet);
    neighbours::read(site, &window.letters, &mut sheet);
    tree::read(site, &mut sheet);
    habits::read(&window, &mut sheet);
    sheet
}

/// Fills in the list for `site` when a model's answer begins with `line`.
pub fn extract_with_line<'a>(site: &'a Site, line: &'a str) -> Sheet<'a> {
    let mut sheet = extract(site);
    let letters = Letters::new(&site.document.language.lexical);
    first_line::read(site, line, &letters, &mut sheet);
    sheet
}
