//! The names of a text as they stand there, before it is known what is asked of them: what is kept from
//! one request to the next.

use super::window::{BOUND, CALLED, FIRST, LINE_END, MARKS, MEMBER, Place};
use crate::domain::language::Lexical;
use crate::domain::tokens::contexts::Before;
use crate::domain::tokens::{Kind, Reader, Resume, Token, hash};

/// A name in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    start: u32,
    end: u32,
    pub(super) hash: u32,
    /// How many tokens stand before it.
    pub(super) count: u32,
    pub(super) place: Place,
    /// How it stands and is used; what is around the cursor is left out.
    pub(super) marks: [bool; MARKS],
}

impl Row {
    /// Where it begins in its text.
    pub(super) fn start(&self) -> usize {
        self.start as usize
    }

    /// Whether the name begins so. Thousands are asked, so that hardly any of them is compared.
    pub(super) fn begins_with(&self, text: &str, prefix: &str) -> bool {
        let bytes = &text.as_bytes()[self.start as usize..self.end as usize];
        let Some(first) = prefix.as_bytes().first() else { return true };
        bytes.first() == Some(first) && bytes.starts_with(prefix.as_bytes())
    }

    /// The name.
    pub(super) fn name<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.end as usize]
    }
}

/// The names of a text, and what stands at its end.
#[derive(Debug, Default)]
pub(in crate::domain::local) struct Rows {
    pub(super) all: Vec<Row>,
    pub(super) before: Before,
    /// How many tokens the text has, with those before it.
    pub(super) count: u32,
    /// Where the first token begins, and its hash.
    pub(super) first: Option<(usize, u32)>,
}

/// The lines above a cursor's.
#[derive(Debug)]
pub(in crate::domain::local) struct Above {
    pub(super) rows: Rows,
    /// How to read on.
    pub(super) resume: Resume,
}

impl Above {
    /// Reads a text up to the beginning of a line; `None` where that does not begin in plain code.
    pub(super) fn read(text: &str, line_start: usize, lexical: &Lexical) -> Option<Self> {
        let (mut reader, mut names) = (Reader::new(lexical), Collector::new(lexical));
        let end = reader.read(text, 0..line_start, |token| names.see(&token));
        let resume = reader.resume().filter(|_| end == line_start)?;
        Some(Self { rows: names.rows, resume })
    }

    /// Reads the line after it.
    pub(super) fn read_line(&self, text: &str, line_start: usize, lexical: &Lexical) -> Rows {
        let mut reader = Reader::resumed(lexical, &self.resume);
        let mut names = Collector::new(lexical);
        (names.rows.before, names.rows.count) = (self.rows.before.clone(), self.rows.count);
        reader.read(text, line_start..text.len(), |token| names.see(&token));
        names.rows
    }
}

impl Rows {
    /// The names of a text that begins in code.
    pub(super) fn of(text: &str, lexical: &Lexical) -> Self {
        let mut names = Collector::new(lexical);
        Reader::new(lexical).read(text, 0..text.len(), |token| names.see(&token));
        names.rows
    }
}

/// Turns tokens into rows.
struct Collector {
    member_operators: Vec<u32>,
    binding_words: Vec<u32>,
    call: u32,
    rows: Rows,
    /// Whether the last token is a name, so that the next one stands behind it.
    is_open: bool,
}

impl Collector {
    fn new(lexical: &Lexical) -> Self {
        let hashes = |words: &[String]| words.iter().map(|word| hash(word)).collect();
        Self {
            member_operators: hashes(&lexical.member_operators),
            binding_words: hashes(&lexical.binding_words),
            call: hash("("),
            rows: Rows::default(),
            is_open: false,
        }
    }

    fn see(&mut self, token: &Token<'_>) {
        let Rows { all, before, count, first } = &mut self.rows;
        first.get_or_insert((token.start, token.hash));
        if token.starts_line {
            before.break_line();
        } else if self.is_open
            && let Some(open) = all.last_mut()
        {
            open.place.next = token.hash;
            open.marks[CALLED] = token.hash == self.call;
        }
        self.is_open = token.kind == Kind::Name;
        if self.is_open {
            let last = before.last();
            let mut marks = [false; MARKS];
            marks[MEMBER] = self.member_operators.contains(&last);
            marks[BOUND] = self.binding_words.contains(&last);
            marks[FIRST] = token.starts_line;
            all.push(Row {
                start: token.start as u32,
                end: (token.start + token.text.len()) as u32,
                hash: token.hash,
                count: *count,
                place: Place { before: before.stand(), next: LINE_END },
                marks,
            });
        }
        before.push(token);
        *count += 1;
    }
}
