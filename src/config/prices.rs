//! The price table that ships with the program: what well-known models charge, as data.
//!
//! `prices/table.tsv` is written by `prices/renew.py` from a public price map; this file only reads
//! it. A model is found by its exact key, `VENDOR/ID`, or not at all: a price that is almost the
//! right one is worse than none. The table is looked through when settings are resolved and never on
//! a keystroke.

use url::{Host, Url};

use crate::domain::money::calendar::Date;
use crate::domain::money::price::{Listed, OffPeak, Price, Rates, Step, Window};
use crate::domain::money::{Moment, PicoUsd};

const TABLE: &str = include_str!("prices/table.tsv");

/// Vendors by the host they answer at; one with a leading dot stands for every host that ends so,
/// because customers have hosts of their own.
const HOSTS: &[(&str, &str)] = &[
    ("openai", "api.openai.com"),
    ("anthropic", "api.anthropic.com"),
    ("gemini", "generativelanguage.googleapis.com"),
    ("mistral", "api.mistral.ai"),
    ("mistral", "api.eu.mistral.ai"),
    ("mistral", "api.us.mistral.ai"),
    ("codestral", "codestral.mistral.ai"),
    ("deepseek", "api.deepseek.com"),
    ("inception", "api.inceptionlabs.ai"),
    ("xai", "api.x.ai"),
    ("groq", "api.groq.com"),
    ("cerebras", "api.cerebras.ai"),
    ("together_ai", "api.together.xyz"),
    ("together_ai", "api.together.ai"),
    ("fireworks_ai", "api.fireworks.ai"),
    ("dashscope", "dashscope-intl.aliyuncs.com"),
    ("moonshot", "api.moonshot.ai"),
    ("zai", "api.z.ai"),
    ("minimax", "api.minimax.io"),
    ("deepinfra", "api.deepinfra.com"),
    ("novita", "api.novita.ai"),
    ("nebius", "api.studio.nebius.com"),
    ("hyperbolic", "api.hyperbolic.xyz"),
    ("sambanova", "api.sambanova.ai"),
    ("morph", "api.morphllm.com"),
    ("vercel_ai_gateway", "ai-gateway.vercel.sh"),
    ("azure", ".openai.azure.com"),
];

/// Where the table comes from, as its first lines say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The source and its version.
    pub source: &'static str,
    /// The day on which it was taken, such as `2026-11-22`.
    pub taken: &'static str,
    /// How many models it knows.
    pub models: usize,
}

/// Where the table comes from.
pub fn origin() -> Origin {
    let said = |start: &str| {
        let mut lines = TABLE.lines().take_while(|line| line.starts_with('#'));
        lines.find_map(|line| line.split_once(start)).map_or("", |(_, rest)| rest)
    };
    let source = said("From ").split(',').next().unwrap_or("");
    Origin { source, taken: said("taken "), models: rows().count() }
}

/// The model with exactly this key, such as `mistral/codestral-2508`.
pub fn find(key: &str) -> Option<Listed> {
    rows().find(|(own, _)| *own == key).and_then(|(key, fields)| listed(key, fields))
}

/// What a configured model is in the table: by its name as a whole key, or by its name at the vendor
/// whose address this is. Never by a part of a name.
pub fn find_for(url: &Url, model: &str) -> Option<Listed> {
    if model.is_empty() {
        return None;
    }
    find(model).or_else(|| find(&format!("{}/{model}", vendor(url)?)))
}

/// The vendor whose address this is.
pub fn vendor(url: &Url) -> Option<&'static str> {
    let Some(Host::Domain(host)) = url.host() else { return None };
    let host = host.trim_end_matches('.');
    let is_at = |known: &str| {
        if known.starts_with('.') { host.ends_with(known) } else { host == known }
    };
    HOSTS.iter().find(|(_, known)| is_at(known)).map(|(vendor, _)| *vendor)
}

/// Every key of the table, in order.
pub fn keys() -> impl Iterator<Item = &'static str> {
    rows().map(|(key, _)| key)
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

/// A row, read; `None` where a field is not what it should be.
fn listed(key: &str, fields: &str) -> Option<Listed> {
    let fields: Vec<_> = fields.split('\t').filter_map(|field| field.split_once('=')).collect();
    let value = |name: &str| fields.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    let count = |name: &str| value(name).map(str::parse).transpose().ok();
    Some(Listed {
        key: key.to_owned(),
        price: if value("in").is_some() { Some(price(&fields)?) } else { None },
        context_tokens: count("context")?,
        answer_tokens: count("answer")?,
        cache_min_tokens: count("cachemin")?,
        is_fim: value("fim").is_some(),
        gone: value("gone").and_then(Date::parse),
    })
}

fn price(fields: &[(&str, &str)]) -> Option<Price> {
    let mut above: Vec<u64> = fields.iter().filter_map(|(name, _)| step_of(name)).collect();
    above.sort_unstable();
    above.dedup();
    let base = rates(fields, "", None)?;
    let step =
        |above| Some(Step { above, rates: rates(fields, &format!("above{above}."), Some(&base))? });
    let has = |start: &str| fields.iter().any(|(name, _)| name.starts_with(start));
    let windows = fields.iter().find(|(name, _)| *name == "offpeak");
    Some(Price {
        batch: if has("batch.in") { Some(rates(fields, "batch.", Some(&base))?) } else { None },
        steps: above.into_iter().map(step).collect::<Option<_>>()?,
        off_peak: match windows {
            Some((_, text)) => Some(OffPeak {
                rates: rates(fields, "offpeak.", Some(&base))?,
                windows: windows_of(text)?,
            }),
            None => None,
        },
        base,
    })
}

fn step_of(name: &str) -> Option<u64> {
    name.strip_prefix("above")?.split('.').next()?.parse().ok()
}

/// The rates whose names begin so. Input and output that are not named again stay what they were.
fn rates(fields: &[(&str, &str)], start: &str, usual: Option<&Rates>) -> Option<Rates> {
    let rate = |name: &str| {
        let full = format!("{start}{name}");
        let said = fields.iter().find(|(own, _)| **own == full);
        said.map(|(_, text)| PicoUsd::from_dollars_per_million(text))
    };
    let or_usual = |rate: Option<Option<PicoUsd>>, usual: Option<PicoUsd>| match rate {
        Some(read) => read,
        None => usual,
    };
    let long = rate("write_1h").or_else(|| rate("write_12h"));
    Some(Rates {
        input: or_usual(rate("in"), usual.map(|usual| usual.input))?,
        cache_read: rate("read").flatten(),
        cache_write: rate("write").flatten(),
        cache_write_long: long.flatten(),
        output: or_usual(rate("out"), usual.map(|usual| usual.output))?,
        reasoning: rate("reason").flatten(),
    })
}

/// `12345@00:00-01:00,10:00-24:00;67@00:00-24:00`, as `renew.py` writes it. A span past midnight
/// becomes two.
fn windows_of(text: &str) -> Option<Vec<Window>> {
    let minute = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        Some(hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?)
    };
    let mut windows = Vec::new();
    for part in text.split(';') {
        let (days, spans) = part.split_once('@')?;
        let weekdays: Vec<u8> = days.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
        for span in spans.split(',') {
            let (from, to) = span.split_once('-')?;
            let (from, to) = (minute(from)?, minute(to)?);
            if from < to {
                windows.push(Window { weekdays: weekdays.clone(), minutes: (from, to) });
            } else {
                windows.push(Window { weekdays: weekdays.clone(), minutes: (from, 1_440) });
                let next = weekdays.iter().map(|day| day % 7 + 1).collect();
                windows.push(Window { weekdays: next, minutes: (0, to) });
            }
        }
    }
    Some(windows)
}

/// Whether the vendor has stopped offering the model by now.
pub fn is_gone(listed: &Listed, now: Moment) -> bool {
    listed.gone.is_some_and(|gone| gone.start() <= now)
}

#[cfg(test)]
mod tests;
