//! What a context holds of a file and its neighbours, within which bounds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::config::languages::Languages;
use crate::domain::class::Extent;
use crate::domain::document::{Document, DocumentId};
use crate::domain::excerpts::Excerpts;
use crate::domain::route::Tier;
use crate::domain::ruler::Ruler;
use crate::domain::site::{Site, Trigger};
use crate::domain::syntax::parse;
use crate::domain::workspace::{Neighbour, Workspace};

const OTHERS: [Kind; 5] =
    [Kind::Similar, Kind::Definitions, Kind::Edits, Kind::Imports, Kind::Signatures];

fn document(id: u32, filename: &str, text: &str) -> Document {
    let language = Languages::shared().by_id("rust").expect("a language");
    language.warm();
    let mut document = Document::new(DocumentId(id), 0, language, text);
    document.filename = Arc::from(filename);
    let grammar = document.language.grammar.as_ref().expect("a grammar");
    let tree = parse(grammar, &document.rope, None, &mut || true).expect("a tree");
    let excerpts = Excerpts::of(&document.rope, Some(&tree), &document.language, 0);
    document.excerpts = Arc::new(excerpts);
    document.syntax.publish(tree, 0, 0);
    document
}

/// `¦` is the cursor.
fn site(code: &str) -> Site {
    let (before, after) = code.split_once('¦').expect("a cursor");
    let document = document(1, "main.rs", &format!("{before}{after}"));
    Site::new(document, before.len(), Trigger::Automatic)
}

fn neighbours(files: &[(&str, &str)]) -> Vec<Neighbour> {
    let mut workspace = Workspace::default();
    workspace.open(document(1, "main.rs", ""));
    for (id, (name, text)) in (2..).zip(files) {
        workspace.open(document(id, name, text));
    }
    workspace.neighbours(DocumentId(1))
}

fn budget(tokens: u32, kinds: &[Kind]) -> Budget<'_> {
    Budget {
        input_tokens_max: Tokens(tokens),
        tier: Tier::Mid,
        around_max: None,
        kinds,
        ruler: Ruler::CAUTIOUS,
        redacts: true,
        own_keys: &[],
    }
}

fn gathered(code: &str, tokens: u32, files: &[(&str, &str)]) -> Context {
    gather(&site(code), Extent::Line, &budget(tokens, &OTHERS), &neighbours(files))
}

fn texts(context: &Context, kind: Kind) -> Vec<String> {
    let pieces = context.pieces.iter().filter(|piece| piece.kind == kind);
    pieces.map(|piece| format!("{}: {}", piece.filename, piece.text)).collect()
}

/// A long file whose cursor is in a method of `Parser`.
fn long_file() -> String {
    let steps: Vec<_> = (0..120).map(|n| format!("    fn step_{n}(&self) {{}}\n")).collect();
    let filler = steps.concat();
    format!(
        "// Licence.\nuse std::fmt;\nuse crate::{{\n    a::B,\n    c,\n}};\n\nimpl Parser {{\n{filler}\n    \
         fn parse(&mut self, input: &str) -> Node {{\n        let next = ¦\n    }}\n}}\n"
    )
}

#[test]
fn a_small_file_is_shown_whole() {
    let context = gathered("fn f() {\n    ¦\n}\n", 1000, &[]);
    assert_eq!((context.prefix.as_str(), context.suffix.as_str()), ("fn f() {\n    ", "\n}\n"));
    assert!(context.pieces.is_empty() && context.head.is_empty());
    let kinds: Vec<Kind> = context.parts.iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [Kind::Prefix, Kind::Suffix]);
    assert!(context.parts.iter().all(|part| part.is_estimate));
}

#[test]
fn above_the_window_stand_imports_and_what_the_cursor_is_in() {
    let context = gathered(&long_file(), 400, &[]);
    assert_eq!(context.head, "use std::fmt;\nuse crate::{\n    a::B,\n    c,\n};\nimpl Parser {\n");
    assert!(context.prefix.starts_with("    fn step_"), "{}", context.prefix);
    let imports_only = [Kind::Imports];
    let context = gather(&site(&long_file()), Extent::Line, &budget(400, &imports_only), &[]);
    assert!(context.head.ends_with("};\n"), "{}", context.head);
}

#[test]
fn a_signature_of_several_lines_begins_where_it_does() {
    let filler = "        call();\n".repeat(200);
    let code =
        format!("fn run(\n    first: u8,\n    second: u8,\n) -> u8 {{\n{filler}        ¦\n}}\n");
    let context = gathered(&code, 500, &[]);
    assert_eq!(context.head, "fn run(\n    first: u8,\n    second: u8,\n) -> u8 {\n");
}

#[test]
fn files_like_this_one_and_what_it_names_are_shown() {
    let codec = "pub struct Frame {\n    pub length: u32,\n    pub checksum: u32,\n}\n\n\
                 impl Frame {\n    pub fn decode(bytes: &[u8]) -> Self {\n        todo()\n    }\n}\n";
    let like = "fn read_packet(stream: &mut Stream) {\n    let packet = stream.read_packet();\n    \
                verify(packet.checksum, packet.payload);\n}\n";
    let unlike = "fn paint(canvas: &mut Canvas) {\n    canvas.fill(Color::RED);\n}\n".repeat(9);
    let code = "fn send(stream: &mut Stream, packet: Packet) {\n    verify(packet.checksum, \
                packet.payload);\n    let frame: Frame = ¦\n}\n";
    let files = [("codec.rs", codec), ("like.rs", like), ("paint.rs", unlike.as_str())];
    let context = gathered(code, 2000, &files);
    let similar = texts(&context, Kind::Similar);
    assert!(similar.iter().any(|text| text.starts_with("like.rs: fn read_packet")), "{similar:?}");
    assert!(!similar.iter().any(|text| text.starts_with("paint.rs")), "{similar:?}");
    let definitions = texts(&context, Kind::Definitions);
    let frame = "codec.rs: pub struct Frame {\n    pub length: u32,\n    pub checksum: u32,\n    \
                 pub fn decode(bytes: &[u8]) -> Self {";
    let is_shown = definitions.contains(&frame.to_owned())
        || similar.iter().any(|text| text.contains("pub struct Frame"));
    assert!(is_shown, "{definitions:?} {similar:?}");
    let alone = [Kind::Definitions];
    let context = gather(&site(code), Extent::Line, &budget(2000, &alone), &neighbours(&files));
    assert!(texts(&context, Kind::Definitions).contains(&frame.to_owned()), "{context:?}");
    let nothing = gather(&site(code), Extent::Line, &budget(2000, &[]), &neighbours(&files));
    assert!(nothing.pieces.is_empty());
}

#[test]
fn secrets_of_other_files_get_the_same_placeholder() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let code = format!("let client = connect(\"{token}\");\nlet other = connect(¦);\n");
    let like =
        format!("let client = connect(\"{token}\");\nlet other = connect(second);\nmore();\n");
    let context = gathered(&code, 2000, &[("like.rs", &like)]);
    assert!(context.prefix.contains("__SECRET_1__"), "{}", context.prefix);
    let similar = texts(&context, Kind::Similar).concat();
    assert!(similar.contains("__SECRET_1__") && !similar.contains(&token), "{similar}");
    assert_eq!(context.redactions, 2);
}

#[test]
fn private_files_and_other_languages_are_no_neighbours() {
    let mut workspace = Workspace::default();
    workspace.open(document(1, "main.rs", ""));
    let mut secret = document(2, "secret.rs", "fn a() {}");
    secret.is_private = true;
    workspace.open(secret);
    workspace.open(document(3, "other.rs", "fn b() {}"));
    let python = Languages::shared().by_id("python").expect("a language");
    workspace.open(Document::new(DocumentId(4), 0, python, "def c(): pass"));
    let names = |workspace: &Workspace| -> Vec<String> {
        let others = workspace.neighbours(DocumentId(1));
        others.iter().map(|other| other.filename.to_string()).collect()
    };
    assert_eq!(names(&workspace), ["other.rs"]);
    workspace.set_private(DocumentId(3), true);
    assert_eq!(names(&workspace), Vec::<String>::new());
}

#[test]
fn a_place_edited_elsewhere_is_shown() {
    let mut site = site(&long_file());
    let now = Instant::now();
    let start = 40;
    let change = crate::domain::trail::Net::new(start, "", "b");
    site.document.trail.record(&[change], now);
    site.document.changed_at = Some(now);
    let mut others = neighbours(&[("other.rs", "fn a() {}\nfn edited() {}\nfn c() {}\n")]);
    others[0].changed_at = Some(now);
    others[0].last_edit = 14;
    let kinds = [Kind::Edits];
    let context = gather(&site, Extent::Line, &budget(1000, &kinds), &others);
    let edits = texts(&context, Kind::Edits);
    assert!(edits.iter().any(|text| text.starts_with("main.rs: ")), "{edits:?}");
    assert!(edits.iter().any(|text| text.contains("fn edited()")), "{edits:?}");
    others[0].changed_at = now.checked_sub(Duration::from_secs(3600));
    let context = gather(&site, Extent::Line, &budget(1000, &kinds), &others);
    assert!(!texts(&context, Kind::Edits).concat().contains("fn edited()"));
}

#[test]
fn no_context_is_larger_than_its_budget() {
    let like =
        "fn parse(&mut self, input: &str) -> Node {\n    let next = self.next();\n}\n".repeat(99);
    let others = neighbours(&[("a.rs", &like), ("b.rs", &like.replace("next", "last"))]);
    let site = site(&long_file());
    for tokens in [100, 150, 200, 300, 500, 1000, 3000, 10_000] {
        for tier in [Tier::Fast, Tier::Mid, Tier::Flagship] {
            let budget = Budget { tier, ..budget(tokens, &OTHERS) };
            let context = gather(&site, Extent::Block, &budget, &others);
            let sum: u32 = context.parts.iter().map(|part| part.tokens.0).sum();
            assert!(sum <= tokens, "{sum} of {tokens}: {:?}", context.parts);
            assert!(context.settled <= context.prefix.len());
        }
    }
}

#[test]
fn typing_on_a_line_changes_nothing_but_the_end_of_the_prefix() {
    let like = "fn parse(&mut self, input: &str) -> Node {\n    let next = self.next();\n}\n";
    let others = neighbours(&[("a.rs", like)]);
    let code = long_file();
    let mut before: Option<Context> = None;
    for typed in ["", "s", "se", "self", "self.", "self.pa", "self.parsed", "self.parsed()"] {
        let site = site(&code.replace('¦', &format!("{typed}¦")));
        let context = gather(&site, Extent::Line, &budget(600, &OTHERS), &others);
        if let Some(before) = before {
            assert_eq!((&context.pieces, &context.head), (&before.pieces, &before.head), "{typed}");
            let settled = &before.prefix[..before.settled];
            assert!(context.prefix.starts_with(settled), "{typed}");
            assert!(context.prefix.len() - context.prefix.len().min(before.prefix.len()) < 10);
        }
        before = Some(context);
    }
}
