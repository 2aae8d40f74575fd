//! What followed at like places in this file: after the same tokens, after lines that begin or end
//! the same way. A file repeats itself, and its own habits tell more than those of its language.

use memchr::memmem;

use super::cursor::columns;
use super::neighbours::is_comment;
use super::tokens;
use super::{Sheet, UNKNOWN, Window};
use crate::domain::language::Lexical;
use crate::domain::words::Letters;

/// Bound: places counted for each key and direction, nearest first before the cursor.
const PLACES_MAX: usize = 40;
/// Bytes to a line, about.
const BYTES_OF_LINE: usize = 32;

/// What stands on the rest of a line, as far as its text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Nothing.
    End,
    /// Signs only.
    Closer,
    /// One word or literal.
    Name,
    /// More.
    Line,
    /// More, and a block is opened at the end.
    Opens,
    /// A whole line that repeats a pattern: import, attribute.
    Pattern,
}

impl Shape {
    fn of(rest: &str, lexical: &Lexical, letters: &Letters<'_>) -> Self {
        let rest = rest.trim();
        if rest.is_empty() {
            return Self::End;
        }
        let words = tokens::count_words(rest, letters, 2);
        let opens =
            words > 0 && lexical.block_openers.iter().any(|opener| rest.ends_with(opener.as_str()));
        match words {
            0 => Self::Closer,
            _ if opens => Self::Opens,
            1 => Self::Name,
            _ => Self::Line,
        }
    }
}

/// Counts of shapes, written as how many there are and the share of each.
#[derive(Default)]
struct Tally {
    counts: [f32; 6],
}

impl Tally {
    fn add(&mut self, shape: Shape) {
        self.counts[shape as usize] += 1.0;
    }

    fn write(&self, names: &[&'static str; 7], sheet: &mut Sheet<'_>) {
        let total: f32 = self.counts.iter().sum();
        sheet.number(names[0], total);
        for (name, count) in names[1..].iter().zip(self.counts) {
            // Drawn a little to "unknown" so that one sighting is no certainty.
            sheet.number(name, if total > 0.0 { count / (total + 0.5) } else { UNKNOWN });
        }
    }
}

macro_rules! names {
    ($prefix:literal) => {
        &[
            concat!($prefix, "_seen"),
            concat!($prefix, "_end"),
            concat!($prefix, "_closer"),
            concat!($prefix, "_name"),
            concat!($prefix, "_line"),
            concat!($prefix, "_opens"),
            concat!($prefix, "_pattern"),
        ]
    };
}

pub(super) fn read(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    after_tokens(window, sheet);
    after_lines(window, sheet);
}

/// What followed the same last one, two and three tokens, and the same whole line.
fn after_tokens(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    let (site, letters) = (window.site, &window.letters);
    let code = site.code_before();
    let mut starts = Vec::with_capacity(3);
    let mut rest = code;
    while starts.len() < 3
        && let Some((_, start)) = tokens::last(rest, letters)
    {
        starts.push(start);
        rest = &code[..start];
    }
    let key = |index: usize| starts.get(index).map_or("", |start| &code[*start..]);
    let all = [
        (key(0), names!("after_1"), "goes_on_1"),
        (key(1), names!("after_2"), "goes_on_2"),
        (key(2), names!("after_3"), "goes_on_3"),
        (if starts.len() == 3 { code } else { "" }, names!("after_line"), "goes_on_line"),
    ];
    for (key, names, goes_on_name) in all {
        let (tally, goes_on) = places(key, window);
        tally.write(names, sheet);
        let total = goes_on + tally.counts.iter().sum::<f32>();
        sheet.number(goes_on_name, if total > 0.0 { goes_on / (total + 0.5) } else { UNKNOWN });
    }
}

/// What stands after `key` elsewhere, and how often its last word goes on there.
fn places(key: &str, window: &Window<'_>) -> (Tally, f32) {
    let (lexical, letters) = (&window.site.document.language.lexical, &window.letters);
    let mut tally = Tally::default();
    let mut goes_on = 0.0;
    if key.is_empty() {
        return (tally, goes_on);
    }
    let begins_in_word = key.starts_with(|c| letters.is_word(c));
    let ends_in_word = key.ends_with(|c| letters.is_word(c));
    let mut see = |text: &str, at: usize| {
        let before = text[..at].chars().next_back();
        if begins_in_word && before.is_some_and(|c| letters.is_word(c)) {
            return;
        }
        let after = &text[at + key.len()..];
        if ends_in_word && after.starts_with(|c| letters.is_word(c)) {
            goes_on += 1.0;
        } else {
            let end = memchr::memchr(b'\n', after.as_bytes()).unwrap_or(after.len());
            tally.add(Shape::of(&after[..end], lexical, letters));
        }
    };
    // The cursor's own place is the end of the text before it, which is left out.
    let before = &window.before[..window.before.len() - key.len().min(window.before.len())];
    let finder = memmem::Finder::new(key);
    // Searching backwards is many times slower than finding all and keeping the last.
    let all: Vec<usize> = finder.find_iter(before.as_bytes()).collect();
    for at in all.into_iter().rev().take(PLACES_MAX) {
        see(&window.before, at);
    }
    for at in finder.find_iter(window.after.as_bytes()).take(PLACES_MAX / 2) {
        see(&window.after, at);
    }
    (tally, goes_on)
}

/// A line of the window, as far as habits go.
struct Line<'t> {
    first: &'t str,
    last: char,
    indent: usize,
    shape: Shape,
}

/// What followed lines like the one before the place that is written next.
fn after_lines(window: &Window<'_>, sheet: &mut Sheet<'_>) {
    let (site, letters) = (window.site, &window.letters);
    let lexical = &site.document.language.lexical;
    let own_start = window.before.rfind('\n').map_or(0, |at| at + 1);
    // At a line's beginning the line above comes before; elsewhere the line itself does.
    let before_end = if site.is_line_start() { own_start } else { window.before.len() };
    let before = lines(&window.before[..before_end], lexical, letters);
    let after_start = window.after.find('\n').map_or(window.after.len(), |at| at + 1);
    let after = lines(&window.after[after_start..], lexical, letters);
    let indent = columns(&site.indent);
    let mut by_first = Tally::default();
    let mut by_end = Tally::default();
    let mut by_indent = Tally::default();
    let mut all = Tally::default();
    if let Some(here) = before.last() {
        for pair in before.windows(2).chain(after.windows(2)) {
            let (line, next) = (&pair[0], &pair[1]);
            if line.first == here.first {
                by_first.add(next.shape);
            }
            // At a line start the indentation is known, elsewhere it is whatever comes.
            let is_like =
                !site.is_line_start() || next.indent.cmp(&line.indent) == indent.cmp(&here.indent);
            if line.last == here.last && is_like {
                by_end.add(next.shape);
            }
        }
    }
    for line in before.iter().chain(&after) {
        all.add(line.shape);
        if line.indent == indent {
            by_indent.add(line.shape);
        }
    }
    by_first.write(names!("next_first"), sheet);
    by_end.write(names!("next_end"), sheet);
    by_indent.write(names!("same_indent"), sheet);
    all.write(names!("all"), sheet);
    let run = |lines: &mut dyn Iterator<Item = &Line<'_>>| {
        let first = lines.next().map(|line| line.first);
        first.map_or(0, |first| 1 + lines.take_while(|line| line.first == first).count())
    };
    sheet.count("run_above", run(&mut before.iter().rev()));
    sheet.count("run_below", run(&mut after.iter()));
}

fn lines<'t>(text: &'t str, lexical: &Lexical, letters: &Letters<'_>) -> Vec<Line<'t>> {
    // There are hundreds of lines: texts are compared only where their first bytes are the same.
    let first_byte = |text: &str| text.as_bytes().first().copied().unwrap_or(0);
    let (mut begins_comment, mut begins_pattern) = ([false; 256], [false; 256]);
    let openers = lexical.block_comments.iter().map(|comment| &comment.open);
    for opener in lexical.line_comments.iter().chain(openers) {
        begins_comment[usize::from(first_byte(opener))] = true;
    }
    for word in lexical.import_words.iter().map(String::as_str).chain(["@", "#"]) {
        begins_pattern[usize::from(first_byte(word))] = true;
    }
    let mut lines = Vec::with_capacity(text.len() / BYTES_OF_LINE);
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    for end in ends {
        let line = &text[start..end];
        start = end + 1;
        let content = line.trim();
        let Some((first, _)) = tokens::first(content, letters) else { continue };
        let byte = usize::from(first_byte(content));
        if begins_comment[byte] && is_comment(content, lexical) {
            continue;
        }
        let is_pattern = begins_pattern[byte]
            && (content.starts_with(['@', '#'])
                || lexical.import_words.iter().any(|word| word == first));
        lines.push(Line {
            first,
            last: content.chars().next_back().unwrap_or(' '),
            indent: columns(&line[..line.len() - line.trim_start().len()]),
            shape: if is_pattern { Shape::Pattern } else { Shape::of(content, lexical, letters) },
        });
    }
    lines
}
