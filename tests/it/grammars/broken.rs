//! What is known of definitions in text that is broken, half-typed or made to be slow.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ropey::Rope;
use tabtier::config::languages::Languages;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::language::Language;
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::locals::{
    DEFINITIONS_MAX, Definition, DefinitionKind, LOCAL_BYTES_MAX, file_definitions,
    local_definitions,
};
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};

use super::locals::{cases, compiled};
use super::{linked, parsed};

fn row(id: &str) -> Option<Arc<Language>> {
    linked().into_iter().find(|row| row.id == id)
}

/// The names of the definitions.
fn names<'a>(definitions: &[Definition], code: &'a str) -> Vec<&'a str> {
    definitions.iter().map(|definition| &code[definition.name.clone()]).collect()
}

#[test]
fn every_beginning_of_every_case_is_answered() {
    for row in linked() {
        let Some(query) = compiled(&row) else { continue };
        for (name, _, code, _) in cases(&row) {
            // Two steps of three are left out for the time they take.
            let ends = (0..=code.len()).step_by(3);
            for end in ends.filter(|end| code.is_char_boundary(*end)) {
                let code = &code[..end];
                let (tree, text) = (parsed(&row, code), Rope::from_str(code));
                let mut known = local_definitions(&tree, &text, &query, end);
                assert!(known.iter().all(|one| one.is_known_at(end)), "{} {name} {end}", row.id);
                known.extend(file_definitions(&tree, &text, &query, end));
                for one in known {
                    let parts = [Some(one.name), one.type_name, one.owner];
                    for part in parts.into_iter().flatten() {
                        assert!(!code[part].is_empty(), "{} {name} {end}", row.id);
                    }
                }
            }
        }
    }
}

#[test]
fn rubble_is_answered_in_time() {
    for row in linked() {
        let Some(query) = compiled(&row) else { continue };
        for piece in ["(", "{", "[", "a(", "let ", "x = ", "def f(a", "class A {", "<", "\"", "fn "]
        {
            let code = piece.repeat(20_000 / piece.len());
            let (tree, text) = (parsed(&row, &code), Rope::from_str(&code));
            let start = Instant::now();
            for offset in [0, code.len() / 2, code.len()] {
                let _ = local_definitions(&tree, &text, &query, offset);
                let found = file_definitions(&tree, &text, &query, offset);
                assert!(found.len() <= DEFINITIONS_MAX);
            }
            let took = start.elapsed();
            assert!(took < Duration::from_secs(5), "{} {piece:?}: {took:?}", row.id);
        }
    }
}

/// As many lines of code as said.
fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

#[test]
fn the_nearest_of_too_many_are_kept() {
    let Some(row) = row("rust") else { return };
    let query = compiled(&row).expect("Rust has a query");
    let code = numbered(4000, |i| format!("fn name{i}() {{}}\n"));
    let (tree, text) = (parsed(&row, &code), Rope::from_str(&code));
    let offset = code.find("fn name3500").expect("the function is there");
    let found = file_definitions(&tree, &text, &query, offset);
    assert_eq!(found.len(), DEFINITIONS_MAX);
    assert_eq!(names(&found[..2], &code), ["name3499", "name3498"]);
}

#[test]
fn a_long_function_is_looked_at_in_part() {
    let Some(row) = row("rust") else { return };
    let query = compiled(&row).expect("Rust has a query");
    let lines = numbered(1500, |i| format!("let name{i} = {i};\n"));
    let code = format!("fn long(first: u8) {{\n{lines}}}\n");
    let (tree, text) = (parsed(&row, &code), Rope::from_str(&code));
    let offset = code.rfind("let name1499").expect("the line is there");
    let known = local_definitions(&tree, &text, &query, offset);
    assert_eq!(known.first().map(|one| &code[one.name.clone()]), Some("name1498"));
    let mut lines = known.iter().filter(|one| one.kind == DefinitionKind::Variable);
    let line = "let name1000 = 1000;\n".len();
    assert!(lines.all(|one| one.name.end + LOCAL_BYTES_MAX + line >= offset));
    // What lies farther up is known to the pass over the file.
    let file = file_definitions(&tree, &text, &query, offset);
    let early = file.iter().filter(|one| one.is_known_at(offset));
    assert!(early.clone().any(|one| code[one.name.clone()] == *"first"));
    assert!(early.count() > known.len());
}

/// A document with the tree of its text.
fn open(row: &Arc<Language>, code: &str) -> Document {
    row.warm();
    let mut document = Document::new(DocumentId(1), 1, Arc::clone(row), code);
    publish(&mut document);
    document
}

fn publish(document: &mut Document) {
    let tree = parsed(&document.language, &document.rope.to_string());
    document.syntax.publish(tree, document.revision, document.last_edit);
}

/// Types `text` at `offset`.
fn type_in(document: &mut Document, offset: usize, text: &str) {
    let encoding = PositionEncoding::Utf8;
    let at = position_of(&document.rope, offset, encoding);
    let change = TextChange { range: Some((at, at)), text: text.to_owned() };
    document.apply(document.version + 1, &[change], encoding, Instant::now());
}

#[test]
fn a_site_knows_its_function_while_it_is_half_typed() {
    let languages = Languages::load();
    let row = languages.by_id("rust").filter(|row| row.grammar.is_some());
    let Some(row) = row else { return };
    let code = "fn other(gone: u8) {}\nfn f(first: Foo) {\n    let second = 1;\n    \n}\n";
    let at = code.find("\n}\n").expect("the end of the body");
    let mut document = open(&row, code);
    let known = |document: &Document, offset: usize| {
        let site = Site::new(document.clone(), offset, Trigger::Automatic);
        let text = document.rope.to_string();
        names(&site.definitions(), &text).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(known(&document, at), ["second", "first", "f"]);
    let typed = "if (first.[{ ";
    type_in(&mut document, at, typed);
    assert_eq!(known(&document, at + typed.len()), ["second", "first", "f"], "the tree is behind");
    publish(&mut document);
    let found = known(&document, at + typed.len());
    assert!(found.starts_with(&["second".to_owned(), "first".to_owned()]), "{found:?}");
}
