//! What a language looks like to the rest of the domain: lexical facts, the tree-sitter grammar
//! and the roles its nodes play.
//!
//! The rows are data (`grammars/languages.toml`, built by `config::languages`); this file only
//! says what a row holds. No code anywhere asks for a language by name.

use std::sync::{Arc, OnceLock};

pub use lexical::{
    Angles, BlockStyle, Delimited, Free, Heredoc, Lexical, Opening, Place, Tags, WordPair,
};
pub use locals::{DefinitionKind, LocalsCapture, LocalsQuery};
pub use signs::{Guard, Sign, Signs, Token};

mod lexical;
mod locals;
mod signs;

/// A language the server knows.
#[derive(Debug)]
pub struct Language {
    /// LSP language id, such as `rust`.
    pub id: String,
    /// Name for people, such as `Rust`.
    pub name: String,
    /// Languages of one family are used together and share their names; usually the id.
    pub family: String,
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
    /// Source of the `locals.scm` query; empty where there is none.
    pub locals_query_source: &'static str,
    /// The compiled query, compiled when the site query is; `None` where the language has none.
    pub locals_query: OnceLock<Option<LocalsQuery>>,
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
            family: "plaintext".to_owned(),
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
            locals_query_source: "",
            locals_query: OnceLock::from(None),
        })
    }

    /// Compiles the queries unless that has happened. Slow (milliseconds): call it in the
    /// background.
    pub fn warm(&self) {
        let _ = self.site_query.get_or_init(|| {
            let grammar = self.grammar.as_ref()?;
            SiteQuery::compile(grammar, self.site_query_source).ok()
        });
        let _ = self.locals_query.get_or_init(|| {
            let grammar = self.grammar.as_ref()?;
            let source = Some(self.locals_query_source).filter(|source| !source.is_empty())?;
            LocalsQuery::compile(grammar, source).ok()
        });
    }
}
