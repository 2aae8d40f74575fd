//! Who is let in, over real sockets: every refusal also proves that the same request with the right
//! words is answered.

use super::Running;

/// Every path there is.
const PATHS: [&str; 6] =
    ["/", "/assets/page.css", "/assets/main.js", "/api/figures", "/api/tail?seen=", "/nothing"];

fn empty() -> Running {
    Running::start("", |_| {})
}

#[test]
fn the_token_is_good_once() {
    let running = empty();
    let cookie = running.enter();
    assert_eq!(running.get("/", &cookie).status, 200);
    let again = format!("/open?token={}", running.token);
    assert_eq!(running.get(&again, "X: y").status, 403, "used, and no key");
    assert_eq!(running.get(&again, &cookie).status, 200, "the same browser may come back");
    for path in PATHS {
        let refused = running.get(path, "X: y");
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.body.contains("tabtier dashboard"), "says what to do: {}", refused.body);
        assert_eq!(refused.header("set-cookie"), None, "{path}");
    }
}

#[test]
fn a_wrong_token_opens_nothing_and_uses_nothing_up() {
    let running = empty();
    let guesses = ["", "?token=", "?token=0", "?tok=x", "?token=%00", "?token=0&token=1"];
    for guess in guesses {
        assert_eq!(running.get(&format!("/open{guess}"), "X: y").status, 403, "{guess}");
    }
    running.enter();
}

#[test]
fn the_key_stays_in_the_browser_that_got_it() {
    let running = empty();
    let answer = running.get(&format!("/open?token={}", running.token), "X: y");
    let cookie = answer.header("set-cookie").expect("a cookie");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains(&running.token), "the key is not the token");
    assert!(!answer.body.contains(&running.token), "{}", answer.body);
}

#[test]
fn every_answer_is_sealed() {
    let running = empty();
    let cookie = running.enter();
    let refused = running.get("/", "X: y");
    let answers = PATHS.map(|path| running.get(path, &cookie));
    for answer in answers.iter().chain([&refused]) {
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let shared = answer.headers.iter().find(|(name, _)| name.starts_with("access-control"));
        assert_eq!(shared, None, "no other page may read it");
    }
    assert_eq!(answers[5].status, 404);
}

#[test]
fn other_names_and_other_pages_are_refused_everywhere() {
    let running = empty();
    let cookie = running.enter();
    let host = running.host();
    let entrance = format!("/open?token={}", running.token);
    for path in PATHS.into_iter().chain([entrance.as_str()]) {
        let request = format!("GET {path}");
        let right = running.send(&request, &[&host, &cookie]).status;
        assert!([200, 404].contains(&right), "{path} is answered when all is right: {right}");
        let hosts = ["Host: example.com", "Host: 127.0.0.1", "Host: 127.0.0.1:1", "X: none"];
        for wrong in hosts {
            assert_eq!(running.send(&request, &[wrong, &cookie]).status, 403, "{path} {wrong}");
        }
        for wrong in ["http://example.com", "null", "http://127.0.0.1:1"] {
            let origin = format!("Origin: {wrong}");
            let status = running.send(&request, &[&host, &cookie, &origin]).status;
            assert_eq!(status, 403, "{path} from {wrong}");
        }
    }
}

#[test]
fn nothing_but_reading_is_possible() {
    let running = empty();
    let (cookie, host) = (running.enter(), running.host());
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"] {
        for path in PATHS {
            let request = format!("{method} {path}");
            let answer = running.send(&request, &[&host, &cookie, "Content-Length: 0"]);
            assert_eq!(answer.status, 405, "{request}");
        }
    }
}

#[test]
fn no_path_leads_out() {
    let running = empty();
    let cookie = running.enter();
    for path in [
        "/assets/",
        "/assets/../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/../config.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/assets//etc/passwd",
        "/assets/page.html",
        "/assets/main.js/",
        "/assets/main.js%00",
        "/ASSETS/main.js",
        "/api",
        "/api/figures/x",
    ] {
        assert_eq!(running.get(path, &cookie).status, 404, "{path}");
    }
    assert_eq!(running.get("/assets/main.js?x=1", &cookie).status, 200, "it got as far as that");
}

/// The rest of 127.0.0.0/8 is loopback as well, and nobody listens there.
#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_one_address() {
    let running = empty();
    assert!(std::net::TcpStream::connect(("127.0.0.1", running.port)).is_ok());
    for address in ["127.0.0.2", "::1"] {
        let found = std::net::TcpStream::connect((address, running.port));
        assert!(found.is_err(), "{address}");
    }
}
