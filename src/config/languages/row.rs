//! One table of `grammars/languages.toml` and what becomes of it.
//!
//! A row says only what differs from the defaults below, which are those of a language with
//! braces. Lists of words are written as one string, so that a hundred keywords take three lines.

use std::sync::OnceLock;

use serde::Deserialize;

use self::delimiters::{AnglesRow, DelimitedRow, HeredocRow, TagsRow};
use crate::config::grammars::GRAMMARS;
use crate::domain::language::{
    Angles, BlockStyle, Guard, Heredoc, Language, Lexical, Sign, Signs, Tags, WordPair,
};

mod delimiters;

/// A table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Row {
    name: String,
    family: Option<String>,
    aliases: Words,
    extensions: Words,
    shared_extensions: Words,
    signs: String,
    sign_guards: Vec<GuardRow>,
    filenames: Words,
    interpreters: Words,
    indent: String,
    line_comments: Words,
    spaced_comments: bool,
    block_comments: Vec<DelimitedRow>,
    strings: Vec<DelimitedRow>,
    heredocs: Vec<HeredocRow>,
    indented_text: Words,
    brackets: Words,
    angles: Option<AnglesRow>,
    tags: Option<TagsRow>,
    word_pairs: Vec<Vec<String>>,
    statement_words: Words,
    block_style: StyleRow,
    block_openers: Words,
    line_ends: Vec<String>,
    statement_end: String,
    member_operators: Words,
    word_extra: String,
    keywords: Words,
    value_words: Words,
    binding_words: Words,
    header_words: Words,
    ended_words: Words,
    leaving_words: Words,
    import_words: Words,
    self_words: Words,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            name: String::new(),
            family: None,
            aliases: Words::default(),
            extensions: Words::default(),
            shared_extensions: Words::default(),
            signs: String::new(),
            sign_guards: Vec::new(),
            filenames: Words::default(),
            interpreters: Words::default(),
            indent: "    ".to_owned(),
            line_comments: Words::default(),
            spaced_comments: false,
            block_comments: Vec::new(),
            strings: Vec::new(),
            heredocs: Vec::new(),
            indented_text: Words::default(),
            brackets: Words::from("() [] {}".to_owned()),
            angles: None,
            tags: None,
            word_pairs: Vec::new(),
            statement_words: Words::default(),
            block_style: StyleRow::Braces,
            block_openers: Words::default(),
            line_ends: Lexical::default().line_ends,
            statement_end: String::new(),
            member_operators: Words::default(),
            word_extra: String::new(),
            keywords: Words::default(),
            value_words: Words::default(),
            binding_words: Words::default(),
            header_words: Words::default(),
            ended_words: Words::default(),
            leaving_words: Words(Lexical::default().leaving_words),
            import_words: Words::default(),
            self_words: Words::default(),
        }
    }
}

impl Row {
    /// The language this row describes, with its grammar if that is linked in.
    pub(super) fn into_language(self, id: String) -> Language {
        let grammar = GRAMMARS.iter().find(|grammar| grammar.id == id);
        let mut strings: Vec<_> = self.strings.into_iter().flat_map(DelimitedRow::all).collect();
        strings.sort_by_key(|string| std::cmp::Reverse(string.open.len()));
        let mut heredocs: Vec<_> = self.heredocs.into_iter().map(Heredoc::from).collect();
        heredocs.sort_by_key(|heredoc| std::cmp::Reverse(heredoc.open.len()));
        let block_comments = self.block_comments.into_iter().flat_map(DelimitedRow::all).collect();
        let pairs = self.word_pairs.into_iter();
        let pairs = pairs.filter_map(|pair| word_pair(pair, &self.statement_words.0)).collect();
        Language {
            family: self.family.unwrap_or_else(|| id.clone()),
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
                are_comments_spaced: self.spaced_comments,
                block_comments,
                strings,
                heredocs,
                indented_text: self.indented_text.0,
                brackets: self.brackets.0.iter().filter_map(|pair| two_chars(pair)).collect(),
                angles: self.angles.map(Angles::from),
                tags: self.tags.map(Tags::from),
                word_pairs: pairs,
                block_style: self.block_style.into(),
                block_openers: self.block_openers.0,
                line_ends: self.line_ends,
                statement_end: self.statement_end,
                member_operators: self.member_operators.0,
                word_extra: self.word_extra.chars().collect(),
                keywords: self.keywords.0,
                value_words: self.value_words.0,
                binding_words: self.binding_words.0,
                header_words: self.header_words.0,
                ended_words: self.ended_words.0,
                leaving_words: self.leaving_words.0,
                import_words: self.import_words.0,
                self_words: self.self_words.0,
            },
            indent: self.indent,
            grammar: grammar.map(|grammar| grammar.language.into()),
            site_query_source: grammar.map_or("", |grammar| grammar.site_query),
            site_query: OnceLock::new(),
            locals_query_source: grammar.map_or("", |grammar| grammar.locals_query),
            locals_query: OnceLock::new(),
        }
    }
}

/// The two characters of a bracket pair.
fn two_chars(pair: &str) -> Option<(char, char)> {
    let mut chars = pair.chars();
    chars.next().zip(chars.next()).filter(|_| chars.next().is_none())
}

/// The opener, the closer, and after them what the opener joins.
fn word_pair(words: Vec<String>, statement_words: &[String]) -> Option<WordPair> {
    let mut words = words.into_iter();
    let (open, close) = words.next().zip(words.next())?;
    let begins = |word: &String| statement_words.contains(word);
    let (opens_statement, closes_statement) = (begins(&open), begins(&close));
    Some(WordPair { open, close, joins: words.collect(), opens_statement, closes_statement })
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
