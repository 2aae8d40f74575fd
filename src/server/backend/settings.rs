//! Settings that come into effect, and what is said about them.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tower_lsp::Client;
use tower_lsp::ls_types::MessageType;

use super::Backend;
use crate::config::overview::File;
use crate::engine::{Engine, Equipment, Event, Keeper, Notice};
use crate::server::configure::Configured;
use crate::server::session::{Session, path_of};

impl Backend {
    pub(super) fn apply(&self, configured: Configured) {
        self.news.configured(&configured.problems);
        equip(&self.engine, &self.session, &self.keeper, configured.equipment);
    }

    /// Settings changed while running: put them into effect and say what is wrong with them.
    pub(super) fn change_settings(&self, configured: Configured) {
        self.tell(configured.problems.clone());
        self.apply(configured);
    }

    /// Spawned, because a handler must not wait for the client.
    pub(super) fn tell(&self, problems: Vec<String>) {
        let client = self.client.clone();
        tokio::spawn(async move { say(&client, problems).await });
    }

    /// The policy for the file with this URI, or for every file.
    pub(super) fn policy(&self, uri: Option<&str>) -> Value {
        let Some(uri) = uri else { return json!({ "text": self.configurator.policy(None) }) };
        let path = path_of(uri);
        let open = self.session.lock().language(uri);
        let language = open.unwrap_or_else(|| self.languages.detect("", path.as_ref(), ""));
        let file = File { name: &path, path: path.as_ref(), language: &language.id };
        json!({ "text": self.configurator.policy(Some(file)) })
    }
}

/// Puts new settings into effect, also for documents that are open already.
pub(super) fn equip(
    engine: &Engine,
    session: &Mutex<Session>,
    keeper: &Keeper,
    equipment: Equipment,
) {
    let settings = Arc::clone(&equipment.settings);
    engine.equip(equipment);
    session.lock().obey(&settings);
    keeper.tell(Event::Settings(settings));
}

/// Tells the user what is wrong with the settings: everything in the log, the first of it in one
/// message.
pub(super) async fn say(client: &Client, problems: Vec<String>) {
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

/// Tells the user what has become of models, as long as the server lives.
pub(super) async fn show_notices(client: Client, mut notices: Receiver<Notice>) {
    while let Some(Notice { text, is_warning }) = notices.recv().await {
        let text = format!("Tabtier: {text}");
        if is_warning {
            client.show_message(MessageType::WARNING, text).await;
        } else {
            client.log_message(MessageType::INFO, text).await;
        }
    }
}
