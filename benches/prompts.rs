//! What a prompt costs before it is sent: choosing its text, and counting its tokens.
//!
//! A file of 20,000 lines is typed in, with twelve others of 2,000 lines beside it, all of the source of
//! `rustls`. Each tier's prompt is made with estimated tokens and with counted ones. Times are
//! processor time of the thread. Before that each vocabulary is loaded by itself, with the time and the
//! memory it takes.

#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod clock;
#[allow(dead_code, reason = "there is code in another language too")]
mod code;
#[allow(dead_code, reason = "percentiles are printed in a table of their own")]
mod figures;
mod numbers;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tabtier::config::Settings;
use tabtier::config::languages::Languages;
use tabtier::domain::class::Extent;
use tabtier::domain::context::{Budget, gather};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::excerpts::Excerpts;
use tabtier::domain::prompt::{Files, PromptForm, build};
use tabtier::domain::route::Tier;
use tabtier::domain::ruler::{CAUTIOUS, Count, Ruler, Vocabulary};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::units::Tokens;
use tabtier::domain::workspace::Neighbour;
use tabtier::tokenizers;

use clock::clock;
use code::Code;
use figures::Samples;

/// Places prompts are made for.
const PLACES: usize = 300;

/// Asks this program to load the vocabulary of the name that follows, and nothing else.
const LOAD: &str = "--load";

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != LOAD).skip(1);
    if let Some(vocabulary) = arguments.next().and_then(|name| Vocabulary::from_name(&name)) {
        return load(vocabulary);
    }
    let language = Languages::load().by_id(Code::Rust.id()).expect("a language");
    language.warm();
    let open = |id: u32, text: &str| {
        let mut document = Document::new(DocumentId(id), 0, Arc::clone(&language), text);
        document.filename = Arc::from(format!("file{id}.rs"));
        let grammar = document.language.grammar.as_ref().expect("a grammar");
        let tree = parse(grammar, &document.rope, None, &mut || true).expect("a tree");
        let place = text.len() / 2;
        let started = clock();
        let excerpts = Excerpts::of(&document.rope, Some(&tree), &document.language, place);
        let took = clock().saturating_sub(started);
        document.excerpts = Arc::new(excerpts);
        document.syntax.publish(tree, 0, 0);
        (document, took)
    };
    let neighbour = |id: u32| {
        let (document, _) = open(id, &Code::Rust.file(id as usize, 2_000));
        Neighbour {
            filename: document.filename,
            rope: document.rope,
            excerpts: document.excerpts,
            changed_at: None,
            last_edit: 0,
        }
    };
    let neighbours: Vec<Neighbour> = (1..=12).map(neighbour).collect();
    let text = Code::Rust.lines(20_000);
    let (document, took) = open(0, &text);
    println!("excerpts of {} KB in the background: {took:.1?}", text.len() >> 10);
    let exact = vocabularies();
    prompts(&document, &text, &neighbours, exact);
    let sample = text.get(..100_000).unwrap_or(&text);
    let started = clock();
    let tokens = exact.count(sample);
    let took: Duration = clock().saturating_sub(started);
    println!("\n100 KB counted: {tokens} tokens in {took:.1?}");
}

/// What prompts at many places of the text take, for each tier.
fn prompts(document: &Document, text: &str, neighbours: &[Neighbour], exact: &dyn Count) {
    let ends = Code::Rust.statement_ends(text);
    let settings = Settings::default();
    println!(
        "\n| prompt for | tokens | p50 µs | p95 | p99 | of them used |\n|---|---|---|---|---|---|"
    );
    for tier in [Tier::Fast, Tier::Mid, Tier::Flagship] {
        for (name, ruler) in [
            ("estimated", Ruler { exact: None, bytes_per_token: CAUTIOUS }),
            ("counted", Ruler { exact: Some(exact), bytes_per_token: CAUTIOUS }),
        ] {
            let all = settings.context.input_tokens_max[tier as usize];
            let budget = Budget {
                input_tokens_max: all,
                tier,
                around_max: None,
                kinds: &settings.context.kinds,
                ruler,
                redacts: true,
                own_keys: &[],
            };
            let (mut samples, mut used, mut count) = (Samples::default(), 0, 0);
            for end in ends.iter().step_by((ends.len() / PLACES).max(1)) {
                let site = Site::new(document.clone(), *end, Trigger::Automatic);
                let started = clock();
                let context = gather(&site, Extent::Block, &budget, neighbours);
                let prompt = build(&context, &PromptForm::Chat, Files::AsComments, Tokens(256));
                samples.add(clock().saturating_sub(started));
                count += 1;
                assert!(!prompt.body.is_empty());
                let whole: Vec<&str> = prompt.body.texts();
                used += whole.iter().map(|text| exact.count(text)).sum::<usize>();
            }
            let share = 100 * used / count / all.0 as usize;
            let mut us = |percent| samples.percentile(percent).as_secs_f64() * 1e6;
            let [p50, p95, p99] = [50.0, 95.0, 99.0].map(&mut us);
            println!("| {} | {name} | {p50:.0} | {p95:.0} | {p99:.0} | {share} % |", tier.name());
        }
    }
}

/// Loads each vocabulary in a process of its own, which says what that takes, and one here.
fn vocabularies() -> &'static dyn Count {
    println!("\n| vocabulary | there after ms | memory, MiB | peak |\n|---|---|---|---|");
    let program = std::env::current_exe().expect("this program");
    for vocabulary in Vocabulary::ALL {
        let mut process = std::process::Command::new(&program);
        process.arg(LOAD).arg(vocabulary.name()).status().expect("a process");
    }
    tokenizers::load([Vocabulary::O200k]);
    tokenizers::wait();
    tokenizers::ready(Vocabulary::O200k).expect("it was loaded")
}

/// Loads one vocabulary and prints its row.
fn load(vocabulary: Vocabulary) {
    let (before, started) = (memory("VmRSS:"), Instant::now());
    tokenizers::load([vocabulary]);
    tokenizers::wait();
    let took = started.elapsed().as_secs_f64() * 1e3;
    let [kept, peak] = ["VmRSS:", "VmHWM:"].map(|field| memory(field) - before);
    println!("| `{}` | {took:.0} | {kept:.1} | {peak:.1} |", vocabulary.name());
}

/// Memory of this process in MiB, where the system says.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}
