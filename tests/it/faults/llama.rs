//! The same against llama.cpp's own server, whose slots say whether it still generates.
//!
//! Skipped where its tools are not installed, see `support::llama`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tabtier::config::{NetworkSettings, Protocol, Settings};
use tabtier::domain::gate::Strictness;
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};
use tabtier::domain::units::Tokens;
use tabtier::engine::{Engine, Equipment};
use tabtier::provider::registry::Registry;
use tokio::time::{Instant, sleep};

use super::INVOKED;
use super::scripted::request;
use crate::support::llama::LlamaServer;
use crate::support::model;

/// At column 0 and in no block, noise fills a whole body before anything ends it.
const CODE: &str = "fn main() {\n|\n}\n";
/// How long the server may take to notice. Measured: it looks for a closed connection between two
/// tokens and is idle within some tens of milliseconds; the machine may be busy.
const NOTICED_MAX: Duration = Duration::from_secs(10);

fn engine(server: &LlamaServer) -> Arc<Engine> {
    let mut configured = model(Protocol::LlamaCppInfill, server.url());
    configured.spec.context_tokens = Tokens(110_000);
    configured.patience.total = Duration::from_secs(120);
    configured.endpoint.timeout = Duration::from_secs(120);
    let models = BTreeMap::from([("model".to_owned(), configured)]);
    let mut settings = Settings { gate: Strictness::Off, ..Settings::default() };
    settings.policy.force = Override::Always(Tier::Fast);
    settings.policy.models[Tier::Fast as usize].push("model".to_owned());
    for row in &mut settings.policy.classes {
        row.output_tokens_max = Tokens(100_000);
        row.deadline = Duration::from_millis(300);
    }
    let providers = Arc::new(Registry::from_settings(&models, &NetworkSettings::default()));
    settings.models = models;
    Engine::new(Equipment { settings: Arc::new(settings), providers })
}

async fn is_generating(server: &LlamaServer) -> bool {
    server.slots().await[0]["is_processing"] == true
}

async fn idle_after(server: &LlamaServer, since: Instant) -> Duration {
    while is_generating(server).await {
        assert!(since.elapsed() < NOTICED_MAX, "it still generates");
        sleep(Duration::from_millis(5)).await;
    }
    since.elapsed()
}

#[tokio::test]
async fn an_edit_along_the_stream_is_no_reason_to_stop_and_another_is() {
    let arguments = ["--slots", "1", "--context", "110000"];
    let Some(server) = LlamaServer::start(&["random"], &arguments).await else { return };
    let engine = engine(&server);
    let mut asked = request(CODE, INVOKED);
    engine.complete(asked.clone()).await;
    assert!(engine.is_calling(asked.document.id), "the deadline does not end the call");
    assert!(is_generating(&server).await);
    // The text is the same: nothing was typed but what is there.
    engine.typed(&asked.document);
    sleep(Duration::from_millis(50)).await;
    assert!(engine.is_calling(asked.document.id) && is_generating(&server).await);
    let at = position_of(&asked.document.rope, asked.offset, PositionEncoding::Utf8);
    // Noise does not begin like this.
    let text = "let something_else = 1;".to_owned();
    let change = TextChange { range: Some((at, at)), text };
    let now = Instant::now();
    asked.document.apply(2, &[change], PositionEncoding::Utf8, now.into_std());
    engine.typed(&asked.document);
    assert!(!engine.is_calling(asked.document.id));
    let took = idle_after(&server, now).await;
    let held = server.slots().await[0]["n_prompt_tokens"].as_u64().expect("a count");
    assert!(held < 50_000, "{held} tokens, {took:?}");
}
