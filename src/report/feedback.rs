//! What became of suggestions, and what feedback makes of it: as a table for people and as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::domain::class::RequestClass;
use crate::domain::route::stats::bounds::{Bounds, Shift};
use crate::domain::route::stats::evidence::counts;
use crate::domain::route::stats::group::{Group, Round};
use crate::domain::route::stats::tally::{Taken, Tally};
use crate::domain::route::{Override, Policy, RouteStats, Tier};

/// Outcomes by class and language with the tier that is asked first because of them. Shares are of
/// what was shown or asked for, older outcomes counting less. Empty where nothing is known.
pub fn table(stats: &RouteStats, policy: &Policy) -> String {
    let mut out = String::new();
    let mut rows: Vec<_> = stats.groups().collect();
    rows.sort_by_key(|(language, class, _)| (*class, *language));
    if rows.is_empty() {
        return out;
    }
    // Writing into a string cannot fail.
    let _ = write!(out, "{:<12}{:<16}", "class", "language");
    for tier in Tier::ALL {
        let _ = write!(out, "{:<13}", tier.name());
    }
    out.push_str("asked first\n");
    for (language, class, group) in rows {
        let _ = write!(out, "{:<12}{language:<16}", class.name());
        for tier in Tier::ALL {
            let tally = group.tally(tier);
            let shown = if is_empty(tally) { "-".to_owned() } else { counts(tally) };
            let _ = write!(out, "{shown:<13}");
        }
        let _ = writeln!(out, "{}", standing(class, group, policy));
    }
    out
}

/// Where a class stands, in words.
fn standing(class: RequestClass, group: &Group, policy: &Policy) -> String {
    let own = group.own.name();
    if policy.force != Override::Auto {
        return "as policy.override says".to_owned();
    }
    if group.own == Tier::Local {
        return "as the table says".to_owned();
    }
    let has_model = |tier| !policy.models(tier).is_empty();
    let bounds = Bounds::of_row(group.own, policy.row(class), has_model);
    let mut words = match (bounds.tier(group.stand), beside(group, group.stand)) {
        _ if group.stand == Shift::Stay => format!("{own}, as the table says"),
        (Some(first), _) => format!("{} instead of {own}", first.name()),
        (None, Some(first)) => format!("{own}, because {} is out of bounds", first.name()),
        (None, None) => own.to_owned(),
    };
    if let Some(round) = group.round
        && let Some(other) = bounds.tier(round.toward)
    {
        let _ = write!(words, "; trying {} ({} of {})", other.name(), round.probes, Round::PROBES);
    }
    words
}

/// The tier to which a shift leads from the table's own.
fn beside(group: &Group, shift: Shift) -> Option<Tier> {
    let own = group.own as usize;
    let index = match shift {
        Shift::Stay => Some(own),
        Shift::Up => Some(own + 1),
        Shift::Down => own.checked_sub(1),
    };
    index.and_then(|index| Tier::ALL.get(index).copied()).filter(|tier| *tier != Tier::Local)
}

fn is_empty(tally: &Tally) -> bool {
    *tally == Tally::default()
}

/// The same as a list of objects. Counts are of faded outcomes, to a tenth.
pub fn json(stats: &RouteStats) -> Value {
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let tier_json = |tally: &Tally| {
        let (low, high) = tally.interval();
        let kinds = Taken::NAMES.into_iter().zip(tally.kinds);
        let mut kinds: Map<_, _> = kinds
            .map(|(name, weight)| (name.to_owned(), json!(tenth(f64::from(weight) / 1000.0))))
            .collect();
        kinds.insert("share".to_owned(), json!(super::round(tally.rate())));
        kinds.insert("share_between".to_owned(), json!([super::round(low), super::round(high)]));
        Value::Object(kinds)
    };
    let group_json = |(language, class, group): (&str, RequestClass, &Group)| {
        let tiers = Tier::ALL.into_iter().filter(|tier| !is_empty(group.tally(*tier)));
        let tiers: Map<_, _> =
            tiers.map(|tier| (tier.name().to_owned(), tier_json(group.tally(tier)))).collect();
        let name = |shift| beside(group, shift).map(Tier::name);
        json!({
            "class": class.name(),
            "language": language,
            "table": name(Shift::Stay),
            "asked_first": name(group.stand),
            "trying": group.round.and_then(|round| name(round.toward)),
            "tiers": tiers,
        })
    };
    stats.groups().map(group_json).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::domain::route::Outcome;

    /// A user who takes what mid writes and nothing of what fast does.
    fn stats(outcomes: usize) -> RouteStats {
        let mut stats = RouteStats::default();
        let bounds = Bounds::new(Tier::Fast, Tier::Local, Tier::Flagship, |_| true);
        for _ in 0..outcomes {
            let class = RequestClass::Line;
            let advice = stats.shift(class, "rust", bounds);
            let tier = bounds.tier(advice.probe.unwrap_or(advice.shift)).expect("a tier");
            let taken = if tier == Tier::Fast { Taken::Rejected } else { Taken::Accepted };
            let language = "rust".to_owned();
            stats.note(&Outcome { class, language, tier, bounds: Some(bounds), taken });
        }
        stats
    }

    #[test]
    fn the_table_shows_counts_and_where_each_class_stands() {
        let mut policy = Settings::default().policy;
        assert_eq!(table(&RouteStats::default(), &policy), "");
        let first = |outcomes, policy: &Policy| {
            let table = table(&stats(outcomes), policy);
            let (head, row) = table.split_once('\n').expect("two lines");
            let columns =
                ["class", "language", "local", "fast", "mid", "flagship", "asked", "first"];
            assert_eq!(head.split_whitespace().collect::<Vec<_>>(), columns);
            let at = head.find("asked").expect("the last column");
            (
                row[..at].split_whitespace().collect::<Vec<_>>().join(" "),
                row[at..].trim().to_owned(),
            )
        };
        let few = first(50, &policy);
        let cells = "line rust - 0 of 49 - -".to_owned();
        assert_eq!(few, (cells, "fast, as the table says".to_owned()));
        let moved = first(1_000, &policy).1;
        assert_eq!(moved, "fast, because mid is out of bounds", "mid has no model");
        policy.models[Tier::Mid as usize].push("m".to_owned());
        assert_eq!(first(1_000, &policy).1, "mid instead of fast");
        assert_eq!(first(240, &policy).1, "fast, as the table says; trying mid (5 of 128)");
        policy.force = Override::Always(Tier::Fast);
        assert_eq!(first(1_000, &policy).1, "as policy.override says");
    }

    #[test]
    fn json_tells_the_same() {
        let value = json(&stats(1_000));
        let class = &value[0];
        assert_eq!((&class["class"], &class["language"]), (&json!("line"), &json!("rust")));
        assert_eq!((&class["table"], &class["asked_first"]), (&json!("fast"), &json!("mid")));
        assert_eq!(class["tiers"]["fast"]["share"], 0.0);
        assert_eq!(class["tiers"]["mid"]["share"], 1.0);
        assert!(class["tiers"]["fast"]["rejected"].as_f64() > Some(400.0));
        assert!(class["tiers"]["mid"]["share_between"][0].as_f64() > Some(0.9));
    }
}
