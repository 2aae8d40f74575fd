//! The mapping from statuses and vendors' error objects to errors, as a table, and the rules for
//! what a detail may hold.

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

#[test]
fn statuses_and_vendor_errors_map_to_the_engines_words() {
    // One row per condition of the vendors' documentation and of recorded answers.
    let table: &[(u16, &str, &str)] = &[
        (
            401,
            r#"{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}"#,
            "Unauthorized",
        ),
        (403, r#"{"error":{"message":"no","type":"permission_error"}}"#, "Unauthorized"),
        (
            402,
            r#"{"error":{"message":"Insufficient Balance","type":"unknown_error"}}"#,
            "OutOfQuota",
        ),
        (
            429,
            r#"{"error":{"message":"You exceeded","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            "OutOfQuota",
        ),
        (
            429,
            r#"{"type":"error","error":{"type":"enforced_spend_limit_reached","message":"no"}}"#,
            "OutOfQuota",
        ),
        (
            429,
            r#"{"object":"error","message":"Rate limit exceeded","type":"rate_limited","code":"1300"}"#,
            "RateLimited",
        ),
        (429, "", "RateLimited"),
        (
            503,
            r#"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#,
            "RateLimited",
        ),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "RateLimited",
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"request (9019 tokens) exceeds","type":"exceed_context_size_error"}}"#,
            "Refused",
        ),
        (404, "<html>not here</html>", "Refused"),
        (413, "", "Refused"),
        (422, r#"{"detail":"Extra inputs are not permitted"}"#, "Refused"),
        (301, "", "Refused"),
        (308, "", "Refused"),
        (408, "", "ServerError"),
        (
            500,
            r#"[{"error":{"code":500,"message":"internal","status":"INTERNAL"}}]"#,
            "ServerError",
        ),
        (502, "<html>bad gateway</html>", "ServerError"),
        (504, "", "ServerError"),
    ];
    for (status, body, expected) in table {
        assert_eq!(name(&answer(*status, body)), *expected, "{status} {body}");
    }
}

#[test]
fn errors_inside_a_stream_are_seen_by_their_words() {
    let table = [
        (r#"{"error":{"message":"m","type":"rate_limit_error"}}"#, Some("RateLimited")),
        (r#"{"type":"error","error":{"type":"overloaded_error"}}"#, Some("RateLimited")),
        (r#"{"error":{"message":"m","code":"insufficient_quota"}}"#, Some("OutOfQuota")),
        (r#"{"error":{"message":"m","code":401}}"#, Some("Unauthorized")),
        (r#"{"error":{"message":"m","code":400,"type":"invalid_request_error"}}"#, Some("Refused")),
        (r#"{"error":{"message":"m","type":"server_error"}}"#, Some("ServerError")),
        (r#"{"error":"model runner has unexpectedly stopped"}"#, Some("ServerError")),
        (r#"{"object":"error","message":"m","type":"invalid_request_error"}"#, Some("Refused")),
        (r#"{"error":null,"choices":[]}"#, None),
        (r#"{"object":"chat.completion.chunk"}"#, None),
        ("[]", None),
        ("7", None),
    ];
    for (event, expected) in table {
        let event = serde_json::from_str(event).expect("JSON");
        assert_eq!(from_event(&event).as_ref().map(name).as_deref(), expected, "{event}");
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

#[test]
fn waits_are_read_in_every_form_and_never_believed_beyond_ten_minutes() {
    let table: &[(&str, &str, Option<u64>)] = &[
        ("retry-after", "2", Some(2_000)),
        ("retry-after", "0.5", Some(500)),
        ("retry-after-ms", "1500", Some(1_500)),
        ("retry-after", "Sun, 22 Nov 2026 12:00:30 GMT", Some(30_000)),
        ("retry-after", "Sun, 22 Nov 2020 12:00:30 GMT", Some(0)),
        ("retry-after", "-5", Some(0)),
        ("retry-after", "1e12", Some(600_000)),
        ("retry-after", "inf", Some(600_000)),
        ("retry-after", "NaN", None),
        ("retry-after", "soon", None),
        ("x-other", "1", None),
    ];
    for (name, value, expected) in table {
        let wait = retry_after(|asked| (asked == *name).then_some(*value), now());
        assert_eq!(wait, expected.map(Duration::from_millis), "{name}: {value}");
    }
}
