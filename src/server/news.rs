//! What the server tells clients of its own accord: how it stands, and that a late answer is there.
//!
//! Both only where the client has said that it understands them. A status is sent when it differs
//! from the last one, and not more often than a person can read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::ls_types::VersionedTextDocumentIdentifier;

use super::ext::{Late, LateParams, Status};
use super::late::{self, Places, Spot};
use super::session::Session;
use super::to_proto;
use crate::domain::completion::{Completion, Source};
use crate::domain::document::DocumentId;
use crate::domain::explain::Explanation;
use crate::domain::money::PicoUsd;
use crate::domain::money::caps::{Counted, Counter, Period};
use crate::domain::route::Override;
use crate::domain::units::NanoUsd;
use crate::engine::{Engine, Landed, Landing};

/// Statuses are at least this far apart.
const PAUSE: Duration = Duration::from_millis(100);

/// The status is looked at this often without a reason.
const LOOK: Duration = Duration::from_secs(2);

/// What there is to tell, and whom.
pub(super) struct News {
    client: Client,
    engine: Arc<Engine>,
    session: Arc<Mutex<Session>>,
    places: Mutex<Places>,
    standing: Mutex<Standing>,
    changed: Notify,
}

/// What is known only from what went by.
#[derive(Debug, Default)]
struct Standing {
    /// Tier and model of the last suggestion.
    last: Option<Value>,
    /// What is wrong with the settings.
    settings: Vec<String>,
    /// The models whose last call failed: why, and what can be done.
    failing: BTreeMap<String, (String, &'static str)>,
}

impl News {
    /// Nothing to tell yet.
    pub(super) fn new(client: Client, engine: Arc<Engine>, session: Arc<Mutex<Session>>) -> Self {
        let (places, standing) = (Mutex::default(), Mutex::default());
        Self { client, engine, session, places, standing, changed: Notify::new() }
    }

    /// Begins to tell the client what it wants to hear.
    pub(super) fn start(self: &Arc<Self>) {
        let (wants_status, wants_late) = {
            let session = self.session.lock();
            (session.client.wants_status, session.client.wants_late)
        };
        if wants_status {
            tokio::spawn(Arc::clone(self).show());
        }
        if wants_status || wants_late {
            let (heard, landings) = unbounded_channel();
            self.engine.listen(move |landed| {
                // Nobody hears it once the server has ended.
                let _ = heard.send(landed);
            });
            tokio::spawn(Arc::clone(self).hear(landings, wants_late));
        }
    }

    /// Something that a status shows may have changed.
    pub(super) fn changed(&self) {
        self.changed.notify_one();
    }

    /// Settings came into effect, with these problems. Models get a new chance.
    pub(super) fn configured(&self, problems: &[String]) {
        let mut standing = self.standing.lock();
        standing.settings = problems.to_vec();
        standing.failing.clear();
        drop(standing);
        self.changed();
    }

    /// A request about this place was answered.
    pub(super) fn answered(
        self: &Arc<Self>,
        document: DocumentId,
        spot: Spot,
        explanation: &Explanation,
    ) {
        if let Some(Completion { tier, source, .. }) = &explanation.offered {
            let model = match source {
                Source::Local => None,
                Source::Model(model) | Source::Cache(model) => Some(model),
            };
            self.standing.lock().last = Some(json!({ "tier": tier.name(), "model": model }));
            self.changed();
        }
        if !self.session.lock().client.wants_late {
            return;
        }
        let is_calling = self.engine.is_calling(document);
        let is_waiting = late::is_waiting(explanation, is_calling);
        self.places.lock().answered(document, spot, is_waiting);
        if is_waiting && !is_calling {
            // It came between the deadline and now.
            let news = Arc::clone(self);
            tokio::spawn(async move { news.tell_late(document).await });
        }
    }

    /// A document was edited or closed.
    pub(super) fn forget(&self, document: DocumentId) {
        self.places.lock().forget(document);
    }

    /// Sends a status whenever there is a new one.
    async fn show(self: Arc<Self>) {
        let mut shown = Value::Null;
        loop {
            let status = self.status();
            if status != shown {
                self.client.send_notification::<Status>(status.clone()).await;
                shown = status;
            }
            tokio::time::sleep(PAUSE).await;
            // Sums of caps are shared with other servers, so they change without anything here.
            let _ = tokio::time::timeout(LOOK, self.changed.notified()).await;
        }
    }

    async fn hear(self: Arc<Self>, mut landings: UnboundedReceiver<Landed>, wants_late: bool) {
        while let Some(Landed { documents, model, with }) = landings.recv().await {
            let is_text = with == Landing::Text;
            match with {
                Landing::Text | Landing::Nothing => {
                    self.standing.lock().failing.remove(&model);
                }
                Landing::Failed { error, remedy } => {
                    self.standing.lock().failing.insert(model, (error, remedy));
                }
                Landing::Cancelled => {}
            }
            self.changed();
            for document in documents.into_iter().filter(|_| is_text && wants_late) {
                self.tell_late(document).await;
            }
        }
    }

    async fn tell_late(&self, document: DocumentId) {
        let Some(Spot { revision, offset }) = self.places.lock().landed(document) else { return };
        let params = {
            let session = self.session.lock();
            session.place(document, revision, offset).and_then(|(uri, version, position)| {
                let text_document =
                    VersionedTextDocumentIdentifier::new(uri.parse().ok()?, version);
                Some(LateParams { text_document, position: to_proto::position(position) })
            })
        };
        if let Some(params) = params {
            self.client.send_notification::<Late>(params).await;
        }
    }

    fn status(&self) -> Value {
        let settings = self.engine.settings();
        let is_paused = self.session.lock().is_paused;
        let state = match () {
            () if !settings.enabled => "off",
            () if is_paused => "paused",
            () => "on",
        };
        let (spent, unpriced) = self.engine.with_ledger(|ledger| {
            let models = ledger.totals().by_model.values();
            models.fold((NanoUsd(0), 0), |(spent, unpriced), model| {
                (spent + model.cost, unpriced + model.unpriced_calls)
            })
        });
        let standing = self.standing.lock();
        let mut status = json!({
            "state": state,
            "override": override_name(settings.policy.force),
            "last": standing.last,
            "spent_usd": spent.as_usd(),
            "unpriced_calls": unpriced,
            "problem": standing.problem(),
        });
        if let Some(today) = today(&self.engine) {
            status["today"] = today;
        }
        status
    }
}

/// What is spent today by every server of this user, and the cap on it.
fn today(engine: &Engine) -> Option<Value> {
    let standing = engine.books().standing();
    let daily = Counter { tier: None, period: Period::Day, counted: Counted::Money };
    let cap = standing.caps.iter().find(|(limit, _)| limit.counter == daily);
    let cap = cap.map(|(limit, _)| PicoUsd(limit.max).to_nano().as_usd());
    Some(json!({ "spent_usd": standing.spent_today?.to_nano().as_usd(), "cap_usd": cap }))
}

impl Standing {
    /// The one problem that is shown: what the user wrote comes before what a model does.
    fn problem(&self) -> Option<Value> {
        if let Some(first) = self.settings.first() {
            return Some(json!({
                "about": "settings",
                "message": first,
                "more": self.settings.len() - 1,
                "remedy": "correct the settings file",
            }));
        }
        let (model, (error, remedy)) = self.failing.iter().next()?;
        Some(json!({
            "about": "model",
            "message": format!("{model}: {error}"),
            "more": self.failing.len() - 1,
            "remedy": remedy,
        }))
    }
}

/// The override as settings name it.
pub(super) fn override_name(force: Override) -> &'static str {
    match force {
        Override::Auto => "auto",
        Override::Always(tier) => tier.name(),
    }
}
