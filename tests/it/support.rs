//! What several integration tests share: the server behind its pipes, the real programs, servers
//! that misbehave on purpose, and the settings to reach them by.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tabtier::config::{Endpoint, ModelSettings, NetworkSettings, Protocol};
use tabtier::domain::prompt::PromptForm;
use tabtier::domain::route::clocks::Patience;
use tabtier::domain::route::{ModelSpec, Place};
use tabtier::domain::units::Tokens;
use tabtier::provider::Provider;
use tabtier::provider::registry::Registry;

pub(crate) mod aimock;
pub(crate) mod alive;
pub(crate) mod http2;
pub(crate) mod llama;
pub(crate) mod lsp;
pub(crate) mod random;
pub(crate) mod rig;
pub(crate) mod synthetic;
pub(crate) mod tools;
pub(crate) mod upstream;

/// Settings of a model at `url` that needs no key and has ten seconds.
pub(crate) fn model(protocol: Protocol, url: &str) -> ModelSettings {
    let form = match protocol.forms() {
        ["chat"] => PromptForm::Chat,
        _ => PromptForm::Infill,
    };
    ModelSettings {
        spec: ModelSpec {
            id: "model".to_owned(),
            form,
            context_tokens: Tokens(4096),
            price: None,
            place: Place::SelfHosted,
        },
        endpoint: Endpoint::new(protocol, url),
        patience: Patience { first_text: None, idle: None, total: Duration::from_secs(10) },
        price: None,
        listed: None,
        vocabulary: None,
    }
}

/// A registry that holds this one model under the name `model`.
pub(crate) fn registry(settings: ModelSettings) -> Registry {
    registry_over(settings, &NetworkSettings::default())
}

/// The same behind these network settings.
pub(crate) fn registry_over(settings: ModelSettings, network: &NetworkSettings) -> Registry {
    Registry::from_settings(&BTreeMap::from([("model".to_owned(), settings)]), network)
}

/// The provider of this one model.
pub(crate) fn provider(settings: ModelSettings) -> Arc<dyn Provider> {
    registry(settings).get("model").expect("the only model")
}
