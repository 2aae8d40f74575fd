//! Fill-in-the-middle templates for raw completion models: the special tokens a model family was
//! trained with, as data.

use crate::domain::context::Context;

/// The special tokens of one model family. The rendered prompt is
/// `prefix_token + prefix + suffix_token + suffix + middle_token`; the model writes the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl FimTemplate {
    /// The prompt for this context.
    pub fn render(&self, context: &Context) -> String {
        let Context { prefix, suffix, .. } = context;
        let Self { prefix_token, suffix_token, middle_token, .. } = self;
        if self.suffix_first {
            format!("{suffix_token}{suffix}{prefix_token}{prefix}{middle_token}")
        } else {
            format!("{prefix_token}{prefix}{suffix_token}{suffix}{middle_token}")
        }
    }
}
