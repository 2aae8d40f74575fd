//! Rules for each source file by itself: its header, its length, its name, and what must not be
//! left behind in it.

use std::collections::BTreeSet;

use super::scan::{self, Placed, Token};
use super::{File, Tree, is_rust, is_test, report};

/// Over this many lines a file is talked about.
const LINES_TALK: usize = 400;
/// Over this many lines the test fails.
const LINES_MAX: usize = 600;
/// Handing over to a command needs no more than this.
const MAIN_LINES_MAX: usize = 80;

/// Files over [`LINES_MAX`] with their length. A number may only go down, an entry only away.
/// Generated tables belong here by name.
const LONG_FILES: &[(&str, usize)] = &[];

/// String literals that equal a language's id and mean something else: file, literal, meaning.
const NOT_A_LANGUAGE: &[(&str, &str, &str)] =
    &[("src/domain/language.rs", "plaintext", "the row of files that no other row claims")];

/// Words that say a header has not been written yet.
const PLACEHOLDERS: [&str; 5] = ["todo", "tbd", "fixme", "lorem ipsum", "goes here"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["utils", "util", "helpers", "helper", "common", "misc", "manager", "mod"];

/// How a line of code begins that someone put behind `//`.
const CODE_STARTS: [&str; 10] =
    ["let ", "fn ", "pub ", "use ", "mod ", "impl ", "struct ", "enum ", "return ", "#["];

fn header(file: &File) -> Option<String> {
    let lines: Vec<&str> =
        file.text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    let text = lines.join(" ");
    let lower = text.to_lowercase();
    let missing = if lines.is_empty() {
        "open the file with `//!`: what it is, why it is so, what it must not know".to_owned()
    } else if let Some(word) = PLACEHOLDERS.iter().find(|word| lower.contains(*word)) {
        format!("the header still says `{word}`; write it")
    } else if !has_sentence(&text) {
        "the header needs one whole sentence, from a capital to a full stop".to_owned()
    } else {
        return None;
    };
    Some(format!("{}:1: {missing}", file.path))
}

fn has_sentence(text: &str) -> bool {
    // A sentence may also begin with a name, such as `llama.cpp`.
    let first = text.split_whitespace().next().unwrap_or("");
    let starts = !first.chars().all(char::is_lowercase);
    let end = text.find(". ").or_else(|| text.ends_with('.').then_some(text.len() - 1));
    starts && end.is_some_and(|end| text[..end].split_whitespace().count() >= 3)
}

fn length(path: &str, lines: usize, exceptions: &[(&str, usize)]) -> Option<String> {
    let listed = exceptions.iter().find(|(known, _)| *known == path).map(|(_, max)| *max);
    let max = if path == "src/main.rs" { MAIN_LINES_MAX } else { listed.unwrap_or(LINES_MAX) };
    if lines > max {
        return Some(format!("{path}:{max}: {lines} lines; split it where that reduces surface"));
    }
    let stale = listed.filter(|max| lines <= LINES_MAX || lines < *max)?;
    Some(format!("{path}:1: {lines} lines, {stale} allowed in LONG_FILES; lower or delete it"))
}

fn leftovers(path: &str, source: &str) -> Vec<String> {
    let tokens = scan::tokens(source);
    let mut findings = Vec::new();
    let mut find = |line: usize, what: String| findings.push(format!("{path}:{line}: {what}"));
    for window in tokens.windows(3) {
        let [first, second, third] = window else { continue };
        if let Some(name @ ("dbg" | "todo" | "unimplemented")) = first.word()
            && second.is_mark('!')
            && matches!(third.token, Token::Mark('(' | '[' | '{'))
        {
            find(first.line, format!("`{name}!` is for your own machine; finish the code"));
        }
        if first.is_mark('#') && second.is_mark('[') && third.word() == Some("ignore") {
            find(first.line, "assert today's behaviour and say why it is wrong".to_owned());
        }
    }
    for placed in &tokens {
        let Token::Comment(comment) = &placed.token else { continue };
        for (offset, line) in comment.lines().enumerate() {
            if has_unlinked_mark(line) {
                find(placed.line + offset, "name the issue beside it, or do it now".to_owned());
            }
        }
    }
    findings
}

/// Whether a comment says that something is left to do without saying where that is tracked.
fn has_unlinked_mark(comment: &str) -> bool {
    let marks = ["TODO", "FIXME", "XXX"];
    let is_linked = comment.contains("https://")
        || comment.split('#').skip(1).any(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    let mut words = comment.split(|c: char| !c.is_alphanumeric());
    !is_linked && words.any(|word| marks.contains(&word))
}

/// The lines on which code stands behind `//`.
fn commented_out(source: &str) -> Vec<usize> {
    scan::tokens(source)
        .iter()
        .filter(|placed| match &placed.token {
            Token::Comment(comment) => comment.strip_prefix("// ").is_some_and(is_code),
            _ => false,
        })
        .map(|placed| placed.line)
        .collect()
}

/// Whether a line is code rather than a sentence that happens to begin like it.
fn is_code(line: &str) -> bool {
    CODE_STARTS.iter().any(|start| line.starts_with(start))
        && line.trim_end().ends_with([';', '{', '}', ']'])
}

fn empty_name(path: &str) -> Option<String> {
    let parts = path.trim_end_matches(".rs").split('/');
    let name = parts.clone().find(|part| EMPTY_NAMES.contains(part))?;
    Some(format!("{path}: `{name}` says nothing; name the file after what it holds"))
}

/// The ids in `grammars/languages.toml`: the names of its tables.
fn language_ids(rows: &str) -> BTreeSet<String> {
    let rows: toml::Table = rows.parse().expect("a readable grammars/languages.toml");
    rows.into_iter().filter(|(_, row)| row.is_table()).map(|(id, _)| id).collect()
}

fn language_names(path: &str, code: &[Placed], ids: &BTreeSet<String>) -> Vec<String> {
    code.iter()
        .filter_map(|placed| match &placed.token {
            Token::Text(text) if ids.contains(text) => Some((placed.line, text)),
            _ => None,
        })
        .filter(|(_, text)| {
            !NOT_A_LANGUAGE.iter().any(|(file, known, _)| *file == path && known == text)
        })
        .map(|(line, text)| {
            format!("{path}:{line}: \"{text}\" is a language; put the difference into its row")
        })
        .collect()
}

#[test]
fn files_open_with_a_header() {
    let findings: Vec<_> = Tree::get().rust(&["src/", "tests/it/"]).filter_map(header).collect();
    report("a file does not say what it is", &findings);
}

#[test]
fn files_are_short() {
    let mut findings = Vec::new();
    for file in Tree::get().rust(&["src/", "tests/it/", "benches/"]) {
        let lines = file.text.lines().count();
        if lines > LINES_TALK {
            eprintln!("{}: {lines} lines; could its surface be smaller?", file.path);
        }
        findings.extend(length(&file.path, lines, LONG_FILES));
    }
    report("a file is too long, or its exception is stale", &findings);
}

#[test]
fn nothing_is_left_behind() {
    let mut findings = Vec::new();
    for file in Tree::get().rust(&["src/", "tests/", "benches/"]) {
        findings.extend(leftovers(&file.path, &file.text));
        findings.extend(commented_out(&file.text).into_iter().map(|line| {
            format!("{}:{line}: code behind `//`; delete it, git remembers", file.path)
        }));
    }
    report("something was left behind", &findings);
}

#[test]
fn file_names_mean_something() {
    let findings: Vec<_> = Tree::get()
        .files
        .iter()
        .filter(|file| file.path.starts_with("src/") && is_rust(&file.path))
        .filter_map(|file| empty_name(&file.path))
        .collect();
    report("a file name says nothing", &findings);
}

#[test]
fn no_code_asks_for_a_language_by_name() {
    let tree = Tree::get();
    let Some(rows) = tree.text("grammars/languages.toml") else { return };
    let ids = language_ids(rows);
    assert!(!ids.is_empty(), "grammars/languages.toml names no language");
    let findings: Vec<_> = tree
        .rust(&["src/"])
        .filter(|file| !file.path.starts_with("src/config") && !is_test(&file.path))
        .flat_map(|file| language_names(&file.path, &scan::shipped(scan::tokens(&file.text)), &ids))
        .collect();
    report("code knows a language by name", &findings);
}

#[test]
fn headers_can_fail() {
    let check = |text: &str| header(&File { path: "a.rs".to_owned(), text: text.to_owned() });
    assert!(check("use std::fmt;\n").is_some());
    assert!(check("//! the server\n").is_some());
    assert!(check("//! Server.\n").is_some());
    assert!(check("//! This is a TODO for tomorrow.\n").is_some());
    assert!(check("//! The one exit\n//! to the network.\n").is_none());
}

#[test]
fn lengths_can_fail() {
    assert!(length("src/a.rs", 601, &[]).is_some());
    assert!(length("src/main.rs", 81, &[]).is_some());
    assert!(length("src/a.rs", 701, &[("src/a.rs", 700)]).is_some());
    assert!(length("src/a.rs", 650, &[("src/a.rs", 700)]).is_some(), "the entry may shrink");
    assert!(length("src/a.rs", 700, &[("src/a.rs", 700)]).is_none());
    assert!(length("src/a.rs", 600, &[]).is_none());
}

#[test]
fn leftovers_can_fail() {
    let mark = ["TO", "DO"].concat();
    assert_eq!(leftovers("a.rs", "fn f() { dbg!(1); }").len(), 1);
    assert_eq!(leftovers("a.rs", "fn f() { todo!() }").len(), 1);
    assert_eq!(leftovers("a.rs", "#[ignore = \"slow\"]\nfn f() {}").len(), 1);
    assert_eq!(leftovers("a.rs", &format!("// {mark}: later")).len(), 1);
    assert!(leftovers("a.rs", &format!("// {mark} (#12): later")).is_empty());
    assert!(leftovers("a.rs", &format!("const A: &str = \"{mark}\";")).is_empty());
    assert_eq!(commented_out("// let a = 1;\nfn f() {}\n    // pub mod b;\n"), [1, 3]);
    assert!(commented_out("// let the caller decide\n/// fn f() {}\n").is_empty());
}

#[test]
fn names_can_fail() {
    assert!(empty_name("src/server/utils.rs").is_some());
    assert!(empty_name("src/helpers/text.rs").is_some());
    assert!(empty_name("src/domain/text.rs").is_none());
}

#[test]
fn language_names_can_fail() {
    let ids = language_ids("[rust]\nname = \"Rust\"\n[go]\nname = \"Go\"\n");
    let check = |source: &str| language_names("src/a.rs", &scan::tokens(source), &ids);
    assert_eq!(check("match id { \"go\" => 1, _ => 2 }").len(), 1);
    assert!(check("// \"go\"\nlet a = \"going\";").is_empty());
}
