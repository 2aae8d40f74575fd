//! The page in a real Chromium, used with keys alone. `driver.mjs` opens it and says what it saw.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tabtier::domain::money::PicoUsd;
use tabtier::store::ledger::now;

use super::Running;
use super::figures::{answered, books};
use crate::support::synthetic::{self, Made};
use crate::support::tools;

const SETTINGS: &str = r#"
[models.coder-7b]
url = "http://127.0.0.1:9/v1"
model = "coder-7b"
price_input = 0.1
price_output = 0.3
[models.frontier]
url = "http://127.0.0.1:9/v1"
model = "frontier"
price_input = 3.0
price_output = 15.0
[tiers]
fast.models = ["coder-7b"]
flagship.models = ["frontier"]
[caps]
day_usd = 0.05
"#;

/// Runs the driver; `when_ready` is called when the page is shown and waits for a request by itself.
/// `None` where there is no browser.
fn drive(test: &str, running: &Running, job: Value, when_ready: impl FnOnce()) -> Option<Value> {
    tools::in_folder(test, "chromium/bin/chromium")?;
    let node = tools::on_path(test, "node")?;
    let mut job = job;
    job["tools"] = json!(tools::folder().join("chromium").canonicalize().expect("a folder"));
    job["url"] = json!(running.url());
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/dashboard/driver.mjs");
    let mut child = Command::new(node)
        .arg(driver)
        .arg(job.to_string())
        .env("HOME", running.home.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut line = lines.next().expect("a line").expect("text");
    if line == "ready" {
        when_ready();
        line = lines.next().expect("another line").expect("text");
    }
    assert!(child.wait().expect("it ends").success());
    Some(serde_json::from_str(&line).expect("what it saw"))
}

/// How many sessions have written into a ledger. They are numbered from 1.
fn sessions(ledger: &Path) -> i64 {
    let connection = rusqlite::Connection::open(ledger).expect("a ledger");
    connection.query_row("SELECT count(*) FROM session", [], |row| row.get(0)).expect("a number")
}

/// What must hold of every page: no message, no breach, nobody else asked, nothing too wide.
#[track_caller]
fn check_clean(seen: &Value, running: &Running) {
    assert_eq!(seen["complaints"], json!([]));
    assert_eq!(seen["breaches"], json!([]));
    assert_eq!(seen["hosts"], json!([format!("127.0.0.1:{}", running.port)]));
    assert_eq!(seen["cookies"], json!([{"httpOnly": true, "sameSite": "Strict"}]));
    assert_eq!(seen["cookie_of_scripts"], "");
    assert_eq!(seen["page"]["notices"], "");
    let address = seen["address"].as_str().expect("an address");
    assert!(!address.contains("token"), "the token stays in no history: {address}");
    for (name, pixels) in seen["overflows"].as_object().expect("widths") {
        assert_eq!(pixels, 0, "{name}");
    }
}

#[test]
fn the_page_shows_a_ledger_and_follows_it() {
    let running = Running::start(SETTINGS, |ledger| {
        synthetic::make(ledger, &Made { requests: 4_000, days: 20, until: now() });
    });
    let next = {
        let books = books(&running.ledger());
        let found = json!({"waits_for": format!("{}.1", sessions(&running.ledger()) + 1)});
        let write = || {
            answered(&books, 1, Some(PicoUsd(2_500_000_000)));
            assert!(books.flush(std::time::Duration::from_secs(60)));
        };
        drive("dashboard in Chromium", &running, found, write)
    };
    let Some(seen) = next else { return };
    check_clean(&seen, &running);
    assert_eq!(seen["came_by_itself"], true);
    assert_eq!(seen["page"]["is_empty"], false);
    for card in ["spent", "saved", "answers", "caches", "times", "acceptance", "failures"] {
        let shapes = seen["page"]["shapes"][card].as_u64().expect("a count");
        let least = if card == "saved" || card == "caches" { 2 } else { 10 };
        assert!(shapes >= least, "{card}: {shapes} shapes");
    }
    assert_eq!(seen["page"]["tiles"].as_array().map(Vec::len), Some(6));
    assert_eq!(seen["page"]["rows"], 40);
    let spent = seen["page"]["says"]["spent"].as_str().expect("a sentence");
    assert!(spent.contains("calls of unknown cost (own-server)"), "{spent}");
    assert!(spent.starts_with("≈ $"), "a part is estimated: {spent}");
}

#[test]
fn the_page_can_be_used_without_a_pointer() {
    let running = Running::start(SETTINGS, |ledger| {
        synthetic::make(ledger, &Made { requests: 4_000, days: 20, until: now() });
    });
    let Some(seen) = drive("dashboard by keys", &running, json!({"scheme": "dark"}), || {}) else {
        return;
    };
    check_clean(&seen, &running);
    let focused: Vec<&str> =
        seen["focused"].as_array().expect("names").iter().filter_map(Value::as_str).collect();
    for wanted in ["a: To the figures", "input: 30", "button: Pause", "div: The last decisions"] {
        assert!(focused.contains(&wanted), "{wanted} among {focused:#?}");
    }
    let plots = focused.iter().filter(|name| name.contains("arrow keys")).count();
    assert_eq!(plots, 6, "{focused:#?}");
    // The last but one day, part by part.
    let read = seen["read"]["spent"].as_str().expect("a tip");
    for part in ["flagship", "in all", "$"] {
        assert!(read.contains(part), "{part} in {read}");
    }
    assert!(seen["read"]["times"].as_str().expect("a tip").starts_with("identifier: "));
    assert_eq!(seen["read"]["spent after Escape"], "");
    assert!(seen["numbers"].as_str().expect("a row").contains('$'));
    assert!(seen["address_after"].as_str().expect("an address").ends_with("/#days=7"));
}

#[test]
fn the_empty_page_says_what_to_do() {
    let running = Running::start("", |_| {});
    let Some(seen) = drive("empty dashboard", &running, json!({}), || {}) else { return };
    check_clean(&seen, &running);
    assert_eq!(seen["page"]["is_empty"], true);
    let text = seen["page"]["empty"].as_str().expect("words");
    for part in
        ["No requests yet", "Open a file in an editor", "No model is configured", "ledger.sqlite3"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}
