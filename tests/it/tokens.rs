//! Token counts against those of the tokenizers that the vocabularies come from.

use std::collections::BTreeMap;

use serde::Deserialize;
use tabtier::domain::ruler::{CAUTIOUS, Ruler, Vocabulary};
use tabtier::tokenizers;

#[derive(Deserialize)]
struct File {
    text: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    name: String,
    code: Option<String>,
    file: Option<String>,
    counts: BTreeMap<String, u32>,
}

/// A ruler with this vocabulary, once it is loaded.
pub(crate) fn counted(vocabulary: Vocabulary) -> Ruler<'static> {
    tokenizers::load([vocabulary]);
    loop {
        match tokenizers::ready(vocabulary) {
            Some(exact) => return Ruler { exact: Some(exact), bytes_per_token: CAUTIOUS },
            None => std::thread::yield_now(),
        }
    }
}

#[test]
fn texts_have_as_many_tokens_as_for_their_makers() {
    let file: File = toml::from_str(include_str!("../data/tokens.toml")).expect("sound data");
    let mut compared = 0;
    for known in &file.text {
        let read = |name: &String| std::fs::read_to_string(name).expect("a file of ours");
        let text = known.code.clone().or_else(|| known.file.as_ref().map(read)).expect("a text");
        for (name, count) in &known.counts {
            let ruler = counted(Vocabulary::from_name(name).expect("a vocabulary"));
            assert_eq!(ruler.tokens(&text).0, *count, "{} with {name}", known.name);
            compared += 1;
        }
    }
    assert!(compared >= 7 * Vocabulary::ALL.len(), "{compared}");
}

#[test]
fn what_nobody_has_counted_is_rather_estimated_too_high() {
    // Files of ours that nobody makes denser to please this test.
    let texts = [
        include_str!("../../src/domain/lexical/scanner.rs"),
        include_str!("../../editors/emacs/tabtier.el"),
        include_str!("../tools/make_gguf.py"),
        include_str!("../../docs/architecture.md"),
    ];
    for text in texts {
        let estimated = f64::from(Ruler::CAUTIOUS.tokens(text).0);
        for vocabulary in Vocabulary::ALL {
            let ratio = estimated / f64::from(counted(vocabulary).tokens(text).0);
            assert!((1.0..2.0).contains(&ratio), "{}: {ratio}", vocabulary.name());
        }
    }
}
