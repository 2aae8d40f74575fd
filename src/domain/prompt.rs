//! What a model is asked, before any vendor's JSON: a fill-in-the-middle pair, a rendered FIM
//! string, or a chat turn, with the limits that end the answer.
//!
//! The forms are data. A FIM template is a row in `src/config/fim_templates.toml`; a model names
//! its template in the configuration. Whatever the form, what stays as it is while the user types comes
//! first: the instruction, text from other files, what stands above the window, the window from its
//! beginning. So a prompt begins as the one before it did, and the prompt caches of vendors and servers
//! hold that part.

pub mod chat;
pub mod fim;

use super::context::{Context, Piece};
use super::ruler::Ruler;
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
    /// Where the text most likely still is the same in the next prompt up to there, in bytes of
    /// what the user says to a chat model, of the rendered text, or of the prefix; in order, at most
    /// two, none at its beginning. For servers that want to be told what to keep in their cache.
    pub breakpoints: Vec<usize>,
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
        /// Text of other files, for servers that take it apart: file name and text.
        extra: Vec<(String, String)>,
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
    /// Every text that leaves the machine.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Infill { prefix, suffix, filename, extra } => {
                let extra = extra.iter().flat_map(|(name, text)| [name.as_str(), text.as_str()]);
                [prefix.as_str(), suffix, filename].into_iter().chain(extra).collect()
            }
            Self::Raw { text } => vec![text],
            Self::Chat { system, user } => vec![system, user],
        }
    }

    /// The tokens of every text, each by itself.
    pub fn tokens(&self, ruler: Ruler<'_>) -> Tokens {
        let texts = self.texts().into_iter().map(|text| ruler.tokens(text));
        texts.fold(Tokens(0), |sum, tokens| sum + tokens)
    }

    /// Bytes of text that leave the machine.
    pub fn len(&self) -> usize {
        self.texts().into_iter().map(str::len).sum()
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

/// How a server that renders FIM itself takes text of other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// Apart from the file that is edited.
    Apart,
    /// Not at all: they stand before the prefix, as comments.
    AsComments,
}

/// Renders the context for one model.
pub fn build(
    context: &Context,
    form: &PromptForm,
    files: Files,
    output_tokens_max: Tokens,
) -> Prompt {
    let (body, stop, breakpoints) = match form {
        PromptForm::Infill => {
            let (extra, comments) = match files {
                Files::Apart => (apart(&context.pieces), String::new()),
                Files::AsComments => (Vec::new(), comments(context)),
            };
            let prefix = format!("{comments}{}{}", context.head, context.prefix);
            let marks = [comments.len(), prefix.len() - context.prefix.len() + context.settled];
            let filename = context.filename.clone();
            let suffix = context.suffix.clone();
            let body = PromptBody::Infill { prefix, suffix, filename, extra };
            (body, Vec::new(), in_order(marks))
        }
        PromptForm::Fim(template) => {
            let (text, marks) = template.render(context);
            (PromptBody::Raw { text }, template.stop.clone(), in_order(marks))
        }
        PromptForm::Chat => {
            let (body, marks) = chat::render(context);
            (body, Vec::new(), in_order(marks))
        }
    };
    Prompt { body, stop, output_tokens_max, breakpoints }
}

fn in_order(marks: [usize; 2]) -> Vec<usize> {
    let mut marks: Vec<usize> = marks.into_iter().filter(|mark| *mark > 0).collect();
    marks.dedup();
    marks
}

fn apart(pieces: &[Piece]) -> Vec<(String, String)> {
    pieces.iter().map(|piece| (piece.filename.clone(), format!("{}\n", piece.text))).collect()
}

/// The pieces as comments of the language, for models that know nothing of other files. Where the
/// language has no such comments they are left out.
fn comments(context: &Context) -> String {
    let mut out = String::new();
    if context.comment.is_empty() {
        return out;
    }
    for Piece { filename, text, .. } in &context.pieces {
        for line in [format!("From {filename}:").as_str()].into_iter().chain(text.lines()) {
            out.push_str(&context.comment);
            if !line.is_empty() {
                out.push(' ');
            }
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests;
