//! What a language's `locals.scm` says: which nodes define a name, and where that name is known.

use super::{RegionEnd, region_end};

/// What a name stands for where it is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefinitionKind {
    /// `@definition.parameter`: a parameter of a function or closure.
    Parameter,
    /// `@definition.variable`: a variable or constant.
    Variable,
    /// `@definition.function`: a function or method.
    Function,
    /// `@definition.field`: a field, property or enum member.
    Field,
    /// `@definition.type`: a class, struct, enum, interface, alias, module or type parameter.
    Type,
    /// `@definition.import`: a name that comes from elsewhere.
    Import,
}

impl DefinitionKind {
    /// Every kind with the last part of its capture name.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("parameter", Self::Parameter),
        ("variable", Self::Variable),
        ("function", Self::Function),
        ("field", Self::Field),
        ("type", Self::Type),
        ("import", Self::Import),
    ];
}

/// What a capture of `locals.scm` marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalsCapture {
    /// `@definition.…`: the name of something.
    Definition(DefinitionKind),
    /// `@scope`: what is defined inside is known inside only.
    Scope,
    /// `@scope.type`: the members of a type or module; they are known outside, too.
    TypeScope,
    /// `@declaration`: names that are defined inside are known behind it.
    Declaration,
    /// `@type`: the type of what the same pattern defines.
    Type,
    /// `@owner`: the type that what the pattern defines, or its type scope, belongs to.
    Owner,
    /// `@_…`: serves a predicate.
    Helper,
}

/// A compiled `locals.scm`.
#[derive(Debug)]
pub struct LocalsQuery {
    /// The query.
    pub query: tree_sitter::Query,
    /// What each capture index marks.
    pub captures: Vec<LocalsCapture>,
    /// Where the scopes of each pattern end.
    pub ends: Vec<RegionEnd>,
}

impl LocalsQuery {
    /// Compiles `source` for `grammar`. The error is tree-sitter's own message, or says which
    /// capture is not known.
    pub fn compile(grammar: &tree_sitter::Language, source: &str) -> Result<Self, String> {
        let query = tree_sitter::Query::new(grammar, source).map_err(|error| error.to_string())?;
        let captures = query.capture_names().iter().map(|name| capture(name));
        let captures = captures.collect::<Result<_, _>>()?;
        let ends = (0..query.pattern_count())
            .map(|pattern| region_end(query.property_settings(pattern)))
            .collect::<Result<_, _>>()?;
        Ok(Self { query, captures, ends })
    }
}

fn capture(name: &str) -> Result<LocalsCapture, String> {
    if let Some(kind) = name.strip_prefix("definition.") {
        let known = DefinitionKind::NAMES.iter().find(|(known, _)| *known == kind);
        return known
            .map(|(_, kind)| LocalsCapture::Definition(*kind))
            .ok_or_else(|| format!("@{name} is not a kind of definition"));
    }
    Ok(match name {
        "scope" => LocalsCapture::Scope,
        "scope.type" => LocalsCapture::TypeScope,
        "declaration" => LocalsCapture::Declaration,
        "type" => LocalsCapture::Type,
        "owner" => LocalsCapture::Owner,
        _ if name.starts_with('_') => LocalsCapture::Helper,
        _ => return Err(format!("@{name} is not known")),
    })
}
