//! Logs: to standard error, because standard output is the wire; off below errors unless asked for,
//! because editors show a server's standard error as trouble.
//!
//! `TABTIER_LOG` sets the filter, such as `tabtier=info`. No log line holds source text, prompts,
//! answers or keys at any level. Terminal escapes are never written.

use std::panic::{Location, PanicHookInfo};

use tracing_subscriber::EnvFilter;

/// Name of the environment variable that holds the filter.
pub const FILTER_VARIABLE: &str = "TABTIER_LOG";

/// Sets up logging for the process. A filter that cannot be read is ignored.
pub fn install() {
    let filter =
        EnvFilter::try_from_env(FILTER_VARIABLE).unwrap_or_else(|_| EnvFilter::new("error"));
    // Fails only when something else has set up logging before; then that stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
    std::panic::set_hook(Box::new(report_panic));
}

/// A panic's message may quote the text it happened in (a slice out of range prints the string),
/// so only the place is logged.
fn report_panic(info: &PanicHookInfo<'_>) {
    let place = info.location();
    let (file, line) = (place.map(Location::file), place.map(Location::line));
    tracing::error!(file, line, "panic");
}
