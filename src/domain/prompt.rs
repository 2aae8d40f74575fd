//! What a model is asked, before any vendor's JSON: a fill-in-the-middle pair, a rendered FIM
//! string, or a chat turn, with the limits that end the answer.
//!
//! The forms are data. A FIM template is a row in `src/config/fim_templates.toml`; a model names
//! its template in the configuration. The stable part of a prompt comes first, so that vendors'
//! prompt caches hit while the user types.

pub mod chat;
pub mod fim;

use super::context::Context;
use super::units::Tokens;

/// The question put to one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The text itself, in the form the model takes.
    pub body: PromptBody,
    /// Strings at which the model should stop; at most four, because several servers refuse more.
    pub stop: Vec<String>,
    /// The most tokens the model may generate.
    pub output_tokens_max: Tokens,
}

/// The forms a prompt can take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptBody {
    /// Prefix and suffix as separate fields; the server knows its own FIM tokens.
    Infill {
        /// Text before the cursor.
        prefix: String,
        /// Text after the cursor.
        suffix: String,
        /// Name of the file without folders, for servers that take one.
        filename: String,
    },
    /// One string with the model's FIM tokens already in place.
    Raw {
        /// The rendered prompt.
        text: String,
    },
    /// A system instruction and one user turn.
    Chat {
        /// The stable part.
        system: String,
        /// The volatile part, ending with the code around the cursor.
        user: String,
    },
}

impl PromptBody {
    /// Bytes of text that leave the machine.
    pub fn len(&self) -> usize {
        match self {
            Self::Infill { prefix, suffix, filename } => {
                prefix.len() + suffix.len() + filename.len()
            }
            Self::Raw { text } => text.len(),
            Self::Chat { system, user } => system.len() + user.len(),
        }
    }

    /// Whether no text at all would be sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How a model wants to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptForm {
    /// The server renders FIM itself from prefix and suffix.
    Infill,
    /// We render FIM with the named template.
    Fim(fim::FimTemplate),
    /// A chat model with instructions.
    Chat,
}

/// Renders the context for one model.
pub fn build(context: &Context, form: &PromptForm, output_tokens_max: Tokens) -> Prompt {
    let (body, stop) = match form {
        PromptForm::Infill => (
            PromptBody::Infill {
                prefix: context.prefix.clone(),
                suffix: context.suffix.clone(),
                filename: context.filename.clone(),
            },
            Vec::new(),
        ),
        PromptForm::Fim(template) => {
            (PromptBody::Raw { text: template.render(context) }, template.stop.clone())
        }
        PromptForm::Chat => chat::render(context),
    };
    Prompt { body, stop, output_tokens_max }
}
