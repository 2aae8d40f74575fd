//! `tabtier dashboard` as it is run: who is let in, what it says of a ledger, and the page in a real
//! browser.

mod browser;
mod door;
mod figures;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The program with a home of its own.
struct Running {
    child: Child,
    home: TempDir,
    port: u16,
    token: String,
}

/// What was answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Running {
    /// Starts the program on the ledger that `fill` makes, with these settings.
    fn start(settings: &str, fill: impl FnOnce(&Path)) -> Self {
        let home = tempfile::tempdir().expect("a home");
        std::fs::write(home.path().join("config.toml"), settings).expect("settings");
        fill(&ledger_of(home.path()));
        let mut child = Command::new(env!("CARGO_BIN_EXE_tabtier"))
            .args(["dashboard", "--config"])
            .arg(home.path().join("config.toml"))
            .env("HOME", home.path())
            .env("XDG_STATE_HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("its address");
        let rest = line.trim().strip_prefix("http://127.0.0.1:").expect("an address on loopback");
        let (port, token) = rest.split_once("/open?token=").expect("a token");
        let (port, token) = (port.parse().expect("a port"), token.to_owned());
        Self { child, home, port, token }
    }

    fn ledger(&self) -> PathBuf {
        ledger_of(self.home.path())
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/open?token={}", self.port, self.token)
    }

    fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}", self.port)
    }

    /// Sends these lines as they are.
    fn send(&self, request: &str, headers: &[&str]) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a bound");
        let request = format!("{request} HTTP/1.1");
        let lines = [&[request.as_str(), "Connection: close"], headers, &["\r\n"]].concat();
        let text = lines.join("\r\n");
        stream.write_all(text.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        Answer::read(&answer)
    }

    /// A GET by the right name, with this cookie.
    fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(&format!("GET {path}"), &[&self.host(), cookie])
    }

    /// Exchanges the token for the header that opens everything else.
    fn enter(&self) -> String {
        let answer = self.send(&format!("GET /open?token={}", self.token), &[&self.host()]);
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.header("set-cookie").expect("a cookie");
        format!("Cookie: {}", cookie.split(';').next().expect("its value"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn ledger_of(home: &Path) -> PathBuf {
    let folder = home.join("tabtier");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join("ledger.sqlite3")
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Self {
            status: status.parse().expect("a number"),
            headers: lines.map(header).collect(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
