//! Who types along what a model is writing keeps the call; whoever types something else ends it.

use std::sync::Arc;
use std::time::Duration;

use tabtier::domain::completion::Source;
use tabtier::domain::document::DocumentId;
use tabtier::domain::explain::{Ended, Explanation, Silence};
use tabtier::domain::site::Trigger;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};
use tabtier::engine::{Engine, Request};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::PLACES;
use super::scripted::{Scripted, Step, one, request};

const LINE: &str = PLACES[2].1;

/// A document that is typed in.
struct Typist {
    engine: Arc<Engine>,
    asked: Request,
}

impl Typist {
    fn new(engine: &Arc<Engine>, code: &str) -> Self {
        Self { engine: Arc::clone(engine), asked: request(code, Trigger::Automatic) }
    }

    /// Types at the cursor, as the server hears of it; `after` is put behind the cursor.
    fn types(&mut self, text: &str, after: &str) {
        self.asked.superseded.cancel();
        self.asked.superseded = CancellationToken::new();
        let document = &mut self.asked.document;
        let at = position_of(&document.rope, self.asked.offset, PositionEncoding::Utf8);
        let change = TextChange { range: Some((at, at)), text: format!("{text}{after}") };
        let now = Instant::now().into_std();
        document.apply(2, &[change], PositionEncoding::Utf8, now);
        // Settled long ago, so that whether it waits does not depend on the settle delay.
        document.changed_at = None;
        self.asked.offset += text.len();
        self.engine.typed(document);
    }

    fn asks(&self) -> JoinHandle<Explanation> {
        let (engine, asked) = (Arc::clone(&self.engine), self.asked.clone());
        tokio::spawn(async move { engine.complete(asked).await })
    }

    async fn gets(&self) -> Option<String> {
        let explanation = self.asks().await.expect("an answer");
        explanation.offered.map(|offered| offered.text)
    }
}

async fn begun(model: &Scripted, calls: usize) {
    while model.calls() < calls {
        tokio::task::yield_now().await;
    }
}

async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn typing_along_what_is_written_keeps_the_call() {
    let script = [Step::Text("alpha.beta("), Step::Wait(900), Step::Text("gamma);\n")];
    let model = Scripted::new(&script);
    let mut typist = Typist::new(&one(&model), LINE);
    assert_eq!(typist.gets().await.as_deref(), Some("alpha.beta("));
    typist.types("alpha", "");
    assert_eq!(typist.gets().await.as_deref(), Some(".beta("));
    typist.types(".be", "");
    assert_eq!(typist.gets().await.as_deref(), Some("ta("));
    tokio::time::sleep(Duration::from_secs(1)).await;
    typist.types("ta", "");
    let explanation = typist.asks().await.expect("an answer");
    let offered = explanation.offered.expect("the rest");
    assert_eq!((offered.text.as_str(), offered.source), ("(gamma);", Source::Cache("one".into())));
    assert_eq!((model.calls(), model.left()), (1, 1), "ended only by the end of the line");
}

#[tokio::test(start_paused = true)]
async fn typing_ahead_of_the_first_text_is_joined_when_it_comes_true() {
    let model = Scripted::new(&[Step::Wait(80), Step::Text("value + 1;\n")]);
    let mut typist = Typist::new(&one(&model), LINE);
    let first = typist.asks();
    begun(&model, 1).await;
    typist.types("va", "");
    tokio::time::sleep(Duration::from_millis(40)).await;
    assert_eq!(typist.gets().await.as_deref(), Some("lue + 1;"));
    assert_eq!(first.await.expect("an answer").silence, Some(Silence::Superseded));
    assert_eq!(model.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn typing_ahead_that_comes_out_wrong_is_asked_anew() {
    let model = Scripted::new(&[Step::Wait(30), Step::Text("value;\n")]);
    let mut typist = Typist::new(&one(&model), LINE);
    let first = typist.asks();
    begun(&model, 1).await;
    typist.types("x", "");
    let second = typist.asks();
    settle().await;
    assert_eq!((model.calls(), model.left()), (1, 0), "it may still be right");
    let explanation = second.await.expect("an answer");
    assert_eq!(explanation.attempts[0].ended, Ended::Diverged);
    assert_eq!(explanation.offered.expect("its own answer").text, "value;");
    assert_eq!((model.calls(), model.left()), (2, 2));
    first.await.expect("an answer");
}

#[tokio::test(start_paused = true)]
async fn a_call_is_not_waited_for_long_that_was_begun_for_less() {
    let model = Scripted::new(&[Step::Hang]);
    let mut typist = Typist::new(&one(&model), LINE);
    let first = typist.asks();
    begun(&model, 1).await;
    typist.types("va", "");
    model.now(&[Step::Text("lue;\n")]);
    let since = Instant::now();
    assert_eq!(typist.gets().await.as_deref(), Some("lue"));
    assert_eq!(since.elapsed().as_millis(), 45, "three tenths of 150 ms");
    settle().await;
    assert_eq!((model.calls(), model.left()), (2, 2));
    first.await.expect("an answer");
}

#[tokio::test(start_paused = true)]
async fn typing_something_else_ends_the_call_at_once() {
    for (typed, after) in [("x", ""), ("alphx", ""), ("alpha.bet ", "")] {
        let model = Scripted::new(&[Step::Text("alpha.beta("), Step::Hang]);
        let mut typist = Typist::new(&one(&model), LINE);
        typist.gets().await;
        let since = Instant::now();
        typist.types(typed, after);
        settle().await;
        assert_eq!((model.left(), since.elapsed()), (1, Duration::ZERO), "{typed}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_elsewhere_ends_the_call() {
    let model = Scripted::new(&[Step::Text("alpha.beta("), Step::Hang]);
    let mut typist = Typist::new(&one(&model), LINE);
    typist.gets().await;
    typist.asked.offset = 0;
    typist.types("use a;\n", "");
    settle().await;
    assert_eq!(model.left(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_closer_the_editor_adds_does_not_end_the_call() {
    let script = [Step::Text("alpha("), Step::Wait(250), Step::Text("beta);\n")];
    let model = Scripted::new(&script);
    let mut typist = Typist::new(&one(&model), LINE);
    assert_eq!(typist.gets().await.as_deref(), Some("alpha("));
    typist.types("alpha(", ")");
    let explanation = typist.asks().await.expect("an answer");
    let offered = explanation.offered.expect("the rest");
    assert_eq!((offered.text.as_str(), offered.replace_after), ("beta);", 1));
    assert_eq!(model.calls(), 1);
}

/// What is typed and what is offered is together what the model wrote, or nothing is offered of it.
#[tokio::test(start_paused = true)]
async fn what_is_offered_always_follows_what_was_typed() {
    const ANSWER: &str = "alpha.beta(gamma);\n";
    for cut in 1..ANSWER.len() {
        let (begin, rest) = ANSWER.split_at(cut);
        for typed in ["", "a", "alpha", "alpha.beta(gam", "alphb", "b", "alpha.beta(gamma);"] {
            let model = Scripted::new(&[Step::Text(begin), Step::Wait(250), Step::Text(rest)]);
            let mut typist = Typist::new(&one(&model), LINE);
            typist.gets().await;
            typist.types(typed, "");
            // A second call would say something else.
            model.now(&[Step::Text("other;\n")]);
            let offered = typist.gets().await.unwrap_or_default();
            let is_rest = ANSWER.starts_with(&format!("{typed}{offered}"));
            assert!(is_rest || offered.starts_with("other"), "{begin} + {typed} + {offered}");
            let may_follow = ANSWER.starts_with(typed);
            assert!(may_follow || model.left() > 0, "{begin} + {typed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_place_in_two_documents_is_asked_about_once() {
    let model = Scripted::new(&[Step::Wait(100), Step::Text("value;\n")]);
    let engine = one(&model);
    let mut one = Typist::new(&engine, LINE);
    let mut two = Typist::new(&engine, LINE);
    two.asked.document.id = DocumentId(2);
    let (first, second) = (one.asks(), two.asks());
    settle().await;
    assert_eq!(model.calls(), 1);
    // What ends it for one document leaves it to the other.
    one.types("x = y", "");
    settle().await;
    assert_eq!(model.left(), 0);
    let offered = second.await.expect("an answer").offered.expect("a suggestion");
    assert_eq!((offered.text.as_str(), model.calls()), ("value;", 1));
    assert_eq!(first.await.expect("an answer").silence, Some(Silence::Superseded));
    // Another place is another call.
    two.types("z", "");
    two.gets().await;
    assert_eq!(model.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn closing_the_document_ends_a_call_that_was_kept() {
    let model = Scripted::new(&[Step::Text("alpha.beta("), Step::Hang]);
    let mut typist = Typist::new(&one(&model), LINE);
    typist.gets().await;
    typist.types("alpha", "");
    assert!(typist.engine.is_calling(DocumentId(1)));
    typist.engine.supersede(DocumentId(1));
    settle().await;
    assert_eq!((model.left(), typist.engine.is_calling(DocumentId(1))), (1, false));
}
