//! The ledger: what was asked, called, paid and taken, in one file that all servers of a user share.
//!
//! Handing an entry over, reserving money and settling it are steps in memory. A thread of its own
//! writes them in batches and leases slices of the caps, so no keystroke waits for a disk. What it has
//! written survives the death of the process at any moment; leases, which may be spent at once, also
//! a power cut. A disk that does not take anything stops nothing but paid tiers, once a hundredth of a
//! cap is spent without being booked. A broken file is moved aside and a new one begun.

mod inbox;
mod keeper;
mod process;
pub mod read;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::{Condvar, Mutex};

pub use inbox::Word;
use inbox::{Inbox, Reaction, Settled};
use write::Sums;

use crate::domain::money::entry::{Asked, Called, Fate, Millis};
use crate::domain::money::grant::Sheet;
use crate::domain::money::purse::{Purse, Refusal, Reservation};
use crate::domain::money::{Caps, Limit, Moment, PicoUsd};
use crate::domain::route::Tier;

/// How the ledger is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether requests and calls are kept; sums for caps are kept in any case.
    pub keeps_entries: bool,
    /// Entries older than this many days are deleted.
    pub days: u32,
    /// What bounds spending.
    pub caps: Caps,
}

/// Money set aside for a call. Dropping it gives the money back: the call was never made.
#[derive(Debug)]
pub struct Ticket {
    shared: Arc<Shared>,
    /// Taken out when it is settled.
    reservation: Option<Reservation>,
    at: Millis,
}

/// Where the ledger stands, for status and explanations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Each cap with its shared sum, as this process last read it.
    pub caps: Vec<(Limit, Sheet)>,
    /// What all processes of the user have spent today, in UTC, as this one last read it; `None` before
    /// it was read, and where nothing is kept.
    pub spent_today: Option<PicoUsd>,
    /// Why nothing can be written at the moment.
    pub trouble: Option<String>,
    /// Entries that found no room in memory while nothing could be written.
    pub dropped: u64,
}

/// The ledger of this process. Dropping it writes what is left.
#[derive(Debug)]
pub struct Books {
    shared: Arc<Shared>,
    /// The file; `None` keeps everything in memory, and caps in force for this process alone.
    path: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct Shared {
    inbox: Mutex<Inbox>,
    wake: Condvar,
    orders: Mutex<Orders>,
    purse: Mutex<Purse>,
    rules: Mutex<Arc<Rules>>,
    standing: Mutex<Standing>,
    notices: Mutex<Vec<String>>,
    /// Whether money was asked for or spent since the thread last looked.
    was_used: AtomicBool,
    has_told_of_trouble: AtomicBool,
}

/// What the thread is to do besides writing; guarded with its wake-up.
#[derive(Debug, Default)]
struct Orders {
    /// There is something in the inbox.
    has_entries: bool,
    /// A lease is short.
    is_short: bool,
    /// Who waits until everything is written.
    waiting: Vec<std::sync::mpsc::Sender<bool>>,
    is_closing: bool,
}

/// Why the file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It is no ledger, or damaged.
    #[error("the file is damaged")]
    Broken,
    /// A later version of the program wrote it.
    #[error("the file was written by a later version of Tabtier")]
    Newer,
    /// Other processes write all the time.
    #[error("the file is in use")]
    Busy,
    /// Anything else: no room, no right, no folder.
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    #[allow(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
    fn from_io(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Broken,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Where the ledger is: `tabtier/ledger.sqlite3` in the system's folder for state; `None` where there
/// is no such folder.
pub fn usual_path() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "tabtier")?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
    Some(folder.join("ledger.sqlite3"))
}

/// The time by the wall clock, in milliseconds.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis().try_into().unwrap_or(Millis::MAX))
}

fn moment(at: Millis) -> Moment {
    Moment(at.div_euclid(1_000))
}

impl Books {
    /// The ledger in this file, which need not exist.
    pub fn open(path: &Path, rules: Rules) -> Self {
        let shared = Arc::new(Shared::default());
        // What was spent is to be known before the first call.
        shared.orders.lock().is_short = true;
        *shared.rules.lock() = Arc::new(rules);
        let books = Self { shared: Arc::clone(&shared), path: Some(path.to_owned()) };
        let thread = std::thread::Builder::new().name("ledger".to_owned());
        let path = path.to_owned();
        if let Err(error) = thread.spawn(move || keeper::run(&path, &shared)) {
            books.shared.fail(&Trouble::from_io(error));
        }
        books
    }

    /// A ledger that is nowhere written: for commands that must leave no trace, and where there is no
    /// folder for it. Under caps, no paid call fits it beyond a hundredth of each.
    pub fn in_memory(rules: Rules) -> Self {
        let shared = Arc::new(Shared::default());
        *shared.rules.lock() = Arc::new(rules);
        shared.purse.lock().set_cut_off(true);
        Self { shared, path: None }
    }

    /// The file, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Takes new rules. What is leased stays leased.
    pub fn set_rules(&self, rules: Rules) {
        *self.shared.rules.lock() = Arc::new(rules);
        self.order(|orders| orders.is_short = true);
    }

    /// The rules in force.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.shared.rules.lock())
    }

    /// Says that a call of about this cost may come soon, so that it will not have to wait for a
    /// lease.
    pub fn expect(&self, tier: Tier, most: Option<PicoUsd>, at: Millis) {
        let rules = self.rules();
        if rules.caps.limits.is_empty() {
            return;
        }
        self.shared.was_used.store(true, Ordering::Relaxed);
        let is_short = {
            let mut purse = self.shared.purse.lock();
            purse.expect(&rules.caps, tier, most.unwrap_or_default(), moment(at));
            !purse.wants(&rules.caps, moment(at)).is_empty()
        };
        if is_short {
            self.order(|orders| orders.is_short = true);
        }
    }

    /// Why a call of this tier and greatest cost is kept out for now; `None` where nothing is known
    /// to be against it.
    pub fn objection(&self, tier: Tier, most: Option<PicoUsd>, at: Millis) -> Option<Refusal> {
        let rules = self.rules();
        self.shared.purse.lock().objection(&rules.caps, tier, most, moment(at))
    }

    /// Sets aside what a call may cost at most; `None` where its price is unknown.
    pub fn reserve(
        &self,
        tier: Tier,
        most: Option<PicoUsd>,
        at: Millis,
    ) -> Result<Ticket, Refusal> {
        let rules = self.rules();
        self.shared.was_used.store(true, Ordering::Relaxed);
        let reserved = self.shared.purse.lock().reserve(&rules.caps, tier, most, moment(at));
        match reserved {
            Ok(reservation) => {
                let shared = Arc::clone(&self.shared);
                Ok(Ticket { shared, reservation: Some(reservation), at })
            }
            Err(refusal) => {
                if matches!(refusal, Refusal::Waiting | Refusal::Reached(_)) {
                    self.order(|orders| orders.is_short = true);
                }
                Err(refusal)
            }
        }
    }

    /// Hands over a finished request.
    pub fn request(&self, asked: Asked<Word>) {
        if self.rules().keeps_entries {
            self.shared.hand_over(|inbox| inbox.request(asked));
        }
    }

    /// Hands over a call for which nothing was set aside: one that somebody else has paid for already.
    pub fn enter(&self, call: Called<Word>) {
        self.shared.hand_over(|inbox| inbox.call(Settled { call, parts: Vec::new() }));
    }

    /// Hands over what the user did with the suggestion of a request.
    pub fn react(&self, number: u64, fate: Fate, chars_taken: u32) {
        if self.rules().keeps_entries {
            let reaction = Reaction { number, fate, chars_taken };
            self.shared.hand_over(|inbox| inbox.reaction(reaction));
        }
    }

    /// Waits until everything that was handed over is written, no longer than `wait_max`; false
    /// where it is not.
    pub fn flush(&self, wait_max: Duration) -> bool {
        self.written(false).recv_timeout(wait_max).unwrap_or(false)
    }

    /// Writes what is left and gives leases back, within `wait_max`; false where that failed.
    /// Nothing is written afterwards.
    pub fn close(&self, wait_max: Duration) -> bool {
        self.written(true).recv_timeout(wait_max).unwrap_or(false)
    }

    /// Hears whether everything was written.
    fn written(&self, is_closing: bool) -> Receiver<bool> {
        let (done, is_done) = channel();
        if self.path.is_some() {
            self.order(|orders| {
                orders.waiting.push(done);
                orders.is_closing |= is_closing;
            });
        }
        is_done
    }

    /// Where the ledger stands.
    pub fn standing(&self) -> Standing {
        self.shared.standing.lock().clone()
    }

    /// Sentences the user should be told, each once.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.notices.lock())
    }

    fn order(&self, give: impl FnOnce(&mut Orders)) {
        give(&mut self.shared.orders.lock());
        self.shared.wake.notify_one();
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        self.order(|orders| orders.is_closing = true);
    }
}

impl Ticket {
    /// When the money was set aside: the moment for which the call counts.
    pub fn at(&self) -> Millis {
        self.at
    }

    /// The call has ended. It counts for the moment at which its money was set aside.
    pub fn settle(mut self, call: Called<Word>) {
        let call = Called { at: self.at, ..call };
        let reservation = self.reservation.take();
        let cost = call.cost.unwrap_or_default();
        let settle = |reservation| self.shared.purse.lock().settle(reservation, cost);
        let parts = reservation.map(settle).unwrap_or_default();
        self.shared.hand_over(|inbox| inbox.call(Settled { call, parts }));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            self.shared.purse.lock().release(reservation);
        }
    }
}

impl Shared {
    fn hand_over(&self, put: impl FnOnce(&mut Inbox)) {
        put(&mut self.inbox.lock());
        let mut orders = self.orders.lock();
        // The thread gathers for a while after it was woken, so most entries wake nobody.
        if !orders.has_entries {
            orders.has_entries = true;
            self.wake.notify_one();
        }
    }

    fn show(&self, sums: Sums) {
        let mut standing = self.standing.lock();
        standing.caps = sums.caps;
        standing.spent_today = Some(sums.today);
    }

    /// Nothing can be written: paid calls are bounded without the file, and the user is told once.
    fn fail(&self, trouble: &Trouble) {
        self.purse.lock().set_cut_off(true);
        let mut standing = self.standing.lock();
        standing.dropped = self.inbox.lock().dropped;
        standing.trouble = Some(trouble.to_string());
        if !self.has_told_of_trouble.swap(true, Ordering::Relaxed) {
            tracing::warn!(%trouble, "the ledger cannot be written");
            let rules = self.rules.lock();
            let paid = if rules.caps.limits.is_empty() {
                "completions go on"
            } else {
                "completions go on, paid ones only up to 1 % of a cap"
            };
            self.notices.lock().push(format!("the ledger cannot be written: {trouble}; {paid}"));
        }
    }
}

#[cfg(test)]
mod tests;
