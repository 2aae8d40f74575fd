//! What was found out about a model: in lines for people and as JSON.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::checkup::{Checkup, Pace, Row, Suffix};
use crate::domain::route::{ModelSpec, Place};
use crate::domain::units::{NanoUsd, Price};

/// Whether the model can be used as it is configured.
pub fn is_well(checkup: &Checkup) -> bool {
    checkup.trouble.is_none() && !matches!(checkup.suffix, Suffix::Ignored | Suffix::Refused(_))
}

/// Lines about one model, each indented, and what to change. `rows` are the classes it is asked for.
pub fn text(checkup: &Checkup, rows: &[Row], spec: &ModelSpec) -> String {
    let (price, place) = (spec.price, spec.place);
    let mut out = String::new();
    let name = &checkup.model;
    let mut line = |word: &str, says: &str| {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "  {word:<12}{says}");
    };
    if let Some(trouble) = &checkup.trouble {
        line("fails", &trouble.sentence());
        line("to do", &trouble.advice(name));
    }
    if let Some(first) = &checkup.first {
        line("reachable", &format!("first answer after {}", ms(first.took)));
    }
    if let Some(pace) = checkup.pace() {
        line("first text", &format!("p50 {}, p95 {}", ms(pace.first_p50), ms(pace.first_p95)));
        line("whole", &format!("p50 {}, p95 {}", ms(pace.total_p50), ms(pace.total_p95)));
        in_time(rows, name, pace, &mut line);
    }
    if let Some(streams) = checkup.streams() {
        line("streams", if streams { "yes" } else { "no: short answers came in one piece" });
    }
    match checkup.counts() {
        Some(true) => line("tokens", "counted by the server"),
        Some(false) => line("tokens", "not counted by the server; what they cost is estimated"),
        None => {}
    }
    after_cursor(checkup, &mut line);
    if checkup.first.is_some() {
        match checkup.cost(price) {
            Some(cost) => line("cost", &cost.to_string()),
            None if place == Place::SelfHosted => {
                line("cost", "no price is set for your own server");
            }
            None => {
                line("cost", &format!("unknown; set models.{name}.price_input and .price_output"));
            }
        }
    }
    out
}

fn in_time(rows: &[Row], name: &str, pace: Pace, line: &mut dyn FnMut(&str, &str)) {
    let list = |is_met: bool| {
        let rows = rows.iter().filter(|row| row.is_met == is_met);
        let words = rows.map(|row| format!("{} ({})", row.class.name(), ms(row.deadline)));
        words.collect::<Vec<_>>().join(", ")
    };
    if rows.is_empty() {
        line(
            "asked for",
            &format!("nothing; name it in a tier, such as tiers.fast.models = [\"{name}\"]"),
        );
    }
    if rows.iter().any(|row| row.is_met) {
        line("in time", &list(true));
    }
    if let Some(late) = rows.iter().find(|row| !row.is_met) {
        line("too late", &list(false));
        let says = format!(
            "raise policy.{}.deadline_ms above {}, or give the model a higher tier",
            late.class.name(),
            pace.total_p95.as_millis()
        );
        line("to do", &says);
    }
}

fn after_cursor(checkup: &Checkup, line: &mut dyn FnMut(&str, &str)) {
    let name = &checkup.model;
    let way_out =
        format!("set models.{name}.form = \"fim\" and models.{name}.fim_template, or \"chat\"");
    let word = "suffix";
    match &checkup.suffix {
        Suffix::Ours => line(word, "carried by the prompt"),
        Suffix::Honoured => line(word, "read by the server"),
        Suffix::Ignored => {
            line(word, "ignored by the server: the text after the cursor never reaches the model");
            line("to do", &way_out);
        }
        Suffix::Refused(detail) => {
            line(word, &format!("refused by the server: {detail}"));
            line("to do", &way_out);
        }
        Suffix::Unknown if checkup.trouble.is_some() => {}
        Suffix::Unknown => line(word, "unknown: the server does not count tokens"),
    }
}

/// The same as JSON. Keys keep their meaning between versions; new ones may be added.
pub fn json(checkup: &Checkup, rows: &[Row], price: Option<Price>) -> Value {
    let pace = checkup.pace();
    json!({
        "model": checkup.model,
        "is_well": is_well(checkup),
        "trouble": checkup.trouble.as_ref().map(|trouble| json!({
            "says": trouble.sentence(),
            "advice": trouble.advice(&checkup.model),
        })),
        "answers": checkup.all().count(),
        "first_answer_ms": checkup.first.as_ref().map(|reply| number(reply.took)),
        "first_text_p50_ms": pace.map(|pace| number(pace.first_p50)),
        "first_text_p95_ms": pace.map(|pace| number(pace.first_p95)),
        "total_p50_ms": pace.map(|pace| number(pace.total_p50)),
        "total_p95_ms": pace.map(|pace| number(pace.total_p95)),
        "streams": checkup.streams(),
        "counts_tokens": checkup.counts(),
        "suffix": suffix_word(&checkup.suffix),
        "classes": rows.iter().map(|row| json!({
            "class": row.class.name(),
            "tier": row.tier.name(),
            "deadline_ms": row.deadline.as_millis(),
            "in_time": row.is_met,
        })).collect::<Vec<_>>(),
        "cost_usd": checkup.cost(price).map(NanoUsd::as_usd),
    })
}

/// A word for whether the text after the cursor reaches the model.
pub fn suffix_word(suffix: &Suffix) -> &'static str {
    match suffix {
        Suffix::Ours => "in_prompt",
        Suffix::Honoured => "honoured",
        Suffix::Ignored => "ignored",
        Suffix::Refused(_) => "refused",
        Suffix::Unknown => "unknown",
    }
}

fn number(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e4).round() / 10.0
}

fn ms(duration: Duration) -> String {
    let ms = number(duration);
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}
