//! The languages the server knows: `grammars/languages.toml` is embedded, read once at start, and
//! joined with the grammars that are linked in.
//!
//! Clients name languages differently (`shellscript`, `sh`, `bash`), or not at all: a client
//! without support for a language often sends `plaintext`. So the id is tried first, then the
//! file's name, then its first line. A file name ending that several languages share is decided by
//! what stands in the text, see [`Signs`](crate::domain::language::Signs). No query is compiled here; that takes milliseconds and
//! happens in the background when a file of the language is opened.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use self::row::Row;
use crate::domain::language::Language;
use crate::domain::lexical::{by_sign, code_of};
use crate::domain::tokens;

mod row;

/// The embedded table.
const ROWS: &str = include_str!("../../grammars/languages.toml");

/// Bound: bytes at the beginning of a text that may name its language. What a header includes and
/// declares first stands there, below the longest of licences.
pub const BEGINNING_BYTES_MAX: usize = 32 << 10;

/// Every known language, findable by what clients and files say.
#[derive(Debug)]
pub struct Languages {
    all: Vec<Arc<Language>>,
    plain_text: Arc<Language>,
    by_id: HashMap<String, usize>,
    by_filename: HashMap<String, usize>,
    by_extension: HashMap<String, usize>,
    /// Who else may be meant by an ending that another language owns.
    by_shared_extension: HashMap<String, Vec<usize>>,
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
        let mut by_shared_extension: HashMap<_, Vec<usize>> = HashMap::new();
        for (i, row) in all.iter().enumerate() {
            for ending in &row.signs.extensions {
                by_shared_extension.entry(ending.to_lowercase()).or_default().push(i);
            }
        }
        Self {
            plain_text: plain_row.unwrap_or(plain_text),
            by_id,
            by_filename: index(|row| &row.filenames),
            by_extension: index(|row| &row.extensions),
            by_interpreter: index(|row| &row.interpreters),
            by_shared_extension,
            all,
        }
    }

    /// Stands for everything the table says: what was made by another table has another number.
    pub fn fingerprint() -> u32 {
        tokens::hash(ROWS)
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
        let whole = self.by_filename.get(&name);
        let found = whole.or_else(|| self.by_extension.get(self.ending(&name)?));
        found.and_then(|i| self.all.get(*i)).cloned()
    }

    /// The longest known ending of a file name in lower case.
    fn ending<'a>(&self, name: &'a str) -> Option<&'a str> {
        let mut endings = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
        endings.find(|ending| self.by_extension.contains_key(*ending))
    }

    /// The language whose signs stand first in `text`, among those that share the file's ending with
    /// its owner. `None` where none does or no sign is found: then the owner is meant.
    pub fn by_signs(&self, path: &Path, text: &str) -> Option<Arc<Language>> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        let sharers = self.by_shared_extension.get(self.ending(&name)?)?;
        let owner = self.by_path(path)?;
        let end = text.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = end.take_while(|end| *end <= BEGINNING_BYTES_MAX).last().unwrap_or(0);
        let beginning = &text[..end];
        let code = code_of(beginning, &owner.lexical);
        let sharers = sharers.iter().filter_map(|i| self.all.get(*i));
        by_sign(&code, sharers.map(Arc::as_ref).map(|row| (row, &row.signs)))
            .and_then(|row| self.by_id(&row.id))
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

    /// The language of a document: what the client says, else what the file's name says, with signs
    /// in the text where languages share it, else what the first line says, else plain text. Of
    /// `text` the first [`BEGINNING_BYTES_MAX`] bytes are enough.
    pub fn detect(&self, lsp_id: &str, path: &Path, text: &str) -> Arc<Language> {
        let said = self.by_id(lsp_id);
        let is_plain = said.as_ref().is_none_or(|row| row.id == self.plain_text.id);
        said.filter(|_| !is_plain)
            .or_else(|| self.by_signs(path, text))
            .or_else(|| self.by_path(path))
            .or_else(|| self.by_first_line(text.lines().next()?))
            .unwrap_or_else(|| Arc::clone(&self.plain_text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Signs;

    #[test]
    fn the_embedded_table_parses() {
        let rows = toml::from_str::<BTreeMap<String, Row>>(ROWS);
        assert!(rows.is_ok(), "{}", rows.err().map(|error| error.to_string()).unwrap_or_default());
    }

    /// What `detect` makes of an id, a path and a text.
    fn check(lsp_id: &str, path: &str, text: &str, expected: &str) {
        let found = Languages::load().detect(lsp_id, Path::new(path), text);
        assert_eq!(found.id, expected, "{lsp_id:?} {path:?} {text:?}");
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
        check("c", "vector.h", "namespace a {\n", "c");
        check("typescript", "de.ts", "<?xml version=\"1.0\"?>\n", "typescript");
    }

    #[test]
    fn an_ending_that_languages_share_is_decided_by_the_text() {
        check("", "a.h", "#pragma once\nnamespace a {\n", "cpp");
        check("plaintext", "a.H", "class Shape;\n", "cpp");
        check("nonsense", "a.h", "#include <string>\n", "cpp");
        check("", "a.h", "#include <string.h>\nint namespace;\n", "c");
        check("", "a.h", "@interface Shape : NSObject\n@end\n", "objective-c");
        check("", "a.c", "namespace a {\n", "c");
        check("", "de.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>\n", "xml");
        check("", "de.ts", "const head = `\n<?xml version=\"1.0\"?>`;\n", "typescript");
    }

    #[test]
    fn a_header_for_both_languages_stays_what_its_owner_is() {
        let both = "/* A class of its own; namespace and std::string are C++. */\n\
            #ifndef A_H\n#define A_H\n#include <stdint.h>\n\
            #ifdef __cplusplus\n#include <string>\nextern \"C\" {\n#endif\n\
            int open(const char *name); // namespace\n\
            #if defined(__cplusplus)\n#if 1\n}\n#endif\nclass Wrapper {};\n#endif\n#endif\n";
        check("", "a.h", both, "c");
        let more = format!("{both}template<typename T> T min(T a, T b);\n");
        check("", "a.h", &more, "cpp");
    }

    #[test]
    fn only_the_beginning_is_searched() {
        let text = "int a;\n".repeat(BEGINNING_BYTES_MAX / 7);
        check("", "a.h", &format!("namespace a {{}}\n{text}"), "cpp");
        check("", "a.h", &format!("{text}é\nnamespace a {{}}\n"), "c");
    }

    #[test]
    fn what_is_shared_has_an_owner_and_signs() {
        let languages = Languages::load();
        for row in languages.all() {
            let Signs { extensions, all, guards } = &row.signs;
            assert_eq!(extensions.is_empty(), all.is_empty(), "{}", row.id);
            assert!(!all.is_empty() || guards.is_empty(), "{}", row.id);
            for ending in extensions {
                let owner = languages.by_path(Path::new(&format!("a.{ending}")));
                assert!(owner.is_some_and(|owner| owner.id != row.id), "{} {ending}", row.id);
            }
        }
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
