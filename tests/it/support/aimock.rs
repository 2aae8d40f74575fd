//! aimock: a stand-in for the servers of OpenAI, Anthropic, Gemini and Ollama that somebody else wrote.
//!
//! It comes from npm (`tests/tools/get_aimock.sh .tools/aimock`). What it answers depends on a word in
//! the prompt, see `tests/tools/aimock_server.mjs`. Where it is missing its tests are skipped as
//! `support::tools` says.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::tools;

/// The only key it takes.
pub(crate) const KEY: &str = "test-key";

/// How long it may take to be there. Half a second is usual.
const START_WAIT: Duration = Duration::from_secs(60);

/// A running server. It ends with the test, because it watches its standard input.
pub(crate) struct Aimock {
    url: String,
    _process: Child,
}

impl Aimock {
    /// `None` where the tools are not installed.
    pub(crate) async fn start() -> Option<Self> {
        let node = tools::on_path("aimock", "node")?;
        tools::in_folder("aimock", "aimock/node_modules/@copilotkit/aimock/package.json")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/aimock_server.mjs");
        let mut process = Command::new(node)
            .arg(script)
            .arg(std::path::absolute(tools::folder().join("aimock")).expect("a path"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let first = timeout(START_WAIT, lines.next_line()).await.expect("an address in time");
        let url = first.expect("a readable pipe").expect("a server that starts");
        Some(Self { url, _process: process })
    }

    /// Base address, such as `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
