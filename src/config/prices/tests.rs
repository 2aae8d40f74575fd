//! The table as it ships: every row can be read, and some rows say what their vendor says.

use super::*;
use crate::domain::money::Metered;

fn url(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

fn key_for(address: &str, model: &str) -> Option<String> {
    find_for(&url(address), model).map(|listed| listed.key)
}

#[test]
fn every_row_can_be_read_and_none_is_free() {
    let mut last = "";
    for (key, fields) in rows() {
        assert!(last < key, "{key} is out of order or there twice");
        last = key;
        let row = listed(key, fields).unwrap_or_else(|| panic!("{key}: {fields}"));
        let Some(price) = row.price else { continue };
        assert!(price.base.input.0 > 0 && price.base.output.0 > 0, "{key}");
        assert!(price.steps.is_sorted_by_key(|step| step.above), "{key}");
        let off_peak = price.off_peak.iter().flat_map(|off_peak| &off_peak.windows);
        for Window { weekdays, minutes } in off_peak {
            assert!(weekdays.iter().all(|day| (1..=7).contains(day)), "{key}");
            assert!(minutes.0 < minutes.1 && minutes.1 <= 1_440, "{key}");
        }
    }
    let Origin { source, taken, models } = origin();
    assert!(source.starts_with("LiteLLM 1."), "{source}");
    assert!(Date::parse(taken).is_some(), "{taken}");
    assert!(models > 1_000, "{models}");
}

#[test]
fn rows_say_what_the_map_says() {
    let at = |text: &str| Moment(Date::parse(text).expect("a day").start().0 + 8 * 3_600);
    let (friday, saturday) = (at("2026-11-20"), at("2026-11-21"));
    let cost = |key: &str, tokens: Metered, at| {
        find(key).and_then(|listed| listed.price).expect(key).cost(&tokens, at).exact()
    };
    let tokens = Metered { input: 1_000, cache_read: 2_000, output: 100, ..Metered::default() };
    assert_eq!(cost("mistral/codestral-2508", tokens, friday), "0.00045");
    assert_eq!(cost("deepseek/deepseek-v4-flash", tokens, friday), "0.000432");
    assert_eq!(cost("deepseek/deepseek-v4-flash", tokens, saturday), "0.000216");
    let long = Metered { input: 100_000, cache_write: 1, output: 1, ..Metered::default() };
    assert_eq!(cost("anthropic/claude-haiku-5-5", long, friday), "0.050003125");
    let short = Metered { input: 99_999, ..long };
    assert_eq!(cost("anthropic/claude-haiku-5-5", short, friday), "0.010000525");
    let haiku = find("anthropic/claude-haiku-4-5").expect("a model");
    assert_eq!((haiku.cache_min_tokens, haiku.context_tokens), (Some(4_096), Some(200_000)));
    let batch = haiku.price.and_then(|price| price.batch).expect("a batch price");
    assert_eq!((batch.input, batch.output), (PicoUsd(500_000), PicoUsd(2_500_000)));
}

#[test]
fn models_are_found_by_exact_name_only() {
    let mistral = "https://api.mistral.ai/v1";
    let found = Some("mistral/codestral-2508".to_owned());
    assert_eq!(key_for(mistral, "codestral-2508"), found);
    assert_eq!(key_for("https://gateway.example/v1", "mistral/codestral-2508"), found);
    for (address, model) in [
        (mistral, "codestral"),
        (mistral, "codestral-2508 "),
        (mistral, "Codestral-2508"),
        (mistral, ""),
        ("https://gateway.example/v1", "codestral-2508"),
        ("https://api.mistral.ai.example/v1", "codestral-2508"),
        ("http://127.0.0.1:8080", "codestral-2508"),
        ("https://evil-openai.azure.com.example", "gpt-4.1-nano"),
    ] {
        assert_eq!(key_for(address, model), None, "{address} {model}");
    }
    let azure = key_for("https://mine.openai.azure.com/openai", "gpt-4.1-nano");
    assert_eq!(azure.as_deref(), Some("azure/gpt-4.1-nano"));
}

#[test]
fn a_subscription_is_no_price_and_old_models_are_marked() {
    let subscription = find("codestral/codestral-latest").expect("a model");
    assert_eq!((subscription.price, subscription.is_fim), (None, true));
    let gone =
        rows().filter_map(|(key, fields)| listed(key, fields)).find(|row| row.gone.is_some());
    let gone = gone.expect("some model has a last day");
    let day = gone.gone.expect("a day").start();
    assert!(is_gone(&gone, day) && !is_gone(&gone, Moment(day.0 - 1)));
}

#[test]
fn a_window_past_midnight_is_two() {
    let windows = windows_of("57@22:30-02:00").expect("windows");
    let parts: Vec<_> = windows.iter().map(|w| (w.weekdays.as_slice(), w.minutes)).collect();
    assert_eq!(parts, [(&[5, 7][..], (1_350, 1_440)), (&[6, 1][..], (0, 120))]);
    assert_eq!(windows_of("5@22"), None);
}
