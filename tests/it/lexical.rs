//! What the lexical scan makes of every language: where the cursor is and what is missing there.
//!
//! The cases are data, one file per language in `tests/data/closers`: a header names the case, the
//! mode and the missing closers, innermost first, and the code below it holds the cursor, `¦`.

use std::path::Path;
use std::sync::Arc;

use tabtier::config::languages::Languages;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::language::Language;
use tabtier::domain::lexical::{Mode, Scanner};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::tokens::{Reader, Token, for_each_token};

/// A language with a grammar has at least this many cases.
const CASES_MIN: usize = 8;
const CURSOR: char = '¦';

struct Case {
    name: String,
    expected: String,
    prefix: String,
    suffix: String,
}

fn cases(language: &Language) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/closers");
    let text = std::fs::read_to_string(folder.join(format!("{}.txt", language.id)));
    let text = text.unwrap_or_default();
    let case = |case: &str| {
        let (header, code) = case.split_once('\n').expect("a header ends with its line");
        let (name, expected) = header.split_once(" -> ").expect("a header has an arrow");
        let (prefix, suffix) = code.split_once(CURSOR).expect("the code has a cursor");
        Case {
            name: format!("{}: {name}", language.id),
            expected: expected.to_owned(),
            prefix: prefix.to_owned(),
            suffix: format!("{}\n", suffix.trim_end_matches('\n')),
        }
    };
    let text = format!("\n{text}");
    text.split("\n### ").skip(1).map(case).collect()
}

/// The site of a case.
fn site(language: &Arc<Language>, case: &Case, has_tree: bool) -> Site {
    let text = format!("{}{}", case.prefix, case.suffix);
    let mut document = Document::new(DocumentId(0), 0, Arc::clone(language), &text);
    if has_tree
        && let Some(grammar) = &language.grammar
        && let Some(tree) = parse(grammar, &document.rope, None, &mut || true)
    {
        language.warm();
        document.syntax.publish(tree, document.revision, 0);
    }
    Site::new(document, case.prefix.len(), Trigger::Automatic)
}

/// What a header says, of a site.
fn found(site: &Site) -> String {
    let mode = match &site.mode {
        Mode::Code => "code",
        Mode::Text => "text",
        Mode::String { .. } => "string",
        Mode::LineComment | Mode::BlockComment { .. } => "comment",
    };
    let missing = site.unclosed_text.iter().chain(site.unclosed.iter().rev());
    let closers: Vec<_> = missing.map(|open| open.close.as_str()).collect();
    format!("{mode}: {}", closers.join(" ")).trim_end().to_owned()
}

#[test]
fn every_case_has_its_mode_and_closers() {
    let mut wrong = Vec::new();
    for language in Languages::shared().all() {
        for case in cases(language) {
            for has_tree in [false, true] {
                let found = found(&site(language, &case, has_tree));
                if found != case.expected {
                    let tree = if has_tree { " (with tree)" } else { "" };
                    let Case { name, expected, .. } = &case;
                    wrong.push(format!(
                        "{name}{tree}\n    expected {expected}\n    found    {found}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_language_with_a_grammar_has_cases() {
    for language in Languages::shared().all() {
        let count = cases(language).len();
        assert!(language.grammar.is_none() || count >= CASES_MIN, "{}: {count}", language.id);
    }
}

/// Reads a text in one piece and in pieces cut at line ends, and compares what is open.
fn check_pieces(language: &Language, text: &str, name: &str) {
    let mut whole = Scanner::new(&language.lexical);
    whole.feed(text);
    let mut lines = Scanner::new(&language.lexical);
    text.split_inclusive('\n').for_each(|line| lines.feed(line));
    assert_eq!(whole.mode(), lines.mode(), "{name}");
    assert_eq!(whole.stack(), lines.stack(), "{name}");
}

#[test]
fn a_text_read_in_lines_is_read_as_in_one_piece() {
    for language in Languages::shared().all() {
        for case in cases(language) {
            let text = format!("{}{}", case.prefix, case.suffix);
            check_pieces(language, &text, &case.name);
        }
    }
}

/// Real text: the sources of this project, its scripts and data.
fn real_texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<_> =
        ["src", "benches", "grammars", "tests"].iter().map(|folder| root.join(folder)).collect();
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                texts.push(text);
            }
        }
    }
    texts.sort();
    texts
}

/// A piece of one of the texts, between characters.
fn slice<'a>(texts: &'a [String], random: &mut impl FnMut(usize) -> usize) -> &'a str {
    const LENGTH_MAX: usize = 400;
    let text = texts[random(texts.len())].as_str();
    let boundary = |at: usize| (0..=at.min(text.len())).rfind(|at| text.is_char_boundary(*at));
    let start = boundary(random(text.len() + 1)).unwrap_or(0);
    let end = boundary(start + random(LENGTH_MAX)).unwrap_or(start);
    &text[start..end.max(start)]
}

#[test]
fn slices_of_real_text_are_read_by_every_language() {
    const SLICES: usize = 60;
    let texts = real_texts();
    // Xorshift with a fixed seed.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound.max(1) as u64).unwrap_or(0)
    };
    for language in Languages::shared().all() {
        for _ in 0..SLICES {
            let (before, after) = (slice(&texts, &mut random), slice(&texts, &mut random));
            let name = format!("{}: {before:?}", language.id);
            check_pieces(language, before, &name);
            let mut scanner = Scanner::new(&language.lexical);
            scanner.feed(before);
            let missing = scanner.unclosed(after);
            assert!(missing.delimiters.iter().all(|open| open.start < before.len()), "{name}");
            for_each_token(before, &language.lexical, |token| {
                let end = token.start + token.text.len();
                assert_eq!(before.get(token.start..end), Some(token.text), "{name}");
            });
        }
    }
}

/// What is kept of a text between keystrokes must be what it would be read as anew.
#[test]
fn tokens_read_on_from_a_line_are_those_read_at_once() {
    let fact = |token: Token<'_>| (token.start, token.hash, token.kind, token.starts_line);
    let (mut lines, mut resumed) = (0, 0);
    for language in Languages::shared().all() {
        let lexical = &language.lexical;
        for Case { name, prefix, suffix, .. } in cases(language) {
            let text = prefix + &suffix;
            let mut whole = Vec::new();
            for_each_token(&text, lexical, |token| whole.push(fact(token)));
            for (end, _) in text.match_indices('\n') {
                let start = end + 1;
                let (mut reader, mut tokens) = (Reader::new(lexical), Vec::new());
                let reached = reader.read(&text, 0..start, |token| tokens.push(fact(token)));
                lines += 1;
                let Some(resume) = reader.resume().filter(|_| reached == start) else { continue };
                resumed += 1;
                let mut reader = Reader::resumed(lexical, &resume);
                reader.read(&text, start..text.len(), |token| tokens.push(fact(token)));
                assert!(tokens == whole, "{name}: from byte {start}");
            }
        }
    }
    assert!(resumed * 2 > lines, "{resumed} of {lines} lines");
}

#[test]
fn no_cursor_in_any_case_makes_it_panic() {
    for language in Languages::shared().all() {
        for case in cases(language) {
            let text = format!("{}{}", case.prefix, case.suffix);
            for (cursor, _) in text.char_indices() {
                let mut scanner = Scanner::new(&language.lexical);
                scanner.feed(&text[..cursor]);
                let missing = scanner.unclosed(&text[cursor..]);
                let is_before = missing.delimiters.iter().all(|open| open.start < cursor);
                assert!(is_before, "{} at {cursor}", case.name);
            }
        }
    }
}
