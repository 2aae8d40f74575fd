//! What the local engine might offer at given places, as numbers: the input of `train_local.py`.
//!
//! `cargo bench --bench candidates -- closer` writes the candidates of one source, or of all without a
//! name behind it. Reads JSON lines `{"id", "path", "prefix", "suffix", "true", "scores", "workspace", "usual"}`: `true`
//! is what comes, `scores` what the classifier is to have found (optional), `workspace` a folder that is
//! known but for the file itself (optional), `usual` a file with what is usual in the language (optional). Writes a
//! line for each candidate: where it comes from, the id, whether it is right, its length, and its
//! numbers; before the first of each kind their names.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::io::{self, BufRead as _, BufWriter, IsTerminal as _, Write as _, stdin, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tabtier::config::languages::Languages;
use tabtier::domain::class::classify;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::index::{Draft, Index, Key, SegmentBuilder};
use tabtier::domain::local::{Candidate, Known, Source, Usual, candidates_by};
use tabtier::domain::outline::Outline;
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;

/// Bytes of text in one segment of files, as in the server.
const SEGMENT_BYTES: usize = 512 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(stdout().lock());
    if stdin().is_terminal() {
        writeln!(
            out,
            "usage: cargo bench --bench candidates [-- SOURCE] < REQUESTS.jsonl; see train_local.py"
        )?;
        return Ok(());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = ["closer", "name", "line"]
        .into_iter()
        .filter(|source| arguments.iter().any(|argument| argument == source))
        .collect();
    let wants = |source| asked.is_empty() || asked.contains(&source);
    let languages = Languages::load();
    let (mut workspace, mut usual) = (Workspace::default(), Lists::default());
    for line in stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let site = site(&languages, &row);
        let mut found = classify(&site);
        if let Some(scores) = row["scores"].as_array() {
            // By weights that have not seen the place.
            for (score, given) in found.scores.iter_mut().zip(scores) {
                *score = given.as_f64().unwrap_or_default();
            }
        }
        if wants("name") || wants("line") {
            workspace.turn_to(&languages, &row, &site)?;
        }
        let known = Known {
            index: Some(&workspace.index),
            own: Some(Key::Open(site.document.id)),
            kept: None,
            closers: wants("closer"),
            names: wants("name"),
            lines: wants("line"),
        };
        usual.turn_to(text(&row, "usual"))?;
        let family = &site.document.language.family;
        for candidate in candidates_by(&site, &found, &known, usual.all.get(family)) {
            let source = match candidate.source {
                Source::Closer => "closer",
                Source::Name => "name",
                Source::Line => "line",
            };
            let right = is_right(&site, &candidate, &row);
            let length = candidate.text.chars().count();
            let names = candidate.sheet.numbers.iter().map(|(name, _)| *name);
            if workspace.described.insert(source) {
                let names: Vec<_> = names.collect();
                writeln!(out, "{source} names {}", names.join(" "))?;
            }
            write!(out, "{source} {} {} {length}", row["id"], u8::from(right))?;
            for (_, value) in &candidate.sheet.numbers {
                write!(out, " {value}")?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// The lists of what is usual.
#[derive(Default)]
struct Lists {
    path: String,
    all: HashMap<String, Usual>,
}

impl Lists {
    fn turn_to(&mut self, path: &str) -> io::Result<()> {
        if self.path != path {
            let lists = if path.is_empty() { String::new() } else { fs::read_to_string(path)? };
            self.all = Usual::read_all(&lists);
            path.clone_into(&mut self.path);
        }
        Ok(())
    }
}

/// The other files around the one asked about.
#[derive(Default)]
struct Workspace {
    index: Index,
    folder: String,
    family: String,
    /// The file that is left out and the segment it is in.
    path: String,
    /// The files of each segment.
    files: Vec<Vec<PathBuf>>,
    described: BTreeSet<&'static str>,
}

impl Workspace {
    fn turn_to(&mut self, languages: &Languages, row: &Value, site: &Site) -> io::Result<()> {
        let (folder, path) = (text(row, "workspace"), text(row, "path"));
        let document = &site.document;
        if self.folder != folder || self.family != document.language.family {
            self.index = Index::default();
            self.files = Vec::new();
            self.path.clear();
            (self.folder, self.family) = (folder.to_owned(), document.language.family.clone());
            if !folder.is_empty() {
                self.find_files(languages, Path::new(folder))?;
            }
            for segment in 0..self.files.len() {
                self.count(languages, segment, None);
            }
        }
        if self.path != path {
            for (left_out, path) in [(None, self.path.clone()), (Some(path), path.to_owned())] {
                let file = Path::new(folder).join(path);
                let segment = self.files.iter().position(|files| files.contains(&file));
                if let Some(segment) = segment {
                    self.count(languages, segment, left_out.map(|_| file.as_path()));
                }
            }
            path.clone_into(&mut self.path);
        }
        let draft = Draft::of_rope(&document.rope, &document.language.lexical);
        self.index.add(Key::Open(document.id), draft.into());
        while !self.index.sweep(usize::MAX) {}
        Ok(())
    }

    fn find_files(&mut self, languages: &Languages, folder: &Path) -> io::Result<()> {
        let mut folders = vec![folder.to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if languages.detect("", &path, "").family == self.family {
                    found.push(path);
                }
            }
        }
        found.sort();
        let mut bytes = SEGMENT_BYTES;
        for path in found {
            let size = fs::metadata(&path)?.len() as usize;
            if size > SEGMENT_BYTES {
                continue;
            }
            if bytes + size > SEGMENT_BYTES {
                self.files.push(Vec::new());
                bytes = 0;
            }
            bytes += size;
            self.files.last_mut().into_iter().for_each(|files| files.push(path.clone()));
        }
        Ok(())
    }

    fn count(&mut self, languages: &Languages, segment: usize, without: Option<&Path>) {
        let mut builder = SegmentBuilder::default();
        for path in self.files[segment].iter().filter(|path| Some(path.as_path()) != without) {
            if let Ok(text) = fs::read_to_string(path) {
                let language = languages.detect("", path, "");
                builder.add(&text, &language.lexical);
            }
        }
        self.index.add(Key::Files(segment as u32), builder.finish().into());
    }
}

/// Whether accepting the candidate would bring what comes: for closers the whole run, for a name that
/// name and nothing more of the word, for a line all that comes on it.
fn is_right(site: &Site, candidate: &Candidate, row: &Value) -> bool {
    let comes = text(row, "true");
    let lexical = &site.document.language.lexical;
    if candidate.source == Source::Closer {
        return comes.trim() == candidate.text.trim()
            && comes.contains('\n') == candidate.text.contains('\n');
    }
    if candidate.source == Source::Line {
        // What comes may be cut short by the label, but the row holds how the file goes on.
        let whole = format!("{comes}{}", text(row, "suffix"));
        let rest = whole.lines().next().and_then(|line| line.strip_prefix(&*candidate.text));
        let is_comment = |rest: &str| lexical.line_comments.iter().any(|c| rest.starts_with(&**c));
        return rest.map(str::trim).is_some_and(|rest| {
            rest.is_empty() || rest == site.line_suffix.trim() || is_comment(rest)
        });
    }
    let goes_on = |rest: &str| rest.chars().next().is_some_and(|c| lexical.is_word(c));
    comes.strip_prefix(candidate.text.as_str()).is_some_and(|rest| !goes_on(rest))
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

fn site(languages: &Languages, row: &Value) -> Site {
    let language = languages.detect("", Path::new(text(row, "path")), "");
    language.warm();
    let (prefix, suffix) = (text(row, "prefix"), text(row, "suffix"));
    let mut document = Document::new(DocumentId(0), 0, language, &format!("{prefix}{suffix}"));
    document.filename = text(row, "path").rsplit('/').next().unwrap_or_default().into();
    if let Some(grammar) = &document.language.grammar
        && let Some(tree) = parse(grammar, &document.rope, None, &mut || true)
    {
        document.outline = Arc::new(Outline::of(&tree, &document.rope, &document.language, 0));
        document.syntax.publish(tree, document.revision, 0);
    }
    Site::new(document, prefix.len(), Trigger::Automatic)
}
