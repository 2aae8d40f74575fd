//! Rules of the repository, as tests: what no compiler checks and every reader relies on.
//!
//! Each rule is a function from text to findings, so each has a small test of its own that shows
//! it can fail. A finding names the file, the line and what to do instead. A list of exceptions
//! may only shrink: an entry that is no longer needed is a finding too.

mod docs;
mod imports;
mod licences;
mod scan;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One text file, with its path from the root of the repository in forward slashes.
struct File {
    path: String,
    text: String,
}

/// The repository as it lies on disk, without what its ignore files leave out.
struct Tree {
    files: Vec<File>,
    /// Every path with its size in bytes, binary files included.
    sizes: Vec<(String, u64)>,
}

impl Tree {
    /// Reads the tree once for all rules.
    fn get() -> &'static Self {
        static TREE: OnceLock<Tree> = OnceLock::new();
        TREE.get_or_init(|| {
            let mut tree = Self { files: Vec::new(), sizes: Vec::new() };
            tree.walk(&root(), "", &mut vec![".git".to_owned()]);
            tree
        })
    }

    /// Adds what lies under `folder`. `ignored` holds the patterns of the ignore files above.
    fn walk(&mut self, folder: &Path, prefix: &str, ignored: &mut Vec<String>) {
        let outer = ignored.len();
        if let Ok(text) = fs::read_to_string(folder.join(".gitignore")) {
            ignored.extend(ignore_patterns(&text, prefix));
        }
        let mut entries: Vec<_> =
            fs::read_dir(folder).expect("a readable folder").filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if ignored.iter().any(|pattern| is_ignored(pattern, &path)) {
                continue;
            }
            let kind = entry.file_type().expect("a file type");
            if kind.is_dir() {
                self.walk(&entry.path(), &format!("{path}/"), ignored);
            } else if kind.is_file() {
                self.sizes.push((path.clone(), entry.metadata().map_or(0, |data| data.len())));
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    self.files.push(File { path, text });
                }
            }
        }
        ignored.truncate(outer);
    }

    /// The text of one file.
    fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// The Rust files under one of `folders`.
    fn rust(&self, folders: &'static [&'static str]) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| {
            is_rust(&file.path) && folders.iter().any(|folder| file.path.starts_with(folder))
        })
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Whether a file of `src` holds unit tests only.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

/// The lines of an ignore file we understand: `name`, `name/`, `/path` and `*.ending`. Patterns
/// that hold a slash count from the folder of the ignore file.
fn ignore_patterns(text: &str, prefix: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.trim().trim_end_matches('/'))
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '!']))
        .map(|line| match line.strip_prefix('/') {
            Some(anchored) => format!("/{prefix}{anchored}"),
            None if line.contains('/') => format!("/{prefix}{line}"),
            None => line.to_owned(),
        })
        .collect()
}

fn is_ignored(pattern: &str, path: &str) -> bool {
    if let Some(anchored) = pattern.strip_prefix('/') {
        return path == anchored;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    match pattern.strip_prefix('*') {
        Some(ending) => name.ends_with(ending),
        None => name == pattern,
    }
}

/// Fails with every finding, one a line.
#[track_caller]
fn report(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}

#[test]
fn ignore_files_are_understood() {
    let patterns = ignore_patterns("# note\n/target\nnode_modules/\n*.log\nout/js\n", "editors/");
    let ignores = |path: &str| patterns.iter().any(|pattern| is_ignored(pattern, path));
    assert!(ignores("editors/target") && !ignores("target"));
    assert!(ignores("editors/code/node_modules"));
    assert!(ignores("editors/run.log") && !ignores("editors/log"));
    assert!(ignores("editors/out/js") && !ignores("out/js"));
}
