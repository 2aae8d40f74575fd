//! What of a server's message may be shown: one short clean line that repeats neither prompt nor key.
//!
//! Servers quote the request they did not like, and a message goes into logs and onto screens.

use crate::provider::ProviderError;

/// Bound: characters of a vendor's message that are kept.
pub(super) const DETAIL_CHARS_MAX: usize = 200;

/// `text` as one short line: control and formatting characters become spaces, runs of them one.
pub(in crate::provider) fn one_line(text: &str) -> String {
    // Direction marks and zero-width characters could make a terminal show another text.
    let is_space = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}

/// Characters in a row, spaces aside, that a detail may share with the prompt. A variable name
/// passes ("unknown field `temperature`"), a line of code does not.
const SHARED_WITH_PROMPT: usize = 16;
/// The same for the key. Vendors show four characters at each end of a wrong key.
const SHARED_WITH_KEY: usize = 6;

/// Withholds the error's detail where it repeats part of a prompt or of the key. `prompt` is every
/// text that was sent.
pub(in crate::provider) fn withhold_echo(
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
        | ProviderError::ContextTooLong { detail }
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
