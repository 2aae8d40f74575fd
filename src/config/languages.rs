//! The languages the server knows: `grammars/languages.toml` is embedded, read once at start, and
//! joined with the grammars that are linked in.
//!
//! Clients name languages differently (`shellscript`, `sh`, `bash`), or not at all: a client
//! without support for a language often sends `plaintext`. So the id is tried first, then the
//! file's name, then its first line. No query is compiled here; that takes milliseconds and
//! happens in the background when a file of the language is opened.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use self::row::Row;
use crate::domain::language::Language;

mod row;

/// The embedded table.
const ROWS: &str = include_str!("../../grammars/languages.toml");

/// Every known language, findable by what clients and files say.
#[derive(Debug)]
pub struct Languages {
    all: Vec<Arc<Language>>,
    plain_text: Arc<Language>,
    by_id: HashMap<String, usize>,
    by_filename: HashMap<String, usize>,
    by_extension: HashMap<String, usize>,
    by_interpreter: HashMap<String, usize>,
}

impl Languages {
    /// Reads the embedded table. A unit test proves that it parses; were it broken all the same,
    /// every file would be plain text.
    pub fn load() -> Self {
        Self::parse(ROWS).unwrap_or_else(|_| Self::new(BTreeMap::new()))
    }

    /// The same, read at most once, for asking which languages there are.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Languages> = LazyLock::new(Languages::load);
        &SHARED
    }

    fn parse(rows: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(rows).map(Self::new)
    }

    fn new(rows: BTreeMap<String, Row>) -> Self {
        let all: Vec<_> =
            rows.into_iter().map(|(id, row)| Arc::new(row.into_language(id))).collect();
        let index = |keys: fn(&Language) -> &[String]| {
            let rows = all.iter().enumerate();
            rows.flat_map(|(i, row)| keys(row).iter().map(move |key| (key.to_lowercase(), i)))
                .collect::<HashMap<_, _>>()
        };
        let mut by_id = index(|row| &row.aliases);
        by_id.extend(all.iter().enumerate().map(|(i, row)| (row.id.to_lowercase(), i)));
        let plain_text = Language::plain_text();
        let plain_row = by_id.get(&plain_text.id).and_then(|i: &usize| all.get(*i)).cloned();
        Self {
            plain_text: plain_row.unwrap_or(plain_text),
            by_id,
            by_filename: index(|row| &row.filenames),
            by_extension: index(|row| &row.extensions),
            by_interpreter: index(|row| &row.interpreters),
            all,
        }
    }

    /// Every row of the table, ordered by id.
    pub fn all(&self) -> &[Arc<Language>] {
        &self.all
    }

    /// The language a client means by `id`, whatever its case. Of a compound id such as
    /// `yaml.docker-compose` the first part counts if the whole is not known.
    pub fn by_id(&self, id: &str) -> Option<Arc<Language>> {
        let id = id.to_lowercase();
        let whole = self.by_id.get(&id);
        let found = whole.or_else(|| self.by_id.get(id.split_once('.')?.0));
        found.and_then(|i| self.all.get(*i)).cloned()
    }

    /// The language of a file by its whole name, else by its longest known ending.
    pub fn by_path(&self, path: &Path) -> Option<Arc<Language>> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        let endings = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
        let found = self
            .by_filename
            .get(&name)
            .or_else(|| endings.into_iter().find_map(|ending| self.by_extension.get(ending)));
        found.and_then(|i| self.all.get(*i)).cloned()
    }

    /// The language of the interpreter in a `#!` line.
    pub fn by_first_line(&self, line: &str) -> Option<Arc<Language>> {
        let command = line.strip_prefix("#!")?;
        let mut words =
            command.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
        // After `env` come options and assignments, then the interpreter.
        let word =
            words.find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let found = self.by_interpreter.get(word).or_else(|| self.by_interpreter.get(bare));
        found.and_then(|i| self.all.get(*i)).cloned()
    }

    /// The language of a document: what the client says, else what the file's name or first line
    /// says, else plain text.
    pub fn detect(&self, lsp_id: &str, path: &Path, first_line: &str) -> Arc<Language> {
        let said = self.by_id(lsp_id);
        let is_plain = said.as_ref().is_none_or(|row| row.id == self.plain_text.id);
        said.filter(|_| !is_plain)
            .or_else(|| self.by_path(path))
            .or_else(|| self.by_first_line(first_line))
            .unwrap_or_else(|| Arc::clone(&self.plain_text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_parses() {
        let rows = toml::from_str::<BTreeMap<String, Row>>(ROWS);
        assert!(rows.is_ok(), "{}", rows.err().map(|error| error.to_string()).unwrap_or_default());
    }

    /// What `detect` makes of an id, a path and a first line.
    fn check(lsp_id: &str, path: &str, first_line: &str, expected: &str) {
        let found = Languages::load().detect(lsp_id, Path::new(path), first_line);
        assert_eq!(found.id, expected, "{lsp_id:?} {path:?} {first_line:?}");
    }

    #[test]
    fn ids_of_every_editor_are_known() {
        for (id, expected) in [
            ("rust", "rust"),
            ("typescriptreact", "typescriptreact"),
            ("tsx", "typescriptreact"),
            ("typescript.tsx", "typescriptreact"),
            ("javascriptreact", "javascript"),
            ("jsx", "javascript"),
            ("sh", "shellscript"),
            ("bash", "shellscript"),
            ("zsh", "shellscript"),
            ("cs", "csharp"),
            ("c-sharp", "csharp"),
            ("C++", "cpp"),
            ("jsonc", "json"),
            ("make", "makefile"),
            ("yaml.docker-compose", "yaml"),
        ] {
            check(id, "unnamed", "", expected);
        }
    }

    #[test]
    fn a_client_that_knows_nothing_is_helped_by_the_path() {
        check("plaintext", "src/main.zig", "", "zig");
        check("", "src/main.rs", "", "rust");
        check("", "src/MAIN.RS", "", "rust");
        check("nonsense", "/srv/Dockerfile", "", "dockerfile");
        check("", "types/index.d.ts", "", "typescript");
        check("", "CMakeLists.txt", "", "cmake");
        check("", "notes.txt", "", "plaintext");
    }

    #[test]
    fn the_client_outranks_the_path() {
        check("cpp", "vector.h", "", "cpp");
        check("", "vector.h", "", "c");
    }

    #[test]
    fn a_script_without_ending_is_known_by_its_first_line() {
        check("", "deploy", "#!/bin/sh", "shellscript");
        check("", "deploy", "#!/usr/bin/env python3.12", "python");
        check("", "deploy", "#!/usr/bin/env -S NODE_ENV=test node --no-warnings", "javascript");
        check("", "deploy", "echo", "plaintext");
    }

    #[test]
    fn the_row_of_plain_text_says_what_the_domain_says() {
        let row = Languages::load().by_id("plaintext").expect("plain text has a row");
        assert_eq!(row.lexical, Language::plain_text().lexical);
    }

    #[test]
    fn a_compound_id_counts_by_its_first_part_only_if_unknown() {
        check("yaml.gitlab", "unnamed", "", "yaml");
        check("javascript.jsx", "unnamed", "", "javascript");
        check("nonsense.rust", "unnamed", "", "plaintext");
    }

    #[test]
    fn strings_come_longest_opener_first() {
        for row in Languages::load().all() {
            let lengths = row.lexical.strings.iter().map(|string| string.open.len());
            assert!(lengths.rev().is_sorted(), "{}", row.id);
        }
    }
}
