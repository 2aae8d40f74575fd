//! One `[models.NAME]` table after the other: where it is, how it is asked, what it costs.
//!
//! A model that cannot work is left out whole and reported once; the tiers then pass over it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use secrecy::SecretString;
use url::{Host, Url};

use super::Reader;
use crate::config::dialects::{self, Dialect, Suffix};
use crate::config::fim_templates;
use crate::config::problem::Fault;
use crate::config::tokenizers;
use crate::config::value::Value;
use crate::config::{Endpoint, ModelSettings, Protocol, Thinking};
use crate::domain::prompt::PromptForm;
use crate::domain::route::clocks::Patience;
use crate::domain::route::{ModelSpec, Place};
use crate::domain::ruler::Vocabulary;
use crate::domain::units::Price;

/// Fields of the body that are ours: a second prompt in them would pass the redaction by.
const RESERVED: [&str; 13] = [
    "messages",
    "contents",
    "system",
    "systemInstruction",
    "images",
    "raw",
    "model",
    "prompt",
    "suffix",
    "input_prefix",
    "input_suffix",
    "input_extra",
    "stream",
];

impl Reader<'_> {
    pub(super) fn models(&mut self) -> BTreeMap<String, ModelSettings> {
        let names = self.model_names();
        names.into_iter().filter_map(|name| Some((name.clone(), self.model(&name)?))).collect()
    }

    /// Every name under `models`, usable or not.
    pub(super) fn model_names(&self) -> BTreeSet<String> {
        let name = |key: &[String]| match key {
            [models, name, _] if models == "models" => Some(name.clone()),
            _ => None,
        };
        self.values.iter().filter_map(|(key, _)| name(&key.0)).collect()
    }

    fn model(&mut self, name: &str) -> Option<ModelSettings> {
        let key = |word: &'static str| ["models", name, word];
        let url = self.url(name)?;
        let protocol = self.text(&key("protocol"));
        let protocol =
            protocol.and_then(|name| Protocol::from_name(&name)).unwrap_or(Protocol::OpenAiChat);
        let known = dialects::of_host(url.host_str().unwrap_or_default());
        let dialect = self.text(&key("dialect")).and_then(|name| dialects::find(&name));
        let dialect = dialect.unwrap_or(known);
        let form = self.form(name, protocol, dialect)?;
        let place = match self.text(&key("place")).as_deref() {
            Some("self_hosted") => Place::SelfHosted,
            Some("cloud") => Place::Cloud,
            _ if is_private(&url) => Place::SelfHosted,
            _ => Place::Cloud,
        };
        let (key_env, literal) = (self.text(&key("key_env")), self.text(&key("key")));
        let has_key = key_env.is_some() || literal.is_some();
        if has_key && url.scheme() == "http" && !is_private(&url) {
            let what = "the key and your code travel unencrypted";
            self.warn(&key("url"), Fault::new(what, "use https if the server has it"));
        }
        let listed = self.listed(name, &url);
        let said = self.price(name);
        let price = match said {
            Some(_) => self.own_price(name),
            None => listed.as_ref().and_then(|listed| listed.price.clone()),
        };
        let spec = ModelSpec {
            id: name.to_owned(),
            form,
            context_tokens: self.tokens(&key("context_tokens")),
            price: said.or_else(|| price.as_ref().map(|price| price.base.to_plain())),
            place,
        };
        let endpoint = Endpoint {
            protocol,
            dialect,
            url: url.as_str().trim_end_matches('/').to_owned(),
            model: self.text(&key("model")).unwrap_or_default(),
            api_version: self.api_version(name, protocol),
            thinking: match self.text(&key("thinking")).as_deref() {
                Some("off") => Thinking::Off,
                Some("server") => Thinking::Server,
                _ => Thinking::Auto,
            },
            context_tokens: spec.context_tokens,
            key_env,
            key: literal.map(SecretString::from),
            timeout: self.duration(&key("timeout_ms")),
            extra: self.extra(name),
        };
        let patience = Patience {
            first_text: self
                .value(&key("first_text_ms"))
                .map(|_| self.duration(&key("first_text_ms"))),
            idle: self.value(&key("idle_ms")).map(|_| self.duration(&key("idle_ms"))),
            total: endpoint.timeout,
        };
        let vocabulary = self.vocabulary(name, &endpoint.model);
        Some(ModelSettings { spec, endpoint, patience, price, listed, vocabulary })
    }

    /// What the tokens of a model are counted with. A server with a single model is often given no name;
    /// then the user's own name for it says what it is.
    fn vocabulary(&self, name: &str, model: &str) -> Option<Vocabulary> {
        match self.text(&["models", name, "tokenizer"]).as_deref() {
            None | Some("auto") => {
                tokenizers::of_model(if model.is_empty() { name } else { model })
            }
            Some(vocabulary) => Vocabulary::from_name(vocabulary),
        }
    }

    /// The base address. Parsed by the same code that will dial it, so that both mean the same host.
    fn url(&mut self, name: &str) -> Option<Url> {
        let key = ["models", name, "url"];
        let example = "such as \"http://127.0.0.1:8080\"; the model is left out";
        let Some(text) = self.text(&key) else {
            self.report(
                &key,
                Fault::new("missing", format!("give the server's address, {example}")),
            );
            return None;
        };
        let what = match Url::parse(&text) {
            Err(error) => format!("not an address: {error}"),
            Ok(url) if !["http", "https"].contains(&url.scheme()) => {
                "neither http nor https".to_owned()
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                "a name or password does not belong in an address: use key_env".to_owned()
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                "a base address has no parameters".to_owned()
            }
            Ok(url) => return Some(url),
        };
        self.report(&key, Fault::new(what, format!("valid is an address {example}")));
        None
    }

    /// The version goes into a header, so it must fit into one.
    fn api_version(&mut self, name: &str, protocol: Protocol) -> Option<String> {
        let key = ["models", name, "api_version"];
        let version = self.text(&key)?;
        if protocol != Protocol::AnthropicMessages {
            let what = format!("not used by the protocol {}", protocol.name());
            self.warn(&key, Fault::plain(what));
        }
        if !version.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
            let valid = "valid is a version such as \"2023-06-01\", which is used";
            self.report(&key, Fault::new("not a version", valid));
            return None;
        }
        Some(version)
    }

    fn form(&mut self, name: &str, protocol: Protocol, dialect: &Dialect) -> Option<PromptForm> {
        let key = |word: &'static str| ["models", name, word];
        let valid = protocol.forms();
        let form = self.text(&key("form"));
        let form = form.unwrap_or_else(|| protocol.usual_form(dialect).to_owned());
        if form == "infill" && protocol == Protocol::OpenAiCompletions {
            self.check_suffix(name, dialect);
        }
        if !valid.contains(&form.as_str()) {
            let what = format!("the protocol {} has no such form", protocol.name());
            let valid = format!("valid is {}; the model is left out", valid.join(" or "));
            self.report(&key("form"), Fault::new(what, valid));
            return None;
        }
        let template = self.text(&key("fim_template"));
        match (form.as_str(), template) {
            ("fim", Some(template)) => {
                let found = fim_templates::find(&template);
                if found.is_none() {
                    let valid = format!("{}; the model is left out", templates());
                    self.report(&key("fim_template"), Fault::new("no such template", valid));
                }
                found.cloned().map(PromptForm::Fim)
            }
            ("fim", None) => {
                let valid = format!("{}; the model is left out", templates());
                self.report(&key("fim_template"), Fault::new("missing for the form fim", valid));
                None
            }
            (form, template) => {
                if template.is_some() {
                    let what = format!("not used by the form {form}");
                    self.warn(&key("fim_template"), Fault::plain(what));
                }
                Some(if form == "chat" { PromptForm::Chat } else { PromptForm::Infill })
            }
        }
    }

    /// A server that does not honor a suffix costs the text after the cursor, and says nothing.
    fn check_suffix(&mut self, name: &str, dialect: &Dialect) {
        let what = match dialect.suffix {
            Suffix::Ignored => "this server ignores the text after the cursor",
            Suffix::Refused => "this server refuses the text after the cursor for most models",
            Suffix::Honored | Suffix::Unknown => return,
        };
        let valid = "give a fim_template and the form fim instead";
        self.warn(&["models", name, "form"], Fault::new(what, valid));
    }

    fn price(&mut self, name: &str) -> Option<Price> {
        let key = |word: &'static str| ["models", name, word];
        let input = self.number(&key("price_input"));
        let output = self.number(&key("price_output"));
        let cache_read = self.number(&key("price_cache_read"));
        let cache_write = self.number(&key("price_cache_write"));
        match (input, output) {
            (Some(input), Some(output)) => {
                let cache_read = cache_read.unwrap_or(input);
                let price = Price::from_usd_per_million(input, cache_read, output);
                Some(price.with_cache_write(cache_write.unwrap_or(input)))
            }
            (None, None) if cache_read.is_none() && cache_write.is_none() => None,
            _ => {
                let missing = if input.is_none() { "price_input" } else { "price_output" };
                let valid = "the price counts as unknown until both are given";
                self.report(&key(missing), Fault::new("missing", valid));
                None
            }
        }
    }

    fn extra(&mut self, name: &str) -> serde_json::Map<String, serde_json::Value> {
        let key = ["models", name, "extra"];
        let Some(serde_json::Value::Object(mut fields)) =
            self.value(&key).as_ref().and_then(Value::to_json)
        else {
            return serde_json::Map::new();
        };
        for word in RESERVED {
            if fields.remove(word).is_some() {
                let what = format!("the field {word} cannot be set");
                self.report(&key, Fault::new(what, "the other fields are used"));
            }
        }
        fields
    }
}

fn templates() -> String {
    format!("the templates are {}", fim_templates::names().join(", "))
}

/// Whether the address can only be on this machine or in its own network. Names are not looked up:
/// whoever answers for a name decides where it leads.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => is_private_ip(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_private_ip(IpAddr::V6(address)),
        None => false,
    }
}

fn is_private_ip(address: IpAddr) -> bool {
    let v4 = |ip: Ipv4Addr| ip.is_loopback() || ip.is_private() || ip.is_unspecified();
    let v6 = |ip: Ipv6Addr| ip.is_loopback() || ip.is_unique_local() || ip.is_unspecified();
    match address {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or_else(|| v6(ip), v4),
    }
}
