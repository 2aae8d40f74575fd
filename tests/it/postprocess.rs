//! What the filters make of models' answers.
//!
//! The golden cases are data, one file per filter in `tests/data/postprocess`; its README says how to
//! read and add them. The whole chain runs in each case, with the real languages and trees. A second
//! test takes real code out of the files of this repository and gives it back as the answer of a
//! model that is always right: filters must leave it alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tabtier::config::languages::Languages;
use tabtier::domain::class::{Extent, RequestClass};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::language::Language;
use tabtier::domain::postprocess::{Origin, TextState, bare, clean};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;

mod truth;

const CURSOR: char = '¦';
/// Every filter has at least so many cases.
const CASES_MIN: usize = 4;

struct Case {
    name: String,
    site: Site,
    origin: Origin,
    is_chat: bool,
    answer: String,
    shown: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/postprocess")
}

fn site(language: &Arc<Language>, prefix: &str, suffix: &str) -> Site {
    let text = format!("{prefix}{suffix}");
    let mut document = Document::new(DocumentId(0), 0, Arc::clone(language), &text);
    if let Some(grammar) = &language.grammar
        && let Some(tree) = parse(grammar, &document.rope, None, &mut || true)
    {
        language.warm();
        document.syntax.publish(tree, document.revision, prefix.len());
    }
    Site::new(document, prefix.len(), Trigger::Automatic)
}

fn origin(word: &str) -> Option<(RequestClass, Extent)> {
    Some(match word {
        "closer" => (RequestClass::Closer, Extent::Token),
        "name" => (RequestClass::Identifier, Extent::Token),
        "line" => (RequestClass::Line, Extent::Line),
        "prose" => (RequestClass::Prose, Extent::Line),
        "block" => (RequestClass::Logic, Extent::Block),
        _ => return None,
    })
}

/// Puts the characters in that a file cannot show, written `\u{202e}`.
fn unescape(text: &str) -> String {
    let mut pieces = text.split("\\u{");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').expect("an escape ends with a brace");
        let code = u32::from_str_radix(code, 16).expect("a number");
        out.push(char::from_u32(code).expect("a character"));
        out.push_str(rest);
    }
    out
}

fn case(file: &str, text: &str) -> Case {
    let (header, body) = text.split_once('\n').expect("a header ends with its line");
    let (name, words) = header.split_once(" -> ").expect("a header has an arrow");
    let name = format!("{file}: {name}");
    let (code, rest) = body.split_once("<<<\n").unwrap_or_else(|| panic!("{name}: no answer"));
    let (answer, shown) = rest.split_once(">>>").unwrap_or_else(|| panic!("{name}: no result"));
    let mut words = words.split_whitespace();
    let id = words.next().expect("a language");
    let language = Languages::shared().by_id(id).unwrap_or_else(|| panic!("{name}: {id}"));
    let (class, extent) = words.next().and_then(origin).unwrap_or_else(|| panic!("{name}: extent"));
    let words: Vec<&str> = words.collect();
    let state = match () {
        () if words.contains(&"growing") => TextState::Growing,
        () if words.contains(&"kept") => TextState::Kept,
        () => TextState::Ended,
    };
    let (prefix, suffix) = code.split_once(CURSOR).unwrap_or_else(|| panic!("{name}: no cursor"));
    Case {
        site: site(&language, prefix, suffix),
        origin: Origin { class, extent, state },
        is_chat: words.contains(&"chat"),
        answer: unescape(answer.strip_suffix('\n').unwrap_or(answer)),
        shown: unescape(shown[1..].trim_end_matches('\n')),
        name,
    }
}

fn cases() -> Vec<(String, Vec<Case>)> {
    let files = fs::read_dir(folder()).expect("the folder of cases");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = format!("\n{}", fs::read_to_string(path).expect("readable cases"));
        let cases = text.split("\n### ").skip(1).map(|text| case(&name, text)).collect();
        (name, cases)
    };
    files.iter().map(read).collect()
}

/// What a user sees: the text, with what it replaces behind it, or why there is none.
fn shown(case: &Case) -> String {
    let text = match case.origin.state {
        TextState::Kept => case.answer.clone(),
        TextState::Ended | TextState::Growing => bare(&case.site, &case.answer, case.is_chat),
    };
    match clean(&case.site, &text, case.origin) {
        Err(reason) => format!("nothing: {reason}"),
        Ok(cleaned) => {
            let replaced = &case.site.line_suffix[..cleaned.replace_after];
            let replaced =
                if replaced.is_empty() { String::new() } else { format!("⟦{replaced}⟧") };
            format!("{}{replaced}", cleaned.text.trim_end_matches('\n'))
        }
    }
}

#[test]
fn every_golden_answer_is_shown_as_written() {
    let mut wrong = Vec::new();
    for case in cases().iter().flat_map(|(_, cases)| cases) {
        let found = shown(case);
        if found != case.shown {
            let Case { name, shown, .. } = case;
            wrong.push(format!("{name}\n  expected\n{shown}\n  found\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_filter_has_cases() {
    let cases = cases();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/postprocess");
    for file in fs::read_dir(source).expect("the filters") {
        let path = file.expect("a filter").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let own = cases.iter().find(|(file, _)| *file == name);
        let count = own.map_or(0, |(_, cases)| cases.len());
        // These two are no filters.
        let is_filter = name != "tests" && name != "draft";
        assert!(!is_filter || count >= CASES_MIN, "{name} has {count} cases");
    }
}

/// What is shown of an answer while it arrives must be the beginning of something, never a panic,
/// and the end result must not depend on how it arrived.
#[test]
fn every_golden_answer_may_be_cut_anywhere() {
    for case in cases().iter().flat_map(|(_, cases)| cases) {
        let ends = case.answer.char_indices().map(|(at, _)| at);
        for end in ends {
            let text = bare(&case.site, &case.answer[..end], case.is_chat);
            let origin = Origin { state: TextState::Growing, ..case.origin };
            if let Ok(cleaned) = clean(&case.site, &text, origin) {
                let held = cleaned.replace_after <= case.site.line_suffix.len();
                assert!(held && !cleaned.text.trim().is_empty(), "{}", case.name);
            }
        }
    }
}
