//! The command line: parses arguments and wires the parts together.
//!
//! This is the only place that knows all parts. Commands return an exit code and write to standard
//! output themselves; errors are one line on standard error that names the file or key, the value
//! and the way out.

mod audit;
mod complete;
pub mod config;
mod dashboard;
mod doctor;
mod document;
mod explain;
mod init;
mod report;
mod serve;
mod span;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::config::loader::Loader;
use crate::config::place::UserFile;
use crate::domain::route::RouteStats;
use crate::engine::{Equipment, Feedback, rules};
use crate::provider::registry::Registry;
use crate::store::ledger::{self, Books};
use crate::store::stats::StatsFile;
use crate::tokenizers;

/// Stack of a thread that parses. The parser recurses with the nesting of the text; the space is
/// only reserved, not used.
const STACK_BYTES: usize = 64 << 20;

/// An autocomplete router for editors.
#[derive(Debug, Parser)]
#[command(name = "tabtier", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Speak LSP over standard input and output; the same as `serve`.
    #[arg(long)]
    stdio: bool,
    /// Read this settings file instead of the per-user one.
    #[arg(long, global = true, value_name = "PATH")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Speak LSP over standard input and output.
    Serve {
        /// Accepted because editors pass it; it is the only way we speak.
        #[arg(long)]
        stdio: bool,
    },
    /// Complete at one place of a file and print the text to insert.
    Complete(complete::Arguments),
    /// Decide without completing, to measure and understand decisions.
    Explain(explain::Arguments),
    /// Ask each model a few tiny questions and say what is wrong and what to change.
    Doctor(doctor::Arguments),
    /// Set up an editor, or write a settings file to begin with.
    Init(init::Arguments),
    /// Say what was asked, answered and paid, and where money was wasted.
    Report(report::Arguments),
    /// Say what the same requests would have cost under another policy or other prices.
    Audit(audit::Arguments),
    /// Show what was asked, spent and taken, on a page in your browser.
    Dashboard(dashboard::Arguments),
    /// Check or show the settings.
    Config {
        #[command(subcommand)]
        what: Config,
    },
}

#[derive(Debug, Subcommand)]
enum Config {
    /// Read the settings and say what is wrong with them.
    Check,
    /// Show every setting in effect and where it comes from.
    Show,
    /// Print where the per-user settings file is looked for.
    Path,
}

/// Runs the command line and returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> i32 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render().to_string();
            if error.use_stderr() {
                complain(&text);
            } else {
                print(&text);
            }
            return error.exit_code();
        }
    };
    let file = arguments.config.as_deref();
    let result = match arguments.command {
        Some(Command::Serve { stdio: _ }) => serve::run(file),
        None if arguments.stdio => serve::run(file),
        None => return run(["tabtier".into(), "--help".into()]),
        Some(Command::Complete(arguments)) => complete::run(&arguments, file),
        Some(Command::Explain(arguments)) => explain::run(&arguments, file),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments, file),
        Some(Command::Init(arguments)) => init::run(&arguments, file),
        Some(Command::Report(arguments)) => report::run(&arguments, file),
        Some(Command::Audit(arguments)) => audit::run(&arguments, file),
        Some(Command::Dashboard(arguments)) => dashboard::run(&arguments, file),
        Some(Command::Config { what }) => {
            let (text, code) = match what {
                Config::Check => config::check(file),
                Config::Show => (config::show(file), 0),
                Config::Path => (config::path(file), 0),
            };
            print(&text);
            Ok(i32::from(code))
        }
    };
    result.unwrap_or_else(|error| {
        complain(&format!("tabtier: {error:#}\n"));
        2
    })
}

/// Writes to standard output. A reader that has gone away is no error.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The settings' loader with the user's file read.
fn loader(file: Option<&std::path::Path>) -> Loader {
    Loader::new(UserFile::locate(file))
}

/// The settings in effect; what is wrong with them goes to standard error.
fn settings(file: Option<&std::path::Path>) -> Arc<Settings> {
    let loaded = loader(file).load();
    for problem in &loaded.problems {
        complain(&format!("{problem}\n"));
    }
    loaded.settings
}

/// What servers have found out so far, so that a command decides as they would. What a command does
/// adds nothing to it.
fn feedback(settings: &Settings) -> Feedback {
    Feedback::starting_with(route_stats(settings))
}

/// What is kept of the fate of suggestions; nothing where feedback is switched off.
fn route_stats(settings: &Settings) -> RouteStats {
    let file = StatsFile::usual().filter(|_| settings.feedback.enabled);
    let Some(file) = file else { return RouteStats::default() };
    file.read().unwrap_or_else(|error| {
        complain(&format!("tabtier: kept feedback is not used: {error}\n"));
        RouteStats::default()
    })
}

/// The user's ledger; one in memory where the system has no folder for it.
fn books(settings: &Settings) -> Books {
    books_at(ledger::usual_path(), settings)
}

/// The user's ledger where there is one already; else one in memory, so that nothing is left behind.
fn books_there(settings: &Settings) -> Books {
    books_at(ledger::usual_path().filter(|path| path.exists()), settings)
}

fn books_at(path: Option<PathBuf>, settings: &Settings) -> Books {
    match path {
        Some(path) => Books::open(&path, rules(settings)),
        None => Books::in_memory(rules(settings)),
    }
}

/// What the engine works with under these settings.
fn equip(settings: Arc<Settings>) -> Equipment {
    let providers = Registry::from_settings(&settings.models, &settings.network);
    tokenizers::load(settings.models.values().filter_map(|model| model.vocabulary));
    Equipment { settings, providers: Arc::new(providers) }
}
