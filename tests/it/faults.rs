//! An answer by the deadline, whatever the models do, and no call that nobody needs.
//!
//! The engine runs on a paused clock with scripted models, so each deadline is met or missed to
//! the millisecond; `wire` does what needs sockets, over the real binary.

mod clocks;
mod gated;
mod goaway;
mod hedging;
mod llama;
mod matrix;
mod moving_up;
mod reuse;
mod scripted;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tabtier::domain::completion::Source;
use tabtier::domain::document::DocumentId;
use tabtier::domain::explain::{Explanation, Silence};
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::site::Trigger;
use tabtier::engine::{Engine, Request};
use tabtier::provider::ProviderError;
use tokio::time::Instant;

use scripted::{Scripted, Step, engine, one, request};

/// What a reply may be late.
const LATE_MAX: Duration = Duration::from_millis(25);
const INVOKED: Trigger = Trigger::Invoked { repeats: 0 };

/// A place of each class.
const PLACES: [(&str, &str); 6] = [
    ("closer", "fn main() {\n    let x = foo(bar(1)|\n}\n"),
    ("identifier", "fn main() {\n    let x = foo.ba|\n}\n"),
    ("line", "fn main() {\n    let x = |\n}\n"),
    ("prose", "fn main() {\n    // Computes |\n}\n"),
    ("logic", "fn main() {\n    |\n}\n"),
    ("boilerplate", "use |\n"),
];

fn refused(kind: usize) -> ProviderError {
    let detail = "status".to_owned();
    match kind {
        0 => ProviderError::Unauthorized { detail },
        1 => ProviderError::RateLimited { retry_after: None },
        2 => ProviderError::ServerError { detail },
        3 => ProviderError::Malformed { detail },
        _ => ProviderError::Unreachable { detail },
    }
}

/// Failures after which the same model is asked once more, if nobody else can be.
const PASSING: [usize; 2] = [2, 4];

/// Every way a model can fail to answer, early or late.
fn faults() -> Vec<(&'static str, Vec<Step>)> {
    let mut faults = vec![
        ("silence", vec![Step::Hang]),
        ("a stall in the middle", vec![Step::Text("val"), Step::Hang]),
        ("a slow drip", vec![Step::Drip("x", 200)]),
        ("an endless stream", vec![Step::Drip("word ", 1)]),
        ("an endless stream of nothing", vec![Step::Drip("", 1)]),
        ("an endless stream of lines", vec![Step::Drip("\n", 1)]),
        ("a panic", vec![Step::Panic]),
        ("a panic in the middle", vec![Step::Text("val"), Step::Wait(20), Step::Panic]),
    ];
    for kind in 0..5 {
        let name = if PASSING.contains(&kind) { "a failure that may pass" } else { "a failure" };
        faults.push((name, vec![Step::Fail(refused(kind))]));
        faults.push(("a late failure", vec![Step::Wait(5_000), Step::Fail(refused(kind))]));
        faults.push((
            "a failure in the middle",
            vec![Step::Text("val"), Step::Wait(50), Step::Fail(refused(kind))],
        ));
    }
    faults
}

/// Asks, and fails when the answer comes late.
async fn ask(engine: &Engine, request: Request, context: &str) -> Explanation {
    let since = Instant::now();
    let explanation = engine.complete(request).await;
    let deadline = explanation.plan.as_ref().expect("a plan").deadline;
    let took = since.elapsed();
    assert!(took <= deadline + LATE_MAX, "{context}: {took:?} of {deadline:?}");
    assert!(
        explanation.offered.is_some() != explanation.silence.is_some(),
        "{context}: an answer or a reason"
    );
    explanation
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_answered_by_the_deadline() {
    for (fault, script) in faults() {
        for (class, code) in PLACES {
            for trigger in [Trigger::Automatic, INVOKED] {
                let context = format!("{fault}, {class}, {trigger:?}");
                let model = Scripted::new(&script);
                let explanation = ask(&one(&model), request(code, trigger), &context).await;
                let retries = usize::from(fault == "a failure that may pass");
                assert_eq!(model.calls(), 1 + retries, "{context}");
                assert_eq!(explanation.attempts.len(), 1 + retries, "{context}");
                let class_found = explanation.plan.expect("a plan").class;
                let is_asked_in_code = trigger == INVOKED;
                assert!(
                    is_asked_in_code || class_found.name() == class,
                    "{context}: {class_found:?}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_up_earlier_is_answered_earlier() {
    let model = Scripted::new(&[Step::Hang]);
    let mut request = request(PLACES[4].1, Trigger::Automatic);
    request.open_max = Some(Duration::from_millis(650));
    let since = Instant::now();
    let explanation = one(&model).complete(request).await;
    assert_eq!(explanation.silence, Some(Silence::TooLate));
    assert!(since.elapsed() <= Duration::from_millis(675), "{:?}", since.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_failing_model_hands_over_to_the_next_and_the_last_to_our_own_engine() {
    let answer: &[Step] = &[Step::Wait(60), Step::Text("value;")];
    for kind in 0..5 {
        let (sick, well) = (Scripted::new(&[Step::Fail(refused(kind))]), Scripted::new(answer));
        let models = [(Tier::Fast, "sick", &sick), (Tier::Fast, "well", &well)];
        let engine = engine(&models, |settings| {
            settings.policy.force = Override::Always(Tier::Fast);
        });
        let explanation = ask(&engine, request(PLACES[2].1, Trigger::Automatic), "line").await;
        let offered = explanation.offered.expect("the second model's answer");
        assert_eq!(
            (offered.text.as_str(), offered.source),
            ("value;", Source::Model("well".to_owned()))
        );
        well.now(&[Step::Fail(refused(kind))]);
        engine.clear_cache();
        // A place where our own engine has something to say.
        let known = "fn compute_total() {}\n\nfn main() {\n    compute_t|\n}\n";
        let explanation = ask(&engine, request(known, INVOKED), "a known name").await;
        let source = explanation.offered.map(|offered| offered.source);
        assert_eq!(source, Some(Source::Local), "{:?}", explanation.silence);
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_serves_the_next_request() {
    let model = Scripted::new(&[Step::Wait(300), Step::Text("value;")]);
    let engine = one(&model);
    let asked = || request(PLACES[2].1, Trigger::Automatic);
    assert_eq!(ask(&engine, asked(), "first").await.silence, Some(Silence::TooLate));
    // While it is under way it is waited for, not made again.
    assert_eq!(
        ask(&engine, asked(), "second").await.offered.map(|o| o.text),
        Some("value;".to_owned())
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let third = ask(&engine, asked(), "third").await;
    assert_eq!(third.offered.map(|o| o.source), Some(Source::Cache("one".to_owned())));
    assert_eq!((model.calls(), model.left()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_stands_at_the_deadline_is_offered_in_whole_words_and_lines() {
    let check = async |code: &str, script: &[Step], expected: Option<&str>| {
        let model = Scripted::new(script);
        let explanation = ask(&one(&model), request(code, Trigger::Automatic), code).await;
        assert_eq!(explanation.offered.map(|o| o.text).as_deref(), expected, "{code}");
    };
    let (name, line, block) = (PLACES[1].1, PLACES[2].1, PLACES[4].1);
    check(line, &[Step::Text("alpha.beta(gam"), Step::Hang], Some("alpha.beta(")).await;
    check(line, &[Step::Text("unfinish"), Step::Hang], None).await;
    check(block, &[Step::Text("a();\n    b();\n    c("), Step::Hang], Some("a();\n    b();")).await;
    check(block, &[Step::Text("a("), Step::Hang], None).await;
    check(name, &[Step::Text("r"), Step::Hang], None).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_ends_the_call_at_once() {
    let model = Scripted::new(&[Step::Text("val"), Step::Hang]);
    let engine = one(&model);
    let asked = request(PLACES[4].1, Trigger::Automatic);
    let superseded = asked.superseded.clone();
    let running = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.complete(asked).await }
    });
    while model.calls() == 0 {
        tokio::task::yield_now().await;
    }
    let since = Instant::now();
    superseded.cancel();
    engine.supersede(DocumentId(1));
    let explanation = running.await.expect("an answer");
    assert_eq!(explanation.silence, Some(Silence::Superseded));
    assert_eq!(since.elapsed(), Duration::ZERO);
    assert_eq!((model.calls(), model.left()), (1, 1));
}

/// The edit came while the request was on its way to its call: none is begun, or it is ended.
#[tokio::test(start_paused = true)]
async fn a_request_that_is_superseded_already_leaves_no_call_behind() {
    let model = Scripted::new(&[Step::Hang]);
    let engine = one(&model);
    let asked = request(PLACES[2].1, Trigger::Automatic);
    asked.superseded.cancel();
    engine.supersede(DocumentId(1));
    let explanation = ask(&engine, asked, "superseded").await;
    assert_eq!(explanation.silence, Some(Silence::Superseded));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(model.calls(), model.left());
}

#[tokio::test(start_paused = true)]
async fn a_model_that_keeps_failing_is_left_alone_for_a_while() {
    let model = Scripted::new(&[Step::Fail(refused(2))]);
    let engine = one(&model);
    let asked = || request(PLACES[2].1, Trigger::Automatic);
    for _ in 0..20 {
        ask(&engine, asked(), "failing").await;
    }
    assert_eq!(model.calls(), 5, "five failures in a row are enough");
    model.now(&[Step::Text("value;")]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let explanation = ask(&engine, asked(), "after the pause").await;
    assert_eq!(explanation.offered.map(|o| o.text).as_deref(), Some("value;"));
    // A refused key is not tried again at all.
    let model = Scripted::new(&[Step::Fail(refused(0))]);
    let engine = one(&model);
    for _ in 0..3 {
        ask(&engine, asked(), "refused").await;
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    assert_eq!(model.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn dear_models_wait_for_a_pause_unless_a_key_was_pressed() {
    let started = async |trigger: Trigger, since_edit: u64| {
        let model = Scripted::new(&[Step::Hang]);
        let engine = engine(&[(Tier::Flagship, "dear", &model)], |_| {});
        let mut asked = request(PLACES[4].1, trigger);
        asked.document.changed_at = Some(Instant::now().into_std());
        tokio::time::sleep(Duration::from_millis(since_edit)).await;
        let explanation = ask(&engine, asked, "settle").await;
        explanation.attempts.first().map(|attempt| attempt.started_after.as_millis())
    };
    assert_eq!(started(Trigger::Automatic, 0).await, Some(250));
    assert_eq!(started(Trigger::Automatic, 100).await, Some(150));
    assert_eq!(started(Trigger::Automatic, 5_000).await, Some(0));
    assert_eq!(started(INVOKED, 0).await, Some(0));
}

#[tokio::test(start_paused = true)]
async fn an_edit_during_the_pause_costs_nothing() {
    let model = Scripted::new(&[Step::Text("a();")]);
    let engine = engine(&[(Tier::Flagship, "dear", &model)], |_| {});
    let mut asked = request(PLACES[4].1, Trigger::Automatic);
    asked.document.changed_at = Some(Instant::now().into_std());
    let request = tokio::time::timeout(Duration::from_millis(200), engine.complete(asked));
    assert!(request.await.is_err(), "it waits for the pause");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(model.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn asking_again_by_key_asks_a_better_model() {
    let answers = [("cheap", "cheap;"), ("middle", "middle;"), ("dear", "dear;")];
    let models = answers.map(|(_, text)| Scripted::new(&[Step::Text(text)]));
    let tiers = [Tier::Fast, Tier::Mid, Tier::Flagship];
    let named: Vec<_> =
        (0..3).map(|index| (tiers[index], answers[index].0, &models[index])).collect();
    let engine = engine(&named, |_| {});
    for (repeats, expected) in [(0, "cheap;"), (1, "middle;"), (2, "dear;"), (3, "dear;")] {
        let asked = request("fn main() {\n    let x = |\n}\n", Trigger::Invoked { repeats });
        let explanation = ask(&engine, asked, "again").await;
        assert_eq!(explanation.offered.map(|o| o.text).as_deref(), Some(expected), "{repeats}");
    }
    assert_eq!(models.map(|model| model.calls()), [1, 1, 1], "the last time it was known");
}

#[tokio::test(start_paused = true)]
async fn private_files_and_secrets_stay() {
    let model = Scripted::new(&[Step::Text("value;")]);
    let engine = engine(&[(Tier::Fast, "one", &model)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
    });
    let mut asked = request(PLACES[2].1, INVOKED);
    asked.document.is_private = true;
    ask(&engine, asked, "private").await;
    assert_eq!(model.calls(), 0);
    let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let code = format!("const KEY: &str = \"{secret}\";\nfn main() {{\n    let x = |\n}}\n");
    ask(&engine, request(&code, INVOKED), "secret").await;
    assert_eq!(model.calls(), 1);
    assert!(model.read().contains("__SECRET_1__") && !model.read().contains("ghp_"));
}

#[tokio::test(start_paused = true)]
async fn a_panic_costs_one_answer() {
    let model = Scripted::new(&[Step::Text("val"), Step::Panic]);
    let engine = one(&model);
    let asked = || request(PLACES[2].1, Trigger::Automatic);
    let broken = ask(&engine, asked(), "panic").await;
    assert_eq!((broken.offered, broken.silence), (None, Some(Silence::AllFailed)));
    model.now(&[Step::Text("value;")]);
    let next = ask(&engine, asked(), "next").await;
    assert_eq!(next.offered.map(|o| o.text).as_deref(), Some("value;"));
}
