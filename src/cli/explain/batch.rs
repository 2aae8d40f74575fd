//! Many decisions in one run: a line of JSON in, a line of JSON out, in order.
//!
//! Each answer depends on its own line and the folder that it names. What was decided is written out before the next read
//! could wait, so that a caller may send one line and wait for one answer.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::row::{self, Row};
use crate::cli::document::{self, Opened};
use crate::config::Settings;
use crate::config::languages::Languages;
use crate::domain::class::{Classification, RequestClass, classify, wants_block};
use crate::domain::index::{Draft, Key};
use crate::domain::language::Language;
use crate::domain::local::{Known, Offer, offers};
use crate::domain::route::{Circumstances, Plan, Tier, evidence, plan};
use crate::domain::site::Site;
use crate::engine::{Folder, Indexes};

/// Bound: bytes of a line. A longer one is passed over without being held in memory.
const LINE_MAX: u64 = 64 << 20;
/// Bytes read and written at a time.
const BUFFER: usize = 256 << 10;

/// Answers every line of `input` and returns how many of them were bad. Blank lines are passed over.
pub(super) fn run(input: impl Read, output: impl Write, settings: &Settings) -> io::Result<u64> {
    let languages = Languages::load();
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut output = BufWriter::with_capacity(BUFFER, output);
    let mut project = None;
    let mut line = Vec::new();
    let (mut number, mut bad_lines) = (0_u64, 0);
    loop {
        if !input.buffer().contains(&b'\n') {
            output.flush()?;
        }
        line.clear();
        if input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let is_cut = line.len() as u64 == LINE_MAX && !line.ends_with(b"\n");
        let (id, decided) = if is_cut {
            input.skip_until(b'\n')?;
            let limit = LINE_MAX >> 20;
            (Value::Null, Err(format!("the line is too long; valid are at most {limit} MiB")))
        } else {
            let (id, row) = row::read(&line);
            (id, row.and_then(|row| decide(&row, &languages, settings, &mut project)))
        };
        match decided {
            Ok(decision) => serde_json::to_writer(&mut output, &Answer::of(&id, &decision))?,
            Err(what) => {
                bad_lines += 1;
                let error = format!("line {number}: {what}");
                serde_json::to_writer(&mut output, &Bad { id: &id, error })?;
            }
        }
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(bad_lines)
}

/// What was decided for one place.
struct Decision {
    language: Arc<Language>,
    found: Classification,
    plan: Plan,
    tier: Option<Tier>,
    took: Duration,
    local: Vec<Offer>,
    cascade_score: Option<f64>,
}

/// The folder that rows name, read once and kept for the rows that follow.
struct Project {
    folder: PathBuf,
    read: Folder,
}

/// The indexes of the row's folder without the row's own file; none where it names no folder.
fn workspace<'a>(
    row: &Row,
    languages: &Languages,
    settings: &Settings,
    project: &'a mut Option<Project>,
) -> Result<Option<&'a Indexes>, String> {
    let Some(folder) = &row.workspace else { return Ok(None) };
    let whole = |path: &Path| std::path::absolute(path).map_err(|error| error.to_string());
    let folder = whole(folder)?;
    if !folder.is_dir() {
        return Err(format!("workspace is {}, which is no folder", folder.display()));
    }
    let kept = project.take().filter(|kept| kept.folder == folder);
    let project = project.insert(kept.unwrap_or_else(|| {
        let read = Folder::read(&folder, languages, settings);
        Project { folder: folder.clone(), read }
    }));
    // The path of a row may also be relative to its folder.
    let own = whole(&row.path)?;
    let own = if own.starts_with(&folder) { own } else { folder.join(&row.path) };
    project.read.without(&own, languages);
    Ok(Some(project.read.indexes()))
}

fn decide(
    row: &Row,
    languages: &Languages,
    settings: &Settings,
    project: &mut Option<Project>,
) -> Result<Decision, String> {
    let text = [row.prefix.as_str(), row.suffix.as_str()].concat();
    let first_line = row.first_line.as_deref();
    let opened = document::open(languages, settings, &row.path, &text, first_line);
    let Opened { document, policy } = opened.map_err(|error| format!("{error:#}"))?;
    let policy = policy.as_deref().unwrap_or(&settings.policy);
    let alone = Indexes::default();
    let indexes = workspace(row, languages, settings, project)?.unwrap_or(&alone);
    let own = document.id;
    indexes.close(own);
    let draft = Draft::of_rope(&document.rope, &document.language.lexical);
    indexes.put(&document.language.family, Key::Open(own), draft);
    let index = indexes.of(&document.language.family);
    let is_private = document.is_private;
    let language = Arc::clone(&document.language);
    let started = Instant::now();
    let site = Site::new(document, row.prefix.len(), row.trigger);
    let found = classify(&site);
    let around = Circumstances {
        model: &|id| settings.models.get(id).map(|model| &model.spec),
        is_healthy: &|_| true,
        objection: &|_, _, _| None,
        trigger: row.trigger,
        is_private,
        evidence: evidence(&site, &found, row.has_diagnostic),
        feedback: None,
    };
    let plan = plan(&found, policy, &around);
    let took = started.elapsed();
    let index = index.read();
    let known = Known {
        index: Some(&index),
        own: Some(Key::Open(own)),
        kept: None,
        closers: settings.local.closers,
        names: settings.local.names,
        lines: settings.local.lines,
    };
    let local = offers(&site, &found, &known);
    let tier = policy.meant_for(found.class);
    let cascade_score = row.streamed_line.as_deref().map(|line| wants_block(&site, &found, line));
    Ok(Decision { language, found, plan, tier, took, local, cascade_score })
}

/// An answer as it is written. Members keep their meaning between versions; new ones may be added.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    language: &'a str,
    class: &'static str,
    extent: &'static str,
    tier: Option<&'static str>,
    confidence: f64,
    scores: Scores<'a>,
    flagship_score: f64,
    decision_us: f64,
    reasons: Vec<String>,
    local: Vec<Local<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cascade_score: Option<f64>,
}

/// The answer to a line that could not be read.
#[derive(Serialize)]
struct Bad<'a> {
    id: &'a Value,
    error: String,
}

#[derive(Serialize)]
struct Local<'a> {
    text: &'a str,
    confidence: f64,
}

/// Probabilities by class, in the order of the classes.
struct Scores<'a>(&'a Classification);

impl Serialize for Scores<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let score = |class: RequestClass| (class.name(), self.0.score(class));
        serializer.collect_map(RequestClass::ALL.map(score))
    }
}

impl<'a> Answer<'a> {
    fn of(id: &'a Value, decision: &'a Decision) -> Self {
        let Decision { language, found, plan, tier, took, local, cascade_score } = decision;
        let local = local.iter();
        Self {
            id,
            language: &language.id,
            class: found.class.name(),
            extent: plan.extent.name(),
            tier: tier.map(Tier::name),
            confidence: found.confidence.value(),
            scores: Scores(found),
            flagship_score: found.score(RequestClass::Logic) + found.score(RequestClass::Refactor),
            decision_us: took.as_nanos() as f64 / 1e3,
            reasons: found.reasons.iter().map(ToString::to_string).collect(),
            local: local
                .map(|offer| Local { text: &offer.text, confidence: offer.confidence.value() })
                .collect(),
            cascade_score: *cascade_score,
        }
    }
}
