//! The decision: what is certain by rule, everything else by the learned weights.
//!
//! Inside comments and strings, and where the user asks for a change in the middle of existing
//! code, a rule decides. Elsewhere five classes are possible, and which of them is most likely is
//! learned from real code ([`Model`]). Both give a probability for every class.

use std::sync::LazyLock;

use super::features::{extract, extract_with_line};
use super::model::Model;
use super::reasons::reasons;
use super::{Classification, Extent, RequestClass};
use crate::domain::completion::Confidence;
use crate::domain::language::Role;
use crate::domain::lexical::Mode;
use crate::domain::site::{Site, Trigger};

/// Weights for the class of a site.
static SITE: LazyLock<Option<Model>> = LazyLock::new(|| {
    let tables = include_str!("weights/site_tables.txt");
    Model::parse(tables, include_str!("weights/site_trees.txt")).ok()
});
/// Weights for whether a block is wanted, given the first line of an answer.
static FIRST_LINE: LazyLock<Option<Model>> = LazyLock::new(|| {
    let tables = include_str!("weights/first_line_tables.txt");
    Model::parse(tables, include_str!("weights/first_line_trees.txt")).ok()
});

/// How often each class is wanted where nothing else is known, in the order of
/// [`RequestClass::ALL`]: shares at pauses in recorded editing.
const PRIOR: [f64; 7] = [0.17, 0.38, 0.28, 0.07, 0.05, 0.04, 0.01];

/// A block must be this many times as likely as any other class: the dearest model is asked for
/// nothing that is about as likely a line. On the tuning half this takes a fifth off what goes there
/// by mistake, and costs 0.06 points of right tiers.
const LOGIC_MARGIN: f64 = 1.2;

/// The names of the class probabilities among the inputs of [`wants_block`].
const SCORE_NAMES: [(&str, RequestClass); 5] = [
    ("score_closer", RequestClass::Closer),
    ("score_name", RequestClass::Identifier),
    ("score_line", RequestClass::Line),
    ("score_boilerplate", RequestClass::Boilerplate),
    ("score_block", RequestClass::Logic),
];

/// Reads the weights, which takes some milliseconds. Call it in the background before the first
/// request; otherwise that one pays.
pub fn warm() {
    LazyLock::force(&SITE);
    LazyLock::force(&FIRST_LINE);
}

/// Decides what kind of completion is wanted at `site`.
pub fn classify(site: &Site) -> Classification {
    let scores = by_rule(site).unwrap_or_else(|| learned(site));
    let mut weighed = scores;
    weighed[RequestClass::Logic as usize] /= LOGIC_MARGIN;
    let index = (0..scores.len()).max_by(|a, b| weighed[*a].total_cmp(&weighed[*b])).unwrap_or(0);
    let class = RequestClass::ALL[index];
    Classification {
        class,
        extent: extent(site, class),
        confidence: Confidence::new(scores[index]),
        scores,
        reasons: reasons(site, class),
    }
}

/// The probability that a whole block is wanted at a site, now that a model's answer is known to
/// begin with `line`. `found` is what was decided before. `line` may begin with a line break, as it
/// does where the answer starts below the cursor.
pub fn wants_block(site: &Site, found: &Classification, line: &str) -> f64 {
    let before = found.score(RequestClass::Logic);
    let Some(model) = FIRST_LINE.as_ref() else { return before };
    if site.mode != Mode::Code {
        return before;
    }
    let mut sheet = extract_with_line(site, line);
    let score = |class| (found.score(class) + 1e-6).ln() as f32;
    sheet.numbers.extend(SCORE_NAMES.map(|(name, class)| (name, score(class))));
    model.probabilities(&sheet).first().copied().unwrap_or(before)
}

/// The scores where a rule is certain enough.
fn by_rule(site: &Site) -> Option<[f64; 7]> {
    // Between tags a tag or code may come as well, until a text has begun.
    let is_text = match site.mode {
        Mode::Code => false,
        Mode::Text => site.line_prefix.ends_with(char::is_alphanumeric),
        _ => true,
    };
    if is_text {
        return Some(mostly(RequestClass::Prose, 0.9));
    }
    let is_asked = matches!(site.trigger, Trigger::Invoked { .. });
    let stands_in_code = !site.line_suffix.trim().is_empty() && !site.is_line_end();
    (is_asked && stands_in_code && site.word.is_empty())
        .then(|| mostly(RequestClass::Refactor, 0.5))
}

/// One class with `probability`, the others by how often they are wanted.
fn mostly(class: RequestClass, probability: f64) -> [f64; 7] {
    let index = class as usize;
    let rest = 1.0 - PRIOR[index];
    let mut scores = PRIOR.map(|prior| prior / rest * (1.0 - probability));
    scores[index] = probability;
    scores
}

fn learned(site: &Site) -> [f64; 7] {
    let Some(model) = SITE.as_ref() else { return PRIOR };
    let sheet = extract(site);
    let mut scores = [0.0; 7];
    for (name, probability) in model.classes().iter().zip(model.probabilities(&sheet)) {
        let class = RequestClass::ALL.into_iter().find(|class| class.name() == name);
        if let Some(class) = class {
            scores[class as usize] = probability;
        }
    }
    scores
}

/// How much may be inserted for a class here.
fn extent(site: &Site, class: RequestClass) -> Extent {
    match class {
        RequestClass::Closer | RequestClass::Identifier => Extent::Token,
        RequestClass::Line | RequestClass::Prose => Extent::Line,
        // The first member of a type or table is followed by others like it.
        RequestClass::Boilerplate => {
            let opened = site.scopes.iter().find(|scope| scope.role != Role::Function);
            let holds_rows = opened.is_some_and(|scope| {
                matches!(scope.role, Role::TypeBody | Role::Arms | Role::Table | Role::Type)
            });
            if holds_rows && site.is_empty_body() { Extent::Block } else { Extent::Line }
        }
        RequestClass::Logic => Extent::Block,
        RequestClass::Refactor => Extent::Edit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::{Document, DocumentId};
    use crate::domain::language::Language;

    fn site(code: &str, trigger: Trigger) -> Site {
        let (before, after) = code.split_once('|').expect("a cursor");
        let language = Language::plain_text();
        let document = Document::new(DocumentId(0), 1, language, &format!("{before}{after}"));
        Site::new(document, before.len(), trigger)
    }

    #[test]
    fn the_weights_fit_what_the_classifier_sees() {
        let place = site("a(|", Trigger::Automatic);
        let mut sheet = extract_with_line(&place, "b");
        sheet.numbers.extend(SCORE_NAMES.map(|(name, _)| (name, 0.0)));
        for model in [&SITE, &FIRST_LINE] {
            let model = model.as_ref().expect("weights that can be read");
            let (numbers, tokens) = model.names();
            let mut known = sheet.numbers.iter().map(|(name, _)| *name);
            assert!(numbers.iter().all(|name| known.any(|k| k == *name)), "{numbers:?}");
            let mut known = sheet.tokens.iter().map(|(name, _)| *name);
            assert!(tokens.iter().all(|name| known.any(|k| k == *name)), "{tokens:?}");
        }
    }

    #[test]
    fn probabilities_sum_to_one_everywhere() {
        for code in
            ["|", "foo(bar|", "\"a|", "x = |\n", "fn f() {\n    |\n}\n", "é|😀", "}|", "a.|"]
        {
            for trigger in [Trigger::Automatic, Trigger::Invoked { repeats: 0 }] {
                let place = site(code, trigger);
                let found = classify(&place);
                let sum: f64 = found.scores.iter().sum();
                assert!((sum - 1.0).abs() < 1e-6, "{code}: {:?}", found.scores);
                let line = wants_block(&place, &found, "if x {");
                assert!((0.0..=1.0).contains(&line), "{code}: {line}");
            }
        }
    }

    #[test]
    fn asking_in_the_middle_of_code_asks_for_a_change() {
        let class = |code, trigger| classify(&site(code, trigger)).class;
        let invoked = Trigger::Invoked { repeats: 0 };
        assert_eq!(class("x = a + | b * c\n", invoked), RequestClass::Refactor);
        assert_ne!(class("x = a + | b * c\n", Trigger::Automatic), RequestClass::Refactor);
        assert_ne!(class("x = a + |\n", invoked), RequestClass::Refactor);
    }
}
