//! What we add to a call of a model, beside the same call made directly and through a gateway.
//!
//! The model is a server on loopback that answers at once: a whole answer in one document, or a
//! stream of eight pieces, a reason to stop, usage and `[DONE]`, written in one go. *Direct* writes
//! the same request on one kept connection and reads the answer to its end; it is the least a call
//! can take. *Tabtier* is our provider, from the prompt to the end of its stream: building the body,
//! HTTP, reading the events, in the process of the language server. *`TensorZero`* is its gateway on
//! loopback, asked as *direct* asks. All are asked in turn, in several rounds, because a shared
//! machine changes its speed from one minute to the next: what counts is the difference within a
//! round.
//!
//! `cargo bench --bench wire -- PYTHON` names a Python that has the package `tensorzero`; without one
//! that row is left out.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

#[path = "wire/direct.rs"]
mod direct;
#[allow(dead_code, reason = "rounds are printed beside each other, not as rows")]
mod figures;
#[path = "wire/upstream.rs"]
mod upstream;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use serde_json::json;
use tabtier::config::loader::Loader;
use tabtier::config::place::UserFile;
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::units::Tokens;
use tabtier::provider::Provider;
use tabtier::provider::registry::Registry;

use direct::Connection;
use figures::Samples;
use upstream::Upstream;

const ROUNDS: usize = 6;
/// Calls of each client in a round, after the warm-up.
const CALLS: usize = 400;
const WARM_UP: usize = 50;
const MS: Duration = Duration::from_millis(1);

/// From the first byte written to the first text, and to the end.
#[derive(Default)]
struct Times {
    first: Samples,
    total: Samples,
}

fn main() {
    let upstream = Upstream::start();
    let python = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let gateway = python.and_then(|python| Gateway::start(&python, &upstream.url()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    for (label, kind) in [("whole answers", "whole"), ("streams", "stream")] {
        let provider = provider(&format!("{}/{kind}", upstream.url()));
        let body =
            json!({ "model": "m", "stream": true, "messages": messages(), "max_tokens": 64 });
        let mut direct = Connection::open(&format!("{}/{kind}/chat/completions", upstream.url()));
        let mut clients: Vec<Client<'_>> = vec![
            ("direct", Box::new(move || direct.call(&body))),
            ("Tabtier", Box::new(|| runtime.block_on(ours(&provider)))),
        ];
        if let Some(gateway) = &gateway {
            let mut through = Connection::open(&format!("{}/chat/completions", gateway.url));
            let body = json!({ "model": format!("tensorzero::model_name::{kind}"),
                "stream": kind == "stream", "messages": messages(), "max_tokens": 64 });
            clients.push(("TensorZero", Box::new(move || through.call(&body))));
        }
        println!("\n{label}, ms: median of {ROUNDS} rounds of {CALLS} calls [range]\n");
        compare(&mut clients);
    }
    throughput(&upstream, &runtime);
}

type Client<'a> = (&'static str, Box<dyn FnMut() -> (Duration, Duration) + 'a>);

fn messages() -> serde_json::Value {
    json!([{ "role": "user", "content": question() }])
}

/// As much text as a fast model is sent.
fn question() -> String {
    "let total = items.iter().map(|item| item.price).sum();\n".repeat(64)
}

fn provider(url: &str) -> Arc<dyn Provider> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    let text = format!("[models.m]\nprotocol = \"openai_chat\"\nurl = \"{url}\"\nmodel = \"m\"\n");
    std::fs::write(&path, text).expect("a file");
    let settings = Loader::new(UserFile::locate(Some(&path))).load().settings;
    Registry::from_settings(&settings.models, &settings.network).get("m").expect("the model")
}

async fn ours(provider: &Arc<dyn Provider>) -> (Duration, Duration) {
    let body = PromptBody::Chat { system: String::new(), user: question() };
    let limit = Tokens(64);
    let (stop, breakpoints) = (Vec::new(), Vec::new());
    let prompt = Prompt { body, stop, breakpoints, output_tokens_max: limit };
    let started = Instant::now();
    let mut first = None;
    let mut stream = provider.stream(prompt);
    while let Some(chunk) = stream.next().await {
        if !chunk.expect("an answer").text.is_empty() {
            first.get_or_insert(started.elapsed());
        }
    }
    let total = started.elapsed();
    (first.unwrap_or(total), total)
}

/// Asks all in turn and prints a row for each, with what it adds to the first.
fn compare(clients: &mut [Client<'_>]) {
    // For each client and round: median and 99th percentile of first and total.
    let mut rounds: Vec<Vec<[f64; 4]>> = vec![Vec::new(); clients.len()];
    for _ in 0..ROUNDS {
        for ((_, call), rounds) in clients.iter_mut().zip(&mut rounds) {
            for _ in 0..WARM_UP {
                call();
            }
            let mut times = Times::default();
            for _ in 0..CALLS {
                let (first, total) = call();
                times.first.add(first);
                times.total.add(total);
            }
            let ms = |samples: &mut Samples, percent| {
                samples.percentile(percent).as_secs_f64() / MS.as_secs_f64()
            };
            rounds.push([
                ms(&mut times.first, 50.0),
                ms(&mut times.first, 99.0),
                ms(&mut times.total, 50.0),
                ms(&mut times.total, 99.0),
            ]);
        }
    }
    println!("{:<12} {:>22} {:>22} {:>22} {:>22}", "", "first text p50", "p99", "whole p50", "p99");
    for (row, (name, _)) in clients.iter().enumerate() {
        let cells = (0..4).map(|at| cell(rounds[row].iter().map(|round| round[at])));
        println!("{name:<12} {}", cells.collect::<Vec<_>>().join(" "));
        if row > 0 {
            let added = |at: usize| {
                let pairs = rounds[row].iter().zip(&rounds[0]);
                cell(pairs.map(move |(own, direct)| own[at] - direct[at]))
            };
            println!("{:<12} {}", "  added", (0..4).map(added).collect::<Vec<_>>().join(" "));
        }
    }
}

/// Median and range.
fn cell(values: impl Iterator<Item = f64>) -> String {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let median = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
    let range = format!("[{:.3}–{:.3}]", values[0], values[values.len() - 1]);
    format!("{median:>7.3} {range:<14}")
}

/// How fast a long stream is read.
fn throughput(upstream: &Upstream, runtime: &tokio::runtime::Runtime) {
    let provider = provider(&format!("{}/long", upstream.url()));
    let mut best = Duration::MAX;
    for _ in 0..20 {
        best = best.min(runtime.block_on(ours(&provider)).1);
    }
    let (events, bytes) = upstream::long_size();
    let seconds = best.as_secs_f64();
    println!(
        "\nA stream of {events} events, {:.2} MB, is read in {:.1} ms: {:.0} MB/s, {:.0} events/ms.",
        bytes as f64 / 1e6,
        seconds * 1e3,
        bytes as f64 / 1e6 / seconds,
        events as f64 / 1e3 / seconds
    );
}

/// The other gateway's process, which ends with ours.
struct Gateway {
    url: String,
    process: Child,
}

impl Gateway {
    fn start(python: &str, upstream: &str) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/wire/tensorzero_gateway.py");
        let mut process = Command::new(python)
            .args([script, upstream])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(process.stdout.take()?).lines().map_while(Result::ok);
        let url = lines.find(|line| line.starts_with("http://"))?;
        // It goes on to log there, and would wait if nobody read.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { url: url.trim_end_matches('/').to_owned(), process })
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}
