//! `tabtier complete FILE:LINE:COL`: one completion from the command line, with the reasons on
//! demand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio_util::sync::CancellationToken;

use super::document;
use crate::config::languages::Languages;
use crate::config::{Settings, prices};
use crate::domain::document::Document;
use crate::domain::index::{Draft, Key};
use crate::domain::money::Moment;
use crate::domain::money::purse::Refusal;
use crate::domain::site::Trigger;
use crate::domain::text::{self, Position, PositionEncoding};
use crate::engine::{Engine, Forecast, Request, Step};
use crate::report;
use crate::report::forecast::Line;
use crate::store::ledger::now;
use crate::tokenizers;

/// Bound: bytes of a file that is read.
const FILE_MAX: u64 = 256 << 20;
/// Bound: how long the end of the command waits for the disk.
const CLOSE_MAX: Duration = Duration::from_secs(5);
/// How much of the cursor's line is shown on either side.
const SHOWN_MAX: usize = 60;

/// `complete` and its options.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Arguments {
    /// The place: file, line and column from 1. Columns count characters.
    #[arg(value_name = "FILE:LINE:COL")]
    place: String,
    /// Say what was decided, tried and paid, and why.
    #[arg(long)]
    explain: bool,
    /// The same as one JSON object.
    #[arg(long)]
    json: bool,
    /// Ask as if by a key press instead of by typing.
    #[arg(long)]
    invoked: bool,
    /// Say what would be asked and what it would cost, and ask nobody.
    #[arg(long)]
    dry_run: bool,
    /// Go on where this may cost more than `caps.ask_above_usd`.
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    let settings = super::settings(file);
    let (path, position) = place(&arguments.place)?;
    let text = read(&path)?;
    let opened = document::open(&Languages::load(), &settings, &path, &text, None)?;
    let (document, policy) = (opened.document, opened.policy);
    let offset = offset(&document, &path, position)?;
    let own = (document.id, Draft::of_rope(&document.rope, &document.language.lexical));
    let family = document.language.family.clone();
    let shown = shown(&document, &path, position, offset);
    let request = Request {
        document,
        policy,
        offset,
        trigger: if arguments.invoked {
            Trigger::Invoked { repeats: 0 }
        } else {
            Trigger::Automatic
        },
        has_diagnostic: false,
        neighbours: Vec::new(),
        open_max: None,
        superseded: CancellationToken::new(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let feedback = super::feedback(&settings);
    let books = if arguments.dry_run { super::books_there } else { super::books }(&settings);
    let ask_above = settings.money.ask_above;
    let engine = Engine::with(super::equip(settings), feedback, books);
    // Nobody is typing: what is foreseen is counted with what an editor's server would count with.
    tokenizers::wait();
    let folder = std::env::current_dir().ok();
    engine.work_in(folder.as_deref());
    engine.indexes().put(&family, Key::Open(own.0), own.1);
    let forecast = engine.forecast(request.clone());
    if arguments.dry_run {
        super::print(&foreseen(&forecast, &engine.settings(), arguments, &shown));
        return Ok(0);
    }
    if let Some(most) = forecast.most().filter(|most| *most > ask_above && !arguments.yes) {
        super::print(&foreseen(&forecast, &engine.settings(), arguments, &shown));
        super::complain(&report::forecast::question(most, ask_above));
        return Ok(1);
    }
    let explanation = runtime.block_on(engine.complete(request));
    let mut notices = engine.notices();
    while let Some(notice) = notices.as_mut().and_then(|notices| notices.try_recv().ok()) {
        super::complain(&format!("tabtier: {}\n", notice.text));
    }
    // What the calls cost is written down before the command ends.
    runtime.shutdown_timeout(CLOSE_MAX);
    engine.books().close(CLOSE_MAX);
    let output = if arguments.json {
        format!("{:#}\n", report::json(&explanation))
    } else if arguments.explain {
        format!("{shown}\n{}", report::text(&explanation))
    } else {
        explanation.offered.as_ref().map(|c| format!("{}\n", c.text)).unwrap_or_default()
    };
    super::print(&output);
    if let Some(silence) = &explanation.silence
        && !arguments.json
        && !arguments.explain
    {
        super::complain(&format!("nothing to offer: {}\n", silence.reason()));
    }
    Ok(0)
}

/// What would be asked, and what it would cost.
fn foreseen(
    forecast: &Forecast,
    settings: &Settings,
    arguments: &Arguments,
    shown: &str,
) -> String {
    let now = Moment(now().div_euclid(1_000));
    let line = |step: &Step| {
        let listed = settings.models.get(&step.model).and_then(|model| model.listed.as_ref());
        let gone = listed.filter(|listed| prices::is_gone(listed, now));
        Line {
            tier: step.tier.name(),
            model: step.model.clone(),
            quote: step.quote,
            kept_out: step.refusal.as_ref().map(Refusal::sentence),
            is_escalation: step.is_escalation,
            gone: gone.and_then(|listed| Some(listed.gone?.to_string())),
        }
    };
    let lines: Vec<_> = forecast.steps.iter().map(line).collect();
    if arguments.json {
        let mut value = report::json(&forecast.explanation);
        value["would_ask"] = report::forecast::json(&lines);
        return format!("{value:#}\n");
    }
    let decided = report::decision(&forecast.explanation);
    format!("{shown}\n{decided}{}", report::forecast::text(&lines))
}

/// Takes `FILE:LINE:COL` apart from the right, because a file name may hold colons.
fn place(argument: &str) -> anyhow::Result<(PathBuf, Position)> {
    let mut parts = argument.rsplitn(3, ':');
    let (column, line, path) = (parts.next(), parts.next(), parts.next());
    let number = |part: Option<&str>| part.and_then(|p| p.parse::<u32>().ok()).filter(|n| *n > 0);
    match (path, number(line), number(column)) {
        (Some(path), Some(line), Some(column)) if !path.is_empty() => {
            Ok((PathBuf::from(path), Position { line: line - 1, column: column - 1 }))
        }
        _ => bail!(
            "{argument:?} is not FILE:LINE:COL; give a line and a column from 1, such as \
             src/main.rs:12:5"
        ),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {name}"))?;
    ensure!(metadata.is_file(), "{name} is not a file");
    ensure!(
        metadata.len() <= FILE_MAX,
        "{name} has {} MB; at most {} MB are read",
        metadata.len() >> 20,
        FILE_MAX >> 20
    );
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let is_binary = bytes.iter().take(8 << 10).any(|byte| *byte == 0);
    ensure!(!is_binary, "{name} is a binary file");
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => bail!(
            "{name} is not UTF-8 (byte {}); only UTF-8 text can be completed",
            error.utf8_error().valid_up_to()
        ),
    }
}

fn offset(document: &Document, path: &Path, position: Position) -> anyhow::Result<usize> {
    let rope = &document.rope;
    let lines = rope.len_lines();
    let (line, column) = (position.line as usize, position.column as usize);
    let name = path.display();
    ensure!(line < lines, "{name} has {lines} lines; line {} is past its end", line + 1);
    let chars = text::line_content(rope, line).len_chars();
    ensure!(
        column <= chars,
        "line {} of {name} has {chars} characters; column {} is past its end",
        line + 1,
        column + 1
    );
    Ok(text::offset_of(rope, position, PositionEncoding::Utf32))
}

/// The cursor's line with the cursor in it.
fn shown(document: &Document, path: &Path, position: Position, offset: usize) -> String {
    let line = text::line_range(&document.rope, offset);
    let before = text::tail_before(&document.rope, offset, (offset - line.start).min(SHOWN_MAX));
    let after = text::head_after(&document.rope, offset, (line.end - offset).min(SHOWN_MAX));
    let mut shown = String::new();
    let place = format!("{}:{}:{}", path.display(), position.line + 1, position.column + 1);
    let _ = writeln!(shown, "{place} ({})", document.language.name);
    let _ = writeln!(shown, "    {before}▏{after}");
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_apart_from_the_right() {
        let at = |line, column| Position { line, column };
        let check = |argument: &str, path: &str, position| {
            assert_eq!(place(argument).expect("a place"), (PathBuf::from(path), position));
        };
        check("a.rs:3:7", "a.rs", at(2, 6));
        check("C:\\a:b.rs:1:1", "C:\\a:b.rs", at(0, 0));
        for wrong in
            ["a.rs", "a.rs:3", "a.rs:0:1", "a.rs:1:x", ":1:1", "a.rs:1:-2", "a:1:99999999999"]
        {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }
}
