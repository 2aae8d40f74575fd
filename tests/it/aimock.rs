//! Four vendors' protocols against aimock: what our requests are understood as, what its answers are
//! read as, and its rate limits, overloads and refusals of keys.
//!
//! aimock knows the vendors' paths, headers and error shapes from their own servers; none of that is
//! written here. Of usage it reports zeros for all but OpenAI, which count as not reported.

use std::time::Duration;

use futures_util::StreamExt;
use tabtier::config::Protocol;
use tabtier::domain::completion::{Chunk, FinishReason};
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::ProviderError;
use tokio::time::timeout;

use crate::support::aimock::{Aimock, KEY};
use crate::support::{model, provider};

/// The protocols it speaks, with what the base address ends in.
const SPOKEN: [(Protocol, &str); 4] = [
    (Protocol::OpenAiChat, "/v1"),
    (Protocol::AnthropicMessages, ""),
    (Protocol::Gemini, ""),
    (Protocol::OllamaGenerate, ""),
];

type Items = Vec<Result<Chunk, ProviderError>>;

async fn ask(url: &str, protocol: Protocol, key: &str, words: &str) -> Items {
    let mut settings = model(protocol, url);
    "test-model".clone_into(&mut settings.endpoint.model);
    settings.endpoint.key = Some(key.to_owned().into());
    let body = PromptBody::Chat { system: "be brief".to_owned(), user: words.to_owned() };
    let stop = vec!["```".to_owned()];
    let prompt = Prompt { body, stop, breakpoints: Vec::new(), output_tokens_max: Tokens(64) };
    let items = provider(settings).stream(prompt).collect();
    timeout(Duration::from_secs(20), items).await.expect("an end")
}

fn text(items: &Items) -> String {
    items.iter().flatten().map(|chunk| chunk.text.as_str()).collect()
}

#[tokio::test]
async fn answers_of_four_vendors_are_read() {
    let Some(aimock) = Aimock::start().await else { return };
    for (protocol, path) in SPOKEN {
        let url = format!("{}{path}", aimock.url());
        let plain = ask(&url, protocol, KEY, "ask-plain").await;
        assert_eq!(text(&plain), "return a + b;", "{protocol:?} {plain:?}");
        let finish = plain.iter().flatten().find_map(|chunk| chunk.finish);
        assert_eq!(finish, Some(FinishReason::Stop), "{protocol:?}");
        let usage = plain.iter().flatten().filter_map(|chunk| chunk.usage).next_back();
        assert_eq!(usage.is_some(), protocol == Protocol::OpenAiChat, "{protocol:?} {usage:?}");

        let thinking = ask(&url, protocol, KEY, "ask-thinking").await;
        assert_eq!(text(&thinking), "return a;", "{protocol:?} {thinking:?}");
    }
}

#[tokio::test]
async fn limits_overloads_and_wrong_keys_of_four_vendors_are_told_apart() {
    let Some(aimock) = Aimock::start().await else { return };
    for (protocol, path) in SPOKEN {
        let url = format!("{}{path}", aimock.url());
        let error = async |key, words| {
            let items = ask(&url, protocol, key, words).await;
            items.last().cloned().expect("something").expect_err("an error")
        };
        let limited = ProviderError::RateLimited { retry_after: Some(Duration::from_secs(1)) };
        assert_eq!(error(KEY, "ask-limited").await, limited, "{protocol:?}");
        let busy = ProviderError::RateLimited { retry_after: None };
        assert_eq!(error(KEY, "ask-busy").await, busy, "{protocol:?}");
        let refused = error("another-key", "ask-plain").await;
        assert!(matches!(refused, ProviderError::Unauthorized { .. }), "{protocol:?} {refused:?}");
    }
}
