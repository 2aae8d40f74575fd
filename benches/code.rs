//! Source text to measure with, the same on every machine.
//!
//! The Rust is real: the source of `rustls`, a dependency, so its version is in the lock file and
//! its source is there after a build. The Python is made up by a small generator with a fixed
//! seed, because no dependency brings any: modules of classes, functions, comprehensions and
//! docstrings with varying names, so that no two neighbouring lines are alike.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::numbers::Numbers;

/// A language there is code in.
#[derive(Clone, Copy)]
pub(crate) enum Code {
    Rust,
    Python,
}

impl Code {
    pub(crate) const ALL: [Self; 2] = [Self::Rust, Self::Python];

    /// The language id an editor sends.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
        }
    }

    /// A file name with the language's ending.
    pub(crate) fn filename(self) -> &'static str {
        match self {
            Self::Rust => "main.rs",
            Self::Python => "main.py",
        }
    }

    /// A statement to be typed; everything but its last characters breaks the tree.
    pub(crate) fn statement(self, number: usize) -> String {
        match self {
            Self::Rust => format!("let value{number} = self.compute(a, \"x"),
            Self::Python => format!("value{number} = self.compute(a, \"x"),
        }
    }

    /// Whole items of about this many lines, never more.
    pub(crate) fn lines(self, count: usize) -> String {
        self.file(0, count)
    }

    /// The same from another part of the source; each `index` gives a different text.
    pub(crate) fn file(self, index: usize, count: usize) -> String {
        let text = match self {
            Self::Rust => rust().to_owned(),
            Self::Python => python(index as u64, count + 100),
        };
        let skipped = if matches!(self, Self::Rust) { index * count } else { 0 };
        let lines: Vec<_> = text.lines().skip(skipped).take(count).collect();
        let is_end = |line: &&str| match self {
            Self::Rust => *line == "}",
            Self::Python => line.is_empty(),
        };
        let end = lines.iter().rposition(is_end).map_or(lines.len(), |last| last + 1);
        lines[..end].join("\n") + "\n"
    }

    /// Offsets where a statement may be begun: the ends of lines that end one, inside a function.
    pub(crate) fn statement_ends(self, text: &str) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let code = line.trim_end();
            let is_statement = match self {
                Self::Rust => code.starts_with("        ") && code.ends_with(';'),
                Self::Python => code.starts_with("        ") && code.contains(" = "),
            };
            if is_statement {
                ends.push(at + code.len());
            }
            at += line.len();
        }
        ends
    }
}

/// The white space the line of `offset` begins with.
pub(crate) fn indent_at(text: &str, offset: usize) -> &str {
    let line = &text[text[..offset].rfind('\n').map_or(0, |end| end + 1)..];
    &line[..line.len() - line.trim_start_matches(' ').len()]
}

/// All of it, read once.
fn rust() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(read_rust)
}

fn read_rust() -> String {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("cargo's metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let rustls = packages.iter().find(|package| package["name"] == "rustls").expect("rustls");
    let manifest = Path::new(rustls["manifest_path"].as_str().expect("a path"));
    let mut files = Vec::new();
    collect(&manifest.with_file_name("src"), &mut files);
    files.sort();
    let read = |file: &PathBuf| std::fs::read_to_string(file).expect("readable source");
    files.iter().map(read).collect::<Vec<_>>().concat()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

const NOUNS: [&str; 24] = [
    "order", "price", "session", "handle", "record", "buffer", "region", "window", "token",
    "parser", "cache", "result", "message", "client", "worker", "schema", "column", "index",
    "batch", "config", "route", "signal", "weight", "node",
];
const VERBS: [&str; 16] = [
    "load", "merge", "update", "resolve", "compute", "filter", "render", "collect", "encode",
    "validate", "split", "publish", "expand", "reduce", "attach", "measure",
];

/// A module of at least `count` lines.
fn python(seed: u64, count: usize) -> String {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ (seed + 1));
    let mut parts = vec!["import json\nfrom collections import defaultdict\n\n".to_owned()];
    let mut lines = 0;
    while lines < count {
        let noun = numbers.one_of(&NOUNS);
        let (base, number) = (numbers.one_of(&NOUNS), numbers.below(100));
        let (name, parent) = (capitalised(noun), capitalised(base));
        let mut class = vec![format!(
            "\nclass {name}{number}({parent}):\n    \"\"\"Holds one {noun} and its {base}.\"\"\"\n\n    \
             def __init__(self, {noun}, limit={number}):\n        self.{noun} = {noun}\n        \
             self.limit = limit\n"
        )];
        class.extend((0..2 + numbers.below(5)).map(|_| method(&mut numbers, noun)));
        lines += class.iter().map(|part| part.matches('\n').count()).sum::<usize>();
        parts.extend(class);
    }
    parts.concat()
}

fn method(numbers: &mut Numbers, own: &str) -> String {
    let (verb, a, b) = (numbers.one_of(&VERBS), numbers.one_of(&NOUNS), numbers.one_of(&NOUNS));
    let mut parts = vec![format!("\n    def {verb}_{a}(self, {a}, {b}s, *, depth=0):\n")];
    for _ in 0..2 + numbers.below(7) {
        let (name, other) = (numbers.one_of(&NOUNS), numbers.one_of(&NOUNS));
        let (call, number) = (numbers.one_of(&VERBS), numbers.below(50));
        let lines = match numbers.below(7) {
            0 => vec![format!("{name} = self.{call}_{other}({a}, [{b}s[{number}]])")],
            1 => vec![
                format!("if {name}.{other} > {number} and depth < self.limit:"),
                format!("    return self.{own}.{call}({a}, key=\"{other}\")"),
            ],
            2 => vec![format!("{name}s = {{i.{other}: i for i in {b}s if i.{name} is not None}}")],
            3 => vec![
                format!("for {name}, {other} in enumerate({b}s):"),
                format!("    {a}.{call}({name} + {number}, {other})"),
            ],
            4 => vec![
                format!("# The {name} of a {other} is only known after {call}."),
                format!("{name} = {a}.{other}"),
            ],
            5 => vec![
                "try:".to_owned(),
                format!("    {name} = json.loads({a}.{other})"),
                "except ValueError as error:".to_owned(),
                format!("    raise KeyError(f\"{call}: {{error}}\") from error"),
            ],
            _ => vec![
                format!("with self.{own}.{call}() as {name}:"),
                format!("    {name}.write({other}, {number})"),
            ],
        };
        parts.extend(lines.into_iter().map(|line| format!("        {line}\n")));
    }
    parts.push(format!("        return {a}\n"));
    parts.concat()
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
