//! A second model is asked beside a slow one, rarely, and never where the user has not allowed it.

use std::sync::Arc;
use std::time::Duration;

use tabtier::domain::document::DocumentId;
use tabtier::domain::explain::Ended;
use tabtier::domain::route::{Override, Place, Tier};
use tabtier::domain::site::Trigger;
use tabtier::engine::Engine;
use tabtier::provider::ProviderError;

use super::clocks::{line, source};
use super::scripted::{Scripted, Step, engine, request};

const QUICK: &[Step] = &[Step::Wait(20), Step::Text("value;")];
const SLOW: &[Step] = &[Step::Wait(100), Step::Text("value;")];

fn hedging(first: &Arc<Scripted>, second: &Arc<Scripted>, share: f64) -> Arc<Engine> {
    engine(&[(Tier::Fast, "first", first), (Tier::Fast, "second", second)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        settings.hedge_share = share;
    })
}

async fn warm(engine: &Engine, calls: usize) {
    for _ in 0..calls {
        assert_eq!(source(&line(engine).await), Some("first"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_slower_than_its_model_usually_is_has_another_beside_it() {
    let (first, second) = (Scripted::new(QUICK), Scripted::new(&[Step::Text("other;")]));
    let engine = hedging(&first, &second, 0.1);
    warm(&engine, 20).await;
    first.now(SLOW);
    let explanation = line(&engine).await;
    assert_eq!(source(&explanation), Some("second"));
    let began: Vec<_> = explanation.attempts.iter().map(|a| a.started_after.as_millis()).collect();
    let ends: Vec<_> = explanation.attempts.iter().map(|a| a.ended.clone()).collect();
    assert_eq!((began, ends), (vec![22, 0], vec![Ended::Answered, Ended::Outrun]));
    tokio::task::yield_now().await;
    assert_eq!((first.left(), second.left()), (1, 0), "the loser is ended at once");
    let calls = engine.with_ledger(|ledger| {
        let models = &ledger.totals().by_model;
        (models["first"].calls, models["second"].calls)
    });
    assert_eq!(calls, (21, 1), "and booked");
}

#[tokio::test(start_paused = true)]
async fn the_slow_one_may_still_be_first() {
    let (first, second) = (Scripted::new(QUICK), Scripted::new(&[Step::Hang]));
    let engine = hedging(&first, &second, 0.1);
    warm(&engine, 20).await;
    first.now(&[Step::Wait(50), Step::Text("value;")]);
    assert_eq!(source(&line(&engine).await), Some("first"));
    tokio::task::yield_now().await;
    assert_eq!((first.left(), second.calls(), second.left()), (0, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn few_calls_are_hedged_however_slow_all_become() {
    let (first, second) = (Scripted::new(QUICK), Scripted::new(&[Step::Text("other;")]));
    let engine = hedging(&first, &second, 0.02);
    warm(&engine, 100).await;
    assert_eq!(second.calls(), 0);
    // Text comes soon enough that the first is never given up.
    let mut answers = 0;
    for call in 0..100 {
        first.now(&[Step::Wait(if call % 10 == 0 { 50 } else { 20 }), Step::Text("value;")]);
        answers += usize::from(line(&engine).await.offered.is_some());
    }
    assert_eq!(answers, 100);
    let hedges = second.calls();
    assert!((1..=200 / 50).contains(&hedges), "{hedges}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_hedged_without_leave_or_knowledge() {
    for (share, calls) in [(0.0, 40), (0.1, 19)] {
        let (first, second) = (Scripted::new(QUICK), Scripted::new(QUICK));
        let engine = hedging(&first, &second, share);
        warm(&engine, calls).await;
        first.now(&[Step::Wait(50), Step::Text("value;")]);
        line(&engine).await;
        assert_eq!(second.calls(), 0, "{share} {calls}");
    }
}

/// Two models, the first on the user's own machine, the second in the cloud.
fn border(first: &Arc<Scripted>, second: &Arc<Scripted>, may_cross: bool) -> Arc<Engine> {
    engine(&[(Tier::Fast, "first", first), (Tier::Fast, "second", second)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        settings.policy.cloud_failover = may_cross;
        settings.hedge_share = 0.1;
        let cloud = settings.models.get_mut("second").expect("a model");
        cloud.spec.place = Place::Cloud;
    })
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_the_users_machines_unasked_for() {
    let failure = ProviderError::Malformed { detail: "status".to_owned() };
    let scripts: [(&str, &[Step]); 3] =
        [("hedge", SLOW), ("silence", &[Step::Hang]), ("failure", &[Step::Fail(failure)])];
    for (name, script) in scripts {
        for may_cross in [false, true] {
            let (first, second) = (Scripted::new(QUICK), Scripted::new(QUICK));
            let engine = border(&first, &second, may_cross);
            warm(&engine, 20).await;
            first.now(script);
            line(&engine).await;
            assert_eq!(second.calls() > 0, may_cross, "{name}");
        }
    }
}

/// The plan began in the cloud, but that call may not be made; the request begins at home instead
/// and stays there.
#[tokio::test(start_paused = true)]
async fn a_request_that_comes_to_begin_at_home_stays_there() {
    let limited = ProviderError::RateLimited { retry_after: Some(Duration::from_millis(10)) };
    let cloud = Scripted::new(&[Step::Fail(limited)]);
    let failing = [Step::Fail(ProviderError::Malformed { detail: String::new() })];
    let (home, other) = (Scripted::new(&failing), Scripted::new(QUICK));
    let models =
        [(Tier::Fast, "cloud", &cloud), (Tier::Fast, "home", &home), (Tier::Fast, "other", &other)];
    let engine = engine(&models, |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
        for name in ["cloud", "other"] {
            settings.models.get_mut(name).expect("a model").spec.place = Place::Cloud;
        }
    });
    line(&engine).await;
    assert_eq!((cloud.calls(), home.calls(), other.calls()), (1, 1, 1), "it began in the cloud");
    tokio::time::sleep(Duration::from_millis(50)).await;
    cloud.now(&[Step::Hang]);
    // Both plans name the model that may be probed; the probe is the first one's.
    let asked = |document, code: &str| {
        let mut asked = request(code, Trigger::Automatic);
        asked.document.id = DocumentId(document);
        asked
    };
    let probing = tokio::spawn({
        let (engine, asked) = (Arc::clone(&engine), asked(2, "fn main() {\n    let a = |\n}\n"));
        async move { engine.complete(asked).await }
    });
    let mut second = asked(3, "fn main() {\n    let b = |\n}\n");
    // It has planned and waits for its settle delay while the other takes the probe.
    second.document.changed_at = Some(tokio::time::Instant::now().into_std());
    let explanation = engine.complete(second).await;
    let models: Vec<_> = explanation.attempts.iter().map(|a| a.model.as_str()).collect();
    assert_eq!((models, other.calls()), (vec!["home"], 1));
    probing.abort();
}
