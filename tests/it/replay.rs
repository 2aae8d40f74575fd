//! What real editors really send, played to the real server.
//!
//! The recordings stand in `tests/data/editors`. The server they were recorded with was another one, so
//! nothing is asked about the content of our answers: only what every editor relies on. Each request
//! gets exactly one well-formed reply, also when it was superseded, cancelled or makes no sense to us;
//! and the process ends with code 0 when told to.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::lsp::Server;

#[test]
fn every_real_client_can_start_and_stop_us() {
    for file in recordings("capabilities", "json") {
        let name = file.display();
        let recorded: Value = parse(&fs::read_to_string(&file).expect("a readable recording"));
        let mut server = Server::start();
        let initialize = server.request("initialize", &of_this_process(recorded["params"].clone()));
        let reply = server.expect_reply(&initialize);
        assert!(reply["result"]["capabilities"].is_object(), "{name}: {reply}");
        server.notify("initialized", &json!({}));
        stop(&mut server, &name.to_string());
    }
}

#[test]
fn every_recorded_session_gets_each_reply_once() {
    for file in recordings("traces", "jsonl") {
        let name = file.display().to_string();
        let text = fs::read_to_string(&file).expect("a readable recording");
        let messages: Vec<Value> = text
            .lines()
            .map(parse)
            .filter(|line| line["dir"] == "c>s" && line["msg"].get("method").is_some())
            .map(|line| line["msg"].clone())
            .collect();
        replay(&messages, &name);
    }
}

fn replay(messages: &[Value], name: &str) {
    let mut server = Server::start();
    let mut requests = Vec::new();
    for message in messages {
        let mut message = message.clone();
        match message["method"].as_str() {
            // Ours follow when all replies are in.
            Some("shutdown" | "exit") => continue,
            Some("initialize") => message["params"] = of_this_process(message["params"].take()),
            _ => {}
        }
        server.send(&message);
        if let Some(id) = message.get("id") {
            requests.push(id.clone());
            // No editor goes on before it knows what the server can do.
            if message["method"] == "initialize" {
                server.expect_reply(id);
            }
        }
    }
    for id in &requests {
        server.expect_reply(id);
    }
    stop(&mut server, name);
    // Counted after the end, when no second one can be on its way.
    for id in &requests {
        assert_eq!(server.replies(id).len(), 1, "{name}: {:?}", server.replies(id));
    }
}

fn stop(server: &mut Server, name: &str) {
    let shutdown = server.request("shutdown", &Value::Null);
    let reply = server.expect_reply(&shutdown);
    assert_eq!(reply.get("result"), Some(&Value::Null), "{name}: {reply}");
    assert!(server.exit().success(), "{name}: the exit code is not 0");
    assert_eq!(server.replies(&shutdown).len(), 1, "{name}");
    assert_eq!(server.faults(), Vec::<String>::new(), "{name}");
    // Nothing was configured, so there is nothing to tell the user about.
    assert_eq!(server.notifications("window/showMessage"), Vec::<Value>::new(), "{name}");
}

/// A server may end when its editor's process does, and the recorded one is long gone.
fn of_this_process(mut params: Value) -> Value {
    params["processId"] = json!(std::process::id());
    params
}

fn recordings(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/editors").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the recordings")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no recordings in {}", folder.display());
    files
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("a recording is JSON")
}
