//! llama.cpp's real HTTP server with a model whose answers are known in advance.
//!
//! The server comes from a Python wheel and the model from `tests/tools/make_gguf.py`, so the
//! tests need a virtual environment: `tests/tools/setup_python.sh .tools/python` makes it. Without
//! it they are skipped as `support::tools` says.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::tools;

/// How long the model and the server may take to be there. One second is usual.
const START_WAIT: Duration = Duration::from_secs(60);

/// A running server. It ends with the test, even with a test that is killed, because it watches
/// its standard input.
pub(crate) struct LlamaServer {
    url: String,
    _process: Child,
    _folder: tempfile::TempDir,
}

impl LlamaServer {
    /// Writes a model with the arguments of `make_gguf.py`, such as `["chain"]` or
    /// `["chain", "--fim", "let x", " = 1;\n"]`, and serves it with those of `llama_server.py`.
    /// `None` where the tools are not installed.
    pub(crate) async fn start(model: &[&str], server: &[&str]) -> Option<Self> {
        let python = python()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("model.gguf");
        let (kind, words) = model.split_first().expect("a mode");
        let generator = Command::new(&python)
            .arg(tool("make_gguf.py"))
            .arg(kind)
            .arg(&file)
            .args(words)
            .output();
        let made =
            timeout(START_WAIT, generator).await.expect("a model in time").expect("python runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

        let mut process = Command::new(&python)
            .arg(tool("llama_server.py"))
            .arg(&file)
            .args(server)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("python runs");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let first = timeout(START_WAIT, lines.next_line()).await.expect("an address in time");
        let url = first.expect("a readable pipe").expect("a server that starts");
        Some(Self { url, _process: process, _folder: folder })
    }

    /// Base address, such as `http://127.0.0.1:40123`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What the server says about its slots, one of which serves each request.
    pub(crate) async fn slots(&self) -> Vec<Value> {
        let address = self.url.trim_start_matches("http://");
        let mut socket = TcpStream::connect(address).await.expect("the server");
        let request =
            format!("GET /slots HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("a connection");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("a list of slots")
    }
}

fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name)
}

/// The interpreter of the virtual environment, where there is one.
fn python() -> Option<PathBuf> {
    tools::in_folder("llama.cpp", "python/bin/python")
}
