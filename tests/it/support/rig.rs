//! The real server between an editor and one model, both played by the test.
//!
//! The model stands in every tier and is asked for everything, at once, unless the settings given
//! say otherwise, so that a test decides by its script alone what happens.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::lsp::Server;
use super::upstream::{Request, Script, Upstream};

/// Every class of request, as settings name them.
pub(crate) const CLASSES: [&str; 7] =
    ["closer", "identifier", "line", "prose", "boilerplate", "logic", "refactor"];

/// A server, its model, and what the test has sent so far.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) upstream: Upstream,
    version: i32,
    /// Invariant: outlives the model, which runs on it.
    runtime: Runtime,
}

/// What is configured besides the model.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// Deadline of every class.
    pub(crate) deadline: Duration,
    /// Lines at the top of the settings file: tables such as `[cache]`.
    pub(crate) more: String,
    /// Further lines of the model's own table.
    pub(crate) model: String,
    /// How `initialize` says what columns count.
    pub(crate) encoding: &'static str,
    /// Where the settings say the model is, if not where it is.
    pub(crate) url: Option<&'static str>,
    /// How much the gate holds back.
    pub(crate) gate: &'static str,
    /// Whether the model is a chat model instead of one that fills in.
    pub(crate) is_chat: bool,
    /// The notifications of our own that the editor understands.
    pub(crate) notifications: &'static [&'static str],
}

impl Default for Setup {
    fn default() -> Self {
        let deadline = Duration::from_secs(20);
        Self {
            deadline,
            more: String::new(),
            model: String::new(),
            encoding: "utf-16",
            url: None,
            gate: "off",
            is_chat: false,
            notifications: &[],
        }
    }
}

impl Rig {
    /// A server whose model plays one script for every request.
    pub(crate) fn start(script: &Script, setup: &Setup) -> Self {
        let script = script.clone();
        Self::start_with(move |_| script.clone(), setup)
    }

    /// A server whose model chooses a script for each request.
    pub(crate) fn start_with(
        choose: impl Fn(&Request) -> Script + Send + Sync + 'static,
        setup: &Setup,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for the model");
        let choose = move |request: &Request| match request.method.as_str() {
            "GET" => Script::json(200, &json!({ "status": "ok" })),
            _ => choose(request),
        };
        let upstream = runtime.block_on(Upstream::start_with(choose));
        let server = Server::configured(&settings(setup.url.unwrap_or(&upstream.url()), setup));
        let mut rig = Self { server, upstream, version: 0, runtime };
        let initialize = rig.server.request(
            "initialize",
            &json!({
                "capabilities": { "general": { "positionEncodings": [setup.encoding] } },
                "initializationOptions": { "notifications": setup.notifications },
            }),
        );
        let reply = rig.server.expect_reply(&initialize);
        assert_eq!(reply["result"]["capabilities"]["positionEncoding"], setup.encoding);
        rig.server.notify("initialized", &json!({}));
        rig
    }

    /// Opens a document.
    pub(crate) fn open(&self, uri: &str, language: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": 0, "text": text });
        self.server.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Changes a document.
    pub(crate) fn change(&mut self, uri: &str, changes: &[Value]) {
        self.version += 1;
        let document = json!({ "uri": uri, "version": self.version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.server.notify("textDocument/didChange", &params);
    }

    /// Inserts text at a place.
    pub(crate) fn insert(&mut self, uri: &str, place: (u32, u32), text: &str) {
        self.change(uri, &[replacing(place, place, text)]);
    }

    /// Closes a document.
    pub(crate) fn close(&self, uri: &str) {
        let params = json!({ "textDocument": { "uri": uri } });
        self.server.notify("textDocument/didClose", &params);
    }

    /// Asks for ghost text as by typing; returns the request's id.
    pub(crate) fn ask(&mut self, uri: &str, place: (u32, u32)) -> Value {
        self.server.request("textDocument/inlineCompletion", &inline(uri, place, 2))
    }

    /// Asks for ghost text as by a key press.
    pub(crate) fn invoke(&mut self, uri: &str, place: (u32, u32)) -> Value {
        self.server.request("textDocument/inlineCompletion", &inline(uri, place, 1))
    }

    /// Asks for the menu.
    pub(crate) fn menu(&mut self, uri: &str, (line, character): (u32, u32)) -> Value {
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": uri }, "position": position });
        self.server.request("textDocument/completion", &params)
    }

    /// Waits for the answer to a request for ghost text: the text offered, if any.
    pub(crate) fn answer(&self, id: &Value) -> Option<String> {
        let reply = self.server.expect_reply(id);
        assert!(reply.get("error").is_none(), "{reply}");
        reply["result"]["items"][0]["insertText"].as_str().map(str::to_owned)
    }

    /// Takes a request back.
    pub(crate) fn cancel(&self, id: &Value) {
        self.server.notify("$/cancelRequest", &json!({ "id": id }));
    }

    /// What `tabtier.explain` says of the last request.
    pub(crate) fn explain(&mut self) -> Value {
        let id = self
            .server
            .request("workspace/executeCommand", &json!({ "command": "tabtier.explain" }));
        self.server.expect_reply(&id)["result"].clone()
    }

    /// What `tabtier.status` says.
    pub(crate) fn status(&mut self) -> Value {
        let id = self
            .server
            .request("workspace/executeCommand", &json!({ "command": "tabtier.status" }));
        self.server.expect_reply(&id)["result"].clone()
    }

    /// The text before and after the cursor in each completion asked of the model.
    pub(crate) fn prompts(&self) -> Vec<(String, String)> {
        let field = |request: &Request, name: &str| {
            request.body[name].as_str().expect("a field of infill").to_owned()
        };
        let posts = self.upstream.posts();
        posts.iter().map(|r| (field(r, "input_prefix"), field(r, "input_suffix"))).collect()
    }

    /// Waits until the model was asked `count` times.
    pub(crate) fn wait_for_posts(&self, count: usize) {
        self.runtime.block_on(self.upstream.wait_for_posts(count));
    }

    /// Waits until `count` calls were ended by the server before their answer was complete.
    pub(crate) fn wait_for_dropped(&self, count: usize) {
        self.runtime.block_on(self.upstream.wait_for_dropped(count));
    }

    /// Lets time pass where nothing can be waited for.
    pub(crate) fn pause(&self, millis: u64) {
        let pause = Duration::from_millis(millis);
        self.runtime.block_on(async { tokio::time::sleep(pause).await });
    }

    /// Ends the session in order and checks that every message was well formed.
    pub(crate) fn stop(&mut self) {
        let shutdown = self.server.request("shutdown", &Value::Null);
        self.server.expect_reply(&shutdown);
        assert!(self.server.exit().success());
        assert_eq!(self.server.faults(), Vec::<String>::new());
    }
}

/// A change as it goes over the wire.
pub(crate) fn replacing(from: (u32, u32), to: (u32, u32), text: &str) -> Value {
    let place = |(line, character)| json!({ "line": line, "character": character });
    json!({ "range": { "start": place(from), "end": place(to) }, "text": text })
}

fn inline(uri: &str, (line, character): (u32, u32), kind: u32) -> Value {
    json!({
        "textDocument": { "uri": uri },
        "position": { "line": line, "character": character },
        "context": { "triggerKind": kind },
    })
}

fn settings(url: &str, setup: &Setup) -> String {
    let deadline = setup.deadline.as_millis();
    let mut classes = String::new();
    for class in CLASSES {
        writeln!(classes, "policy.{class}.deadline_ms = {deadline}").expect("a string");
    }
    let protocol = if setup.is_chat { "openai_chat" } else { "llama_cpp_infill" };
    format!(
        "policy.override = \"fast\"\npolicy.gate = \"{}\"\n{classes}tiers.fast.models = [\"scripted\"]\n\
         tiers.fast.settle_ms = 0\n{}\n[models.scripted]\nprotocol = \"{protocol}\"\n\
         url = \"{url}\"\ntimeout_ms = 60000\n{}\n",
        setup.gate, setup.more, setup.model
    )
}
