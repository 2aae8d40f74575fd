//! What goes into a prompt.

use super::Reader;
use crate::config::ContextSettings;
use crate::config::options::MODEL_TIERS;
use crate::domain::context::Kind;

impl Reader<'_> {
    pub(super) fn context(&self) -> ContextSettings {
        let names = self.texts(&["context", "include"]);
        let is_included = |kind: &Kind| names.iter().any(|name| name == kind.name());
        let mut settings = ContextSettings {
            kinds: Kind::ALL.into_iter().filter(is_included).collect(),
            input_tokens_max: Default::default(),
        };
        for tier in MODEL_TIERS {
            let tokens = self.tokens(&["context", tier.name(), "input_tokens_max"]);
            settings.input_tokens_max[tier as usize] = tokens;
        }
        settings
    }
}
