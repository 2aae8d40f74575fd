//! `tabtier config`: what the settings are, where they come from, and what is wrong with them.
//!
//! The functions return text; printing is the caller's. They look at the user's file alone: what an
//! editor or a workspace adds is known only to a running server.

use std::fmt::Write;
use std::path::Path;

use crate::config::Settings;
use crate::config::layers;
use crate::config::loader::{Loaded, Loader};
use crate::config::place::UserFile;
use crate::config::problem::{HIDDEN, Severity};
use crate::domain::class::RequestClass;
use crate::domain::route::{Override, Place, Tier};

/// `tabtier config check`: the problems, or that there are none, and the tiers in effect. The exit
/// code is 1 if something that was written is not used.
pub fn check(path: Option<&Path>) -> (String, u8) {
    let file = UserFile::locate(path);
    let loaded = Loader::new(file.clone()).load();
    let mut out = format!("file: {}\n\n", file_line(file.as_ref()));
    for problem in &loaded.problems {
        let word = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        push_line(&mut out, &format!("{word}: {problem}"));
    }
    if loaded.problems.is_empty() {
        push_line(&mut out, "no problems");
    }
    out.push('\n');
    tiers(&mut out, &loaded.settings);
    let is_wrong = loaded.problems.iter().any(|problem| problem.severity == Severity::Error);
    (out, u8::from(is_wrong))
}

/// `tabtier config show`: every value in effect and who said it.
pub fn show(path: Option<&Path>) -> String {
    let Loaded { values, .. } = Loader::new(UserFile::locate(path)).load();
    let lines: Vec<_> = values
        .iter()
        .map(|(key, setting)| {
            // A secret stays hidden; other values are shown whole, to be copied from here.
            let shown = match layers::shown(key, &setting.value) {
                hidden if hidden == HIDDEN => hidden,
                _ => setting.value.to_string(),
            };
            let from = match &setting.place {
                Some(place) => place.to_string(),
                None => setting.layer.name().to_owned(),
            };
            format!("{key} = {shown}  # {from}\n")
        })
        .collect();
    lines.concat()
}

/// `tabtier config path`: the user's file, whether or not it exists.
pub fn path(path: Option<&Path>) -> String {
    match UserFile::locate(path) {
        Some(file) => format!("{}\n", file.path.display()),
        None => "this system has no folder for settings; name a file with --config\n".to_owned(),
    }
}

fn file_line(file: Option<&UserFile>) -> String {
    match file {
        None => "none; this system has no folder for settings".to_owned(),
        Some(file) if file.path.exists() => file.path.display().to_string(),
        Some(file) => format!("{} (not there; the defaults are used)", file.path.display()),
    }
}

/// Who answers what.
fn tiers(out: &mut String, settings: &Settings) {
    if !settings.enabled {
        push_line(out, "switched off: no request is answered");
    }
    push_line(out, "tiers");
    for tier in Tier::ALL {
        let models = match tier {
            Tier::Local => "on this machine, no model needed".to_owned(),
            _ => models(settings, tier),
        };
        push_line(out, &format!("  {:<12}{models}", tier.name()));
    }
    if let Override::Always(tier) = settings.policy.force {
        push_line(out, &format!("every class is answered by {}, up to its ceiling", tier.name()));
        return;
    }
    push_line(out, "classes");
    for class in RequestClass::ALL {
        let row = settings.policy.row(class);
        let able = |tier: &&Tier| {
            **tier == Tier::Local
                || row.allows(**tier) && !settings.policy.models(**tier).is_empty()
        };
        let names: Vec<_> = row.tiers.iter().filter(able).map(|tier| tier.name()).collect();
        let who = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        let line = format!("  {:<12}{who} within {} ms", class.name(), row.deadline.as_millis());
        push_line(out, &line);
    }
    if !settings.overrides.is_empty() {
        push_line(out, "for some files it differs: see `tabtier explain --policy FILE`");
    }
}

fn models(settings: &Settings, tier: Tier) -> String {
    let describe = |name: &String| {
        let Some(model) = settings.models.get(name) else { return name.clone() };
        let place = match model.spec.place {
            Place::SelfHosted => "self-hosted",
            Place::Cloud => "cloud",
        };
        format!("{name} ({place}, {})", model.endpoint.url)
    };
    let models: Vec<_> = settings.policy.models(tier).iter().map(describe).collect();
    if models.is_empty() { "no model".to_owned() } else { models.join(", ") }
}

fn push_line(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{line}");
}

#[cfg(test)]
mod tests;
