//! Each layer by itself: what is kept of it, and what is said about the rest.

use secrecy::ExposeSecret;

use super::*;
use crate::config::resolve;
use crate::config::source::from_toml;
use crate::config::values::Values;

fn accepted(text: &str) -> Accepted {
    accept(from_toml("a.toml", text), &Accepted::default()).0
}

fn over(previous: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let (accepted, problems) = accept(from_toml("a.toml", text), &accepted(previous));
    let entries = accepted.0.iter().map(|(key, (value, _))| format!("{key} = {value}"));
    (entries.collect(), problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_bad_value_keeps_the_last_good_one() {
    let (entries, problems) = over("enabled = false\n", "enabled = 3\nlocal.names = false\n");
    assert_eq!(entries, ["enabled = false", "local.names = false"]);
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_key_that_is_gone_is_gone_and_one_that_cannot_be_read_stays() {
    let previous = "enabled = false\ncache.bytes_max = 5\n";
    assert_eq!(over(previous, "cache.bytes_max = 6\n").0, ["cache.bytes_max = 6"]);
    let broken = "cache.bytes_max = 6\nenabled = fal\n";
    assert_eq!(over(previous, broken).0, ["cache.bytes_max = 6", "enabled = false"]);
}

#[test]
fn an_old_key_never_meets_a_new_server() {
    let previous = "[models.a]\nurl = 'http://old'\nkey_env = 'OLD'\n";
    let (entries, _) = over(previous, "[models.a]\nurl = 'http://new'\nkey_env = 'sk-no'\n");
    assert_eq!(entries, ["models.a.url = \"http://new\""]);
    let (entries, _) = over(previous, "[models.a]\nurl = 'http://new'\nkey_env = 'NEW\n");
    assert_eq!(entries, ["models.a.url = \"http://new\""]);
    let (entries, _) = over(previous, "[models.a]\nurl = 7\nkey_env = 'NEW'\n");
    assert_eq!(entries, ["models.a.key_env = \"NEW\""]);
    let (entries, _) = over(previous, "[models.a]\nurl = 'http://old'\nkey_env = 'sk-no'\n");
    assert_eq!(entries, ["models.a.key_env = \"OLD\"", "models.a.url = \"http://old\""]);
}

#[test]
fn secrets_are_never_shown() {
    let text = "[models.a]\nkey = ['s3cret']\nkey_env = 's3cret!'\napi_kye = 's3cret'\n\
                url = 's3cret@host'\nextra = 's3cret'\n[auth]\ntoken = 's3cret'\n";
    let (_, problems) = over("", text);
    let mut values = Values::defaults();
    values.overlay(Layer::UserFile, &accepted(text));
    let (_, more) = resolve::resolve(&values);
    let shown = format!("{problems:?}{}", more.iter().map(ToString::to_string).collect::<String>());
    assert!(problems.len() == 5 && more.len() == 1, "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn a_flood_of_problems_is_bounded() {
    let unknown: Vec<_> = (0..9_000).map(|n| format!("unknown_setting_{n} = 1")).collect();
    let (_, problems) = over("", &unknown.join("\n"));
    assert_eq!(problems.len(), 101);
    assert_eq!(problems[100], "a.toml: problems not listed: 8900");
}

#[test]
fn a_literal_key_works_and_is_warned_about() {
    let (accepted, problems) = accept(
        from_toml("a.toml", "[models.a]\nurl = 'http://h'\nkey = 's3cret'\n"),
        &Accepted::default(),
    );
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["a.toml:3:1: models.a.key = (hidden): a key written here is copied wherever this text \
             goes; put it in an environment variable and name that in key_env"]
    );
    let mut values = Values::defaults();
    values.overlay(Layer::UserFile, &accepted);
    let settings = resolve::resolve(&values).0;
    let key = settings.models["a"].endpoint.key.as_ref().expect("a key");
    assert_eq!(key.expose_secret(), "s3cret");
}
