//! `tabtier complete FILE:LINE:COL`: one completion from the command line, with the reasons on
//! demand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use tokio_util::sync::CancellationToken;

use super::document;
use crate::config::languages::Languages;
use crate::domain::document::Document;
use crate::domain::index::{Draft, Key};
use crate::domain::site::Trigger;
use crate::domain::text::{self, Position, PositionEncoding};
use crate::engine::{Engine, Request};
use crate::report;

/// Bound: bytes of a file that is read.
const FILE_MAX: u64 = 256 << 20;
/// How much of the cursor's line is shown on either side.
const SHOWN_MAX: usize = 60;

/// `complete` and its options.
#[derive(Debug, clap::Args)]
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
    let engine = Engine::with_feedback(super::equip(settings), feedback);
    engine.indexes().put(&family, Key::Open(own.0), own.1);
    let explanation = runtime.block_on(engine.complete(request));
    runtime.shutdown_background();
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
