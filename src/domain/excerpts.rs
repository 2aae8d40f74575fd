//! A document cut into excerpts that can be shown to a model: overlapping windows with the names in
//! them, to be compared with the text around a cursor, and the first lines of what it defines.
//!
//! Made in the background, like the outline, and kept beside it together with the text it was made
//! from, so that its places always fit. Names are compared by hash. What is chosen from it and how is
//! decided in `context`.

use std::ops::Range;

use ropey::Rope;
use tree_sitter::Tree;

use super::language::{DefinitionKind, Language, Lexical};
use super::syntax::locals::file_definitions;
use super::text;
use super::tokens::hash;
use super::words::NAME_BYTES_MAX;

/// Lines of a window. A function of usual length fits, and a prompt has room for several.
const WINDOW_LINES: usize = 24;
/// Lines from one window to the next.
const WINDOW_STRIDE: usize = 12;
/// Bound: windows of a document, those around the last edit: 6,000 lines and some 150 KB of hashes.
const WINDOWS_MAX: usize = 500;
/// Bound: bytes of a window; longer ones hold data, not code.
const WINDOW_BYTES_MAX: usize = 4 << 10;
/// Bound: definitions of a document.
const DEFINITIONS_MAX: usize = 1000;
/// Bound: lines of the beginning of a definition.
const HEADER_LINES_MAX: usize = 4;
/// Bound: bytes of the beginning of a definition.
const HEADER_BYTES_MAX: usize = 400;

/// The excerpts of one document.
#[derive(Debug, Default)]
pub struct Excerpts {
    /// The text they are cut from.
    pub rope: Rope,
    /// Windows in the order of the text.
    pub windows: Vec<Window>,
    /// Which names stand in which windows, by name: the hash of a name and the place of a window.
    names: Vec<(u32, u16)>,
    /// What is defined, by the hash of its name.
    pub definitions: Vec<Defined>,
}

/// Some lines of a document.
#[derive(Debug)]
pub struct Window {
    /// Its bytes: whole lines.
    pub bytes: Range<usize>,
    /// How many different names stand in it.
    pub names: u32,
}

/// The beginning of something that is defined.
#[derive(Clone, Debug)]
pub struct Defined {
    /// The hash of its name.
    pub name: u32,
    /// The hash of the name of the type it belongs to; zero where it is no member.
    pub owner: u32,
    /// The hash of the name of its own type; zero where that is not said.
    pub of_type: u32,
    /// What it is.
    pub kind: DefinitionKind,
    /// Its first lines up to where its body begins.
    pub bytes: Range<usize>,
}

impl Excerpts {
    /// The excerpts of a text, those around `place` if there are too many. Takes milliseconds for a
    /// large file.
    pub fn of(rope: &Rope, tree: Option<&Tree>, language: &Language, place: usize) -> Self {
        let definitions = tree.map(|tree| definitions(rope, tree, language, place));
        let (windows, names) = windows(rope, &language.lexical, place);
        Self { windows, names, definitions: definitions.unwrap_or_default(), rope: rope.clone() }
    }

    /// The places of the windows with this name.
    pub fn windows_with(&self, name: u32) -> impl ExactSizeIterator<Item = usize> {
        let from = self.names.partition_point(|(known, _)| *known < name);
        let length = self.names[from..].partition_point(|(known, _)| *known == name);
        self.names[from..from + length].iter().map(|(_, window)| usize::from(*window))
    }

    /// What is defined under a name.
    pub fn named(&self, name: u32) -> &[Defined] {
        let from = self.definitions.partition_point(|defined| defined.name < name);
        let length = self.definitions[from..].partition_point(|defined| defined.name == name);
        &self.definitions[from..from + length]
    }

    /// The members of a type, in the order of the text.
    pub fn members_of(&self, owner: u32) -> Vec<&Defined> {
        let mut members: Vec<_> =
            self.definitions.iter().filter(|defined| defined.owner == owner).collect();
        members.sort_by_key(|defined| defined.bytes.start);
        members
    }

    /// The text of some of its bytes.
    pub fn text(&self, bytes: &Range<usize>) -> String {
        text::head_after(&self.rope, bytes.start, bytes.len())
    }
}

/// The hashes of the names in `text` that are no reserved words, in order and each once. Comments
/// and strings count too: what they speak of is what the code is about.
pub fn names_in(text: &str, lexical: &Lexical) -> Vec<u32> {
    let words = text.split(|c| !lexical.is_word(c));
    let is_name = |word: &&str| {
        (2..=NAME_BYTES_MAX).contains(&word.len())
            && !word.starts_with(|c: char| c.is_ascii_digit())
            && !lexical.keywords.iter().any(|keyword| keyword == word)
    };
    let mut names: Vec<u32> = words.filter(is_name).map(hash).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn windows(rope: &Rope, lexical: &Lexical, place: usize) -> (Vec<Window>, Vec<(u32, u16)>) {
    let lines = rope.len_lines();
    let line = rope.byte_to_line(place.min(rope.len_bytes()));
    let span = WINDOWS_MAX * WINDOW_STRIDE;
    let first = line.saturating_sub(span / 2) / WINDOW_STRIDE * WINDOW_STRIDE;
    let (mut windows, mut all) = (Vec::new(), Vec::new());
    for start in (first..lines.min(first + span)).step_by(WINDOW_STRIDE) {
        let end = (start + WINDOW_LINES).min(lines);
        let bytes = rope.line_to_byte(start)..rope.line_to_byte(end);
        if bytes.len() > WINDOW_BYTES_MAX {
            continue;
        }
        let names = names_in(&rope.byte_slice(bytes.clone()).to_string(), lexical);
        // Bound: WINDOWS_MAX is far below what 16 bits hold.
        let place = windows.len() as u16;
        all.extend(names.iter().map(|name| (*name, place)));
        windows.push(Window { bytes, names: names.len() as u32 });
    }
    all.sort_unstable();
    (windows, all)
}

fn definitions(rope: &Rope, tree: &Tree, language: &Language, place: usize) -> Vec<Defined> {
    let Some(Some(query)) = language.locals_query.get() else { return Vec::new() };
    let hashed = |range: &Range<usize>| {
        rope.get_byte_slice(range.clone()).map_or(0, |name| hash(&name.to_string()))
    };
    let found = file_definitions(tree, rope, query, place).into_iter();
    let defined = found.filter(|definition| definition.kind != DefinitionKind::Import);
    let mut all: Vec<Defined> = defined
        .take(DEFINITIONS_MAX)
        .map(|definition| Defined {
            name: hashed(&definition.name),
            owner: definition.owner.as_ref().map_or(0, hashed),
            of_type: definition.type_name.as_ref().map_or(0, hashed),
            kind: definition.kind,
            bytes: header(rope, definition.name.start),
        })
        .collect();
    all.sort_by_key(|defined| (defined.name, defined.bytes.start));
    all
}

/// The lines of a definition from that of its name on, until its brackets are closed or its body
/// begins.
fn header(rope: &Rope, name: usize) -> Range<usize> {
    let first = rope.byte_to_line(name.min(rope.len_bytes()));
    let start = rope.line_to_byte(first);
    let mut end = start;
    let mut depth = 0_i32;
    for line in first..(first + HEADER_LINES_MAX).min(rope.len_lines()) {
        let content = text::line_content(rope, line);
        let next = rope.line_to_byte(line) + content.len_bytes();
        if next - start > HEADER_BYTES_MAX {
            break;
        }
        end = next;
        for c in content.chars() {
            depth += i32::from("([".contains(c)) - i32::from(")]".contains(c));
        }
        if depth <= 0 {
            break;
        }
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_the_lines_around_the_place() {
        let lines: Vec<_> = (0..20_000).map(|n| format!("call_{n}(value);\n")).collect();
        let text = lines.concat();
        let rope = Rope::from_str(&text);
        let place = rope.line_to_byte(10_000);
        let (windows, names) = windows(&rope, &Lexical::default(), place);
        assert_eq!(windows.len(), WINDOWS_MAX);
        let around = windows[0].bytes.start..windows[WINDOWS_MAX - 1].bytes.end;
        assert!(around.contains(&place) && around.len() < text.len());
        assert_eq!(windows[0].names as usize, WINDOW_LINES + 1, "one name more on every line");
        assert!(names.is_sorted());
    }

    #[test]
    fn a_header_ends_where_its_brackets_do() {
        let rope = Rope::from_str("fn a(\n    b: u8,\n) -> u8 {\n    b\n}\nfn c() {}\n");
        let line = |name: usize| rope.byte_slice(header(&rope, name)).to_string();
        assert_eq!(line(3), "fn a(\n    b: u8,\n) -> u8 {");
        assert_eq!(line(40), "fn c() {}");
    }

    #[test]
    fn numbers_letters_and_reserved_words_are_no_names() {
        let lexical = Lexical { keywords: vec!["let".to_owned()], ..Lexical::default() };
        assert_eq!(names_in("let value = 42 + x; value", &lexical), [hash("value")]);
    }
}
