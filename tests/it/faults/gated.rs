//! The gate and the clock: the call waits for the rest, and the deadline waits with it.

use std::sync::Arc;
use std::time::Duration;

use tabtier::domain::explain::Silence;
use tabtier::domain::gate::Strictness;
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::site::Trigger;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};
use tabtier::engine::{Engine, Request};
use tokio::time::Instant;

use super::scripted::{Scripted, Step, engine, request};

const DEADLINE: Duration = Duration::from_millis(100);

/// A request after typing the end of a word inside a line that goes on: a place where the gate
/// wants a long rest, but does not keep silent.
fn after_typing() -> Request {
    let mut asked = request("fn main() {\n    let x = 1|\n}\n", Trigger::Automatic);
    for text in [" ", "+", " ", "a"] {
        let document = &mut asked.document;
        let at = position_of(&document.rope, asked.offset, PositionEncoding::Utf8);
        let change = TextChange { range: Some((at, at)), text: text.to_owned() };
        let now = Instant::now().into_std();
        document.apply(2, &[change], PositionEncoding::Utf8, now);
        asked.offset += text.len();
    }
    asked
}

/// An engine with one model, a gate, and a deadline shorter than the rest it wants.
fn gated(model: &Arc<Scripted>) -> Arc<Engine> {
    engine(&[(Tier::Fast, "one", model)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        settings.policy.classes.iter_mut().for_each(|row| row.deadline = DEADLINE);
        settings.gate = Strictness::Strict;
    })
}

/// The rest that a strict gate wants there.
const REST: Duration = Duration::from_millis(300);
/// What of the deadline a fast model has after its settle delay.
const MODEL_TIME: Duration = Duration::from_millis(50);

#[tokio::test(start_paused = true)]
async fn whoever_rests_sees_the_answer_and_the_model_keeps_its_time() {
    for (takes, is_in_time) in [(0, true), (49, true), (60, false)] {
        let model = Scripted::new(&[Step::Wait(takes), Step::Text("bc;")]);
        let started = Instant::now();
        let explanation = gated(&model).complete(after_typing()).await;
        assert_eq!(explanation.offered.is_some(), is_in_time, "{takes}: {explanation:?}");
        let expected = REST + MODEL_TIME.min(Duration::from_millis(takes));
        assert_eq!(started.elapsed(), expected);
        assert_eq!(explanation.plan.expect("a plan").deadline, REST + MODEL_TIME);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_press_does_not_wait_for_a_call_that_is_held_back() {
    let model = Scripted::new(&[Step::Text("bc;")]);
    let engine = gated(&model);
    let started = Instant::now();
    let explanation = engine.complete(impatient()).await;
    let plan = explanation.plan.expect("a plan");
    let note = "the gate waits 300 ms in case you type on";
    assert_eq!(plan.notes.last().map(String::as_str), Some(note));
    let invoked = Request { trigger: Trigger::Invoked { repeats: 0 }, ..after_typing() };
    let explanation = engine.complete(invoked).await;
    assert!(explanation.offered.is_some() && started.elapsed() == OPEN_MAX, "{explanation:?}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(model.calls(), 1, "the call held back is not made as well");
}

#[tokio::test(start_paused = true)]
async fn a_tier_without_a_settle_delay_is_asked_at_once() {
    let model = Scripted::new(&[Step::Text("bc;")]);
    let engine = engine(&[(Tier::Fast, "one", &model)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        settings.policy.settle = [Duration::ZERO; 4];
        settings.gate = Strictness::Strict;
    });
    let started = Instant::now();
    assert!(engine.complete(after_typing()).await.offered.is_some());
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// What an impatient editor keeps a request open.
const OPEN_MAX: Duration = Duration::from_millis(120);

fn impatient() -> Request {
    Request { open_max: Some(OPEN_MAX), ..after_typing() }
}

#[tokio::test(start_paused = true)]
async fn a_rest_beyond_what_the_editor_waits_delays_the_call_and_not_the_reply() {
    for is_edited in [false, true] {
        let model = Scripted::new(&[Step::Text("bc;")]);
        let engine = gated(&model);
        let started = Instant::now();
        let asked = impatient();
        let document = asked.document.id;
        let explanation = engine.complete(asked).await;
        assert_eq!(explanation.silence, Some(Silence::TooLate), "{explanation:?}");
        assert_eq!(started.elapsed(), OPEN_MAX);
        assert_eq!(model.calls(), 0);
        if is_edited {
            engine.supersede(document);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(model.calls(), usize::from(!is_edited));
        let booked = engine.with_ledger(|ledger| ledger.totals().by_model.len());
        assert_eq!(booked, usize::from(!is_edited), "what was never begun costs nothing");
        // What came late is there for the next request at this place.
        let again = engine.complete(impatient()).await;
        assert_eq!(again.offered.is_some(), !is_edited);
    }
}
