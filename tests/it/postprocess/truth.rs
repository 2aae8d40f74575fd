//! A model that is always right: the filters must pass on what it says.
//!
//! Parts of real files are taken out and given back as the answer. The files are those of this
//! repository; `TABTIER_TRUTH=FOLDER` takes those of another folder and prints what was changed.

#![allow(
    clippy::disallowed_methods,
    reason = "another folder is named for a measurement by hand, never in CI"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tabtier::config::languages::Languages;
use tabtier::domain::class::{Extent, RequestClass};
use tabtier::domain::postprocess::{Origin, TextState, bare, clean};

use super::site;

/// Share of right answers that must pass unchanged. The rest are repetitions in real code, which
/// cannot be told from a model's.
const KEPT_MIN: f64 = 0.985;
/// Lines from one place to the next in a file.
const STRIDE: usize = 41;
const FILE_BYTES_MAX: usize = 60_000;

/// A part of a file.
struct Hole {
    start: usize,
    end: usize,
    class: RequestClass,
    extent: Extent,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let is_skipped = name.starts_with('.') || name == "target" || name == "weights";
        if path.is_dir() && !is_skipped && !path.is_symlink() {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The rest of a line from a place on it, the inside of its last brackets, and the block below it.
fn holes(text: &str, nth: usize) -> Vec<Hole> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let start_of = |nth: usize| lines[..nth].iter().map(|line| line.len()).sum::<usize>();
    let Some(line) = lines.get(nth).filter(|line| line.trim().len() > 4) else { return Vec::new() };
    let (start, content) = (start_of(nth), line.trim_end());
    let mut holes = Vec::new();
    let hole = |start, end, class, extent| Hole { start, end, class, extent };
    let borders: Vec<usize> = content
        .char_indices()
        .filter(|(_, c)| " (.,=".contains(*c))
        .map(|(at, c)| at + c.len_utf8())
        .filter(|at| *at > indent(line) && *at < content.len())
        .collect();
    if !borders.is_empty() {
        let from = start + borders[nth % borders.len()];
        holes.push(hole(from, start + content.len(), RequestClass::Line, Extent::Line));
    }
    holes.push(hole(start + indent(line), start + content.len(), RequestClass::Line, Extent::Line));
    if let Some(open) = content.rfind('(')
        && let Some(close) = content[open..].find(')').map(|at| open + at)
        && close > open + 1
    {
        holes.push(hole(start + open + 1, start + close, RequestClass::Line, Extent::Line));
    }
    let is_inside = |other: &&&str| other.trim().is_empty() || indent(other) > indent(line);
    let block = lines[nth + 1..].iter().take_while(is_inside).count();
    if (1..=12).contains(&block) && !lines[nth + 1].trim().is_empty() {
        let first = start_of(nth + 1);
        let end = start_of(nth + 1 + block);
        let end = first + text[first..end].trim_end().len();
        let blanks = text[first..end].contains("\n\n");
        if !blanks {
            let from = first + indent(lines[nth + 1]);
            holes.push(hole(from, end, RequestClass::Logic, Extent::Block));
        }
    }
    holes
}

#[test]
fn right_answers_are_left_alone() {
    let other = std::env::var_os("TABTIER_TRUTH").map(PathBuf::from);
    let folder = other.clone().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).into());
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let mut counts: BTreeMap<(String, &str), (usize, usize)> = BTreeMap::new();
    let mut changed = String::new();
    let mut times = Vec::new();
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let language = Languages::shared().detect("", &path, &text);
        if text.len() > FILE_BYTES_MAX || language.grammar.is_none() || text.contains('\r') {
            continue;
        }
        for nth in (STRIDE / 2..text.lines().count()).step_by(STRIDE) {
            for hole in holes(&text, nth) {
                let truth = &text[hole.start..hole.end];
                let site = site(&language, &text[..hole.start], &text[hole.end..]);
                let origin =
                    Origin { class: hole.class, extent: hole.extent, state: TextState::Ended };
                for (form, is_chat) in [("fim", false), ("chat", true)] {
                    let started = Instant::now();
                    let shown = clean(&site, &bare(&site, truth, is_chat), origin);
                    times.push(started.elapsed());
                    let is_kept = shown.as_ref().is_ok_and(|cleaned| cleaned.text == truth);
                    let count = counts.entry((language.id.clone(), form)).or_default();
                    count.0 += usize::from(is_kept);
                    count.1 += 1;
                    if !is_kept {
                        let place = format!("{}:{} {form}", path.display(), nth + 1);
                        writeln!(changed, "{place}\n{truth:?}\n{shown:?}\n").expect("a string");
                    }
                }
            }
        }
    }
    let sum = |form: &str| {
        let rows = counts.iter().filter(|((_, other), _)| *other == form);
        rows.fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1))
    };
    if other.is_some() {
        println!("{changed}");
        for ((language, form), (kept, all)) in &counts {
            println!("{language:<16} {form:<5} {kept:>6} of {all:>6}");
        }
    }
    times.sort_unstable();
    let time = |share: usize| times[(times.len() - 1) * share / 1000];
    println!("p50 {:?}, p99 {:?}, max {:?}", time(500), time(990), time(1000));
    for form in ["fim", "chat"] {
        let (kept, all) = sum(form);
        println!("{form}: {kept} of {all} right answers are shown unchanged");
        assert!(all > 1000, "{all} places");
        assert!(kept as f64 / all as f64 >= KEPT_MIN, "{form}: {kept} of {all}\n{changed}");
    }
}
