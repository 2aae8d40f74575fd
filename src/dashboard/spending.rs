//! Money on the page: what was booked on each day, where every cap stands, and what other tiers would
//! have cost.

use serde_json::{Map, Value, json};

use super::figures::Figures;
use crate::config::Settings;
use crate::domain::class::RequestClass;
use crate::domain::money::{Counted, Limit, Moment, Period, PicoUsd, Price};
use crate::domain::route::Tier;
use crate::report::spending::{Averages, ClassSums};
use crate::store::ledger::read::Booked;

type ByClass = [ClassSums; RequestClass::ALL.len()];

/// Tiers that one compares with: everything asked of them, and nothing of the others.
const COMPARED: [Tier; 2] = [Tier::Mid, Tier::Flagship];
/// Tiers that cost money, in the order in which the page stacks them.
const PAID: [Tier; 3] = [Tier::Fast, Tier::Mid, Tier::Flagship];

/// What was booked on a day, by tier, as caps see it.
pub(super) fn day(figures: &Figures, day: i64) -> Value {
    let start = Moment(day * 86_400);
    let of = |tier| {
        let is_it = |booked: &&Booked| booked.start == start && booked.tier == tier;
        figures.booked_days.iter().find(is_it)
    };
    let spent = PAID.map(|tier| {
        of(Some(tier)).map_or(0.0, |booked| booked.amount.less(booked.lost).as_dollars())
    });
    // What was lost counts for the tier's cap, for the common one, or for both.
    let of_tiers: PicoUsd = PAID.iter().filter_map(|tier| of(Some(*tier))).map(|b| b.lost).sum();
    let lost = of(None).map_or(of_tiers, |booked| booked.lost.max(of_tiers));
    json!({"spent_usd": spent, "lost_usd": lost.as_dollars()})
}

/// Every cap in money for a day or a month, and what counts against it now.
pub(super) fn caps(figures: &Figures, settings: &Settings, today: i64) -> Vec<Value> {
    let start = Moment(today * 86_400);
    let cap = |limit: &Limit| {
        let counter = limit.counter;
        let booked = match counter.period {
            Period::Day => &figures.booked_days,
            Period::Month => &figures.booked_month,
            Period::Minute => return None,
        };
        let since = counter.period.start(start);
        let is_it = |booked: &&Booked| booked.start == since && booked.tier == counter.tier;
        let spent = booked.iter().find(is_it).map_or(PicoUsd::ZERO, |booked| booked.amount);
        (counter.counted == Counted::Money).then(|| {
            json!({
                "what": counter.to_string(),
                "tier": counter.tier.map(Tier::name),
                "period": counter.period.name(),
                "spent_usd": spent.as_dollars(),
                "max_usd": PicoUsd(limit.max).as_dollars(),
            })
        })
    };
    settings.money.caps.limits.iter().filter_map(cap).collect()
}

/// The model whose price stands for a tier: its first. `None` where there is none.
fn baseline(settings: &Settings, tier: Tier) -> Option<(&str, Option<&Price>)> {
    let name = settings.policy.models(tier).first()?;
    let price = settings.models.get(name).and_then(|model| model.price.as_ref());
    Some((name, price))
}

/// What each tier one compares with would have cost, and why that is not known where it is not.
pub(super) fn baselines(settings: &Settings, averages: &Averages, sums: &ByClass) -> Vec<Value> {
    let one = |tier: Tier| {
        let found = baseline(settings, tier);
        let price = found.and_then(|(_, price)| price);
        let cost = price.and_then(|price| averages.cost(sums, price));
        let unknown = match (found, price, cost) {
            (None, ..) => Some("no model is configured for this tier"),
            (_, None, _) => Some("the price of its model is not known"),
            (.., None) => Some("no model was called, so the size of a prompt is not known"),
            _ => None,
        };
        json!({
            "tier": tier.name(),
            "model": found.map(|(name, _)| name),
            "cost_usd": cost.map(PicoUsd::as_dollars),
            "unknown": unknown,
        })
    };
    COMPARED.map(one).to_vec()
}

/// What each of those tiers would have cost on one day, by the averages of the whole span.
pub(super) fn instead(settings: &Settings, averages: &Averages, day: &ByClass) -> Value {
    let cost = |tier| {
        let (_, price) = baseline(settings, tier)?;
        averages.cost(day, price?).map(PicoUsd::as_dollars)
    };
    let costs = COMPARED.map(|tier| (tier.name().to_owned(), json!(cost(tier))));
    Value::Object(Map::from_iter(costs))
}
