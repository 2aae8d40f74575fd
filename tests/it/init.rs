//! `tabtier init`, by the program itself: what it prints, what it writes, and what it leaves alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tabtier::config::loader::Loader;
use tabtier::config::place::{NamedBy, UserFile};
use tempfile::TempDir;

use crate::support::lsp::HOME;
use crate::support::tools;

fn init(home: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
    command.arg("init").args(arguments).stdin(Stdio::null());
    for (variable, folder) in HOME {
        command.env(variable, home.path().join(folder));
    }
    command.output().expect("the program runs")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a home")
}

#[test]
fn printing_writes_nothing() {
    let home = home();
    let everything = ["vscode", "neovim", "helix", "emacs", "vim", "config"];
    for what in everything {
        let output = init(&home, &[what]);
        assert!(output.status.success(), "{what}: {output:?}");
        assert!(text(&output).lines().count() > 1, "{what}: {output:?}");
        assert!(text(&init(&home, &[])).contains(&format!("tabtier init {what}")));
    }
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 0);
    assert_eq!(init(&home, &["nano"]).status.code(), Some(2));
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let home = home();
    let path = home.path().join("config/helix/languages.toml");
    let written = init(&home, &["helix", "--write"]);
    assert!(written.status.success(), "{written:?}");
    let ours = include_str!("../../editors/helix/languages.toml");
    assert_eq!(fs::read_to_string(&path).expect("a file"), ours);
    let again = init(&home, &["helix", "--write"]);
    assert!(again.status.success() && text(&again).contains("is there already"), "{again:?}");
    fs::write(&path, "# mine\n").expect("a file");
    let kept = init(&home, &["helix", "--write"]);
    assert_eq!(kept.status.code(), Some(1), "{kept:?}");
    assert!(text(&kept).contains("not replaced"), "{kept:?}");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "# mine\n");
}

/// What people write themselves is never written for them.
#[test]
fn an_init_file_is_only_printed() {
    let home = home();
    for what in ["emacs", "vim", "vscode"] {
        let output = init(&home, &[what, "--write"]);
        assert_eq!(output.status.code(), Some(2), "{what}: {output:?}");
        assert!(text(&output).contains("tabtier"), "{what}: {output:?}");
    }
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 0);
}

/// As it is written the settings file says nothing; with each `#` taken off it says no wrong thing.
#[test]
fn the_settings_file_is_right_when_its_lines_are_used() {
    let home = home();
    assert!(init(&home, &["config", "--write"]).status.success());
    let path = home.path().join("config/tabtier/config.toml");
    let written = fs::read_to_string(&path).expect("a settings file");
    let problems = |path: &Path| -> Vec<String> {
        let file = UserFile { path: path.to_owned(), named_by: NamedBy::Argument };
        Loader::new(Some(file)).load().problems.iter().map(ToString::to_string).collect()
    };
    assert_eq!(problems(&path), [] as [String; 0]);
    assert!(written.parse::<toml::Table>().expect("TOML").is_empty());
    let used: String = written
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    fs::write(&path, &used).expect("a settings file");
    assert_eq!(problems(&path), [] as [String; 0]);
    let table: toml::Table = used.parse().expect("TOML");
    assert!(table.contains_key("models") && table.contains_key("paths"), "{table}");
}

/// The plugin that is written is whole: Neovim reads it as a package.
#[test]
fn the_neovim_plugin_is_written_where_neovim_reads_it() {
    let home = home();
    assert!(init(&home, &["neovim", "--write"]).status.success());
    let package = home.path().join("data/nvim/site/pack/tabtier/start/tabtier");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/neovim");
    let files = |folder: &Path| {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(next).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending != "md") {
                    let name = path.strip_prefix(folder).expect("inside").to_owned();
                    found.push((name, fs::read_to_string(path).expect("a file")));
                }
            }
        }
        found.sort();
        found
    };
    assert_eq!(files(&package), files(&ours));
    let Some(nvim) = tools::in_folder("init neovim", "neovim/bin/nvim") else { return };
    let script = home.path().join("init.lua");
    fs::write(&script, "require('tabtier').setup()").expect("an init file");
    let mut command = Command::new(nvim);
    command.args(["-i", "NONE", "--headless", "-u"]).arg(script);
    command.args(["+lua io.write(vim.fn.exists(':Tabtier'))", "+qa"]);
    for (variable, folder) in HOME {
        command.env(variable, home.path().join(folder));
    }
    let output = command.output().expect("Neovim runs");
    assert_eq!(text(&output), "2", "{output:?}");
}
