//! What the gate saves and what it costs, on recorded editing.
//!
//! `cargo bench --bench sessions` replays the recordings and prints the tables of
//! `benches/routing/gate.md`. `-- --write` puts them there, `-- --check` fails if they differ,
//! `-- --train` fits the weights anew and writes them, `-- --examples` prints single calls. Paths
//! of other recordings may be named to measure those instead.

#![allow(clippy::print_stdout, reason = "the tables are what this program is for")]

#[path = "sessions/examples.rs"]
mod examples;
#[path = "sessions/measure.rs"]
mod measure;
#[path = "sessions/next.rs"]
mod next;
#[path = "sessions/recording.rs"]
mod recording;
#[path = "sessions/replay.rs"]
mod replay;
#[path = "sessions/table.rs"]
mod table;
#[path = "sessions/train.rs"]
mod train;

use std::path::{Path, PathBuf};

use tabtier::config::languages::Languages;

use recording::Recording;
use replay::{Replayed, replay};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let named = arguments.iter().filter(|argument| !argument.starts_with('-'));
    let mut files: Vec<PathBuf> = named.map(PathBuf::from).collect();
    let is_ours = files.is_empty();
    if is_ours {
        files = ours(&root.join("benches/routing/recordings"));
    }
    let languages = Languages::load();
    let read = |file: &PathBuf| replay(&Recording::read(file), &languages);
    let sessions: Vec<Replayed> = files.iter().map(read).collect();
    if has("--train") {
        let fitted = train::fit(&sessions, |_, asked| asked.is_first_half);
        let file = root.join("src/domain/gate/weights.rs");
        std::fs::write(file, train::source(&fitted, &sessions)).expect("a writable file");
        return;
    }
    if has("--examples") {
        println!("{}", examples::text(&sessions));
        return;
    }
    let tables = table::tables(&sessions);
    let page = root.join("benches/routing/gate.md");
    if is_ours && (has("--write") || has("--check")) {
        let old = std::fs::read_to_string(&page).expect("the page with the tables");
        let new = table::put(&old, "measured", &tables)
            .and_then(|page| table::put(&page, "examples", &examples::text(&sessions)))
            .expect("the page has places for tables and examples");
        if has("--write") {
            std::fs::write(&page, new).expect("a writable file");
        } else {
            assert!(old == new, "benches/routing/gate.md is not what this code measures");
            println!("the tables are what this code measures");
        }
        return;
    }
    println!("{tables}");
}

fn ours(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of recordings");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension() == Some("jsonl".as_ref())).collect();
    files.sort();
    files
}
