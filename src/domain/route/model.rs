//! What routing and prompting need to know about a model. Where it lives on the network and which
//! key opens it are the provider's business and never reach the domain.

use crate::domain::prompt::PromptForm;
use crate::domain::units::{Price, Tokens};

/// Where a model runs, seen from the user's source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this machine or a host the user declared as their own.
    SelfHosted,
    /// Somebody else's computer.
    Cloud,
}

/// One configured model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSpec {
    /// The user's name for it: the key of its `[models.NAME]` table.
    pub id: String,
    /// How it wants to be asked.
    pub form: PromptForm,
    /// Prompt and answer together must fit in this many tokens.
    pub context_tokens: Tokens,
    /// What it charges; `None` means unknown, never free.
    pub price: Option<Price>,
    /// Whose computer it runs on.
    pub place: Place,
}
