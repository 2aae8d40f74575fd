//! What the local engine keeps between keystrokes, on real code as it is typed.

use std::path::Path;
use std::time::Instant;

use tabtier::config::languages::Languages;
use tabtier::domain::class::classify;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::index::{Index, Key};
use tabtier::domain::local::{Kept, Known, offers};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};

const CODE: &str = include_str!("../data/code/scanner.rs.txt");

/// A file that is typed into.
struct Typing {
    document: Document,
    index: Index,
    kept: Kept,
}

impl Typing {
    fn new(id: u32, language: &str, code: &str) -> Self {
        let language = Languages::shared().detect(language, Path::new("scanner.rs"), "");
        language.warm();
        let mut document = Document::new(DocumentId(id), 1, language, code);
        let grammar = document.language.grammar.clone();
        if let Some(grammar) = grammar
            && let Some(tree) = parse(&grammar, &document.rope, None, &mut || true)
        {
            document.syntax.publish(tree, document.revision, 0);
        }
        let index = Index::of_document(&document);
        Self { document, index, kept: Kept::default() }
    }

    fn replace(&mut self, at: usize, length: usize, text: &str) {
        let position = |at| position_of(&self.document.rope, at, PositionEncoding::Utf8);
        let range = Some((position(at), position(at + length)));
        let change = TextChange { range, text: text.to_owned() };
        self.document.apply(2, &[change], PositionEncoding::Utf8, Instant::now());
    }

    /// Checks that the same is offered whether or not something was kept; says whether anything was.
    fn check(&self, at: usize, kept: &Kept) -> bool {
        let site = Site::new(self.document.clone(), at, Trigger::Automatic);
        let found = classify(&site);
        let known = Known {
            index: Some(&self.index),
            own: Some(Key::Open(self.document.id)),
            kept: None,
            closers: true,
            names: true,
            lines: true,
        };
        let anew = offers(&site, &found, &known);
        let with_kept = offers(&site, &found, &Known { kept: Some(kept), ..known });
        assert_eq!(anew, with_kept, "{:?}¦{:?}", site.line_prefix, site.line_suffix);
        !anew.is_empty()
    }
}

/// Where lines end, some of them.
fn line_ends(code: &str, step: usize) -> Vec<usize> {
    code.match_indices('\n').map(|(at, _)| at).step_by(step).collect()
}

#[test]
fn what_is_kept_changes_no_answer_while_a_line_is_typed() {
    let mut typing = Typing::new(1, "rust", CODE);
    let (mut asked, mut answered) = (0, 0);
    for at in line_ends(CODE, 9) {
        let typed = "\n        let open = self.stack.iter().rposition(|open| open.ki";
        for (end, _) in typed.char_indices().skip(1) {
            typing.replace(at + end - 1, 0, &typed[end - 1..end]);
            asked += 1;
            answered += usize::from(typing.check(at + end, &typing.kept));
        }
        typing.replace(at, typed.len() - 1, "");
    }
    assert!(asked > 1_000 && answered * 2 > asked, "{answered} of {asked}");
}

#[test]
fn what_is_kept_of_one_place_or_document_is_not_taken_for_another() {
    let ends = line_ends(CODE, 23);
    let rust = Typing::new(1, "rust", CODE);
    // The same text in another language is read in another way.
    let python = Typing::new(2, "python", CODE);
    let shared = Kept::default();
    for (near, far) in ends.iter().zip(ends.iter().rev()) {
        for at in [*near, *far, near.saturating_sub(4), *near] {
            rust.check(at, &shared);
            python.check(at, &shared);
        }
    }
}
