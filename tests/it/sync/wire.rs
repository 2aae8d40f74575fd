//! Edits through the real binary: the text that reaches a model is the editor's, on both sides of
//! the cursor, byte for byte.

use std::collections::BTreeMap;

use serde_json::Value;
use tabtier::domain::text::PositionEncoding;

use super::model::{Model, random_text};
use crate::support::random::Random;
use crate::support::rig::{Rig, Setup, replacing};
use crate::support::upstream::Script;

/// Sessions in each encoding, and notifications in each session.
const SESSIONS: u64 = 12;
const NOTIFICATIONS: usize = 30;
/// Pieces a text has at most: what is left of it after any edits fits into one prompt.
const SIZE: usize = 60;
const URI: &str = "file:///a/notes.txt";

#[test]
fn what_a_model_reads_is_what_the_editor_shows_in_utf8() {
    run("utf-8", PositionEncoding::Utf8);
}

#[test]
fn what_a_model_reads_is_what_the_editor_shows_in_utf16() {
    run("utf-16", PositionEncoding::Utf16);
}

#[test]
fn what_a_model_reads_is_what_the_editor_shows_in_utf32() {
    run("utf-32", PositionEncoding::Utf32);
}

/// Every completion must reach the model, so nothing is kept.
fn rig(encoding: &'static str) -> Rig {
    let more = "cache.entries_max = 0\n".to_owned();
    Rig::start(&Script::infill(&["x\n"]), &Setup { more, encoding, ..Setup::default() })
}

fn run(name: &'static str, encoding: PositionEncoding) {
    let mut rig = rig(name);
    let mut expected = Vec::new();
    for seed in 0..SESSIONS {
        let random = &mut Random::new(seed);
        let text = random_text(random, SIZE);
        let mut model = Model::new(&text, encoding);
        rig.open(URI, "plaintext", &text);
        for number in 0..NOTIFICATIONS {
            let changes: Vec<Value> =
                (0..=random.below(5)).map(|_| change(random, &mut model)).collect();
            rig.change(URI, &changes);
            if random.one_in(20) {
                // The editor closes the file and opens it again, perhaps without saying so.
                let text = random_text(random, SIZE);
                model = model.replaced(&text);
                if random.one_in(2) {
                    rig.close(URI);
                }
                rig.open(URI, "plaintext", &text);
            }
            let place = model.random_place(random);
            let id = rig.ask(URI, place);
            rig.answer(&id);
            let sent: Vec<String> = changes.iter().map(Value::to_string).collect();
            let context = format!("{name}, seed {seed}, {number}: {place:?} after {sent:?}");
            expected.push((context, model.around(place)));
        }
        rig.close(URI);
    }
    let prompts = rig.prompts();
    for ((context, expected), found) in expected.iter().zip(&prompts) {
        assert_eq!(found, expected, "{context}");
    }
    assert_eq!(prompts.len(), expected.len());
    rig.stop();
}

fn change(random: &mut Random, model: &mut Model) -> Value {
    if random.one_in(30) || model.len() > SIZE * 3 {
        let text = random_text(random, SIZE);
        *model = model.replaced(&text);
        return serde_json::json!({ "text": text });
    }
    let (from, to) = (model.random_place(random), model.random_place(random));
    let to = if random.one_in(2) { from } else { to };
    let text = random_text(random, 6);
    model.replace(from, to, &text);
    replacing(from, to, &text)
}

#[test]
fn half_a_surrogate_pair_becomes_one_replacement_character() {
    let mut rig = rig("utf-16");
    rig.open(URI, "plaintext", "ab");
    // Typed behind the `a`; then one unit behind it, where the `b` stands.
    let raw = |text: &str, column: u32| {
        let change = replacing((0, column), (0, column), "@").to_string().replace('@', text);
        let body = format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{URI}","version":7}},"contentChanges":[{change}]}}}}"#
        );
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    };
    rig.server.send_bytes(raw(r"\ud83d", 1).as_bytes());
    rig.server.send_bytes(raw(r"\\ud83d \ude00\ud83d\ude00", 2).as_bytes());
    let id = rig.ask(URI, (0, 12));
    rig.answer(&id);
    let expected = ("a\u{fffd}\\ud83d \u{fffd}😀".to_owned(), "b".to_owned());
    assert_eq!(rig.prompts(), [expected]);
    rig.stop();
}

/// One document may have many names; each is a document of its own, whatever its URI looks like.
#[test]
fn documents_are_told_apart_by_their_uris() {
    let mut rig = rig("utf-16");
    let uris = ["untitled:Untitled-1", "file:///a%20b.txt", "file:///a b[é].txt"];
    let mut texts = BTreeMap::new();
    for (number, uri) in uris.iter().enumerate() {
        let text = format!("text number {number}");
        rig.open(uri, "plaintext", &text);
        texts.insert(*uri, text);
    }
    for (uri, text) in &texts {
        let id = rig.ask(uri, (0, 4));
        rig.answer(&id);
        let (before, after) = text.split_at(4);
        assert_eq!(
            rig.prompts().pop(),
            Some((before.to_owned(), after.to_owned())),
            "{uri:?} was not found"
        );
    }
    rig.stop();
}
