//! The handlers: convert, call, convert. Each is short, because the work is elsewhere.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::time::Instant;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CompletionParams, CompletionResponse, CompletionTriggerKind, ConfigurationItem,
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, ExecuteCommandParams, InitializeParams,
    InitializeResult, InitializedParams, MessageType, Position, ServerInfo,
};
use tower_lsp::{Client, LanguageServer, LspService};

use super::commands::{self, Command};
use super::configure::{Configurator, Configured};
use super::ext::{InlineCompletionList, InlineCompletionParams};
use super::pending::{Kind, Pending, Ticket};
use super::session::{Asked, Asking, Session, path_of};
use super::to_proto::Target;
use super::{capabilities, from_proto, to_proto};
use crate::config::languages::Languages;
use crate::config::overview::File;
use crate::domain::document::DocumentId;
use crate::domain::explain::{Explanation, Silence};
use crate::domain::site::{Trigger, leading_white_space};
use crate::domain::text;
use crate::engine::{Analyser, Engine, Equipment, Request};

/// Bound: bytes before the cursor that are searched for the word and the indentation of its line.
const LINE_MAX: usize = 4 << 10;

/// The server as tower-lsp sees it.
pub struct Backend {
    client: Client,
    engine: Arc<Engine>,
    languages: Arc<Languages>,
    session: Arc<Mutex<Session>>,
    pending: Pending,
    analyser: Analyser,
    configurator: Configurator,
    /// What was wrong with the settings at the handshake, until it may be said.
    problems: Mutex<Vec<String>>,
}

impl Backend {
    /// Builds the service around an engine.
    pub fn service(
        engine: Arc<Engine>,
        languages: Arc<Languages>,
        configurator: Configurator,
    ) -> std::io::Result<(LspService<Self>, tower_lsp::ClientSocket)> {
        let session = Arc::new(Mutex::new(Session::default()));
        let publish = Arc::clone(&session);
        let analyser = Analyser::start(move |analysis| {
            // The lock is given back before the leftovers are dropped.
            let leftovers = publish.lock().publish(analysis);
            drop(leftovers);
        })?;
        let build = |client| Self {
            client,
            engine,
            languages,
            session,
            pending: Pending::default(),
            analyser,
            configurator,
            problems: Mutex::default(),
        };
        Ok(LspService::build(build)
            .custom_method("textDocument/inlineCompletion", Self::inline_completion)
            .finish())
    }

    async fn inline_completion(
        &self,
        params: InlineCompletionParams,
    ) -> Result<Option<InlineCompletionList>> {
        let asking = Asking::InlineKind(params.context.kind());
        let has_diagnostic = params.context.has_diagnostic_at(params.position);
        let selected = params.context.selected_completion_info;
        let selected = selected.map(|info| (info.range.get(), info.text));
        let uri = params.text_document.uri.as_str();
        let Some(mut asked) = self.ask(uri, params.position, asking) else {
            return Ok(Some(InlineCompletionList::default()));
        };
        asked.has_diagnostic = has_diagnostic;
        if let Some((range, text)) = &selected {
            select(&mut asked, *range, text, self.session.lock().client.encoding);
        }
        let document = asked.snapshot.document.clone();
        let offset = asked.offset;
        let Some(explanation) = self.run(asked, Kind::Inline).await else { return Ok(None) };
        let client = self.session.lock().client.clone();
        let target = Target { document: &document, offset, client: &client, word: "", indent: "" };
        let selected = selected.as_ref().map(|(range, text)| (*range, text.as_str()));
        Ok(Some(to_proto::inline(&explanation, &target, selected)))
    }

    /// The snapshot a request works on. Synchronous: it is taken before the handler's first wait,
    /// in the order messages arrived.
    fn ask(&self, uri: &str, position: Position, asking: Asking) -> Option<Asked> {
        let now = Instant::now().into_std();
        let asked = self.session.lock().ask(uri, from_proto::position(position), asking, now)?;
        let document = &asked.snapshot.document;
        if document.language.grammar.is_some() && document.syntax.latest().is_none() {
            self.analyser.submit(document.clone());
        }
        Some(asked)
    }

    /// Runs a request until it is answered or superseded; `None` means that it was superseded and
    /// nothing may be shown. A panic costs this one answer.
    async fn run(&self, asked: Asked, kind: Kind) -> Option<Explanation> {
        let Asked { snapshot, policy, revision, offset, trigger, has_diagnostic } = asked;
        let document = snapshot.document.clone();
        let id = document.id;
        let language = snapshot.document.language.id.clone();
        let mut waiting = self.pending.wait(id, kind, &self.engine);
        let superseded = waiting.ticket().superseded().clone();
        // Clients lose patience with requests caused by typing, not with a key press.
        let open_max =
            self.session.lock().client.open_max.filter(|_| trigger == Trigger::Automatic);
        let is_paused = self.session.lock().is_paused;
        // Everything above happens in arrival order; from here on the request is on its own.
        tokio::task::yield_now().await;
        if is_paused {
            let mut explanation = Explanation::new(0, language, trigger);
            explanation.silence = Some(Silence::Disabled);
            return Some(explanation);
        }
        let request = Request {
            snapshot,
            policy,
            offset,
            trigger,
            has_diagnostic,
            open_max,
            superseded: superseded.clone(),
        };
        let work = AssertUnwindSafe(self.engine.complete(request)).catch_unwind();
        let finished = tokio::select! {
            biased;
            () = superseded.cancelled() => None,
            finished = work => Some(finished),
        };
        waiting.end();
        let explanation = finished?.unwrap_or_else(|_panic| {
            let mut explanation = Explanation::new(0, language, trigger);
            explanation.silence = Some(Silence::Fault);
            explanation
        });
        if !self.is_still_wanted(waiting.ticket(), id, revision) {
            return None;
        }
        self.engine.answered(&document, offset, &explanation);
        Some(explanation)
    }

    fn is_still_wanted(&self, ticket: &Ticket, id: DocumentId, revision: u64) -> bool {
        ticket.is_current() && self.session.lock().revision(id) == Some(revision)
    }

    /// The text has changed or gone: nothing asked about it before is wanted any more.
    fn supersede(&self, id: DocumentId) {
        self.pending.supersede(id);
        self.engine.supersede(id);
    }

    fn forget(&self, uri: &str) {
        let closed = self.session.lock().close(uri);
        if let Some((id, leftovers)) = closed {
            self.supersede(id);
            self.engine.closed(id);
            self.analyser.free(leftovers);
        }
    }

    fn apply(&self, configured: Configured) {
        equip(&self.engine, &self.session, configured.equipment);
    }

    /// Settings changed while running: put them into effect and say what is wrong with them.
    fn change_settings(&self, configured: Configured) {
        equip(&self.engine, &self.session, configured.equipment);
        self.tell(configured.problems);
    }

    /// Spawned, because a handler must not wait for the client.
    fn tell(&self, problems: Vec<String>) {
        let client = self.client.clone();
        tokio::spawn(async move { say(&client, problems).await });
    }

    /// The policy for the file with this URI, or for every file.
    fn policy(&self, uri: Option<&str>) -> Value {
        let Some(uri) = uri else { return json!({ "text": self.configurator.policy(None) }) };
        let path = path_of(uri);
        let open = self.session.lock().language(uri);
        let language = open.unwrap_or_else(|| self.languages.detect("", path.as_ref(), ""));
        let file = File { name: &path, path: path.as_ref(), language: &language.id };
        json!({ "text": self.configurator.policy(Some(file)) })
    }

    fn command(&self, command: Command, arguments: &[Value]) -> Result<Option<Value>> {
        match command {
            Command::Accepted => {
                commands::react(&self.engine, arguments);
                Ok(None)
            }
            Command::Explain => Ok(Some(commands::explain(&self.engine, arguments.first()))),
            Command::Status => {
                let session = self.session.lock();
                let (documents_open, is_paused) = (session.documents_open(), session.is_paused);
                drop(session);
                Ok(Some(commands::status(&self.engine, documents_open, is_paused)))
            }
            Command::Policy => Ok(Some(self.policy(arguments.first().and_then(Value::as_str)))),
            Command::Pause | Command::Resume => {
                self.session.lock().is_paused = command == Command::Pause;
                Ok(None)
            }
            Command::SetOverride => {
                let tier = arguments.first().and_then(Value::as_str).unwrap_or_default();
                let configured =
                    self.configurator.set_override(tier).map_err(Error::invalid_params)?;
                self.apply(configured);
                Ok(None)
            }
            Command::ClearCache => {
                self.engine.clear_cache();
                Ok(None)
            }
        }
    }
}

/// Puts new settings into effect, also for documents that are open already.
fn equip(engine: &Engine, session: &Mutex<Session>, equipment: Equipment) {
    let settings = Arc::clone(&equipment.settings);
    engine.equip(equipment);
    session.lock().obey(&settings);
}

/// Tells the user what is wrong with the settings: everything in the log, the first of it in one
/// message.
async fn say(client: &Client, problems: Vec<String>) {
    let Some(first) = problems.first() else { return };
    let more = match problems.len() {
        1 => String::new(),
        count => format!(" (and {} more, see the log)", count - 1),
    };
    let message = format!("Tabtier: {first}{more}");
    for problem in problems {
        client.log_message(MessageType::WARNING, problem).await;
    }
    client.show_message(MessageType::WARNING, message).await;
}

/// The folders of the workspace. Clients from before there could be several name one root.
#[expect(deprecated, reason = "such clients send nothing else")]
fn workspace_roots(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten().map(|folder| &folder.uri);
    let root = params.root_uri.as_ref().filter(|_| params.workspace_folders.is_none());
    let uris = folders.chain(root).map(|uri| uri.as_str());
    uris.filter(|uri| uri.starts_with("file:")).map(|uri| path_of(uri).into()).collect()
}

/// Puts the entry selected in an open menu into the snapshot, as if it had been accepted: what is
/// wanted is what comes after it.
fn select(
    asked: &mut Asked,
    range: tower_lsp::ls_types::Range,
    entry: &str,
    encoding: text::PositionEncoding,
) {
    let range = (from_proto::position(range.start), from_proto::position(range.end));
    let document = &mut asked.snapshot.document;
    let bytes = document.bytes_of(range, encoding);
    document.splice(bytes.clone(), entry);
    asked.offset = bytes.start + entry.len();
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let client = capabilities::client(&params);
        self.session.lock().client = client.clone();
        self.configurator.workspaces(&workspace_roots(&params));
        let options = params.initialization_options.unwrap_or(Value::Null);
        // The handshake is not over: messages to the client wait until `initialized`.
        let configured = self.configurator.initialization(&options);
        self.problems.lock().clone_from(&configured.problems);
        self.apply(configured);
        let menu = self.engine.settings().editor.completion_menu;
        Ok(InitializeResult {
            capabilities: capabilities::server(&client, menu),
            server_info: Some(ServerInfo {
                name: "tabtier".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.tell(std::mem::take(&mut *self.problems.lock()));
        if !self.session.lock().client.has_configuration {
            return;
        }
        let client = self.client.clone();
        let configurator = self.configurator.clone();
        let (engine, session) = (Arc::clone(&self.engine), Arc::clone(&self.session));
        tokio::spawn(async move {
            let section =
                ConfigurationItem { scope_uri: None, section: Some("tabtier".to_owned()) };
            let Ok(values) = client.configuration(vec![section]).await else { return };
            let Some(value) = values.into_iter().next().filter(Value::is_object) else { return };
            let configured = configurator.editor(&value);
            equip(&engine, &session, configured.equipment);
            say(&client, configured.problems).await;
        });
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        let section = params.settings.get("tabtier").cloned().unwrap_or(Value::Null);
        if section.is_object() {
            self.change_settings(self.configurator.editor(&section));
        }
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let uri = document.uri.as_str();
        let path = path_of(uri);
        let language = self.languages.detect(&document.language_id, path.as_ref(), &document.text);
        let settings = self.engine.settings();
        self.forget(uri);
        let mut session = self.session.lock();
        let opened = session.open(uri, document.version, language, &document.text, &settings);
        drop(session);
        self.analyser.submit(opened);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.uri.as_str();
        let changes = from_proto::changes(params.content_changes);
        let now = Instant::now().into_std();
        let version = params.text_document.version;
        let Some(document) = self.session.lock().change(uri, version, &changes, now) else {
            tracing::warn!("change of a document that is not open");
            return;
        };
        self.supersede(document.id);
        self.engine.edited(&document);
        self.analyser.submit(document);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        let path = path_of(params.text_document.uri.as_str());
        if let Some(configured) = self.configurator.saved(path.as_ref()) {
            self.change_settings(configured);
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.forget(params.text_document.uri.as_str());
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let asking = match params.context.map(|context| context.trigger_kind) {
            Some(CompletionTriggerKind::INVOKED) => Asking::Menu,
            _ => Asking::Automatic,
        };
        let empty = || Some(CompletionResponse::Array(Vec::new()));
        let Some(asked) = self.ask(at.text_document.uri.as_str(), at.position, asking) else {
            return Ok(empty());
        };
        let document = asked.snapshot.document.clone();
        let offset = asked.offset;
        let Some(explanation) = self.run(asked, Kind::Menu).await else { return Ok(empty()) };
        let client = self.session.lock().client.clone();
        let line = text::line_range(&document.rope, offset);
        let length = offset.min(line.end) - line.start;
        let before = text::tail_before(&document.rope, offset, length.min(LINE_MAX));
        let lexical = &document.language.lexical;
        let word = before.trim_end_matches(|c| lexical.is_word(c)).len();
        let (word, indent) = (&before[word..], leading_white_space(&before));
        let target = Target { document: &document, offset, client: &client, word, indent };
        Ok(Some(CompletionResponse::List(to_proto::menu(&explanation, &target))))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        match Command::from_name(&params.command) {
            Some(command) => self.command(command, &params.arguments),
            None => Err(Error::invalid_params(format!(
                "unknown command {:?}; known are {}",
                params.command,
                Command::ALL.map(Command::name).join(", ")
            ))),
        }
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}
