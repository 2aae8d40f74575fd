//! How long a text is for a model: counted with its own tokenizer where that is at hand, estimated
//! from bytes otherwise.
//!
//! An estimate is as good as what is known of the model. Each call whose usage the server reports says
//! how many bytes made a token there; a [`Calibration`] keeps the running ratio of one model. It says as
//! well whether a count can be relied on: the name of a model is no proof of its tokenizer.

use super::units::Tokens;

/// Source code averages more than three bytes a token with every public tokenizer, so an estimate
/// made with this never overruns a window.
pub const CAUTIOUS: f64 = 3.0;
/// Ratios are rounded down to multiples of this, so that a prompt does not begin elsewhere because a
/// ratio has changed in its third digit.
pub const STEP: f64 = 0.25;
/// No ratio is believed outside of these: a model of bytes has one less what its template adds, and
/// even repetitive code does not have more than ten.
const BELIEVED: (f64, f64) = (0.5, 10.0);
/// Calls that must have been reported before their ratio counts.
const CALLS_MIN: u32 = 3;
/// What earlier calls weigh beside a new one: some twenty calls make up the ratio.
const DECAY: f64 = 0.95;
/// An estimate is used where a text must fit, and the next one may be denser than those before.
const MARGIN: f64 = 0.9;
/// Prompts with fewer tokens are mostly the server's own template.
const TOKENS_MIN: u32 = 50;
/// What a server may add to a prompt that was counted: an eighth, for marks between its parts, and the
/// turns of a chat template, which have some tens.
const ADDED: (u64, u64) = (8, 64);

/// A vocabulary that can be counted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vocabulary {
    /// `OpenAI`'s since GPT-4o.
    O200k,
    /// `OpenAI`'s of GPT-4 and GPT-3.5.
    Cl100k,
    /// Mistral's Tekken.
    MistralV3,
    /// That of Qwen 2, 2.5 and 3.
    Qwen2,
    /// That of DeepSeek V3, R1 and V4.
    DeepseekV3,
}

impl Vocabulary {
    /// Every vocabulary.
    pub const ALL: [Self; 5] =
        [Self::O200k, Self::Cl100k, Self::MistralV3, Self::Qwen2, Self::DeepseekV3];

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::O200k => "o200k_base",
            Self::Cl100k => "cl100k_base",
            Self::MistralV3 => "mistral_v3",
            Self::Qwen2 => "qwen2",
            Self::DeepseekV3 => "deepseek_v3",
        }
    }

    /// The vocabulary with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vocabulary| vocabulary.name() == name)
    }
}

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

/// How long texts are for one model, learned from the usage its server reports.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibration {
    bytes: f64,
    tokens: f64,
    calls: u32,
    /// Calls since the server last reported more than a count allows.
    agreed: u32,
}

impl Calibration {
    /// Takes in a call: the bytes that were sent, what was counted of them if they were, and the tokens
    /// that the server reported.
    pub fn observe(&mut self, bytes: usize, counted: Option<Tokens>, reported: Tokens) {
        if let Some(counted) = counted {
            let is_within = u64::from(reported.0) <= most(counted) + ADDED.1;
            self.agreed = if is_within { self.agreed.saturating_add(1) } else { 0 };
        }
        let ratio = bytes as f64 / f64::from(reported.0.max(1));
        if reported.0 < TOKENS_MIN || !(BELIEVED.0..=BELIEVED.1).contains(&ratio) {
            return;
        }
        self.bytes = self.bytes * DECAY + bytes as f64;
        self.tokens = self.tokens * DECAY + f64::from(reported.0);
        self.calls = self.calls.saturating_add(1);
    }

    /// Bytes a token has; `None` until enough calls were reported.
    pub fn ratio(&self) -> Option<f64> {
        (self.calls >= CALLS_MIN).then(|| self.bytes / self.tokens)
    }

    /// Bytes a token has, so that an estimate is as likely too high as too low: for what is paid.
    pub fn usual(&self) -> f64 {
        self.ratio().unwrap_or(CAUTIOUS)
    }

    /// Bytes a token has, so that an estimate is rather too high: for what must fit.
    pub fn cautious(&self) -> f64 {
        self.ratio().map_or(CAUTIOUS, |ratio| stepped(ratio * MARGIN))
    }

    /// More tokens than which a server will not report for texts with this count, besides what its
    /// template adds; `None` until its reports have agreed with counts.
    pub fn most(&self, counted: Tokens) -> Option<u64> {
        (self.agreed >= CALLS_MIN).then(|| most(counted))
    }
}

fn most(counted: Tokens) -> u64 {
    let counted = u64::from(counted.0);
    counted + counted.div_ceil(ADDED.0)
}

/// A ratio rounded down to a multiple of [`STEP`], within what is believed.
pub fn stepped(ratio: f64) -> f64 {
    ((ratio / STEP).floor() * STEP).clamp(BELIEVED.0, BELIEVED.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_after_a_few_calls() {
        let mut known = Calibration::default();
        assert_eq!((known.ratio(), known.cautious()), (None, CAUTIOUS));
        for _ in 0..3 {
            known.observe(4200, None, Tokens(1000));
        }
        assert!((known.ratio().expect("three calls") - 4.2).abs() < 1e-9);
        assert!((known.usual() - 4.2).abs() < 1e-9);
        assert!((known.cautious() - 3.75).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_is_not_believed() {
        let mut known = Calibration::default();
        for (bytes, tokens) in [(100, 0), (100_000, 1000), (100, 1000), (120, 40)] {
            (0..9).for_each(|_| known.observe(bytes, None, Tokens(tokens)));
        }
        assert_eq!(known, Calibration::default());
    }

    #[test]
    fn another_model_behind_the_same_name_is_learned() {
        let mut known = Calibration::default();
        (0..50).for_each(|_| known.observe(4000, None, Tokens(1000)));
        (0..50).for_each(|_| known.observe(3000, None, Tokens(1000)));
        let ratio = known.ratio().expect("many calls");
        assert!((3.0..3.15).contains(&ratio), "{ratio}");
    }
    #[test]
    fn a_count_is_relied_on_while_the_server_agrees() {
        let mut known = Calibration::default();
        let mut after = |reported: u32| {
            known.observe(4000, Some(Tokens(1000)), Tokens(reported));
            known.most(Tokens(1000))
        };
        assert_eq!([after(1000), after(1189)], [None, None]);
        assert_eq!(after(700), Some(1125), "less is no objection");
        assert_eq!(after(1190), None, "more than a template adds");
        assert_eq!([after(1000), after(1000), after(1000)], [None, None, Some(1125)]);
        known.observe(4000, None, Tokens(4000));
        assert_eq!(known.most(Tokens(8)), Some(9), "what was not counted says nothing of counts");
    }
}
