//! What one keystroke costs in the pure half: from an edit to the plan, and to the local offers.
//!
//! An own harness instead of criterion: what matters is the slowest keystroke in a hundred, and
//! keystrokes at different places differ more than repetitions of one do. Criterion estimates the
//! mean of repetitions; this prints percentiles over thousands of different keystrokes, in
//! processor time, because on a busy machine the percentiles of wall time are the scheduler's.
//!
//! Two ways of typing are measured. `name`: one character is put behind a name somewhere in valid
//! code, then taken away again. `statement`: a statement is typed character by character, which
//! leaves the tree broken all the while. As in the server, the whole file is parsed after each
//! keystroke, off the measured path, so each keystroke meets a tree that is one keystroke old.
//! `cargo bench --bench keystroke -- 20000` runs the rows whose label has that in it.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod code;
mod figures;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tabtier::config::Settings;
use tabtier::config::languages::Languages;
use tabtier::domain::class::classify;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::local::{Known, offers};
use tabtier::domain::route::{Circumstances, evidence, plan};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};
use tabtier::domain::words::WordIndex;
use tabtier::engine::refresh;

use code::{Code, Numbers, indent_at};
use figures::Samples;

/// Keystrokes measured for each row.
const SAMPLES: usize = 2000;
/// The same in the largest files, where broken code takes long to parse.
const SAMPLES_LARGE: usize = 1000;

fn main() {
    println!(
        "One keystroke, in µs of processor time ({SAMPLES} each, {SAMPLES_LARGE} in large files)\n"
    );
    println!(
        "{:<26} {:>8} {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8} {:>8}",
        "file, typing", "plan p50", "p95", "p99", "max", "offers", "p95", "p99", "max"
    );
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let languages = Languages::load();
    for code in Code::ALL {
        for count in [200, 2_000, 20_000] {
            for typing in [Typing::Name, Typing::Statement] {
                let label = format!("{} {count:>6} {}", code.id(), typing.label());
                if wanted.as_ref().is_some_and(|wanted| !label.contains(wanted.as_str())) {
                    continue;
                }
                let mut bench = Bench::new(&languages, code, &code.lines(count));
                bench.run(typing);
                let unit = Duration::from_micros(1);
                let (plans, offers) = (&mut bench.plans, &mut bench.offers);
                println!("{label:<26} {}   {}", plans.row(unit), offers.row(unit));
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Typing {
    Name,
    Statement,
}

impl Typing {
    fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Statement => "statement",
        }
    }
}

struct Bench {
    code: Code,
    text: String,
    document: Document,
    settings: Settings,
    known: Known,
    plans: Samples,
    offers: Samples,
    taken: usize,
}

impl Bench {
    fn new(languages: &Languages, code: Code, text: &str) -> Self {
        let language = languages.detect(code.id(), Path::new(code.filename()), "");
        language.warm();
        let document = Document::new(DocumentId(1), 1, language, text);
        let own = WordIndex::build(&document.rope, &document.language.lexical);
        let known = Known { own: Arc::new(own), others: Vec::new(), closers: true, names: true };
        let mut bench = Self {
            code,
            text: text.to_owned(),
            document,
            settings: Settings::default(),
            known,
            plans: Samples::default(),
            offers: Samples::default(),
            taken: 0,
        };
        bench.analyse();
        bench
    }

    fn run(&mut self, typing: Typing) {
        let mut numbers = Numbers(1);
        let places = match typing {
            Typing::Name => name_ends(&self.text),
            Typing::Statement => self.code.statement_ends(&self.text),
        };
        let wanted = if self.text.len() > 256 << 10 { SAMPLES_LARGE } else { SAMPLES };
        while self.taken < wanted {
            let at = numbers.one_of(&places);
            let (start, typed) = match typing {
                Typing::Name => (at, "x".to_owned()),
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
            trigger: Trigger::Automatic,
            is_private: false,
            evidence: evidence(&site, &found, false),
            feedback: None,
        };
        std::hint::black_box(plan(&found, &settings.policy, &around));
        self.plans.add(clock().saturating_sub(started));
        let started = clock();
        let offers = offers(&site, &found, &self.known);
        self.offers.add(clock().saturating_sub(started));
        std::hint::black_box(offers);
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

/// Processor time of this thread: on a machine with other work, wall time shows that work's
/// turns. Wall time where the system cannot say.
fn clock() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}
