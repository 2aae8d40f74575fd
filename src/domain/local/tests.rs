//! What the local engine offers, seen from outside: code with a cursor in, best offer out.

use std::sync::Arc;

use super::*;
use crate::domain::class::classify;
use crate::domain::document::{Document, DocumentId};
use crate::domain::language::{BlockStyle, Language};
use crate::domain::site::Trigger;

fn offers_at(code: &str) -> Vec<Offer> {
    let (before, after) = code.split_once('|').expect("a cursor");
    let mut language = Arc::try_unwrap(Language::plain_text()).expect("the only owner");
    language.lexical.block_style = BlockStyle::Braces;
    language.lexical.line_comments = vec!["//".to_owned()];
    language.lexical.statement_end = ";".to_owned();
    language.lexical.header_words = vec!["if".to_owned()];
    language.lexical.keywords = ["let", "if", "return"].map(str::to_owned).to_vec();
    let document = Document::new(DocumentId(0), 1, Arc::new(language), &format!("{before}{after}"));
    let own = Key::Open(document.id);
    let index = Index::of_document(&document);
    let site = Site::new(document, before.len(), Trigger::Automatic);
    let found = classify(&site);
    offers(
        &site,
        &found,
        &Known {
            index: Some(&index),
            own: Some(own),
            kept: None,
            closers: true,
            names: true,
            lines: true,
        },
    )
}

/// Checks the best offer; an empty one means that nothing is sure enough to be shown by itself.
fn check(code: &str, best: &str) {
    let offers = offers_at(code);
    let shown = offers.first().filter(|o| !best.is_empty() || o.is_last_resort(Trigger::Automatic));
    assert_eq!(shown.map_or("", |offer| offer.text.as_str()), best, "{code}: {offers:?}");
}

/// Checks what is among the offers and what is not.
fn check_among(code: &str, wanted: &[&str], unwanted: &[&str]) {
    let offers = offers_at(code);
    let is_offered = |text: &&&str| offers.iter().any(|offer| offer.text == **text);
    assert!(wanted.iter().all(|text| is_offered(&text)), "{code}: {offers:?}");
    assert!(!unwanted.iter().any(|text| is_offered(&text)), "{code}: {offers:?}");
}

#[test]
fn delimiters_of_the_line_are_closed_in_order_and_the_statement_ended() {
    check("{\n    a(b);\n    foo(bar(1|\n}", "));");
    check("{\n    a(b);\n    let x = foo([1, 2|\n}", "]);");
    // Where no line above says how lines end, both are among the offers.
    check_among("{\n    foo(bar(1|\n}", &["))", "));"], &[]);
    check_among("{\n    let x = foo([1, 2|\n}", &["])", "]);"], &[]);
    check_among("{\n    foo(\n        bar(1|\n    )\n}", &[")"], &["))"]);
}

#[test]
fn nothing_is_closed_twice() {
    check("{\n    foo(bar(1|))\n}", "");
    check_among("{\n    foo(bar(1|))\n}", &[], &[")", "))", "));"]);
    check_among("{\n    foo(bar(1|)\n}", &[], &["))", "));"]);
}

#[test]
fn rows_are_separated_as_the_ones_beside_them_and_headers_opened() {
    check("foo(\n    bar(1),\n    baz(2|\n)\n", "),");
    check("foo(\n    bar(1)\n    baz(2|\n)\n", ")");
    check_among("{\n    if foo(bar(1|\n}", &[")) {", "))"], &["}"]);
}

#[test]
fn an_open_block_is_closed_where_the_indentation_is_back() {
    check("f {\n    a;\n|", "}");
    check("f {\n    a;\n    |\n}", "");
}

#[test]
fn a_block_is_closed_as_the_last_one_of_its_kind_was() {
    check("let a = {\n    b;\n};\nlet c = {\n    d;\n|", "};");
    check_among("let a = {\n    b;\n};\nf {\n    d;\n|", &["}", "};"], &[]);
    check("let a = {\n    b;\n};\nlet c = {\n    d;|\n", "\n};");
}

#[test]
fn names_come_from_the_same_context_first() {
    check("self.alpha(); other.beta(); self.alpha(); self.al|", "pha");
    check("self.total(); other.count(); self.total(); other.count(); other.|", "count");
    check("compute_total(); compute_t|", "otal");
    check("retur|", "n");
}

#[test]
fn an_unknown_word_is_left_alone() {
    check("alpha beta gamma del|", "");
    check("// alpha\nal|", "");
}
