//! Exactly one reply to each request, whatever is sent in whatever order; and an orderly end.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::lsp::Server;
use crate::support::random::Random;
use crate::support::rig::{Rig, Setup};
use crate::support::upstream::{Script, Step};

const URI: &str = "file:///a/main.rs";
/// What is typed in a storm.
const TYPED: [&str; 5] = ["x", "(", "\n", "}", " "];
const TEXT: &str = "fn main() {\n    let value = \n}\n";

/// A model that never answers, behind deadlines far away: what is answered is answered for another
/// reason.
fn hung() -> Rig {
    let rig = Rig::start(&Script::new([Step::Hang]), &Setup::default());
    rig.open(URI, "rust", TEXT);
    rig
}

fn check_once(rig: &Rig, ids: &[Value]) {
    for id in ids {
        let replies = rig.server.replies(id);
        assert_eq!(replies.len(), 1, "{id}: {replies:?}");
    }
}

#[test]
fn a_newer_request_answers_the_older_with_nothing() {
    let mut rig = hung();
    let mut ids: Vec<Value> = (0..20).map(|column| rig.ask(URI, (1, column % 10))).collect();
    let last = ids.pop().expect("twenty");
    for id in &ids {
        assert_eq!(rig.server.expect_reply(id)["result"], Value::Null);
    }
    assert_eq!(rig.server.replies(&last), [] as [Value; 0], "the newest still waits");
    // The menu is another kind: at the same place it waits for the same call, and only its like
    // supersedes it.
    let menus = [rig.menu(URI, (1, 9)), rig.menu(URI, (1, 9))];
    assert_eq!(rig.server.expect_reply(&menus[0])["result"], json!([]));
    assert_eq!(rig.server.replies(&last), [] as [Value; 0]);
    rig.wait_for_posts(1);
    rig.insert(URI, (1, 4), "x");
    assert_eq!(rig.server.expect_reply(&menus[1])["result"], json!([]));
    assert_eq!(rig.server.expect_reply(&last)["result"], Value::Null);
    rig.stop();
    check_once(&rig, &ids);
    check_once(&rig, &menus);
    check_once(&rig, &[last]);
}

#[test]
fn a_cancelled_request_is_answered_as_cancelled_and_once() {
    let mut rig = hung();
    let mut ids = Vec::new();
    for column in 0..20 {
        let id = rig.ask(URI, (1, column % 10));
        rig.cancel(&id);
        // Twice, and for a request nobody made.
        rig.cancel(&id);
        rig.cancel(&json!(77_777));
        ids.push(id);
    }
    for id in &ids {
        let reply = rig.server.expect_reply(id);
        assert!(reply["error"]["code"] == -32800 || reply.get("result").is_some(), "{reply}");
    }
    rig.stop();
    check_once(&rig, &ids);
    assert_eq!(rig.server.replies(&json!(77_777)), [] as [Value; 0]);
}

#[test]
fn closing_the_document_answers_its_requests() {
    let mut rig = hung();
    let ids = [rig.ask(URI, (1, 16)), rig.menu(URI, (1, 16))];
    rig.wait_for_posts(1);
    rig.close(URI);
    for id in &ids {
        rig.server.expect_reply(id);
    }
    let after = rig.ask(URI, (1, 16));
    assert_eq!(rig.answer(&after), None);
    rig.stop();
    check_once(&rig, &ids);
}

#[test]
fn every_request_of_a_storm_gets_one_reply() {
    for seed in 0..4 {
        storm(seed);
    }
}

/// Thousands of messages without waiting for any, to a model that does something else each time.
fn storm(seed: u64) {
    let setup = Setup { deadline: Duration::from_millis(60), ..Setup::default() };
    let choose = |request: &crate::support::upstream::Request| {
        let prefix = request.body["input_prefix"].as_str().unwrap_or_default();
        match prefix.len() % 6 {
            0 => Script::new([Step::Hang]),
            1 => Script::infill_begun(&["half"]).then([Step::Hang]),
            2 => Script::new([Step::Reset]),
            3 => Script::status(500, &[]),
            4 => Script::answer(200, "text/html", "<html>"),
            _ => Script::infill(&["value", " + 1;\n"]),
        }
    };
    let mut rig = Rig::start_with(choose, &setup);
    let random = &mut Random::new(seed);
    let uris = ["file:///a/0.rs", "file:///a/1.rs", "untitled:2"];
    let mut ids: Vec<Value> = Vec::new();
    for _ in 0..1_500 {
        let uri = *random.pick(&uris);
        let place = (random.below(4) as u32, random.below(20) as u32);
        match random.below(20) {
            0 => rig.open(uri, "rust", TEXT),
            1 => rig.close(uri),
            2..=6 => rig.insert(uri, place, TYPED[random.below(TYPED.len())]),
            7..=9 => ids.push(rig.menu(uri, place)),
            10..=14 => ids.push(rig.ask(uri, place)),
            15 => ids.push(rig.invoke(uri, place)),
            16 => ids.push(rig.server.request("textDocument/hover", &json!({}))),
            17 => ids.push(rig.server.request("textDocument/completion", &json!({ "x": 1 }))),
            _ => {
                let from = ids.len().saturating_sub(6);
                if let Some(id) = ids[from..].get(random.below(6)).cloned() {
                    rig.cancel(&id);
                }
            }
        }
    }
    for id in &ids {
        rig.server.expect_reply(id);
    }
    rig.stop();
    for id in &ids {
        assert_eq!(rig.server.replies(id).len(), 1, "seed {seed}, {id}");
    }
    assert_eq!(rig.server.replies(&Value::Null), [] as [Value; 0], "seed {seed}");
}

fn code(server: &mut Server, method: &str, params: &Value) -> Value {
    let id = server.request(method, params);
    server.expect_reply(&id)["error"]["code"].clone()
}

#[test]
fn requests_at_the_wrong_time_are_refused_and_the_rest_goes_on() {
    let mut server = Server::start();
    assert_eq!(code(&mut server, "textDocument/inlineCompletion", &json!({})), -32002);
    assert_eq!(code(&mut server, "shutdown", &Value::Null), -32002);
    server.notify("textDocument/didOpen", &json!({}));
    let empty = json!({ "capabilities": {} });
    assert_eq!(code(&mut server, "initialize", &empty), Value::Null);
    assert_eq!(code(&mut server, "initialize", &empty), -32600);
    server.notify("initialized", &json!({}));
    assert_eq!(code(&mut server, "textDocument/unheardOf", &json!({})), -32601);
    assert_eq!(code(&mut server, "$/unheardOf", &json!({})), -32601);
    assert_eq!(code(&mut server, "textDocument/completion", &json!([])), -32602);
    server.notify("unheard/of", &json!({}));
    server.notify("$/unheardOf", &json!({}));
    server.notify("textDocument/didChange", &json!({ "nonsense": true }));
    assert_eq!(code(&mut server, "shutdown", &Value::Null), Value::Null);
    assert_eq!(code(&mut server, "shutdown", &Value::Null), -32600);
    assert_eq!(code(&mut server, "textDocument/completion", &json!({})), -32600);
    assert_eq!(server.exit().code(), Some(0));
    assert_eq!(server.faults(), Vec::<String>::new());
}

fn initialized() -> Server {
    let mut server = Server::start();
    let id = server.request("initialize", &json!({ "capabilities": {} }));
    server.expect_reply(&id);
    server.notify("initialized", &json!({}));
    server
}

#[test]
fn what_is_no_message_costs_one_error_and_nothing_after_it() {
    let body = r#"{"jsonrpc":"2.0","method":"textDocument/didSave","params":{}}"#;
    let table: [(&str, i64, Vec<u8>); 12] = [
        ("bad JSON", -32700, framed("{\"jsonrpc\":")),
        ("no JSON", -32700, framed("hello")),
        ("nothing", -32700, framed("")),
        ("bytes", -32700, [b"Content-Length: 3\r\n\r\n".as_slice(), b"\xff\xfe\x00"].concat()),
        ("no length", -32700, format!("Content-Type: x\r\n\r\n{body}").into_bytes()),
        ("no number", -32700, format!("Content-Length: ten\r\n\r\n{body}").into_bytes()),
        ("a negative length", -32700, format!("Content-Length: -5\r\n\r\n{body}").into_bytes()),
        ("a length too small", -32700, format!("Content-Length: 9\r\n\r\n{body}").into_bytes()),
        ("a list", -32600, framed("[]")),
        ("a number", -32600, framed("17")),
        ("an empty object", -32600, framed("{}")),
        ("another version", -32600, framed(r#"{"jsonrpc":"1.0","method":"exit"}"#)),
    ];
    for (name, code, bytes) in table {
        let mut server = initialized();
        server.send_bytes(&bytes);
        let replies = server.expect_nameless(1);
        assert_eq!(replies[0]["error"]["code"], code, "{name}: {replies:?}");
        // Whatever was on the wire, the next message is read.
        let next = server.request("shutdown", &Value::Null);
        assert_eq!(server.expect_reply(&next)["result"], Value::Null, "{name}");
        assert_eq!(server.exit().code(), Some(0), "{name}");
        assert_eq!(server.replies(&Value::Null).len(), 1, "{name}");
    }
}

fn framed(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Who asks by a number must be answered by it, however wrong the rest is.
#[test]
fn an_impossible_request_is_refused_by_its_id() {
    let mut server = initialized();
    let bodies = [
        (r#"{"jsonrpc":"2.0","id":5,"method":7}"#, json!(5)),
        (r#"{"jsonrpc":"3.0","id":"six","method":"shutdown"}"#, json!("six")),
    ];
    for (body, id) in bodies {
        server.send_bytes(&framed(body));
        assert_eq!(server.expect_reply(&id)["error"]["code"], -32600, "{body}");
    }
    // An id in use is refused rather than answered twice, and one that was used is free again.
    let shutdown = server.request("shutdown", &Value::Null);
    server.expect_reply(&shutdown);
    assert_eq!(server.exit().code(), Some(0));
}

#[test]
fn junk_before_a_message_does_not_hide_it() {
    let mut server = initialized();
    server.send_bytes(b"hello\r\nworld\n\xff\x00junk\r\n\r\n");
    server.expect_nameless(1);
    let junk = "x".repeat(100_000);
    let next = framed(r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#);
    server.send_bytes(&[junk.as_bytes(), &next].concat());
    assert_eq!(server.expect_reply(&json!(1))["result"], Value::Null);
    assert_eq!(server.exit().code(), Some(0));
}

#[test]
fn exit_codes_say_whether_the_end_was_announced() {
    let mut server = Server::start();
    assert_eq!(server.exit().code(), Some(1), "before anything");
    let mut server = initialized();
    assert_eq!(server.exit().code(), Some(1), "without shutdown; input still open");
    let mut server = initialized();
    server.hang_up();
    assert_eq!(server.ended().code(), Some(1), "the editor died");
    let mut server = initialized();
    let id = server.request("shutdown", &Value::Null);
    server.expect_reply(&id);
    server.hang_up();
    assert_eq!(server.ended().code(), Some(0), "the end of input after shutdown");
}

#[test]
fn the_server_ends_with_its_editor_also_in_the_middle_of_a_request() {
    let mut rig = hung();
    rig.ask(URI, (1, 16));
    rig.wait_for_posts(1);
    let since = Instant::now();
    rig.server.hang_up();
    assert_eq!(rig.server.ended().code(), Some(1));
    let took = since.elapsed();
    assert!(took < Duration::from_millis(500), "{took:?}");
    rig.wait_for_dropped(1);
}

#[test]
fn what_still_runs_at_exit_is_answered_first() {
    let mut rig = hung();
    let id = rig.ask(URI, (1, 16));
    rig.wait_for_posts(1);
    rig.stop();
    assert_eq!(rig.server.expect_reply(&id)["error"]["code"], -32800);
    check_once(&rig, &[id]);
}
