//! The figures of a ledger whose rows are known, and when the server ends.

use std::time::Duration;

use serde_json::{Value, json};

use super::figures::{Counting, Figures};
use super::view::{self, Span};
use super::{Dashboard, Setup};
use crate::config::Settings;
use crate::domain::class::RequestClass;
use crate::domain::money::entry::{
    Asked, CallEnd, Called, EntryId, Fate, Offer, Origin, WorkspaceId,
};
use crate::domain::money::{
    Counted, Counter, Limit, Metered, Moment, Period, PicoUsd, Price, Rates,
};
use crate::domain::route::Tier;
use crate::store::ledger::read::Booked;

const DAY_MS: i64 = 86_400_000;
/// The 22nd of November 2026.
const TODAY: i64 = 20_779;
/// Numbers of words.
const SMALL: u32 = 1;
const UNKNOWN: u32 = 2;

fn word(number: u32) -> &'static str {
    ["", "small", "unknown"][number as usize]
}

/// A request of a day and number, answered by this tier and origin within so many microseconds.
fn asked(day: i64, number: u64, by: Option<(Tier, Origin)>, us: u32, fate: Fate) -> Asked<u32> {
    Asked {
        id: EntryId { session: 1, number },
        at: day * DAY_MS + number.cast_signed(),
        class: Some(RequestClass::Line),
        language: 0,
        workspace: WorkspaceId(1),
        invoked: 0,
        deadline_ms: 100,
        decided_us: 10,
        called_us: by.filter(|(_, origin)| *origin == Origin::Model).map(|_| 20),
        answered_us: us,
        offer: by.map(|(tier, origin)| Offer { tier, origin, model: SMALL, chars: 10 }),
        silence: None,
        fate,
        chars_taken: 0,
        was_known: false,
    }
}

fn called(day: i64, number: u64, tier: Tier, cost: Option<u64>) -> Called<u32> {
    Called {
        id: EntryId { session: 1, number },
        at: day * DAY_MS + number.cast_signed(),
        class: Some(RequestClass::Line),
        language: 0,
        workspace: WorkspaceId(1),
        tier,
        model: if cost.is_some() { SMALL } else { UNKNOWN },
        tokens: Metered { input: 60, cache_read: 40, output: 10, ..Metered::default() },
        is_estimate: false,
        cost: cost.map(PicoUsd),
        first_text_us: None,
        took_us: 30,
        end: CallEnd::Answered,
        calls: 1,
    }
}

/// Ten requests on two days, with four calls.
fn figures() -> Figures {
    let mut counting = Counting::default();
    let (local, cache) = (Some((Tier::Local, Origin::Local)), Some((Tier::Fast, Origin::Cache)));
    let model = |tier| Some((tier, Origin::Model));
    for request in [
        asked(TODAY - 1, 1, local, 1_000, Fate::Accepted),
        asked(TODAY - 1, 2, local, 1_000, Fate::Ignored),
        asked(TODAY - 1, 3, cache, 1_000, Fate::Partly),
        asked(TODAY - 1, 4, model(Tier::Fast), 90_000, Fate::Shown),
        asked(TODAY - 1, 5, None, 0, Fate::Superseded),
        asked(TODAY, 6, model(Tier::Flagship), 99_000, Fate::Rejected),
        asked(TODAY, 7, model(Tier::Mid), 126_000, Fate::Accepted),
        asked(TODAY, 8, model(Tier::Fast), 124_000, Fate::Rejected),
        // Another answer at the same place, from a dearer tier.
        Asked { invoked: 2, ..asked(TODAY, 9, model(Tier::Mid), 9_000, Fate::Accepted) },
        asked(TODAY, 10, None, 5_000, Fate::Nothing),
    ] {
        counting.request(&request);
    }
    for call in [
        called(TODAY - 1, 4, Tier::Fast, Some(1_000_000)),
        Called { is_estimate: true, ..called(TODAY, 6, Tier::Flagship, Some(50_000_000)) },
        called(TODAY, 7, Tier::Mid, None),
        called(TODAY, 8, Tier::Fast, Some(2_000_000)),
    ] {
        counting.call(&call, |number| word(number).to_owned());
    }
    let start = |day: i64| Moment(day * 86_400);
    let booked = |tier, day, amount, lost| Booked {
        tier,
        start: start(day),
        amount: PicoUsd(amount),
        lost: PicoUsd(lost),
    };
    Figures {
        booked_days: vec![
            booked(None, TODAY - 1, 1_000_000, 0),
            booked(Some(Tier::Fast), TODAY - 1, 1_000_000, 0),
            booked(None, TODAY, 60_000_000, 8_000_000),
            booked(Some(Tier::Fast), TODAY, 2_000_000, 0),
            booked(Some(Tier::Flagship), TODAY, 55_000_000, 5_000_000),
        ],
        booked_month: vec![booked(None, 20_758, 70_000_000, 8_000_000)],
        ..counting.finish(&word)
    }
}

fn setup() -> Setup {
    let mut settings = Settings::default();
    let limit = |tier, period, max| Limit {
        counter: Counter { tier, period, counted: Counted::Money },
        max,
    };
    settings.money.caps.limits = vec![
        limit(None, Period::Day, 120_000_000),
        limit(None, Period::Month, 100_000_000),
        limit(Some(Tier::Mid), Period::Day, 1_000_000),
        Limit {
            counter: Counter { tier: None, period: Period::Minute, counted: Counted::Requests },
            max: 30,
        },
    ];
    Setup { ledger: None, settings: settings.into(), settings_file: None }
}

fn drawn(days: u16) -> Value {
    view::json(&figures(), &setup(), Span::up_to(TODAY * DAY_MS + 5, days))
}

#[track_caller]
fn check(value: &Value, path: &str, expected: &Value) {
    assert_eq!(value.pointer(path), Some(expected), "{path}");
}

#[test]
fn every_request_is_counted_once_by_who_answered() {
    let value = drawn(2);
    check(&value, "/span", &json!({"first": "2026-11-21", "last": "2026-11-22", "days": 2}));
    check(&value, "/total/requests", &json!(10));
    check(&value, "/total/superseded", &json!(1));
    check(&value, "/ways", &json!(["local", "cache", "fast", "mid", "flagship", "nobody"]));
    check(&value, "/days/0/ways", &json!([2, 1, 1, 0, 0, 0]));
    check(&value, "/days/1/ways", &json!([0, 0, 1, 2, 1, 1]));
    check(&value, "/total/ways", &json!([2, 1, 2, 2, 1, 1]));
    // What was shown and nothing more is known of, and what was superseded, is no verdict.
    check(&value, "/total/known", &json!(7));
    check(&value, "/total/taken", &json!(4));
    let line = &value["classes"][RequestClass::Line as usize];
    check(line, "/tiers/0", &json!({"tier": "local", "known": 2, "taken": 1}));
    check(line, "/tiers/2", &json!({"tier": "mid", "known": 2, "taken": 2}));
    // One day of the two.
    check(&drawn(1), "/total/requests", &json!(5));
    check(&drawn(1), "/oldest", &json!("2026-11-21"));
}

#[test]
fn times_stand_against_the_deadline() {
    let line = &drawn(2)["classes"][RequestClass::Line as usize];
    check(line, "/timed", &json!(9));
    // 126 ms is late by a grace of 25, 124 ms is not.
    check(line, "/late", &json!(1));
    check(line, "/deadline_ms", &json!(100));
    let p99 = line["p99_ms"].as_f64().expect("a figure");
    assert!((123.0..129.0).contains(&p99), "{p99}");
    let bars = line["bars"].as_array().expect("ways").iter();
    let sums = bars.map(|bars| {
        let bars = bars.as_array().expect("counts").iter();
        bars.map(|count| count.as_u64().expect("a count")).sum::<u64>()
    });
    assert_eq!(sums.collect::<Vec<_>>(), [2, 1, 2, 2, 1, 1]);
}

#[test]
fn money_is_what_was_booked_and_the_unknown_is_said() {
    let value = drawn(2);
    check(&value, "/days/0/spent_usd", &json!([0.000_001, 0.0, 0.0]));
    // What was lost with killed servers is no spending of a tier, and counts once.
    check(&value, "/days/1/spent_usd", &json!([0.000_002, 0.0, 0.000_05]));
    check(&value, "/days/1/lost_usd", &json!(0.000_008));
    check(&value, "/total/paid_usd", &json!(0.000_053));
    check(&value, "/total/unpriced", &json!({"unknown": 1}));
    check(&value, "/total/estimated", &json!(1));
    check(&value, "/days/1/estimated_usd", &json!(0.000_05));
    check(&value, "/total/input_tokens", &json!(400));
    check(&value, "/days/1/cached_tokens", &json!(120));
}

#[test]
fn caps_say_what_counts_against_them() {
    let caps = drawn(1)["caps"].clone();
    let cap = |what: &str, tier: Value, period: &str, spent: f64, max: f64| json!({"what": what, "tier": tier, "period": period, "spent_usd": spent, "max_usd": max});
    let expected = json!([
        cap("today's spending", json!(null), "day", 0.000_06, 0.000_12),
        cap("this month's spending", json!(null), "month", 0.000_07, 0.000_1),
        cap("today's mid spending", json!("mid"), "day", 0.0, 0.000_001),
    ]);
    assert_eq!(caps, expected, "requests a minute are no money");
}

#[test]
fn savings_are_those_of_the_report() {
    // Eight requests were answered or asked a model: not the one that was overtaken, nor the last.
    let price = Price::flat(Rates::plain(PicoUsd(1_000_000), PicoUsd(3_000_000)));
    let figures = figures();
    let mut sums = super::figures::Day::default();
    figures.days.values().for_each(|day| sums.merge(day));
    let by_class = std::array::from_fn(|class| sums.classes[class].sums);
    let averages =
        crate::report::spending::Averages::new(&by_class, sums.all.calls, &sums.all.tokens);
    let cost = averages.cost(&by_class, &price);
    assert_eq!(cost, Some(PicoUsd(8 * (100 * 1_000_000 + 10 * 3_000_000))));
    // Without a model there is nothing to compare with, and that is said.
    check(&drawn(2), "/baselines/1/cost_usd", &json!(null));
    check(&drawn(2), "/baselines/1/unknown", &json!("no model is configured for this tier"));
}

#[test]
fn both_ways_of_routing_wrongly_are_named() {
    let value = drawn(2);
    check(&value, "/failures/paid_too_much/count", &json!(1));
    check(&value, "/failures/paid_too_much/days", &json!([[0, 0.0], [1, 0.000_05]]));
    check(&value, "/failures/paid_too_much/examples/0/request", &json!("1.6"));
    check(&value, "/failures/too_cheap/examples/0/request", &json!("1.8"));
    check(&value, "/failures/too_cheap/examples/0/model", &json!("small"));
    check(&drawn(1), "/failures/too_cheap/days", &json!([[1, 0.000_002]]));
}

#[test]
fn nothing_is_no_trouble() {
    let value = view::json(&Figures::default(), &setup(), Span::up_to(TODAY * DAY_MS, 30));
    check(&value, "/oldest", &json!(null));
    check(&value, "/total/requests", &json!(0));
    assert_eq!(value["days"].as_array().map(Vec::len), Some(30));
}

#[tokio::test]
async fn the_server_ends_when_nobody_looks() {
    let dashboard = Dashboard::bind(setup()).await.expect("a port");
    assert!(dashboard.url().starts_with("http://127.0.0.1:"), "{}", dashboard.url());
    let serving = dashboard.serve(Duration::from_millis(20));
    let ended = tokio::time::timeout(Duration::from_secs(20), serving).await;
    assert!(matches!(ended, Ok(Ok(()))), "{ended:?}");
}
