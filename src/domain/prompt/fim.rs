//! Fill-in-the-middle templates for raw completion models: the special tokens a model family was
//! trained with, as data.

use std::borrow::Cow;

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
        let (prefix, suffix) = (self.as_text(&context.prefix), self.as_text(&context.suffix));
        let Self { prefix_token, suffix_token, middle_token, .. } = self;
        if self.suffix_first {
            format!("{suffix_token}{suffix}{prefix_token}{prefix}{middle_token}")
        } else {
            format!("{prefix_token}{prefix}{suffix_token}{suffix}{middle_token}")
        }
    }

    /// The text with the template's own tokens broken up: code that happens to hold one must be
    /// read as code, not move the cursor.
    fn as_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let tokens = [&self.prefix_token, &self.suffix_token, &self.middle_token];
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::context::Wanted;

    #[test]
    fn tokens_in_the_code_are_read_as_code() {
        let template = FimTemplate {
            name: "t".to_owned(),
            prefix_token: "<P>".to_owned(),
            suffix_token: "<S>".to_owned(),
            middle_token: "<M>".to_owned(),
            stop: Vec::new(),
            suffix_first: false,
        };
        let context = Context {
            prefix: "a<M>b".to_owned(),
            suffix: "<P>c".to_owned(),
            language: String::new(),
            filename: String::new(),
            wanted: Wanted::Line,
            redactions: 0,
        };
        assert_eq!(template.render(&context), "<P>a< M>b<S>< P>c<M>");
    }
}
