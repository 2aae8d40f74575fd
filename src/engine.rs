//! The only orchestration: one request from site to reply, against the clock.
//!
//! [`Engine::complete`] runs the stages in order. What can be decided is decided at once: a
//! suggestion the user is typing through, a local answer that is sure enough, an answer in the
//! cache. Otherwise models are asked one after the other until one answers or the deadline comes;
//! then the best valid text so far leaves, and a call still running goes on to fill the cache.
//! Time is tokio's, so tests run it paused.

mod analysis;
pub mod checkup;
mod clearance;
mod feedback;
mod flight;
mod flights;
mod index;
mod landing;
mod money;
mod notices;
mod outcome;
mod receptions;
mod request;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::mpsc::Receiver;

pub use analysis::{Analyser, refresh};
pub use feedback::Feedback;
pub use index::{Event, Folder, Indexes, Keeper, Phase, Refusal, Standing};
pub use landing::{Landed, Landing};
pub use money::rules;
pub use notices::Notice;
pub use request::{Forecast, Request, Step};

use crate::config::Settings;
use crate::domain::cache::Cache;
use crate::domain::document::{Document, DocumentId};
use crate::domain::explain::{Explanation, Silence};
use crate::domain::ledger::Ledger;
use crate::domain::local::Kept;
use crate::domain::money::PicoUsd;
use crate::domain::ruler::Calibration;
use crate::provider::registry::Registry;
use crate::store::ledger::Books;
use clearance::Clearances;
use flights::Flights;
use notices::Notices;
use receptions::Receptions;

/// What the engine works with until the configuration changes.
pub struct Equipment {
    /// The settings.
    pub settings: Arc<Settings>,
    /// A provider for each configured model.
    pub providers: Arc<Registry>,
}

/// Answers requests.
pub struct Engine {
    equipment: Mutex<Arc<Equipment>>,
    shared: Arc<Shared>,
    receptions: Mutex<Receptions>,
    requests: AtomicU64,
    feedback: Feedback,
    indexes: Arc<Indexes>,
    /// What the local engine read for the last request.
    kept: Kept,
}

/// What flights need when they end, possibly after everything else is gone.
struct Shared {
    cache: Mutex<Cache>,
    clearances: Clearances,
    flights: Flights,
    notices: Notices,
    ledger: Mutex<Ledger>,
    /// What is known of each model's tokens.
    calibrations: Mutex<HashMap<String, Calibration>>,
    listener: OnceLock<landing::Listener>,
    /// What is kept for good, and what may be spent.
    books: Books,
    /// What the last call of each model could cost at most.
    needs: Mutex<HashMap<String, PicoUsd>>,
    /// The workspace that entries are of, see [`Engine::work_in`].
    workspace: AtomicU32,
}

impl Engine {
    /// An engine with nothing remembered.
    pub fn new(equipment: Equipment) -> Arc<Self> {
        let books = Books::in_memory(rules(&equipment.settings));
        Self::with(equipment, Feedback::default(), books)
    }

    /// An engine that remembers what became of earlier suggestions and what was spent.
    pub fn with(equipment: Equipment, feedback: Feedback, books: Books) -> Arc<Self> {
        feedback.enable(equipment.settings.feedback.enabled);
        let cache = &equipment.settings.cache;
        let shared = Shared {
            cache: Mutex::new(Cache::new(cache.entries_max, cache.bytes_max)),
            clearances: Clearances::new(equipment.settings.hedge_share),
            flights: Flights::default(),
            notices: Notices::default(),
            ledger: Mutex::default(),
            calibrations: Mutex::default(),
            listener: OnceLock::new(),
            books,
            needs: Mutex::default(),
            workspace: AtomicU32::new(0),
        };
        Arc::new(Self {
            equipment: Mutex::new(Arc::new(equipment)),
            shared: Arc::new(shared),
            receptions: Mutex::default(),
            requests: AtomicU64::new(0),
            feedback,
            indexes: Arc::default(),
            kept: Kept::default(),
        })
    }

    /// Takes new settings. What depended on the old ones is forgotten: the cache, the health of
    /// models, calls under way.
    pub fn equip(&self, equipment: Equipment) {
        let cache = &equipment.settings.cache;
        *self.shared.cache.lock() = Cache::new(cache.entries_max, cache.bytes_max);
        self.shared.clearances.reset(equipment.settings.hedge_share);
        self.shared.notices.reset();
        self.shared.calibrations.lock().clear();
        self.shared.flights.clear();
        self.feedback.enable(equipment.settings.feedback.enabled);
        self.shared.needs.lock().clear();
        self.shared.books.set_rules(rules(&equipment.settings));
        *self.equipment.lock() = Arc::new(equipment);
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.equipment.lock().settings)
    }

    /// The document is closed, or nobody waits any more: a call under way for it is of no use and
    /// is cancelled down to the socket.
    pub fn supersede(&self, document: DocumentId) {
        self.shared.flights.forget(document);
        self.receptions.lock().forget(document);
    }

    /// The document was edited and reads like this now. A call under way for it is cancelled down to
    /// the socket, unless what it has written or may still write is what was typed.
    pub fn typed(&self, document: &Document) {
        self.shared.flights.edited(document);
        self.receptions.lock().forget(document.id);
    }

    /// Whether a call for this document is under way.
    pub fn is_calling(&self, document: DocumentId) -> bool {
        self.shared.flights.is_calling(document)
    }

    /// Where the user is told of models that are not asked any more, or again. There is one such
    /// end; later calls get nothing.
    pub fn notices(&self) -> Option<Receiver<Notice>> {
        self.shared.notices.take()
    }

    /// Says of every call from now on when it has ended. There is one listener, the first; it must
    /// not block.
    pub fn listen(&self, hear: impl Fn(Landed) + Send + Sync + 'static) {
        // The server listens once, when its client wants to hear.
        let _ = self.shared.listener.set(Box::new(hear));
    }

    /// What the open documents and the workspace look like.
    pub fn indexes(&self) -> &Arc<Indexes> {
        &self.indexes
    }

    /// Forgets all cached answers.
    pub fn clear_cache(&self) {
        self.shared.cache.lock().clear();
    }

    /// Reads the ledger.
    pub fn with_ledger<T>(&self, read: impl FnOnce(&mut Ledger) -> T) -> T {
        read(&mut self.shared.ledger.lock())
    }

    /// Answers a request, always and by its deadline. The record says what was offered and why,
    /// or why nothing was.
    pub async fn complete(&self, request: Request) -> Explanation {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let equipment = Arc::clone(&self.equipment.lock());
        request::Run::new(self, &equipment, number, request).finish().await
    }
}

/// One line for each finished request, without any text of the user's.
fn log(explanation: &Explanation) {
    let Explanation { request, language, classification, offered, silence, .. } = explanation;
    tracing::info!(
        request,
        language,
        class = classification.as_ref().map(|found| found.class.name()),
        attempts = explanation.attempts.len(),
        tier = offered.as_ref().map(|completion| completion.tier.name()),
        silence = silence.as_ref().map(Silence::reason),
        decided_us = explanation.decided_after.as_micros() as u64,
        answered_us = explanation.answered_after.as_micros() as u64,
        "answered"
    );
}
