//! What an index of a workspace costs: to build, to keep, to ask, and to change.
//!
//! `cargo bench --bench index -- FOLDER` reads the files of a folder; without one, the sources of our
//! dependencies, which everybody has who has built this. At most 5,000 files are read, on one thread.
//! Times are processor time of that thread, the system's part for reading files included, as wall
//! time on a machine with other work says more of that work.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod clock;
mod figures;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tabtier::config::Settings;
use tabtier::config::languages::Languages;
use tabtier::domain::index::{Draft, Entering, Index, Key, SegmentBuilder};
use tabtier::domain::tokens::contexts::{Before, CONTEXTS};
use tabtier::domain::tokens::{Kind, for_each_token};
use tabtier::engine::Folder;

use clock::clock;
use figures::Samples;

/// Files read at most.
const FILES: usize = 5_000;
/// Words looked up or removed at a time, as in the engine.
const SLICE: usize = 500;
/// Text of a segment, as in the engine.
const SEGMENT_BYTES: usize = 512 << 10;
/// Places asked about.
const QUERIES: usize = 20_000;

fn main() {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(folder) = named.map(PathBuf::from).or_else(dependencies) else {
        println!("name a folder: cargo bench --bench index -- FOLDER");
        return;
    };
    let languages = Languages::load();
    let mut settings = Settings::default();
    settings.index.files_max = FILES;
    let before = resident_bytes();
    let started = clock();
    let read = Folder::read(&folder, &languages, &settings);
    let took = clock().saturating_sub(started);
    let memory = resident_bytes().saturating_sub(before);
    let size = read.indexes().size();
    let mib = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    println!("files               {:>10}", size.files);
    println!("text                {:>10.1} MiB", mib(size.text_bytes));
    println!("segments            {:>10}", size.segments);
    println!("different words     {:>10}", size.words);
    println!("words in contexts   {:>10}", size.grams);
    println!("built in            {:>10.2} s", took.as_secs_f64());
    println!(
        "on one core         {:>10.1} MB/s",
        size.text_bytes as f64 / 1e6 / took.as_secs_f64()
    );
    println!("memory, counted     {:>10.1} MiB", mib(size.bytes));
    println!("memory, resident    {:>10.1} MiB", mib(memory));
    ask(&folder, &read, &languages);
    hold(&folder, &languages);
}

/// The sources of our dependencies as cargo keeps them.
fn dependencies() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let mut registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    Some(registries.next()?.ok()?.path())
}

/// Memory of this process in RAM; zero where the system does not say.
fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

/// Some files of the folder, spread over it.
fn some_files(folder: &Path, most: usize) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(folder).sort_by_file_name(Ord::cmp).build();
    let entries =
        walk.filter_map(Result::ok).filter(|e| e.file_type().is_some_and(|t| t.is_file()));
    let mut files: Vec<_> = entries.map(ignore::DirEntry::into_path).take(FILES).collect();
    let step = (files.len() / most).max(1);
    files = files.into_iter().step_by(step).collect();
    files
}

/// Asks what follows at places of real files, and which names begin with one and two characters.
fn ask(folder: &Path, read: &Folder, languages: &Languages) {
    let (mut followers, mut one, mut two) =
        (Samples::default(), Samples::default(), Samples::default());
    let mut visited = 0_usize;
    let mut asked = 0;
    for path in some_files(folder, 400) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let language = languages.detect("", &path, &text);
        let index = read.indexes().of(&language.family);
        let index = index.read();
        let mut places: Vec<([u32; CONTEXTS], String)> = Vec::new();
        let mut before = Before::default();
        for_each_token(&text, &language.lexical, |token| {
            if token.kind == Kind::Name && token.start % 17 == 0 {
                places.push((before.contexts(), token.text.to_owned()));
            }
            before.push(&token);
        });
        for (contexts, name) in places.into_iter().take(100) {
            asked += 1;
            timed(&mut followers, || index.followers(&contexts, None, |_| visited += 1));
            let mut ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
            for (samples, end) in [(&mut one, ends.next()), (&mut two, ends.next())] {
                let Some(end) = end else { continue };
                timed(samples, || std::hint::black_box(index.with_prefix(&name[..end], 200)));
            }
            if asked == QUERIES {
                break;
            }
        }
    }
    let unit = Duration::from_micros(1);
    println!("\nqueries, in µs              p50      p95      p99      max");
    println!("what follows         {}", followers.row(unit));
    println!("one character        {}", one.row(unit));
    println!("two characters       {}", two.row(unit));
    println!("words visited for what follows, on average: {}", visited / asked.max(1));
}

/// How long a lock is held while segments are put in, replaced and taken out: every change in the
/// slices in which the engine makes it.
fn hold(folder: &Path, languages: &Languages) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut builder = SegmentBuilder::default();
    for path in some_files(folder, FILES) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        builder.add(&text, &languages.detect("", &path, &text).lexical);
        if builder.text_bytes() > SEGMENT_BYTES {
            drafts.push(std::mem::take(&mut builder).finish());
        }
    }
    let mut index = Index::default();
    let (mut entering, mut adding, mut sweeping) =
        (Samples::default(), Samples::default(), Samples::default());
    for (number, draft) in drafts.into_iter().enumerate() {
        let mut draft = Entering::from(draft);
        while !timed(&mut entering, || index.enter(&mut draft, SLICE)) {}
        // Every third segment takes another one's place.
        let key = Key::Files((number - number / 3) as u32);
        drop(timed(&mut adding, || index.add(key, draft)));
        while !timed(&mut sweeping, || index.sweep(SLICE)) {}
    }
    let unit = Duration::from_micros(1);
    println!("\nlock held, in µs            p50      p95      p99      max");
    println!("words looked up      {}", entering.row(unit));
    println!("a segment put in     {}", adding.row(unit));
    println!("words removed        {}", sweeping.row(unit));
}

fn timed<T>(samples: &mut Samples, work: impl FnOnce() -> T) -> T {
    let started = clock();
    let done = work();
    samples.add(clock().saturating_sub(started));
    done
}
