//! Asking a chat model for code at the cursor.
//!
//! The cursor is a mark in the text. Where the code holds the same mark, another is chosen, so that
//! code never moves the cursor.

use super::PromptBody;
use crate::domain::context::{Context, Wanted};

/// What marks the cursor wherever the code does not hold it itself.
pub const CURSOR: &str = "<CURSOR/>";

/// The instruction, the code and the stop strings for a chat model. The instruction never changes
/// within a language, so a provider's prompt cache can hold it.
pub(super) fn render(context: &Context) -> (PromptBody, Vec<String>) {
    let holds = |mark: &str| context.prefix.contains(mark) || context.suffix.contains(mark);
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
         file around the cursor, which is marked {mark}. Reply with exactly the text to insert \
         at the cursor: no explanation, no code fence, nothing that already stands before or after \
         the cursor. Keep the file's indentation and style. Reply with nothing if nothing fits.",
    );
    let user = format!(
        "{}\n{}{mark}{}\n\nInsert {wanted}.",
        context.filename, context.prefix, context.suffix
    );
    (PromptBody::Chat { system, user }, Vec::new())
}
