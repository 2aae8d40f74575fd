//! What a request would do and cost, in words and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::domain::money::PicoUsd;
use crate::domain::money::quote::Quote;

/// One call that would be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The tier's name.
    pub tier: &'static str,
    /// The model.
    pub model: String,
    /// What it would cost; `None` where its price is unknown.
    pub quote: Option<Quote>,
    /// Why a cap would keep it out.
    pub kept_out: Option<String>,
    /// Whether it is made only where a first answer shows that more is wanted.
    pub is_escalation: bool,
    /// Since when the vendor has not offered the model any more, if that is so.
    pub gone: Option<String>,
}

/// The calls for people.
pub fn text(lines: &[Line]) -> String {
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let when = match (index, line.is_escalation) {
            (_, true) => "if more is wanted",
            (0, false) => "first",
            (_, false) => "if that brings nothing",
        };
        let cost = match &line.quote {
            None => "cost unknown, see price_input and price_as".to_owned(),
            Some(Quote { prompt_tokens, is_estimate, output_tokens_max, expected, most }) => {
                let counted = if *is_estimate { "estimated" } else { "counted" };
                format!(
                    "{prompt_tokens} ({counted}) + at most {output_tokens_max} tokens, about \
                     {expected}, never over {most}"
                )
            }
        };
        let name = if index == 0 { "would ask" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name:<10}{} {} ({when})", line.tier, line.model);
        let _ = writeln!(out, "{:<10}  {cost}", "");
        if let Some(why) = &line.kept_out {
            let _ = writeln!(out, "{:<10}  would be kept out: {why}", "");
        }
        if let Some(gone) = &line.gone {
            let _ = writeln!(out, "{:<10}  its vendor lists it as withdrawn since {gone}", "");
        }
    }
    if lines.is_empty() {
        out.push_str("would ask no model\n");
    }
    out
}

/// The calls as JSON.
pub fn json(lines: &[Line]) -> Value {
    let line = |line: &Line| {
        json!({
            "tier": line.tier,
            "model": line.model,
            "prompt_tokens": line.quote.map(|quote| quote.prompt_tokens),
            "output_tokens_max": line.quote.map(|quote| quote.output_tokens_max),
            "tokens_are_estimates": line.quote.map(|quote| quote.is_estimate),
            "expected_usd": line.quote.map(|quote| quote.expected.exact()),
            "most_usd": line.quote.map(|quote| quote.most.exact()),
            "kept_out": line.kept_out,
            "only_if_more_is_wanted": line.is_escalation,
            "withdrawn_since": line.gone,
        })
    };
    lines.iter().map(line).collect()
}

/// Asks for the user's word before something dear.
pub fn question(most: PicoUsd, limit: PicoUsd) -> String {
    format!(
        "this may cost up to {most}, more than caps.ask_above_usd allows unasked ({limit}); \
         run it again with --yes\n"
    )
}
