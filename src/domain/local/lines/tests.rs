//! Which lines may come at a place, and what is said of each. No probabilities.

use std::sync::Arc;

use super::*;
use crate::domain::class::classify;
use crate::domain::document::{Document, DocumentId};
use crate::domain::index::{Draft, Index, Key};
use crate::domain::language::{BlockStyle, Language};
use crate::domain::site::Trigger;

fn lines_at(code: &str) -> Vec<Candidate> {
    lines_beside(code, "")
}

/// The lines that may come where another file is open too.
fn lines_beside(code: &str, other: &str) -> Vec<Candidate> {
    let (before, after) = code.split_once('|').expect("a cursor");
    let mut language = Arc::try_unwrap(Language::plain_text()).expect("the only owner");
    language.lexical.block_style = BlockStyle::Braces;
    language.lexical.line_comments = vec!["//".to_owned()];
    language.lexical.statement_end = ";".to_owned();
    language.lexical.keywords = ["let", "if", "return", "case"].map(str::to_owned).to_vec();
    let document = Document::new(DocumentId(0), 1, Arc::new(language), &format!("{before}{after}"));
    let mut index = Index::of_document(&document);
    let draft = Draft::of_rope(&other.into(), &document.language.lexical);
    index.add(Key::Open(DocumentId(1)), draft.into());
    let own = Some(Key::Open(document.id));
    let site = Site::new(document, before.len(), Trigger::Automatic);
    let known = Known { index: Some(&index), own, lines: true, ..Known::default() };
    crate::domain::local::candidates(&site, &classify(&site), &known)
}

fn check(code: &str, first: &str) -> Candidate {
    let found = lines_at(code);
    let texts: Vec<&str> = found.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts.first().copied().unwrap_or_default(), first, "{code}: {texts:?}");
    found.into_iter().next().unwrap_or_else(|| Candidate {
        source: Source::Line,
        text: String::new(),
        sheet: crate::domain::class::features::Sheet::default(),
    })
}

fn number(line: &Candidate, name: &str) -> f32 {
    let mut numbers = line.sheet.numbers.iter();
    numbers.find(|(known, _)| *known == name).map(|(_, value)| *value).expect(name)
}

#[test]
fn a_line_goes_on_as_the_one_that_begins_like_it() {
    let found = check("log.warn(id, text);\nfoo();\n  log.wa|\n", "rn(id, text);");
    assert_eq!((number(&found, "tokens"), number(&found, "nearest")), (3.0, 2.0_f32.ln()));
    assert!(number(&found, "by_beginning") > 0.0 && number(&found, "whole") > 0.0);
    check("return a.b; // why\n\nreturn |", "a.b;");
    check("let a = \"x y\";\nlet a = \"x|\n", " y\";");
}

#[test]
fn a_line_goes_on_as_where_its_last_tokens_stand_longest() {
    let code = "x = foo(alpha, beta);\nz = bar(alpha, 1);\nif 1 + foo(al|";
    let found = check(code, "pha, beta);");
    assert_eq!((number(&found, "tokens"), number(&found, "whole")), (3.0, 0.0));
    assert!(number(&found, "by_tokens") > 0.0);
}

#[test]
fn names_that_changed_before_the_cursor_change_behind_it() {
    for (code, first, renamed) in [
        ("self.width = width;\nself.height = |", "height;", 1.0),
        ("x.set_a(a);\nx.set_b(|", "b);", 1.0),
        ("case Left: return \"left\";\ncase Right:|", " return \"right\";", 1.0),
        ("x: self.x,\nwidth: self.width,\nheight|", ": self.height,", 1.0),
        ("a.on(b, a);\nc.on(d, |", "c);", 2.0),
    ] {
        let found = check(code, first);
        assert_eq!(
            (number(&found, "renamed"), number(&found, "changed")),
            (renamed, 1.0),
            "{code}"
        );
        assert!(number(&found, "by_likeness") > 0.0);
    }
}

#[test]
fn what_followed_a_line_follows_it_again() {
    let found = check("z();\na();\nb(1);\nc();\nz();\na();\n|", "b(1);");
    assert!(number(&found, "by_line_above") > 0.0 && number(&found, "same_two_above") > 0.0);
    let found = check("open(left);\nclose(left);\nfoo;\nopen(right);\n|", "close(right);");
    assert!(number(&found, "by_like_above") > 0.0 && number(&found, "like_above") > 0.0);
    assert!(number(&found, "same_above") < 0.5);
}

#[test]
fn lines_that_count_are_counted_on() {
    let found = check("A_8 = \"a8\",\nA_9 = \"a9\",\n|", "A_10 = \"a10\",");
    assert!(number(&found, "by_sequence") > 0.0);
    check("[0, 1, 0],\n[2, 1, 2],\n|", "[4, 1, 4],");
    assert!(lines_at("a1\nb2\n|").iter().all(|line| number(line, "by_sequence") == 0.0));
}

#[test]
fn lines_written_again_in_such_a_place_may_come_and_single_ones_not() {
    let found = check("f {\n  a;\n  end();\n  b;\n  end();\n  x;\n  c;\n  |", "end();");
    assert!(number(&found, "by_place") > 0.0);
    assert_eq!(lines_at("f {\n  a;\n  end(a);\n}\ng {\n  b + 1;\n  |\n}").len(), 0);
}

#[test]
fn other_files_are_looked_at_too() {
    let found = lines_beside("fetch.al|", "fetch.all(1);\nfetch.all(1);\n");
    let [found] = &found[..] else { panic!("{found:?}") };
    assert_eq!(found.text, "l(1);");
    assert!(number(found, "counted_open") > 0.0 && number(found, "counted_own") == 0.0);
    assert_eq!((number(found, "unknown"), number(found, "names")), (0.0, 0.0));
}

#[test]
fn nothing_is_offered_where_code_stands_behind_or_where_it_is_no_line() {
    for code in [
        "// log.warn(id);\n// log.|",
        "log.warn(id);\nlog.w| + 1",
        "log.warn(id);\nlog.w|arn",
        "alpha();\nal|pha();",
        "name\nna|",
        &format!("f(1, {});\nf(1, |", "a + ".repeat(20)),
        "|",
        "",
    ]
    .map(|code| if code.is_empty() { " |" } else { code })
    {
        assert_eq!(lines_at(code).len(), 0, "{code}");
    }
    check("foo(a, b);\nfoo(|)", "a, b");
}

#[test]
fn brackets_and_names_are_weighed() {
    let found = check("foo(a, [b]);\nfoo(|", "a, [b]);");
    assert_eq!((number(&found, "left_open"), number(&found, "closes_too_much")), (0.0, 0.0));
    let found = check("foo(a), b);\n+ foo(|", "a), b);");
    assert_eq!((number(&found, "left_open"), number(&found, "closes_too_much")), (-1.0, 1.0));
    let found = check("set(a, is_a());\nset(b, |", "is_b());");
    assert_eq!((number(&found, "unknown"), number(&found, "names")), (1.0, 1.0));
}

#[test]
fn lines_that_ended_here_speak_against_more() {
    let found = check("x.y\nx.y + b\nx.y|", " + b");
    assert!((0.3..0.7).contains(&number(&found, "ended")));
}

#[test]
fn the_sheet_is_the_same_everywhere() {
    let names = |code| -> Vec<&str> {
        lines_at(code)[0].sheet.numbers.iter().map(|(name, _)| *name).collect()
    };
    let first = names("log.warn(id);\nlog.|");
    assert_eq!(first, names("z();\na();\nb(1);\nc();\nz();\na();\n|"));
    let unique: std::collections::BTreeSet<_> = first.iter().collect();
    assert_eq!(unique.len(), first.len());
}
