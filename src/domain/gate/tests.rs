//! Made-up work on a text, and what the gate says to it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::domain::document::{Document, DocumentId};
use crate::domain::language::Language;
use crate::domain::text::{PositionEncoding, TextChange, position_of};

/// Somebody at work on a text without a grammar.
struct Work {
    document: Document,
    now: Instant,
    cursor: usize,
}

impl Work {
    /// Opens a text; `|` is the cursor.
    fn on(marked: &str) -> Self {
        let cursor = marked.find('|').expect("a cursor");
        let text = marked.replacen('|', "", 1);
        let language: Arc<Language> = Language::plain_text();
        let document = Document::new(DocumentId(1), 1, language, &text);
        Self { document, now: Instant::now(), cursor }
    }

    /// Replaces `deleted` bytes before the cursor by `text`, after a while.
    fn edit(mut self, after: u64, deleted: usize, text: &str) -> Self {
        self.now += Duration::from_millis(after);
        let at = |offset| position_of(&self.document.rope, offset, PositionEncoding::Utf8);
        let start = self.cursor - deleted;
        let range = Some((at(start), at(self.cursor)));
        let change = TextChange { range, text: text.to_owned() };
        self.document.apply(2, &[change], PositionEncoding::Utf8, self.now);
        self.cursor = start + text.len();
        self
    }

    /// Types each character, one every 150 ms.
    fn types(self, text: &str) -> Self {
        text.chars().fold(self, |work, c| work.edit(150, 0, &c.to_string()))
    }

    fn moves_to(mut self, cursor: usize) -> Self {
        self.now += Duration::from_millis(150);
        self.cursor = cursor;
        self
    }

    fn says(&self, trigger: Trigger, reception: Option<Reception>, how: Strictness) -> Gate {
        let site = Site::new(self.document.clone(), self.cursor, trigger);
        let tier = Tier::Fast;
        let extent = Extent::Line;
        decide(&Asking { site: &site, extent, tier, reception, arrived: self.now }, how)
    }

    /// How long the user must rest, in ms; `None` where the gate keeps silent.
    fn rest(&self) -> Option<u128> {
        match self.says(Trigger::Automatic, None, Strictness::Normal) {
            Gate::Ask { not_before } => {
                Some(not_before.saturating_duration_since(self.now).as_millis())
            }
            Gate::Silent { .. } => None,
        }
    }

    fn reason(&self, reception: Option<Reception>) -> Option<Reason> {
        match self.says(Trigger::Automatic, reception, Strictness::Normal) {
            Gate::Ask { .. } => None,
            Gate::Silent { reason } => Some(reason),
        }
    }
}

const CODE: &str = "let total = 0;\n|\nprint(total);\n";

#[test]
fn a_key_press_is_never_gated_and_neither_is_anything_when_the_gate_is_off() {
    let work = Work::on(CODE).edit(0, 0, "value").edit(300, 5, "");
    assert_eq!(work.reason(None), Some(Reason::Undone));
    let at_once = Gate::Ask { not_before: work.now };
    let invoked = Trigger::Invoked { repeats: 0 };
    assert_eq!(work.says(invoked, Some(Reception::Dismissed), Strictness::Strict), at_once);
    assert_eq!(work.says(Trigger::Automatic, None, Strictness::Off), at_once);
}

#[test]
fn what_was_dismissed_or_blank_here_is_not_asked_again() {
    let work = Work::on(CODE).types("let x = ");
    assert_eq!(work.reason(None), None);
    assert_eq!(work.reason(Some(Reception::Dismissed)), Some(Reason::Dismissed));
    assert_eq!(work.reason(Some(Reception::Blank)), Some(Reason::Blank));
}

#[test]
fn an_expression_begun_is_asked_for_sooner_than_one_just_finished() {
    let begun = Work::on(CODE).types("let x = ").rest().expect("asked");
    let named = Work::on(CODE).types("let x").rest().unwrap_or(u128::MAX);
    let ended = Work::on(CODE).types("let x = 1;").rest().unwrap_or(u128::MAX);
    assert!(begun < named && named <= ended, "{begun} {named} {ended}");
}

#[test]
fn rework_waits_longer_than_typing() {
    let typed = Work::on(CODE).types("let x = ");
    let reworked = Work::on(CODE).types("let x = 1 + 2").edit(150, 1, "").edit(150, 1, "");
    let reworked = reworked.edit(150, 1, "").edit(150, 1, "");
    assert!(reworked.rest().unwrap_or(u128::MAX) > typed.rest().unwrap_or(u128::MAX));
}

#[test]
fn a_replacement_before_text_is_rework() {
    let work = Work::on("total = su|m(values) + rest\n").edit(0, 2, "abc").edit(150, 3, "xy");
    assert_eq!(work.reason(None), Some(Reason::Rework));
}

#[test]
fn a_cursor_that_came_into_existing_code_rests_longest_until_something_is_typed() {
    let moved = Work::on(CODE).types("let x = 1;").moves_to(6);
    assert_eq!(moved.rest(), Some(NORMAL.rest_max[Tier::Fast as usize].as_millis()));
    let strict = moved.says(Trigger::Automatic, None, Strictness::Strict);
    assert_eq!(strict, Gate::Silent { reason: Reason::Moved });
    let typed = moved.moves_to(14).types(" + ");
    assert_eq!(typed.reason(None), None);
}

#[test]
fn where_nothing_was_typed_yet_nothing_is_held_back() {
    let work = Work::on(CODE);
    let at_once = Gate::Ask { not_before: work.now };
    assert_eq!(work.says(Trigger::Automatic, None, Strictness::Strict), at_once);
}

#[test]
fn a_longer_latency_needs_a_longer_rest_or_silence() {
    let work = Work::on(CODE).types("let x = ");
    let site = Site::new(work.document.clone(), work.cursor, Trigger::Automatic);
    let chance = |tier| {
        let asking =
            Asking { site: &site, extent: Extent::Line, tier, reception: None, arrived: work.now };
        Chance::of(&asking, &Weights::FITTED).after(Duration::from_millis(200))
    };
    assert!(chance(Tier::Fast) > chance(Tier::Mid) && chance(Tier::Mid) > chance(Tier::Flagship));
}

#[test]
fn the_rest_is_the_one_after_which_the_chance_is_reached() {
    for (base, slope, wanted) in [(-3.0, 0.6, 0.2), (0.0, 0.3, 0.5), (-1.0, 1.4, 0.9)] {
        let chance = Chance { since: Instant::now(), base, slope };
        let rest = chance.rest_until(wanted).expect("a rest");
        assert!((chance.after(rest) - wanted).abs() < 1e-3, "{base} {slope} {wanted}");
    }
    let never = Chance { since: Instant::now(), base: -50.0, slope: 0.05 };
    assert_eq!(never.rest_until(0.9), None);
}

#[test]
fn a_stricter_gate_never_asks_sooner() {
    let works = ["", "l", "let x = ", "let x = f(", "let x = 1;", "// not"];
    for typed in works {
        let work = Work::on(CODE).types(typed);
        let ask = |how| match work.says(Trigger::Automatic, None, how) {
            Gate::Ask { not_before } => Some(not_before),
            Gate::Silent { .. } => None,
        };
        let all = [Strictness::Light, Strictness::Normal, Strictness::Strict].map(ask);
        for pair in all.windows(2) {
            let is_later =
                pair[1].is_none_or(|later| pair[0].is_some_and(|sooner| sooner <= later));
            assert!(is_later, "{typed:?}: {all:?}");
        }
    }
}

#[test]
fn every_slope_is_above_zero_and_every_weight_is_a_number() {
    assert!(Weights::FITTED.slope.iter().all(|slope| *slope > 0.0));
    assert!(Weights::FITTED.of.iter().all(|weight| weight.is_finite()));
    for bar in [LIGHT, NORMAL, STRICT] {
        assert!((0.0..=bar.early).contains(&bar.late) && bar.early < 1.0);
    }
}
