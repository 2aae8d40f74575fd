//! Logs: to standard error, because standard output is the wire; off below errors unless asked for,
//! because editors show a server's standard error as trouble.
//!
//! `TABTIER_LOG` sets the filter, such as `tabtier=info`. No log line holds source text, prompts,
//! answers or keys at any level, whatever the filter says. Terminal escapes are never written.

use std::panic::{Location, PanicHookInfo};

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Name of the environment variable that holds the filter.
pub const FILTER_VARIABLE: &str = "TABTIER_LOG";

/// Sets up logging for the process. A filter that cannot be read is ignored.
pub fn install() {
    let filter =
        EnvFilter::try_from_env(FILTER_VARIABLE).unwrap_or_else(|_| EnvFilter::new("error"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let lines = lines.with_filter(filter.and(filter_fn(may_be_shown)));
    // Fails only when something else has set up logging before; then that stays.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    std::panic::set_hook(Box::new(report_panic));
}

/// What the libraries we use say in detail may hold whole messages, and is never shown.
fn may_be_shown(line: &Metadata<'_>) -> bool {
    line.target().starts_with(env!("CARGO_CRATE_NAME")) || *line.level() <= LevelFilter::WARN
}

/// A panic's message may quote the text it happened in (a slice out of range prints the string),
/// so only the place is logged.
fn report_panic(info: &PanicHookInfo<'_>) {
    let place = info.location();
    let (file, line) = (place.map(Location::file), place.map(Location::line));
    tracing::error!(file, line, "panic");
}
