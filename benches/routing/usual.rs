//! Counts the names of packages and what stands before them: the input of `usual.py`.
//!
//! Reads JSON lines `{"folder", "family"}`. For each folder it writes a line with the family, the folder
//! and how many tokens its files of that family have; then a line `name NAME FILES USES MEMBER CALLED` for
//! each name, `behind TOKEN NAME USES` for each name behind a token, and `after TOKEN TOKEN NAME USES` for
//! each behind two.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufWriter, IsTerminal as _, Write as _, stdin, stdout};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tabtier::config::languages::Languages;
use tabtier::domain::language::Lexical;
use tabtier::domain::tokens::{Kind, Token, for_each_token};

/// Bound: bytes of a file; larger ones are data.
const FILE_BYTES_MAX: usize = 300_000;
/// Pairs seen less often in a package are left out.
const USES_MIN: u32 = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(stdout().lock());
    if stdin().is_terminal() {
        writeln!(out, "usage: cargo bench --bench usual < FOLDERS.jsonl; see usual.py")?;
        return Ok(());
    }
    let languages = Languages::load();
    for line in stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| row[key].as_str().unwrap_or_default();
        let (folder, family) = (text("folder"), text("family"));
        let mut counts = Counts::default();
        for file in files(Path::new(folder))? {
            let language = languages.detect("", &file, "");
            if language.family == family
                && let Ok(text) = fs::read_to_string(&file)
                && text.len() <= FILE_BYTES_MAX
            {
                counts.add(&text, &language.lexical);
            }
        }
        writeln!(out, "package {family} {folder} {}", counts.tokens)?;
        for (name, [files, uses, member, called]) in &counts.names {
            writeln!(out, "name {name} {files} {uses} {member} {called}")?;
        }
        for ([last, name], uses) in counts.behind.iter().filter(|(_, n)| **n >= USES_MIN) {
            writeln!(out, "behind {last} {name} {uses}")?;
        }
        for ([before, last, name], uses) in counts.after.iter().filter(|(_, n)| **n >= USES_MIN) {
            writeln!(out, "after {before} {last} {name} {uses}")?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// What was counted in one package.
#[derive(Default)]
struct Counts {
    tokens: usize,
    /// Files, uses, uses behind a member operator, uses before a parenthesis.
    names: BTreeMap<String, [u32; 4]>,
    behind: BTreeMap<[String; 2], u32>,
    after: BTreeMap<[String; 3], u32>,
}

impl Counts {
    fn add(&mut self, text: &str, lexical: &Lexical) {
        let (mut last, mut before) = (String::new(), String::new());
        let mut in_file = BTreeSet::new();
        let mut called: Option<String> = None;
        for_each_token(text, lexical, |token| {
            self.tokens += 1;
            if token.starts_line && last != "¶" {
                before = std::mem::replace(&mut last, "¶".to_owned());
            }
            if let Some(name) = called.take().filter(|_| token.text == "(")
                && let Some(counts) = self.names.get_mut(&name)
            {
                counts[3] += 1;
            }
            if token.kind == Kind::Name {
                let counts = self.names.entry(token.text.to_owned()).or_default();
                counts[0] += u32::from(in_file.insert(token.text.to_owned()));
                counts[1] += 1;
                counts[2] += u32::from(lexical.member_operators.contains(&last));
                if !last.is_empty() {
                    let context = [last.clone(), token.text.to_owned()];
                    *self.behind.entry(context).or_default() += 1;
                }
                if !before.is_empty() {
                    let context = [before.clone(), last.clone(), token.text.to_owned()];
                    *self.after.entry(context).or_default() += 1;
                }
                called = Some(token.text.to_owned());
            }
            before = std::mem::replace(&mut last, written(&token));
        });
    }
}

/// A token as the lists write it: literals of a kind are all alike.
fn written(token: &Token<'_>) -> String {
    match token.kind {
        Kind::Name | Kind::Sign => token.text.to_owned(),
        Kind::Number => "0".to_owned(),
        Kind::Text => "\"".to_owned(),
    }
}
