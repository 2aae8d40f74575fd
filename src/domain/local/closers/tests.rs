//! Which runs may come at a place, and what is said of each. No probabilities.

use std::sync::Arc;

use super::*;
use crate::domain::class::classify;
use crate::domain::document::{Document, DocumentId};
use crate::domain::language::{BlockStyle, Language};
use crate::domain::site::Trigger;

fn runs_at(code: &str) -> Vec<Candidate> {
    let (before, after) = code.split_once('|').expect("a cursor");
    let mut language = Arc::try_unwrap(Language::plain_text()).expect("the only owner");
    language.lexical.block_style = BlockStyle::Braces;
    language.lexical.statement_end = ";".to_owned();
    language.lexical.keywords = ["let", "if", "class"].map(str::to_owned).to_vec();
    language.lexical.ended_words = vec!["class".to_owned()];
    let document = Document::new(DocumentId(0), 1, Arc::new(language), &format!("{before}{after}"));
    let site = Site::new(document, before.len(), Trigger::Automatic);
    let cutter = Cutter::new(&site.document.language.lexical);
    let around = crate::domain::local::text::Surroundings::of(&site);
    let cut = around.cut(&cutter);
    candidates(&site, &classify(&site), (&around.lines(&cut), &cutter))
}

/// The run with this text.
fn run(code: &str, text: &str) -> Candidate {
    let found = runs_at(code);
    let texts: Vec<&str> = found.iter().map(|run| run.text.as_str()).collect();
    let place = texts.iter().position(|other| *other == text);
    let place = place.unwrap_or_else(|| panic!("{text:?} is no run: {texts:?}"));
    found.into_iter().nth(place).expect("the same")
}

fn number(run: &Candidate, name: &str) -> f32 {
    let mut numbers = run.sheet.numbers.iter();
    numbers.find(|(known, _)| *known == name).map(|(_, value)| *value).expect(name)
}

/// Whether a number of one run is above that of another.
fn is_above(code: &str, name: &str, more: &str, less: &str) -> bool {
    number(&run(code, more), name) > number(&run(code, less), name)
}

#[test]
fn calls_end_as_others_that_were_begun_alike() {
    let code = "check(a, b)?;\nlet x = other(a);\nif test(a) {\n    check(a, b|\n}";
    assert!(is_above(code, "of_pairs_same", ")?;", ");"));
    assert!(is_above(code, "of_pairs_first", ")?;", ") {"));
    let code = "check(a).then(b);\ncheck(c|";
    assert!(number(&run(code, ");"), "pairs_going_on_same") > 0.3);
}

#[test]
fn blocks_end_as_others_that_were_begun_alike() {
    let code = "class a {\n    b;\n};\nif c {\n    d;\n}\nclass e {\n    f;\n|";
    assert!(is_above(code, "of_blocks_first", "};", "}"));
    let code = "class a {\n    b;\n};\nif c {\n    d;\n}\nif e {\n    f;\n|";
    assert!(is_above(code, "of_blocks_first", "}", "};"));
}

#[test]
fn a_brace_below_is_told_by_the_lines_that_have_one_below() {
    let code = "if (a)\n{\n    b;\n}\nif (c|";
    assert!(number(&run(code, ")"), "openers_alone") > 0.99);
    let code = "if (a)\n{\n    b;\n}\nif (c)|";
    assert!(is_above(code, "of_first", "\n{", ";"));
}

#[test]
fn lines_that_go_on_as_others_of_the_file_are_among_the_runs() {
    run("a.then((b) => {\n});\nc.then((d) |", "=> {");
    run("a = b &&\n    c;\nd = e |", "&&");
    run("f = [\n    { a },\n    { b |", "},");
    run("a(() {\n    b;\n}());\nc(() {\n    d;\n|", "}());");
}

/// Which runs are among those at a place, and which are not.
const SHAPES: [(&str, &[&str], &[&str]); 14] = [
    // Behind a half-typed operator as other lines go on: as a whole, or with what closes here.
    ("if err != nil {\n}\nif err !|", &["= nil {"], &["= nil)"]),
    ("a(b == 0);\nif (b =|", &["= 0)", "= 0);", "= 0) {"], &["= 0)))"]),
    ("fn a() -> B {\n}\nfn c() -|", &["> B {"], &[]),
    ("f(x, ...y);\ng(z, ..|", &[".y)", ".y);"], &[]),
    // Nothing in the file goes on so.
    ("a.b(c);\nd.|", &[";"], &[".b", "b(c);"]),
    ("a = b;\nc = d |", &["&&", "{"], &["= b;"]),
    // Half of a usual line end.
    ("a = b &|", &["&"], &["&&"]),
    // Calls without arguments.
    ("f(g.h|", &["());", "()),", "())", ");"], &["()}"]),
    ("f(() |", &["{", "{})", ") {"], &["){", "(),"]),
    ("{ a|\n}", &["; }"], &[]),
    // The body below closes what was opened on the cursor's line.
    ("f({ a, b |\n    c;\n}", &["}) {"], &[]),
    // Blocks: called where they were written, heads that go on, no more than is open.
    ("(() => {\n    a;\n|", &["})();", "})()"], &["}))"]),
    ("f(\n    a,\n|", &[") {", ")"], &["})"]),
    ("a(() => {\n    b;\n});\nif c {\n    d;\n|", &["}", "};"], &["});"]),
];

#[test]
fn every_shape_is_among_the_runs_and_none_closes_twice() {
    for (code, wanted, unwanted) in SHAPES {
        let found = runs_at(code);
        let texts: Vec<&str> = found.iter().map(|run| run.text.as_str()).collect();
        for text in wanted {
            assert!(texts.contains(text), "{text:?} is no run at {code:?}: {texts:?}");
        }
        for text in unwanted {
            assert!(!texts.contains(text), "{text:?} is a run at {code:?}: {texts:?}");
        }
    }
}

#[test]
fn a_line_that_comes_back_tells_what_is_opened() {
    let code = "f|\n    a,\n    b,\n);";
    assert!(is_above(code, "return_fits", "(", " {"));
    let code = "f|\n    a;\n    b;\n}";
    assert!(is_above(code, "return_fits", " {", "("));
    assert!(is_above(code, "return_fits", " {", ";"));
}

#[test]
fn pairs_at_the_cursor_end_as_others_that_were_begun_alike() {
    let code = "if (a) {\n}\nb(c);\nif (d)|\n    e;";
    assert!(is_above(code, "of_pairs_class", " {", ";"));
    let code = "if (a) {\n}\nb(c);\nb(d)|";
    assert!(is_above(code, "of_pairs_same", ";", " {"));
    let code = "f(a, b, c);\nf(d, e|";
    assert!(number(&run(code, ")"), "same_calls_longer") > 0.9);
    assert!(number(&run("f(a, b);\nf(d, e|", ")"), "same_calls_as_long") > 0.9);
}

#[test]
fn words_are_followed_as_elsewhere() {
    let code = "a.close();\nb.close();\nc.close|";
    assert!(is_above(code, "word_followed", "();", ";"));
    assert!(is_above(code, "of_word", "();", ";"));
}

#[test]
fn a_statement_begins_above_the_parameters() {
    let code = "if a {\n    b;\n}\nclass (\n    c\n) {\n    d;\n|";
    assert!(number(&run(code, "}"), "head_is_ended") > 0.99);
    let code = "class a {\n    b;\n};\nif (\n    c\n) {\n    d;\n|";
    assert!(number(&run(code, "}"), "head_is_ended") < 0.01);
}

#[test]
fn statements_that_leave_their_block_are_told() {
    let is_told = |code| {
        let block = run(code, "}");
        (number(&block, "leaves"), number(&block, "above_leaves"), number(&block, "closed_lines"))
    };
    assert_eq!(is_told("a {\n    b;\n    return c;\n|"), (0.0, 1.0, 3.0));
    assert_eq!(is_told("a {\n    return b; |"), (1.0, 0.0, 1.0));
    assert_eq!(is_told("a {\n    returns;\n|"), (0.0, 0.0, 2.0));
}

#[test]
fn the_sheet_is_the_same_everywhere_and_holds_what_the_weights_ask_for() {
    let names = |code| -> Vec<&str> {
        let found = runs_at(code);
        let sheet = &found[0].sheet;
        sheet.numbers.iter().map(|(name, _)| *name).collect()
    };
    let first = names("a(b|");
    assert_eq!(first, names("class a {\n|"));
    let unique: std::collections::BTreeSet<_> = first.iter().collect();
    assert_eq!(unique.len(), first.len());
    let ranker = RANKER.as_ref().expect("weights that can be read");
    assert_eq!(ranker.missing(&runs_at("a(b|")[0].sheet), Vec::<&str>::new());
}
