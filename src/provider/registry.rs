//! The configured models by id, ready to be asked.
//!
//! A model that cannot work as configured (a missing key, an address that is none) still has an
//! entry: it answers every call with the reason, without touching the network. So one mistake costs
//! one model, failover goes on past it, and the user reads what to change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::future::join_all;
use futures_util::stream;
use secrecy::{ExposeSecret, SecretString};

use super::http::{Address, Exit, HttpProvider};
use super::wire::Wire;
use super::{
    ChunkStream, Provider, ProviderError, anthropic, gemini, llama_cpp, mistral, ollama, openai,
};
use crate::config::{Endpoint, ModelSettings, NetworkSettings, Protocol};
use crate::domain::prompt::Prompt;

/// Providers by model id.
#[derive(Default)]
pub struct Registry {
    providers: HashMap<String, Arc<dyn Provider>>,
    /// The ones that have a connection to open.
    remote: Vec<Arc<HttpProvider>>,
    /// Every key in use, for finding them in text that is about to leave.
    keys: Vec<String>,
}

impl Registry {
    /// One provider per configured model. Keys named by `key_env` are read from the environment
    /// here, once; nothing is sent.
    pub fn from_settings(
        models: &BTreeMap<String, ModelSettings>,
        network: &NetworkSettings,
    ) -> Self {
        Self::with_keys(models, network, |name| std::env::var(name).ok())
    }

    /// The same with another source of keys: `key_of` maps the name in `key_env` to the key.
    pub fn with_keys(
        models: &BTreeMap<String, ModelSettings>,
        network: &NetworkSettings,
        key_of: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let exit = Exit::shared(network);
        let mut registry = Self::default();
        for (id, settings) in models {
            let used = key(&settings.endpoint, &key_of).ok().flatten();
            registry.keys.extend(used.map(|key| key.expose_secret().to_owned()));
            let provider: Arc<dyn Provider> = match remote(&settings.endpoint, &exit, &key_of) {
                Ok(provider) => {
                    let provider = Arc::new(provider);
                    registry.remote.push(Arc::clone(&provider));
                    provider
                }
                Err(error) => Arc::new(Unusable(error)),
            };
            registry.providers.insert(id.clone(), provider);
        }
        registry
    }

    /// The provider of a model.
    pub fn get(&self, id: &str) -> Option<Arc<dyn Provider>> {
        self.providers.get(id).map(Arc::clone)
    }

    /// The keys of all models. They go nowhere but into the search for secrets in prompts.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Opens one connection to each host, so that the first key pressed does not wait for TCP and
    /// TLS. Sends a `GET` without any text; run it in the background.
    pub async fn connect(&self) {
        let mut origins = BTreeSet::new();
        let first_of_host = self.remote.iter().filter(|provider| origins.insert(provider.origin()));
        join_all(first_of_host.map(|provider| provider.connect())).await;
    }
}

impl FromIterator<(String, Arc<dyn Provider>)> for Registry {
    /// A registry of ready-made providers, scripted ones for instance.
    fn from_iter<T: IntoIterator<Item = (String, Arc<dyn Provider>)>>(providers: T) -> Self {
        Self { providers: providers.into_iter().collect(), remote: Vec::new(), keys: Vec::new() }
    }
}

fn remote(
    endpoint: &Endpoint,
    exit: &Arc<Exit>,
    key_of: impl Fn(&str) -> Option<String>,
) -> Result<HttpProvider, ProviderError> {
    let address = Address::parse(&endpoint.url)?;
    let key = key(endpoint, key_of)?;
    HttpProvider::new(wire(endpoint)?, Arc::clone(exit), &address, key, endpoint.timeout)
}

/// The protocol of a model, or why it cannot be spoken as configured.
pub(super) fn wire(endpoint: &Endpoint) -> Result<Arc<dyn Wire>, ProviderError> {
    Ok(match endpoint.protocol {
        Protocol::OpenAiChat => Arc::new(openai::Chat::new(endpoint)),
        Protocol::OpenAiCompletions => Arc::new(openai::Completions::new(endpoint)),
        Protocol::AnthropicMessages => Arc::new(anthropic::Messages::new(endpoint)),
        Protocol::Gemini => Arc::new(gemini::Generate::new(endpoint)?),
        Protocol::MistralFim => Arc::new(mistral::Fim::new(endpoint)),
        Protocol::LlamaCppInfill => Arc::new(llama_cpp::Infill::new(endpoint)),
        Protocol::OllamaGenerate => Arc::new(ollama::Generate::new(endpoint)),
    })
}

/// The key from the environment, else the one written in the user's file, else none at all.
fn key(
    endpoint: &Endpoint,
    key_of: impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, ProviderError> {
    let Some(name) = &endpoint.key_env else { return Ok(endpoint.key.clone()) };
    // A trailing line break is what `$(cat key)` and hand-written .env files leave behind.
    let found = key_of(name).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    match found {
        Some(key) => Ok(Some(key.into())),
        None if endpoint.key.is_some() => Ok(endpoint.key.clone()),
        None => Err(ProviderError::Unauthorized {
            detail: format!("environment variable {name} is not set"),
        }),
    }
}

/// A model that cannot work as configured.
struct Unusable(ProviderError);

impl Provider for Unusable {
    fn stream(&self, _: Prompt) -> ChunkStream {
        let error = self.0.clone();
        Box::pin(stream::once(async { Err(error) }))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;
    use crate::provider::wire::tests::{chat_prompt, endpoint};

    async fn first_error(endpoint: &Endpoint) -> ProviderError {
        let provider: Arc<dyn Provider> =
            match remote(endpoint, &Exit::shared(&NetworkSettings::default()), |_| None) {
                Ok(_) => panic!("a usable provider"),
                Err(error) => Arc::new(Unusable(error)),
            };
        let items: Vec<_> = provider.stream(chat_prompt()).collect().await;
        match <[_; 1]>::try_from(items) {
            Ok([Err(error)]) => error,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_missing_key_is_named_without_a_call() {
        let mut endpoint = endpoint("https://api.example.com/v1");
        endpoint.key_env = Some("EXAMPLE_KEY".to_owned());
        let detail = "environment variable EXAMPLE_KEY is not set".to_owned();
        assert_eq!(first_error(&endpoint).await, ProviderError::Unauthorized { detail });
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_refused() {
        for url in ["", "localhost:8080", "ftp://example.com", "file:///etc/hosts"] {
            let error = first_error(&endpoint(url)).await;
            assert!(matches!(error, ProviderError::Refused { .. }), "{url}: {error:?}");
        }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_is_trimmed() {
        let mut endpoint = endpoint("http://127.0.0.1");
        endpoint.key = Some("from-file".to_owned().into());
        let read = |endpoint: &Endpoint, value: Option<&str>| {
            use secrecy::ExposeSecret;
            let key = key(endpoint, |_| value.map(str::to_owned)).expect("a key");
            key.map(|key| key.expose_secret().to_owned())
        };
        assert_eq!(read(&endpoint, Some("from-env")).as_deref(), Some("from-file"));
        endpoint.key_env = Some("KEY".to_owned());
        assert_eq!(read(&endpoint, Some("from-env\n")).as_deref(), Some("from-env"));
        assert_eq!(read(&endpoint, Some(" ")).as_deref(), Some("from-file"));
        assert_eq!(read(&endpoint, None).as_deref(), Some("from-file"));
        endpoint.key_env = None;
        endpoint.key = None;
        assert_eq!(read(&endpoint, None), None);
    }
}
