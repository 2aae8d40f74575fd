//! The tree is that of the text: kept in step through every edit, rows and columns included, and
//! once the text is whole again the same as a parse from nothing.

use std::sync::Arc;
use std::time::Instant;

use tabtier::config::languages::Languages;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::syntax::parse;
use tabtier::domain::text::PositionEncoding;
use tree_sitter::{Node, Point, Tree};

use super::model::{Model, Place};
use super::position;
use crate::support::random::Random;
use tabtier::domain::text::TextChange;

const RUST: &str = "use std::fmt;\r\n\r\n/// Ä 😀 漢.\nfn a(x: &str) -> usize {\r\n    let y = \
    x.len();\n    match y {\r\n        0 => 1, // é\n        _ => { y + \"𝒳\".len() }\r\n    }\n}\n\nstruct \
    S<T> {\r\n    field: T,\n}\r\n\nimpl<T> S<T> {\n    fn get(&self) -> &T {\r\n        &self.field\n    }\n}\n";
const PYTHON: &str = "import os\r\n\nclass A:\r\n    \"\"\"Ä 😀.\"\"\"\n\n    def f(self, x=1):\r\n        \
    if x:\n            return [y for y in x if y]\r\n        else:\n            pass\n        return \
    'é𝒳'\r\n\n\ndef g():\n    with open('a') as b:\r\n        print(f\"{b}\", \"漢\")\n";

/// What is typed into code: mostly harmless, some of it breaking, with every kind of line break.
const TYPED: [&str; 18] = [
    "x",
    "y1",
    " ",
    "\n",
    "\r\n",
    "\r",
    "    ",
    "😀",
    "é",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "#",
    ":",
    "let z = 1;\n",
    "",
];

#[test]
fn the_tree_of_rust_stays_that_of_its_text() {
    (0..60).for_each(|seed| session(seed, "rust", RUST));
}

#[test]
fn the_tree_of_python_stays_that_of_its_text() {
    (0..60).for_each(|seed| session(seed, "python", PYTHON));
}

/// Edits at random, each undone at the end, with parses that come in time, late or never.
fn session(seed: u64, language: &str, text: &str) {
    let random = &mut Random::new(seed);
    let language = Languages::load().by_id(language).expect("a language");
    let mut document = Document::new(DocumentId(1), 0, Arc::clone(&language), text);
    publish_parse_of(&document.clone(), &mut document);
    let mut model = Model::new(text, PositionEncoding::Utf16);
    let mut undo: Vec<String> = Vec::new();
    for version in 0..40 {
        let context = format!("{}, seed {seed}, version {version}", language.id);
        let parsed_before = random.one_in(2).then(|| document.clone());
        for _ in 0..=random.below(3) {
            undo.push(model.text());
            let (from, to) = places(random, &model);
            let text = *random.pick(&TYPED);
            model.replace(from, to, text);
            apply(&mut document, Some((from, to)), text);
        }
        assert_eq!(document.rope.to_string(), model.text(), "{context}");
        check_places(document.syntax.latest(), &model.text(), &context);
        // A parse that began before these edits is brought up to date when it comes.
        if let Some(before) = parsed_before {
            publish_parse_of(&before, &mut document);
            check_places(document.syntax.latest(), &model.text(), &context);
        }
        if random.one_in(2) {
            publish_parse_of(&document.clone(), &mut document);
            compare_with_fresh(&document, &context);
        }
    }
    // Undone one by one, as an editor does it: by the smallest change that leads back.
    while let Some(earlier) = undo.pop() {
        step_back(&mut document, &model, &earlier);
        model = model.replaced(&earlier);
        if random.one_in(3) {
            publish_parse_of(&document.clone(), &mut document);
        }
    }
    assert_eq!(document.rope.to_string(), text, "seed {seed}");
    publish_parse_of(&document.clone(), &mut document);
    let tree = document.syntax.latest().expect("a tree");
    assert!(!tree.root_node().has_error(), "seed {seed}: the text is whole again");
    compare_with_fresh(&document, &format!("{}, seed {seed}, undone", language.id));
}

fn places(random: &mut Random, model: &Model) -> (Place, Place) {
    let from = model.random_place(random);
    match random.below(3) {
        0 => (from, (from.0, from.1.saturating_add(2))),
        _ => (from, from),
    }
}

fn apply(document: &mut Document, range: Option<(Place, Place)>, text: &str) {
    let range = range.map(|(from, to)| (position(from), position(to)));
    let change = TextChange { range, text: text.to_owned() };
    document.apply(document.version + 1, &[change], PositionEncoding::Utf16, Instant::now());
}

/// What a background analysis does.
fn publish_parse_of(snapshot: &Document, document: &mut Document) {
    let grammar = snapshot.language.grammar.as_ref().expect("a grammar");
    let tree = parse(grammar, &snapshot.rope, snapshot.syntax.latest(), &mut || true);
    let tree = tree.expect("a tree");
    document.syntax.publish(tree, snapshot.revision, snapshot.last_edit);
}

/// Replaces the part that differs.
fn step_back(document: &mut Document, model: &Model, earlier: &str) {
    let now = model.text();
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let start = same(&mut now.chars(), &mut earlier.chars());
    let end = same(&mut now[start..].chars().rev(), &mut earlier[start..].chars().rev());
    document.splice(start..now.len() - end, &earlier[start..earlier.len() - end]);
}

/// Error recovery may take another way when it reuses parts, so only whole trees must be equal.
fn compare_with_fresh(document: &Document, context: &str) {
    let grammar = document.language.grammar.as_ref().expect("a grammar");
    let fresh = parse(grammar, &document.rope, None, &mut || true).expect("a tree");
    let kept = document.syntax.latest().expect("a tree");
    check_places(Some(kept), &document.rope.to_string(), context);
    if !fresh.root_node().has_error() {
        assert_eq!(kept.root_node().to_sexp(), fresh.root_node().to_sexp(), "{context}");
        let places = |tree: &Tree| all(tree).map(|node| node.range()).collect::<Vec<_>>();
        assert_eq!(places(kept), places(&fresh), "{context}");
    }
}

fn all(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    let mut stack = vec![tree.root_node()];
    std::iter::from_fn(move || {
        let node = stack.pop()?;
        stack.extend((0..node.child_count()).rev().filter_map(|index| node.child(index)));
        Some(node)
    })
}

/// Every node ends inside the text, and its row and column are those of its offset: rows end at
/// `\n` alone, columns are bytes.
fn check_places(tree: Option<&Tree>, text: &str, context: &str) {
    let mut rows = vec![0];
    rows.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let point = |offset: usize| {
        let row = rows.partition_point(|start| *start <= offset) - 1;
        Point::new(row, offset - rows[row])
    };
    for node in all(tree.expect("a tree")) {
        assert!(node.end_byte() <= text.len(), "{context}: {node:?} in {text:?}");
        assert_eq!(node.start_position(), point(node.start_byte()), "{context}: {node:?}");
        assert_eq!(node.end_position(), point(node.end_byte()), "{context}: {node:?}");
    }
}
