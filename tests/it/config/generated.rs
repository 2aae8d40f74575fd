//! The pages and listings that are made of the settings' table.

use std::fs;
use std::path::Path;

use tabtier::config::render;
use tabtier::domain::route::Tier;

use super::Home;

/// Rewrites a stale generated file and fails, so that a second run passes.
#[track_caller]
fn check_generated(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found.replace("\r\n", "\n") != expected {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, expected).expect("the file is written");
        panic!("{} was stale and has been rewritten; commit it", path.display());
    }
}

#[test]
fn the_reference_page_is_up_to_date() {
    check_generated("docs/configuration.md", &render::page());
}

#[test]
fn the_listing_for_editors_is_up_to_date() {
    check_generated("docs/settings.json", &render::listing());
}

#[test]
fn the_example_on_the_reference_page_works() {
    let page = render::page();
    let example = page.split("```").nth(1).and_then(|block| block.strip_prefix("toml\n"));
    let home = Home::new(example.expect("an example"));
    assert_eq!(home.problems(), Vec::<String>::new());
    let settings = home.loader.load().settings;
    assert_eq!(settings.policy.models(Tier::Fast), ["qwen"]);
    assert_eq!(settings.policy.models(Tier::Flagship), ["best"]);
}

#[test]
fn an_editor_that_echoes_the_listing_sets_nothing() {
    let listing: serde_json::Value = serde_json::from_str(&render::listing()).expect("JSON");
    let defaults: serde_json::Map<_, _> = listing
        .as_object()
        .expect("an object")
        .iter()
        .map(|(key, schema)| (key.clone(), schema["default"].clone()))
        .collect();
    let mut home = Home::new("enabled = false\n");
    home.loader.set_editor(&defaults.into());
    assert_eq!(home.problems(), Vec::<String>::new());
    assert!(!home.loader.load().settings.enabled);
}
