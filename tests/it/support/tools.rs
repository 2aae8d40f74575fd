//! Real programs some tests talk to, which are not part of this repository.
//!
//! `tests/run.sh` puts them under `.tools`. A test that finds its tool missing says so on one line and
//! passes, so plain `cargo test` works anywhere; with `TABTIER_REQUIRE_TOOLS=1`, as in CI, it fails.
//! The line goes straight to stderr because the test harness swallows what a passing test prints.

#![allow(
    clippy::disallowed_methods,
    reason = "where the tools are depends on the machine, so the environment says it"
)]

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder the tools are in.
pub(crate) fn folder() -> PathBuf {
    env::var_os("TABTIER_TEST_TOOLS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools"), PathBuf::from)
}

/// The path of a tool in that folder, or `None` after saying that `test` is skipped.
pub(crate) fn in_folder(test: &str, path: &str) -> Option<PathBuf> {
    let tool = folder().join(path);
    if tool.exists() {
        return Some(tool);
    }
    skip(test, &format!("no {path} in {}, tests/run.sh puts it there", folder().display()));
    None
}

/// The path of a program of the system, or `None` after saying that `test` is skipped.
pub(crate) fn on_path(test: &str, program: &str) -> Option<PathBuf> {
    let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file());
    if found.is_none() {
        skip(test, &format!("no {program} on the path"));
    }
    found
}

fn skip(test: &str, why: &str) {
    assert!(
        env::var("TABTIER_REQUIRE_TOOLS").as_deref() != Ok("1"),
        "{test}: {why}, and TABTIER_REQUIRE_TOOLS=1 asks for it"
    );
    writeln!(std::io::stderr(), "skipped: {test}: {why}").ok();
}
