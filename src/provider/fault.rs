//! From a failure on the wire to the eight errors the engine decides by.
//!
//! A status code says most of it; the vendor's own error object says the rest (429 is "wait" or
//! "pay", 400 "wrong" or "too long", and only the object tells which). Each row of
//! `tests/data/faults.toml` is a condition as a vendor words it, with the error it must become.

mod echo;
mod vendor;
mod wait;

use std::time::{Duration, SystemTime};

use serde_json::Value;

use self::vendor::VendorError;
use super::ProviderError;

pub(super) use self::echo::{one_line, withhold_echo};

/// Codes for a prompt that is longer than the model's window. `OpenAI` and compatible servers,
/// llama.cpp, LiteLLM, Anthropic.
const TOO_LONG_CODES: [&str; 5] = [
    "context_length_exceeded",
    "exceed_context_size",
    "contextwindowexceeded",
    "string_above_max_length",
    "request_too_large",
];

/// Parts of messages that say the same where no code does, in lower case. All but the last four are
/// those that LiteLLM 1.106.2 looks for (MIT); the others are Mistral's, Ollama's, DeepSeek's and
/// Gemini's of earlier versions.
const TOO_LONG_MESSAGES: [&str; 15] = [
    "exceed context limit",
    "this model's maximum context length is",
    "string too long. expected a string with maximum length",
    "model's maximum context limit",
    "is longer than the model's context length",
    "input tokens exceed the configured limit",
    "`inputs` tokens + `max_new_tokens` must be",
    "exceeds the available context size",
    "exceeds the maximum number of tokens allowed",
    "prompt is too long",
    "length exceeds the context length",
    "too large for model with",
    "exceeds the context length",
    "maximum context length is",
    "input token count exceeds",
];

/// The error in an event of a stream or in an answer with status 200, if it is one.
pub(super) fn from_event(event: &Value) -> Option<ProviderError> {
    let vendor = vendor::in_event(event)?;
    let wait = wait::wait(|_| None, vendor.retry_delay.as_deref(), SystemTime::UNIX_EPOCH);
    Some(classify(vendor.status, &vendor, wait))
}

/// The error that an unsuccessful answer stands for. `header` gives a header's text by its name;
/// `body` may be cut short or not JSON at all.
pub(super) fn from_answer<'a>(
    status: u16,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
    now: SystemTime,
) -> ProviderError {
    let vendor = vendor::in_body(body).unwrap_or_default();
    let wait = wait::wait(header, vendor.retry_delay.as_deref(), now);
    classify(Some(status), &vendor, wait)
}

fn classify(
    status: Option<u16>,
    vendor: &VendorError,
    retry_after: Option<Duration>,
) -> ProviderError {
    let detail = detail(status, vendor);
    let says = |words: &[&str]| words.iter().any(|word| vendor.words.contains(word));
    if is_out_of_money(vendor) {
        return ProviderError::OutOfQuota { detail };
    }
    if is_too_long(status, vendor) {
        return ProviderError::ContextTooLong { detail };
    }
    match status {
        Some(403) if vendor.is_moderation => ProviderError::Refused { detail },
        Some(400) if says(&["api_key_invalid"]) => ProviderError::Unauthorized { detail },
        Some(401 | 403) => ProviderError::Unauthorized { detail },
        Some(402) => ProviderError::OutOfQuota { detail },
        Some(429 | 503 | 529) => ProviderError::RateLimited { retry_after },
        // The server gave up waiting or met a conflict: nothing is wrong with the request.
        Some(408 | 409 | 425 | 500..=599) => ProviderError::ServerError { detail },
        Some(300..=399) => ProviderError::Refused {
            detail: format!("{detail} (redirects are not followed; set the final address)"),
        },
        Some(400..=499) => ProviderError::Refused { detail },
        _ if says(&["rate_limit", "overloaded", "unavailable", "exhausted"]) => {
            ProviderError::RateLimited { retry_after }
        }
        _ if says(&["authentication", "permission", "api_key"]) => {
            ProviderError::Unauthorized { detail }
        }
        _ if says(&["invalid_request", "not_found"]) => ProviderError::Refused { detail },
        _ => ProviderError::ServerError { detail },
    }
}

/// Whether only money or a new day helps.
fn is_out_of_money(vendor: &VendorError) -> bool {
    let words = ["insufficient_quota", "insufficient_balance", "billing", "spend_limit"];
    words.iter().any(|word| vendor.words.contains(word))
        || vendor.is_daily
        // Anthropic calls it an invalid request.
        || vendor.message.to_lowercase().contains("credit balance is too low")
}

/// Whether the request was longer than the model or the server takes. Statuses that say something
/// else are believed: a rate limit may name a context length too.
fn is_too_long(status: Option<u16>, vendor: &VendorError) -> bool {
    let message = vendor.message.to_lowercase();
    let says_so = TOO_LONG_CODES.iter().any(|code| vendor.words.contains(code))
        || TOO_LONG_MESSAGES.iter().any(|part| message.contains(part));
    match status {
        Some(413) => true,
        Some(400 | 422 | 500) | None => says_so,
        _ => false,
    }
}

fn detail(status: Option<u16>, vendor: &VendorError) -> String {
    let message = if vendor.message.is_empty() { &vendor.words } else { &vendor.message };
    match status {
        Some(status) if message.is_empty() => format!("status {status}"),
        Some(status) => format!("status {status}: {}", one_line(message)),
        None if message.is_empty() => "the server sent an error without a message".to_owned(),
        None => one_line(message),
    }
}

#[cfg(test)]
mod tests;
