//! What the real program costs: over pipes, with a model on loopback that answers at once.
//!
//! One row is one session: a file is opened, then a statement is typed at many places of it,
//! character by character, as fast as answers come. Each sample is one edit and one request for a
//! completion, from writing the edit to having read the answer. Memory and processor time are read
//! from `/proc` and missing elsewhere. Percentiles, not means: the slowest answer in a hundred is
//! what a user notices. `cargo bench --bench round_trip -- model` measures the rows whose label has
//! that in it, and nothing else.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod code;
mod editor;
mod figures;
mod model;
mod numbers;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use code::{Code, indent_at};
use editor::Editor;
use figures::Samples;
use model::Model;
use numbers::Numbers;

/// Keystrokes measured for each row.
const SAMPLES: usize = 1000;
/// Starts measured.
const STARTS: usize = 30;
/// Long enough for the trees of everything that was opened.
const ANALYSIS: Duration = Duration::from_millis(1500);
/// Trigger kinds in the numbering that begins with 0, which is what makes 0 unmistakable.
const INVOKED: u8 = 0;
const AUTOMATIC: u8 = 1;

fn main() {
    let model = Model::start("render(one, two)");
    let with_model = format!(
        "[models.m]\nurl = \"{}\"\nmodel = \"m\"\n[tiers]\nfast.models = [\"m\"]\n\
         [policy]\noverride = \"fast\"\n",
        model.url()
    );
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    println!("Edit and completion, in ms ({SAMPLES} each)\n");
    println!(
        "{:<24} {:>8} {:>8} {:>8} {:>8}  answered",
        "answered by, file", "p50", "p95", "p99", "max"
    );
    for (answered_by, settings, kind) in
        [("local", "", AUTOMATIC), ("model", with_model.as_str(), INVOKED)]
    {
        for code in Code::ALL {
            for count in [200, 2_000, 20_000] {
                let label = format!("{answered_by}, {} {count}", code.id());
                if wanted.as_ref().is_none_or(|wanted| label.contains(wanted.as_str())) {
                    type_and_ask(&label, settings, kind, code, count);
                }
            }
        }
    }
    println!(
        "\nThe model was asked {} times over {} connections.",
        model.asked(),
        model.connections()
    );
    if wanted.is_some() {
        return;
    }
    println!();
    starts("no model", "");
    starts("one model", &with_model);
    memory();
    idle();
    for code in Code::ALL {
        edits(code);
    }
}

/// Types into one document.
struct Typist {
    uri: String,
    text: String,
    version: usize,
}

impl Typist {
    fn open(editor: &mut Editor, code: Code, count: usize) -> Self {
        let text = code.lines(count);
        let uri = format!("file:///bench/{}", code.filename());
        editor.open(&uri, code.id(), &text);
        editor.settle();
        pause(ANALYSIS);
        Self { uri, text, version: 1 }
    }

    fn change(&mut self, editor: &mut Editor, range: &Value, text: &str) {
        self.version += 1;
        editor.change(&self.uri, self.version, range, text);
    }

    /// Begins a line below the one that ends at `offset`; its number and first column.
    fn begin_line(&mut self, editor: &mut Editor, offset: usize) -> (usize, usize) {
        let line = self.text[..offset].matches('\n').count();
        let column = self.text[..offset].rsplit('\n').next().unwrap_or_default();
        let at = position(line, column.encode_utf16().count());
        let indent = indent_at(&self.text, offset).to_owned();
        self.change(editor, &json!({ "start": at, "end": at }), &format!("\n{indent}"));
        (line + 1, indent.len())
    }

    /// Takes the line away again.
    fn end_line(&mut self, editor: &mut Editor, line: usize) {
        let range = json!({ "start": position(line, 0), "end": position(line + 1, 0) });
        self.change(editor, &range, "");
    }
}

fn position(line: usize, character: usize) -> Value {
    json!({ "line": line, "character": character })
}

fn type_and_ask(label: &str, settings: &str, kind: u8, code: Code, count: usize) {
    let mut editor = Editor::start(settings);
    let mut typist = Typist::open(&mut editor, code, count);
    let places = code.statement_ends(&typist.text);
    let mut numbers = Numbers(1);
    // The first request tells the server how this client numbers trigger kinds.
    editor.complete(&typist.uri, &position(0, 0), INVOKED);
    let mut samples = Samples::default();
    let (mut taken, mut answered) = (0, 0);
    while taken < SAMPLES {
        let (line, first) = typist.begin_line(&mut editor, numbers.one_of(&places));
        for (index, character) in code.statement(taken).char_indices() {
            let at = position(line, first + index);
            let cursor = position(line, first + index + 1);
            let range = json!({ "start": at, "end": at });
            let started = Instant::now();
            typist.change(&mut editor, &range, &character.to_string());
            answered += usize::from(editor.complete(&typist.uri, &cursor, kind));
            samples.add(started.elapsed());
            taken += 1;
        }
        typist.end_line(&mut editor, line);
    }
    println!(
        "{label:<24} {}  {:>3} %",
        samples.row(Duration::from_millis(1)),
        answered * 100 / taken
    );
}

fn starts(label: &str, settings: &str) {
    let mut samples = Samples::default();
    for _ in 0..STARTS {
        samples.add(Editor::start(settings).started_in);
    }
    let p50 = samples.percentile(50.0).as_secs_f64() * 1e3;
    let max = samples.percentile(100.0).as_secs_f64() * 1e3;
    println!("start to initialize answered, {label}: p50 {p50:.1} ms, max {max:.1} ms");
}

/// 50 files of 1,000 lines, 25 in each language.
fn memory() {
    let mut editor = Editor::start("");
    let show = |editor: &mut Editor, when: &str| {
        editor.settle();
        pause(ANALYSIS);
        let Some((all, own)) = editor.memory() else { return };
        println!("memory, {when}: {all:.1} MiB, of these {own:.1} MiB data");
    };
    show(&mut editor, "after initialize");
    let files: Vec<_> = (0..50)
        .map(|index| {
            let code = Code::ALL[index % 2];
            (format!("file:///bench/{index}/{}", code.filename()), code)
        })
        .collect();
    let mut bytes = 0;
    for (index, (uri, code)) in files.iter().enumerate() {
        let text = code.file(index / 2, 1000);
        bytes += text.len();
        editor.open(uri, code.id(), &text);
        if index == 0 {
            show(&mut editor, "1 file");
        }
    }
    show(&mut editor, &format!("50 files with {} KB", bytes >> 10));
    for (uri, _) in files.iter().skip(1) {
        editor.notify("textDocument/didClose", &json!({ "textDocument": { "uri": uri } }));
    }
    show(&mut editor, "49 of them closed");
}

fn idle() {
    let mut editor = Editor::start("");
    let _typist = Typist::open(&mut editor, Code::Rust, 2_000);
    let Some(before) = editor.cpu() else { return };
    pause(Duration::from_secs(2));
    let used = editor.cpu().map_or(Duration::ZERO, |after| after.saturating_sub(before));
    println!("processor time in 2 s of idling: {:.2} ms", used.as_secs_f64() * 1e3);
}

/// 1,000 edits of one character, sent without waiting.
fn edits(code: Code) {
    let mut editor = Editor::start("");
    let mut typist = Typist::open(&mut editor, code, 20_000);
    let places = code.statement_ends(&typist.text);
    let (line, first) = typist.begin_line(&mut editor, places[places.len() / 2]);
    editor.settle();
    let before = editor.cpu();
    let started = Instant::now();
    for index in 0..1000 {
        let at = position(line, first + index);
        typist.change(&mut editor, &json!({ "start": at, "end": at }), "x");
    }
    editor.settle();
    let wall = started.elapsed().as_secs_f64();
    pause(ANALYSIS);
    let used = before.and_then(|before| Some(editor.cpu()?.saturating_sub(before)));
    let used = used.map_or("unknown".to_owned(), |used| format!("{:.3} s", used.as_secs_f64()));
    println!("1,000 edits, {} 20,000 lines: {wall:.3} s, processor time {used}", code.id());
}

/// The analysis tells nobody when it is done, and idling is nothing but time.
#[expect(clippy::disallowed_methods, reason = "there is no event to wait for")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
