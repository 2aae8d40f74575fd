//! A model that will not answer costs its own share of the deadline, not the whole of it.

use std::sync::Arc;
use std::time::Duration;

use tabtier::domain::completion::Source;
use tabtier::domain::explain::{Ended, Explanation};
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::site::Trigger;
use tabtier::engine::Engine;
use tabtier::provider::ProviderError;

use super::scripted::{Scripted, Step, engine, request};
use super::{PLACES, ask};

/// A line has 200 ms by default.
const LINE: &str = PLACES[2].1;

/// An engine with two models of one tier; nothing is hedged.
pub(super) fn two(first: &Arc<Scripted>, second: &Arc<Scripted>) -> Arc<Engine> {
    engine(&[(Tier::Fast, "first", first), (Tier::Fast, "second", second)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        settings.hedge_share = 0.0;
    })
}

pub(super) async fn line(engine: &Engine) -> Explanation {
    engine.clear_cache();
    ask(engine, request(LINE, Trigger::Automatic), "line").await
}

pub(super) fn source(explanation: &Explanation) -> Option<&str> {
    match &explanation.offered.as_ref()?.source {
        Source::Model(model) => Some(model),
        _ => None,
    }
}

fn started(explanation: &Explanation) -> Vec<u128> {
    explanation.attempts.iter().map(|attempt| attempt.started_after.as_millis()).collect()
}

const QUICK: &[Step] = &[Step::Wait(20), Step::Text("value;")];

#[tokio::test(start_paused = true)]
async fn a_silent_model_leaves_time_for_the_next() {
    let (first, second) = (Scripted::new(&[Step::Hang]), Scripted::new(QUICK));
    let explanation = line(&two(&first, &second)).await;
    assert_eq!(source(&explanation), Some("second"));
    assert_eq!(started(&explanation), [0, 120], "three fifths of 200 ms");
    assert_eq!(explanation.attempts[0].ended, Ended::Silent);
    assert_eq!((first.calls(), first.left(), second.left()), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_quick_model_that_falls_silent_is_given_up_sooner() {
    let (first, second) = (Scripted::new(QUICK), Scripted::new(QUICK));
    let engine = two(&first, &second);
    for _ in 0..20 {
        assert_eq!(source(&line(&engine).await), Some("first"));
    }
    first.now(&[Step::Hang]);
    let explanation = line(&engine).await;
    assert_eq!(source(&explanation), Some("second"));
    assert_eq!(started(&explanation), [0, 60], "three times its slowest twentieth");
}

#[tokio::test(start_paused = true)]
async fn who_sets_a_clock_gets_it() {
    let (first, second) = (Scripted::new(&[Step::Hang]), Scripted::new(QUICK));
    let models = [(Tier::Fast, "first", &first), (Tier::Fast, "second", &second)];
    let engine = engine(&models, |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        let first = settings.models.get_mut("first").expect("a model");
        first.patience.first_text = Some(Duration::from_millis(30));
    });
    assert_eq!(started(&line(&engine).await), [0, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_stalls_is_over_and_what_it_wrote_is_the_last_resort() {
    let stalled: &[Step] = &[Step::Text("alpha.beta(gam"), Step::Hang];
    let (first, second) = (Scripted::new(stalled), Scripted::new(QUICK));
    let models = [(Tier::Fast, "first", &first), (Tier::Fast, "second", &second)];
    let engine = engine(&models, |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        settings.policy.classes.iter_mut().for_each(|row| row.deadline = Duration::from_secs(3));
    });
    let explanation = line(&engine).await;
    assert_eq!(source(&explanation), Some("second"));
    assert_eq!(started(&explanation), [0, 1500], "half of the time left");
    let error = "unreachable: nothing more came within 1500 ms".to_owned();
    assert_eq!(explanation.attempts[0].ended, Ended::Failed(error));
    let detail = "status".to_owned();
    second.now(&[Step::Fail(ProviderError::Malformed { detail })]);
    let offered = line(&engine).await.offered.expect("a part");
    assert_eq!(offered.text, "alpha.beta(");
}

#[tokio::test(start_paused = true)]
async fn a_model_that_hangs_is_paused_and_a_slow_one_is_not() {
    let (first, second) = (Scripted::new(&[Step::Hang]), Scripted::new(QUICK));
    let engine = two(&first, &second);
    for _ in 0..5 {
        assert_eq!(started(&line(&engine).await), [0, 120]);
    }
    assert_eq!(started(&line(&engine).await), [0], "the second is the first to be asked");
    // One that has answered as late before is only slow.
    let slow: &[Step] = &[Step::Wait(190), Step::Text("value;")];
    let (first, second) = (Scripted::new(slow), Scripted::new(&[Step::Hang]));
    let alone = engine_of(&first);
    line(&alone).await;
    drop(alone);
    let engine = two(&first, &second);
    for _ in 0..9 {
        line(&engine).await;
    }
    assert!(first.calls() >= 6, "{}", first.calls());
}

fn engine_of(model: &Arc<Scripted>) -> Arc<Engine> {
    super::scripted::one(model)
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_made_once_where_it_can_help() {
    let server = |status: &str| ProviderError::ServerError { detail: status.to_owned() };
    let asked = async |script: &[Step]| {
        let model = Scripted::new(script);
        let explanation = line(&engine_of(&model)).await;
        (model.calls(), explanation.answered_after.as_millis() <= 225)
    };
    assert_eq!(asked(&[Step::Fail(server("500"))]).await, (2, true));
    assert_eq!(asked(&[Step::Wait(150), Step::Fail(server("500"))]).await, (1, true), "too late");
    assert_eq!(asked(&[Step::Text("a"), Step::Fail(server("500"))]).await, (1, true), "text came");
    let refused = ProviderError::Refused { detail: "400".to_owned() };
    assert_eq!(asked(&[Step::Fail(refused)]).await, (1, true));
    // Another model is better than the same one again.
    let (first, second) = (Scripted::new(&[Step::Fail(server("500"))]), Scripted::new(QUICK));
    line(&two(&first, &second)).await;
    assert_eq!((first.calls(), second.calls()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn retries_are_paid_by_answers() {
    let failing = [Step::Fail(ProviderError::ServerError { detail: "500".to_owned() })];
    let model = Scripted::new(&failing);
    let engine = engine_of(&model);
    let mut retries = 0;
    for _ in 0..30 {
        // An answer in between keeps the breaker closed and pays for a tenth of a retry.
        model.now(QUICK);
        line(&engine).await;
        model.now(&failing);
        let before = model.calls();
        line(&engine).await;
        retries += model.calls() - before - 1;
    }
    assert!((10..=13).contains(&retries), "{retries}");
}
