//! The border to models: one trait, one closed set of errors.
//!
//! What crosses inward is a [`Prompt`]; what crosses outward is a stream of [`Chunk`]s. No header,
//! status code or vendor JSON passes this line. Each protocol is one file that turns a prompt into
//! a request body and a wire event into a chunk; `http` is the single exit to the network.

use std::pin::Pin;
use std::time::Duration;

use futures_util::Stream;

use crate::domain::completion::Chunk;
use crate::domain::prompt::Prompt;

pub mod registry;

mod anthropic;
mod gemini;
mod llama_cpp;
mod mistral;
mod ollama;
mod openai;
mod wire;

pub mod http;

mod decode;
mod fault;
mod sse;
mod thinking;

/// A streamed answer. Dropping it cancels the call down to the socket.
pub type ChunkStream = Pin<Box<dyn Stream<Item = Result<Chunk, ProviderError>> + Send>>;

/// One model that can be asked.
pub trait Provider: Send + Sync {
    /// Starts a call. Nothing is sent before the stream is first polled; dropping the stream
    /// cancels the call.
    fn stream(&self, prompt: Prompt) -> ChunkStream;

    /// As [`stream`](Self::stream), with the answer in one piece where the protocol can send it so:
    /// some servers count tokens in whole answers only.
    fn whole(&self, prompt: Prompt) -> ChunkStream {
        self.stream(prompt)
    }
}

/// Why a call failed, in the words the engine decides by. `detail` never holds prompt text, model
/// text or a key; it may hold a vendor's short error message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The server could not be reached or the connection broke.
    #[error("unreachable: {detail}")]
    Unreachable {
        /// What failed.
        detail: String,
    },
    /// The key is missing or was refused (401, 403).
    #[error("key refused: {detail}")]
    Unauthorized {
        /// What the server said.
        detail: String,
    },
    /// Out of money or quota (402, `insufficient_quota`): retrying cannot help.
    #[error("out of quota: {detail}")]
    OutOfQuota {
        /// What the server said.
        detail: String,
    },
    /// Too many requests (429) or overloaded (503, 529).
    #[error("rate limited")]
    RateLimited {
        /// How long the server asked us to wait, where it said so; at most ten minutes.
        retry_after: Option<Duration>,
    },
    /// The prompt and the room for the answer are together more than the model's window, or the
    /// body more than the server takes. Says nothing about the model's health: the next request
    /// may be shorter.
    #[error("context too long: {detail}")]
    ContextTooLong {
        /// What the server said.
        detail: String,
    },
    /// The request itself was refused (400, 404, a redirect).
    #[error("refused: {detail}")]
    Refused {
        /// What the server said.
        detail: String,
    },
    /// The server failed (5xx).
    #[error("server error: {detail}")]
    ServerError {
        /// What the server said.
        detail: String,
    },
    /// The answer could not be understood, or broke a size limit.
    #[error("malformed answer: {detail}")]
    Malformed {
        /// What was wrong.
        detail: String,
    },
}

impl ProviderError {
    /// What the user can do about it: half a sentence, such as "start its server".
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "start its server, or correct its `url`",
            Self::Unauthorized { .. } => "put a valid key where its `key_env` says",
            Self::OutOfQuota { .. } => "add credit with its vendor, or take it off its tier",
            Self::RateLimited { .. } => "nothing to do: it is asked again after a pause",
            Self::Refused { .. } => "check its `model`, `url` and `protocol`",
            Self::ContextTooLong { .. } => "set its `context_tokens` to what its server takes",
            Self::ServerError { .. } => "nothing to do but wait, or put another model beside it",
            Self::Malformed { .. } => "check its `protocol` and `url`",
        }
    }
}
