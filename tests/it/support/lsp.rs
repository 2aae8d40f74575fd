//! The real binary behind real pipes, seen as an editor sees it.
//!
//! A thread reads frames as they come, so the server can never block on a full pipe, and answers what
//! the server asks of an editor. It counts replies per request: the promise under test is exactly one.
//! Every wait is for a message or for the end of the stream, with a bound; dropping kills the process.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the server may be silent while something is awaited from it; milliseconds are normal.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running server and what it has said so far.
pub(crate) struct Server {
    child: Child,
    stdin: Arc<Mutex<Option<ChildStdin>>>,
    heard: Arc<Heard>,
    next_id: i64,
    /// Invariant: outlives the process, which keeps its settings and state here.
    home: Arc<TempDir>,
}

#[derive(Default)]
struct Heard {
    said: Mutex<Said>,
    news: Condvar,
}

#[derive(Default)]
struct Said {
    replies: BTreeMap<String, Vec<Value>>,
    notifications: Vec<Value>,
    /// What broke the framing or the message form, in words.
    faults: Vec<String>,
    ended: bool,
}

impl Server {
    /// Starts `tabtier serve` for a user who has configured nothing.
    pub(crate) fn start() -> Self {
        Self::launch(Arc::new(tempfile::tempdir().expect("a folder for the server's home")))
    }

    /// Starts `tabtier serve` for a user with this settings file.
    pub(crate) fn configured(settings: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder for the server's home");
        fs::write(home.path().join(SETTINGS), settings).expect("a settings file");
        Self::launch(Arc::new(home))
    }

    /// Starts another server for the same user.
    pub(crate) fn beside(&self) -> Self {
        Self::launch(Arc::clone(&self.home))
    }

    fn launch(home: Arc<TempDir>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabtier"));
        command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        for (variable, folder) in HOME {
            command.env(variable, home.path().join(folder));
        }
        let settings = home.path().join(SETTINGS);
        if settings.exists() {
            command.env("TABTIER_CONFIG", settings);
        }
        let mut child = command.spawn().expect("the server starts");
        let stdin = Arc::new(Mutex::new(child.stdin.take()));
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let heard = Arc::new(Heard::default());
        thread::spawn({
            let (stdin, heard) = (Arc::clone(&stdin), Arc::clone(&heard));
            move || listen(stdout, &stdin, &heard)
        });
        Self { child, stdin, heard, next_id: 1_000_000, home }
    }

    /// Sends a message as it is. A server that has gone is noticed by what is awaited next.
    pub(crate) fn send(&self, message: &Value) {
        write_frame(&self.stdin, message);
    }

    /// Sends bytes that need not be a message.
    pub(crate) fn send_bytes(&self, bytes: &[u8]) {
        if let Some(stdin) = self.stdin.lock().as_mut() {
            stdin.write_all(bytes).and_then(|()| stdin.flush()).ok();
        }
    }

    /// Closes the server's input, as an editor that dies does.
    pub(crate) fn hang_up(&self) {
        self.stdin.lock().take();
    }

    /// The number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where the user's files are.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The user's settings file.
    pub(crate) fn settings_file(&self) -> PathBuf {
        self.home.path().join(SETTINGS)
    }

    /// Sends a request under a fresh id, far above those of recorded sessions, and returns the id.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.next_id += 1;
        let id = json!(self.next_id);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// Sends a notification.
    pub(crate) fn notify(&self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Waits for the first reply to `id` and returns the whole message.
    pub(crate) fn expect_reply(&self, id: &Value) -> Value {
        let key = id.to_string();
        let mut said = self.heard.said.lock();
        loop {
            if let Some(reply) = said.replies.get(&key).and_then(|replies| replies.first()) {
                return reply.clone();
            }
            assert!(!said.ended, "the server ended without a reply to {id}: {:?}", said.faults);
            let is_silent = self.heard.news.wait_for(&mut said, PATIENCE).timed_out();
            assert!(!is_silent, "no reply to {id}, and nothing else for {PATIENCE:?}");
        }
    }

    /// Waits until `count` notifications of one method have come, and returns them.
    pub(crate) fn expect_notifications(&self, method: &str, count: usize) -> Vec<Value> {
        let mut said = self.heard.said.lock();
        loop {
            let found = said.notifications.iter().filter(|sent| sent["method"] == method);
            let found: Vec<Value> = found.cloned().collect();
            if found.len() >= count {
                return found;
            }
            assert!(!said.ended, "the server ended: {:?}", said.faults);
            let is_silent = self.heard.news.wait_for(&mut said, PATIENCE).timed_out();
            assert!(!is_silent, "{} of {count} {method}", found.len());
        }
    }

    /// Waits until there are `count` replies that name no request.
    pub(crate) fn expect_nameless(&self, count: usize) -> Vec<Value> {
        let mut said = self.heard.said.lock();
        loop {
            let found = said.replies.get("null").cloned().unwrap_or_default();
            if found.len() >= count {
                return found;
            }
            assert!(!said.ended, "the server ended: {:?}", said.faults);
            let is_silent = self.heard.news.wait_for(&mut said, PATIENCE).timed_out();
            assert!(!is_silent, "{} of {count} replies without an id", found.len());
        }
    }

    /// All replies to `id` so far.
    pub(crate) fn replies(&self, id: &Value) -> Vec<Value> {
        self.heard.said.lock().replies.get(&id.to_string()).cloned().unwrap_or_default()
    }

    /// Notifications of one method so far.
    pub(crate) fn notifications(&self, method: &str) -> Vec<Value> {
        let said = self.heard.said.lock();
        said.notifications.iter().filter(|sent| sent["method"] == method).cloned().collect()
    }

    /// What was wrong with the form of the server's messages so far.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.heard.said.lock().faults.clone()
    }

    /// Sends `exit` and waits for the process to end.
    pub(crate) fn exit(&mut self) -> ExitStatus {
        self.notify("exit", &Value::Null);
        self.ended()
    }

    /// Waits for the process to end by itself.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        {
            let mut said = self.heard.said.lock();
            while !said.ended {
                let is_silent = self.heard.news.wait_for(&mut said, PATIENCE).timed_out();
                assert!(!is_silent, "the server is still there {PATIENCE:?} after exit");
            }
        }
        self.child.wait().expect("the server can be waited for")
    }
}

/// The settings file in the server's home.
const SETTINGS: &str = "settings.toml";

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Where a program keeps its files, by the variables that say so: a home without history.
pub(crate) const HOME: [(&str, &str); 5] = [
    ("HOME", "."),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_CACHE_HOME", "cache"),
];

/// The file of what became of suggestions, wherever below the user's home this system wants it.
pub(crate) fn kept(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() { kept(&path) } else { path.ends_with("feedback.json").then_some(path) }
    })
}

fn listen(mut stdout: impl BufRead, stdin: &Mutex<Option<ChildStdin>>, heard: &Heard) {
    let end = loop {
        match read_frame(&mut stdout) {
            Ok(Some(message)) => hear(message, stdin, heard),
            Ok(None) => break None,
            Err(fault) => break Some(fault),
        }
    };
    let mut said = heard.said.lock();
    said.faults.extend(end);
    said.ended = true;
    heard.news.notify_all();
}

fn hear(message: Value, stdin: &Mutex<Option<ChildStdin>>, heard: &Heard) {
    let id = message.get("id").cloned();
    let method = message.get("method").and_then(Value::as_str).map(str::to_owned);
    if let (Some(id), Some(method)) = (&id, &method) {
        write_frame(stdin, &answer(id, method, &message["params"]));
    }
    let mut said = heard.said.lock();
    said.faults.extend(fault_of(&message));
    match (id, method) {
        (Some(id), None) => said.replies.entry(id.to_string()).or_default().push(message),
        (None, Some(_)) => said.notifications.push(message),
        (Some(_), Some(_)) | (None, None) => {}
    }
    heard.news.notify_all();
}

/// What an editor with default settings answers.
fn answer(id: &Value, method: &str, params: &Value) -> Value {
    let result = match method {
        "workspace/configuration" => {
            Value::from(vec![Value::Null; params["items"].as_array().map_or(0, Vec::len)])
        }
        "workspace/applyEdit" => json!({"applied": true}),
        _ => Value::Null,
    };
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

/// The rules of JSON-RPC that editors are strict about, as the rule that was broken.
fn fault_of(message: &Value) -> Option<String> {
    let is_reply = message.get("method").is_none();
    let (result, error) = (message.get("result"), message.get("error"));
    let rule = if message.get("jsonrpc") != Some(&json!("2.0")) {
        "not JSON-RPC 2.0"
    } else if is_reply && message.get("id").is_none() {
        "neither a method nor an id"
    } else if is_reply && result.is_some() == error.is_some() {
        "a reply has a result or an error, and one of them"
    } else if error.is_some_and(|e| !e["code"].is_i64() || !e["message"].is_string()) {
        "an error has a code and a message"
    } else {
        return None;
    };
    Some(format!("{rule}: {message}"))
}

fn write_frame(stdin: &Mutex<Option<ChildStdin>>, message: &Value) {
    let body = message.to_string();
    if let Some(stdin) = stdin.lock().as_mut() {
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).ok();
        stdin.flush().ok();
    }
}

/// One message; `None` at the end of the stream between messages, an error anywhere else.
fn read_frame(stdout: &mut impl BufRead) -> Result<Option<Value>, String> {
    let mut length = None;
    loop {
        let mut line = String::new();
        let read = stdout.read_line(&mut line).map_err(|e| format!("unreadable header: {e}"))?;
        match line.strip_suffix("\r\n") {
            None if read == 0 && length.is_none() => return Ok(None),
            None => return Err(format!("a header line without its end: {line:?}")),
            Some("") => break,
            Some(header) => match header.split_once(": ") {
                Some(("Content-Length", number)) => {
                    length = Some(number.parse().map_err(|_| format!("not a length: {number}"))?);
                }
                Some(("Content-Type", _)) => {}
                _ => return Err(format!("not a header: {header:?}")),
            },
        }
    }
    let mut body = vec![0; length.ok_or("a message without its length")?];
    stdout.read_exact(&mut body).map_err(|e| format!("a message cut short: {e}"))?;
    serde_json::from_slice(&body).map(Some).map_err(|e| format!("not JSON: {e}"))
}
