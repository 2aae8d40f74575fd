//! What one keystroke costs in the pure half: from an edit to the plan, and to the local offers.
//!
//! An own harness instead of criterion: what matters is the slowest keystroke in a hundred, and
//! keystrokes at different places differ more than repetitions of one do. Criterion estimates the
//! mean of repetitions; this prints percentiles over thousands of different keystrokes, in
//! processor time, because on a busy machine the percentiles of wall time are the scheduler's.
//!
//! Three ways of typing are measured. `name`: one character is put behind a name somewhere in valid
//! code, then taken away again. `member`: the same with a dot, after which the local engine has the
//! most to weigh. `statement`: a statement is typed character by character, which leaves the tree
//! broken all the while. As in the server, the whole file is parsed after each
//! keystroke, off the measured path, so each keystroke meets a tree that is one keystroke old.
//! `cargo bench --bench keystroke -- 20000` runs the rows whose label has that in it; with a folder
//! among the words its files are in the index, as those of a workspace are.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod clock;
mod code;
mod figures;
mod numbers;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::RwLock;
use tabtier::config::Settings;
use tabtier::config::languages::Languages;
use tabtier::domain::class::classify;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::index::{Draft, Index, Key};
use tabtier::domain::local::{Kept, Known, offers};
use tabtier::domain::outline::Outline;
use tabtier::domain::route::{Circumstances, evidence, plan};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};
use tabtier::engine::{Folder, Indexes, refresh};

use clock::clock;
use code::{Code, indent_at};
use figures::Samples;
use numbers::Numbers;

/// Files read at most of the folder that is named.
const FILES: usize = 5_000;
/// Keystrokes measured for each row.
const SAMPLES: usize = 2000;
/// The same in the largest files, where broken code takes long to parse.
const SAMPLES_LARGE: usize = 1000;

fn main() {
    println!(
        "One keystroke, in µs of processor time ({SAMPLES} each, {SAMPLES_LARGE} in large files)\n"
    );
    println!(
        "{:<26} {:>8} {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8} {:>8}",
        "file, typing",
        "plan p50",
        "p95",
        "p99",
        "max",
        "offers",
        "p95",
        "p99",
        "max",
        "both",
        "p95",
        "p99",
        "max"
    );
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let (folders, wanted): (Vec<String>, Vec<String>) =
        arguments.into_iter().partition(|argument| Path::new(argument).is_dir());
    let languages = Languages::load();
    let mut settings = Settings::default();
    settings.index.files_max = FILES;
    let folder =
        folders.first().map(|folder| Folder::read(Path::new(folder), &languages, &settings));
    let indexes = folder.as_ref().map(Folder::indexes);
    if let Some(indexes) = indexes {
        println!("beside an index of {} files\n", indexes.size().files);
    }
    for code in Code::ALL {
        for count in [200, 2_000, 20_000] {
            for typing in [Typing::Name, Typing::Member, Typing::Statement] {
                let label = format!("{} {count:>6} {}", code.id(), typing.label());
                if !wanted.iter().all(|wanted| label.contains(wanted.as_str())) {
                    continue;
                }
                let mut bench = Bench::new(&languages, code, &code.lines(count), indexes);
                bench.run(typing);
                let unit = Duration::from_micros(1);
                let [plans, offers, both] =
                    [&mut bench.plans, &mut bench.offers, &mut bench.both].map(|s| s.row(unit));
                println!("{label:<26} {plans}   {offers}   {both}");
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Typing {
    Name,
    Member,
    Statement,
}

impl Typing {
    fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Member => "member",
            Self::Statement => "statement",
        }
    }
}

struct Bench {
    code: Code,
    text: String,
    document: Document,
    settings: Settings,
    index: Arc<RwLock<Index>>,
    kept: Kept,
    plans: Samples,
    offers: Samples,
    both: Samples,
    taken: usize,
}

impl Bench {
    fn new(languages: &Languages, code: Code, text: &str, indexes: Option<&Indexes>) -> Self {
        let language = languages.detect(code.id(), Path::new(code.filename()), "");
        language.warm();
        let document = Document::new(DocumentId(1), 1, language, text);
        let (family, rope) = (&document.language.family, &document.rope);
        let index = indexes.map(|indexes| {
            let draft = Draft::of_rope(rope, &document.language.lexical);
            indexes.put(family, Key::Open(document.id), draft);
            indexes.of(family)
        });
        let index = index.unwrap_or_else(|| Arc::new(Index::of_document(&document).into()));
        let mut bench = Self {
            code,
            text: text.to_owned(),
            document,
            settings: Settings::default(),
            index,
            kept: Kept::default(),
            plans: Samples::default(),
            offers: Samples::default(),
            both: Samples::default(),
            taken: 0,
        };
        bench.analyse();
        bench
    }

    fn run(&mut self, typing: Typing) {
        let mut numbers = Numbers(1);
        let places = match typing {
            Typing::Name | Typing::Member => name_ends(&self.text),
            Typing::Statement => self.code.statement_ends(&self.text),
        };
        let wanted = if self.text.len() > 256 << 10 { SAMPLES_LARGE } else { SAMPLES };
        while self.taken < wanted {
            let at = numbers.one_of(&places);
            let (start, typed) = match typing {
                Typing::Name => (at, "x".to_owned()),
                Typing::Member => (at, ".".to_owned()),
                Typing::Statement => {
                    let line = format!("\n{}", indent_at(&self.text, at));
                    self.edit(at, 0, &line);
                    self.analyse();
                    (at + line.len(), self.code.statement(numbers.below(1000)))
                }
            };
            for (index, character) in typed.char_indices() {
                self.keystroke(start + index, character);
                self.analyse();
            }
            self.edit(at, start + typed.len() - at, "");
            self.analyse();
        }
    }

    fn keystroke(&mut self, at: usize, character: char) {
        let change = self.change(at, 0, &character.to_string());
        let settings = &self.settings;
        let now = Instant::now();
        let started = clock();
        self.document.apply(2, &[change], PositionEncoding::Utf16, now);
        let mut snapshot = self.document.clone();
        refresh(&mut snapshot);
        let site = Site::new(snapshot, at + 1, Trigger::Automatic);
        let found = classify(&site);
        let around = Circumstances {
            model: &|id| settings.models.get(id).map(|model| &model.spec),
            is_healthy: &|_| true,
            objection: &|_, _, _| None,
            trigger: Trigger::Automatic,
            is_private: false,
            evidence: evidence(&site, &found, false),
            feedback: None,
        };
        std::hint::black_box(plan(&found, &settings.policy, &around));
        let planned = clock();
        let index = self.index.read();
        let known = Known {
            index: Some(&index),
            own: Some(Key::Open(DocumentId(1))),
            kept: Some(&self.kept),
            closers: true,
            names: true,
            lines: true,
        };
        std::hint::black_box(offers(&site, &found, &known));
        let ended = clock();
        self.plans.add(planned.saturating_sub(started));
        self.offers.add(ended.saturating_sub(planned));
        self.both.add(ended.saturating_sub(started));
        self.taken += 1;
    }

    fn change(&self, at: usize, length: usize, text: &str) -> TextChange {
        let position = |offset| position_of(&self.document.rope, offset, PositionEncoding::Utf16);
        TextChange { range: Some((position(at), position(at + length))), text: text.to_owned() }
    }

    fn edit(&mut self, at: usize, length: usize, text: &str) {
        let change = self.change(at, length, text);
        self.document.apply(2, &[change], PositionEncoding::Utf16, Instant::now());
    }

    /// What the analysis thread does when typing pauses, names apart. It happens on a thread here
    /// too, so that freeing its trees costs the thread that types nothing.
    fn analyse(&mut self) {
        let document = &mut self.document;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let Some(grammar) = &document.language.grammar else { return };
                let old = document.syntax.clone();
                let tree = parse(grammar, &document.rope, old.latest(), &mut || true);
                if let Some(tree) = tree {
                    document.outline =
                        Arc::new(Outline::of(&tree, &document.rope, &document.language, 0));
                    document.syntax.publish(tree, document.revision, document.last_edit);
                }
            });
        });
    }
}

/// Offsets of the ends of names in code.
fn name_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_code = line.is_ascii() && !line.contains(['"', '\'', '#']) && !line.contains("//");
        for (index, pair) in line.as_bytes().windows(2).enumerate().filter(|_| is_code) {
            if pair[0].is_ascii_lowercase() && b".,;():".contains(&pair[1]) {
                ends.push(at + index + 1);
            }
        }
        at += line.len();
    }
    ends
}
