//! Rules for prose: what the documents name must exist, what the server offers must be documented,
//! and no file may tell on which machine it was written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::scan::{self, Token};
use super::{Tree, report, root};

/// The most bytes a file of the repository may have.
const BYTES_MAX: u64 = 300_000;
/// Files that may have more, and how many. Halving these trees costs 0.4 points of right closers.
const LARGER: [(&str, u64); 1] = [("src/domain/local/weights/closer_trees.txt", 350_000)];

/// Headings inside a release, from keepachangelog.com.
const CHANGE_KINDS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/// What a document may point at.
struct Known {
    /// Paths of files and of the folders above them, relative to the root.
    paths: BTreeSet<String>,
    /// The words of each Rust file.
    words: BTreeMap<String, BTreeSet<String>>,
}

impl Known {
    fn of(tree: &Tree) -> Self {
        let mut paths = BTreeSet::new();
        for (path, _) in &tree.sizes {
            let mut path = path.as_str();
            paths.insert(path.to_owned());
            while let Some((folder, _)) = path.rsplit_once('/') {
                paths.insert(folder.to_owned());
                path = folder;
            }
        }
        let words = tree
            .rust(&["src/", "tests/", "benches/"])
            .map(|file| (file.path.clone(), scan::words(&file.text).collect()))
            .collect();
        Self { paths, words }
    }

    fn has_path(&self, wanted: &str) -> bool {
        let wanted = wanted.trim_end_matches('/');
        self.paths.iter().any(|path| {
            path.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })
    }

    /// Whether a path of modules and items leads somewhere: as far as its segments are files the
    /// path must follow them, and the next segment must be a word of the last file.
    fn has_name(&self, name: &str) -> bool {
        let name = name.trim_end_matches("()").trim_end_matches('!');
        let mut module = "src".to_owned();
        for part in name.split("::") {
            let below = format!("{module}/{part}");
            if self.words.contains_key(&format!("{below}.rs")) {
                module = below;
                continue;
            }
            return match self.words.get(&format!("{module}.rs")) {
                Some(words) => words.contains(part),
                None => self.words.values().any(|words| words.contains(part)),
            };
        }
        true
    }
}

/// Whether a document may name this, and what is wrong otherwise.
fn wrong_name(name: &str, known: &Known) -> Option<&'static str> {
    if looks_like_path(name) {
        return (!known.has_path(name)).then_some("no such file or folder; name what is there now");
    }
    let is_wrong = looks_like_rust(name) && !known.has_name(name);
    is_wrong.then_some("no such name in the code; name what is there now")
}

fn looks_like_path(name: &str) -> bool {
    let endings = ["rs", "toml", "md", "scm", "sh", "lua", "json", "csv"];
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let has_ending = Path::new(name)
        .extension()
        .is_some_and(|ending| endings.iter().any(|known| ending == *known));
    is_plain && (has_ending || (name.ends_with('/') && name.len() > 1))
}

fn looks_like_rust(name: &str) -> bool {
    let parts: Vec<&str> = name.trim_end_matches("()").trim_end_matches('!').split("::").collect();
    let is_word = |part: &&str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    let is_type = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.contains(|c: char| c.is_ascii_lowercase())
    };
    parts.iter().all(is_word) && (parts.len() > 1 || name.ends_with("()") || is_type(parts[0]))
}

/// What stands between backquotes, outside fenced blocks, with its line.
fn backquoted(text: &str) -> Vec<(usize, &str)> {
    let mut is_fenced = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(|name| (at + 1, name)));
        }
    }
    found
}

/// Targets of links to files of the repository, with their lines, relative to the document.
fn links(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .flat_map(|(at, line)| {
            line.split("](").skip(1).filter_map(move |rest| Some((at + 1, rest.split_once(')')?.0)))
        })
        .map(|(line, target)| (line, target.split('#').next().unwrap_or(target)))
        .filter(|(_, target)| !target.is_empty() && !target.contains(':'))
        .collect()
}

/// The target of a link as a path from the root.
fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn changelog(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut find = |line: usize, what: &str| findings.push(format!("CHANGELOG.md:{line}: {what}"));
    let heading = |mark: &'static str| {
        text.lines()
            .enumerate()
            .filter_map(move |(at, line)| Some((at + 1, line.strip_prefix(mark)?.trim())))
    };
    let releases: Vec<_> = heading("## ").collect();
    if releases.first().is_none_or(|(_, name)| *name != "[Unreleased]") {
        find(1, "put `## [Unreleased]` above the releases");
    }
    for (line, name) in releases.iter().skip(1) {
        let is_release = name.strip_prefix('[').and_then(|rest| rest.split_once("] - "));
        if !is_release.is_some_and(|(version, date)| {
            version.split('.').count() == 3 && date.len() == 10 && date.split('-').count() == 3
        }) {
            find(*line, "write a release as `## [1.2.3] - 2030-01-31`");
        }
    }
    for (line, kind) in heading("### ").filter(|(_, kind)| !CHANGE_KINDS.contains(kind)) {
        find(line, &format!("`{kind}` is none of {CHANGE_KINDS:?}"));
    }
    findings
}

/// Names of our commands and messages, such as `tabtier.` with a word or `tabtier/` with one.
fn own_message(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("tabtier.").or_else(|| text.strip_prefix("tabtier/"))?;
    (!rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric())).then_some(text)
}

/// Texts that say on whose machine a file was written. `folders` are this machine's own.
fn machine_paths<'a>(text: &'a str, folders: &'a [String]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for folder in folders {
            let hits = line.match_indices(folder.as_str()).any(|(start, _)| {
                let is_inside =
                    line[..start].ends_with(|c: char| c.is_alphanumeric() || "_-.~".contains(c));
                // A home of one letter is an example, nobody's.
                let name = line[start + folder.len()..].split('/').next().unwrap_or("");
                !is_inside && name.chars().count() != 1
            });
            if hits {
                found.push((at + 1, folder.as_str()));
            }
        }
    }
    found
}

/// Where homes are on the usual systems, and this machine's home and checkout.
fn machine_folders() -> Vec<String> {
    let checkout = root().to_string_lossy().into_owned();
    let home = std::env::home_dir().map(|home| format!("{}/", home.to_string_lossy()));
    ["/home/", "/Users/", "C:\\Users\\"]
        .map(str::to_owned)
        .into_iter()
        .chain(home.filter(|home| home.len() > 2))
        // A checkout directly under the root has a name too common to look for.
        .chain(Some(checkout).filter(|path| path.matches('/').count() > 1))
        .collect()
}

#[test]
fn pages_for_contributors_name_what_exists() {
    let tree = Tree::get();
    let known = Known::of(tree);
    let mut findings = Vec::new();
    for page in ["docs/architecture.md", "CONTRIBUTING.md"] {
        let text = tree.text(page).unwrap_or_else(|| panic!("{page} is missing"));
        findings.extend(backquoted(text).into_iter().filter_map(|(line, name)| {
            Some(format!("{page}:{line}: `{name}`: {}", wrong_name(name, &known)?))
        }));
    }
    report("a page is out of date", &findings);
}

#[test]
fn links_lead_somewhere() {
    let tree = Tree::get();
    let known = Known::of(tree);
    let mut findings = Vec::new();
    let is_page = |path: &str| Path::new(path).extension().is_some_and(|ending| ending == "md");
    for file in tree.files.iter().filter(|file| is_page(&file.path)) {
        for (line, target) in links(&file.text) {
            let path = resolve(&file.path, target);
            if !known.paths.contains(&path) {
                findings.push(format!("{}:{line}: `{target}`: no such file", file.path));
            }
        }
    }
    report("a link is broken", &findings);
}

#[test]
fn the_changelog_has_its_form() {
    report(
        "the changelog is malformed",
        &changelog(Tree::get().text("CHANGELOG.md").unwrap_or("")),
    );
}

#[test]
fn our_messages_are_documented() {
    let tree = Tree::get();
    let page = tree.text("docs/protocol.md").expect("docs/protocol.md");
    let documented: BTreeSet<&str> =
        backquoted(page).into_iter().filter_map(|(_, name)| own_message(name)).collect();
    let mut offered = BTreeSet::new();
    let mut findings = Vec::new();
    for file in tree.rust(&["src/server/"]) {
        for placed in scan::shipped(scan::tokens(&file.text)) {
            let Token::Text(text) = &placed.token else { continue };
            if let Some(name) = own_message(text) {
                offered.insert(name.to_owned());
                if !documented.contains(name) {
                    findings.push(format!(
                        "{}:{}: `{name}` is not in docs/protocol.md; document it there",
                        file.path, placed.line
                    ));
                }
            }
        }
    }
    if !offered.is_empty() {
        findings.extend(documented.iter().filter(|name| !offered.contains(**name)).map(|name| {
            format!("docs/protocol.md: the server has no `{name}`; delete it from the page")
        }));
    }
    report("docs/protocol.md and the server disagree", &findings);
}

#[test]
fn files_are_small() {
    let findings: Vec<_> = Tree::get()
        .sizes
        .iter()
        .filter(|(path, bytes)| {
            let own = LARGER.iter().find(|(larger, _)| larger == path);
            *bytes > own.map_or(BYTES_MAX, |(_, bytes)| *bytes)
        })
        .map(|(path, bytes)| format!("{path}: {bytes} bytes; generate it, or cut the case down"))
        .collect();
    report("a file is too large for a repository", &findings);
}

#[test]
fn no_file_names_a_machine() {
    let folders = machine_folders();
    let mut findings = Vec::new();
    // This file spells the folders out.
    for file in Tree::get().files.iter().filter(|file| file.path != "tests/it/tidy/docs.rs") {
        for (line, folder) in machine_paths(&file.text, &folders) {
            findings.push(format!(
                "{}:{line}: `{folder}` is somebody's machine; use a path from the root, or `~`",
                file.path
            ));
        }
    }
    report("a file names a machine", &findings);
}

fn known() -> Known {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        paths: ["src", "src/domain", "src/domain/units.rs"].map(str::to_owned).into(),
        words: [
            ("src/domain.rs".to_owned(), words(&["pub", "mod", "units"])),
            ("src/domain/units.rs".to_owned(), words(&["struct", "Tokens"])),
            ("src/lib.rs".to_owned(), words(&["shelf"])),
        ]
        .into(),
    }
}

#[test]
fn stale_names_can_fail() {
    let is_wrong = |name: &str| wrong_name(name, &known()).is_some();
    assert!(is_wrong("src/domain/gone.rs") && is_wrong("gone.rs") && is_wrong("gone/"));
    assert!(is_wrong("domain::gone") && is_wrong("Gone") && is_wrong("gone()"));
    assert!(is_wrong("domain::shelf"), "a word of another file is not a module");
    assert!(is_wrong("domain::units::Gone") && !is_wrong("domain::units::Tokens"));
    assert!(!is_wrong("src/domain/units.rs") && !is_wrong("units.rs") && !is_wrong("domain/"));
    assert!(!is_wrong("domain::units") && !is_wrong("Tokens") && !is_wrong("JSON"));
    assert!(!is_wrong("utf-16") && !is_wrong("policy.override") && !is_wrong("tests"));
    assert!(is_wrong("its.rs"), "a name is not matched in its middle");
}

#[test]
fn fences_and_links_are_read() {
    assert_eq!(backquoted("a `b` c `d`\n```\n`e`\n```\n`f`"), [(1, "b"), (1, "d"), (5, "f")]);
    assert_eq!(links("[a](b.md#c) [d](https://e) [f](#g)\n[h](../i)"), [(1, "b.md"), (2, "../i")]);
    assert_eq!(resolve("docs/README.md", "../src/lib.rs"), "src/lib.rs");
    assert_eq!(resolve("README.md", "docs/"), "docs");
}

#[test]
fn changelogs_can_fail() {
    assert!(changelog("# Changelog\n\n## [Unreleased]\n\n### Added\n- x\n").is_empty());
    assert!(changelog("## [Unreleased]\n## [0.1.0] - 2030-01-31\n").is_empty());
    assert_eq!(changelog("# Changelog\n").len(), 1);
    assert_eq!(changelog("## [Unreleased]\n### New\n## 0.1\n").len(), 2);
}

#[test]
fn messages_can_fail() {
    assert_eq!(own_message("tabtier.explain"), Some("tabtier.explain"));
    assert_eq!(own_message("tabtier/state"), Some("tabtier/state"));
    assert_eq!(own_message("tabtier.toml file"), None);
    assert_eq!(own_message("a tabtier.explain"), None);
}

#[test]
fn machine_paths_can_fail() {
    let folders = ["/home/".to_owned(), "/x/checkout".to_owned()];
    assert_eq!(machine_paths("a\n\"/home/ada/x\"", &folders), [(2, "/home/")]);
    assert_eq!(machine_paths("in /x/checkout/src", &folders).len(), 1);
    assert!(machine_paths("docs/home/page and ~/home/", &folders).is_empty());
    assert!(machine_paths("/home/u/.ssh/config", &folders).is_empty(), "an example");
}
