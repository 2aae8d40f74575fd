//! `tabtier dashboard`: prints the address of the page, or opens it, and serves it until it is ended.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::place::UserFile;
use crate::dashboard::{Dashboard, IDLE_MAX, Setup};
use crate::store::ledger;

/// What follows `tabtier dashboard`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Open the page in your browser.
    #[arg(long)]
    open: bool,
    /// Read this ledger instead of your own.
    #[arg(long, value_name = "PATH")]
    ledger: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    let setup = Setup {
        ledger: arguments.ledger.clone().or_else(ledger::usual_path),
        settings: super::settings(file),
        settings_file: UserFile::locate(file).map(|file| file.path),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(serve(arguments, setup))?;
    runtime.shutdown_background();
    Ok(0)
}

async fn serve(arguments: &Arguments, setup: Setup) -> anyhow::Result<()> {
    let dashboard = Dashboard::bind(setup).await.context("cannot listen on 127.0.0.1")?;
    super::print(&format!(
        "{}\nThe address is good once, in one browser. Ctrl-C ends it.\n",
        dashboard.url()
    ));
    if arguments.open
        && let Err(error) = open::that_detached(dashboard.url())
    {
        super::complain(&format!("tabtier: no browser could be opened: {error}\n"));
    }
    dashboard.serve(IDLE_MAX).await.context("the dashboard has ended")?;
    super::complain("tabtier: nobody has looked for long; the dashboard has ended\n");
    Ok(())
}
