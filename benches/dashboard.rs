//! How long a browser takes to show the dashboard of a large ledger: the real program, a real Chromium.
//!
//! A month of a million requests is made up, and counted anew in each run, which begins when the program
//! starts. The browser is started when the address is printed, as with `--open`. *First paint* is
//! Chromium's first contentful paint, *shown* the frame in which all figures stand, both from the start of
//! the navigation to the page. `-- --rows N` makes another number of requests. Chromium is where
//! `tests/tools/get_chromium.sh` puts it; `TABTIER_TEST_TOOLS` names another folder than `.tools`.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]
#![allow(clippy::disallowed_methods, reason = "where the browser is depends on the machine")]

#[path = "../tests/it/support/synthetic.rs"]
mod synthetic;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tabtier::store::ledger::now;

const RUNS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |word: &str| arguments.iter().skip_while(|own| *own != word).nth(1);
    let requests = after("--rows").and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tools = std::env::var_os("TABTIER_TEST_TOOLS").map_or(root.join(".tools"), PathBuf::from);
    let tools = tools.join("chromium");
    assert!(
        tools.exists(),
        "there is no {}; tests/tools/get_chromium.sh makes it",
        tools.display()
    );
    let home = tempfile::tempdir().expect("a folder");
    let ledger = home.path().join("ledger.sqlite3");
    synthetic::make(&ledger, &synthetic::Made { requests, days: 30, until: now() });
    let size = std::fs::metadata(&ledger).map_or(0, |data| data.len()) >> 20;
    println!("{requests} requests, {size} MB; ms");
    println!("{:>9} {:>12} {:>8}", "counting", "first paint", "shown");
    let mut runs: Vec<[u64; 3]> = (0..RUNS).map(|_| run(root, &tools, &ledger)).collect();
    runs.sort_by_key(|[.., shown]| *shown);
    for [counting, paint, shown] in &runs {
        println!("{counting:>9} {paint:>12} {shown:>8}");
    }
    println!("median shown: {}", runs[RUNS / 2][2]);
}

/// How long counting took, and first paint and all shown since the navigation.
fn run(root: &Path, tools: &Path, ledger: &Path) -> [u64; 3] {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tabtier"))
        .args(["dashboard", "--ledger"])
        .arg(ledger)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut url = String::new();
    BufReader::new(program.stdout.take().expect("its output")).read_line(&mut url).expect("a line");
    let job = json!({"tools": tools, "url": url.trim(), "is_only_timed": true});
    let driver = Command::new("node")
        .arg(root.join("tests/it/dashboard/driver.mjs"))
        .arg(job.to_string())
        .output()
        .expect("node runs");
    program.kill().and_then(|()| program.wait()).expect("it ends");
    let seen: Value = serde_json::from_slice(&driver.stdout).expect("what it saw");
    let ms = |name: &str| seen["paint_ms"][name].as_u64().expect("a time");
    let counting = seen["counting_ms"].as_u64().expect("a time");
    [counting, ms("first-contentful-paint"), ms("shown")]
}
