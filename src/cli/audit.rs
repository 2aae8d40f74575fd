//! `tabtier audit`: what the same requests would have cost under another policy or other prices.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::report::{open, price_of};
use super::span::Span;
use crate::config::Settings;
use crate::domain::class::RequestClass;
use crate::domain::money::entry::Called;
use crate::domain::route::{Override, Tier};
use crate::report::spending::audit::{Assigned, Audit, Rules};
use crate::report::spending::import;

/// `audit` and its options.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    span: Span,
    /// A settings file whose policy, models and prices are tried; the settings in effect if not given.
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    /// Read a usage export of LiteLLM, OpenAI or Anthropic, as CSV or JSON, instead of the ledger. All
    /// of it counts.
    #[arg(long, value_name = "PATH")]
    import: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Read this ledger instead of your own.
    #[arg(long, value_name = "PATH", conflicts_with = "import")]
    ledger: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    let settings = super::settings(arguments.policy.as_deref().or(file));
    let rules = Rules { classes: RequestClass::ALL.map(|class| assigned(&settings, class)) };
    if let Some(path) = &arguments.import {
        return imported(arguments, path, &settings, &rules);
    }
    let span = arguments.span.millis()?;
    let Some(ledger) = open(arguments.ledger.as_deref())? else {
        super::print("there is no ledger yet\n");
        return Ok(0);
    };
    let word = |number| ledger.word(number);
    let price = |model| price_of(&settings, word(model));
    let mut audit = Audit::new(&rules, &price);
    ledger.requests(span, |asked| audit.request(asked))?;
    ledger.calls(span, |called| audit.call(called))?;
    print(audit, arguments, &word);
    Ok(0)
}

fn imported(
    arguments: &Arguments,
    path: &Path,
    settings: &Settings,
    rules: &Rules,
) -> anyhow::Result<i32> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    let (calls, strange) = import::read(&text).map_err(|what| anyhow::anyhow!("{name}: {what}"))?;
    let (mut words, mut numbers) = (Vec::new(), HashMap::new());
    let calls: Vec<Called<u32>> = calls
        .into_iter()
        .map(|call| {
            let model = *numbers.entry(call.model.clone()).or_insert_with(|| {
                words.push(call.model.clone());
                (words.len() - 1) as u32
            });
            with_number(&call, model)
        })
        .collect();
    let word = |number: u32| words.get(number as usize).map_or("", String::as_str);
    let price = |model| price_of_export(settings, word(model));
    let mut audit = Audit::new(rules, &price);
    for called in &calls {
        audit.call(called);
    }
    print(audit, arguments, &word);
    if strange > 0 {
        super::complain(&format!("tabtier: {strange} rows of {name} were not understood\n"));
    }
    Ok(0)
}

fn with_number(call: &Called<String>, model: u32) -> Called<u32> {
    Called {
        model,
        language: 0,
        id: call.id,
        at: call.at,
        class: call.class,
        workspace: call.workspace,
        tier: call.tier,
        tokens: call.tokens,
        is_estimate: call.is_estimate,
        cost: call.cost,
        first_text_us: call.first_text_us,
        took_us: call.took_us,
        end: call.end,
        calls: call.calls,
    }
}

/// Exports name models as their vendor does, without the vendor.
fn price_of_export(settings: &Settings, name: &str) -> Option<crate::domain::money::Price> {
    let by_vendor = || {
        ["openai", "anthropic"]
            .into_iter()
            .find_map(|vendor| price_of(settings, &format!("{vendor}/{name}")))
    };
    price_of(settings, name).or_else(by_vendor)
}

fn print<'w>(audit: Audit<'_>, arguments: &Arguments, word: &dyn Fn(u32) -> &'w str) {
    super::print(&if arguments.json {
        format!("{:#}\n", audit.json(word))
    } else {
        audit.text(word)
    });
}

/// Who answers a class under these settings: the tier it is meant for, or the nearest cheaper one
/// that has models.
fn assigned(settings: &Settings, class: RequestClass) -> Assigned {
    let (policy, row) = (&settings.policy, settings.policy.row(class));
    let meant = policy.meant_for(class).unwrap_or(Tier::Local);
    let tiers = Tier::ALL.into_iter().rev().filter(|tier| *tier <= meant);
    let models = tiers.filter_map(|tier| Some((tier, policy.models(tier).first()?.clone())));
    let first = models.into_iter().next().filter(|_| meant != Tier::Local);
    let forced = matches!(policy.force, Override::Always(tier) if tier != Tier::Local);
    Assigned {
        tier: first.as_ref().map_or(Tier::Local, |(tier, _)| *tier),
        price: first.as_ref().and_then(|(_, name)| price_of(settings, name)),
        model: first.map(|(_, name)| name),
        asks_local_first: !forced && row.floor == Tier::Local,
    }
}
