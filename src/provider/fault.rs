//! From a failure on the wire to the seven errors the engine decides by.
//!
//! A status code says most of it; the vendor's own error object says the rest (429 is "wait" or
//! "pay", and only the object tells which). The detail is for the user's eyes, so it is cut to one
//! short clean line, and withheld altogether where a server echoes the prompt or the key.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::ProviderError;

/// Bound: characters of a vendor's message that are kept.
const DETAIL_CHARS_MAX: usize = 200;

/// Bound: the longest wait a server can ask for and get. Beyond it asking again is cheaper than
/// believing.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(600);

/// The parts of a vendor's error object that decide anything.
#[derive(Debug, Default, PartialEq, Eq)]
struct VendorError {
    message: String,
    /// `type`, `code` and `status` as far as they are words, joined by spaces, in lower case.
    words: String,
    /// `code` where it is an HTTP status.
    status: Option<u16>,
}

/// The error in an event of a stream or in an answer with status 200, if it is one.
pub(super) fn from_event(event: &Value) -> Option<ProviderError> {
    let vendor = vendor_error(event)?;
    Some(classify(vendor.status, &vendor, None))
}

/// The error that an unsuccessful answer stands for. `header` gives a header's text by its name;
/// `body` may be cut short or not JSON at all.
pub(super) fn from_answer<'a>(
    status: u16,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
    now: SystemTime,
) -> ProviderError {
    let vendor = serde_json::from_slice(body).ok().as_ref().and_then(|body: &Value| {
        vendor_error(body).or_else(|| {
            // FastAPI's validation errors, and gateways that answer with a bare message.
            let message = body["detail"].as_str().or_else(|| body["message"].as_str())?;
            Some(VendorError { message: message.to_owned(), ..VendorError::default() })
        })
    });
    classify(Some(status), &vendor.unwrap_or_default(), retry_after(header, now))
}

/// Reads `{"error":{…}}`, `{"error":"text"}`, `{"object":"error",…}`, and any of them as the only
/// element of an array.
fn vendor_error(value: &Value) -> Option<VendorError> {
    let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    let error = match value.get("error") {
        Some(Value::String(message)) => {
            return Some(VendorError { message: message.clone(), ..VendorError::default() });
        }
        Some(error @ Value::Object(_)) => error,
        _ if value["object"] == "error" => value,
        _ => return None,
    };
    let words: Vec<&str> =
        ["type", "code", "status"].iter().filter_map(|name| error[name].as_str()).collect();
    Some(VendorError {
        message: error["message"].as_str().unwrap_or_default().to_owned(),
        words: words.join(" ").to_lowercase(),
        status: error["code"].as_u64().and_then(|code| code.try_into().ok()),
    })
}

fn classify(
    status: Option<u16>,
    vendor: &VendorError,
    retry_after: Option<Duration>,
) -> ProviderError {
    let detail = detail(status, vendor);
    let says = |words: &[&str]| words.iter().any(|word| vendor.words.contains(word));
    if says(&["insufficient_quota", "insufficient_balance", "billing", "spend_limit"]) {
        return ProviderError::OutOfQuota { detail };
    }
    match status {
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
        _ if says(&["invalid_request", "not_found", "context"]) => {
            ProviderError::Refused { detail }
        }
        _ => ProviderError::ServerError { detail },
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

/// `text` as one short line: control and formatting characters become spaces, runs of them one.
pub(super) fn one_line(text: &str) -> String {
    // Direction marks and zero-width characters could make a terminal show another text.
    let is_space = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}

/// How long the server asks us to wait: `retry-after-ms`, else `Retry-After` in seconds or as a
/// date, in the order the official SDKs use, clamped to what we are ready to believe.
fn retry_after<'a>(header: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> Option<Duration> {
    let text = |name| header(name).map(str::trim);
    let in_ms = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok());
    let seconds = in_ms
        .map(|ms| ms / 1000.0)
        .or_else(|| text("retry-after")?.parse().ok())
        .or_else(|| {
            let date = httpdate::parse_http_date(text("retry-after")?).ok()?;
            Some(date.duration_since(now).unwrap_or_default().as_secs_f64())
        })
        // `NaN` parses as a number; it is not a wait.
        .filter(|seconds| !seconds.is_nan())?;
    Some(Duration::from_secs_f64(seconds.clamp(0.0, RETRY_AFTER_MAX.as_secs_f64())))
}

/// Characters in a row, spaces aside, that a detail may share with the prompt. A variable name
/// passes ("unknown field `temperature`"), a line of code does not.
const SHARED_WITH_PROMPT: usize = 16;
/// The same for the key. Vendors show four characters at each end of a wrong key.
const SHARED_WITH_KEY: usize = 6;

/// Withholds the error's detail where it repeats part of a prompt or of the key. `prompt` is every
/// text that was sent.
pub(super) fn withhold_echo(
    mut error: ProviderError,
    prompt: &[&str],
    key: Option<&str>,
) -> ProviderError {
    if let Some(detail) = detail_mut(&mut error) {
        let bare = without_space(detail);
        let repeats = |text: &str, length| shares_run(&bare, &without_space(text), length);
        if key.is_some_and(|key| repeats(key, SHARED_WITH_KEY)) {
            "the server's message is withheld: it repeats the key".clone_into(detail);
        } else if prompt.iter().any(|text| repeats(text, SHARED_WITH_PROMPT)) {
            "the server's message is withheld: it repeats the prompt".clone_into(detail);
        }
    }
    error
}

fn detail_mut(error: &mut ProviderError) -> Option<&mut String> {
    match error {
        ProviderError::Unreachable { detail }
        | ProviderError::Unauthorized { detail }
        | ProviderError::OutOfQuota { detail }
        | ProviderError::Refused { detail }
        | ProviderError::ServerError { detail }
        | ProviderError::Malformed { detail } => Some(detail),
        ProviderError::RateLimited { .. } => None,
    }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// Whether some `length` characters in a row of `short` occur in `long`.
fn shares_run(short: &str, long: &str, length: usize) -> bool {
    let starts = short.char_indices().map(|(at, _)| at);
    let ends = short.char_indices().map(|(at, _)| at).skip(length).chain([short.len()]);
    short.chars().count() >= length
        && starts.zip(ends).any(|(start, end)| long.contains(&short[start..end]))
}

#[cfg(test)]
mod tests;
