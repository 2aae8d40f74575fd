//! The server's text is the editor's text: after any edits, in every encoding, down to the byte.
//!
//! Most of it runs on documents as values, for the volume; `wire` sends edits through the real
//! binary and looks at what reaches a model; `tree` does the same to the syntax tree.

mod model;
mod tree;
mod wire;

use std::time::Instant;

use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::language::Language;
use tabtier::domain::text::{Position, PositionEncoding, TextChange, offset_of, position_of};

use crate::support::random::Random;
use model::{Model, Place, random_text};

/// Changes applied in each encoding; three encodings make 102,000.
const CHANGES: usize = 34_000;
/// How large texts grow before they are cut back. The rope splits from about 1 KB on.
const SIZES: [usize; 8] = [40, 40, 40, 400, 400, 400, 3_000, 8_000];

#[test]
fn utf8_columns_stay_in_sync() {
    run(PositionEncoding::Utf8);
}

#[test]
fn utf16_columns_stay_in_sync() {
    run(PositionEncoding::Utf16);
}

#[test]
fn utf32_columns_stay_in_sync() {
    run(PositionEncoding::Utf32);
}

fn run(encoding: PositionEncoding) {
    let mut changes = 0;
    for seed in 0.. {
        changes += session(seed, encoding);
        if changes >= CHANGES {
            return;
        }
    }
}

/// One buffer from opening to closing; returns how many changes it took.
fn session(seed: u64, encoding: PositionEncoding) -> usize {
    let random = &mut Random::new(seed);
    let size = *random.pick(&SIZES);
    let text = random_text(random, size);
    let mut model = Model::new(&text, encoding);
    let mut document = Document::new(DocumentId(1), 0, Language::plain_text(), &text);
    let notifications = 40;
    let mut changes = 0;
    for version in 0..notifications {
        let batch: Vec<TextChange> =
            (0..=random.below(5)).map(|_| change(random, &mut model, size)).collect();
        document.apply(version, &batch, encoding, Instant::now());
        changes += batch.len();
        let context = || format!("{encoding:?}, seed {seed}, version {version}: {batch:?}");
        assert_eq!(document.rope.to_string(), model.text(), "{}", context());
        check_lines(&document, &model, random, encoding, &context);
    }
    changes
}

/// A random change, applied to the model and told to the server.
fn change(random: &mut Random, model: &mut Model, size: usize) -> TextChange {
    if random.one_in(60) || model.len() > size * 2 {
        let text = random_text(random, size);
        *model = model.replaced(&text);
        return TextChange { range: None, text };
    }
    let from = model.random_place(random);
    // Typing and deleting near one place is what people do; anything else is also legal.
    let to = match random.below(4) {
        0 => from,
        1 => (from.0, from.1.saturating_add(random.below(4) as u32)),
        2 => (from.0.saturating_add(1), 0),
        _ => model.random_place(random),
    };
    let pieces = if random.one_in(10) { size / 2 } else { 4 };
    let text = random_text(random, pieces);
    model.replace(from, to, &text);
    TextChange { range: Some((position(from), position(to))), text }
}

fn position((line, column): Place) -> Position {
    Position { line, column }
}

/// Lines are counted alike, a place means the same character, and goes back to where it came from.
fn check_lines(
    document: &Document,
    model: &Model,
    random: &mut Random,
    encoding: PositionEncoding,
    context: &dyn Fn() -> String,
) {
    assert_eq!(document.rope.len_lines(), model.lines().len(), "{}", context());
    for _ in 0..3 {
        let place = model.random_place(random);
        let offset = offset_of(&document.rope, position(place), encoding);
        let (before, _) = model.around(place);
        assert_eq!(offset, before.len(), "{place:?}, {}", context());
        let back = position_of(&document.rope, offset, encoding);
        assert_eq!(offset_of(&document.rope, back, encoding), offset, "{place:?}, {}", context());
        assert!(back.line as usize == document.rope.byte_to_line(offset), "{}", context());
    }
}
