//! The wire protocols by name, and the forms of prompt that each can carry.
//!
//! What a protocol looks like on the wire is the business of `provider`; here is only what a user
//! can choose and what follows from the choice.

use super::dialects::{Dialect, Suffix};

/// The wire protocols. One file each under `provider/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `POST {url}/chat/completions`, `OpenAI` and compatible servers.
    OpenAiChat,
    /// `POST {url}/completions`, OpenAI-compatible servers with raw prompts, or with a suffix.
    OpenAiCompletions,
    /// `POST {url}/v1/messages`, Anthropic and compatible servers.
    AnthropicMessages,
    /// `POST {url}/v1beta/models/{model}:streamGenerateContent`, Gemini.
    Gemini,
    /// `POST {url}/v1/fim/completions`, Mistral's Codestral and Inception's Mercury.
    MistralFim,
    /// llama.cpp's own `POST {url}/infill`.
    LlamaCppInfill,
    /// `POST {url}/api/generate`, Ollama's own protocol.
    OllamaGenerate,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 7] = [
        Self::OpenAiChat,
        Self::OpenAiCompletions,
        Self::AnthropicMessages,
        Self::Gemini,
        Self::MistralFim,
        Self::LlamaCppInfill,
        Self::OllamaGenerate,
    ];

    /// The names of [`Self::ALL`], in its order.
    pub const NAMES: &[&str] = &[
        "openai_chat",
        "openai_completions",
        "anthropic_messages",
        "gemini",
        "mistral_fim",
        "llama_cpp_infill",
        "ollama_generate",
    ];

    /// The name used in configuration.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The protocol with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }

    /// The forms of prompt it carries, by name.
    pub fn forms(self) -> &'static [&'static str] {
        match self {
            Self::OpenAiChat | Self::AnthropicMessages | Self::Gemini => &["chat"],
            Self::OpenAiCompletions => &["fim", "infill"],
            Self::MistralFim | Self::LlamaCppInfill => &["infill"],
            Self::OllamaGenerate => &["infill", "fim", "chat"],
        }
    }

    /// The form that is used when nobody says: prefix and suffix apart where the server is known to
    /// place the model's own tokens.
    pub fn usual_form(self, dialect: &Dialect) -> &'static str {
        match self {
            Self::OpenAiCompletions if dialect.suffix == Suffix::Honored => "infill",
            _ => self.forms()[0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_protocols() {
        assert_eq!(Protocol::NAMES.len(), Protocol::ALL.len());
        for (index, protocol) in Protocol::ALL.into_iter().enumerate() {
            assert_eq!(protocol as usize, index);
            assert_eq!(Protocol::from_name(protocol.name()), Some(protocol));
        }
        assert_eq!(Protocol::from_name("openai"), None);
    }
}
