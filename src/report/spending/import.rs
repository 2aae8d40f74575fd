//! Usage that others have counted: exports of LiteLLM, OpenAI and Anthropic, as CSV or JSON.
//!
//! Their tools name the same few figures differently and nest them differently, so a row is whatever
//! has a model and output tokens, wherever it lies, and a table says which names mean what. A file in
//! which nothing is understood is an error, never an empty report.

use serde_json::Value;

use crate::domain::money::calendar::Date;
use crate::domain::money::entry::{CallEnd, Called, EntryId, Millis, WorkspaceId};
use crate::domain::money::{Metered, PicoUsd};
use crate::domain::route::Tier;

/// Names of one figure.
struct Names {
    figure: Figure,
    names: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Model,
    /// All input tokens, those of the prompt cache included.
    Input,
    /// Input tokens that the prompt cache had nothing to do with.
    Uncached,
    CacheRead,
    CacheWrite,
    CacheWriteLong,
    Output,
    Requests,
    Cost,
    Time,
}

const NAMES: &[Names] = &[
    Names {
        figure: Figure::Model,
        names: &["model", "model_name", "model_version", "snapshot_id"],
    },
    Names {
        figure: Figure::Input,
        names: &["prompt_tokens", "input_tokens", "n_context_tokens_total"],
    },
    Names {
        figure: Figure::Uncached,
        names: &["uncached_input_tokens", "usage_input_tokens_no_cache"],
    },
    Names {
        figure: Figure::CacheRead,
        names: &[
            "cache_read_input_tokens",
            "input_cached_tokens",
            "n_cached_context_tokens_total",
            "usage_input_tokens_cache_read",
        ],
    },
    Names {
        figure: Figure::CacheWrite,
        names: &[
            "cache_creation_input_tokens",
            "ephemeral_5m_input_tokens",
            "usage_input_tokens_cache_write_5m",
        ],
    },
    Names {
        figure: Figure::CacheWriteLong,
        names: &["ephemeral_1h_input_tokens", "usage_input_tokens_cache_write_1h"],
    },
    Names {
        figure: Figure::Output,
        names: &[
            "completion_tokens",
            "output_tokens",
            "n_generated_tokens_total",
            "usage_output_tokens",
        ],
    },
    Names {
        figure: Figure::Requests,
        names: &["num_model_requests", "n_requests", "api_requests"],
    },
    Names { figure: Figure::Cost, names: &["spend", "cost_usd", "cost", "amount_usd"] },
    Names {
        figure: Figure::Time,
        names: &[
            "starttime",
            "start_time",
            "starting_at",
            "start_time_iso",
            "usage_date_utc",
            "timestamp",
            "date",
        ],
    },
];

/// What was read of one row.
#[derive(Clone, Debug, Default)]
struct Row {
    model: Option<String>,
    input: Option<u64>,
    uncached: Option<u64>,
    read: u64,
    write: u64,
    write_long: u64,
    output: Option<u64>,
    requests: Option<u64>,
    cost: Option<PicoUsd>,
    at: Option<Millis>,
}

/// The calls of an export, and how many rows were not understood.
pub fn read(text: &str) -> Result<(Vec<Called<String>>, usize), String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let (rows, strange) = if text.starts_with(['{', '[']) { json(text)? } else { csv(text)? };
    if rows.is_empty() {
        return Err("no row has a model and output tokens; known are exports of LiteLLM, OpenAI \
                    and Anthropic as CSV or JSON"
            .to_owned());
    }
    Ok((rows, strange))
}

impl Row {
    fn set(&mut self, name: &str, value: &Value) {
        let name = name.to_lowercase();
        let Some(known) = NAMES.iter().find(|known| known.names.contains(&name.as_str())) else {
            return;
        };
        match known.figure {
            Figure::Model => {
                self.model = value.as_str().filter(|m| !m.is_empty()).map(str::to_owned);
            }
            Figure::Input => self.input = count(value).or(self.input),
            Figure::Uncached => self.uncached = count(value).or(self.uncached),
            Figure::CacheRead => self.read += count(value).unwrap_or(0),
            Figure::CacheWrite => self.write += count(value).unwrap_or(0),
            Figure::CacheWriteLong => self.write_long += count(value).unwrap_or(0),
            Figure::Output => self.output = count(value).or(self.output),
            Figure::Requests => self.requests = count(value).or(self.requests),
            Figure::Cost => self.cost = dollars(value).or(self.cost),
            Figure::Time => self.at = time(value).or(self.at),
        }
    }

    fn call(self) -> Option<Called<String>> {
        let Self { read, write, write_long, .. } = self;
        let cached = read + write + write_long;
        let input = self.uncached.or(self.input.map(|input| input.saturating_sub(cached)));
        let tokens = Metered {
            input: input?,
            cache_read: read,
            cache_write: write,
            cache_write_long: write_long,
            output: self.output?,
            reasoning: 0,
        };
        Some(Called {
            id: EntryId::default(),
            at: self.at.unwrap_or_default(),
            class: None,
            language: String::new(),
            workspace: WorkspaceId(0),
            tier: Tier::Fast,
            model: self.model?,
            tokens,
            is_estimate: false,
            cost: self.cost,
            first_text_us: None,
            took_us: 0,
            end: CallEnd::Answered,
            calls: self.requests.unwrap_or(1).try_into().unwrap_or(u32::MAX),
        })
    }
}

fn csv(text: &str) -> Result<(Vec<Called<String>>, usize), String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| error.to_string())?.clone();
    let (mut calls, mut strange) = (Vec::new(), 0);
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let mut row = Row::default();
        for (name, cell) in names.iter().zip(&record) {
            row.set(name.trim(), &Value::from(cell.trim()));
        }
        match row.call() {
            Some(call) => calls.push(call),
            None => strange += 1,
        }
    }
    Ok((calls, strange))
}

/// JSON, or one JSON value a line.
fn json(text: &str) -> Result<(Vec<Called<String>>, usize), String> {
    let (mut calls, mut strange) = (Vec::new(), 0);
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| format!("not JSON: {error}"))?;
        walk(&value, &Row::default(), &mut calls, &mut strange);
    }
    Ok((calls, strange))
}

/// Finds rows wherever they lie. What stands around a row, such as the time of a bucket, holds for it.
fn walk(value: &Value, around: &Row, calls: &mut Vec<Called<String>>, strange: &mut usize) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, around, calls, strange)),
        Value::Object(fields) => {
            let mut row = around.clone();
            fields.iter().for_each(|(name, value)| row.set(name, value));
            // Anthropic nests what was written to the cache.
            if let Some(Value::Object(written)) = fields.get("cache_creation") {
                written.iter().for_each(|(name, value)| row.set(name, value));
            }
            let has_figures = row.output.is_some();
            match row.clone().call() {
                Some(call) => calls.push(call),
                None if has_figures => *strange += 1,
                None => fields
                    .values()
                    .filter(|value| value.is_array() || value.is_object())
                    .for_each(|value| walk(value, &row, calls, strange)),
            }
        }
        _ => {}
    }
}

fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or(number.as_f64().map(|n| n.max(0.0) as u64)),
        Value::String(text) => text.replace(',', "").parse().ok(),
        _ => None,
    }
}

/// Dollars exactly as they are written, an exponent included.
fn dollars(value: &Value) -> Option<PicoUsd> {
    match value {
        Value::Number(number) => PicoUsd::from_dollars(&number.to_string())
            .or_else(|| number.as_f64().map(|usd| PicoUsd((usd.max(0.0) * 1e12).round() as u64))),
        Value::String(text) => PicoUsd::from_dollars(text.trim_start_matches('$')),
        _ => None,
    }
}

/// Seconds since 1970, or a text that begins with a date.
fn time(value: &Value) -> Option<Millis> {
    let seconds = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => {
            text.parse().ok().or_else(|| Some(Date::parse(text.get(..10)?)?.start().0))
        }
        _ => None,
    };
    seconds.and_then(|seconds| seconds.checked_mul(1_000))
}
