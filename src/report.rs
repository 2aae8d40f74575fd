//! Explanations for people and for programs: the same record as text and as JSON.
//!
//! The command line and the server's commands both print from here, so that `--explain`,
//! `--json` and `tabtier.explain` never tell different stories.

pub mod checkup;
pub mod feedback;
pub mod forecast;
pub mod spending;

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::class::RequestClass;
use crate::domain::completion::{Completion, Source};
use crate::domain::context::Part;
use crate::domain::explain::{AttemptRecord, Ended, Explanation, Silence};
use crate::domain::ledger::Totals;
use crate::domain::money::grant::Sheet;
use crate::domain::money::{Counted, Limit, PicoUsd};
use crate::domain::route::{LocalRole, Plan, Tier};
use crate::domain::site::Trigger;
use crate::domain::units::NanoUsd;

/// The record as JSON. Keys keep their meaning between versions; new ones may be added.
pub fn json(explanation: &Explanation) -> Value {
    let Explanation { classification, plan, offered, .. } = explanation;
    json!({
        "request": explanation.request,
        "language": explanation.language,
        "trigger": trigger(explanation.trigger),
        "class": classification.as_ref().map(|found| found.class.name()),
        "extent": classification.as_ref().map(|found| found.extent.name()),
        "confidence": classification.as_ref().map(|found| found.confidence.value()),
        "scores": classification.as_ref().map(|found| {
            let scores = RequestClass::ALL.into_iter().zip(found.scores);
            scores.map(|(class, p)| (class.name().to_owned(), json!(round(p)))).collect::<serde_json::Map<_, _>>()
        }),
        "reasons": classification.as_ref().map(|found| found.reasons.clone()),
        "plan": plan.as_ref().map(plan_json),
        "local": explanation.local.iter()
            .map(|(text, confidence)| json!({"text": text, "confidence": confidence.value()}))
            .collect::<Vec<_>>(),
        "prompts": explanation.prompts.iter().map(prompt_json).collect::<Vec<_>>(),
        "attempts": explanation.attempts.iter().map(attempt_json).collect::<Vec<_>>(),
        "offered": offered.as_ref().map(completion_json),
        "silence": explanation.silence.as_ref().map(Silence::reason),
        "cost_usd": explanation.cost().map(NanoUsd::as_usd),
        "decided_ms": ms(explanation.decided_after),
        "answered_ms": ms(explanation.answered_after),
    })
}

fn plan_json(plan: &Plan) -> Value {
    json!({
        "deadline_ms": plan.deadline.as_millis(),
        "output_tokens_max": plan.output_tokens_max.0,
        "local": match plan.local {
            LocalRole::First(confidence) => json!({"answers_from_confidence": confidence.value()}),
            LocalRole::WholeLine(confidence) => {
                json!({"answers_with_whole_line_from_confidence": confidence.value()})
            }
            LocalRole::Last => json!("last resort"),
            LocalRole::Never => json!("never"),
        },
        "attempts": plan.attempts.iter().map(|attempt| json!({
            "tier": attempt.tier.name(),
            "model": attempt.model,
            "settle_ms": attempt.settle.as_millis(),
        })).collect::<Vec<_>>(),
        "notes": plan.notes,
    })
}

fn prompt_json((model, parts): &(String, Vec<Part>)) -> Value {
    let part = |part: &Part| {
        let what = json!({ "tokens": part.tokens.0, "is_estimate": part.is_estimate });
        (part.kind.name().to_owned(), what)
    };
    let parts = parts.iter().map(part).collect::<serde_json::Map<_, _>>();
    json!({ "model": model, "parts": parts })
}

fn attempt_json(attempt: &AttemptRecord) -> Value {
    let usage = attempt.usage.map(|usage| {
        json!({
            "input": usage.input_total().0,
            "cache_read": usage.cache_read.0,
            "cache_write": (usage.cache_write + usage.cache_write_hour).0,
            "output": usage.output.0,
            "reasoning": usage.reasoning.0,
            "is_estimate": usage.is_estimate,
        })
    });
    json!({
        "tier": attempt.tier.name(),
        "model": attempt.model,
        "ended": ended(&attempt.ended),
        "from_cache": attempt.ended == Ended::FromCache,
        "usage": usage,
        "cost_usd": attempt.cost.map(NanoUsd::as_usd),
        "started_ms": ms(attempt.started_after),
        "first_text_ms": attempt.first_text_after.map(ms),
        "took_ms": ms(attempt.took),
    })
}

fn completion_json(completion: &Completion) -> Value {
    json!({
        "text": completion.text,
        "replace_after": completion.replace_after,
        "tier": completion.tier.name(),
        "source": source(&completion.source),
        "confidence": completion.confidence.value(),
    })
}

/// The record for people, in at most 80 columns where the texts allow.
pub fn text(explanation: &Explanation) -> String {
    let mut out = decision(explanation);
    let mut row = |name: &str, value: String| put(&mut out, name, &value);
    for (index, prompt) in explanation.prompts.iter().enumerate() {
        row(if index == 0 { "sent" } else { "" }, prompt_line(prompt));
    }
    for (index, attempt) in explanation.attempts.iter().enumerate() {
        row(if index == 0 { "tried" } else { "" }, attempt_line(attempt));
    }
    match (&explanation.offered, &explanation.silence) {
        (Some(completion), _) => {
            row("offered", format!("by {}", source_line(completion)));
            for line in completion.text.lines() {
                row("", format!("| {line}"));
            }
        }
        (None, Some(silence)) => row("nothing", silence.reason().to_owned()),
        (None, None) => {}
    }
    let cost = explanation.cost().map_or_else(|| "unknown".to_owned(), |cost| cost.to_string());
    row("cost", cost);
    row(
        "time",
        format!(
            "decided in {:.2} ms, answered in {:.2} ms",
            ms(explanation.decided_after),
            ms(explanation.answered_after)
        ),
    );
    out
}

/// The part of the record that is known before anybody is asked.
pub fn decision(explanation: &Explanation) -> String {
    let mut out = String::new();
    let mut row = |name: &str, value: String| put(&mut out, name, &value);
    if let Some(found) = &explanation.classification {
        row("class", format!("{} ({} %)", found.class.name(), percent(found.confidence.value())));
        row("extent", found.extent.name().to_owned());
        for (index, reason) in found.reasons.iter().enumerate() {
            row(if index == 0 { "because" } else { "" }, (*reason).to_owned());
        }
    }
    if let Some(plan) = &explanation.plan {
        row("plan", plan_line(plan));
        for note in &plan.notes {
            row("", note.clone());
        }
    }
    for (index, (text, confidence)) in explanation.local.iter().enumerate() {
        let name = if index == 0 { "local" } else { "" };
        row(name, format!("{:>3} %  {}", percent(confidence.value()), quoted(text)));
    }
    out
}

fn put(out: &mut String, name: &str, value: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{name:<10}{value}");
}

fn plan_line(plan: &Plan) -> String {
    let mut steps = Vec::new();
    if let LocalRole::First(confidence) = plan.local {
        steps.push(format!("local from {} %", percent(confidence.value())));
    }
    if let LocalRole::WholeLine(confidence) = plan.local {
        steps.push(format!("a line seen before from {} %", percent(confidence.value())));
    }
    for attempt in &plan.attempts {
        let settle = match attempt.settle.as_millis() {
            0 => String::new(),
            ms => format!(" after {ms} ms of rest"),
        };
        steps.push(format!("{} {}{settle}", attempt.tier.name(), attempt.model));
    }
    if matches!(plan.local, LocalRole::Last | LocalRole::WholeLine(_)) {
        steps.push("local as last resort".to_owned());
    }
    if plan.local == LocalRole::Never {
        steps.push("no answer".to_owned());
    }
    format!("{}; deadline {} ms", steps.join(", then "), plan.deadline.as_millis())
}

fn prompt_line((model, parts): &(String, Vec<Part>)) -> String {
    let about = if parts.iter().any(|part| part.is_estimate) { "about " } else { "" };
    let part = |part: &Part| format!("{} {}", part.kind.name(), part.tokens);
    let parts: Vec<_> = parts.iter().map(part).collect();
    format!("to {model}, in {about}tokens: {}", parts.join(", "))
}

fn attempt_line(attempt: &AttemptRecord) -> String {
    let mut line = format!("{} {}: {}", attempt.tier.name(), attempt.model, ended(&attempt.ended));
    if let Some(usage) = attempt.usage {
        let about = if usage.is_estimate { "about " } else { "" };
        let _ = write!(line, ", {about}{} + {} tokens", usage.input_total(), usage.output);
        if usage.cache_read.0 > 0 {
            let _ = write!(line, " ({} cached)", usage.cache_read);
        }
    }
    if attempt.ended != Ended::FromCache {
        let cost = attempt.cost.map_or_else(|| "cost unknown".to_owned(), |cost| cost.to_string());
        let _ = write!(line, ", {cost}, {:.1} ms", ms(attempt.took));
    }
    line
}

fn source_line(completion: &Completion) -> String {
    let tier = completion.tier.name();
    match &completion.source {
        Source::Local => {
            format!("the local engine ({} %)", percent(completion.confidence.value()))
        }
        Source::Model(model) => format!("{tier} {model}"),
        Source::Cache(model) => format!("the cache ({tier} {model})"),
    }
}

fn ended(ended: &Ended) -> String {
    match ended {
        Ended::Answered => "answered".to_owned(),
        Ended::FromCache => "from the cache".to_owned(),
        Ended::Filtered(reason) => format!("answered, but {reason}"),
        Ended::Late => "not finished at the deadline".to_owned(),
        Ended::Silent => "silent for too long, the next was asked".to_owned(),
        Ended::Outrun => "another was first".to_owned(),
        Ended::Diverged => "wrote something else than was typed".to_owned(),
        Ended::Failed(error) => format!("failed: {error}"),
        Ended::Cancelled => "cancelled".to_owned(),
    }
}

fn source(source: &Source) -> Value {
    match source {
        Source::Local => json!({"kind": "local"}),
        Source::Model(model) => json!({"kind": "model", "model": model}),
        Source::Cache(model) => json!({"kind": "cache", "model": model}),
    }
}

fn trigger(trigger: Trigger) -> Value {
    match trigger {
        Trigger::Automatic => json!({"kind": "automatic"}),
        Trigger::Invoked { repeats } => json!({"kind": "invoked", "repeats": repeats}),
    }
}

/// Where caps stand, and why the ledger cannot be written if it cannot.
pub fn money(caps: &[(Limit, Sheet)], trouble: Option<&str>) -> Value {
    let cap = |(limit, sheet): &(Limit, Sheet)| {
        let shown = |amount| match limit.counter.counted {
            Counted::Money => json!(PicoUsd(amount).exact()),
            Counted::Requests => json!(amount),
        };
        let unit = match limit.counter.counted {
            Counted::Money => "usd",
            Counted::Requests => "requests",
        };
        json!({
            "cap": limit.counter.to_string(),
            format!("max_{unit}"): shown(limit.max),
            format!("spent_{unit}"): shown(sheet.booked),
            format!("leased_{unit}"): shown(sheet.leased),
        })
    };
    json!({ "caps": caps.iter().map(cap).collect::<Vec<_>>(), "trouble": trouble })
}

/// The sums of the process as JSON.
pub fn totals(totals: &Totals) -> Value {
    let classes = RequestClass::ALL.into_iter().zip(totals.by_class);
    let tiers = Tier::ALL.into_iter().zip(totals.offered_by_tier);
    let models = totals.by_model.iter().map(|(id, sums)| {
        let sums = json!({
            "calls": sums.calls,
            "input_tokens": sums.input_tokens,
            "output_tokens": sums.output_tokens,
            "cost_usd": sums.cost.as_usd(),
            "unpriced_calls": sums.unpriced_calls,
        });
        (id.clone(), sums)
    });
    json!({
        "requests": totals.requests,
        "offered": totals.offered,
        "accepted": totals.accepted,
        "by_class": classes.map(|(c, n)| (c.name().to_owned(), json!(n))).collect::<serde_json::Map<_, _>>(),
        "offered_by_tier": tiers.map(|(t, n)| (t.name().to_owned(), json!(n))).collect::<serde_json::Map<_, _>>(),
        "by_model": models.collect::<serde_json::Map<_, _>>(),
    })
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

fn percent(value: f64) -> u32 {
    (value * 100.0).round() as u32
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
