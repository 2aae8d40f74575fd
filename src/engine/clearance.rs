//! May this call be made? Every call asks here first, and hands what it got back when it lands
//! (`landing`), however it ends.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::Shared;
use crate::domain::route::budget::Budget;
use crate::domain::route::health::{Breaker, Pass};
use crate::domain::route::latency::Latencies;

/// A retry is paid for by ten calls that were answered.
const RETRY_SHARE: f64 = 0.1;
/// Bound: retries in a row without an answer in between, in the whole process.
const RETRIES_MAX: u32 = 10;
/// Bound: hedges saved up while everything went well.
const HEDGES_MAX: u32 = 2;

/// Why a call is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It is next in the plan.
    Planned,
    /// The same call failed in a way that may pass.
    Retry,
    /// The call before it is slower than its model usually is.
    Hedge,
}

/// The permission to make one call of one model.
#[derive(Debug)]
pub(super) struct Clearance {
    /// What the breaker wants back.
    pub(super) pass: Pass,
}

/// What is known of the models, and what calls may be made on top of those that are planned.
pub(super) struct Clearances {
    models: Mutex<HashMap<String, Record>>,
    retries: Mutex<Budget>,
    hedges: Mutex<Budget>,
}

/// What is known of one model.
#[derive(Default)]
pub(super) struct Record {
    pub(super) breaker: Breaker,
    pub(super) latencies: Latencies,
}

impl Clearances {
    /// Nothing is known of any model. `hedge_share` is the share of calls that may be hedged, 0 to 1.
    pub(super) fn new(hedge_share: f64) -> Self {
        Self {
            models: Mutex::default(),
            retries: Mutex::new(Budget::new(RETRY_SHARE, RETRIES_MAX, RETRIES_MAX)),
            hedges: Mutex::new(Budget::new(hedge_share, 0, HEDGES_MAX)),
        }
    }

    /// The models or the settings are others now.
    pub(super) fn reset(&self, hedge_share: f64) {
        self.models.lock().clear();
        *self.hedges.lock() = Budget::new(hedge_share, 0, HEDGES_MAX);
    }

    /// Reads or changes what is known of a model.
    pub(super) fn with<T>(&self, model: &str, work: impl FnOnce(&mut Record) -> T) -> T {
        let mut models = self.models.lock();
        if let Some(record) = models.get_mut(model) {
            return work(record);
        }
        work(models.entry(model.to_owned()).or_default())
    }

    /// Whether the model may be part of a plan now.
    pub(super) fn allows(&self, model: &str) -> bool {
        let now = Instant::now().into_std();
        self.models.lock().get(model).is_none_or(|record| record.breaker.allows(now))
    }

    /// A call was answered, which pays for retries.
    pub(super) fn answered(&self) {
        self.retries.lock().earn();
    }
}

impl Shared {
    /// Whether this call may be made, and on what terms.
    pub(super) fn clear(&self, model: &str, why: Why) -> Option<Clearance> {
        let clearances = &self.clearances;
        let budget = match why {
            Why::Planned => None,
            Why::Retry => Some(&clearances.retries),
            Why::Hedge => Some(&clearances.hedges),
        };
        if budget.is_some_and(|budget| !budget.lock().take()) {
            return None;
        }
        let now = Instant::now().into_std();
        let pass = clearances.with(model, |record| record.breaker.admit(now));
        match (pass, budget) {
            (None, Some(budget)) => budget.lock().give_back(),
            (Some(_), None) => clearances.hedges.lock().earn(),
            _ => {}
        }
        pass.map(|pass| Clearance { pass })
    }
}
