//! The table of retyping, and its places in `benches/routing/retyped.md` and `docs/local.md`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::typing::{KINDS, Tally};

const TITLE: &str = "# What the local engine saves when files are typed again\n\nWritten by `cargo bench \
                     --bench local -- --write`; [README.md](README.md#retyping) says what is assumed.\n\n";
const MARKS: (&str, &str) = ("<!-- retyped -->\n", "<!-- /retyped -->\n");

/// Puts the table into the pages.
pub(crate) fn write(table: &str) {
    for (path, text) in pages(table) {
        fs::write(path, text).expect("a writable page");
    }
}

/// Fails if a page has another table.
pub(crate) fn check(table: &str) {
    for (path, text) in pages(table) {
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{} is not what is measured:\n{table}", path.display());
    }
    println!("the pages have what is measured");
}

/// Each page and what it has to be.
fn pages(table: &str) -> [(PathBuf, String); 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = root.join("docs/local.md");
    let text = fs::read_to_string(&docs).expect("the page for users");
    let (head, rest) = text.split_once(MARKS.0).expect("a mark for the table");
    let (_, tail) = rest.split_once(MARKS.1).expect("a mark behind the table");
    let filled = [head, MARKS.0, table, MARKS.1, tail].concat();
    [(root.join("benches/routing/retyped.md"), [TITLE, table].concat()), (docs, filled)]
}

/// One line for each language and one for all, each language counting alike.
pub(crate) fn table(tallies: &[(String, Tally)]) -> String {
    let mut languages: Vec<(&str, usize, Tally)> = Vec::new();
    for (language, tally) in tallies {
        match languages.last_mut().filter(|(last, ..)| last == language) {
            Some((_, count, sum)) => {
                *count += 1;
                sum.add(tally);
            }
            None => languages.push((language, 1, tally.clone())),
        }
    }
    let mut out = String::new();
    out.push_str("| language | stretches | characters | saved per 1,000 |");
    out.extend(KINDS.map(|kind| format!(" by {kind} |")));
    out.push_str(" accepted | wrong | wrong of offers |\n| --- |");
    out.push_str(&" ---: |".repeat(6 + KINDS.len()));
    out.push('\n');
    let mut means = vec![0.0; 4 + KINDS.len()];
    for (language, count, tally) in &languages {
        let figures = figures(tally);
        for (mean, figure) in means.iter_mut().zip(&figures) {
            *mean += figure / languages.len() as f64;
        }
        out.push_str(&row(language, &count.to_string(), &tally.characters.to_string(), &figures));
    }
    out.push_str(&row("macro", "", "", &means));
    out
}

/// Keys saved, those by kind, offers accepted and wrong ones, each per 1,000 characters, and the
/// percentage of offers that were wrong.
fn figures(tally: &Tally) -> Vec<f64> {
    let per_1000 = |count: usize| 1000.0 * count as f64 / tally.characters as f64;
    let accepted: usize = tally.accepted.iter().map(|(count, _)| count).sum();
    let mut figures = vec![per_1000(tally.characters - tally.keys)];
    figures.extend(tally.accepted.iter().map(|(_, keys)| per_1000(*keys)));
    let wrong_share = 100.0 * tally.wrong as f64 / (accepted + tally.wrong).max(1) as f64;
    figures.extend([per_1000(accepted), per_1000(tally.wrong), wrong_share]);
    figures
}

fn row(title: &str, stretches: &str, characters: &str, figures: &[f64]) -> String {
    let (last, first) = figures.split_last().expect("figures");
    let cells: Vec<String> = first.iter().map(|figure| format!("{figure:.0}")).collect();
    format!("| {title} | {stretches} | {characters} | {} | {last:.1} % |\n", cells.join(" | "))
}
