//! `tabtier doctor`: is everything in place, does each model answer, and what is to be changed.
//!
//! A model on the user's own machine is asked at once. Before one that may cost money is asked, the
//! most that its questions can cost is said; who does not agree is not billed.

mod surroundings;

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::config::{ModelSettings, Settings};
use crate::domain::checkup::{Checkup, Suffix, cost_max, rows};
use crate::domain::prompt::PromptForm;
use crate::domain::route::Place;
use crate::domain::units::NanoUsd;
use crate::engine::checkup::{examine, server_name};
use crate::provider::registry::Registry;
use crate::report::checkup as report;
use crate::store::servers::{Known, ServersFile};

/// `doctor` and its options.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Ask these models only.
    #[arg(value_name = "MODEL")]
    models: Vec<String>,
    /// How many questions each model is asked; two more show whether it reads what follows.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    calls: u32,
    /// Ask models that cost money without asking first, within --max-usd.
    #[arg(long)]
    yes: bool,
    /// Never spend more than this in all.
    #[arg(long, value_name = "USD", default_value_t = 0.01)]
    max_usd: f64,
    /// Ask no model.
    #[arg(long)]
    offline: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What came of one model.
enum Outcome {
    Asked(Checkup),
    /// Why it was not asked.
    Skipped(String),
}

pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    let loaded = super::loader(file).load();
    let settings = &loaded.settings;
    for name in &arguments.models {
        if !settings.models.contains_key(name) {
            let known: Vec<&str> = settings.models.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            bail!("no model is called {name:?}; configured are: {known}");
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let around = surroundings::look(file, &loaded);
    if !arguments.json {
        super::print(&surroundings::text(&around));
    }
    let registry = Registry::from_settings(&settings.models, &settings.network);
    let mut left = NanoUsd((arguments.max_usd.max(0.0) * 1e9) as u64);
    let mut models = Vec::new();
    let mut is_well = around.iter().all(|row| row.is_well);
    let is_meant =
        |name: &str| arguments.models.is_empty() || arguments.models.iter().any(|m| m == name);
    for (name, model) in settings.models.iter().filter(|(name, _)| is_meant(name)) {
        if !arguments.json {
            super::print(&format!("\nmodel {name}: {}\n", described(model)));
        }
        let Some(provider) = registry.get(name) else { continue };
        let outcome = if let Err(why) = may_ask(arguments, name, model, &mut left) {
            Outcome::Skipped(why)
        } else {
            let asked = examine(name, &*provider, &model.spec.form, arguments.calls);
            let checkup = runtime.block_on(asked);
            remember(model, &checkup.suffix);
            Outcome::Asked(checkup)
        };
        is_well &= !matches!(&outcome, Outcome::Asked(checkup) if !report::is_well(checkup));
        if arguments.json {
            models.push(json(settings, name, model, &outcome));
        } else {
            super::print(&text(settings, model, &outcome));
        }
    }
    if arguments.json {
        let all = serde_json::json!({
            "surroundings": surroundings::json(&around), "models": models, "is_well": is_well
        });
        super::print(&format!("{all:#}\n"));
    } else if settings.models.is_empty() {
        super::print("\nno model is configured: the local engine answers alone\n");
    }
    Ok(i32::from(!is_well))
}

/// Keeps what was found out about the server, so that it need not be found out again.
pub(super) fn remember(model: &ModelSettings, suffix: &Suffix) {
    let is_known = matches!(suffix, Suffix::Honoured | Suffix::Ignored | Suffix::Refused(_));
    let Some(file) = ServersFile::usual().filter(|_| is_known) else { return };
    let known = Known { suffix: report::suffix_word(suffix).to_owned() };
    if let Err(error) = file.note(&server_name(&model.endpoint), known) {
        tracing::info!(%error, "what was found out about a server cannot be kept");
    }
}

/// Whether a model may be asked; takes what it may cost from what is left to spend.
fn may_ask(
    arguments: &Arguments,
    name: &str,
    model: &ModelSettings,
    left: &mut NanoUsd,
) -> Result<(), String> {
    if arguments.offline {
        return Err("not asked (--offline)".to_owned());
    }
    if model.spec.place == Place::SelfHosted && model.spec.price.is_none() {
        return Ok(());
    }
    let probes = model.spec.form == PromptForm::Infill;
    let most = cost_max(model.spec.price, arguments.calls, probes);
    let questions = arguments.calls + if probes { 2 } else { 0 };
    let says = match most {
        Some(most) => format!("{questions} questions cost at most {most}"),
        None => format!(
            "what {questions} questions cost is unknown (models.{name}.price_input is not set)"
        ),
    };
    if most.is_some_and(|most| most > *left) {
        return Err(format!("not asked: {says}, which is above --max-usd"));
    }
    if !arguments.yes && !agrees(name, &says) {
        return Err(format!("not asked: {says}; agree with --yes"));
    }
    left.0 = left.0.saturating_sub(most.unwrap_or_default().0);
    Ok(())
}

/// Asks the user, where there is one.
fn agrees(name: &str, says: &str) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    super::complain(&format!("  {says}. Ask {name}? [y/N] "));
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}

fn described(model: &ModelSettings) -> String {
    let place = match model.spec.place {
        Place::SelfHosted => "self-hosted",
        Place::Cloud => "cloud",
    };
    let endpoint = &model.endpoint;
    let called = if endpoint.model.is_empty() { "" } else { ", " };
    format!("{} at {}{called}{} ({place})", endpoint.protocol.name(), endpoint.url, endpoint.model)
}

fn text(settings: &Settings, model: &ModelSettings, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Skipped(why) => format!("  {why}\n"),
        Outcome::Asked(checkup) => {
            let rows = checkup.pace().map(|pace| rows(&settings.policy, &checkup.model, pace));
            report::text(checkup, &rows.unwrap_or_default(), &model.spec)
        }
    }
}

fn json(
    settings: &Settings,
    name: &str,
    model: &ModelSettings,
    outcome: &Outcome,
) -> serde_json::Value {
    match outcome {
        Outcome::Skipped(why) => serde_json::json!({ "model": name, "skipped": why }),
        Outcome::Asked(checkup) => {
            let rows = checkup.pace().map(|pace| rows(&settings.policy, name, pace));
            report::json(checkup, &rows.unwrap_or_default(), model.spec.price)
        }
    }
}
