//! One table of `grammars/languages.toml` and what becomes of it.
//!
//! A row says only what differs from the defaults below, which are those of a language with
//! braces. Lists of words are written as one string, so that a hundred keywords take three lines.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::config::grammars::GRAMMARS;
use crate::domain::language::{
    BlockStyle, Delimited, Guard, Language, Lexical, Sign, Signs, WordPair,
};

/// A table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Row {
    name: String,
    aliases: Words,
    extensions: Words,
    shared_extensions: Words,
    signs: String,
    sign_guards: Vec<GuardRow>,
    filenames: Words,
    interpreters: Words,
    indent: String,
    line_comments: Words,
    block_comments: Vec<DelimitedRow>,
    strings: Vec<DelimitedRow>,
    brackets: Words,
    word_pairs: Vec<(String, String)>,
    block_style: StyleRow,
    block_openers: Words,
    statement_end: String,
    member_operators: Words,
    word_extra: String,
    keywords: Words,
    binding_words: Words,
    header_words: Words,
    import_words: Words,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            name: String::new(),
            aliases: Words::default(),
            extensions: Words::default(),
            shared_extensions: Words::default(),
            signs: String::new(),
            sign_guards: Vec::new(),
            filenames: Words::default(),
            interpreters: Words::default(),
            indent: "    ".to_owned(),
            line_comments: Words::default(),
            block_comments: Vec::new(),
            strings: Vec::new(),
            brackets: Words::from("() [] {}".to_owned()),
            word_pairs: Vec::new(),
            block_style: StyleRow::Braces,
            block_openers: Words::default(),
            statement_end: String::new(),
            member_operators: Words::default(),
            word_extra: String::new(),
            keywords: Words::default(),
            binding_words: Words::default(),
            header_words: Words::default(),
            import_words: Words::default(),
        }
    }
}

impl Row {
    /// The language this row describes, with its grammar if that is linked in.
    pub(super) fn into_language(self, id: String) -> Language {
        let grammar = GRAMMARS.iter().find(|grammar| grammar.id == id);
        let mut strings: Vec<_> = self.strings.into_iter().map(Delimited::from).collect();
        strings.sort_by_key(|string| std::cmp::Reverse(string.open.len()));
        let pairs = self.word_pairs.into_iter();
        Language {
            id,
            name: self.name,
            aliases: self.aliases.0,
            extensions: self.extensions.0,
            signs: Signs {
                extensions: self.shared_extensions.0,
                all: self.signs.lines().filter_map(Sign::parse).collect(),
                guards: self.sign_guards.into_iter().map(Guard::from).collect(),
            },
            filenames: self.filenames.0,
            interpreters: self.interpreters.0,
            lexical: Lexical {
                line_comments: self.line_comments.0,
                block_comments: self.block_comments.into_iter().map(Delimited::from).collect(),
                strings,
                brackets: self.brackets.0.iter().filter_map(|pair| two_chars(pair)).collect(),
                word_pairs: pairs.map(|(open, close)| WordPair { open, close }).collect(),
                block_style: self.block_style.into(),
                block_openers: self.block_openers.0,
                statement_end: self.statement_end,
                member_operators: self.member_operators.0,
                word_extra: self.word_extra.chars().collect(),
                keywords: self.keywords.0,
                binding_words: self.binding_words.0,
                header_words: self.header_words.0,
                import_words: self.import_words.0,
            },
            indent: self.indent,
            grammar: grammar.map(|grammar| grammar.language.into()),
            site_query_source: grammar.map_or("", |grammar| grammar.site_query),
            site_query: OnceLock::new(),
        }
    }
}

/// The two characters of a bracket pair.
fn two_chars(pair: &str) -> Option<(char, char)> {
    let mut chars = pair.chars();
    chars.next().zip(chars.next()).filter(|_| chars.next().is_none())
}

/// Words between white space.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "String")]
struct Words(Vec<String>);

impl From<String> for Words {
    fn from(words: String) -> Self {
        Self(words.split_whitespace().map(str::to_owned).collect())
    }
}

/// A string or comment as it is written; what closes it is what opens it unless said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DelimitedRow {
    open: String,
    close: Option<String>,
    escape: Option<char>,
    #[serde(default)]
    multiline: bool,
    #[serde(default)]
    nests: bool,
    #[serde(default)]
    char: bool,
    code: Option<(String, String)>,
}

impl From<DelimitedRow> for Delimited {
    fn from(row: DelimitedRow) -> Self {
        Self {
            close: row.close.unwrap_or_else(|| row.open.clone()),
            open: row.open,
            escape: row.escape,
            is_multiline: row.multiline,
            nests: row.nests,
            is_char: row.char,
            code: row.code,
        }
    }
}

/// A guard as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardRow {
    open: String,
    close: String,
    word: String,
}

impl From<GuardRow> for Guard {
    fn from(row: GuardRow) -> Self {
        Self { open: row.open, close: row.close, word: row.word }
    }
}

/// The spelling of [`BlockStyle`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StyleRow {
    Braces,
    Indentation,
    Keywords,
    None,
}

impl From<StyleRow> for BlockStyle {
    fn from(style: StyleRow) -> Self {
        match style {
            StyleRow::Braces => Self::Braces,
            StyleRow::Indentation => Self::Indentation,
            StyleRow::Keywords => Self::Keywords,
            StyleRow::None => Self::None,
        }
    }
}
