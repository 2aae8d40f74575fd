//! The filters together: their order, and that none of them can fail on any text.

use std::sync::Arc;

use super::*;
use crate::domain::document::{Document, DocumentId};
use crate::domain::language::{BlockStyle, Language};
use crate::domain::site::Trigger;

/// A site in a brace language without a grammar; `|` is the cursor.
pub(super) fn site(code: &str) -> Site {
    let (before, after) = code.split_once('|').expect("a cursor");
    let mut language =
        Arc::try_unwrap(Language::plain_text()).expect("no other owner of a new row");
    language.lexical.block_style = BlockStyle::Braces;
    let text = format!("{before}{after}");
    let document = Document::new(DocumentId(0), 1, Arc::new(language), &text);
    Site::new(document, before.len(), Trigger::Automatic)
}

fn check(code: &str, origin: (RequestClass, Extent), raw: &str, expected: Result<&str, Dropped>) {
    let origin = Origin { class: origin.0, extent: origin.1, state: TextState::Ended };
    let site = site(code);
    let found = clean(&site, &bare(&site, raw, false), origin).map(|cleaned| cleaned.text);
    assert_eq!(found, expected.map(str::to_owned), "{code} + {raw}");
}

#[test]
fn the_filters_work_together() {
    let line = (RequestClass::Line, Extent::Line);
    check("x = foo(|)", line, "a, b)\r\ny = 2", Ok("a, b"));
    check("x = |", line, "  \n ", Err("the answer is blank"));
    check("x = |", line, "a\u{202e}b", Err("the answer holds invisible or reordering characters"));
    check("return |", (RequestClass::Identifier, Extent::Token), "value;\n}", Ok("value"));
}

#[test]
fn the_rest_of_a_kept_block_is_not_cut_by_the_deeper_place_typing_has_reached() {
    let rest = "();\n    }\n    c();\n    d()";
    let site = site("fn f() {\n    if x {\n        b|\n}");
    let (class, extent) = (RequestClass::Logic, Extent::Block);
    let text = |state| clean(&site, rest, Origin { class, extent, state }).map(|c| c.text);
    assert_eq!(text(TextState::Kept), Ok(rest.to_owned()));
    assert_eq!(text(TextState::Ended), Ok("();\n    }".to_owned()));
}

#[test]
fn no_answer_makes_a_filter_panic() {
    let pieces = ["", "\n", "é", "😀", "```", ")", "\"", "    ", "}\n}", "a.b(c", "\\", "\u{202e}"];
    let extents = [Extent::Token, Extent::Line, Extent::Block, Extent::Edit];
    for code in ["|", "é|😀", "f(|)", "fn f() {\n    |\n}", "s = \"|\"", "// |"] {
        let site = site(code);
        for (a, b) in pieces.iter().flat_map(|a| pieces.iter().map(move |b| (a, b))) {
            for extent in extents {
                let states = [TextState::Ended, TextState::Growing, TextState::Kept];
                for (is_chat, state) in [false, true, true].into_iter().zip(states) {
                    let class = RequestClass::Closer;
                    let text = bare(&site, &format!("{a}{b}{a}"), is_chat);
                    let _ = clean(&site, &text, Origin { class, extent, state });
                }
            }
        }
    }
}
