//! Single calls, for eyes: wasted ones the gate lets through and wanted ones it loses.

use std::fmt::Write as _;

use tabtier::domain::gate::{Strictness, Weights};

use super::measure::{Fate, Way, fate, is_wanted};
use super::replay::{Asked, Replayed};

/// Examples of each kind and session.
const COUNT: usize = 10;
/// Characters shown on either side of the cursor.
const SHOWN: usize = 32;

pub(crate) fn text(sessions: &[Replayed]) -> String {
    let mut out = String::new();
    let Some(bar) = Strictness::Normal.bar() else { return out };
    let way = Way::Gated(bar, &Weights::FITTED);
    for session in sessions {
        let untuned = || session.asked.iter().filter(|asked| !asked.is_first_half);
        let fate_of = |asked: &Asked| way.begins(asked).map(|begins| fate(asked, begins));
        let is_wasted = |asked: &&Asked| {
            matches!(fate_of(asked), Some(Fate::TypedOn | Fate::OfNoUse)) && !is_wanted(asked)
        };
        let is_lost = |asked: &&Asked| is_wanted(asked) && fate_of(asked) != Some(Fate::Useful);
        let wasted: Vec<&Asked> = untuned().filter(is_wasted).collect();
        let lost: Vec<&Asked> = untuned().filter(is_lost).collect();
        list(&mut out, &format!("{}: wasted, not avoided", session.name), &wasted, &fate_of);
        list(&mut out, &format!("{}: wanted, lost", session.name), &lost, &fate_of);
    }
    out
}

fn list(out: &mut String, title: &str, asked: &[&Asked], fate_of: &dyn Fn(&Asked) -> Option<Fate>) {
    // Writing into a string cannot fail.
    let of_no_use = asked.iter().filter(|asked| fate_of(asked) == Some(Fate::OfNoUse)).count();
    let _ = writeln!(out, "**{title}**: {} in all, {of_no_use} answered in time\n", asked.len());
    let step = (asked.len() / COUNT).max(1);
    for asked in asked.iter().step_by(step).take(COUNT) {
        let before: String = {
            let line: Vec<char> = asked.site.line_prefix.trim_start().chars().collect();
            line[line.len().saturating_sub(SHOWN)..].iter().collect()
        };
        let after: String = asked.site.line_suffix.chars().take(SHOWN).collect();
        let rested = asked.next.at.map(|at| at.saturating_duration_since(asked.edited).as_millis());
        let kind = asked.site.document.trail.last().map(|step| step.kind);
        let _ = writeln!(
            out,
            "- `{before}|{after}` ({}; last edit {}; rested {} ms, then {:?} after {:?}): {}",
            asked.class.name(),
            kind.map_or_else(|| "none".to_owned(), |kind| format!("{kind:?}").to_lowercase()),
            rested.map_or_else(|| "?".to_owned(), |ms| ms.to_string()),
            asked.next.end,
            asked.next.text.chars().take(SHOWN).collect::<String>(),
            match fate_of(asked) {
                None => "silent",
                Some(Fate::OfNoUse) => "answered, of no use",
                Some(_) => "not answered in time",
            },
        );
    }
    out.push('\n');
}
