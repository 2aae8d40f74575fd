//! The figures of a span of days as JSON for the page. Amounts are in dollars, times in milliseconds,
//! days in UTC, as the caps are.
//!
//! Everything is computed here, from the same sums the report prints; the page only draws.

use serde_json::{Value, json};

use super::figures::{Class, Day, Figures, Way, class_of, kind};
use super::times::edges_ms;
use super::{Setup, spending};
use crate::domain::class::RequestClass;
use crate::domain::money::Moment;
use crate::domain::money::entry::Millis;
use crate::domain::route::Tier;
use crate::report::spending::{Averages, Example};

/// How many examples of each kind of wrong routing are shown: the dearest.
const EXAMPLES: usize = 5;

/// Some days up to today, as numbers since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Span {
    /// So many days, the last of them holding this moment.
    pub(super) fn up_to(now: Millis, days: u16) -> Self {
        let last = super::figures::day_of(now);
        Self { first: last + 1 - i64::from(days.max(1)), last }
    }

    pub(super) fn days(self) -> impl Iterator<Item = i64> {
        self.first..=self.last
    }
}

/// The name of a day, such as `2026-11-22`.
pub(super) fn date(day: i64) -> String {
    Moment(day * 86_400).date().to_string()
}

/// Everything the page draws.
pub(super) fn json(figures: &Figures, setup: &Setup, span: Span) -> Value {
    let mut total = Day::default();
    figures.days.range(span.first..=span.last).for_each(|(_, day)| total.merge(day));
    let by_class = sums(&total);
    let averages = Averages::new(&by_class, total.all.calls, &total.all.tokens);
    let baselines = spending::baselines(&setup.settings, &averages, &by_class);
    let days = span.days().map(|day| {
        let counted = figures.days.get(&day);
        let mut value = spending::day(figures, day);
        value["day"] = json!(date(day));
        value["ways"] = json!(counted.map_or([0; Way::ALL.len()], |day| day.ways));
        value["paid_usd"] = json!(counted.map_or(0.0, |day| day.all.cost.as_dollars()));
        value["unpriced"] = json!(counted.map_or(0, |day| day.unpriced.values().sum::<u64>()));
        value["estimated_usd"] = json!(counted.map_or(0.0, |day| day.estimated_cost.as_dollars()));
        let tokens = counted.map(|day| day.all.tokens).unwrap_or_default();
        value["input_tokens"] = json!(tokens.prompt());
        value["cached_tokens"] = json!(tokens.cache_read);
        value["instead_usd"] = counted.map_or_else(
            || json!({}),
            |day| spending::instead(&setup.settings, &averages, &sums(day)),
        );
        value
    });
    json!({
        "span": {"first": date(span.first), "last": date(span.last), "days": span.days().count()},
        "oldest": figures.days.keys().next().map(|day| date(*day)),
        "ways": Way::ALL.map(Way::name),
        "total": totals(&total),
        "days": days.collect::<Vec<_>>(),
        "caps": spending::caps(figures, &setup.settings, span.last),
        "baselines": baselines,
        "classes": classes(&total),
        "bar_edges_ms": edges_ms(),
        "failures": failures(figures, span),
        "dropped": figures.dropped.iter().map(|(what, count)| json!({"what": what, "count": count}))
            .collect::<Vec<_>>(),
    })
}

/// What estimates are made of.
fn sums(day: &Day) -> [crate::report::spending::ClassSums; RequestClass::ALL.len()] {
    std::array::from_fn(|class| day.classes[class].sums)
}

fn totals(total: &Day) -> Value {
    let sum = |of: fn(&Class) -> u64| total.classes.iter().map(of).sum::<u64>();
    let verdict = |which: usize| -> u64 {
        total.classes.iter().flat_map(|class| class.verdicts).map(|verdict| verdict[which]).sum()
    };
    let tokens = &total.all.tokens;
    json!({
        "requests": total.requests,
        "superseded": total.superseded,
        "ways": total.ways,
        "timed": sum(|class| class.timed),
        "late": sum(|class| class.late),
        "known": verdict(0),
        "taken": verdict(1),
        "calls": total.all.calls,
        "paid_usd": total.all.cost.as_dollars(),
        "unpriced": total.unpriced,
        "estimated": total.estimated,
        "estimated_usd": total.estimated_cost.as_dollars(),
        "input_tokens": tokens.prompt(),
        "cached_tokens": tokens.cache_read,
        "output_tokens": tokens.output,
    })
}

fn classes(total: &Day) -> Vec<Value> {
    let class = |(class, sums): (RequestClass, &Class)| {
        let times = total.times.sorted(|kind| class_of(kind) == class as usize);
        let usual = sums.deadlines.iter().max_by_key(|(_, count)| **count);
        let tiers = Tier::ALL.into_iter().zip(sums.verdicts);
        json!({
            "class": class.name(),
            "timed": sums.timed,
            "late": sums.late,
            "deadline_ms": usual.map(|(deadline, _)| deadline),
            "deadlines_ms": [sums.deadlines.keys().next(), sums.deadlines.keys().next_back()],
            "p50_ms": times.percentile(0.5),
            "p95_ms": times.percentile(0.95),
            "p99_ms": times.percentile(0.99),
            "bars": Way::ALL.map(|way| total.times.bars(kind(class, way)).to_vec()),
            "tiers": tiers.map(|(tier, [known, taken])| {
                json!({"tier": tier.name(), "known": known, "taken": taken})
            }).collect::<Vec<_>>(),
        })
    };
    RequestClass::ALL.into_iter().zip(&total.classes).map(class).collect()
}

/// Both kinds of wrong routing in the span: for each day how many and what they cost, and the dearest.
fn failures(figures: &Figures, span: Span) -> Value {
    let kind = |all: &[Example]| {
        let (from, until) = (span.first * 86_400_000, (span.last + 1) * 86_400_000);
        let mut found: Vec<&Example> =
            all.iter().filter(|example| (from..until).contains(&example.at)).collect();
        let mut days = vec![(0_u64, 0.0); span.days().count()];
        for example in &found {
            let (count, usd) =
                &mut days[(super::figures::day_of(example.at) - span.first) as usize];
            *count += 1;
            *usd += example.cost.as_dollars();
        }
        found.sort_by_key(|example| (std::cmp::Reverse(example.cost), example.id));
        json!({
            "count": found.len(),
            "usd": days.iter().map(|(_, usd)| usd).sum::<f64>(),
            "days": days,
            "examples": found.iter().take(EXAMPLES).map(|found| example(found)).collect::<Vec<_>>(),
        })
    };
    let [too_dear, too_cheap] = &figures.failures;
    json!({"paid_too_much": kind(too_dear), "too_cheap": kind(too_cheap)})
}

fn example(example: &Example) -> Value {
    json!({
        "request": example.id.to_string(),
        "at": example.at,
        "class": example.class.map(RequestClass::name),
        "tier": example.tier.name(),
        "model": example.model,
        "usd": example.cost.as_dollars(),
        "why": example.why,
    })
}
