//! `tabtier explain --policy`: the table in effect, for every file or for one.
//!
//! Which folders an editor has open is not known here, so the nearest folder above the file that
//! has a file of settings stands for the workspace.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

use crate::config::languages::{BEGINNING_BYTES_MAX, Languages};
use crate::config::{Settings, overview, place};
use crate::report;

pub(super) fn run(about: Option<&Path>, file: Option<&Path>) -> anyhow::Result<i32> {
    let here = about.unwrap_or(Path::new("."));
    let whole = std::path::absolute(here).context("cannot tell the current folder")?;
    // The folder we are in may itself be the workspace.
    let below = if about.is_none() { whole.join("file") } else { whole.clone() };
    let mut layers = crate::cli::loader(file);
    if let Some(root) = place::workspace_of(&below) {
        layers.set_workspaces(&[root.to_owned()]);
    }
    let loaded = layers.load();
    for problem in &loaded.problems {
        crate::cli::complain(&format!("{problem}\n"));
    }
    let page = match about {
        None => overview::text(&loaded, None),
        Some(about) => {
            let language = Languages::shared().detect("", about, &beginning(about));
            let name = about.to_string_lossy();
            let file = overview::File { name: &name, path: &whole, language: &language.id };
            overview::text(&loaded, Some(file))
        }
    };
    crate::cli::print(&page);
    crate::cli::print(&feedback(&loaded.settings));
    Ok(0)
}

/// What became of suggestions so far, and who is asked first because of it; empty where nothing is
/// known.
fn feedback(settings: &Settings) -> String {
    let stats = crate::cli::route_stats(settings);
    let table = report::feedback::table(&stats, &settings.policy);
    if table.is_empty() {
        table
    } else {
        format!("\nfeedback (taken of shown, older ones count less)\n\n{table}")
    }
}

/// As much of a file as names its language, empty where it cannot be read.
fn beginning(path: &Path) -> String {
    let mut bytes = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        // What could be read is enough.
        let _ = file.take(BEGINNING_BYTES_MAX as u64).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
