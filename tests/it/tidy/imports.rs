//! Who may use whom. The crate is one package, so the compiler does not guard the borders between
//! its folders; this table does.
//!
//! The layers are a list of rows. The stages of the domain have the order in which `src/domain.rs`
//! declares them: a stage may use the ones before it, and the exceptions are named. What only
//! certain files may name is a list of bans. A new entry in any of these lists is a change of its
//! own, to be argued in review. Code under `#[cfg(test)]` may use anything.

mod table;

use std::collections::BTreeSet;

use self::table::{BANS, DOMAIN_UPWARD, Holds, LAYERS, PRINTING};
use super::scan::{self, NamedPath, Placed, Token};
use super::{Tree, is_test, report};

/// The module a file of `src` is, such as `["domain", "route"]`; empty for the crate root.
fn module_of(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    inner.split('/').filter(|part| *part != "lib").collect()
}

fn is_below(path: &[String], module: &str) -> bool {
    let mut parts = path.iter();
    module.split("::").all(|wanted| parts.next().is_some_and(|part| part == wanted))
}

/// What the tables are read against.
struct Around {
    /// The names of all crates a path can start with.
    crates: BTreeSet<String>,
    /// The stages of the domain in order.
    stages: Vec<String>,
}

/// What a path leads to.
enum Target {
    /// A module of this crate, by its full path.
    Inner(Vec<String>),
    Crate(String),
    /// A name in scope; its `use` has been checked.
    Local,
}

fn target(path: &NamedPath, module: &[&str], around: &Around) -> Target {
    let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let first = path.segments[0].as_str();
    match first {
        "crate" => Target::Inner(path.segments[1..].to_vec()),
        "tabtier" if module == ["main"] => Target::Inner(path.segments[1..].to_vec()),
        "self" | "super" => {
            let climbs = path.segments.iter().take_while(|part| *part == "super").count();
            let skipped = path.segments.iter().take_while(|part| is_relative(part)).count();
            let mut full = owned(&module[..module.len().saturating_sub(climbs)]);
            full.extend_from_slice(&path.segments[skipped..]);
            Target::Inner(full)
        }
        _ if around.crates.contains(first) => Target::Crate(first.to_owned()),
        _ => Target::Local,
    }
}

fn is_relative(part: &str) -> bool {
    part == "super" || part == "self"
}

/// The findings of all three tables for one file.
fn check_file(path: &str, source: &str, around: &Around) -> Vec<String> {
    let module = module_of(path);
    let code = scan::shipped(scan::tokens(source));
    let mut findings = Vec::new();
    for named in scan::paths(&code) {
        let verdicts = [
            check_layer(&named, &module, around),
            check_stage(&named, &module, around),
            check_bans(&named, &module),
        ];
        for verdict in verdicts.into_iter().flatten() {
            let spelled = named.segments.join("::");
            findings.push(format!("{path}:{}: `{spelled}`: {verdict}", named.line));
        }
    }
    findings.extend(check_printing(path, &module, &code));
    findings
}

fn check_layer(named: &NamedPath, module: &[&str], around: &Around) -> Option<String> {
    let own = module.first()?;
    let Some(layer) = LAYERS.iter().find(|layer| layer.module == *own) else {
        return Some(format!(
            "module `{own}` has no row in LAYERS (tests/it/tidy/imports/table.rs); add one and say why"
        ));
    };
    match target(named, module, around) {
        Target::Inner(full) if full.is_empty() || full[0] == *own => None,
        Target::Inner(full) => {
            let allowed = layer.modules.iter().any(|module| is_below(&full, module));
            (!allowed).then(|| {
                format!(
                    "`{own}` may use only {:?} of this crate; move the code, or pass the value in",
                    layer.modules
                )
            })
        }
        Target::Crate(name) => {
            let allowed = ["std", "core", "alloc"].contains(&name.as_str())
                || layer.crates.iter().any(|pattern| match pattern.strip_suffix('*') {
                    Some(start) => name.starts_with(start),
                    None => *pattern == name,
                });
            (!allowed).then(|| format!("`{own}` does without the crate `{name}`; see LAYERS"))
        }
        Target::Local => None,
    }
}

fn check_stage(named: &NamedPath, module: &[&str], around: &Around) -> Option<String> {
    let ["domain", own, ..] = module else { return None };
    let Target::Inner(full) = target(named, module, around) else { return None };
    let ["domain", used, ..] = full.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return (full == ["domain"]).then(|| "name the stage of the domain you need".to_owned());
    };
    let place = |stage: &str| around.stages.iter().position(|known| known == stage);
    match (place(own), place(used)) {
        (None, _) => Some(format!("src/domain.rs does not declare `{own}`; give it its place")),
        (_, None) => Some(format!("src/domain.rs does not declare `{used}`; name the stage")),
        (Some(own_place), Some(used_place)) if used_place > own_place => {
            let known = DOMAIN_UPWARD.iter().any(|(from, to, _)| from == own && *to == used);
            (!known).then(|| {
                format!("stage `{own}` comes before `{used}`; take the value as an argument")
            })
        }
        _ => None,
    }
}

fn check_bans(named: &NamedPath, module: &[&str]) -> Option<String> {
    let is_in = |modules: &[&str]| {
        let own: Vec<String> = module.iter().map(|part| (*part).to_owned()).collect();
        modules.iter().any(|module| is_below(&own, module))
    };
    let ban = BANS.iter().find(|ban| {
        let holds = match ban.holds {
            Holds::Inside(modules) => is_in(modules),
            Holds::Outside(modules) => !is_in(modules),
        };
        holds && names(&named.segments, ban.path)
    })?;
    Some(match ban.holds {
        Holds::Inside(_) => format!("not in the domain; {}", ban.instead),
        Holds::Outside(only) => format!("only {only:?} may; {}", ban.instead),
    })
}

/// Whether the path goes through `wanted`.
fn names(segments: &[String], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split("::").collect();
    let anywhere = segments.windows(wanted.len()).any(|window| window == wanted.as_slice());
    let at_start = segments.iter().zip(&wanted).all(|(part, wanted)| part == wanted)
        && segments.len() >= wanted.len();
    let is_type = wanted[0].starts_with(char::is_uppercase);
    let counts_from_start = wanted[0] == "std" || (wanted.len() == 1 && !is_type);
    if counts_from_start { at_start } else { anywhere }
}

fn check_printing(path: &str, module: &[&str], code: &[Placed]) -> Vec<String> {
    if module.first() == Some(&"cli") {
        return Vec::new();
    }
    code.windows(3)
        .filter_map(|window| {
            let name = window[0].word()?;
            let is_call = window[1].is_mark('!') && matches!(window[2].token, Token::Mark('('));
            (is_call && PRINTING.contains(&name)).then(|| {
                format!(
                    "{path}:{}: `{name}!`: only src/cli may print; use `tracing` here",
                    window[0].line
                )
            })
        })
        .collect()
}

/// The names of all crates a path can start with.
fn crate_names(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = manifest.parse().expect("a readable Cargo.toml");
    ["dependencies", "dev-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(toml::Table::keys)
        .map(|name| name.replace('-', "_"))
        .chain(["std", "core", "alloc", "ls_types"].map(str::to_owned))
        .collect()
}

/// The modules a file declares, in order.
fn declared(source: &str) -> Vec<String> {
    let code = scan::shipped(scan::tokens(source));
    let pairs = code.windows(2).filter(|pair| pair[0].word() == Some("mod"));
    pairs.filter_map(|pair| pair[1].word().map(str::to_owned)).collect()
}

impl Around {
    fn of(tree: &Tree) -> Self {
        Self {
            crates: crate_names(tree.text("Cargo.toml").expect("Cargo.toml")),
            stages: declared(tree.text("src/domain.rs").expect("src/domain.rs")),
        }
    }
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let around = Around::of(Tree::get());
    let findings: Vec<_> = Tree::get()
        .rust(&["src/"])
        .filter(|file| !is_test(&file.path))
        .flat_map(|file| check_file(&file.path, &file.text, &around))
        .collect();
    report("the import table is broken", &findings);
}

#[test]
fn upward_uses_are_still_needed() {
    let around = Around::of(Tree::get());
    let used: BTreeSet<(String, String)> = Tree::get()
        .rust(&["src/domain/"])
        .flat_map(|file| {
            let module = module_of(&file.path);
            let code = scan::shipped(scan::tokens(&file.text));
            let own = module[1].to_owned();
            let paths = scan::paths(&code);
            let inner = paths.iter().filter_map(|named| match target(named, &module, &around) {
                Target::Inner(full) if full.len() > 1 => Some((own.clone(), full[1].clone())),
                _ => None,
            });
            inner.collect::<Vec<_>>()
        })
        .collect();
    let findings: Vec<_> = DOMAIN_UPWARD
        .iter()
        .filter(|(from, to, _)| !used.contains(&((*from).to_owned(), (*to).to_owned())))
        .map(|(from, to, _)| format!("{from} no longer uses {to}: delete the entry"))
        .collect();
    report("DOMAIN_UPWARD may only hold what is used", &findings);
}

/// The findings for one line of code in one file, with fewer stages.
fn check(path: &str, line: &str) -> Vec<String> {
    let stages = declared("pub mod text;\npub mod units;\npub mod class;\npub mod completion;");
    let crates = ["std", "serde_json", "reqwest", "tower_lsp"].map(str::to_owned).into();
    check_file(path, line, &Around { crates, stages })
}

#[test]
fn layers_can_fail() {
    assert_eq!(check("src/domain/class.rs", "use crate::engine::Clock;").len(), 1);
    assert_eq!(check("src/domain/class.rs", "use serde_json::Value;").len(), 1);
    assert_eq!(check("src/provider/openai.rs", "use crate::domain::{route::Tier};").len(), 1);
    assert_eq!(check("src/engine.rs", "fn f() { crate::server::run() }").len(), 1);
    assert_eq!(check("src/engine/race.rs", "use super::super::server::run;").len(), 1);
    assert_eq!(check("src/server/session.rs", "use crate::provider::Provider;").len(), 1);
    assert_eq!(check("src/main.rs", "fn main() { tabtier::server::run() }").len(), 1);
    assert_eq!(check("src/extra.rs", "use std::fmt;").len(), 1);
    assert!(check("src/engine.rs", "use crate::{domain::site::Site, provider};").is_empty());
    assert!(check("src/main.rs", "fn main() { tabtier::cli::run() }").is_empty());
}

#[test]
fn stages_can_fail() {
    assert_eq!(check("src/domain/text.rs", "use super::units::Tokens;").len(), 1);
    assert_eq!(check("src/domain/text.rs", "use super::extra::Extra;").len(), 1);
    assert_eq!(check("src/domain/class.rs", "use super::super::domain::*;").len(), 1);
    assert_eq!(check("src/domain/extra.rs", "use super::text::Offset;").len(), 1);
    assert_eq!(check("src/domain/class.rs", "use crate::domain;").len(), 1);
    assert!(check("src/domain/units.rs", "use super::text::Offset;").is_empty());
    assert!(check("src/domain/class.rs", "use super::completion::Confidence;").is_empty());
    assert!(check("src/domain/class/rules.rs", "use super::{Extent, RequestClass};").is_empty());
}

#[test]
fn bans_can_fail() {
    assert_eq!(check("src/domain/class.rs", "use std::{fmt, fs};").len(), 1);
    assert_eq!(check("src/domain/class.rs", "fn f() { Instant::now() }").len(), 1);
    assert_eq!(check("src/provider/openai.rs", "fn f() { reqwest::get(\"\") }").len(), 1);
    assert_eq!(check("src/engine.rs", "use std::net::TcpStream;").len(), 1);
    assert_eq!(check("src/server/session.rs", "use tower_lsp::ls_types::Uri;").len(), 1);
    assert_eq!(check("src/engine.rs", "fn f() { std::env::var(\"A\") }").len(), 1);
    assert_eq!(check("src/engine.rs", "fn f() { println!(\"a\") }").len(), 1);
    assert!(check("src/provider/http.rs", "use reqwest::Client;").is_empty());
    assert!(check("src/server/to_proto.rs", "use tower_lsp::ls_types::Uri;").is_empty());
    assert!(check("src/cli/explain.rs", "fn f() { println!(\"a\") }").is_empty());
    assert!(check("src/engine.rs", "// std::env::var(\"A\")\nconst A: &str = \"a\";").is_empty());
}
