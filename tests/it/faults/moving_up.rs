//! A cheap answer whose first line begins a block goes up to a dearer model, and is what is left
//! when that one does not answer.

use std::sync::Arc;
use std::time::Duration;

use tabtier::domain::class::RequestClass;
use tabtier::domain::explain::Explanation;
use tabtier::domain::route::Tier;
use tabtier::domain::site::Trigger;

use super::ask;
use super::scripted::{Scripted, Step, engine, request};

/// A place where the next statement may have one line or many.
const CODE: &str = "fn main() {\n    let items = load();\n    let total = items.len();\n    |\n    \
                    println!(\"{total}\");\n}\n";

struct Asked {
    explanation: Explanation,
    flagship: Arc<Scripted>,
    class_before: RequestClass,
}

async fn asked(fast: &[Step], flagship: &[Step]) -> Asked {
    let (fast, flagship) = (Scripted::new(fast), Scripted::new(flagship));
    let models = [(Tier::Fast, "small", &fast), (Tier::Flagship, "big", &flagship)];
    let engine = engine(&models, |_| {});
    let explanation = ask(&engine, request(CODE, Trigger::Automatic), "moving up").await;
    let class_before = explanation.classification.as_ref().expect("a class").class;
    Asked { explanation, flagship, class_before }
}

fn text(explanation: &Explanation) -> &str {
    explanation.offered.as_ref().map_or("", |offered| offered.text.as_str())
}

const BLOCK: &str = "for item in &items {\n        println!(\"{item}\");\n    }\n";

#[tokio::test(start_paused = true)]
async fn a_line_that_begins_a_block_is_taken_up() {
    let found = asked(&[Step::Text("for item in &items {\n")], &[Step::Text(BLOCK)]).await;
    assert_eq!(found.class_before, RequestClass::Line, "{:?}", found.explanation);
    assert_eq!(found.flagship.calls(), 1);
    assert_eq!(text(&found.explanation).trim_end(), BLOCK.trim_end());
    let plan = found.explanation.plan.expect("a plan");
    assert_eq!(plan.class, RequestClass::Logic);
    assert!(plan.notes.iter().any(|note| note.contains("raised to flagship")), "{:?}", plan.notes);
}

#[tokio::test(start_paused = true)]
async fn a_plain_line_stays_where_it_is() {
    let found = asked(&[Step::Text("let half = total / 2;\n")], &[Step::Text(BLOCK)]).await;
    assert_eq!(found.flagship.calls(), 0);
    assert_eq!(text(&found.explanation), "let half = total / 2;");
}

#[tokio::test(start_paused = true)]
async fn the_cheap_line_is_left_when_the_dear_model_fails() {
    for script in [vec![Step::Hang], vec![Step::Panic], vec![Step::Wait(9_000)]] {
        let found = asked(&[Step::Text("for item in &items {\n")], &script).await;
        assert_eq!(found.flagship.calls(), 1);
        assert!(text(&found.explanation).starts_with("for item in &items {"), "{script:?}");
        assert!(found.explanation.answered_after <= Duration::from_millis(2025));
    }
}
