//! The real server seen from an editor: the process, its pipes, and what it takes of the machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A server and the pipes to it. Requests are made one at a time.
pub(crate) struct Editor {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    next_id: u64,
    /// From the start of the process to the answer to `initialize`.
    pub(crate) started_in: Duration,
    _home: tempfile::TempDir,
}

impl Editor {
    /// Starts a server whose user has written `settings`.
    pub(crate) fn start(settings: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder for the server's home");
        let file = home.path().join("settings.toml");
        std::fs::write(&file, settings).expect("settings are written");
        let initialize = json!({
            "processId": std::process::id(),
            "rootUri": null,
            "capabilities": { "textDocument": { "inlineCompletion": {} } },
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
        command.args(["serve", "--config"]).arg(&file);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
            command.env(variable, home.path());
        }
        let started = Instant::now();
        let mut child = command.spawn().expect("the server starts");
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let started_in = Duration::ZERO;
        let mut editor = Self { child, stdin, stdout, next_id: 0, started_in, _home: home };
        editor.request("initialize", &initialize);
        editor.started_in = started.elapsed();
        editor.notify("initialized", &json!({}));
        editor
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id && message.get("method").is_none() {
                return message["result"].clone();
            }
        }
    }

    pub(crate) fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Replaces a range that ends on the line it begins on.
    pub(crate) fn change(&mut self, uri: &str, version: usize, range: &Value, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        let changes = json!([{ "range": range, "text": text }]);
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", &params);
    }

    /// Asks for an inline completion; `kind` is the trigger kind. Whether there was one.
    pub(crate) fn complete(&mut self, uri: &str, position: &Value, kind: u8) -> bool {
        let context = json!({ "triggerKind": kind });
        let document = json!({ "uri": uri });
        let params = json!({ "textDocument": document, "position": position, "context": context });
        let result = self.request("textDocument/inlineCompletion", &params);
        result["items"].as_array().is_some_and(|items| !items.is_empty())
    }

    /// Waits until the server has taken in everything sent so far.
    pub(crate) fn settle(&mut self) {
        let status = json!({ "command": "tabtier.status", "arguments": [] });
        self.request("workspace/executeCommand", &status);
    }

    /// Resident memory in MiB, and how much of it is not the program itself.
    pub(crate) fn memory(&self) -> Option<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kib| kib / 1024.0)
        };
        Some((field("VmRSS:")?, field("RssAnon:")?))
    }

    /// Processor time its living threads have used so far.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let used = |task: std::fs::DirEntry| -> Option<u64> {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse().ok()
        };
        Some(Duration::from_nanos(tasks.flatten().filter_map(used).sum()))
    }

    fn write(&mut self, message: &Value) {
        let body = message.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.stdin.write_all(frame.as_bytes()).expect("the server reads");
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stdout.read_line(&mut line).expect("the server writes");
            assert!(!line.is_empty(), "the server ended");
            if let Some(number) = line.strip_prefix("Content-Length: ") {
                length = number.trim().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stdout.read_exact(&mut body).expect("a whole message");
        serde_json::from_slice(&body).expect("JSON")
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
