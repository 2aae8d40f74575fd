//! Asking a chat model for code at the cursor.
//!
//! The cursor is a mark in the text. Where the code holds the same mark, another is chosen, so that
//! code never moves the cursor.

use std::fmt::Write as _;

use super::PromptBody;
use crate::domain::context::{Context, Kind, Piece, Wanted};

/// What marks the cursor wherever the code does not hold it itself.
pub const CURSOR: &str = "<CURSOR/>";

/// The instruction and the code for a chat model, with the places in the code up to which it stays
/// as it is: other files, and the text before the cursor. The instruction never changes within a
/// language, so a provider's prompt cache can hold it.
pub(super) fn render(context: &Context) -> (PromptBody, [usize; 2]) {
    let texts = [&context.head, &context.prefix, &context.suffix];
    let pieces = context.pieces.iter().map(|piece| &piece.text);
    let all: Vec<&String> = texts.into_iter().chain(pieces).collect();
    let holds = |mark: &str| all.iter().any(|text| text.contains(mark));
    let others = (1_u32..).map(|number| format!("<CURSOR_{number}/>"));
    let mark = std::iter::once(CURSOR.to_owned()).chain(others).find(|mark| !holds(mark));
    let mark = mark.unwrap_or_default();
    let wanted = match context.wanted {
        Wanted::Token => format!("the rest of the name or the closing characters at {mark}"),
        Wanted::Line => format!("the rest of the line at {mark}, no further lines"),
        Wanted::Block => format!("the code at {mark}, ending where its block ends"),
    };
    let language = if context.language.is_empty() { "the file's" } else { &context.language };
    let system = format!(
        "You complete {language} code inside an editor. The user message holds the text of one \
         file around the cursor, which is marked {mark}, perhaps with excerpts of other files. \
         Reply with exactly the text to insert at the cursor: no explanation, no code fence, \
         nothing that already stands before or after the cursor. Keep the file's indentation and \
         style. Reply with nothing if nothing fits.",
    );
    // What is named changes more often than what is similar, and the text after the cursor is never
    // found in a cache, so definitions come after it and cost no more than themselves.
    let (late, early): (Vec<&Piece>, Vec<&Piece>) =
        context.pieces.iter().partition(|piece| piece.kind == Kind::Definitions);
    let mut user = String::new();
    write_pieces(&mut user, &early);
    let shared = user.len();
    // Writing into a string cannot fail.
    let _ = writeln!(user, "{}", context.filename);
    user.push_str(&context.head);
    let settled = user.len() + context.settled;
    let _ = write!(user, "{}{mark}{}\n\n", context.prefix, context.suffix);
    write_pieces(&mut user, &late);
    let _ = write!(user, "Insert {wanted}.");
    (PromptBody::Chat { system, user }, [shared, settled])
}

fn write_pieces(out: &mut String, pieces: &[&Piece]) {
    for Piece { kind, filename, text } in pieces {
        let why = match kind {
            Kind::Definitions => "defines",
            Kind::Edits => "was edited just now",
            _ => "is similar",
        };
        let _ = write!(out, "{filename} {why}:\n{text}\n\n");
    }
}
