//! Why a class was chosen, in sentences for the user.
//!
//! The learned weights do not argue. What is said here are facts about the site that speak for the
//! chosen class, those that say most first; where none of them holds, that the place looks like
//! others of its class in real code.

use super::RequestClass as Class;
use crate::domain::language::Role;
use crate::domain::lexical::Mode;
use crate::domain::site::{Site, Trigger};

/// A fact, the classes it speaks for, and how it is put.
type Fact = (fn(&Site) -> bool, &'static [Class], &'static str);

const FACTS: &[Fact] = &[
    (|site| matches!(site.mode, Mode::String { .. }), &[Class::Prose], "inside a string"),
    (|site| site.mode == Mode::Text, &[Class::Prose], "in the text between tags"),
    (
        |site| matches!(site.mode, Mode::LineComment | Mode::BlockComment { .. }),
        &[Class::Prose],
        "inside a comment",
    ),
    (
        |site| matches!(site.trigger, Trigger::Invoked { .. }),
        &[Class::Refactor],
        "asked for in the middle of existing code",
    ),
    (
        |site| site.member_operator().is_some(),
        &[Class::Identifier, Class::Line],
        "a member follows",
    ),
    (|site| site.is_mid_word, &[Class::Identifier], "the cursor stands inside a word"),
    (
        |site| !site.word.is_empty() && !is_keyword(site),
        &[Class::Identifier],
        "a word is half typed",
    ),
    (Site::is_empty_body, &[Class::Logic, Class::Line], "the body opened here is still empty"),
    (Site::is_empty_body, &[Class::Boilerplate], "the first member of what was opened here"),
    (has_instruction, &[Class::Logic], "the comment above says what should come"),
    (
        |site| site.innermost() == Some(Role::Import) || begins_import(site),
        &[Class::Boilerplate],
        "an import is being written",
    ),
    (
        |site| site.innermost() == Some(Role::TypeBody),
        &[Class::Boilerplate],
        "among the members of a type",
    ),
    (
        |site| site.innermost() == Some(Role::Arms),
        &[Class::Boilerplate],
        "among the arms of a match or switch",
    ),
    (
        |site| site.innermost() == Some(Role::Table),
        &[Class::Boilerplate],
        "among the rows of a table",
    ),
    (
        |site| site.innermost() == Some(Role::Attribute),
        &[Class::Boilerplate],
        "inside a derive, decorator or annotation",
    ),
    (
        |site| opened_here(site) && !site.word.is_empty(),
        &[Class::Closer],
        "a finished expression stands inside unclosed delimiters",
    ),
    (opened_here, &[Class::Closer, Class::Line], "a delimiter opened on this line is not closed"),
    (|site| !site.unclosed.is_empty(), &[Class::Closer], "a block opened above is not closed"),
    (
        |site| !site.document.language.lexical.statement_end.is_empty() && !site.is_line_start(),
        &[Class::Closer],
        "a statement seems to end here",
    ),
    (Site::is_line_start, &[Class::Line, Class::Logic], "a new statement begins"),
    (|site| !site.is_line_start(), &[Class::Line], "the rest of the expression is missing"),
];

/// The sentences for a decision, most important first; never none.
pub(super) fn reasons(site: &Site, class: Class) -> Vec<&'static str> {
    const FACTS_MAX: usize = 2;
    let speaks = |fact: &&Fact| fact.1.contains(&class) && (fact.0)(site);
    let mut reasons: Vec<_> =
        FACTS.iter().filter(speaks).map(|fact| fact.2).take(FACTS_MAX).collect();
    if reasons.is_empty() {
        reasons.push("the place looks like others where this is wanted");
    }
    if site.document.language.grammar.is_none() {
        reasons.push("no grammar for this file: decided by its text alone");
    } else if site.document.syntax.latest().is_none() {
        reasons.push("no syntax tree yet: decided by the text around the cursor");
    } else if site.scopes.is_empty() {
        reasons.push("no known scope around the cursor");
    }
    reasons
}

fn is_keyword(site: &Site) -> bool {
    site.document.language.lexical.keywords.contains(&site.word)
}

fn begins_import(site: &Site) -> bool {
    let first = site.code_before().split_whitespace().next();
    first.is_some_and(|word| site.document.language.lexical.import_words.iter().any(|w| w == word))
}

/// Whether the comment right above reads like a sentence.
pub fn has_instruction(site: &Site) -> bool {
    let is_sentence = |comment: &str| comment.split_whitespace().count() >= 3;
    site.is_line_start() && site.is_line_end() && site.comment_above().is_some_and(is_sentence)
}

fn opened_here(site: &Site) -> bool {
    let line_start = site.offset - site.line_prefix.len().min(site.offset);
    site.unclosed.iter().any(|open| open.start >= line_start)
}
