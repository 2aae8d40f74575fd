//! What speaks for a name, on code made for one rule each.

use std::sync::Arc;

use super::*;
use crate::domain::class::classify;
use crate::domain::document::{Document, DocumentId};
use crate::domain::index::{Draft, Index, Key};
use crate::domain::language::Language;
use crate::domain::site::Trigger;

fn language() -> Arc<Language> {
    let mut language = Arc::try_unwrap(Language::plain_text()).expect("the only owner");
    language.lexical.keywords = ["let", "return"].map(str::to_owned).to_vec();
    language.lexical.binding_words = vec!["let".to_owned()];
    Arc::new(language)
}

/// The candidates at the `|` in `code`, where the texts in `others` are known too.
fn candidates_at(code: &str, others: &[&str]) -> Vec<Offered> {
    candidates_by(code, others, None)
}

/// The same, where something is usual in the language; the file is `row_reader.rs`.
fn candidates_by(code: &str, others: &[&str], usual: Option<&Usual>) -> Vec<Offered> {
    let (before, after) = code.split_once('|').expect("a cursor");
    let mut document = Document::new(DocumentId(0), 1, language(), &format!("{before}{after}"));
    document.filename = "row_reader.rs".into();
    let own = Key::Open(document.id);
    let mut index = Index::of_document(&document);
    for (number, text) in others.iter().enumerate() {
        let draft = Draft::of_rope(&ropey::Rope::from_str(text), &document.language.lexical);
        index.add(Key::Files(number as u32), draft.into());
    }
    let site = Site::new(document, before.len(), Trigger::Automatic);
    let found = classify(&site);
    let known = Known {
        index: Some(&index),
        own: Some(own),
        kept: None,
        closers: true,
        names: true,
        lines: false,
    };
    candidates(&site, &found, &known, usual)
}

/// A number of the candidate that completes to `rest`.
fn number(found: &[Offered], rest: &str, name: &str) -> f32 {
    let candidate = found.iter().find(|candidate| candidate.text == rest);
    let sheet = &candidate.unwrap_or_else(|| panic!("{rest} is no candidate: {found:?}")).sheet;
    sheet.numbers.iter().find(|(number, _)| *number == name).expect("a known number").1
}

#[test]
fn names_seen_behind_the_same_tokens_are_told_from_others() {
    let found = candidates_at("a.total(); b.count(); a.total; a.|", &[]);
    assert!(number(&found, "total", "two_count") > number(&found, "count", "two_count"));
    assert!(number(&found, "count", "one_count") > 0.0);
    assert!(number(&found, "total", "rank") < number(&found, "count", "rank"));
}

#[test]
fn an_argument_is_known_from_other_calls_of_the_function() {
    let found = candidates_at("f(one, two); g(three); f(x, |)", &[]);
    assert!(number(&found, "two", "call_count") > 0.0);
    assert!(number(&found, "one", "call_count") == 0.0);
}

#[test]
fn what_follows_the_cursor_counts_too() {
    let found = candidates_at("x = alpha + 1; y = albert; z = al| + 2", &[]);
    assert!(number(&found, "pha", "same_next") > number(&found, "bert", "same_next"));
}

#[test]
fn names_of_other_files_come_with_their_contexts() {
    let found = candidates_at("let a = conn.|", &["conn.execute(q); conn.execute(r);", "execute"]);
    assert!(number(&found, "execute", "far_two") > 0.0);
    assert!(number(&found, "execute", "far_two_share") > 0.9);
    assert!(number(&found, "execute", "far_segments") > 1.0);
    assert!(number(&found, "execute", "own_two") == 0.0);
}

#[test]
fn new_names_are_made_of_known_parts() {
    let found = candidates_at("new UserRepo u|", &[]);
    assert!(number(&found, "serRepo", "derived") > 0.0);
    let found = candidates_at("user_repo: U|", &[]);
    assert!(number(&found, "serRepo", "derived") > 0.0);
}

#[test]
fn new_names_are_made_of_the_name_of_the_file() {
    let found = candidates_at("type Ro|", &[]);
    assert!(number(&found, "wReader", "of_file") > 0.0);
}

#[test]
fn what_is_usual_is_offered_by_its_share() {
    let list = "words 5 request 3 require\nfamily x\nnames 600 Read 500 Result 599 ReadFile\n\
                behind new 2 Result\nafter = new 1 Read 3 ReadFile\n";
    let all = Usual::read_all(list);
    let usual = all.get("x");
    let found = candidates_by("x = new Re|", &[], usual);
    assert!(number(&found, "ad", "usual_after_share") > 0.7);
    assert!(number(&found, "ad", "usual_share") > number(&found, "sult", "usual_share"));
    assert!((number(&found, "sult", "usual_behind") - 2.0).abs() < 1e-6);
    assert!((number(&found, "quest", "is_word") - 1.0).abs() < 1e-6);
    let found = candidates_by("let MY_REQ|", &[], usual);
    assert!(number(&found, "UEST", "usual_word") > number(&found, "UIRE", "usual_word"));
}

#[test]
fn nothing_is_proposed_where_no_name_can_be() {
    for code in ["1|", "\"al|pha\"", "alpha; al|pha", "x = \"alpha al|"] {
        assert!(candidates_at(code, &[]).is_empty(), "{code}");
    }
}

#[test]
fn the_typed_word_itself_is_no_candidate() {
    let found = candidates_at("alpha alpha alpha alphabet alpha|", &[]);
    let texts: Vec<_> = found.iter().map(|candidate| candidate.text.as_str()).collect();
    assert_eq!(texts, ["bet"]);
    assert!(number(&found, "bet", "whole") > 1.0);
}

#[test]
fn every_number_of_the_weights_is_on_the_sheet() {
    let found = candidates_at("alpha al|", &[]);
    let ranker = RANKER.as_ref().expect("weights that can be read");
    assert_eq!(ranker.missing(&found[0].sheet), Vec::<&str>::new());
}

#[test]
fn a_name_that_the_index_does_not_have_yet_is_not_held_to_be_nowhere() {
    let code = "let counter = 1\nlet x = counter\nlet y = cou|\n";
    let (before, after) = code.split_once('|').expect("a cursor");
    let document = Document::new(DocumentId(0), 1, language(), &format!("{before}{after}"));
    let own = Some(Key::Open(document.id));
    let (full, empty) = (Index::of_document(&document), Index::default());
    let site = Site::new(document, before.len(), Trigger::Automatic);
    let found = classify(&site);
    let sheets = [&full, &empty].map(|index| {
        let known = Known {
            index: Some(index),
            own,
            kept: None,
            closers: false,
            names: true,
            lines: false,
        };
        let candidates = candidates(&site, &found, &known, None);
        ["far_own", "far_all", "far_segments", "far_members"]
            .map(|name| number(&candidates, "nter", name).to_bits())
    });
    assert_eq!(sheets[0], sheets[1]);
}
