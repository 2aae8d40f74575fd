//! A report as JSON. Keys keep their meaning between versions; new ones may be added. Money is in
//! dollars with every decimal, as text, so that no reader rounds it.

use serde_json::{Value, json};

use super::failures::Kind;
use super::{Group, Report, shown};
use crate::domain::class::RequestClass;
use crate::domain::money::Moment;

/// The report.
pub fn value(report: &Report) -> Value {
    let groups = report.groups.iter().map(|(name, sums)| {
        let mut value = group(sums);
        value[report.by.name()] = json!(name);
        value
    });
    let baselines = report.baselines.iter().map(|(baseline, cost)| {
        json!({
            "tier": baseline.tier.name(),
            "model": baseline.model,
            "cost_usd": cost.map(crate::domain::money::PicoUsd::exact),
            "assumption": "one call of the model for each request that was answered or asked a \
                           model, with the tokens an average call of its class used, no prompt cache",
        })
    });
    json!({
        "since": date(report.since),
        "until": date(report.until - 1),
        "by": report.by.name(),
        "total": group(&report.total),
        "groups": groups.collect::<Vec<_>>(),
        "baselines": baselines.collect::<Vec<_>>(),
        "paid_too_much": failures(&report.failures.too_dear),
        "too_cheap": failures(&report.failures.too_cheap),
        "lost_with_killed_servers_usd": report.lost.exact(),
        "dropped": report.dropped.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
    })
}

fn group(group: &Group) -> Value {
    let [local, cache, model] = group.offered;
    json!({
        "requests": group.requests,
        "offers": {"local": local, "cache": cache, "model": model},
        "accepted": group.taken,
        "refused": group.refused,
        "fate_known": group.known,
        "accepted_share": group.acceptance(),
        "accepted_characters": group.chars_taken,
        "calls": group.calls,
        "unpriced_calls": group.unpriced,
        "estimated_calls": group.estimated,
        "tokens": {
            "input": group.tokens.prompt(),
            "cache_read": group.tokens.cache_read,
            "cache_write": group.tokens.cache_write + group.tokens.cache_write_long,
            "output": group.tokens.output,
            "reasoning": group.tokens.reasoning,
        },
        "cost_usd": group.cost.exact(),
        "cost_per_accepted_usd": group.cost_per_taken(),
        "cost_per_1000_characters_usd": group.cost_per_thousand_chars(),
        "answered_ms": {
            "p50": group.times.percentile(0.5),
            "p95": group.times.percentile(0.95),
            "p99": group.times.percentile(0.99),
        },
        "after_deadline": group.late,
    })
}

fn failures(kind: &Kind) -> Value {
    let examples = kind.examples.iter().map(|example| {
        json!({
            "request": shown(example.id),
            "date": date(example.at),
            "class": example.class.map(RequestClass::name),
            "tier": example.tier.name(),
            "model": example.model,
            "cost_usd": example.cost.exact(),
            "why": example.why,
        })
    });
    json!({
        "requests": kind.count,
        "cost_usd": kind.cost.exact(),
        "examples": examples.collect::<Vec<_>>(),
    })
}

fn date(at: i64) -> String {
    Moment(at.div_euclid(1_000)).date().to_string()
}
