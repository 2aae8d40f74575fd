//! Every dependency comes under a licence that lets anyone use the result.
//!
//! The list of licences and the exceptions stand in `.deny.toml`, where `cargo deny` reads them
//! too; this test needs no extra tool and no network. It looks at the crates of the system it
//! runs on.

use std::collections::BTreeSet;
use std::process::Command;

use super::{Tree, report, root};

/// What `.deny.toml` permits.
struct Permitted {
    licences: BTreeSet<String>,
    /// Crate and licence, each with its reason in the file.
    exceptions: BTreeSet<(String, String)>,
}

impl Permitted {
    fn read(text: &str) -> Self {
        let table: toml::Table = text.parse().expect("a readable .deny.toml");
        let licences = &table["licenses"];
        let strings = |value: &toml::Value| -> Vec<String> {
            let values = value.as_array().expect("an array").iter();
            values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
        };
        let exceptions = licences["exceptions"].as_array().expect("exceptions").iter();
        Self {
            licences: strings(&licences["allow"]).into_iter().collect(),
            exceptions: exceptions
                .flat_map(|entry| {
                    let name = entry["crate"].as_str().expect("a crate").to_owned();
                    strings(&entry["allow"]).into_iter().map(move |id| (name.clone(), id))
                })
                .collect(),
        }
    }

    fn allows(&self, name: &str, expression: &str) -> bool {
        let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_allowed = |id: &str| {
            self.licences.contains(id)
                || self.exceptions.contains(&(name.to_owned(), id.to_owned()))
        };
        either(&mut words.as_slice(), &is_allowed)
    }
}

/// `a OR b`: one permitted side is enough.
fn either(words: &mut &[&str], is_allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut result = both(words, is_allowed);
    while let ["OR", rest @ ..] = words {
        *words = rest;
        result |= both(words, is_allowed);
    }
    result
}

/// `a AND b`: every side binds.
fn both(words: &mut &[&str], is_allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut result = one(words, is_allowed);
    while let ["AND", rest @ ..] = words {
        *words = rest;
        result &= one(words, is_allowed);
    }
    result
}

/// One licence, with its exception if there is one, or an expression in brackets.
fn one(words: &mut &[&str], is_allowed: &dyn Fn(&str) -> bool) -> bool {
    match words {
        ["(", rest @ ..] => {
            *words = rest;
            let result = either(words, is_allowed);
            if let [")", rest @ ..] = words {
                *words = rest;
            }
            result
        }
        // An exception only adds permissions.
        [id, "WITH", _, rest @ ..] | [id, rest @ ..] => {
            *words = rest;
            is_allowed(id)
        }
        [] => false,
    }
}

/// What `program` prints.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} failed:\n{errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// The system this runs on, in cargo's words.
fn host() -> String {
    let version = output(env!("CARGO"), &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("cargo names its host").to_owned()
}

#[test]
fn licences_are_permissive() {
    let permitted = Permitted::read(Tree::get().text(".deny.toml").expect(".deny.toml"));
    let arguments = ["metadata", "--format-version=1", "--offline", "--locked"];
    let filter = ["--filter-platform", &host()];
    let metadata = output(env!("CARGO"), &[&arguments[..], &filter[..]].concat());
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 50, "cargo named {} packages only", packages.len());
    let mut findings = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let licence = package["license"].as_str().unwrap_or("none stated");
        if !permitted.allows(name, licence) {
            findings.push(format!(
                "Cargo.lock: {name} is under `{licence}`, which .deny.toml does not permit; \
                 choose another crate"
            ));
        }
    }
    report("a dependency's licence is not on the list", &findings);
}

#[test]
fn licences_can_fail() {
    let permitted = Permitted::read(
        "[licenses]\nallow = [\"MIT\", \"ISC\"]\n\
         exceptions = [{ crate = \"a\", allow = [\"MPL-2.0\"] }]\n",
    );
    assert!(permitted.allows("b", "MIT OR GPL-3.0"));
    assert!(permitted.allows("b", "GPL-3.0/MIT"));
    assert!(permitted.allows("b", "(GPL-3.0 OR MIT) AND ISC"));
    assert!(permitted.allows("b", "MIT WITH some-exception AND ISC"));
    assert!(!permitted.allows("b", "MIT AND GPL-3.0"));
    assert!(!permitted.allows("b", "GPL-3.0"));
    assert!(!permitted.allows("b", "none stated"));
    assert!(permitted.allows("a", "MPL-2.0") && !permitted.allows("b", "MPL-2.0"));
}
