//! The languages as data: every query compiles, every corpus case has its roles, every row is
//! sound. A language added to `grammars/` is covered by these tests without a line here.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ropey::Rope;
use tabtier::config::languages::Languages;
use tabtier::domain::language::{BlockStyle, Language, Role, SiteQuery};
use tabtier::domain::syntax::roles::roles_at;
use tree_sitter::Parser;

mod broken;
mod locals;

/// The folder of one language, or the whole of them.
fn grammars(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars").join(below)
}

/// The languages whose grammar is linked in.
fn linked() -> Vec<Arc<Language>> {
    let languages = Languages::load();
    languages.all().iter().filter(|row| row.grammar.is_some()).cloned().collect()
}

fn compiled(row: &Language) -> SiteQuery {
    let grammar = row.grammar.as_ref().expect("the row is linked");
    SiteQuery::compile(grammar, row.site_query_source)
        .unwrap_or_else(|error| panic!("{}/site.scm: {error}", row.id))
}

#[test]
fn every_query_compiles_and_plays_roles() {
    for row in linked() {
        let query = compiled(&row);
        assert!(query.roles.iter().any(Option::is_some), "{}: no roles", row.id);
    }
}

#[test]
fn an_unknown_capture_or_setting_is_refused() {
    for row in linked() {
        let grammar = row.grammar.as_ref().expect("the row is linked");
        for source in ["(_) @typo", "((_) @block (#set! end \"never\"))"] {
            assert!(SiteQuery::compile(grammar, source).is_err(), "{}: {source}", row.id);
        }
    }
}

/// One case of a corpus file.
struct Case {
    name: String,
    expected: Vec<String>,
    code: String,
    offset: usize,
}

/// Reads `### name -> role role` headers and the code below each, with its `$0` cursor.
fn cases(row: &Language) -> Vec<Case> {
    let path = grammars(&row.id).join("corpus.txt");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases = text.split("### ").skip(1).map(|case| {
        let (header, code) = case.split_once('\n').expect("a header ends with its line");
        let (name, roles) = header.split_once(" ->").expect("a header has an arrow");
        let offset = code.find("$0").unwrap_or_else(|| panic!("{} {name}: no cursor", row.id));
        Case {
            name: name.to_owned(),
            expected: roles.split_whitespace().map(str::to_owned).collect(),
            code: code.replacen("$0", "", 1),
            offset,
        }
    });
    cases.collect()
}

fn parsed(row: &Language, code: &str) -> tree_sitter::Tree {
    let mut parser = Parser::new();
    parser.set_language(row.grammar.as_ref().expect("the row is linked")).expect("a current ABI");
    parser.parse(code, None).expect("parsing is not interrupted")
}

/// The distinct roles at the cursor, innermost first, by their capture names; and the tree.
fn roles_of(row: &Language, query: &SiteQuery, case: &Case) -> (Vec<String>, String) {
    let tree = parsed(row, &case.code);
    let mut names: Vec<String> = Vec::new();
    for (role, range) in roles_at(&tree, &Rope::from_str(&case.code), query, case.offset) {
        assert!(range.start <= case.offset && case.offset <= range.end, "{} {}", row.id, case.name);
        let (name, _) = Role::CAPTURES.iter().find(|(_, known)| *known == role).expect("a name");
        if !names.iter().any(|known| known == name) {
            names.push((*name).to_owned());
        }
    }
    (names, tree.root_node().to_sexp())
}

#[test]
fn every_corpus_case_has_its_roles() {
    let mut report = String::new();
    for row in linked() {
        let query = compiled(&row);
        for case in cases(&row) {
            let (found, tree) = roles_of(&row, &query, &case);
            if found != case.expected {
                let (id, name, expected, code) = (&row.id, &case.name, &case.expected, &case.code);
                let _ = writeln!(
                    report,
                    "{id}: {name}\n  expected {expected:?}\n  found    {found:?}\n{code}\n{tree}\n"
                );
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// The text of every region of `id` around the `$0` in `code`.
fn regions(id: &str, code: &str) -> Option<Vec<(Role, String)>> {
    let row = linked().into_iter().find(|row| row.id == id)?;
    let (offset, code) = (code.find("$0").expect("a cursor"), code.replacen("$0", "", 1));
    let (tree, text) = (parsed(&row, &code), Rope::from_str(&code));
    let found = roles_at(&tree, &text, &compiled(&row), offset).into_iter();
    Some(found.map(|(role, range)| (role, code[range].to_owned())).collect())
}

#[test]
fn braces_belong_to_the_region_of_a_block() {
    if let Some(found) = regions("rust", "fn a() {$0}") {
        let body = (Role::FunctionBody, "{}".to_owned());
        assert_eq!(found, [body, (Role::Function, "fn a() {}".to_owned())]);
    }
}

#[test]
fn an_indented_region_reaches_the_cursor() {
    if let Some(found) = regions("python", "def a():\n    b\n\n    $0\nc\n") {
        let body = (Role::FunctionBody, "\n    b\n\n    ".to_owned());
        assert_eq!(found, [body, (Role::Function, "def a():\n    b\n\n    ".to_owned())]);
    }
}

#[test]
fn an_outdented_cursor_leaves_the_inner_mapping() {
    if let Some(found) = regions("yaml", "a:\n  b:\n    c: 1\n  $0\n") {
        assert_eq!(found.len(), 2, "{found:?}");
    }
}

#[test]
fn words_that_delimit_a_block_are_not_in_it() {
    if let Some(found) = regions("shellscript", "for x in a; do $0 done") {
        assert_eq!(found, [(Role::Block, "  ".to_owned())]);
    }
}

#[test]
fn every_offset_of_every_case_is_answered() {
    for row in linked() {
        let query = compiled(&row);
        for case in cases(&row) {
            let (tree, text) = (parsed(&row, &case.code), Rope::from_str(&case.code));
            for offset in 0..=case.code.len() + 2 {
                for (_, range) in roles_at(&tree, &text, &query, offset) {
                    let offset = offset.min(case.code.len());
                    assert!(range.start <= offset && offset <= range.end, "{}", row.id);
                }
            }
        }
    }
}

#[test]
fn every_linked_language_has_enough_cases() {
    let main = ["rust", "python", "typescript", "javascript", "go", "java", "c", "cpp"];
    for row in linked() {
        let least = if main.contains(&row.id.as_str()) { 6 } else { 2 };
        assert!(cases(&row).len() >= least, "{}: fewer than {least} cases", row.id);
    }
}

#[test]
fn every_folder_of_queries_has_a_row() {
    let languages = Languages::load();
    for entry in std::fs::read_dir(grammars("")).expect("the folder exists") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            let id = path.file_name().expect("a name").to_string_lossy().into_owned();
            assert!(languages.all().iter().any(|row| row.id == id), "{id}: no row");
            assert!(path.join("site.scm").exists() && path.join("corpus.txt").exists(), "{id}");
        }
    }
}

#[test]
fn no_two_rows_claim_the_same() {
    let languages = Languages::load();
    let mut seen: HashMap<String, &str> = HashMap::new();
    for row in languages.all() {
        let ids = row.aliases.iter().chain([&row.id]).map(|id| format!("id {id}"));
        let extensions = row.extensions.iter().map(|key| format!("extension {key}"));
        let filenames = row.filenames.iter().map(|key| format!("file {key}"));
        let interpreters = row.interpreters.iter().map(|key| format!("interpreter {key}"));
        for claim in ids.chain(extensions).chain(filenames).chain(interpreters) {
            let other = seen.insert(claim.to_lowercase(), &row.id);
            assert_eq!(other, None, "{}: {claim} is claimed twice", row.id);
        }
    }
}

#[test]
fn every_row_is_sound() {
    for row in Languages::load().all() {
        let id = &row.id;
        assert!(!row.name.is_empty(), "{id}: no name");
        assert!(!row.indent.is_empty() && row.indent.trim().is_empty(), "{id}: indent");
        assert!(!row.extensions.is_empty() || !row.filenames.is_empty(), "{id}: no file");
        assert!(row.extensions.iter().all(|end| !end.starts_with('.')), "{id}: dot in extension");
        let lexical = &row.lexical;
        assert!(!lexical.brackets.is_empty(), "{id}: no brackets");
        let has_openers = !lexical.block_openers.is_empty();
        assert!(has_openers || lexical.block_style == BlockStyle::None, "{id}: no block openers");
        for keyword in &lexical.keywords {
            assert!(keyword.chars().all(|c| lexical.is_word(c)), "{id}: {keyword} is no word");
        }
        let distinct: HashSet<_> = lexical.keywords.iter().collect();
        assert_eq!(distinct.len(), lexical.keywords.len(), "{id}: a keyword is there twice");
        for delimited in lexical.strings.iter().chain(&lexical.block_comments) {
            assert!(!delimited.open.is_empty() && !delimited.close.is_empty(), "{id}: delimiter");
        }
    }
}

#[test]
fn the_table_has_no_empty_fields() {
    let path = grammars("languages.toml");
    let text = std::fs::read_to_string(&path).expect("the table exists");
    let rows: toml::Table = text.parse().expect("the table parses");
    for (id, row) in &rows {
        for (key, value) in row.as_table().expect("a row is a table") {
            let is_empty = value.as_str().is_some_and(str::is_empty)
                || value.as_array().is_some_and(Vec::is_empty);
            assert!(!is_empty, "{id}.{key} is empty: leave it out");
        }
    }
}

#[test]
fn every_grammar_crate_is_named_with_its_licence() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("the manifest exists");
    let manifest: toml::Table = manifest.parse().expect("the manifest parses");
    let readme = std::fs::read_to_string(grammars("README.md")).expect("the page exists");
    let dependencies = manifest["dependencies"].as_table().expect("dependencies are a table");
    for (name, dependency) in dependencies {
        let is_grammar = name.starts_with("tree-sitter-")
            && dependency.get("optional").is_some_and(|optional| optional.as_bool() == Some(true));
        assert!(!is_grammar || readme.contains(&format!("| `{name}` |")), "README.md lacks {name}");
    }
}
