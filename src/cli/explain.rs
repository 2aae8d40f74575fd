//! `tabtier explain`: decisions without completions, and the policy behind them.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

mod batch;
mod policy;
mod row;

/// `explain` and its options.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Decide for many places: one JSON object a line on standard input, one a line on standard
    /// output, in the same order.
    #[arg(long, required_unless_present = "policy", conflicts_with = "policy", long_help = BATCH)]
    batch: bool,
    /// Show the policy in effect and who said each value, for every file or for FILE, which need
    /// not exist. What an editor adds is known to a running server only.
    #[arg(long)]
    policy: bool,
    /// The file whose policy is shown.
    #[arg(value_name = "FILE", requires = "policy")]
    about: Option<PathBuf>,
}

const BATCH: &str = "\
Decide for many places: one JSON object a line on standard input, one a line on standard output, \
in the same order. No model is asked and no file is read.

In:  {\"id\", \"path\", \"prefix\", \"suffix\", \"trigger\"}
     The cursor stands between prefix and suffix, which together are the whole text. path names
     the language and need not exist. id is any value and comes back. trigger is \"automatic\",
     which it is when left out, or \"invoked\"; {\"invoked\": 2} was asked twice before. first_line
     is the first line of the file, where prefix does not begin with it.

Out: {\"id\", \"language\", \"class\", \"extent\", \"tier\", \"confidence\", \"scores\",
      \"flagship_score\", \"decision_us\", \"reasons\", \"local\"}
     tier is the one the policy means the class for, whatever models there are. decision_us is the
     time from the parsed document to the finished plan, in microseconds; parsing, counting names
     and the local engine's offers are not in it.

A bad line is answered {\"id\", \"error\"}, the rest goes on, and the exit code is 1.";

pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    if arguments.policy { policy::run(arguments.about.as_deref(), file) } else { batch(file) }
}

fn batch(file: Option<&Path>) -> anyhow::Result<i32> {
    let settings = super::settings(file);
    let decide = move || batch::run(io::stdin(), io::stdout().lock(), &settings);
    let thread = std::thread::Builder::new().stack_size(super::STACK_BYTES).spawn(decide);
    let outcome = thread.context("cannot start a thread")?.join();
    let Ok(outcome) = outcome else { anyhow::bail!("an internal fault ended the batch") };
    match outcome {
        // A reader that has gone away is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        outcome => {
            let bad_lines = outcome.context("the batch broke off")?;
            io::stdout().flush().context("cannot write")?;
            Ok(i32::from(bad_lines > 0))
        }
    }
}
