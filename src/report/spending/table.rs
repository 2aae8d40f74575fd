//! A report for people, in 80 columns.

use std::fmt::Write as _;

use super::group::share;
use super::{Baseline, Example, Group, Report, shown};
use crate::domain::money::{Moment, PicoUsd};
use crate::domain::route::Tier;

/// What a computer that runs a model at home is taken to cost when nobody says otherwise.
pub const SERVER_USD: f64 = 200.0;

/// The report. `server_usd` is what a server of one's own would cost a month.
pub fn text(report: &Report, server_usd: f64) -> String {
    let mut out = String::new();
    let Report { total, .. } = report;
    let (since, until) = (date(report.since), date(report.until - 1));
    let span = if since == until { since } else { format!("{since} to {until}") };
    line(&mut out, &format!("{span}, days and months in UTC"));
    out.push('\n');
    if total.requests == 0 && total.calls == 0 {
        line(&mut out, "nothing was asked in this time");
        return out;
    }
    summary(&mut out, report);
    out.push('\n');
    groups(&mut out, report);
    out.push('\n');
    failures(&mut out, report);
    notes(&mut out, report, server_usd);
    out
}

fn summary(out: &mut String, report: &Report) {
    let Report { total, .. } = report;
    let mut row = |name: &str, value: &str| line(out, &format!("{name:<10}{value}"));
    let [local, cache, model] = total.offered.map(|count| percent(share(count, total.offers())));
    row(
        "requests",
        &format!("{}, {} with an offer", number(total.requests), number(total.offers())),
    );
    row("offers by", &format!("local engine {local}, cache {cache}, models {model}"));
    row(
        "tokens",
        &format!(
            "{} in ({} from vendors' caches), {} out, in {} calls",
            number(total.tokens.prompt()),
            percent(total.cached()),
            number(total.tokens.output),
            number(total.calls)
        ),
    );
    let unknown = match total.unpriced {
        0 => String::new(),
        calls => format!("; {} more calls at unknown prices", number(calls)),
    };
    row("cost", &format!("{}{unknown}", total.cost));
    for (baseline, cost) in &report.baselines {
        row("", &saving(total.cost, baseline, *cost));
    }
    let taken = match total.acceptance() {
        Some(rate) => format!("{} of {} offers", percent(Some(rate)), number(total.known)),
        None => "no offer whose fate is known".to_owned(),
    };
    let each = dollars(total.cost_per_taken());
    let chars = dollars(total.cost_per_thousand_chars());
    row("accepted", &format!("{taken}; {each} each, {chars} for 1,000 characters"));
    let on_time = share(total.times.count() - total.late, total.times.count());
    row("time", &format!("{}; {} by their deadline", times(total), exact_percent(on_time)));
}

fn saving(cost: PicoUsd, baseline: &Baseline, instead: Option<PicoUsd>) -> String {
    let tier = baseline.tier.name();
    match (&baseline.model, instead) {
        (None, _) => format!("no {tier} model to compare with"),
        (Some(model), None) => format!("all-{tier} ({model}) cannot be priced"),
        (Some(model), Some(instead)) if instead >= cost => {
            let saved = instead.less(cost);
            let part = percent(share(saved.0, instead.0));
            format!("{saved} less than all-{tier} ({model}, {instead}): {part} saved")
        }
        (Some(model), Some(instead)) => {
            format!("{} more than all-{tier} ({model}, {instead})", cost.less(instead))
        }
    }
}

fn groups(out: &mut String, report: &Report) {
    let by = report.by.name();
    line(
        out,
        &format!(
            "{by:<17}{:>9}{:>8}{:>7}{:>10}{:>6}{:>7}{:>7}{:>8}",
            "requests", "in", "out", "cost", "taken", "p50", "p95", "p99 ms"
        ),
    );
    for (name, group) in &report.groups {
        let time = |share| group.times.percentile(share).map_or("-".to_owned(), millis);
        let cost = match (group.calls, group.unpriced) {
            (0, _) => "-".to_owned(),
            (calls, unpriced) if calls == unpriced => "unknown".to_owned(),
            _ => group.cost.to_string(),
        };
        line(
            out,
            &format!(
                "{:<17}{:>9}{:>8}{:>7}{cost:>10}{:>6}{:>7}{:>7}{:>8}",
                cut(name, 16),
                number(group.requests),
                short(group.tokens.prompt()),
                short(group.tokens.output),
                percent(group.acceptance()),
                time(0.5),
                time(0.95),
                time(0.99)
            ),
        );
    }
}

fn failures(out: &mut String, report: &Report) {
    let kinds =
        [("paid too much", &report.failures.too_dear), ("too cheap", &report.failures.too_cheap)];
    for (name, kind) in kinds {
        let requests = if kind.count == 1 { "request" } else { "requests" };
        line(out, &format!("{name:<15}{} {requests}, {}", number(kind.count), kind.cost));
        for Example { id, at, class, tier, model, cost, why } in &kind.examples {
            let class = class.map_or("-", |class| class.name());
            let who = if model.is_empty() { tier.name() } else { model };
            let id = shown(*id);
            let row =
                format!("  {id:<10} {} {class:<11} {} {cost}: {why}", date(*at), cut(who, 20));
            line(out, &row);
        }
    }
}

fn notes(out: &mut String, report: &Report, server_usd: f64) {
    let Report { total, .. } = report;
    let fast = report.groups.iter().find(|(name, _)| name == Tier::Fast.name());
    let (what, cost) = match fast {
        Some((_, group)) if report.by == super::By::Tier => ("the fast tier", group.cost),
        _ => ("all models", total.cost),
    };
    let monthly = report.monthly(cost);
    let pays = match monthly {
        0.0 => "never pays off".to_owned(),
        monthly if monthly >= server_usd => "pays off already".to_owned(),
        monthly => format!("pays off from {:.0} times this use", (server_usd / monthly).ceil()),
    };
    out.push('\n');
    line(
        out,
        &format!(
            "at this pace {what} cost ${monthly:.2} a month; a server of your own for ${server_usd:.0}\n\
             a month {pays}"
        ),
    );
    line(
        out,
        "all-TIER means: one call of the tier's first model for each request that was\n\
         answered or asked a model, with the tokens an average call of its class used,\n\
         and no prompt cache",
    );
    if report.lost > PicoUsd::ZERO {
        line(
            out,
            &format!(
                "{} more count against caps: leased by servers that were killed while\n\
                 calls were possible",
                report.lost
            ),
        );
    }
    if total.estimated > 0 {
        let calls = number(total.estimated);
        line(
            out,
            &format!("tokens of {calls} calls are our own estimate: the server said nothing"),
        );
    }
    for (what, count) in &report.dropped {
        line(
            out,
            &format!("{} {what} could not be kept when nothing could be written", number(*count)),
        );
    }
}

fn date(at: i64) -> String {
    Moment(at.div_euclid(1_000)).date().to_string()
}

fn times(group: &Group) -> String {
    let time = |share| group.times.percentile(share).map_or("-".to_owned(), millis);
    format!("p50 {} ms, p95 {} ms, p99 {} ms", time(0.5), time(0.95), time(0.99))
}

fn millis(ms: f64) -> String {
    if ms < 9.95 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}

pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// With two decimals where rounding would hide what is not perfect.
fn exact_percent(share: Option<f64>) -> String {
    match share {
        Some(share) if share < 1.0 => format!("{:.2} %", (share * 1e4).floor() / 100.0),
        other => percent(other),
    }
}

fn dollars(amount: Option<f64>) -> String {
    amount.map_or("-".to_owned(), |usd| PicoUsd((usd * 1e12) as u64).to_string())
}

/// With commas between thousands.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// In at most five characters.
fn short(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..1_000_000 => format!("{}k", count / 1_000),
        1_000_000..10_000_000 => format!("{:.1}M", count as f64 / 1e6),
        10_000_000..10_000_000_000 => format!("{}M", count / 1_000_000),
        _ => format!("{}G", count / 1_000_000_000),
    }
}

/// The first characters of a name that is too long.
fn cut(name: &str, chars: usize) -> String {
    if name.chars().count() <= chars {
        return name.to_owned();
    }
    let start: String = name.chars().take(chars - 1).collect();
    format!("{start}…")
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", text.trim_end());
}
