//! What the classifier sees at given places: the input of `train.py`.
//!
//! Reads JSON lines `{"id", "path", "prefix", "suffix", "first_line", "tree"}` and writes a header
//! and one line each, with tabs between the fields: the id, the mode of the place, the numbers
//! (one field, spaces between), then each token and how it is written. `"tree": false` leaves the
//! syntax tree out, as for a file without a grammar.

use std::error::Error;
use std::io::{BufRead as _, BufWriter, IsTerminal as _, Write as _, stdin, stdout};
use std::path::Path;

use serde_json::Value;
use tabtier::config::languages::Languages;
use tabtier::domain::class::features::{Sheet, extract_with_line, shape};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::lexical::Mode;
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(stdout().lock());
    if stdin().is_terminal() {
        writeln!(out, "usage: cargo bench --bench features < REQUESTS.jsonl; see train.py")?;
        return Ok(());
    }
    let languages = Languages::load();
    let mut has_header = false;
    for line in stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let site = site(&languages, &row);
        let sheet = extract_with_line(&site, text(&row, "first_line"));
        if !has_header {
            has_header = true;
            writeln!(out, "{}", header(&sheet))?;
        }
        let mode = if site.mode == Mode::Code { "code" } else { "text" };
        writeln!(out, "{}\t{mode}\t{}", text(&row, "id"), fields(&sheet))?;
    }
    Ok(())
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

fn site(languages: &Languages, row: &Value) -> Site {
    let language = languages.detect("", Path::new(text(row, "path")), "");
    language.warm();
    let (prefix, suffix) = (text(row, "prefix"), text(row, "suffix"));
    let mut document = Document::new(DocumentId(0), 0, language, &format!("{prefix}{suffix}"));
    if let Some(grammar) = &document.language.grammar
        && row["tree"] != Value::Bool(false)
        && let Some(tree) = parse(grammar, &document.rope, None, &mut || true)
    {
        document.syntax.publish(tree, document.revision, 0);
    }
    Site::new(document, prefix.len(), Trigger::Automatic)
}

fn header(sheet: &Sheet<'_>) -> String {
    let numbers: Vec<_> = sheet.numbers.iter().map(|(name, _)| *name).collect();
    let tokens: Vec<_> = sheet.tokens.iter().map(|(name, _)| *name).collect();
    format!("{}\t{}", numbers.join(" "), tokens.join(" "))
}

fn fields(sheet: &Sheet<'_>) -> String {
    let numbers: Vec<_> = sheet.numbers.iter().map(|(_, value)| value.to_string()).collect();
    let tokens = sheet.tokens.iter().flat_map(|(_, token)| {
        let token = token.replace(['\t', '\n', '\r'], " ");
        let written = shape(&token).to_owned();
        [token, written]
    });
    let mut fields = vec![numbers.join(" ")];
    fields.extend(tokens);
    fields.join("\t")
}
