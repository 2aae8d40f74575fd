//! The policy in effect as a table for people, for every file or for one, and who said each value.
//!
//! It is printed from the values as they were said, not from what was made of them, so that a value
//! and its origin cannot come from different places.

use std::path::Path;

use super::layers::Layer;
use super::loader::Loaded;
use super::options::MODEL_TIERS;
use super::reach::{self, Reach};
use super::value::{Key, Value};
use super::values::{Setting, Values};
use crate::domain::class::RequestClass;
use crate::domain::route::Override;

/// A file to print the policy of.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// As the user names it.
    pub name: &'a str,
    /// Its whole path.
    pub path: &'a Path,
    /// The id of its language.
    pub language: &'a str,
}

/// The columns of the table: heading, last word of the key.
const COLUMNS: [(&str, &str); 7] = [
    ("tiers", "tiers"),
    ("floor", "floor"),
    ("ceiling", "ceiling"),
    ("deadline", "deadline_ms"),
    ("tokens", "output_tokens_max"),
    ("settle", "settle_ms"),
    ("local from", "local_confidence_min"),
];

/// Marks a value that somebody set.
const MARK: char = '*';

/// The whole page, in about 90 columns where paths allow.
pub fn text(loaded: &Loaded, file: Option<File<'_>>) -> String {
    let reaches = match file {
        Some(file) => loaded.settings.overrides.reaching(file.language, file.path),
        None => Vec::new(),
    };
    let values = loaded.values.within(&reaches);
    let forced = loaded.settings.overrides.forced;
    let mut page = vec![heading(file, &reaches), general(&values, forced), classes(&values)];
    page.extend([tiers(&values), origins(&values)]);
    if file.is_none() {
        page.push(elsewhere(&loaded.values));
    }
    page.retain(|part| !part.is_empty());
    page.join("\n")
}

fn heading(file: Option<File<'_>>, reaches: &[Reach]) -> String {
    let Some(file) = file else { return "policy for every file\n".to_owned() };
    let File { name, language, .. } = file;
    let tables: Vec<_> = reaches.iter().map(|reach| reach.table().to_string()).collect();
    match tables.as_slice() {
        [] => format!("policy for {name} ({language})\n"),
        tables => {
            let tables = tables.join(", ");
            format!("policy for {name} ({language})\nwith what is said in {tables}\n")
        }
    }
}

/// What holds whatever the class.
fn general(values: &Values, forced: Option<Override>) -> String {
    let rows = ["override", "cloud_failover"].map(|word| {
        let setting = values.get(&Key::of(&["policy", word]));
        vec![word.to_owned(), cell(setting)]
    });
    let mut rows = Vec::from(rows);
    if let Some(Override::Always(tier)) = forced {
        rows.insert(0, vec!["forced".to_owned(), format!("{} for this session", tier.name())]);
    }
    table(&rows)
}

fn classes(values: &Values) -> String {
    let mut head = vec!["class".to_owned()];
    head.extend(COLUMNS.map(|(heading, _)| heading.to_owned()));
    let row = |class: RequestClass| {
        let mut row = vec![class.name().to_owned()];
        row.extend(COLUMNS.map(|(_, word)| {
            let setting = values.get(&Key::of(&["policy", class.name(), word]));
            if setting.is_none() { "by tier".to_owned() } else { cell(setting) }
        }));
        row
    };
    let rows: Vec<_> = std::iter::once(head).chain(RequestClass::ALL.map(row)).collect();
    table(&rows)
}

fn tiers(values: &Values) -> String {
    let mut rows = vec![["tier", "settle", "models"].map(str::to_owned).to_vec()];
    for tier in MODEL_TIERS {
        let value = |word| cell(values.get(&Key::of(&["tiers", tier.name(), word])));
        rows.push(vec![tier.name().to_owned(), value("settle_ms"), value("models")]);
    }
    table(&rows)
}

/// Who said what is not a default.
fn origins(values: &Values) -> String {
    let is_shown = |key: &Key| matches!(key.segments().first(), Some(&("policy" | "tiers")));
    let set = values.iter().filter(|(key, setting)| is_shown(key) && is_set(setting));
    let rows: Vec<_> = set.map(|(key, setting)| said(&key.to_string(), setting)).collect();
    if rows.is_empty() {
        return "every value is a default\n".to_owned();
    }
    format!("values marked {MARK}; every other one is a default\n{}", indented(&table(&rows)))
}

/// What is said for some files alone.
fn elsewhere(values: &Values) -> String {
    let some = values.iter().filter(|(key, _)| reach::split(key).0 != Reach::Everywhere);
    let rows: Vec<_> = some.map(|(key, setting)| said(&key.to_string(), setting)).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "for some files only; name a file to see what holds for it\n{}",
        indented(&table(&rows))
    )
}

/// A key with its value, the key it was said by where that is another one, and the place.
fn said(key: &str, setting: &Setting) -> Vec<String> {
    let mut origin = match (&setting.place, setting.layer) {
        (None, layer) => layer.name().to_owned(),
        (Some(place), layer @ (Layer::UserFile | Layer::Workspace)) => {
            format!("{} {place}", layer.name())
        }
        (Some(place), _) => place.to_string(),
    };
    let written = setting.written.to_string();
    if written != key {
        origin = format!("{written}, {origin}");
    }
    vec![format!("{key} = {}", setting.value.shown()), origin]
}

fn is_set(setting: &Setting) -> bool {
    setting.layer != Layer::Defaults
}

/// A value for people, marked where it is no default.
fn cell(setting: Option<&Setting>) -> String {
    let Some(setting) = setting else { return "not set".to_owned() };
    let unit = setting.written.0.last().is_some_and(|word| word.ends_with("_ms"));
    let mut text = match &setting.value {
        Value::Integer(number) if unit => format!("{number} ms"),
        Value::Number(share) => format!("{} %", (share * 100.0).round()),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Text(text) => text.clone(),
        Value::List(items) if items.is_empty() => "none".to_owned(),
        Value::List(items) => {
            let words = items.iter().map(|item| match item {
                Value::Text(text) => text.clone(),
                other => other.to_string(),
            });
            words.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    if is_set(setting) {
        text.push(MARK);
    }
    text
}

/// Rows in columns as wide as their widest cell.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn indented(text: &str) -> String {
    text.split_inclusive('\n').flat_map(|line| ["  ", line]).collect()
}
