//! A report as the rows of a spreadsheet.

use super::{By, Group, Report};
use crate::domain::money::Price;

/// One row for each group: what it is, what an average call of it is like, and what it comes to a
/// month. `price_of` knows what a model charges, for what batches would cost.
pub fn text(report: &Report, price_of: &dyn Fn(&str) -> Option<Price>) -> String {
    let by = report.by.name();
    let mut out = format!(
        "{by},avg_input_tokens,avg_output_tokens,requests_per_day,monthly_cost_usd,cached_share,\
         monthly_cost_batched_usd,calls,unpriced_calls,cost_usd,accepted_share,p50_ms,p95_ms,p99_ms\r\n"
    );
    for (name, group) in &report.groups {
        let batched = (report.by == By::Model).then(|| batched(group, &price_of(name)?)).flatten();
        let per_call = |tokens: u64| (group.calls > 0).then(|| tokens as f64 / group.calls as f64);
        let cells = [
            quoted(name),
            figure(per_call(group.tokens.prompt()), 1),
            figure(per_call(group.tokens.output), 1),
            figure(Some(group.requests as f64 / report.days()), 2),
            figure(is_priced(group).then(|| report.monthly(group.cost)), 6),
            figure(group.cached(), 4),
            figure(batched.map(|cost| report.monthly(cost)), 6),
            group.calls.to_string(),
            group.unpriced.to_string(),
            if is_priced(group) { group.cost.exact() } else { String::new() },
            figure(group.acceptance(), 4),
            figure(group.times.percentile(0.5), 3),
            figure(group.times.percentile(0.95), 3),
            figure(group.times.percentile(0.99), 3),
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// Whether the cost is that of any call at all; what is unknown stays empty.
fn is_priced(group: &Group) -> bool {
    group.calls == 0 || group.unpriced < group.calls
}

fn batched(group: &Group, price: &Price) -> Option<crate::domain::money::PicoUsd> {
    price.batch_cost(&group.tokens)
}

fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or(String::new(), |value| format!("{value:.decimals$}"))
}

/// A cell. One that a spreadsheet would take for a formula is made plain text.
fn quoted(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.into() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
