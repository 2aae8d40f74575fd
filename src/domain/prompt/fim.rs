//! Fill-in-the-middle templates for raw completion models: the special tokens a model family was
//! trained with, as data.

use std::borrow::Cow;

use super::comments;
use crate::domain::context::Context;

/// What a model that wants the name of the repository is told; the real one is nobody's business.
const REPOSITORY: &str = "project";

/// The special tokens of one model family. The rendered prompt is
/// `prefix_token + prefix + suffix_token + suffix + middle_token`; the model writes the middle. Where
/// the family was trained with several files, others come before it, each behind `file_token`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FimTemplate {
    /// Name used in configuration, such as `qwen`.
    pub name: String,
    /// Stands before the text before the cursor.
    pub prefix_token: String,
    /// Stands before the text after the cursor.
    pub suffix_token: String,
    /// Stands at the end; the model continues from here.
    pub middle_token: String,
    /// Strings at which the model should stop.
    pub stop: Vec<String>,
    /// Whether the suffix comes first (SPM), as some families were trained.
    pub suffix_first: bool,
    /// Stands before the name of a file; empty where the family knows one file only.
    pub file_token: String,
    /// Stands before the name of the repository; empty where the family knows none.
    pub repo_token: String,
}

impl FimTemplate {
    /// The prompt for this context, and the places up to which it stays as it is: other files, and the
    /// text before the cursor.
    pub(super) fn render(&self, context: &Context) -> (String, [usize; 2]) {
        let Self { prefix_token, suffix_token, middle_token, file_token, .. } = self;
        let mut out = String::new();
        let mut head = String::new();
        if file_token.is_empty() {
            head = comments(context);
        } else if !context.pieces.is_empty() {
            out.push_str(&self.files(context));
        }
        let files = out.len();
        let prefix = format!("{head}{}{}", context.head, context.prefix);
        let (prefix, suffix) = (self.as_text(&prefix), self.as_text(&context.suffix));
        let shared = if files > 0 { files } else { prefix_token.len() + head.len() };
        // The tail of the prefix changes; the suffix between does not move the place before it.
        let unsettled = context.prefix.len() - context.settled;
        if self.suffix_first {
            out.push_str(suffix_token);
            out.push_str(&suffix);
            out.push_str(prefix_token);
            out.push_str(&prefix);
        } else {
            out.push_str(prefix_token);
            out.push_str(&prefix);
        }
        let settled = out.len().saturating_sub(unsettled);
        if !self.suffix_first {
            out.push_str(suffix_token);
            out.push_str(&suffix);
        }
        out.push_str(middle_token);
        let is_early = files == 0 && (head.is_empty() || self.suffix_first);
        (out, [if is_early { 0 } else { shared }, settled])
    }

    /// The other files, and the name of the one that is edited.
    fn files(&self, context: &Context) -> String {
        let Self { file_token, repo_token, .. } = self;
        let mut out = String::new();
        if !repo_token.is_empty() {
            out = format!("{repo_token}{REPOSITORY}\n");
        }
        let pieces = context.pieces.iter().map(|piece| (&piece.filename, Some(&piece.text)));
        for (filename, text) in pieces.chain([(&context.filename, None)]) {
            out.push_str(file_token);
            out.push_str(&self.as_text(filename));
            out.push('\n');
            if let Some(text) = text {
                out.push_str(&self.as_text(text));
                out.push('\n');
            }
        }
        out
    }

    /// The text with the template's own tokens broken up: code that happens to hold one must be
    /// read as code, not move the cursor.
    fn as_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Self { prefix_token, suffix_token, middle_token, file_token, repo_token, .. } = self;
        let tokens = [prefix_token, suffix_token, middle_token, file_token, repo_token];
        let mut text = Cow::Borrowed(text);
        for token in tokens.into_iter().chain(&self.stop) {
            let token = token.trim();
            let mut chars = token.chars();
            if let Some(first) = chars.next()
                && token.starts_with('<')
                && text.contains(token)
            {
                text = Cow::Owned(text.replace(token, &format!("{first} {}", chars.as_str())));
            }
        }
        text
    }
}
