//! Documents of the command line: a text becomes what the server has of an open file when a
//! request arrives, the syntax tree included.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::config::Settings;
use crate::config::languages::Languages;
use crate::domain::class;
use crate::domain::document::{Document, DocumentId};
use crate::domain::excerpts::Excerpts;
use crate::domain::local;
use crate::domain::outline::Outline;
use crate::domain::route::Policy;
use crate::domain::syntax::{PARSED_BYTES_MAX, parse};

/// Bound: time for parsing a text before asking.
const PARSE_MAX: Duration = Duration::from_secs(2);

/// A text as an open file.
pub(super) struct Opened {
    pub(super) document: Document,
    /// What holds for the file; `None` where the settings say nothing for it alone.
    pub(super) policy: Option<Arc<Policy>>,
}

/// Opens `text` as the file at `path`, which need not exist. `first_line` is the first line of the
/// file where `text` does not begin with it; it can name the language where the path does not.
pub(super) fn open(
    languages: &Languages,
    settings: &Settings,
    path: &Path,
    text: &str,
    first_line: Option<&str>,
) -> anyhow::Result<Opened> {
    let beginning = first_line.map(|line| Cow::from([line, "\n", text].concat()));
    let language = languages.detect("", path, &beginning.unwrap_or(text.into()));
    language.warm();
    class::warm();
    local::warm(&language);
    let mut document = Document::new(DocumentId(0), 0, language, text);
    let filename = path.file_name().unwrap_or_default().to_string_lossy();
    document.filename = Arc::from(filename.as_ref());
    // Patterns may name folders above the one we were started in.
    let whole = std::path::absolute(path).context("cannot tell the current folder")?;
    document.is_private = settings.privacy.exclude.is_match(&whole);
    let policy = settings.policy_for(&document.language.id, &whole);
    let started = Instant::now();
    let mut go_on = || started.elapsed() < PARSE_MAX;
    if let Some(grammar) = &document.language.grammar
        && document.rope.len_bytes() <= PARSED_BYTES_MAX
        && let Some(tree) = parse(grammar, &document.rope, None, &mut go_on)
    {
        document.outline = Arc::new(Outline::of(&tree, &document.rope, &document.language, 0));
        let excerpts = Excerpts::of(&document.rope, Some(&tree), &document.language, 0);
        document.excerpts = Arc::new(excerpts);
        document.syntax.publish(tree, document.revision, 0);
    }
    Ok(Opened { document, policy })
}
