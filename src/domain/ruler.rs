//! How long a text is for a model: counted with its own tokenizer where that is at hand, estimated
//! from bytes otherwise.

use super::units::Tokens;

/// Source code averages more than three bytes a token with every public tokenizer, so an estimate
/// made with this never overruns a window.
pub const CAUTIOUS: f64 = 3.0;

/// Counts the tokens of a text.
pub trait Count: Send + Sync {
    /// How many tokens the text has.
    fn count(&self, text: &str) -> usize;
}

/// Measures texts for one model.
#[derive(Clone, Copy)]
pub struct Ruler<'a> {
    /// The tokenizer of the model, where there is one and it is loaded.
    pub exact: Option<&'a dyn Count>,
    /// Bytes a token has on average, for what is not counted.
    pub bytes_per_token: f64,
}

impl Ruler<'_> {
    /// Knows nothing of the model and is cautious.
    pub const CAUTIOUS: Ruler<'static> = Ruler { exact: None, bytes_per_token: CAUTIOUS };

    /// The tokens of a text.
    pub fn tokens(&self, text: &str) -> Tokens {
        let count = match self.exact {
            Some(tokenizer) => tokenizer.count(text),
            None => (text.len() as f64 / self.bytes_per_token).ceil() as usize,
        };
        Tokens(count.try_into().unwrap_or(u32::MAX))
    }

    /// About how many bytes make up so many tokens.
    pub fn bytes(&self, tokens: Tokens) -> usize {
        (f64::from(tokens.0) * self.bytes_per_token) as usize
    }

    /// Whether the tokens are estimated.
    pub fn is_estimate(&self) -> bool {
        self.exact.is_none()
    }
}
