//! Whether a server an editor started has ended, without knowing its number and without asking twice.
//!
//! The server is started through a shell that opens a named pipe for writing and then becomes the
//! server. The pipe ends when the last process that holds it does, helpers of the server included, so
//! reading to the end is waiting for exactly that.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long the server may take to end once its editor is gone; the promise is 500 ms, the rest is
/// for a machine that builds something else meanwhile.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// The reading end of the pipe.
pub(crate) struct Alive {
    path: PathBuf,
    ended: mpsc::Receiver<()>,
}

impl Alive {
    /// Makes the pipe in `folder` and starts to read it.
    pub(crate) fn watch(folder: &Path) -> Self {
        let path = folder.join("alive");
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success(), "no pipe at {}", path.display());
        let (send, ended) = mpsc::channel();
        thread::spawn({
            let path = path.clone();
            move || {
                let mut nothing = Vec::new();
                fs::File::open(path).and_then(|mut pipe| pipe.read_to_end(&mut nothing)).ok();
                send.send(()).ok();
            }
        });
        Self { path, ended }
    }

    /// The command that starts the server while holding the pipe.
    pub(crate) fn command(&self) -> [String; 6] {
        let server = env!("CARGO_BIN_EXE_tabtier");
        let path = self.path.to_str().expect("a printable path");
        ["sh", "-c", "exec 9>\"$0\"; exec \"$@\"", path, server, "serve"].map(str::to_owned)
    }

    /// Fails unless the server has ended, or does so now.
    pub(crate) fn assert_gone(&self) {
        self.ended.recv_timeout(GONE_WITHIN).expect("the server ends with its editor");
    }
}
