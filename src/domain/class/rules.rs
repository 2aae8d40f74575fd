//! The rules of the classifier, from certain to vague; the first that applies decides.
//!
//! Each rule reads the site only, and says its reason. Its probability is a first estimate of how
//! often it is right; the rest is spread over the other classes by how often they occur at pauses
//! in real code (closers 18 %, names 42 %, lines 30 %, boilerplate 5 %, blocks 5 %).

use super::{Classification, Extent, RequestClass};
use crate::domain::completion::Confidence;
use crate::domain::language::Role;
use crate::domain::lexical::Mode;
use crate::domain::site::{Site, Trigger};

/// What one rule says.
struct Verdict {
    class: RequestClass,
    extent: Extent,
    probability: f64,
    reason: &'static str,
}

impl Verdict {
    fn new(class: RequestClass, extent: Extent, probability: f64, reason: &'static str) -> Self {
        Self { class, extent, probability, reason }
    }
}

/// How often each class is wanted where nothing else is known, in the order of
/// [`RequestClass::ALL`]. Shares at pauses in recorded editing, text apart.
const PRIOR: [f64; 7] = [0.17, 0.38, 0.28, 0.07, 0.05, 0.04, 0.01];

const RULES: [fn(&Site) -> Option<Verdict>; 10] = [
    refactor,
    prose,
    member,
    half_typed_word,
    empty_body,
    instruction,
    pattern,
    open_delimiters,
    line_start,
    rest_of_line,
];

/// Decides what kind of completion is wanted at `site`.
pub fn classify(site: &Site) -> Classification {
    let verdict = RULES.iter().find_map(|rule| rule(site)).unwrap_or_else(|| {
        Verdict::new(RequestClass::Line, Extent::Line, 0.4, "nothing about the place is special")
    });
    let mut reasons = vec![verdict.reason];
    if site.document.language.grammar.is_none() {
        reasons.push("no grammar for this file: decided by its text alone");
    } else if site.document.syntax.latest().is_none() {
        reasons.push("no syntax tree yet: decided by the text around the cursor");
    } else if site.scopes.is_empty() {
        reasons.push("no known syntax around the cursor: decided by the text");
    }
    Classification {
        class: verdict.class,
        extent: verdict.extent,
        confidence: Confidence::new(verdict.probability),
        scores: scores(verdict.class, verdict.probability),
        reasons,
    }
}

fn scores(class: RequestClass, probability: f64) -> [f64; RequestClass::ALL.len()] {
    let index = class as usize;
    let rest = 1.0 - PRIOR[index];
    let mut scores = PRIOR.map(|prior| prior / rest * (1.0 - probability));
    scores[index] = probability;
    scores
}

fn refactor(site: &Site) -> Option<Verdict> {
    let is_asked = matches!(site.trigger, Trigger::Invoked { .. });
    let stands_in_code = !site.line_suffix.trim().is_empty() && !site.is_line_end();
    (is_asked && stands_in_code && site.mode == Mode::Code && site.word.is_empty()).then(|| {
        Verdict::new(
            RequestClass::Refactor,
            Extent::Edit,
            0.5,
            "asked for in the middle of existing code",
        )
    })
}

fn prose(site: &Site) -> Option<Verdict> {
    let reason = match site.mode {
        Mode::Code => return None,
        Mode::String { .. } => "inside a string",
        Mode::LineComment | Mode::BlockComment { .. } => "inside a comment",
    };
    Some(Verdict::new(RequestClass::Prose, Extent::Line, 0.9, reason))
}

fn member(site: &Site) -> Option<Verdict> {
    site.member_operator()?;
    let is_number =
        site.before_word().trim_end_matches('.').ends_with(|c: char| c.is_ascii_digit());
    (!is_number).then(|| {
        Verdict::new(RequestClass::Identifier, Extent::Token, 0.85, "a member name follows")
    })
}

fn half_typed_word(site: &Site) -> Option<Verdict> {
    let first = site.word.chars().next()?;
    if first.is_numeric() {
        return None;
    }
    if site.is_mid_word {
        return Some(Verdict::new(
            RequestClass::Identifier,
            Extent::Token,
            0.8,
            "the cursor stands inside a word",
        ));
    }
    let keywords = &site.document.language.lexical.keywords;
    if keywords.contains(&site.word) {
        return None;
    }
    Some(Verdict::new(RequestClass::Identifier, Extent::Token, 0.7, "a word is half typed"))
}

fn empty_body(site: &Site) -> Option<Verdict> {
    if !site.is_empty_body() {
        return None;
    }
    // The tree says what was opened; without one, an opened block is taken for a body.
    let opened = site.scopes.iter().find(|scope| scope.role != Role::Function);
    match opened.map(|scope| scope.role) {
        Some(Role::TypeBody | Role::Arms | Role::Table | Role::Type) => Some(Verdict::new(
            RequestClass::Boilerplate,
            Extent::Block,
            0.7,
            "the first member of a type, match or table",
        )),
        Some(Role::Arguments | Role::Parameters) => None,
        _ => Some(Verdict::new(
            RequestClass::Logic,
            Extent::Block,
            0.75,
            "the body opened here is still empty",
        )),
    }
}

fn instruction(site: &Site) -> Option<Verdict> {
    let comment = site.comment_above()?;
    let is_sentence = comment.split_whitespace().count() >= 3;
    (site.is_line_start() && is_sentence && site.is_line_end()).then(|| {
        Verdict::new(
            RequestClass::Logic,
            Extent::Block,
            0.6,
            "the comment above says what should come",
        )
    })
}

fn pattern(site: &Site) -> Option<Verdict> {
    if !site.is_line_start() && site.innermost() != Some(Role::Import) {
        let first = site.code_before().split_whitespace().next()?;
        let imports = &site.document.language.lexical.import_words;
        return imports.iter().any(|word| word == first).then(|| {
            Verdict::new(RequestClass::Boilerplate, Extent::Line, 0.7, "an import is being written")
        });
    }
    let (probability, reason) = match site.innermost()? {
        Role::Import => (0.8, "an import is being written"),
        Role::TypeBody => (0.6, "among the members of a type"),
        Role::Arms => (0.6, "among the arms of a match or switch"),
        Role::Table => (0.6, "among the rows of a table"),
        Role::Attribute => (0.6, "inside a derive, decorator or annotation"),
        _ => return None,
    };
    Some(Verdict::new(RequestClass::Boilerplate, Extent::Line, probability, reason))
}

fn open_delimiters(site: &Site) -> Option<Verdict> {
    let before = site.line_prefix.trim_end();
    let last = before.chars().next_back()?;
    let line_start = site.offset - site.line_prefix.len();
    let is_on_this_line = site.unclosed.iter().any(|open| open.start >= line_start);
    if is_on_this_line && (last.is_alphanumeric() || ")]}\"'_".contains(last)) {
        return Some(Verdict::new(
            RequestClass::Closer,
            Extent::Token,
            0.65,
            "a finished expression stands inside unclosed delimiters",
        ));
    }
    let statement_end = &site.document.language.lexical.statement_end;
    let is_statement = !statement_end.is_empty()
        && ")]\"'".contains(last)
        && site.line_suffix.trim().is_empty()
        && !site.line_prefix.ends_with(' ');
    is_statement.then(|| {
        Verdict::new(RequestClass::Closer, Extent::Token, 0.5, "a statement seems to end here")
    })
}

fn line_start(site: &Site) -> Option<Verdict> {
    if !site.is_line_start() || !site.line_suffix.trim().is_empty() {
        return None;
    }
    let closes_block =
        site.unclosed.last().is_some_and(|open| open.line_indent >= site.indent.len());
    if closes_block && !site.above.text.is_empty() {
        return Some(Verdict::new(
            RequestClass::Closer,
            Extent::Token,
            0.6,
            "the block opened above is not closed and the indentation is back",
        ));
    }
    let in_body = site.scopes.iter().any(|s| matches!(s.role, Role::FunctionBody | Role::Block));
    Some(if in_body || site.scopes.is_empty() {
        Verdict::new(RequestClass::Line, Extent::Line, 0.5, "a new statement begins")
    } else {
        Verdict::new(RequestClass::Logic, Extent::Block, 0.45, "a new item begins")
    })
}

fn rest_of_line(site: &Site) -> Option<Verdict> {
    (!site.code_before().is_empty()).then(|| {
        Verdict::new(RequestClass::Line, Extent::Line, 0.6, "the rest of the expression is missing")
    })
}
