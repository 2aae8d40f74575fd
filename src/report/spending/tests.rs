//! A small month, counted by hand.

use super::*;
use crate::domain::money::Rates;
use crate::domain::money::entry::{CallEnd, Fate, Offer, Origin};

const DAY: Millis = 86_400_000;
/// 2026-11-01.
const START: Millis = 1_793_491_200_000;
const WORDS: [&str; 4] = ["", "rust", "small", "best"];

fn word(number: u32) -> &'static str {
    WORDS[number as usize]
}

fn asked(
    number: u64,
    class: RequestClass,
    offer: Option<(Tier, Origin)>,
    fate: Fate,
) -> Asked<u32> {
    let model = match offer {
        Some((Tier::Flagship, _)) => 3,
        Some((Tier::Fast, _)) => 2,
        _ => 0,
    };
    Asked {
        id: EntryId { session: 1, number },
        at: START + number.cast_signed() * 1_000,
        class: Some(class),
        language: 1,
        workspace: WorkspaceId(9),
        invoked: 0,
        deadline_ms: 100,
        decided_us: 500,
        called_us: None,
        answered_us: number as u32 * 10_000,
        offer: offer.map(|(tier, origin)| Offer { tier, origin, model, chars: 20 }),
        silence: None,
        fate,
        chars_taken: if fate == Fate::Accepted { 20 } else { 0 },
        was_known: false,
    }
}

fn called(number: u64, class: RequestClass, tier: Tier, cost: Option<u64>) -> Called<u32> {
    Called {
        id: EntryId { session: 1, number },
        at: START + number.cast_signed() * 1_000,
        class: Some(class),
        language: 1,
        workspace: WorkspaceId(9),
        tier,
        model: if tier == Tier::Flagship { 3 } else { 2 },
        tokens: Metered { input: 60, cache_read: 40, output: 10, ..Metered::default() },
        is_estimate: false,
        cost: cost.map(PicoUsd),
        first_text_us: None,
        took_us: 1,
        end: CallEnd::Answered,
        calls: 1,
    }
}

fn month(by: By) -> Report {
    let mut counting = Counting::new(by);
    let (line, logic) = (RequestClass::Line, RequestClass::Logic);
    let (local, fast, best) = (
        Some((Tier::Local, Origin::Local)),
        Some((Tier::Fast, Origin::Model)),
        Some((Tier::Flagship, Origin::Model)),
    );
    for asked in [
        asked(1, line, local, Fate::Accepted),
        asked(2, line, fast, Fate::Accepted),
        asked(3, line, fast, Fate::Ignored),
        Asked { invoked: 2, ..asked(4, logic, best, Fate::Accepted) },
        asked(5, logic, best, Fate::Rejected),
        Asked { was_known: true, ..asked(6, logic, best, Fate::Accepted) },
        asked(7, line, None, Fate::Superseded),
        asked(13, line, None, Fate::Nothing),
    ] {
        counting.request(&asked);
    }
    let million = 1_000_000;
    counting.call(&called(2, line, Tier::Fast, Some(million)));
    counting.call(&called(3, line, Tier::Fast, None));
    for number in 4..=6 {
        counting.call(&called(number, logic, Tier::Flagship, Some(number * 100 * million)));
    }
    let price = Price::flat(Rates::plain(PicoUsd(2_000_000), PicoUsd(8_000_000)));
    let baselines = vec![
        Baseline { tier: Tier::Flagship, model: Some("best".to_owned()), price: Some(price) },
        Baseline { tier: Tier::Mid, model: None, price: None },
    ];
    counting.finish((START, START + 30 * DAY), &word, baselines)
}

#[test]
fn sums_are_those_counted_by_hand() {
    let report = month(By::Class);
    let total = &report.total;
    assert_eq!((total.requests, total.offered, total.calls, total.unpriced), (8, [1, 0, 5], 5, 1));
    assert_eq!((total.taken, total.known, total.refused, total.chars_taken), (4, 6, 1, 80));
    assert_eq!((total.cost, total.cached()), (PicoUsd(1_501_000_000), Some(0.4)));
    assert_eq!(total.times.count(), 7, "who typed on waited for nothing");
    assert_eq!(total.late, 1, "130 ms of 100, within no grace");
    let percentiles = [0.5, 0.95, 0.99].map(|share| total.times.percentile(share));
    assert_eq!(percentiles, [Some(40.0), Some(130.0), Some(130.0)]);
    // Six answered requests, each with 100 tokens in and 10 out.
    assert_eq!(report.baselines[0].1, Some(PicoUsd(6 * (100 * 2_000_000 + 10 * 8_000_000))));
    let names: Vec<_> = report.groups.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["line", "logic"]);
}

#[test]
fn both_kinds_of_failure_are_found_with_examples() {
    let Failures { too_dear, too_cheap } = month(By::Tier).failures;
    let example = |kind: &failures::Kind, at: usize| {
        (kind.examples[at].id.number, kind.examples[at].why, kind.examples[at].cost.0)
    };
    assert_eq!((too_dear.count, too_cheap.count), (2, 1));
    assert_eq!(example(&too_dear, 0), (6, "the local engine had the same", 600_000_000));
    assert_eq!(example(&too_dear, 1), (5, "dismissed", 500_000_000));
    assert_eq!(example(&too_cheap, 0), (3, "asked again", 0));
    assert_eq!(too_cheap.examples[0].model, "small");
}

#[test]
fn the_page_fits_eighty_columns_and_says_what_is_unknown() {
    for (by, _) in By::WORDS {
        let text = table::text(&month(by), table::SERVER_USD);
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, [] as [&str; 0], "{by:?}");
    }
    let text = table::text(&month(By::Model), 200.0);
    assert!(text.starts_with("2026-11-01 to 2026-11-30"), "{text}");
    for part in [
        "$0.0015; 1 more calls at unknown prices",
        "$0.000179 less than all-flagship (best, $0.00168): 11 % saved",
        "no mid model to compare with",
        "67 % of 6 offers; $0.000375 each, $0.0188 for 1,000 characters",
        "paid too much  2 requests, $0.0011",
        "85.71 % by their deadline",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let empty = Counting::new(By::Day).finish((START, START + DAY), &word, Vec::new());
    assert!(table::text(&empty, 1.0).contains("nothing was asked"), "an empty ledger says so");
}

#[test]
fn a_spreadsheet_gets_the_columns_it_knows() {
    let price = Price {
        batch: Some(Rates::plain(PicoUsd(1_000_000), PicoUsd(4_000_000))),
        ..Price::flat(Rates::plain(PicoUsd(2_000_000), PicoUsd(8_000_000)))
    };
    let text = csv::text(&month(By::Model), &|name| (name == "best").then(|| price.clone()));
    let mut rows = text.lines();
    let head: Vec<_> = rows.next().expect("a head").split(',').take(7).collect();
    let columns = [
        "model",
        "avg_input_tokens",
        "avg_output_tokens",
        "requests_per_day",
        "monthly_cost_usd",
        "cached_share",
        "monthly_cost_batched_usd",
    ];
    assert_eq!(head, columns);
    assert_eq!(
        rows.next(),
        // Three calls of 100 tokens in, of which 40 cached at the input price, and 10 out.
        Some(
            "best,100.0,10.0,0.10,0.001500,0.4000,0.000420,3,0,0.0015,0.6667,50.000,60.000,60.000"
        )
    );
}

#[test]
fn json_has_every_decimal() {
    let value = json::value(&month(By::Language));
    assert_eq!(value["total"]["cost_usd"], "0.001501");
    assert_eq!(value["groups"][0]["language"], "rust");
    assert_eq!(value["paid_too_much"]["examples"][0]["request"], "1.6");
    assert_eq!(value["baselines"][1]["cost_usd"], serde_json::Value::Null);
}

#[test]
fn an_audit_charges_the_same_calls_by_other_rules() {
    let price = |input| Some(Price::flat(Rates::plain(PicoUsd(input), PicoUsd(0))));
    let to_small = audit::Assigned {
        tier: Tier::Fast,
        model: Some("small".to_owned()),
        price: price(1_000),
        asks_local_first: false,
    };
    let at_home =
        audit::Assigned { tier: Tier::Local, model: None, price: None, asks_local_first: true };
    let mut classes = std::array::from_fn(|_| to_small.clone());
    classes[RequestClass::Logic as usize] = at_home;
    let rules = audit::Rules { classes };
    let price_of = |model| if model == 2 { None } else { price(10) };
    let mut audit = audit::Audit::new(&rules, &price_of);
    let (line, logic) = (RequestClass::Line, RequestClass::Logic);
    audit.request(&asked(1, line, Some((Tier::Local, Origin::Local)), Fate::Shown));
    audit.call(&called(2, line, Tier::Fast, None));
    audit.call(&called(4, logic, Tier::Flagship, Some(7)));
    let value = audit.json(&word);
    let of = |kind: &str, name: &str| {
        let rows = value[kind].as_array().expect("rows");
        let found = rows.iter().find(|row| row["class"] == name || row["model"] == name);
        let row = found.expect(name);
        (row["cost"].clone(), row["would_be"]["usd"].as_str().expect("a sum").to_owned())
    };
    // One call that was made, and one that the local engine saves no more.
    assert_eq!(of("classes", "line").1, PicoUsd(2 * 100 * 1_000).exact());
    assert_eq!(of("classes", "logic").1, "0");
    assert_eq!(of("classes", "logic").0["usd"], PicoUsd(7).exact());
    assert_eq!(of("classes", "line").0["calls_of_unknown_price"], 1);
    assert_eq!(of("models", "best").1, PicoUsd(100 * 10).exact());
}

#[test]
fn exports_of_other_tools_are_understood() {
    let check = |text: &str, model: &str, tokens: Metered, calls: u32, cost: Option<&str>| {
        let (found, strange) = import::read(text).expect(text);
        assert_eq!((found.len(), strange), (1, 0), "{text}");
        let cost = cost.and_then(PicoUsd::from_dollars);
        let call = &found[0];
        assert_eq!(
            (call.model.as_str(), call.tokens, call.calls),
            (model, tokens, calls),
            "{text}"
        );
        assert_eq!((call.cost, call.at), (cost, START), "{text}");
    };
    let tokens = |input, cache_read, cache_write, cache_write_long| Metered {
        input,
        cache_read,
        cache_write,
        cache_write_long,
        output: 7,
        reasoning: 0,
    };
    // LiteLLM's spend logs.
    check(
        r#"[{"model":"a/b","prompt_tokens":21,"completion_tokens":7,"spend":0.0000013,
            "startTime":"2026-11-01T00:00:00.1Z","total_tokens":28}]"#,
        "a/b",
        tokens(21, 0, 0, 0),
        1,
        Some("0.0000013"),
    );
    // OpenAI's usage API: cached tokens are part of the input.
    check(
        r#"{"object":"page","data":[{"start_time":1793491200,"results":[{"model":"g",
            "input_tokens":100,"input_cached_tokens":40,"output_tokens":7,
            "num_model_requests":3}]}]}"#,
        "g",
        tokens(60, 40, 0, 0),
        3,
        None,
    );
    // Anthropic's usage API: they are not.
    check(
        r#"{"data":[{"starting_at":"2026-11-01T00:00:00Z","results":[{"model":"c",
            "uncached_input_tokens":5,"cache_read_input_tokens":4,"output_tokens":7,
            "cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":2}}]}]}"#,
        "c",
        tokens(5, 4, 3, 2),
        1,
        None,
    );
    // Anthropic's console.
    check(
        "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_read,\
         usage_output_tokens\n2026-11-01,\"c, new\",\"1,005\",4,7\n",
        "c, new",
        tokens(1_005, 4, 0, 0),
        1,
        None,
    );
    let (_, strange) = import::read("model,output_tokens,input_tokens\na,1,2\nb,,\n").expect("one");
    assert_eq!(strange, 1);
    for wrong in ["", "a,b\n1,2\n", "[]", "{\"a\":", "[{\"model\":\"m\"}]"] {
        assert!(import::read(wrong).is_err(), "{wrong}");
    }
}
