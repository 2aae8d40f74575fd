//! Everything but the models: the program itself, its settings, its folders.

use std::env;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::config::loader::Loaded;
use crate::config::place::UserFile;
use crate::config::problem::Severity;

/// One thing that was looked at.
pub(super) struct Row {
    name: &'static str,
    says: String,
    /// What to do where something is wrong.
    advice: Option<String>,
    pub(super) is_well: bool,
}

fn well(name: &'static str, says: String) -> Row {
    Row { name, says, advice: None, is_well: true }
}

/// Looks at everything.
pub(super) fn look(file: Option<&Path>, loaded: &Loaded) -> Vec<Row> {
    let mut rows = vec![
        well("version", env!("CARGO_PKG_VERSION").to_owned()),
        program(env::current_exe().ok().as_deref(), on_path().as_deref()),
        settings(file, loaded),
    ];
    rows.push(state());
    rows.push(well(
        "logs",
        "go to standard error, which editors keep; TABTIER_LOG=debug says more".to_owned(),
    ));
    rows
}

/// Whether the program that an editor finds is this one.
fn program(own: Option<&Path>, found: Option<&Path>) -> Row {
    let name = "program";
    let Some(own) = own else { return well(name, "its own place is unknown".to_owned()) };
    let is_same = |other: &Path| match (own.canonicalize(), other.canonicalize()) {
        (Ok(own), Ok(other)) => own == other,
        _ => own == other,
    };
    let shown = own.display();
    match found {
        Some(other) if is_same(other) => well(name, format!("{shown}, which is on PATH")),
        Some(other) => Row {
            advice: Some(
                "editors start the one on PATH: install this one, or remove it".to_owned(),
            ),
            ..well(name, format!("{shown}; on PATH is another: {}", other.display()))
        },
        None => Row {
            advice: Some("editors need its whole path, or its folder on PATH".to_owned()),
            ..well(name, format!("{shown}, which is not on PATH"))
        },
    }
}

/// The first `tabtier` on PATH.
fn on_path() -> Option<PathBuf> {
    let name = format!("tabtier{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|p| p.is_file())
}

fn settings(file: Option<&Path>, loaded: &Loaded) -> Row {
    let place = match UserFile::locate(file) {
        None => "no folder for settings on this system".to_owned(),
        Some(file) if file.path.exists() => file.path.display().to_string(),
        Some(file) => format!("{} (not there; the defaults are used)", file.path.display()),
    };
    let wrong = loaded.problems.iter().filter(|p| p.severity == Severity::Error).count();
    let warnings = loaded.problems.len() - wrong;
    let (says, advice) = match (wrong, warnings) {
        (0, 0) => (place, None),
        _ => (
            format!("{place}: {wrong} errors, {warnings} warnings"),
            Some("run `tabtier config check`".to_owned()),
        ),
    };
    Row { advice, is_well: wrong == 0, ..well("settings", says) }
}

/// Whether what is to be remembered can be written.
fn state() -> Row {
    let Some(folders) = directories::ProjectDirs::from("", "", "tabtier") else {
        return well("state", "no folder for it on this system; nothing is remembered".to_owned());
    };
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
    let shown = folder.display().to_string();
    // The folder is made when something is first kept.
    let nearest = folder.ancestors().find(|path| path.exists());
    let probe = nearest.map(tempfile_in);
    match probe {
        Some(Err(error)) => Row {
            advice: Some(format!("make {shown} writable")),
            is_well: false,
            ..well("state", format!("{shown}: {error}; nothing is remembered"))
        },
        Some(Ok(())) | None => well("state", shown),
    }
}

/// Whether a file can be made in a folder.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".tabtier-{}", std::process::id()));
    std::fs::File::create_new(&path)?;
    std::fs::remove_file(&path)
}

/// The rows as lines.
pub(super) fn text(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let advice = row.advice.as_ref().map(|says| format!("{:<10}{says}\n", "to do"));
        format!("{:<10}{}\n{}", row.name, row.says, advice.unwrap_or_default())
    };
    rows.iter().map(line).collect()
}

/// The rows by name.
pub(super) fn json(rows: &[Row]) -> Value {
    let object = |row: &Row| {
        (
            row.name.to_owned(),
            json!({ "says": row.says, "advice": row.advice, "is_well": row.is_well }),
        )
    };
    rows.iter().map(object).collect::<serde_json::Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_that_an_editor_starts_is_compared_with_this_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        for path in [&one, &two] {
            std::fs::write(path, "").expect("a file");
        }
        assert_eq!(program(Some(&one), Some(&one)).advice, None);
        let other = program(Some(&one), Some(&two));
        assert!(other.says.contains("another") && other.advice.is_some());
        assert!(program(Some(&one), None).says.ends_with("not on PATH"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(tempfile_in(folder.path()).is_ok());
        assert!(tempfile_in(&folder.path().join("none")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("entries").count(), 0);
    }
}
