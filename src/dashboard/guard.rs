//! Who is let in. A server on loopback can be reached by every page in the user's browser, and by
//! every other program on the machine, so nothing is answered before all of this holds:
//!
//! - the request names this server as its host; else a name under somebody's control has been pointed
//!   at the loopback address, to make the browser take us for theirs;
//! - no other page sent it, by what the browser says of its origin;
//! - it only reads;
//! - it shows the key of the session, which the browser got for the token in the printed address.
//!
//! Cookies do not know ports, so a server on another port of this address sees the key if the user
//! visits it; hence the key is good for this run only, and only for looking.

use axum::http::header::{CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use super::secret::Secret;

/// Where the token is exchanged; the only path without a key.
pub(super) const ENTRANCE: &str = "/open";

/// What every answer says: nothing but our own files may run or be shown, nobody may frame the page,
/// and nothing is kept.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What a request must show.
pub(super) struct Guard {
    port: u16,
    key: Secret,
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is meant for another host.
    Host,
    /// Another page sent it.
    Origin,
    /// It wants to change something.
    Method,
    /// It does not know the key.
    Key,
}

impl Refusal {
    /// The status and the sentence to answer with.
    pub(super) fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Host => (StatusCode::FORBIDDEN, "this server has another name\n"),
            Self::Origin => (StatusCode::FORBIDDEN, "another page asked for this\n"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "there is nothing to change here\n"),
            Self::Key => (
                StatusCode::FORBIDDEN,
                "This page is private. Its address is good once, in the browser that opens it \
                 first; for a new one run `tabtier dashboard` again.\n",
            ),
        }
    }
}

impl Guard {
    pub(super) fn new(port: u16, key: Secret) -> Self {
        Self { port, key }
    }

    /// The names by which the server may be called.
    fn hosts(&self) -> [String; 2] {
        ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port))
    }

    /// Whether a request may be answered.
    pub(super) fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        let hosts = self.hosts();
        let host = only(headers, &HOST).ok_or(Refusal::Host)?;
        let is_ours = |name: &str| hosts.iter().any(|own| own == name);
        if !is_ours(host) || uri.authority().is_some_and(|name| !is_ours(name.as_str())) {
            return Err(Refusal::Host);
        }
        if headers.contains_key(ORIGIN) && only(headers, &ORIGIN) != Some(&format!("http://{host}"))
        {
            return Err(Refusal::Origin);
        }
        if method != Method::GET {
            return Err(Refusal::Method);
        }
        if uri.path() == ENTRANCE {
            return Ok(());
        }
        // What a link on another page leads to may be the entrance and nothing else.
        let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
        if site.is_some_and(|site| !matches!(site, b"same-origin" | b"none")) {
            return Err(Refusal::Origin);
        }
        if self.knows_key(headers) { Ok(()) } else { Err(Refusal::Key) }
    }

    /// Whether a request shows the key.
    pub(super) fn knows_key(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
        let name = self.cookie_name();
        pairs.any(|pair| {
            let (own, value) = pair.trim().split_once('=').unwrap_or_default();
            own == name && self.key.is(value)
        })
    }

    /// The header that gives the key to a browser, for as long as that runs.
    pub(super) fn cookie(&self) -> String {
        let (name, key) = (self.cookie_name(), self.key.digits());
        format!("{name}={key}; HttpOnly; SameSite=Strict; Path=/")
    }

    /// Several dashboards side by side each have their own.
    fn cookie_name(&self) -> String {
        format!("tabtier_{}", self.port)
    }
}

/// The value of a header that must be there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Adds what every answer says.
pub(super) fn seal(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests;
