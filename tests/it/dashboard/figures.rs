//! What the server says of a ledger: of none, of one with known rows, of one that grows, of a broken
//! one.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tabtier::domain::class::RequestClass;
use tabtier::domain::money::entry::{
    Asked, CallEnd, Called, EntryId, Fate, Offer, Origin, WorkspaceId,
};
use tabtier::domain::money::{Metered, PicoUsd};
use tabtier::domain::route::Tier;
use tabtier::store::ledger::{Books, Rules, Word, now};

use super::Running;
use crate::support::synthetic::{self, Made};

const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn books(ledger: &Path) -> Books {
    Books::open(ledger, Rules { keeps_entries: true, days: 400, ..Rules::default() })
}

/// A request answered by a paid model, and its call.
pub(super) fn answered(books: &Books, number: u64, cost: Option<PicoUsd>) {
    let model: Word = "coder".into();
    let (class, language) = (Some(RequestClass::Line), Word::from("rust"));
    books.request(Asked {
        id: EntryId { session: 0, number },
        at: now(),
        class,
        language: language.clone(),
        workspace: WorkspaceId(7),
        invoked: 1,
        deadline_ms: 350,
        decided_us: 300,
        called_us: Some(500),
        answered_us: 120_000,
        offer: Some(Offer {
            tier: Tier::Mid,
            origin: Origin::Model,
            model: model.clone(),
            chars: 21,
        }),
        silence: None,
        fate: Fate::Shown,
        chars_taken: 0,
        was_known: false,
    });
    let ticket = books.reserve(Tier::Mid, cost, now()).expect("no caps");
    ticket.settle(Called {
        id: EntryId { session: 0, number },
        at: now(),
        class,
        language,
        workspace: WorkspaceId(7),
        tier: Tier::Mid,
        model,
        tokens: Metered { input: 100, output: 20, ..Metered::default() },
        is_estimate: true,
        cost,
        first_text_us: Some(60_000),
        took_us: 119_000,
        end: CallEnd::Answered,
        calls: 1,
    });
}

/// Figures that were counted later than these: the next that are asked for may still be the same.
fn newer(running: &Running, cookie: &str, than: &Value, days: u16) -> Value {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let found = running.get(&format!("/api/figures?days={days}"), cookie).json();
        if found["counted_at"].as_i64() > than["counted_at"].as_i64() {
            return found;
        }
    }
    panic!("the ledger is not counted again");
}

#[test]
fn no_ledger_is_an_empty_page_that_fills_by_itself() {
    let running = Running::start("", |_| {});
    let cookie = running.enter();
    let empty = running.get("/api/figures", &cookie).json();
    assert_eq!(
        (&empty["oldest"], &empty["setup"]["ledger"]["exists"]),
        (&json!(null), &json!(false))
    );
    let tail = running.get("/api/tail", &cookie).json();
    assert_eq!(tail, json!({"seen": "none", "rows": []}));
    assert_eq!(running.get("/api/tail?seen=none", &cookie).status, 204, "nothing new");

    let books = books(&running.ledger());
    answered(&books, 1, Some(PicoUsd(2_500_000_000)));
    assert!(books.flush(PATIENCE), "{:?}", books.standing());
    let tail = running.get("/api/tail?seen=none", &cookie).json();
    let row = &tail["rows"][0];
    assert_eq!((&row["class"], &row["offer"]["tier"]), (&json!("line"), &json!("mid")), "{tail}");
    assert_eq!((&row["usd"], &row["is_estimate"]), (&json!(0.0025), &json!(true)));
    assert_eq!((&row["answered_ms"], &row["fate"]), (&json!(120.0), &json!("shown")));
    let filled = newer(&running, &cookie, &empty, 7);
    assert_eq!(filled["total"]["requests"], 1);
    assert_eq!(filled["days"][6]["spent_usd"], json!([0.0, 0.0025, 0.0]));
    let seen = filled["seen"].as_str().expect("a mark");
    let same = running.get(&format!("/api/figures?days=7&seen={seen}"), &cookie);
    assert_eq!((same.status, same.body.as_str()), (204, ""), "nothing new");
}

#[test]
fn what_became_of_a_suggestion_is_seen_later() {
    let running = Running::start("", |_| {});
    let cookie = running.enter();
    let books = books(&running.ledger());
    answered(&books, 1, None);
    assert!(books.flush(PATIENCE), "{:?}", books.standing());
    let row = |running: &Running| running.get("/api/tail", &cookie).json()["rows"][0].clone();
    assert_eq!((&row(&running)["fate"], &row(&running)["unpriced"]), (&json!("shown"), &json!(1)));
    books.react(1, Fate::Accepted, 21);
    assert!(books.flush(PATIENCE), "{:?}", books.standing());
    assert_eq!(row(&running)["fate"], "accepted");
}

#[test]
fn the_newest_of_several_sessions_come_first() {
    let until = now();
    let running = Running::start("", |ledger| {
        synthetic::make(ledger, &Made { requests: 900, days: 9, until });
    });
    let cookie = running.enter();
    let rows = running.get("/api/tail", &cookie).json()["rows"].clone();
    let times: Vec<i64> = rows
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["at"].as_i64().expect("a time"))
        .collect();
    assert_eq!(times.len(), 40);
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert_eq!(times[0], until);
    let figures = running.get("/api/figures?days=9", &cookie).json();
    let days = figures["days"].as_array().expect("days").iter();
    let sum = |day: &Value| -> u64 {
        let ways = day["ways"].as_array().expect("ways").iter();
        ways.map(|way| way.as_u64().expect("a count")).sum()
    };
    let all: u64 = days.map(sum).sum();
    let superseded = figures["total"]["superseded"].as_u64().expect("a count");
    assert_eq!(all + superseded, 900, "every request is in one column");
    // What was booked for caps is what the calls cost.
    let days = figures["days"].as_array().expect("days").iter();
    let spent: f64 = days
        .flat_map(|day| day["spent_usd"].as_array().expect("tiers"))
        .map(|usd| usd.as_f64().expect("dollars"))
        .sum();
    let paid = figures["total"]["paid_usd"].as_f64().expect("dollars");
    assert!(paid > 0.0 && (spent - paid).abs() < 1e-9, "{spent} {paid}");
}

#[test]
fn a_ledger_that_is_none_is_said_to_be() {
    let running = Running::start("", |ledger| {
        std::fs::write(ledger, "no database\n".repeat(500)).expect("written");
    });
    let cookie = running.enter();
    for path in ["/api/figures", "/api/tail"] {
        let answer = running.get(path, &cookie);
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.json()["trouble"], "the ledger cannot be read: the file is damaged");
    }
    assert_eq!(running.get("/", &cookie).status, 200, "the page is there to say so");
}
