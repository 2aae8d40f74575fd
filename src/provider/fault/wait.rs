//! How long a server asks to be left alone, in all the ways servers say it.
//!
//! `retry-after-ms` and `Retry-After` say it outright, in the order the official SDKs use. Where both
//! are missing, rate-limit headers say when each kind of limit is full again; what was used up counts,
//! or all of it where nothing was. Gemini says it in the body. Whatever was said is clamped.

use std::time::{Duration, SystemTime};

/// Bound: the longest wait a server can ask for and get. Beyond it asking again is cheaper than
/// believing.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// The headers that say how much is left of a limit, and when it is full again. Sources: the API
/// references of `OpenAI`, Anthropic and `OpenRouter`; Mistral's as reported by users; the last is the
/// draft standard `RateLimit` header fields.
const LIMITS: [(&str, &str); 9] = [
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
    ("x-ratelimitbysize-remaining-minute", "ratelimitbysize-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
];

/// How long to wait. `header` gives a header's text by its name, `in_body` is what the error object
/// says, such as `22s`.
pub(super) fn wait<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    in_body: Option<&str>,
    now: SystemTime,
) -> Option<Duration> {
    let text = |name: &str| header(name).map(str::trim);
    let in_ms = text("retry-after-ms").and_then(seconds).map(|ms| ms / 1000.0);
    let outright = in_ms.or_else(|| text("retry-after").and_then(|text| from_now(text, now)));
    let said = outright
        .or_else(|| in_body.and_then(|text| from_now(text, now)))
        .or_else(|| until_full(text, now))?;
    Some(Duration::from_secs_f64(said.clamp(0.0, WAIT_MAX.as_secs_f64())))
}

/// Seconds until the limits that were used up are full again, or all of them where none was.
fn until_full<'a>(header: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> Option<f64> {
    let known = LIMITS.iter().filter_map(|(left, reset)| {
        let is_used_up = header(left).and_then(seconds) == Some(0.0);
        Some((is_used_up, from_now(header(reset)?, now)?))
    });
    let known: Vec<(bool, f64)> = known.collect();
    let is_any_used_up = known.iter().any(|(is_used_up, _)| *is_used_up);
    let counted = known.iter().filter(|(is_used_up, _)| *is_used_up || !is_any_used_up);
    counted.map(|(_, seconds)| *seconds).reduce(f64::max)
}

/// Seconds from now until the moment that `text` names: a number of seconds, a moment in seconds or
/// milliseconds since 1970, a length such as `6m0s`, or a date as HTTP or RFC 3339 writes it.
fn from_now(text: &str, now: SystemTime) -> Option<f64> {
    // Beyond this many seconds a number is a moment, and beyond a thousand times that one in
    // milliseconds: 2001 in either unit.
    const MOMENT_MIN: f64 = 1e9;
    let epoch = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs_f64();
    match seconds(text) {
        Some(number) if number.is_infinite() => return Some(number),
        Some(number) if number >= MOMENT_MIN * 1e3 => return Some(number / 1e3 - epoch),
        Some(number) if number >= MOMENT_MIN => return Some(number - epoch),
        Some(number) => return Some(number),
        None => {}
    }
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(date.duration_since(now).unwrap_or_default().as_secs_f64());
    }
    length(text).or_else(|| Some(rfc_3339(text)? - epoch))
}

/// `NaN` parses as a number; it is not a wait.
fn seconds(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| !number.is_nan())
}

/// A length of time as Go prints it: `1h2m3.5s`, `12ms`.
fn length(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount = seconds(&rest[..number])?;
        let unit_end = rest[number..].find(|c: char| c.is_ascii_digit());
        let unit_end = unit_end.map_or(rest.len(), |length| number + length);
        total += amount
            * match &rest[number..unit_end] {
                "d" => 86_400.0,
                "h" => 3_600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then_some(total)
}

/// Seconds since 1970 of a moment such as `2026-11-22T12:00:30Z`; an offset from UTC is read, a
/// fraction of a second is not.
fn rfc_3339(text: &str) -> Option<f64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || !text.get(10..11)?.eq_ignore_ascii_case("t") {
        return None;
    }
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match zone.as_bytes() {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), ..] => {
            let of_zone = |range: std::ops::Range<usize>| zone.get(range)?.parse::<i64>().ok();
            let minutes = of_zone(1..3)? * 60 + of_zone(4..6)?;
            if *sign == b'+' { minutes } else { -minutes }
        }
        _ => return None,
    };
    // Days since 1970: years that begin in March put the leap day last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = 365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some((((days * 24 + hour) * 60 + minute - offset) * 60 + second) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 12:00:00 GMT.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_348_800)
    }

    fn check(headers: &[(&str, &str)], in_body: Option<&str>, expected_ms: Option<u64>) {
        let header =
            |asked: &str| headers.iter().find(|(name, _)| *name == asked).map(|(_, value)| *value);
        let found = wait(header, in_body, now());
        assert_eq!(found, expected_ms.map(Duration::from_millis), "{headers:?} {in_body:?}");
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
            ("retry-after", "1e8", Some(600_000)),
            ("retry-after", "inf", Some(600_000)),
            ("retry-after", "NaN", None),
            ("retry-after", "soon", None),
            ("x-ratelimit-reset-requests", "12ms", Some(12)),
            ("x-ratelimit-reset-requests", "6m0s", Some(360_000)),
            ("x-ratelimit-reset-tokens", "7.66s", Some(7_660)),
            ("x-ratelimit-reset-tokens", "1h0m", Some(600_000)),
            ("x-ratelimit-reset-tokens", "1x", None),
            ("x-ratelimit-reset-tokens", "s", None),
            ("x-ratelimit-reset", "1795348810", Some(10_000)),
            ("x-ratelimit-reset", "1795348810500", Some(10_500)),
            ("ratelimitbysize-reset", "9", Some(9_000)),
            ("anthropic-ratelimit-tokens-reset", "2026-11-22T12:00:30Z", Some(30_000)),
            ("anthropic-ratelimit-tokens-reset", "2026-11-22T12:00:30.25Z", Some(30_000)),
            ("anthropic-ratelimit-tokens-reset", "2026-11-22T14:00:30+02:00", Some(30_000)),
            ("anthropic-ratelimit-tokens-reset", "2026-11-22T11:59:30Z", Some(0)),
            ("anthropic-ratelimit-tokens-reset", "2026-13-22T11:59:30Z", None),
            ("anthropic-ratelimit-tokens-reset", "tomorrow", None),
            ("x-other", "1", None),
        ];
        for (name, value, expected) in table {
            check(&[(name, value)], None, *expected);
        }
    }

    #[test]
    fn what_is_said_outright_wins_and_what_is_used_up_counts() {
        check(&[("retry-after", "9"), ("retry-after-ms", "50")], None, Some(50));
        check(
            &[("retry-after", "9"), ("x-ratelimit-reset-tokens", "1s")],
            Some("22s"),
            Some(9_000),
        );
        check(&[("x-ratelimit-reset-tokens", "1s")], Some("22s"), Some(22_000));
        let limits = [
            ("x-ratelimit-remaining-requests", "499"),
            ("x-ratelimit-reset-requests", "2m0s"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "8s"),
        ];
        check(&limits, None, Some(8_000));
        check(&limits[1..2], None, Some(120_000));
        check(&[limits[1], limits[3]], None, Some(120_000));
    }

    #[test]
    fn dates_count_from_1970_over_leap_years() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0.0),
            ("2000-02-29T00:00:00Z", 951_782_400.0),
            ("2000-03-01T00:00:00Z", 951_868_800.0),
            ("2026-11-22T12:00:00Z", 1_795_348_800.0),
            ("2100-03-01T00:00:00Z", 4_107_542_400.0),
        ] {
            assert_eq!(rfc_3339(text), Some(expected), "{text}");
        }
    }
}
