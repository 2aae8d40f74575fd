//! The handlers: convert, call, convert. Each is short, because the work is elsewhere.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{
    CompletionParams, CompletionResponse, CompletionTriggerKind, ConfigurationItem,
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, ExecuteCommandParams, InitializeParams, InitializeResult,
    InitializedParams, ServerInfo,
};
use tower_lsp::{Client, LanguageServer, LspService};

use answering::select;
use settings::{equip, say, show_notices};

use super::asking::Asking;
use super::commands::{self, Command};
use super::configure::Configurator;
use super::ext::{InlineCompletionList, InlineCompletionParams};
use super::news::News;
use super::pending::{Kind, Pending};
use super::session::{Session, path_of};
use super::to_proto::Target;
use super::{capabilities, folders, from_proto, progress, to_proto};
use crate::config::languages::Languages;
use crate::config::place;
use crate::domain::site::leading_white_space;
use crate::domain::text;
use crate::engine::{Analyser, Engine, Event, Keeper, Standing};

mod answering;
mod settings;

/// Bound: bytes before the cursor that are searched for the word and the indentation of its line.
const LINE_MAX: usize = 4 << 10;

/// The server as tower-lsp sees it.
pub struct Backend {
    client: Client,
    engine: Arc<Engine>,
    languages: Arc<Languages>,
    session: Arc<Mutex<Session>>,
    news: Arc<News>,
    pending: Pending,
    analyser: Analyser,
    configurator: Configurator,
    keeper: Keeper,
    /// The folders of the workspace.
    folders: Mutex<Vec<PathBuf>>,
    /// How far the index is, until there is somebody to hear it.
    standings: Mutex<Option<UnboundedReceiver<Standing>>>,
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
        let indexes = Arc::clone(engine.indexes());
        let analyser = Analyser::start(indexes, move |analysis| {
            // The lock is given back before the leftovers are dropped.
            let leftovers = publish.lock().publish(analysis);
            drop(leftovers);
        })?;
        let (heard, standings) = unbounded_channel();
        let report = move |standing| {
            // Nobody hears it where the client shows no progress.
            let _ = heard.send(standing);
        };
        let indexes = Arc::clone(engine.indexes());
        let keeper = Keeper::start(indexes, Arc::clone(&languages), place::home(), report)?;
        let build = |client: Client| Self {
            news: Arc::new(News::new(client.clone(), Arc::clone(&engine), Arc::clone(&session))),
            client,
            engine,
            languages,
            session,
            pending: Pending::default(),
            analyser,
            configurator,
            keeper,
            folders: Mutex::default(),
            standings: Mutex::new(Some(standings)),
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
        let asking = if params.context.better {
            Asking::Better
        } else {
            Asking::InlineKind(params.context.kind())
        };
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
        let document = asked.document.clone();
        let offset = asked.offset;
        let Some(explanation) = self.run(asked, Kind::Inline).await else { return Ok(None) };
        let client = self.session.lock().client.clone();
        let target = Target { document: &document, offset, client: &client, word: "", indent: "" };
        let selected = selected.as_ref().map(|(range, text)| (*range, text.as_str()));
        Ok(Some(to_proto::inline(&explanation, &target, selected)))
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
                let file = self.configurator.user_file();
                Ok(Some(commands::status(&self.engine, documents_open, is_paused, file.as_deref())))
            }
            Command::Policy => Ok(Some(self.policy(arguments.first().and_then(Value::as_str)))),
            Command::Pause | Command::Resume => {
                self.session.lock().is_paused = command == Command::Pause;
                self.news.changed();
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

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let client = capabilities::client(&params);
        self.session.lock().client = client.clone();
        let folders = folders::of(&params);
        self.configurator.workspaces(&folders);
        self.engine.work_in(folders.first().map(PathBuf::as_path));
        self.folders.lock().clone_from(&folders);
        let options = capabilities::settings(params.initialization_options);
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
        self.news.start();
        let capable = self.session.lock().client.clone();
        self.keeper.tell(Event::Folders(self.folders.lock().clone()));
        if let Some(standings) = self.standings.lock().take().filter(|_| capable.has_progress) {
            tokio::spawn(progress::show(self.client.clone(), standings));
        }
        if capable.has_watching {
            let (client, keeper) = (self.client.clone(), self.keeper.clone());
            tokio::spawn(async move { folders::watch(&client, &keeper).await });
        }
        if let Some(notices) = self.engine.notices() {
            tokio::spawn(show_notices(self.client.clone(), notices));
        }
        if !capable.has_configuration {
            return;
        }
        let client = self.client.clone();
        let keeper = self.keeper.clone();
        let configurator = self.configurator.clone();
        let (engine, session) = (Arc::clone(&self.engine), Arc::clone(&self.session));
        let news = Arc::clone(&self.news);
        tokio::spawn(async move {
            let section =
                ConfigurationItem { scope_uri: None, section: Some("tabtier".to_owned()) };
            let Ok(values) = client.configuration(vec![section]).await else { return };
            let Some(value) = values.into_iter().next().filter(Value::is_object) else { return };
            let configured = configurator.editor(&value);
            news.configured(&configured.problems);
            equip(&engine, &session, &keeper, configured.equipment);
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
        self.keeper.tell(Event::Opened(path.into()));
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
        // Who waits is answered at once; the call may go on, if it goes on as the user did.
        self.pending.supersede(document.id);
        self.news.forget(document.id);
        self.engine.typed(&document);
        self.engine.edited(&document);
        self.analyser.submit(document);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        let path = path_of(params.text_document.uri.as_str());
        if let Some(configured) = self.configurator.saved(path.as_ref()) {
            self.change_settings(configured);
        }
        self.keeper.tell(Event::Changed(path.into()));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        for change in params.changes {
            self.keeper.tell(Event::Changed(path_of(change.uri.as_str()).into()));
        }
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let folders = {
            let mut folders = self.folders.lock();
            folders::change(&mut folders, &params.event);
            folders.clone()
        };
        self.engine.work_in(folders.first().map(PathBuf::as_path));
        self.configurator.workspaces(&folders);
        self.change_settings(self.configurator.load());
        self.keeper.tell(Event::Folders(folders));
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
        let document = asked.document.clone();
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
