//! From a model's raw text to text that may be shown: an ordered list of pure filters.
//!
//! Each filter is one file, takes the text as the filters before it left it, and either passes it
//! on or says why nothing is left. The same list runs on streamed answers, on cache hits and on
//! what stands at a deadline, so a suggestion never depends on the way it came.

pub mod draft;
pub mod extent;
mod fences;
mod invisible;
mod overlap;
mod placeholder;
mod repeated;
mod whole;

use super::class::{Extent, RequestClass};
use super::site::Site;

/// What the filters know about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The class that was asked for.
    pub class: RequestClass,
    /// How much may be inserted.
    pub extent: Extent,
    /// How far the text has come.
    pub state: TextState,
}

/// How far a text has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextState {
    /// The model has ended.
    Ended,
    /// The model is still writing, so that the end may be cut anywhere.
    Growing,
    /// It was cut to its extent before, at the place it was given for. Once part of it has been
    /// typed, the place says nothing any more about where it ends.
    Kept,
}

/// Text that passed every filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// The text to insert at the cursor.
    pub text: String,
    /// Bytes after the cursor on its line that the text replaces.
    pub replace_after: usize,
}

/// Why a filter left nothing, as a sentence for the user.
pub type Dropped = &'static str;

/// The part of a model's raw text, so far or as a whole, that is meant for the cursor: with one kind
/// of line break and, from a chat model, without what it wraps around code. Everything later works
/// on this text: where it ends, what of it was typed since, what may be shown.
pub fn bare(site: &Site, raw: &str, is_chat: bool) -> String {
    let text = raw.replace("\r\n", "\n").replace('\r', "\n");
    if is_chat { fences::strip(site, &text) } else { text }
}

/// The part of a growing text that ends at a whole unit of the extent: what may be shown of it.
pub fn whole_part(extent: Extent, text: &str) -> &str {
    whole::cut(extent, text)
}

/// Runs every filter in order on text that is [`bare`].
pub fn clean(site: &Site, text: &str, origin: Origin) -> Result<Cleaned, Dropped> {
    invisible::check(site, text)?;
    placeholder::check(site, text)?;
    let end = || extent::end_of(site, origin.class, origin.extent, text);
    let text = match origin.state {
        TextState::Kept => text,
        TextState::Ended => end().map_or(text, |end| &text[..end]),
        TextState::Growing => {
            end().map_or_else(|| whole::cut(origin.extent, text), |end| &text[..end])
        }
    };
    let text = repeated::cut(text);
    if text.trim().is_empty() {
        return Err("the answer is blank");
    }
    repeated::check(site, text)?;
    overlap::fit(site, text)
}

#[cfg(test)]
mod tests {
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

    fn check(
        code: &str,
        origin: (RequestClass, Extent),
        raw: &str,
        expected: Result<&str, Dropped>,
    ) {
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
        check(
            "x = |",
            line,
            "a\u{202e}b",
            Err("the answer holds invisible or reordering characters"),
        );
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
        let pieces =
            ["", "\n", "é", "😀", "```", ")", "\"", "    ", "}\n}", "a.b(c", "\\", "\u{202e}"];
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
}
