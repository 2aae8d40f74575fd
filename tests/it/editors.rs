//! The files a user copies into an editor's configuration: each must at least be read by that editor.
//!
//! Lua is read by Neovim itself where there is one. The rest is checked here: a snippet that starts the
//! server by another command, or with other arguments, helps nobody.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tabtier::config::render;

use crate::support::tools;

/// How every editor starts the server.
const COMMAND: [&str; 2] = ["tabtier", "serve"];

#[test]
fn the_helix_snippet_starts_the_server() {
    let snippet: toml::Table = read("helix/languages.toml").parse().expect("TOML");
    let server = &snippet["language-server"]["tabtier"];
    assert_eq!(server["command"].as_str(), Some(COMMAND[0]));
    assert_eq!(server["args"].as_array().map(Vec::as_slice), Some(&[COMMAND[1].into()][..]));
    for language in snippet["language"].as_array().expect("languages") {
        let servers = language["language-servers"].as_array().expect("servers");
        assert!(servers.contains(&"tabtier".into()), "{language}");
    }
}

#[test]
fn every_lua_file_is_read_by_neovim() {
    let Some(nvim) = tools::in_folder("lua files", "neovim/bin/nvim") else { return };
    let sources: Vec<_> = [folder("editors/neovim"), folder("tests/it/neovim")]
        .iter()
        .flat_map(|folder| lua_files(folder))
        .collect();
    assert!(sources.len() >= 4, "{sources:?}");
    for source in sources {
        let output = Command::new(&nvim)
            .args(["-u", "NONE", "-i", "NONE", "--headless"])
            .args(["+lua assert(loadfile(vim.env.SOURCE))", "+qa"])
            .env("SOURCE", &source)
            .output()
            .expect("Neovim runs");
        assert!(output.stderr.is_empty(), "{}: {output:?}", source.display());
    }
}

#[test]
fn the_neovim_configuration_starts_the_server() {
    let Some(nvim) = tools::in_folder("neovim config", "neovim/bin/nvim") else { return };
    let print = "io.write(vim.json.encode(vim.lsp.config.tabtier.cmd))";
    let output = Command::new(nvim)
        .args(["-u", "NONE", "-i", "NONE", "--headless"])
        .arg(format!("+set runtimepath^={}", folder("editors/neovim").display()))
        .args([format!("+lua {print}"), "+qa".to_owned()])
        .output()
        .expect("Neovim runs");
    let command: Vec<String> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(command, COMMAND);
}

/// As a package the plugin is read at the start, with its command and its help.
#[test]
fn the_neovim_plugin_works_as_a_package() {
    let Some(nvim) = tools::in_folder("neovim package", "neovim/bin/nvim") else { return };
    let home = tempfile::tempdir().expect("a folder");
    let package = home.path().join("nvim/site/pack/tabtier/start/tabtier");
    fs::create_dir_all(package.parent().expect("a folder")).expect("a folder");
    let copied = Command::new("cp").arg("-r").arg(folder("editors/neovim")).arg(&package).status();
    assert!(copied.expect("cp runs").success());
    let init = home.path().join("init.lua");
    fs::write(&init, "require('tabtier').setup({ accept = '<C-y>', better = false })")
        .expect("init");
    let print = "io.write(vim.json.encode({ vim.fn.exists(':Tabtier'), vim.fn.expand('%:t'), \
                 vim.fn.maparg('<C-y>', 'i') ~= '', vim.fn.maparg('<M-b>', 'i') ~= '' }))";
    let output = Command::new(nvim)
        .args(["-i", "NONE", "--headless", "-u"])
        .arg(&init)
        .arg(format!("+helptags {}", package.join("doc").display()))
        .args(["+help :Tabtier".to_owned(), format!("+lua {print}"), "+qa".to_owned()])
        .env("XDG_DATA_HOME", home.path())
        .output()
        .expect("Neovim runs");
    let seen: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(seen, serde_json::json!([2, "tabtier.txt", true, false]), "{output:?}");
}

/// The fenced blocks of a page are copied as they are.
#[test]
fn the_pages_show_lua_and_toml_that_parse() {
    let toml = fenced(&read("helix/README.md"), "toml");
    assert!(!toml.is_empty());
    for block in toml {
        block.parse::<toml::Table>().unwrap_or_else(|error| panic!("{error}: {block}"));
    }
    let Some(nvim) = tools::in_folder("lua in pages", "neovim/bin/nvim") else { return };
    let lua = fenced(&read("neovim/README.md"), "lua");
    assert!(!lua.is_empty());
    for block in lua {
        let output = Command::new(&nvim)
            .args(["-u", "NONE", "-i", "NONE", "--headless"])
            .args(["+lua assert(loadstring(vim.env.BLOCK))", "+qa"])
            .env("BLOCK", &block)
            .output()
            .expect("Neovim runs");
        assert!(output.stderr.is_empty(), "{block}: {output:?}");
    }
}

/// The contents of the fenced blocks of one language, without the indentation of a list.
fn fenced(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut inside: Option<String> = None;
    for line in page.lines() {
        match (line.trim().strip_prefix("```"), inside.as_mut()) {
            (Some(_), Some(_)) => blocks.extend(inside.take()),
            (Some(name), None) if name == language => inside = Some(String::new()),
            (None, Some(block)) => {
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

fn lua_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(lua_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "lua") {
            found.push(path);
        }
    }
    found
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(folder("editors").join(path)).expect("a file for an editor")
}

/// The editor shows settings from its manifest; they are those of the table, word for word. Rewrites a
/// stale manifest and fails, so that a second run passes.
#[test]
fn the_vscode_manifest_contributes_the_settings_of_the_table() {
    let manifest = read("vscode/package.json");
    let begin =
        "\"title\": \"Tabtier: completion\",\n        \"order\": 2,\n        \"properties\": ";
    let (before, rest) = manifest.split_once(begin).expect("the settings of the server");
    let (_, after) = rest.split_once("\n        }\n").expect("their end");
    let listing = render::listing().trim_end().replace('\n', "\n        ");
    let expected = format!("{before}{begin}{listing}\n{after}");
    if manifest != expected {
        fs::write(folder("editors/vscode/package.json"), expected).expect("a manifest");
        panic!(
            "editors/vscode/package.json was stale and has been rewritten; look at it and commit it"
        );
    }
}

/// The extension names commands in its manifest and in its source; one without the other is dead.
#[test]
fn the_vscode_manifest_names_the_commands_there_are() {
    let manifest: Value = serde_json::from_str(&read("vscode/package.json")).expect("JSON");
    let commands = manifest["contributes"]["commands"].as_array().expect("commands");
    let mut contributed: Vec<_> =
        commands.iter().filter_map(|one| one["command"].as_str().map(str::to_owned)).collect();
    let source = read("vscode/src/names.ts");
    let block = source.split_once("export const commands").expect("the commands").1;
    let block = block.split_once('}').expect("their end").0;
    let mut registered: Vec<_> =
        block.split('\'').filter(|part| part.starts_with("tabtier.")).map(str::to_owned).collect();
    contributed.sort_unstable();
    registered.sort_unstable();
    assert_eq!(contributed, registered);
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
}
