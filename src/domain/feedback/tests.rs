//! Suggestions, edits and reports as editors send them, and what is made of them.

use super::*;
use crate::domain::class::{Classification, Extent, RequestClass};
use crate::domain::completion::{Completion, Confidence, Source};
use crate::domain::explain::AttemptRecord;
use crate::domain::language::Language;
use crate::domain::route::stats::bounds::Bounds;
use crate::domain::route::{Attempt, LocalRole, Plan, Tier};
use crate::domain::units::Tokens;

/// An editor with one document and a clock; `|` is the cursor when a suggestion is shown.
struct Editor {
    tracker: Tracker,
    document: Document,
    now: Instant,
    ended: Vec<Ended>,
}

const BOUNDS: Bounds = Bounds { own: Tier::Fast, above: Some(Tier::Mid), below: None };

impl Editor {
    fn new(text: &str) -> Self {
        let document = Document::new(DocumentId(1), 1, Language::plain_text(), text);
        Self { tracker: Tracker::default(), document, now: Instant::now(), ended: Vec::new() }
    }

    /// Shows a suggestion in `code` for long enough to be read.
    fn showing(code: &str, suggestion: &str) -> Self {
        Self::replacing(code, suggestion, 0)
    }

    fn replacing(code: &str, suggestion: &str, replace_after: usize) -> Self {
        let (before, after) = code.split_once('|').expect("a cursor");
        let mut editor = Self::new(&format!("{before}{after}"));
        let explanation = explanation(1, Some((suggestion, replace_after)));
        editor.answer(before.len(), &explanation);
        editor.wait(1000);
        editor
    }

    fn wait(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
    }

    fn answer(&mut self, offset: usize, explanation: &Explanation) {
        let found = self.tracker.answered(&self.document, offset, explanation, self.now);
        self.ended.extend(found);
    }

    fn edit(&mut self, at: usize, remove: usize, insert: &str) {
        self.document.splice(at..at + remove, insert);
        self.ended.extend(self.tracker.edited(&self.document, self.now));
    }

    fn type_letters(&mut self, at: usize, letters: &str) {
        for (index, letter) in letters.char_indices() {
            self.edit(at + index, 0, &letter.to_string());
        }
    }

    fn react(&mut self, request: u64, reaction: Reaction) {
        self.ended.extend(self.tracker.reacted(request, reaction));
    }

    /// Everything that has ended once the document is closed.
    fn close(mut self) -> Vec<Taken> {
        self.ended.extend(self.tracker.closed(self.document.id, self.now));
        assert!(self.tracker.shown.is_empty() && self.tracker.held.is_none());
        for ended in &self.ended {
            let outcome = ended.outcome.as_ref();
            assert!(outcome.is_none_or(|outcome| outcome.taken == ended.taken));
        }
        self.ended.iter().map(|ended| ended.taken).collect()
    }
}

fn explanation(request: u64, offered: Option<(&str, usize)>) -> Explanation {
    let mut explanation = Explanation::new(request, "x".to_owned(), Trigger::Automatic);
    let (class, extent) = (RequestClass::Line, Extent::Line);
    explanation.classification = Some(Classification {
        class,
        extent,
        confidence: Confidence::ONE,
        scores: [0.0; 7],
        reasons: Vec::new(),
    });
    explanation.plan = Some(Plan {
        class,
        extent,
        deadline: Duration::from_millis(200),
        output_tokens_max: Tokens(64),
        local: LocalRole::Last,
        attempts: vec![Attempt { tier: Tier::Fast, model: "m".to_owned(), settle: Duration::ZERO }],
        escalation: None,
        bounds: Some(BOUNDS),
        notes: Vec::new(),
    });
    explanation.offered = offered.map(|(text, replace_after)| Completion {
        text: text.to_owned(),
        replace_after,
        tier: Tier::Fast,
        source: Source::Model("m".to_owned()),
        confidence: Confidence::ONE,
    });
    explanation
}

#[test]
fn a_suggestion_that_is_there_at_once_was_accepted() {
    let check =
        |code: &str, text: &str, replace_after, (at, remove, insert): (usize, usize, &str)| {
            let mut editor = Editor::replacing(code, text, replace_after);
            editor.edit(at, remove, insert);
            let outcome = editor.ended[0].outcome.clone().expect("evidence");
            assert_eq!((outcome.tier, outcome.bounds), (Tier::Fast, Some(BOUNDS)));
            assert_eq!(editor.close(), [Taken::Accepted], "{code}");
        };
    check("let x = |\n", "foo(a)", 0, (8, 0, "foo(a)"));
    // The half-typed word replaced by the whole one, as a menu does.
    check("let x = self.di|\n", "scount", 0, (13, 2, "discount"));
    // The closer that the editor had put there replaced along with it.
    check("foo(|)\n", "a, b)", 1, (4, 1, "a, b)"));
    // Line breaks and indentation of the editor's own.
    check("if x {|", "\n    y\n}", 0, (6, 0, "\r\n\ty\r\n}"));
    // The whole document sent anew.
    check("a|\nb\n", "bc", 0, (0, 4, "abc\nb\n"));
}

#[test]
fn a_suggestion_that_is_typed_was_right() {
    let mut editor = Editor::showing("let x = |;\n", "foo(a)");
    editor.type_letters(8, "fo");
    editor.edit(10, 0, "x");
    assert_eq!(editor.close(), [Taken::Overtyped]);
    let mut editor = Editor::showing("let x = |;\n", "foo(a)");
    editor.type_letters(8, "fop");
    assert_eq!(editor.close(), [Taken::Overtyped]);
    let mut editor = Editor::showing("let x = |;\n", "foo(a)");
    editor.type_letters(8, "foo(a)");
    assert_eq!(editor.close(), [Taken::TypedThrough]);
    // With brackets that close themselves.
    let mut editor = Editor::showing("let x = |;\n", "foo(a)");
    editor.type_letters(8, "foo");
    editor.edit(11, 0, "()");
    editor.edit(12, 0, "a");
    assert_eq!(editor.close(), [Taken::TypedThrough]);
    // Typing back and forth is no verdict.
    let mut editor = Editor::showing("let x = |;\n", "foo(a)");
    editor.type_letters(8, "foo");
    editor.edit(10, 1, "");
    editor.type_letters(10, "o(a)");
    assert_eq!(editor.close(), [Taken::TypedThrough]);
}

#[test]
fn something_else_in_its_place_and_something_elsewhere_are_told_apart() {
    let check = |(at, remove, insert): (usize, usize, &str), expected: Taken| {
        let mut editor = Editor::showing("ab\nlet x = |;\nmore text\n", "foo(a)");
        editor.edit(at, remove, insert);
        assert_eq!(editor.close(), [expected], "{at} {insert:?}");
    };
    check((11, 0, "bar"), Taken::Overtyped);
    check((11, 0, "foo)"), Taken::Overtyped);
    check((11, 1, " y;"), Taken::Overtyped);
    check((0, 0, "new"), Taken::Ignored);
    check((0, 1, ""), Taken::Ignored);
    check((17, 0, "new"), Taken::Ignored);
    check((17, 2, ""), Taken::Ignored);
    check((17, 1, "x"), Taken::Ignored);
    check((10, 1, ""), Taken::Ignored);
}

#[test]
fn what_nobody_can_have_read_counts_for_nothing_unless_it_is_taken() {
    let mut editor = Editor::new("x = \n");
    editor.answer(4, &explanation(1, Some(("foo", 0))));
    editor.wait(100);
    editor.edit(4, 0, "b");
    assert_eq!(editor.close(), []);
    let mut editor = Editor::new("x = \n");
    editor.answer(4, &explanation(1, Some(("foo", 0))));
    editor.wait(100);
    editor.edit(4, 0, "foo");
    assert_eq!(editor.close(), [Taken::Accepted]);
}

#[test]
fn one_suggestion_served_by_many_requests_counts_once() {
    let mut editor = Editor::showing("x = |\n", "foo(a)");
    for (typed, letter) in "foo".char_indices() {
        editor.edit(4 + typed, 0, &letter.to_string());
        let rest = &"foo(a)"[typed + 1..];
        editor.answer(5 + typed, &explanation(2 + typed as u64, Some((rest, 0))));
    }
    editor.edit(7, 0, "(a)");
    editor.react(4, Reaction::Accepted);
    assert_eq!(editor.ended[0].request, 4);
    assert_eq!(editor.close(), [Taken::Accepted]);
    // Another suggestion is another matter.
    let mut editor = Editor::showing("x = |\n", "foo(a)");
    editor.answer(4, &explanation(2, Some(("bar", 0))));
    editor.wait(1000);
    assert_eq!(editor.close(), [Taken::Ignored, Taken::Ignored]);
}

#[test]
fn reports_count_before_and_after_the_edit_they_speak_of() {
    let mut editor = Editor::showing("x = |\n", "foo(a)");
    editor.react(1, Reaction::Accepted);
    editor.edit(4, 0, "foo(a)");
    assert_eq!(editor.close(), [Taken::Accepted]);
    // An edit that cannot be read as an acceptance.
    let mut editor = Editor::showing("x = |\n", "foo(a)");
    editor.edit(0, 4, "use foo;\nx = foo(a)");
    editor.react(1, Reaction::Accepted);
    assert_eq!(editor.close(), [Taken::Accepted]);
    let mut editor = Editor::showing("x = |\n", "foo(a)");
    editor.react(1, Reaction::Rejected);
    editor.react(1, Reaction::Accepted);
    editor.react(99, Reaction::Accepted);
    assert_eq!(editor.close(), [Taken::Rejected]);
}

#[test]
fn parts_count_as_the_share_of_characters() {
    let mut editor = Editor::showing("x = |\n", "foo(bar, ");
    editor.edit(4, 0, "foo");
    editor.react(1, Reaction::PartiallyAccepted { chars: 3 });
    editor.answer(7, &explanation(2, Some(("(bar, ", 0))));
    editor.edit(7, 0, "(bar");
    editor.react(2, Reaction::PartiallyAccepted { chars: 4 });
    editor.edit(11, 0, ")");
    assert_eq!(editor.close(), [Taken::Partly(777)]);
    let mut editor = Editor::showing("x = |\n", "foo");
    editor.react(1, Reaction::PartiallyAccepted { chars: u32::MAX });
    assert_eq!(editor.close(), [Taken::Accepted]);
}

#[test]
fn asking_again_rejects_the_first_answer_and_proves_nothing_about_the_second() {
    let mut editor = Editor::showing("x = |\n", "foo");
    let mut again = explanation(2, Some(("bar", 0)));
    again.trigger = Trigger::Invoked { repeats: 1 };
    editor.answer(4, &again);
    editor.edit(4, 0, "bar");
    assert!(editor.ended[0].outcome.is_some() && editor.ended[1].outcome.is_none());
    assert_eq!(editor.close(), [Taken::Rejected, Taken::Accepted]);
}

#[test]
fn a_tier_that_was_asked_first_and_had_nothing_to_show_is_noted() {
    let check = |ended, first_text_after, expected: &[Taken]| {
        let mut late = explanation(1, None);
        late.attempts.push(AttemptRecord {
            tier: Tier::Fast,
            model: "m".to_owned(),
            ended,
            usage: None,
            cost: None,
            started_after: Duration::ZERO,
            first_text_after,
            took: Duration::ZERO,
        });
        let mut editor = Editor::new("x = \n");
        editor.answer(4, &late);
        assert_eq!(editor.close(), expected);
    };
    check(AttemptEnded::Late, None, &[Taken::Unanswered]);
    check(AttemptEnded::Filtered("blank"), Some(Duration::ZERO), &[Taken::Unanswered]);
    check(AttemptEnded::Filtered("blank"), None, &[]);
    check(AttemptEnded::Failed(String::new()), None, &[]);
    check(AttemptEnded::FromCache, None, &[]);
}

#[test]
fn documents_with_a_suggestion_are_bounded() {
    let mut tracker = Tracker::default();
    let now = Instant::now();
    let mut ended = Vec::new();
    for number in 0..100 {
        let document = Document::new(DocumentId(number), 1, Language::plain_text(), "x = ");
        let shown_at = now + Duration::from_secs(number.into());
        let request = u64::from(number);
        let explanation = explanation(request, Some(("foo", 0)));
        ended.extend(tracker.answered(&document, 4, &explanation, shown_at));
    }
    assert_eq!(tracker.shown.len(), DOCUMENTS_MAX);
    // One of the 68 that were given up is still held back.
    assert_eq!((ended.len(), ended[0].request), (67, 0));
}
