//! What the ledger costs: handing entries over on the hot path, and a report on a million rows.
//!
//! `cargo bench --bench ledger` measures both. The rows are made up, with the proportions of a month
//! of a busy team: most requests are superseded or answered on the machine, four of ten make a call.
//! `-- --rows N` makes another number of them, and `-- --keep FOLDER` leaves the ledger there, for
//! `tabtier report --ledger` and for whoever builds something on it.

#![allow(clippy::print_stdout, reason = "the figures are what this program is for")]

mod figures;
mod numbers;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tabtier::domain::class::RequestClass;
use tabtier::domain::money::entry::{
    Asked, CallEnd, Called, EntryId, Fate, Millis, Offer, Origin, WorkspaceId,
};
use tabtier::domain::money::{
    Caps, Counted, Counter, Limit, Metered, Moment, Period, PicoUsd, Price, Rates,
};
use tabtier::domain::route::Tier;
use tabtier::report::spending::audit::{Assigned, Audit, Rules as Others};
use tabtier::report::spending::{Baseline, By, Counting, table};
use tabtier::store::ledger::read::Ledger;
use tabtier::store::ledger::{Books, Rules, Word, now};

use figures::Samples;
use numbers::Numbers;

const PATIENCE: Duration = Duration::from_secs(120);
const MODELS: [(&str, Tier, u64, u64); 3] = [
    ("codestral", Tier::Fast, 300_000, 900_000),
    ("haiku", Tier::Mid, 1_000_000, 5_000_000),
    ("opus", Tier::Flagship, 5_000_000, 25_000_000),
];
const LANGUAGES: [&str; 4] = ["plaintext", "a", "b", "c"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |word: &str| {
        let at = arguments.iter().position(|argument| argument == word)?;
        arguments.get(at + 1)
    };
    let rows = after("--rows").and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let temporary = tempfile::tempdir().expect("a folder");
    hand_over(&temporary.path().join("hot.sqlite3"));
    let folder = after("--keep").map_or(temporary.path().to_owned(), PathBuf::from);
    let path = folder.join("ledger.sqlite3");
    fill(&path, rows);
    report(&path);
}

fn rules(with_caps: bool) -> Rules {
    let tiers = [None, Some(Tier::Fast)];
    let periods = [Period::Day, Period::Month];
    let money = |tier, period| Limit {
        counter: Counter { tier, period, counted: Counted::Money },
        max: 1_000_000_000_000_000,
    };
    let limits = tiers.iter().flat_map(|tier| periods.map(|period| money(*tier, period)));
    let limits = if with_caps { limits.collect() } else { Vec::new() };
    Rules { keeps_entries: true, days: 10_000, caps: Caps { limits, ..Caps::default() } }
}

/// What each step on the hot path takes, in wall time: a lock that is held elsewhere counts.
fn hand_over(path: &Path) {
    let books = Books::open(path, rules(true));
    let mut numbers = Numbers(7);
    let [mut request, mut reserve, mut settle, mut react] =
        std::array::from_fn::<_, 4, _>(|_| Samples::default());
    let mut refused = 0;
    for number in 1..=50_000 {
        // About as long as a keystroke takes, so that the writing goes on beside it.
        let until = Instant::now() + Duration::from_micros(100);
        let (asked, called) = entry(&mut numbers, number, now());
        let most = called.as_ref().and_then(|called| called.cost);
        if let Some(called) = called {
            books.expect(called.tier, most, now());
            let started = Instant::now();
            let ticket = books.reserve(called.tier, most, now());
            reserve.add(started.elapsed());
            match ticket {
                Ok(ticket) => {
                    let started = Instant::now();
                    ticket.settle(called);
                    settle.add(started.elapsed());
                }
                Err(_) => refused += 1,
            }
        }
        let started = Instant::now();
        books.request(asked);
        request.add(started.elapsed());
        let started = Instant::now();
        books.react(number, Fate::Accepted, 3);
        react.add(started.elapsed());
        while Instant::now() < until {
            std::hint::spin_loop();
        }
    }
    println!("handing over, µs of wall time   p50      p95      p99      max");
    for (name, samples) in [
        ("reserve under four caps", &mut reserve),
        ("settle a call", &mut settle),
        ("hand over a request", &mut request),
        ("hand over a reaction", &mut react),
    ] {
        println!("{name:<25} {}", samples.row(Duration::from_micros(1)));
    }
    println!("refused while a lease was short: {refused}");
    assert!(books.close(PATIENCE), "{:?}", books.standing());
}

fn entry(numbers: &mut Numbers, number: u64, at: Millis) -> (Asked<Word>, Option<Called<Word>>) {
    let class = numbers.one_of(&RequestClass::ALL);
    let language: Word = numbers.one_of(&LANGUAGES).into();
    let workspace = WorkspaceId(1 + numbers.below(12) as u32);
    let kind = numbers.below(10);
    let (model, tier, input, output) = numbers.one_of(&MODELS);
    let (origin, who, tier_of_offer) = match kind {
        0..4 => (Origin::Model, model, tier),
        6 => (Origin::Cache, model, tier),
        _ => (Origin::Local, "", Tier::Local),
    };
    let fates = [Fate::Accepted, Fate::Ignored, Fate::Rejected, Fate::Overtyped, Fate::Shown];
    let is_offered = kind < 7;
    let fate = if is_offered { numbers.one_of(&fates) } else { Fate::Superseded };
    let id = EntryId { session: 0, number };
    let offer =
        is_offered.then(|| Offer { tier: tier_of_offer, origin, model: who.into(), chars: 24 });
    let asked = Asked {
        id,
        at,
        class: Some(class),
        language: language.clone(),
        workspace,
        invoked: u32::from(numbers.below(20) == 0) * 2,
        deadline_ms: 200,
        decided_us: 300,
        called_us: (kind < 4).then_some(60_000),
        answered_us: 500 + numbers.below(250_000) as u32,
        offer,
        silence: (!is_offered).then(|| "superseded".into()),
        fate,
        chars_taken: if fate == Fate::Accepted { 24 } else { 0 },
        was_known: false,
    };
    let tokens = Metered {
        input: 400 + numbers.below(800) as u64,
        cache_read: numbers.below(2_000) as u64,
        output: 5 + numbers.below(60) as u64,
        ..Metered::default()
    };
    let price = Price::flat(Rates::plain(PicoUsd(input), PicoUsd(output)));
    let called = (kind < 4).then(|| Called {
        id,
        at,
        class: Some(class),
        language,
        workspace,
        tier,
        model: model.into(),
        tokens,
        is_estimate: false,
        cost: Some(price.cost(&tokens, Moment(0))),
        first_text_us: Some(90_000),
        took_us: 140_000,
        end: CallEnd::Answered,
        calls: 1,
    });
    (asked, called)
}

fn fill(path: &Path, rows: u64) {
    let books = Books::open(path, rules(false));
    let mut numbers = Numbers(3);
    let (end, started) = (now(), Instant::now());
    let month = 30 * 86_400_000;
    for number in 1..=rows {
        let at = end - month + (number.cast_signed() * month / rows.cast_signed());
        let (asked, called) = entry(&mut numbers, number, at);
        books.request(asked);
        if let Some(called) = called {
            // A ticket counts for now; these calls are of the whole month.
            books.enter(called);
        }
        if number % 500 == 0 {
            assert!(books.flush(PATIENCE), "{:?}", books.standing());
        }
    }
    assert!(books.close(PATIENCE), "{:?}", books.standing());
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let seconds = started.elapsed().as_secs_f64();
    println!("\n{rows} requests written in {seconds:.1} s, {} MiB", bytes >> 20);
}

fn report(path: &Path) {
    let span = (0, Millis::MAX / 2);
    println!("\nreports on them, s");
    for (by, name) in By::WORDS {
        let started = Instant::now();
        let ledger = Ledger::open(path).expect("readable").expect("a ledger");
        let mut counting = Counting::new(by);
        ledger.requests(span, |asked| counting.request(asked)).expect("rows");
        ledger.calls(span, |called| counting.call(called)).expect("rows");
        let price = Price::flat(Rates::plain(PicoUsd(5_000_000), PicoUsd(25_000_000)));
        let model = Some("opus".to_owned());
        let baseline = Baseline { tier: Tier::Flagship, model, price: Some(price) };
        let report = counting.finish(span, &|number| ledger.word(number), vec![baseline]);
        let text = table::text(&report, table::SERVER_USD);
        println!("by {name:<10} {:.2}", started.elapsed().as_secs_f64());
        if by == By::Class {
            println!("\n{text}");
        }
    }
    let price = |_| Some(Price::flat(Rates::plain(PicoUsd(100_000), PicoUsd(400_000))));
    let assigned = Assigned {
        tier: Tier::Fast,
        model: Some("small".to_owned()),
        price: price(0),
        asks_local_first: true,
    };
    let others = Others { classes: std::array::from_fn(|_| assigned.clone()) };
    let started = Instant::now();
    let ledger = Ledger::open(path).expect("readable").expect("a ledger");
    let mut audit = Audit::new(&others, &price);
    ledger.requests(span, |asked| audit.request(asked)).expect("rows");
    ledger.calls(span, |called| audit.call(called)).expect("rows");
    let text = audit.text(&|number| ledger.word(number));
    println!("audit         {:.2}\n\n{text}", started.elapsed().as_secs_f64());
}
