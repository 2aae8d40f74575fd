//! Asking one model a few tiny questions, to see whether and how it answers.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::Instant;

use crate::config::Endpoint;
use crate::domain::checkup::{
    self, AFTER, BEFORE, Checkup, OUTPUT_TOKENS_MAX, Reply, Suffix, Trouble,
};
use crate::domain::completion::Usage;
use crate::domain::context::{Context, Wanted};
use crate::domain::prompt::{self, Files, Prompt, PromptForm};
use crate::provider::{ChunkStream, Provider, ProviderError};

/// What a server is called where findings are kept: nothing that tells its address.
pub fn server_name(endpoint: &Endpoint) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [endpoint.protocol.name(), &endpoint.url, &endpoint.model] {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Puts `calls` questions to a model, one after the other, and two more where the server is said to
/// place the text after the cursor by itself. Stops at the first that fails.
pub async fn examine(
    name: &str,
    provider: &dyn Provider,
    form: &PromptForm,
    calls: u32,
) -> Checkup {
    let mut checkup = Checkup {
        model: name.to_owned(),
        first: None,
        replies: Vec::new(),
        trouble: None,
        suffix: if *form == PromptForm::Infill { Suffix::Unknown } else { Suffix::Ours },
    };
    for _ in 0..calls {
        match ask(provider.stream(question(form, AFTER))).await {
            Ok(reply) if checkup.first.is_none() => checkup.first = Some(reply),
            Ok(reply) => checkup.replies.push(reply),
            Err(error) => {
                checkup.trouble = Some(trouble(error));
                break;
            }
        }
    }
    // A server that refuses any text after the cursor fails the first question already.
    let is_refusal = matches!(checkup.trouble, Some(Trouble::Refused(_)));
    if checkup.suffix == Suffix::Unknown && (checkup.trouble.is_none() || is_refusal) {
        checkup.suffix = suffix(provider, form).await;
    }
    checkup
}

/// Whether the text after the cursor reaches the model: the same question without any and with
/// much of it. Both are answered in one piece, because that is where every server counts that
/// counts at all.
pub async fn suffix(provider: &dyn Provider, form: &PromptForm) -> Suffix {
    let without = ask(provider.whole(question(form, ""))).await;
    let Ok(without) = without else { return Suffix::Unknown };
    let with = match ask(provider.whole(question(form, &checkup::long_after()))).await {
        Ok(with) => with,
        Err(ProviderError::Refused { detail }) => return Suffix::Refused(detail),
        Err(_) => return Suffix::Unknown,
    };
    let counted = |reply: &Reply| reply.usage.map(|usage: Usage| usage.input_total());
    match (counted(&without), counted(&with)) {
        (Some(without), Some(with)) => checkup::suffix_by_counts(without, with),
        _ => Suffix::Unknown,
    }
}

fn question(form: &PromptForm, after: &str) -> Prompt {
    let context = Context {
        prefix: BEFORE.to_owned(),
        suffix: after.to_owned(),
        filename: "add.rs".to_owned(),
        wanted: Wanted::Line,
        ..Context::default()
    };
    prompt::build(&context, form, Files::AsComments, OUTPUT_TOKENS_MAX)
}

async fn ask(mut answer: ChunkStream) -> Result<Reply, ProviderError> {
    let started = Instant::now();
    let mut reply = Reply { first_text: None, took: Duration::ZERO, pieces: 0, usage: None };
    while let Some(chunk) = answer.next().await {
        let chunk = chunk?;
        if !chunk.text.is_empty() {
            reply.pieces += 1;
            reply.first_text.get_or_insert(started.elapsed());
        }
        reply.usage = chunk.usage.or(reply.usage);
    }
    reply.took = started.elapsed();
    Ok(reply)
}

fn trouble(error: ProviderError) -> Trouble {
    match error {
        ProviderError::Unreachable { detail } => Trouble::Unreachable(detail),
        ProviderError::Unauthorized { detail } => Trouble::Key(detail),
        ProviderError::OutOfQuota { detail } => Trouble::Quota(detail),
        ProviderError::RateLimited { .. } => Trouble::Limited,
        ProviderError::Refused { detail } | ProviderError::ContextTooLong { detail } => {
            Trouble::Refused(detail)
        }
        ProviderError::ServerError { detail } => Trouble::Server(detail),
        ProviderError::Malformed { detail } => Trouble::Malformed(detail),
    }
}
