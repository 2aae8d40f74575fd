//! What the local engine saves when real files are typed again.
//!
//! `cargo bench --bench local` types stretches of the held-out packages of the routing corpus key by
//! key and counts what accepted offers save. It needs the corpus that `benches/routing/run.sh`
//! downloads. `-- --write` puts the table into `benches/routing/retyped.md`, `-- --check` fails if
//! the table there is another one. How fast the engine answers is in the keystroke benchmark.

#![allow(clippy::print_stdout, reason = "the tables are what this program is for")]

mod numbers;
#[path = "local/pages.rs"]
mod pages;
#[path = "local/regions.rs"]
mod regions;
#[path = "local/typing.rs"]
mod typing;

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tabtier::config::languages::Languages;

use regions::Region;
use typing::Tally;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let Some(regions) = regions::held_out() else {
        println!("skipped: nothing is retyped without the corpus of benches/routing/run.sh");
        let is_required = std::env::var("TABTIER_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
        assert!(!is_required, "the corpus is required and missing");
        return;
    };
    let table = pages::table(&tallies(&regions, &Languages::load()));
    if has("--write") {
        pages::write(&table);
    }
    if has("--check") {
        pages::check(&table);
    }
    println!("{table}");
}

/// What each region came to, with its language. Regions are typed on every core; their order stays.
fn tallies(regions: &[Region], languages: &Languages) -> Vec<(String, Tally)> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![Tally::default(); regions.len()]);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(region) = regions.get(index) else { break };
                    let tally = typing::retype(region, languages);
                    done.lock()[index] = tally;
                }
            });
        }
    });
    regions.iter().map(|region| region.language.clone()).zip(done.into_inner()).collect()
}
