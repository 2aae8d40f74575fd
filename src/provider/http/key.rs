//! A key, bound to the server it was configured for.
//!
//! A key that reaches another server is lost, and whoever chooses the address then has it. So the
//! key is not a string beside an address: it is made from both, and gives itself only to requests
//! to that scheme, host and port.

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use url::Origin;

use crate::provider::ProviderError;

/// A key and the origin that may see it.
pub(super) struct BoundKey {
    origin: Origin,
    name: HeaderName,
    value: HeaderValue,
    secret: SecretString,
}

impl BoundKey {
    /// Binds `secret` to the origin of `base`. `header` carries it as it is; without one it goes
    /// into `Authorization` as a bearer token.
    pub(super) fn new(
        secret: SecretString,
        base: &Url,
        header: Option<&str>,
    ) -> Result<Self, ProviderError> {
        let refused = |what: &str| ProviderError::Unauthorized { detail: what.to_owned() };
        let key = secret.expose_secret();
        let (name, text) = match header {
            Some(name) => (HeaderName::from_bytes(name.as_bytes()), key.to_owned()),
            None => (Ok(AUTHORIZATION), format!("Bearer {key}")),
        };
        let name = name.map_err(|_| refused("the key's header has no valid name"))?;
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| refused("the key holds characters that no header can carry"))?;
        value.set_sensitive(true);
        Ok(Self { origin: base.origin(), name, value, secret })
    }

    /// Adds the key to a request to `target`, if that is its own server.
    pub(super) fn authorize(&self, request: RequestBuilder, target: &Url) -> RequestBuilder {
        if target.origin() == self.origin {
            request.header(self.name.clone(), self.value.clone())
        } else {
            request
        }
    }

    /// The key itself, for finding it where it must not be.
    pub(super) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Client;

    use super::*;

    /// The one header of a request to `target` with a key bound to `base`.
    fn sent(base: &str, target: &str, header: Option<&str>) -> Option<(String, String)> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().tls_certs_only([]).build().expect("a client");
        let url = |text: &str| Url::parse(text).expect("an address");
        let key = BoundKey::new("s3cret".to_owned().into(), &url(base), header).expect("a key");
        let request = key.authorize(client.get(url(target)), &url(target));
        let headers = request.build().expect("a request").headers().clone();
        assert!(headers.len() <= 1);
        let (name, value) = headers.iter().next()?;
        assert!(value.is_sensitive());
        Some((name.to_string(), value.to_str().expect("text").to_owned()))
    }

    #[test]
    fn a_key_goes_to_its_own_origin_alone() {
        let base = "https://api.example.com/v1";
        let bearer = Some(("authorization".to_owned(), "Bearer s3cret".to_owned()));
        assert_eq!(sent(base, "https://api.example.com/v1/chat/completions", None), bearer);
        assert_eq!(sent(base, "https://API.example.com:443/other", None), bearer);
        let own = Some(("x-api-key".to_owned(), "s3cret".to_owned()));
        assert_eq!(sent(base, base, Some("x-api-key")), own);
        for elsewhere in [
            "http://api.example.com/v1",
            "https://api.example.com:8443/v1",
            "https://api.example.com.evil/v1",
            "https://example.com/v1",
            "https://evil.example/?https://api.example.com",
        ] {
            assert_eq!(sent(base, elsewhere, None), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_key_no_header_can_carry_is_refused_without_showing_it() {
        let base = Url::parse("https://h").expect("an address");
        let error = BoundKey::new("a\nb".to_owned().into(), &base, None).err();
        let detail = "the key holds characters that no header can carry".to_owned();
        assert_eq!(error, Some(ProviderError::Unauthorized { detail }));
    }
}
