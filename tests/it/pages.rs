//! What the pages show is what the program does: the README's picture, and every piece of settings.

use std::fs;
use std::path::Path;
use std::process::Command;

use tabtier::config::loader::Loader;
use tabtier::config::place::{NamedBy, UserFile};
use tabtier::config::{Protocol, dialects};

/// What stands before the picture.
const MARK: &str = "<!-- explain-output -->\n```text\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &Path) -> String {
    fs::read_to_string(page).expect("a readable page")
}

/// The fenced blocks of one language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The picture without its times, which differ from run to run.
fn timeless(picture: &str) -> Vec<&str> {
    picture.lines().filter(|line| !line.starts_with("time ")).collect()
}

#[test]
fn settings_on_the_pages_have_no_problems() {
    let folder = tempfile::tempdir().expect("a folder");
    let docs = fs::read_dir(root().join("docs")).expect("the pages");
    let mut pages: Vec<_> = docs.filter_map(Result::ok).map(|entry| entry.path()).collect();
    pages.push(root().join("README.md"));
    let mut checked = 0;
    for page in pages.iter().filter(|page| page.extension().is_some_and(|ending| ending == "md")) {
        for block in blocks(&read(page), "toml") {
            let path = folder.path().join("config.toml");
            fs::write(&path, block).expect("a settings file");
            let loaded = Loader::new(Some(UserFile { path, named_by: NamedBy::Argument })).load();
            let problems: Vec<_> = loaded.problems.iter().map(ToString::to_string).collect();
            assert_eq!(problems, Vec::<String>::new(), "{}:\n{block}", page.display());
            checked += 1;
        }
    }
    assert!(checked >= 3, "the pages have lost their examples");
}

#[test]
fn the_page_of_providers_has_every_protocol_and_dialect() {
    let page = read(&root().join("docs/providers.md"));
    for name in Protocol::NAMES.iter().chain(dialects::NAMES) {
        assert!(page.contains(&format!("\n| `{name}` |")), "no row for {name}");
    }
    for host in dialects::NAMES.iter().filter_map(|name| dialects::find(name)) {
        let shown = |host: &String| page.contains(host.trim_start_matches('.'));
        assert!(host.hosts.iter().any(shown) || host.hosts.is_empty(), "{}", host.name);
    }
}

#[test]
fn the_picture_in_the_readme_is_what_its_command_prints() {
    let page = root().join("README.md");
    let text = read(&page);
    let command = text.lines().find(|line| line.contains(" -- complete ")).expect("the command");
    let (_, arguments) = command.split_once(" -- ").expect("arguments");
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_tabtier"))
        .args(arguments.split(' '))
        .current_dir(root())
        .env("XDG_CONFIG_HOME", home.path())
        .env("HOME", home.path())
        .env_remove("TABTIER_CONFIG")
        .output()
        .expect("the command runs");
    let printed = String::from_utf8(output.stdout).expect("text");
    let (before, rest) = text.split_once(MARK).expect("the place of the picture");
    let (picture, after) = rest.split_once("```").expect("the end of the picture");
    if timeless(picture) != timeless(&printed) {
        fs::write(&page, format!("{before}{MARK}{printed}```{after}")).expect("the page");
        panic!("the picture in {} was stale and has been replaced; commit it", page.display());
    }
    assert!(printed.contains("offered "), "an example that is offered nothing shows nothing");
}
