//! Reads the ledger for the page: all of it for the figures, its end for the live rows.
//!
//! Reading a million rows takes most of a second, so it happens on a thread of its own, only when
//! somebody looks and the file has changed, and for at most a twentieth of the time. What was counted
//! is kept, and shown until it has been counted again. The file is never held open in between: servers
//! must be able to fold its log back in.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::figures::{Counting, Figures};
use super::tail;
use crate::domain::money::entry::Millis;
use crate::domain::money::{Moment, Period};
use crate::store::ledger::Trouble;
use crate::store::ledger::read::Ledger;

/// Bound: the share of one core that counting may take while somebody looks.
const SHARE: u32 = 20;
/// All of time.
const EVER: (Millis, Millis) = (Millis::MIN, Millis::MAX);

/// Tells apart what a file said at different times: size and time of the file and of its log.
pub(super) type Stamp = Option<[(u64, Option<SystemTime>); 2]>;

/// Figures, and when they were counted.
#[derive(Clone, Default)]
pub(super) struct Counted {
    pub(super) figures: Arc<Figures>,
    /// Which counting this is, from 1.
    pub(super) turn: u64,
    /// When it began, by the wall clock.
    pub(super) at: Millis,
    /// What the file was like then.
    stamp: Stamp,
    /// How long it took.
    pub(super) took: Duration,
    ended: Option<Instant>,
}

/// The ledger as the dashboard sees it.
pub(super) struct Source {
    path: Option<PathBuf>,
    counted: Mutex<Counted>,
    /// Held while it is counted, so that nobody counts the same twice.
    turn: tokio::sync::Mutex<()>,
}

impl Source {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { path, counted: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// What the file is like now; `None` where there is none.
    pub(super) fn stamp(&self) -> Stamp {
        let path = self.path.as_ref()?;
        let look = |path: &Path| match fs::metadata(path) {
            Ok(data) => Some((data.len(), data.modified().ok())),
            Err(_) => None,
        };
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        // Whoever reads makes an empty log and takes it away again; that is no change.
        let log = look(Path::new(&log)).filter(|(bytes, _)| *bytes > 0);
        Some([look(path)?, log.unwrap_or_default()])
    }

    /// The figures. Those counted last are given at once, also where the file has changed since; then
    /// it is counted again, for whoever asks next, unless that has just been done.
    pub(super) async fn figures(self: &Arc<Self>) -> Result<Counted, Trouble> {
        let last = self.counted.lock().clone();
        if last.turn == 0 {
            return Arc::clone(self).count_anew().await;
        }
        let rests = last.ended.is_some_and(|ended| ended.elapsed() < last.took * SHARE);
        if !rests && last.stamp != self.stamp() && self.turn.try_lock().is_ok() {
            // What goes wrong there is seen at the next first counting, or at the next row.
            tokio::spawn(Arc::clone(self).count_anew());
        }
        Ok(last)
    }

    /// Counts the ledger, unless somebody did while we waited for them.
    async fn count_anew(self: Arc<Self>) -> Result<Counted, Trouble> {
        let _turn = self.turn.lock().await;
        let (last, stamp) = (self.counted.lock().clone(), self.stamp());
        if last.turn > 0 && last.stamp == stamp {
            return Ok(last);
        }
        let source = Arc::clone(&self);
        let counting = move || {
            let began = Instant::now();
            let at = crate::store::ledger::now();
            let figures = Arc::new(source.count(at)?);
            let (took, ended) = (began.elapsed(), Some(Instant::now()));
            tracing::debug!(ms = took.as_millis(), "the ledger was counted");
            Ok(Counted { figures, turn: last.turn + 1, at, stamp, took, ended })
        };
        let counted = blocking(counting).await?;
        *self.counted.lock() = counted.clone();
        Ok(counted)
    }

    /// The last decisions, newest first.
    pub(super) async fn tail(self: &Arc<Self>) -> Result<Vec<Value>, Trouble> {
        let source = Arc::clone(self);
        let read = move || {
            let Some(ledger) = source.open()? else { return Ok(Vec::new()) };
            let rows = ledger.newest(tail::ROWS)?;
            Ok(rows.iter().map(|(asked, paid)| tail::row(&ledger, asked, paid)).collect())
        };
        blocking(read).await
    }

    /// Where the ledger is, for the page to say.
    pub(super) fn place(&self) -> Value {
        let path = self.path.as_ref().map(|path| path.display().to_string());
        json!({"path": path, "exists": self.stamp().is_some()})
    }

    fn open(&self) -> Result<Option<Ledger>, Trouble> {
        self.path.as_deref().map_or(Ok(None), Ledger::open)
    }

    fn count(&self, now: Millis) -> Result<Figures, Trouble> {
        let Some(ledger) = self.open()? else { return Ok(Figures::default()) };
        let mut counting = Counting::default();
        ledger.requests(EVER, |asked| counting.request(asked))?;
        ledger.calls(EVER, |called| counting.call(called, |word| ledger.word(word).to_owned()))?;
        let month = Moment(now.div_euclid(1_000)).month_start();
        Ok(Figures {
            booked_days: ledger.booked(Period::Day, Moment(0))?,
            booked_month: ledger.booked(Period::Month, month)?,
            dropped: ledger.dropped()?,
            ..counting.finish(&|word| ledger.word(word))
        })
    }
}

/// Does what waits for the disk on a thread that may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let result = tokio::task::spawn_blocking(work).await;
    result.unwrap_or_else(|_| Err(Trouble::Other("reading the ledger failed".to_owned())))
}
