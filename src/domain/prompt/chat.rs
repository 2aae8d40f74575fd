//! Asking a chat model for code at the cursor.

use super::PromptBody;
use crate::domain::context::{Context, Wanted};

/// The instruction, the code and the stop strings for a chat model. The instruction never changes
/// within a language, so a provider's prompt cache can hold it.
pub(super) fn render(context: &Context) -> (PromptBody, Vec<String>) {
    let wanted = match context.wanted {
        Wanted::Token => "the rest of the name or the closing characters at <CURSOR/>",
        Wanted::Line => "the rest of the line at <CURSOR/>, no further lines",
        Wanted::Block => "the code at <CURSOR/>, ending where its block ends",
    };
    let language = if context.language.is_empty() { "the file's" } else { &context.language };
    let system = format!(
        "You complete {language} code inside an editor. The user message holds the text of one \
         file around the cursor, which is marked <CURSOR/>. Reply with exactly the text to insert \
         at the cursor: no explanation, no code fence, nothing that already stands before or after \
         the cursor. Keep the file's indentation and style. Reply with nothing if nothing fits.",
    );
    let user = format!(
        "{}\n{}<CURSOR/>{}\n\nInsert {wanted}.",
        context.filename, context.prefix, context.suffix
    );
    (PromptBody::Chat { system, user }, Vec::new())
}
