//! The parse tables that are linked in: the only file that names grammar crates.
//!
//! Rows are found by the id of `grammars/languages.toml`. A row whose feature is off is simply not
//! here, and its language is served from text alone.

use tree_sitter_language::LanguageFn;

/// One linked grammar.
pub(super) struct Grammar {
    /// The row it belongs to.
    pub(super) id: &'static str,
    /// Its parse table.
    pub(super) language: LanguageFn,
    /// Source of its site query.
    pub(super) site_query: &'static str,
    /// Source of its locals query; empty where it has none.
    pub(super) locals_query: &'static str,
}

/// One row of the table: the id, the parse table, the folders whose site queries are joined, and
/// those whose locals queries are.
#[allow(unused_macros, reason = "a build without any language feature has no rows")]
macro_rules! grammar {
    ($id:literal, $language:path, [$($site:literal),+], [$($locals:literal),*]) => {
        Grammar {
            id: $id,
            language: $language,
            site_query: concat!(
                $(include_str!(concat!("../../grammars/", $site, "/site.scm")), "\n"),+
            ),
            locals_query: concat!(
                $(include_str!(concat!("../../grammars/", $locals, "/locals.scm")), "\n"),*
            ),
        }
    };
}

/// Every linked grammar.
pub(super) const GRAMMARS: &[Grammar] = &[
    #[cfg(feature = "lang-rust")]
    grammar!("rust", tree_sitter_rust::LANGUAGE, ["rust"], ["rust"]),
    #[cfg(feature = "lang-python")]
    grammar!("python", tree_sitter_python::LANGUAGE, ["python"], ["python"]),
    #[cfg(feature = "lang-typescript")]
    grammar!(
        "typescript",
        tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        ["typescript"],
        ["typescript"]
    ),
    #[cfg(feature = "lang-typescript")]
    grammar!(
        "typescriptreact",
        tree_sitter_typescript::LANGUAGE_TSX,
        ["typescript", "typescriptreact"],
        ["typescript"]
    ),
    #[cfg(feature = "lang-javascript")]
    grammar!("javascript", tree_sitter_javascript::LANGUAGE, ["javascript"], ["javascript"]),
    #[cfg(feature = "lang-go")]
    grammar!("go", tree_sitter_go::LANGUAGE, ["go"], ["go"]),
    #[cfg(feature = "lang-java")]
    grammar!("java", tree_sitter_java::LANGUAGE, ["java"], ["java"]),
    #[cfg(feature = "lang-c")]
    grammar!("c", tree_sitter_c::LANGUAGE, ["c"], ["c"]),
    #[cfg(feature = "lang-cpp")]
    grammar!("cpp", tree_sitter_cpp::LANGUAGE, ["c", "cpp"], ["c", "cpp"]),
    #[cfg(feature = "lang-json")]
    grammar!("json", tree_sitter_json::LANGUAGE, ["json"], []),
    #[cfg(feature = "lang-toml")]
    grammar!("toml", tree_sitter_toml_ng::LANGUAGE, ["toml"], []),
    #[cfg(feature = "lang-yaml")]
    grammar!("yaml", tree_sitter_yaml::LANGUAGE, ["yaml"], []),
    #[cfg(feature = "lang-html")]
    grammar!("html", tree_sitter_html::LANGUAGE, ["html"], []),
    #[cfg(feature = "lang-css")]
    grammar!("css", tree_sitter_css::LANGUAGE, ["css"], []),
    #[cfg(feature = "lang-bash")]
    grammar!("shellscript", tree_sitter_bash::LANGUAGE, ["shellscript"], ["shellscript"]),
    #[cfg(feature = "lang-lua")]
    grammar!("lua", tree_sitter_lua::LANGUAGE, ["lua"], ["lua"]),
    #[cfg(feature = "lang-ruby")]
    grammar!("ruby", tree_sitter_ruby::LANGUAGE, ["ruby"], ["ruby"]),
    #[cfg(feature = "lang-csharp")]
    grammar!("csharp", tree_sitter_c_sharp::LANGUAGE, ["csharp"], ["csharp"]),
    #[cfg(feature = "lang-php")]
    grammar!("php", tree_sitter_php::LANGUAGE_PHP, ["php"], ["php"]),
    #[cfg(feature = "lang-zig")]
    grammar!("zig", tree_sitter_zig::LANGUAGE, ["zig"], ["zig"]),
    #[cfg(feature = "lang-kotlin")]
    grammar!("kotlin", tree_sitter_kotlin_ng::LANGUAGE, ["kotlin"], ["kotlin"]),
    #[cfg(feature = "lang-swift")]
    grammar!("swift", tree_sitter_swift::LANGUAGE, ["swift"], ["swift"]),
    #[cfg(feature = "lang-elixir")]
    grammar!("elixir", tree_sitter_elixir::LANGUAGE, ["elixir"], ["elixir"]),
];
