//! The index against a naive one that keeps every text and counts it anew for each question.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::language::Lexical;
use crate::domain::tokens::contexts::{Before, CALL, TWO};
use crate::domain::tokens::{Kind, for_each_token};

fn lexical() -> Lexical {
    Lexical {
        line_comments: vec!["//".to_owned()],
        member_operators: vec![".".to_owned(), "::".to_owned()],
        ..Lexical::default()
    }
}

fn draft(texts: &[&str]) -> Draft {
    let mut builder = SegmentBuilder::default();
    let lexical = lexical();
    for text in texts {
        builder.add(text, &lexical);
    }
    builder.finish()
}

fn index(segments: &[(Key, &str)]) -> Index {
    let mut index = Index::default();
    for (key, text) in segments {
        index.add(*key, draft(&[text]).into());
    }
    index
}

fn contexts_at_end(text: &str) -> [u32; CONTEXTS] {
    let lexical = lexical();
    let mut before = Before::default();
    for_each_token(text, &lexical, |token| before.push(&token));
    before.contexts()
}

const OPEN: Key = Key::Open(DocumentId(1));
const FILES: Key = Key::Files(1);

/// The words after the last tokens of `text`, as text, with context, level and count.
fn followers(index: &Index, text: &str, own: Option<Key>) -> Vec<(String, usize, Level, u32)> {
    let mut found = Vec::new();
    index.followers(&contexts_at_end(text), own, |follower| {
        let Follower { word, context, level, count } = follower;
        found.push((index.word(word).to_owned(), context, level, count));
    });
    found.sort();
    found
}

#[test]
fn words_are_found_after_what_stood_before_them() {
    let own = "self.name = 1; self.name(2); self.size();";
    let index = index(&[(OPEN, own), (FILES, "self.other;")]);
    let found = followers(&index, "(self.", Some(OPEN));
    let after_two: Vec<_> =
        found.iter().filter(|(_, context, ..)| *context == TWO).cloned().collect();
    let expected = [
        ("name".to_owned(), TWO, Level::Own, 2),
        ("other".to_owned(), TWO, Level::Workspace, 1),
        ("size".to_owned(), TWO, Level::Own, 1),
    ];
    assert_eq!(after_two, expected);
    let totals = index.followers(&contexts_at_end("(self."), None, |_| {});
    assert_eq!((totals.uses[TWO], totals.words[TWO]), ([0, 3, 1], [0, 2, 1]));
}

#[test]
fn an_argument_is_found_by_its_function_and_number() {
    let index = index(&[(FILES, "open(path, flags)\nx = open(file, flags)")]);
    let found = followers(&index, "if open(a + 1, ", None);
    assert!(found.contains(&("flags".to_owned(), CALL, Level::Workspace, 2)), "{found:?}");
}

#[test]
fn uses_are_told_apart_and_comments_and_strings_left_out() {
    let index = index(&[(FILES, "a.run(b) // run\nrun(\"run\").run\n")]);
    let run = index.id("run").expect("a word");
    let expected = Roles { total: 3, member: 2, called: 2, starts_line: 1 };
    assert_eq!((index.roles(run), index.roles_in(FILES, run)), (expected, expected));
    assert_eq!(index.count_in(run), 1);
    assert_eq!(index.id("\""), None);
}

#[test]
fn lines_seen_again_are_kept_and_short_ones_and_single_ones_not() {
    let text = "return fetch(url);\n  return fetch(url);\n}\n}\nlet once = 1;\nfind\nfind\n";
    let index = index(&[(FILES, text), (OPEN, "return fetch(x);\nreturn fetch(x);")]);
    let lines: Vec<_> = index.lines_with_prefix("return f", Some(OPEN)).collect();
    let expected =
        [("return fetch(x);", 2, Level::Own), ("return fetch(url);", 2, Level::Workspace)];
    assert_eq!(lines, expected);
    assert_eq!(index.lines_with_prefix("", None).count(), 2);
}

#[test]
fn a_query_visits_no_more_than_its_bound() {
    let words: Vec<_> = (0..2 * VISITED_MAX).map(|n| format!("x.m{n};")).collect();
    let words = words.concat();
    let index = index(&[(OPEN, &words), (FILES, &words)]);
    let mut visited = [0_usize; CONTEXTS];
    let totals = index.followers(&contexts_at_end("x."), None, |found| visited[found.context] += 1);
    assert_eq!(visited[TWO], VISITED_MAX);
    assert_eq!(totals.words[TWO], [0, 2 * VISITED_MAX as u32, 2 * VISITED_MAX as u32]);
}

#[test]
fn more_words_than_a_segment_numbers_do_no_harm() {
    let words: Vec<_> = (0..70_000).map(|n| format!("w{n}")).collect();
    let draft = draft(&[&words.join(" ")]);
    assert_eq!(draft.words(), 65_536);
}

#[test]
fn a_draft_survives_the_disk_and_a_damaged_one_is_refused() {
    let text = "return fetch(url);\n  return fetch(url);\nclass Größe { int a; }\n";
    let draft = draft(&[text, "other.text()"]);
    let bytes = draft.to_bytes();
    assert_eq!(Draft::from_bytes(&bytes).as_ref(), Some(&draft));
    for end in 0..bytes.len() {
        assert_eq!(Draft::from_bytes(&bytes[..end]), None, "cut at {end}");
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert_eq!(Draft::from_bytes(&damaged), None, "byte {at}");
    }
    let empty = Draft::default();
    assert!(Draft::from_bytes(&empty.to_bytes()).is_none(), "it has no table");
    let empty = SegmentBuilder::default().finish();
    assert_eq!(Draft::from_bytes(&empty.to_bytes()), Some(empty));
}

/// What each word is used as, counted by hand.
fn naive_roles(texts: &[&str]) -> BTreeMap<String, Roles> {
    let lexical = lexical();
    let mut roles: BTreeMap<String, Roles> = BTreeMap::new();
    for text in texts {
        let mut tokens = Vec::new();
        for_each_token(text, &lexical, |token| tokens.push(token));
        for (at, token) in tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Name) {
            let is_operator = |t: &&str| lexical.member_operators.iter().any(|o| o == t);
            let is_member =
                at > 0 && tokens[at - 1].kind == Kind::Sign && is_operator(&tokens[at - 1].text);
            let entry = roles.entry(token.text.to_owned()).or_default();
            entry.total += 1;
            entry.member += u32::from(is_member);
            entry.called += u32::from(tokens.get(at + 1).is_some_and(|next| next.text == "("));
            entry.starts_line += u32::from(token.starts_line);
        }
    }
    roles
}

/// Everything an index says, with words as texts.
fn said(index: &Index, texts: &[&str]) -> impl PartialEq + std::fmt::Debug + use<> {
    let words: Vec<String> =
        index.with_prefix("", usize::MAX).into_iter().map(|w| index.word(w).to_owned()).collect();
    let roles: BTreeMap<String, (Roles, u32)> = words
        .iter()
        .map(|word| {
            let id = index.id(word).expect("a word");
            (word.clone(), (index.roles(id), index.count_in(id)))
        })
        .collect();
    let found: Vec<_> = texts.iter().map(|text| followers(index, text, Some(OPEN))).collect();
    let lines = index.lines_with_prefix("", Some(OPEN));
    let lines: Vec<_> = lines.map(|(line, count, level)| (line.to_owned(), count, level)).collect();
    let size = Size { bytes: 0, ..index.size() };
    (words, roles, found, lines, size)
}

fn code() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["a", "b", "foo", "foo_bar", "é", "self", "12"]);
    let sign = prop::sample::select(vec![".", "(", ")", ", ", " = ", ";\n", " ", "\"s\"", "::"]);
    prop::collection::vec((word, sign).prop_map(|(a, b)| [a, b].concat()), 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// After any changes the index is what one built from what is left would be, and counts as one
    /// who counts by hand.
    #[test]
    fn changes_leave_no_trace(
        steps in prop::collection::vec((0_u32..6, prop::option::of(code())), 1..25)
    ) {
        let key = |n: u32| if n < 3 { Key::Open(DocumentId(n)) } else { Key::Files(n) };
        let (mut index, mut model) = (Index::default(), BTreeMap::new());
        for (step, (number, text)) in steps.iter().enumerate() {
            if let Some(text) = text {
                let mut entering = Entering::from(draft(&[text]));
                while !index.enter(&mut entering, 1 + step % 3) {}
                if step % 5 == 4 {
                    index.abandon(entering);
                    continue;
                }
                index.add(key(*number), entering);
                model.insert(key(*number), text.as_str());
            } else {
                let removed = index.remove(key(*number));
                prop_assert_eq!(removed.is_some(), model.remove(&key(*number)).is_some());
            }
            if step % 4 == 0 {
                index.sweep(2);
            }
        }
        while !index.sweep(7) {}
        let texts: Vec<&str> = model.values().copied().collect();
        let mut built = Index::default();
        for (key, text) in &model {
            built.add(*key, draft(&[text]).into());
        }
        prop_assert_eq!(said(&index, &texts), said(&built, &texts));
        let naive = naive_roles(&texts);
        prop_assert_eq!(index.size().words, naive.len());
        for (word, roles) in &naive {
            let id = index.id(word).expect("a word that is used");
            prop_assert_eq!(index.roles(id), *roles, "{}", word);
        }
        for (key, text) in &model {
            let own = naive_roles(&[text]);
            let listed: BTreeMap<_, _> = index
                .with_prefix_in(*key, "f")
                .map(|(word, roles)| (index.word(word).to_owned(), roles))
                .collect();
            let expected: BTreeMap<_, _> =
                own.into_iter().filter(|(word, _)| word.starts_with('f')).collect();
            prop_assert_eq!(listed, expected);
        }
    }
}
