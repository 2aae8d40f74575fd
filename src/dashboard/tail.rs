//! The last decisions as JSON: who answered what, how fast, for how much, and what became of it.

use serde_json::{Value, json};

use crate::domain::class::RequestClass;
use crate::domain::money::entry::{Asked, Fate, Offer, Origin};
use crate::store::ledger::read::{Ledger, Paid};

/// How many are shown.
pub(super) const ROWS: usize = 40;

/// One decision. `ledger` knows the words.
pub(super) fn row(ledger: &Ledger, asked: &Asked<u32>, paid: &Paid) -> Value {
    let word = |number: u32| ledger.word(number).to_owned();
    json!({
        "request": asked.id.to_string(),
        "at": asked.at,
        "class": asked.class.map(RequestClass::name),
        "language": word(asked.language),
        "invoked": asked.invoked,
        "offer": asked.offer.as_ref().map(|offer| self::offer(offer, &word)),
        "silence": asked.silence.map(word),
        "fate": name(&Fate::WORDS, asked.fate),
        "answered_ms": f64::from(asked.answered_us) / 1e3,
        "deadline_ms": asked.deadline_ms,
        "calls": paid.calls,
        "unpriced": paid.unpriced,
        "usd": paid.cost.as_dollars(),
        "is_estimate": paid.is_estimate,
        "was_known": asked.was_known,
    })
}

fn offer(offer: &Offer<u32>, word: &impl Fn(u32) -> String) -> Value {
    json!({
        "tier": offer.tier.name(),
        "origin": name(&Origin::WORDS, offer.origin),
        "model": word(offer.model),
        "chars": offer.chars,
    })
}

fn name<T: Copy + PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words.iter().find(|(own, _)| *own == value).map_or("", |(_, word)| word)
}
