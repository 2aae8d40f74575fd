//! `tabtier report`: what was asked, answered and paid, and where money was wasted either way.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::span::Span;
use crate::config::{Settings, prices};
use crate::domain::money::Price;
use crate::domain::money::entry::WorkspaceId;
use crate::domain::route::Tier;
use crate::report::spending::{Baseline, By, Counting, Report, csv, json, table};
use crate::store::ledger::read::Ledger;
use crate::store::ledger::usual_path;

/// `report` and its options.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    span: Span,
    /// What the rows are: class, tier, model, language, workspace or day.
    #[arg(long, value_name = "WHAT", default_value = "class", value_parser = by)]
    by: By,
    /// Print the rows as a spreadsheet.
    #[arg(long, group = "form")]
    csv: bool,
    /// Print everything as one JSON object.
    #[arg(long, group = "form")]
    json: bool,
    /// What a server of your own would cost a month, for the comparison at the end.
    #[arg(long, value_name = "USD", default_value_t = table::SERVER_USD)]
    server_usd: f64,
    /// Read this ledger instead of your own.
    #[arg(long, value_name = "PATH")]
    ledger: Option<PathBuf>,
}

fn by(text: &str) -> Result<By, String> {
    let found = By::WORDS.iter().find(|(_, word)| *word == text);
    found.map(|(by, _)| *by).ok_or_else(|| {
        let valid: Vec<_> = By::WORDS.iter().map(|(_, word)| *word).collect();
        format!("valid is {}", valid.join(", "))
    })
}

pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    let settings = super::settings(file);
    let span = arguments.span.millis()?;
    let mut counting = Counting::new(arguments.by);
    let ledger = open(arguments.ledger.as_deref())?;
    let word = |number| ledger.as_ref().map_or("", |ledger| ledger.word(number));
    if let Some(ledger) = &ledger {
        ledger.requests(span, |asked| counting.request(asked))?;
        ledger.calls(span, |called| counting.call(called))?;
    }
    let mut report = counting.finish(span, &word, baselines(&settings));
    if let Some(ledger) = &ledger {
        report.lost = ledger.lost(span)?;
        report.dropped = ledger.dropped()?;
    }
    mark_here(&mut report);
    let price_of = |name: &str| price_of(&settings, name);
    super::print(&if arguments.json {
        format!("{:#}\n", json::value(&report))
    } else if arguments.csv {
        csv::text(&report, &price_of)
    } else {
        table::text(&report, arguments.server_usd)
    });
    Ok(0)
}

/// The ledger with this path, or the user's own. One that is named must be there.
pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Option<Ledger>> {
    let named = path.is_some();
    let Some(path) = path.map(Path::to_owned).or_else(usual_path) else { return Ok(None) };
    let what = || format!("cannot read the ledger {}", path.display());
    let ledger = Ledger::open(&path).with_context(what)?;
    anyhow::ensure!(ledger.is_some() || !named, "there is no ledger {}", path.display());
    Ok(ledger)
}

/// The first model of flagship and of mid: what everything would have cost there.
fn baselines(settings: &Settings) -> Vec<Baseline> {
    let baseline = |tier| {
        let model = settings.policy.models(tier).first().cloned();
        let price = model.as_deref().and_then(|name| price_of(settings, name));
        Baseline { tier, model, price }
    };
    [Tier::Flagship, Tier::Mid].map(baseline).to_vec()
}

/// What a model charges: by the settings, or by the table for a name that has been removed from
/// them and is a key there.
pub(super) fn price_of(settings: &Settings, name: &str) -> Option<Price> {
    match settings.models.get(name) {
        Some(model) => model.price.clone(),
        None => prices::find(name).and_then(|listed| listed.price),
    }
}

/// Workspaces are numbers; the one we stand in can be named.
fn mark_here(report: &mut Report) {
    let Ok(here) = std::env::current_dir() else { return };
    let here = WorkspaceId::of(&here.to_string_lossy()).to_string();
    if report.by == By::Workspace {
        let found = report.groups.iter_mut().find(|(name, _)| *name == here);
        if let Some((name, _)) = found {
            name.push_str(" (here)");
        }
    }
}
