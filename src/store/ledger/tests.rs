//! One ledger in one process: what is handed over is read back, and what cannot be written stops only
//! what it must.

use super::read::Ledger;
use super::*;
use crate::domain::class::RequestClass;
use crate::domain::money::entry::{CallEnd, EntryId, Offer, Origin, WorkspaceId};
use crate::domain::money::{Counted, Counter, Metered, Period};

const PATIENCE: Duration = Duration::from_secs(20);
const EVER: (Millis, Millis) = (0, Millis::MAX);

fn rules(day_max: Option<u64>) -> Rules {
    let counter = Counter { tier: None, period: Period::Day, counted: Counted::Money };
    let limits = day_max.map(|max| Limit { counter, max }).into_iter().collect();
    let caps = Caps { limits, ..Caps::default() };
    Rules { keeps_entries: true, days: 400, caps }
}

fn asked(number: u64) -> Asked<Word> {
    Asked {
        id: EntryId { session: 0, number },
        at: now(),
        class: Some(RequestClass::Line),
        language: "a language".into(),
        workspace: WorkspaceId::of("/here"),
        invoked: 2,
        deadline_ms: 200,
        decided_us: 300,
        called_us: Some(400),
        answered_us: 500,
        offer: Some(Offer { tier: Tier::Mid, origin: Origin::Model, model: "m".into(), chars: 9 }),
        silence: None,
        fate: Fate::Shown,
        chars_taken: 0,
        was_known: true,
    }
}

fn called(number: u64, cost: Option<u64>) -> Called<Word> {
    Called {
        id: EntryId { session: 0, number },
        at: now(),
        class: Some(RequestClass::Logic),
        language: "a language".into(),
        workspace: WorkspaceId(7),
        tier: Tier::Fast,
        model: "m".into(),
        tokens: Metered {
            input: 1,
            cache_read: 2,
            cache_write: 3,
            cache_write_long: 4,
            output: 6,
            reasoning: 5,
        },
        is_estimate: true,
        cost: cost.map(PicoUsd),
        first_text_us: Some(8),
        took_us: 9,
        end: CallEnd::Answered,
        calls: 1,
    }
}

/// Reserves, and once more when the thread has leased what is to be had.
fn reserve(books: &Books, most: u64) -> Result<Ticket, Refusal> {
    let reserve = || books.reserve(Tier::Fast, Some(PicoUsd(most)), now());
    reserve().or_else(|refusal| {
        assert!(matches!(refusal, Refusal::Waiting | Refusal::Reached(_)), "{refusal:?}");
        assert!(books.flush(PATIENCE), "{:?}", books.standing());
        reserve()
    })
}

fn with_numbers(asked: &Asked<u32>, ledger: &Ledger) -> Asked<Word> {
    let word = |number| Word::from(ledger.word(number));
    let offer = asked.offer.as_ref().map(|offer| Offer {
        tier: offer.tier,
        origin: offer.origin,
        model: word(offer.model),
        chars: offer.chars,
    });
    Asked {
        language: word(asked.language),
        silence: asked.silence.map(word),
        offer,
        id: asked.id,
        at: asked.at,
        class: asked.class,
        workspace: asked.workspace,
        invoked: asked.invoked,
        deadline_ms: asked.deadline_ms,
        decided_us: asked.decided_us,
        called_us: asked.called_us,
        answered_us: asked.answered_us,
        fate: asked.fate,
        chars_taken: asked.chars_taken,
        was_known: asked.was_known,
    }
}

fn spent(path: &Path) -> (u64, u64) {
    let ledger = Ledger::open(path).expect("readable").expect("a file");
    let (mut calls, mut cost) = (0, 0);
    ledger
        .calls(EVER, |called| {
            calls += u64::from(called.calls);
            cost += called.cost.map_or(0, |cost| cost.0);
        })
        .expect("rows");
    (calls, cost)
}

#[test]
fn what_is_handed_over_is_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite3");
    let books = Books::open(&path, rules(None));
    let sent = asked(1);
    books.request(sent.clone());
    books.request(Asked { offer: None, silence: Some("too_late".into()), class: None, ..asked(2) });
    books.react(1, Fate::Partly, 4);
    let ticket = reserve(&books, 50).expect("no cap");
    let call = Called { at: ticket.at(), ..called(1, Some(31)) };
    ticket.settle(call.clone());
    reserve(&books, 50).expect("no cap").settle(called(2, None));
    assert!(books.close(PATIENCE));
    let ledger = Ledger::open(&path).expect("readable").expect("a file");
    let mut requests = Vec::new();
    ledger.requests(EVER, |asked| requests.push(with_numbers(asked, &ledger))).expect("rows");
    let id = EntryId { session: 1, number: 1 };
    assert_eq!(requests[0], Asked { id, fate: Fate::Partly, chars_taken: 4, ..sent });
    assert_eq!((requests[1].class, requests[1].silence.as_deref()), (None, Some("too_late")));
    let mut calls = Vec::new();
    ledger.calls(EVER, |called| calls.push(called.clone())).expect("rows");
    let (first, second) = (&calls[0], &calls[1]);
    assert_eq!((first.tokens, first.cost, first.at), (call.tokens, call.cost, call.at));
    assert_eq!((first.id, first.is_estimate, first.end), (id, true, CallEnd::Answered));
    assert_eq!((ledger.word(first.model), second.cost), ("m", None), "unknown is not nothing");
    assert_eq!(ledger.lost(EVER).expect("a sum"), PicoUsd::ZERO);
}

#[test]
fn with_entries_switched_off_only_sums_are_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite3");
    let books = Books::open(&path, Rules { keeps_entries: false, ..rules(Some(1_000)) });
    books.request(asked(1));
    reserve(&books, 400).expect("room").settle(called(1, Some(300)));
    assert!(books.close(PATIENCE));
    assert_eq!(spent(&path), (0, 0));
    let again = Books::open(&path, rules(Some(1_000)));
    assert_eq!(reserve(&again, 701).expect_err("300 are spent"), refused(1_000));
    let ticket = reserve(&again, 700).expect("the rest");
    drop(ticket);
    assert!(reserve(&again, 700).is_ok(), "what was not spent is there again");
}

fn refused(max: u64) -> Refusal {
    Refusal::Reached(rules(Some(max)).caps.limits[0])
}

#[test]
fn at_eighty_percent_and_at_the_cap_the_user_is_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite3");
    let books = Books::open(&path, rules(Some(1_000)));
    for _ in 0..9 {
        reserve(&books, 100).expect("room").settle(called(1, Some(100)));
    }
    assert!(books.flush(PATIENCE));
    assert_eq!(reserve(&books, 200).expect_err("100 are left"), refused(1_000));
    let told = books.take_notices();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("more than 80 % of the cap"), "{told:?}");
    assert!(told[1].contains("is not asked"), "{told:?}");
    let other = Books::open(&path, rules(Some(1_000)));
    assert!(reserve(&other, 200).is_err());
    assert_eq!(other.take_notices(), [] as [String; 0]);
    assert_eq!(other.standing().caps[0].1.booked, 900);
}

#[test]
fn leases_are_given_back_in_the_end_and_lost_with_a_process_that_dies() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite3");
    let first = Books::open(&path, rules(Some(1_000)));
    let ticket = reserve(&first, 300).expect("room");
    let second = Books::open(&path, rules(Some(1_000)));
    // 300 are leased, and a hundredth ahead.
    assert_eq!(reserve(&second, 700).expect_err("leased"), refused(1_000));
    drop(ticket);
    assert!(first.close(PATIENCE));
    assert!(reserve(&second, 700).is_ok());
    assert!(second.close(PATIENCE));
    // A process that is gone without a word.
    let connection = rusqlite::Connection::open(&path).expect("open");
    let start = Period::Day.start(moment(now())).0;
    connection
        .execute("INSERT INTO lease VALUES ('f-1', 'all', 'day', 'money', ?1, 250)", [start])
        .expect("written");
    let third = Books::open(&path, rules(Some(1_000)));
    assert_eq!(reserve(&third, 800).expect_err("leased"), refused(1_000));
    assert!(reserve(&third, 100).is_ok(), "finds out that it died");
    assert!(third.close(PATIENCE));
    let ledger = Ledger::open(&path).expect("readable").expect("a file");
    assert_eq!(ledger.lost(EVER).expect("a sum"), PicoUsd(250));
}

#[test]
fn a_damaged_file_is_put_aside_and_the_sums_are_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite3");
    let books = Books::open(&path, rules(Some(1_000)));
    reserve(&books, 600).expect("room").settle(called(1, Some(600)));
    assert!(books.close(PATIENCE));
    drop(books);
    let mut bytes = std::fs::read(&path).expect("a file");
    bytes.iter_mut().skip(20).for_each(|byte| *byte = 0x55);
    std::fs::write(&path, bytes).expect("damaged");
    let books = Books::open(&path, rules(Some(1_000)));
    books.request(asked(1));
    assert!(books.flush(PATIENCE), "{:?}", books.standing());
    let told = books.take_notices();
    assert!(told.len() == 1 && told[0].contains("damaged"), "{told:?}");
    assert_eq!(reserve(&books, 500).expect_err("600 were spent"), refused(1_000));
    let aside = std::fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok);
    let aside = aside.filter(|entry| entry.file_name().to_string_lossy().contains("broken"));
    assert_eq!(aside.count(), 1);
}

#[test]
fn what_cannot_be_written_stops_paid_calls_at_a_hundredth_of_the_cap() {
    let folder = tempfile::tempdir().expect("a folder");
    // A file where the folder should be: nothing can be opened or made there.
    let blocked = folder.path().join("blocked");
    std::fs::write(&blocked, "").expect("a file");
    let path = blocked.join("ledger.sqlite3");
    let books = Books::open(&path, rules(Some(10_000)));
    books.request(asked(1));
    assert!(!books.flush(PATIENCE));
    let mut paid = 0;
    while let Ok(ticket) = books.reserve(Tier::Fast, Some(PicoUsd(30)), now()) {
        ticket.settle(called(1, Some(30)));
        paid += 30;
    }
    assert_eq!(paid, 90);
    let told = books.take_notices();
    assert!(told.len() == 1 && told[0].contains("up to 1 % of a cap"), "{told:?}");
    assert!(books.standing().trouble.is_some());
    // Without caps nothing stops.
    books.set_rules(rules(None));
    assert!(books.reserve(Tier::Fast, Some(PicoUsd(30)), now()).is_ok());
    // The disk is back.
    std::fs::remove_file(&blocked).expect("removed");
    assert!(books.flush(PATIENCE), "{:?}", books.standing());
    assert_eq!(spent(&path), (3, 90));
    assert_eq!((books.standing().trouble, books.take_notices()), (None, Vec::new()));
}

#[test]
fn old_entries_are_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.sqlite3");
    let books = Books::open(&path, Rules { days: 30, ..rules(None) });
    books.request(Asked { at: now() - 31 * 86_400_000, ..asked(1) });
    books.request(Asked { at: now() - 29 * 86_400_000, ..asked(2) });
    assert!(books.flush(PATIENCE));
    assert!(books.close(PATIENCE));
    let ledger = Ledger::open(&path).expect("readable").expect("a file");
    let mut numbers = Vec::new();
    ledger.requests(EVER, |asked| numbers.push(asked.id.number)).expect("rows");
    assert_eq!(numbers, [2]);
}
