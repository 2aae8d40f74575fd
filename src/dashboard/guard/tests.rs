//! Requests that are let in, and all kinds that are not.

use super::*;

const PORT: u16 = 4711;

fn guard() -> (Guard, String) {
    let key = Secret::new().expect("randomness");
    let cookie = format!("tabtier_{PORT}={}", key.digits());
    (Guard::new(PORT, key), cookie)
}

/// What becomes of a GET of `path` with these headers, a right key included.
fn check(path: &str, headers: &[(&str, &str)]) -> Result<(), Refusal> {
    let (guard, cookie) = guard();
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter().chain(&[("cookie", cookie.as_str())]) {
        let name: HeaderName = name.parse().expect("a name");
        map.append(name, value.parse().expect("a value"));
    }
    guard.check(&Method::GET, &path.parse().expect("a path"), &map)
}

const HOST: (&str, &str) = ("host", "127.0.0.1:4711");

#[test]
fn the_page_itself_gets_what_it_asks_for() {
    assert_eq!(check("/", &[HOST]), Ok(()));
    assert_eq!(check("/", &[("host", "localhost:4711")]), Ok(()));
    assert_eq!(check("/", &[HOST, ("sec-fetch-site", "none")]), Ok(()), "typed by the user");
    let own = [HOST, ("origin", "http://127.0.0.1:4711"), ("sec-fetch-site", "same-origin")];
    assert_eq!(check("/api/figures?days=7", &own), Ok(()));
}

#[test]
fn names_that_were_pointed_at_us_are_refused() {
    let names = [
        "example.com:4711",
        "127.0.0.1",
        "127.0.0.1:4712",
        "localhost",
        "127.0.0.1:4711.example.com",
        "127.0.0.1:4711@example.com",
        "0.0.0.0:4711",
        "[::1]:4711",
        "127.1:4711",
        "2130706433:4711",
        "LOCALHOST.:4711",
        "",
    ];
    for name in names {
        assert_eq!(check("/", &[("host", name)]), Err(Refusal::Host), "{name}");
        assert_eq!(check(ENTRANCE, &[("host", name)]), Err(Refusal::Host), "{name}");
    }
    assert_eq!(check("/", &[]), Err(Refusal::Host), "none");
    assert_eq!(check("/", &[HOST, HOST]), Err(Refusal::Host), "two");
    assert_eq!(check("http://example.com/", &[HOST]), Err(Refusal::Host), "as for a proxy");
}

#[test]
fn other_pages_are_refused() {
    let origins = [
        "http://example.com",
        "null",
        "http://127.0.0.1:4712",
        "https://127.0.0.1:4711",
        "http://localhost:4711",
        "file://",
        "",
    ];
    for origin in origins {
        assert_eq!(check("/", &[HOST, ("origin", origin)]), Err(Refusal::Origin), "{origin}");
        let entrance = check(ENTRANCE, &[HOST, ("origin", origin)]);
        assert_eq!(entrance, Err(Refusal::Origin), "{origin}");
    }
    for site in ["cross-site", "same-site", "anything"] {
        let refused = check("/assets/page.js", &[HOST, ("sec-fetch-site", site)]);
        assert_eq!(refused, Err(Refusal::Origin), "{site}");
        // A link in a terminal that is a web page; the token is what counts there.
        assert_eq!(check(ENTRANCE, &[HOST, ("sec-fetch-site", site)]), Ok(()), "{site}");
    }
}

#[test]
fn nothing_can_be_changed() {
    let (guard, cookie) = guard();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static(HOST.1));
    headers.insert("cookie", cookie.parse().expect("a value"));
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "TRACE", "BREW"]
    {
        let method: Method = method.parse().expect("a method");
        for path in ["/", "/api/tail", ENTRANCE] {
            let found = guard.check(&method, &path.parse().expect("a path"), &headers);
            assert_eq!(found, Err(Refusal::Method), "{method} {path}");
        }
    }
}

#[test]
fn only_the_key_opens() {
    let (guard, cookie) = guard();
    let with = |cookies: &[&str]| {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(HOST.1));
        for cookie in cookies {
            headers.append("cookie", cookie.parse().expect("a value"));
        }
        guard.check(&Method::GET, &"/".parse().expect("a path"), &headers)
    };
    assert_eq!(with(&[&cookie]), Ok(()));
    assert_eq!(with(&[&format!("a=b; {cookie}; c")]), Ok(()));
    assert_eq!(with(&["a=b", &cookie]), Ok(()));
    let digits = &cookie[cookie.len() - 64..];
    let wrong = [
        String::new(),
        format!("tabtier_4712={digits}"),
        format!("tabtier_4711={}", "0".repeat(64)),
        format!("tabtier_4711={}", &digits[1..]),
        format!("tabtier_4711={digits}0"),
        "tabtier_4711=".to_owned(),
        digits.to_owned(),
    ];
    for wrong in wrong {
        assert_eq!(with(&[&wrong]), Err(Refusal::Key), "{wrong}");
    }
    assert_eq!(with(&[]), Err(Refusal::Key));
}
