//! What a language looks like to the rest of the domain: lexical facts, the tree-sitter grammar
//! and the roles its nodes play.
//!
//! The rows are data (`grammars/languages.toml`, built by `config::languages`); this file only
//! says what a row holds. No code anywhere asks for a language by name.

use std::sync::{Arc, OnceLock};

pub use signs::{Guard, Sign, Signs, Token};

mod signs;

/// A language the server knows.
#[derive(Debug)]
pub struct Language {
    /// LSP language id, such as `rust`.
    pub id: String,
    /// Name for people, such as `Rust`.
    pub name: String,
    /// Other ids clients use for it, such as `typescriptreact`.
    pub aliases: Vec<String>,
    /// File name endings without the dot.
    pub extensions: Vec<String>,
    /// How it is known by its text where another language owns the file name ending.
    pub signs: Signs,
    /// Whole file names, such as `Makefile`.
    pub filenames: Vec<String>,
    /// Words that may stand in a `#!` line, such as `python3`.
    pub interpreters: Vec<String>,
    /// How its text is cut into comments, strings and brackets.
    pub lexical: Lexical,
    /// One level of indentation, such as four spaces.
    pub indent: String,
    /// The parse table; `None` when the grammar is not linked in.
    pub grammar: Option<tree_sitter::Language>,
    /// Source of the `site.scm` query; empty where there is none.
    pub site_query_source: &'static str,
    /// The compiled query. Compiling takes milliseconds, so it happens in the background after a
    /// file of the language is opened; until then sites have no scopes.
    pub site_query: OnceLock<Option<SiteQuery>>,
}

/// How blocks of statements are delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockStyle {
    /// `{` and `}`.
    Braces,
    /// A line that ends in an opener such as `:`, then deeper indentation.
    Indentation,
    /// Words such as `do` and `end`.
    Keywords,
    /// The language has no statements (data and markup).
    None,
}

/// A kind of string or comment: what opens it and what ends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delimited {
    /// The opening text, such as `"` or `/*`.
    pub open: String,
    /// The closing text.
    pub close: String,
    /// The character that takes the meaning from the next one, such as `\`.
    pub escape: Option<char>,
    /// Whether it may run over line ends.
    pub is_multiline: bool,
    /// Whether the same opener nests, as block comments do in Rust.
    pub nests: bool,
    /// Whether it holds exactly one character or one escape. Where no closing text follows that,
    /// the opener is something else, such as the tick of a Rust lifetime or of a C++ number.
    pub is_char: bool,
    /// What opens and closes code inside it, such as `${` and `}`.
    pub code: Option<(String, String)>,
}

/// A pair of words that open and close a block, such as `do` and `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordPair {
    /// The opening word.
    pub open: String,
    /// The closing word.
    pub close: String,
}

/// The lexical facts of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexical {
    /// What starts a comment that ends with the line.
    pub line_comments: Vec<String>,
    /// Comments with an end of their own.
    pub block_comments: Vec<Delimited>,
    /// Strings, longest opener first.
    pub strings: Vec<Delimited>,
    /// Bracket pairs, such as `('(', ')')`.
    pub brackets: Vec<(char, char)>,
    /// Pairs of words that delimit blocks.
    pub word_pairs: Vec<WordPair>,
    /// How blocks of statements are delimited.
    pub block_style: BlockStyle,
    /// Texts at the end of a line after which a block follows, such as `{`, `:` or `do`.
    pub block_openers: Vec<String>,
    /// What ends a statement, such as `;`; empty where the line end does.
    pub statement_end: String,
    /// Texts after which a member name follows, such as `.`, `->` and `::`.
    pub member_operators: Vec<String>,
    /// Characters besides letters, digits and `_` that may stand in a name, such as `$` or `-`.
    pub word_extra: Vec<char>,
    /// Reserved words.
    pub keywords: Vec<String>,
    /// Reserved words after which a new name is introduced, such as `let` or `def`.
    pub binding_words: Vec<String>,
    /// First words of lines that `statement_end` does not end, such as `if` or `fn`.
    pub header_words: Vec<String>,
    /// First words of lines that are boilerplate, such as `import` or `#include`.
    pub import_words: Vec<String>,
}

impl Lexical {
    /// Whether `c` may stand inside a name.
    pub fn is_word(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_' || self.word_extra.contains(&c)
    }
}

impl Default for Lexical {
    /// Plain text: three brackets, two quotes, nothing else. Used for files without a row.
    fn default() -> Self {
        Self {
            line_comments: Vec::new(),
            block_comments: Vec::new(),
            strings: ["\"", "'", "`"]
                .iter()
                .map(|quote| Delimited {
                    open: (*quote).to_owned(),
                    close: (*quote).to_owned(),
                    escape: Some('\\'),
                    ..Delimited::default()
                })
                .collect(),
            brackets: vec![('(', ')'), ('[', ']'), ('{', '}')],
            word_pairs: Vec::new(),
            block_style: BlockStyle::None,
            block_openers: vec!["{".to_owned(), ":".to_owned()],
            statement_end: String::new(),
            member_operators: vec![".".to_owned(), "->".to_owned(), "::".to_owned()],
            word_extra: Vec::new(),
            keywords: Vec::new(),
            binding_words: Vec::new(),
            header_words: Vec::new(),
            import_words: Vec::new(),
        }
    }
}

/// What a node around the cursor means for classification. The names are the capture names of
/// `site.scm`, with `.` for the word boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `@function`: a whole function, method or closure.
    Function,
    /// `@function.body`: the statements of a function.
    FunctionBody,
    /// `@block`: the statements of a branch or loop.
    Block,
    /// `@type`: a whole class, struct, enum, interface or trait.
    Type,
    /// `@type.body`: its members.
    TypeBody,
    /// `@import`: an import, include or use.
    Import,
    /// `@parameters`: a parameter list.
    Parameters,
    /// `@arguments`: an argument list.
    Arguments,
    /// `@table`: a literal list, map or record.
    Table,
    /// `@arms`: the arms of a match or switch.
    Arms,
    /// `@string`: a string.
    String,
    /// `@comment`: a comment.
    Comment,
    /// `@attribute`: a derive, decorator or annotation.
    Attribute,
}

impl Role {
    /// Every role with the capture name that stands for it.
    pub const CAPTURES: [(&'static str, Self); 13] = [
        ("function", Self::Function),
        ("function.body", Self::FunctionBody),
        ("block", Self::Block),
        ("type", Self::Type),
        ("type.body", Self::TypeBody),
        ("import", Self::Import),
        ("parameters", Self::Parameters),
        ("arguments", Self::Arguments),
        ("table", Self::Table),
        ("arms", Self::Arms),
        ("string", Self::String),
        ("comment", Self::Comment),
        ("attribute", Self::Attribute),
    ];
}

/// Where the region of a captured node ends. A query says it with `(#set! end "line")` and so on;
/// without that the region is closed by its own last token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionEnd {
    /// With its last token, such as `}`: after it the cursor is outside.
    Closed,
    /// `line`: with the line, as a `//` comment does; the end itself still belongs to it.
    Line,
    /// `indentation`: with the first less indented text, as a Python block does.
    Indentation,
    /// `next`: where the next thing begins, as a TOML table does.
    Next,
}

/// A compiled `site.scm`.
#[derive(Debug)]
pub struct SiteQuery {
    /// The query.
    pub query: tree_sitter::Query,
    /// The role of each capture index; `None` for `@code` and for captures that only help
    /// predicates.
    pub roles: Vec<Option<Role>>,
    /// Where the regions of each pattern end.
    pub ends: Vec<RegionEnd>,
    /// The index of `@code`, which marks interpolated code inside strings.
    pub code: Option<u32>,
}

impl SiteQuery {
    /// Compiles `source` for `grammar`. The error is tree-sitter's own message, or says which
    /// capture or setting is not known.
    pub fn compile(grammar: &tree_sitter::Language, source: &str) -> Result<Self, String> {
        let query = tree_sitter::Query::new(grammar, source).map_err(|error| error.to_string())?;
        let roles = query
            .capture_names()
            .iter()
            .map(|name| match Role::CAPTURES.iter().find(|(known, _)| known == name) {
                Some((_, role)) => Ok(Some(*role)),
                None if *name == "code" || name.starts_with('_') => Ok(None),
                None => Err(format!("@{name} is not a role")),
            })
            .collect::<Result<_, _>>()?;
        let ends = (0..query.pattern_count())
            .map(|pattern| region_end(query.property_settings(pattern)))
            .collect::<Result<_, _>>()?;
        let code = query.capture_index_for_name("code");
        Ok(Self { query, roles, ends, code })
    }
}

/// Reads the settings of one pattern.
fn region_end(settings: &[tree_sitter::QueryProperty]) -> Result<RegionEnd, String> {
    settings.iter().try_fold(RegionEnd::Closed, |_, setting| {
        match (&*setting.key, setting.value.as_deref()) {
            ("end", Some("line")) => Ok(RegionEnd::Line),
            ("end", Some("indentation")) => Ok(RegionEnd::Indentation),
            ("end", Some("next")) => Ok(RegionEnd::Next),
            (key, value) => Err(format!("#set! {key} {value:?} is not known")),
        }
    })
}

impl Language {
    /// The row of files that no other row claims: no grammar, plain lexical facts.
    pub fn plain_text() -> Arc<Self> {
        Arc::new(Self {
            id: "plaintext".to_owned(),
            name: "Plain text".to_owned(),
            aliases: Vec::new(),
            extensions: Vec::new(),
            signs: Signs::default(),
            filenames: Vec::new(),
            interpreters: Vec::new(),
            lexical: Lexical::default(),
            indent: "    ".to_owned(),
            grammar: None,
            site_query_source: "",
            site_query: OnceLock::from(None),
        })
    }

    /// Compiles the site query unless that has happened. Slow (milliseconds): call it in the
    /// background.
    pub fn warm(&self) {
        let _ = self.site_query.get_or_init(|| {
            let grammar = self.grammar.as_ref()?;
            SiteQuery::compile(grammar, self.site_query_source).ok()
        });
    }
}
