//! What the user is told about models: that one is not asked any more, and that it is again.
//!
//! Each change of state is told at most once, and the same news of the same model not again within
//! ten minutes: a server that comes and goes every few seconds is one trouble, not a hundred. Nobody
//! waits for the user to read; what nobody fetches is dropped.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::domain::route::health::Change;
use crate::provider::ProviderError;

/// Bound: notices that wait to be shown.
const WAITING_MAX: usize = 16;
/// The same news of the same model is told again after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(600);
/// A pause this long is worth a word.
const PAUSE_TOLD: Duration = Duration::from_secs(30);

/// Something to tell the user about a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// One sentence, without a full stop.
    pub text: String,
    /// Whether it is worth a message on the screen; otherwise it is for the log.
    pub is_warning: bool,
}

/// News on their way to the user.
pub(super) struct Notices {
    sender: Sender<Notice>,
    receiver: Mutex<Option<Receiver<Notice>>>,
    told: Mutex<HashMap<(String, &'static str), Instant>>,
}

impl Default for Notices {
    fn default() -> Self {
        let (sender, receiver) = channel(WAITING_MAX);
        Self { sender, receiver: Mutex::new(Some(receiver)), told: Mutex::default() }
    }
}

impl Notices {
    /// The end at which notices come out; there is one.
    pub(super) fn take(&self) -> Option<Receiver<Notice>> {
        self.receiver.lock().take()
    }

    /// Settings have changed: everything may be told anew.
    pub(super) fn reset(&self) {
        self.told.lock().clear();
    }

    /// Passes on a sentence that is worth a message; whoever says it says it once.
    pub(super) fn pass(&self, text: String) {
        // A full queue means that nobody reads.
        let _ = self.sender.try_send(Notice { text, is_warning: true });
    }

    /// The state of a model has changed, because of this error if there was one.
    pub(super) fn tell(
        &self,
        model: &str,
        change: Change,
        error: Option<&ProviderError>,
        now: Instant,
    ) {
        let why = error.map_or_else(|| "no answer".to_owned(), ToString::to_string);
        let (kind, text, is_warning) = match change {
            Change::Paused => ("paused", format!("{model} is paused for a while: {why}"), true),
            Change::Limited(wait) => {
                let text = format!("{model} is paused for {} s: {why}", wait.as_secs_f64().ceil());
                ("limited", text, wait >= PAUSE_TOLD)
            }
            Change::Shut => {
                let text = format!("{model} is not asked until the settings change: {why}");
                ("shut", text, true)
            }
            Change::Recovered => ("recovered", format!("{model} answers again"), false),
        };
        let last = self.told.lock().insert((model.to_owned(), kind), now);
        if last.is_some_and(|last| now.saturating_duration_since(last) < AGAIN_AFTER) {
            self.told.lock().extend(last.map(|last| ((model.to_owned(), kind), last)));
            return;
        }
        tracing::info!(model, kind, "the state of a model has changed");
        // A full queue means that nobody reads.
        let _ = self.sender.try_send(Notice { text, is_warning });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_news_is_told_once_in_ten_minutes() {
        let notices = Notices::default();
        let mut out = notices.take().expect("the only end");
        assert!(notices.take().is_none());
        let start = Instant::now();
        let error = ProviderError::ServerError { detail: "status 500".to_owned() };
        for minute in 0..=20 {
            let now = start + Duration::from_secs(60 * minute);
            notices.tell("m", Change::Paused, Some(&error), now);
            notices.tell("m", Change::Recovered, None, now);
        }
        let mut told = Vec::new();
        while let Ok(notice) = out.try_recv() {
            told.push((notice.text, notice.is_warning));
        }
        let paused = ("m is paused for a while: server error: status 500".to_owned(), true);
        let again = ("m answers again".to_owned(), false);
        assert_eq!(told, vec![[paused, again]; 3].concat());
    }

    #[test]
    fn a_short_pause_is_for_the_log_and_nobody_reading_blocks_nothing() {
        let notices = Notices::default();
        let now = Instant::now();
        for model in 0..100 {
            notices.tell(
                &model.to_string(),
                Change::Limited(Duration::from_millis(1500)),
                None,
                now,
            );
        }
        let mut out = notices.take().expect("the only end");
        let first = out.try_recv().expect("a notice");
        assert_eq!(
            (first.text.as_str(), first.is_warning),
            ("0 is paused for 2 s: no answer", false)
        );
        assert_eq!((0..99).take_while(|_| out.try_recv().is_ok()).count(), WAITING_MAX - 1);
    }
}
