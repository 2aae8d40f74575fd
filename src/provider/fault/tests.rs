//! The mapping from statuses and vendors' error objects to errors, as a table, and the rules for
//! what a detail may hold.

use super::echo::DETAIL_CHARS_MAX;
use super::*;

/// 2026-11-22 12:00:00 GMT.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_348_800)
}

fn answer(status: u16, body: &str) -> ProviderError {
    from_answer(status, |_| None, body.as_bytes(), now())
}

/// The variant's name, which is what the engine decides by.
fn name(error: &ProviderError) -> String {
    format!("{error:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
}

/// One row of `tests/data/faults.toml`.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    vendor: String,
    status: Option<u16>,
    #[serde(default)]
    headers: Vec<String>,
    body: String,
    expect: String,
    wait_ms: Option<u64>,
    detail: Option<String>,
}

impl Row {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn error(&self) -> Option<ProviderError> {
        match self.status {
            Some(status) => {
                let header = |name: &str| self.header(name);
                Some(from_answer(status, header, self.body.as_bytes(), now()))
            }
            None => from_event(&serde_json::from_str(&self.body).expect("JSON")),
        }
    }
}

#[test]
fn what_vendors_answer_becomes_the_engines_words() {
    #[derive(serde::Deserialize)]
    struct File {
        fault: Vec<Row>,
    }
    let file: File = toml::from_str(include_str!("../../../tests/data/faults.toml")).expect("rows");
    for row in &file.fault {
        let error = row.error();
        let found = error.as_ref().map_or("nothing".to_owned(), name);
        assert_eq!(found, row.expect, "{row:?}");
        if let Some(ProviderError::RateLimited { retry_after }) = &error {
            let wait_ms = retry_after.map(|wait| wait.as_millis() as u64);
            assert_eq!(wait_ms, row.wait_ms, "{row:?}");
        }
        if let Some(detail) = &row.detail {
            let shown = error.as_ref().map(ToString::to_string).unwrap_or_default();
            assert!(shown.ends_with(detail), "{shown} {row:?}");
        }
    }
    let vendors = ["openai", "anthropic", "mistral", "deepseek", "gemini", "llama.cpp", "ollama"];
    for vendor in vendors {
        let rows: Vec<_> = file.fault.iter().filter(|row| row.vendor == vendor).collect();
        assert!(rows.len() >= 4, "{vendor} has {} rows", rows.len());
        assert!(rows.iter().any(|row| row.expect == "ContextTooLong"), "{vendor}");
    }
}

#[test]
fn details_are_one_short_clean_line() {
    let message = format!("a\u{1b}[31m\n\tb\u{202e}c\u{0} {}", "x".repeat(500));
    let body = serde_json::json!({ "error": message }).to_string();
    let ProviderError::Refused { detail } = answer(400, &body) else { panic!("a refusal") };
    assert!(detail.starts_with("status 400: a [31m b c xxx"), "{detail}");
    assert!(detail.chars().count() <= "status 400: ".len() + DETAIL_CHARS_MAX);
}

#[test]
fn details_never_repeat_the_prompt_or_the_key() {
    let prompt = "fn secret_sauce(x: u32)\n    -> u32 { x * 31_337 }\n";
    let check = |message: &str| {
        let error = ProviderError::Refused { detail: message.to_owned() };
        withhold_echo(error, &[prompt], Some("sk-0123456789abcdef")).to_string()
    };
    let kept = "status 400: unknown field `temperature`";
    assert_eq!(check(kept), format!("refused: {kept}"));
    for echo in ["cannot parse: secret_sauce(x: u32) -> u32 {", "near secret_sauce(x:u32)->u32"] {
        assert!(check(echo).ends_with("it repeats the prompt"), "{echo}");
    }
    for echo in ["bad key sk-0123456789abcdef", "bad key ...89abcdef"] {
        assert!(check(echo).ends_with("it repeats the key"), "{echo}");
    }
}
