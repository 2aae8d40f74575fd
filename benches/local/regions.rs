//! The stretches that are typed again: the same ones on every machine that has the corpus.
//!
//! They come from the packages of the test half alone, in turns from each package of a language, so
//! that no large package speaks for all. A stretch begins at a line that has text and ends with one;
//! what stands there is taken as it is, comments and licence texts too.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::numbers::Numbers;

/// Stretches of each language.
const REGIONS: usize = 12;
/// Lines of a stretch.
const LINES: usize = 40;
/// Files drawn before a package is said to have none that will do.
const DRAWS_MAX: usize = 200;
/// Bytes of a file: shorter ones hold no stretch, longer ones are mostly tables.
const BYTES: std::ops::Range<usize> = 3_000..200_000;
/// Bytes of the longest line a person writes.
const LINE_BYTES_MAX: usize = 600;

/// A stretch of a file, to be typed between what stands before and after it.
pub(crate) struct Region {
    /// The language its package is of.
    pub(crate) language: String,
    pub(crate) path: PathBuf,
    pub(crate) before: String,
    pub(crate) text: String,
    pub(crate) after: String,
}

#[derive(Deserialize)]
struct Packages {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    language: String,
    half: String,
}

/// The stretches of all languages, or `None` where the corpus is not there.
pub(crate) fn held_out() -> Option<Vec<Region>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tools = std::env::var_os("TABTIER_TEST_TOOLS");
    let tools = tools.map_or_else(|| root.join(".tools"), PathBuf::from);
    let sources = tools.join("routing/sources");
    if !sources.is_dir() {
        return None;
    }
    let declared = root.join("benches/routing/packages.toml");
    let declared = std::fs::read_to_string(declared).expect("the list of packages");
    let declared: Packages = toml::from_str(&declared).expect("a readable list of packages");
    let mut held_out = declared.package;
    held_out.retain(|package| package.half == "test");
    let mut languages: Vec<&str> = Vec::new();
    for package in &held_out {
        if !languages.contains(&package.language.as_str()) {
            languages.push(&package.language);
        }
    }
    let mut regions = Vec::new();
    for language in languages {
        let own: Vec<_> = held_out.iter().filter(|package| package.language == language).collect();
        let mut numbers = Numbers(0x5eed + regions.len() as u64);
        let files: Vec<_> = own.iter().map(|package| package.files(&sources)).collect();
        for turn in 0..REGIONS {
            regions.push(region(language, &files[turn % files.len()], &mut numbers));
        }
    }
    Some(regions)
}

impl Package {
    fn files(&self, sources: &Path) -> Vec<PathBuf> {
        let folder = self.name.trim_start_matches('@').replace('/', "__");
        let mut files = Vec::new();
        collect(&sources.join(&self.language).join(folder), &mut files);
        files.sort();
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn region(language: &str, files: &[PathBuf], numbers: &mut Numbers) -> Region {
    let drawn = (0..DRAWS_MAX).find_map(|_| {
        let path = &files[numbers.below(files.len())];
        let text = std::fs::read_to_string(path).ok().filter(|text| is_written(text))?;
        let (begin, end) = stretch(&text, numbers)?;
        Some(Region {
            language: language.to_owned(),
            path: path.clone(),
            before: text[..begin].to_owned(),
            text: text[begin..end].to_owned(),
            after: text[end..].to_owned(),
        })
    });
    drawn.expect("a package with a file that holds a stretch")
}

/// Whether a person wrote this, as the labels of the corpus ask it.
fn is_written(text: &str) -> bool {
    let head = text.get(..600).unwrap_or(text);
    BYTES.contains(&text.len())
        && !text.contains('\r')
        && !head.contains("@generated")
        && !head.contains("DO NOT EDIT")
        && text.lines().all(|line| line.len() <= LINE_BYTES_MAX)
}

/// Where a stretch begins and ends, its last line break left out.
fn stretch(text: &str, numbers: &mut Numbers) -> Option<(usize, usize)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let last = lines.len().checked_sub(LINES)?;
    let firsts: Vec<usize> = (0..=last).filter(|line| !lines[*line].trim().is_empty()).collect();
    let first = if firsts.is_empty() { return None } else { numbers.one_of(&firsts) };
    let begin: usize = lines[..first].iter().map(|line| line.len()).sum();
    let whole: usize = lines[first..first + LINES].iter().map(|line| line.len()).sum();
    Some((begin, begin + text[begin..begin + whole].trim_end().len()))
}
