//! The `locals.scm` of every language that has one: what its `locals.txt` says is known at the
//! cursor, and nothing else.

use std::fmt::Write as _;
use std::ops::Range;

use ropey::Rope;
use tabtier::domain::language::{DefinitionKind, Language, LocalsQuery};
use tabtier::domain::syntax::locals::{Definition, definitions_at};

use super::{grammars, linked, parsed};

pub(super) fn compiled(row: &Language) -> Option<LocalsQuery> {
    let grammar = row.grammar.as_ref().expect("the row is linked");
    let source = Some(row.locals_query_source).filter(|source| !source.is_empty())?;
    let query = LocalsQuery::compile(grammar, source);
    Some(query.unwrap_or_else(|error| panic!("{}/locals.scm: {error}", row.id)))
}

/// One case: its name, what is known, the code, and the cursor in it.
pub(super) type Case = (String, Vec<String>, String, usize);

/// Reads `### name -> kind name: Type of Owner, …` headers and the code below each with its `$0`.
pub(super) fn cases(row: &Language) -> Vec<Case> {
    let path = grammars(&row.id).join("locals.txt");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = text.split("### ").skip(1).map(|case| {
        let (header, code) = case.split_once('\n').expect("a header ends with its line");
        let (name, known) = header.split_once(" ->").expect("a header has an arrow");
        let known = known.split(',').map(|one| one.trim().to_owned());
        let offset = code.find("$0").unwrap_or_else(|| panic!("{} {name}: no cursor", row.id));
        let known = known.filter(|one| !one.is_empty()).collect();
        (name.to_owned(), known, code.replacen("$0", "", 1), offset)
    });
    cases.collect()
}

/// A definition as a case writes it.
fn written(definition: &Definition, code: &str) -> String {
    let kinds = DefinitionKind::NAMES.iter();
    let (kind, _) = kinds.clone().find(|(_, kind)| *kind == definition.kind).expect("a name");
    let mut line = format!("{kind} {}", &code[definition.name.clone()]);
    let mut add = |sign: &str, range: &Option<Range<usize>>| {
        if let Some(range) = range {
            let _ = write!(line, "{sign}{}", &code[range.clone()]);
        }
    };
    add(": ", &definition.type_name);
    add(" of ", &definition.owner);
    line
}

#[test]
fn every_case_knows_what_is_defined() {
    let mut report = String::new();
    for row in linked() {
        let Some(query) = compiled(&row) else { continue };
        for (name, expected, code, offset) in cases(&row) {
            let tree = parsed(&row, &code);
            let known = definitions_at(&tree, &Rope::from_str(&code), &query, offset);
            let found: Vec<_> = known.iter().map(|one| written(one, &code)).collect();
            if found != expected {
                let (expected, found) = (expected.join(", "), found.join(", "));
                let (id, tree) = (&row.id, tree.root_node().to_sexp());
                let _ = writeln!(
                    report,
                    "{id}: {name}\n  expected {expected}\n  found    {found}\n{code}\n{tree}\n"
                );
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn every_query_in_a_folder_is_used() {
    for row in linked() {
        let is_there = grammars(&row.id).join("locals.scm").exists();
        assert!(!is_there || !row.locals_query_source.is_empty(), "{}: not in the table", row.id);
        if !row.locals_query_source.is_empty() {
            assert!(cases(&row).len() >= 2, "{}: fewer than 2 cases", row.id);
        }
    }
}

#[test]
fn an_unknown_capture_is_refused() {
    for row in linked() {
        let grammar = row.grammar.as_ref().expect("the row is linked");
        for source in ["(_) @typo", "(_) @definition.typo", "((_) @scope (#set! end \"never\"))"] {
            assert!(LocalsQuery::compile(grammar, source).is_err(), "{}: {source}", row.id);
        }
    }
}

#[test]
fn every_offset_of_every_case_is_answered() {
    for row in linked() {
        let Some(query) = compiled(&row) else { continue };
        for (name, _, code, _) in cases(&row) {
            let (tree, text) = (parsed(&row, &code), Rope::from_str(&code));
            for offset in 0..=code.len() + 2 {
                for one in definitions_at(&tree, &text, &query, offset) {
                    let (id, at) = (&row.id, offset.min(code.len()));
                    assert!(one.scope.start <= at && at <= one.scope.end, "{id} {name} {offset}");
                    assert!(at < one.name.start || one.name.end < at, "{id} {name} {offset}");
                }
            }
        }
    }
}
