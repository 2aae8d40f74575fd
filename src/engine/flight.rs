//! One call of one model, from its first byte to its end, whoever is still waiting for it.
//!
//! A flight runs as a task of its own, so that it can outlive the request that started it: at a
//! deadline the reply leaves, and the flight goes on to fill the cache. It stops reading, which
//! cancels the call down to the socket, as soon as the extent is complete. Dropping the handle
//! ends it at once. Whatever happens, the call is booked exactly once.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::domain::cache::{Answer, Place};
use crate::domain::completion::{FinishReason, Usage};
use crate::domain::postprocess::{bare, extent};
use crate::domain::prompt::Prompt;
use crate::domain::route::Tier;
use crate::domain::site::{Site, Trigger};
use crate::domain::units::{Price, Tokens};
use crate::provider::{ChunkStream, Provider, ProviderError};

/// Bound: bytes of text taken from one answer.
const TEXT_MAX: usize = 32 << 10;
/// Bound: how long the end of an answered call is waited for. Servers send it with the last event.
const READ_OUT_MAX: Duration = Duration::from_millis(500);
/// Source code averages a little over three bytes a token; used only where a server does not
/// report usage, and marked as an estimate.
const BYTES_PER_TOKEN_ESTIMATE: usize = 3;

/// What a call is for.
pub(super) struct Call {
    pub(super) site: Arc<Site>,
    pub(super) place: Place,
    /// The answer to be, its text still empty.
    pub(super) answer: Answer,
    /// Whether a chat model writes it.
    pub(super) is_chat: bool,
    pub(super) prompt: Prompt,
    pub(super) price: Option<Price>,
    pub(super) timeout: Duration,
    /// The call begins no earlier.
    pub(super) opens: Instant,
}

/// What is known of a flight at some moment.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Whether the call was begun; a flight that never ran cost nothing.
    pub(super) has_begun: bool,
    /// The text so far that is meant for the cursor.
    pub(super) text: String,
    /// What the server sent so far.
    raw: String,
    /// Usage so far, as the server reported it.
    pub(super) usage: Option<Usage>,
    /// From the start to the first text.
    pub(super) first_text_after: Option<Duration>,
    /// How it ended; `None` while it goes on.
    pub(super) ended: Option<Result<FinishReason, ProviderError>>,
    /// From the start to the end.
    pub(super) took: Duration,
}

/// Hears how flights end. Called exactly once for each.
pub(super) trait Tower: Send + Sync {
    /// A flight has ended; `state.ended` is `None` when it was cancelled.
    fn landed(&self, call: &Call, state: &State);
}

/// What a request that waits for a call sees of it. Dropping it cancels nothing.
pub(super) struct Watch {
    pub(super) model: String,
    pub(super) tier: Tier,
    pub(super) started: Instant,
    pub(super) state: watch::Receiver<State>,
}

/// A call under way. Dropping it cancels the call.
pub(super) struct Flight {
    pub(super) place: Place,
    pub(super) model: String,
    pub(super) tier: Tier,
    pub(super) started: Instant,
    opens: Instant,
    pub(super) state: watch::Receiver<State>,
    /// Held so that dropping the flight ends its task.
    _task: AbortOnDropHandle<()>,
}

impl Flight {
    /// Starts a call.
    pub(super) fn start(provider: Arc<dyn Provider>, call: Call, tower: Arc<dyn Tower>) -> Self {
        let (sender, state) = watch::channel(State::default());
        let (place, model) = (call.place.clone(), call.answer.model.clone());
        let (tier, opens) = (call.answer.tier, call.opens);
        // Made here, not in the task: a task that is ended before it first runs must land too.
        let mut booking = Booking { call, tower, sender, started: Instant::now() };
        let task = tokio::spawn(async move {
            let timeout = booking.call.timeout;
            if opens > booking.started {
                tokio::time::sleep_until(opens).await;
                booking.started = Instant::now();
            }
            let flying = tokio::time::timeout(timeout, booking.fly(&*provider));
            let end = match AssertUnwindSafe(flying).catch_unwind().await {
                Ok(Ok(end)) => end,
                Ok(Err(_)) => Err(ProviderError::Unreachable {
                    detail: format!("no end within {} ms", timeout.as_millis()),
                }),
                Err(_panic) => Err(ProviderError::Malformed {
                    detail: "a fault of ours while reading it".to_owned(),
                }),
            };
            let took = booking.started.elapsed();
            let Booking { call, sender, .. } = &booking;
            sender.send_modify(|state| {
                state.took = took;
                if end.is_ok() {
                    state.usage = Some(usage(call, state));
                }
                state.ended = Some(end);
            });
        });
        Self {
            place,
            model,
            tier,
            started: Instant::now(),
            opens,
            state,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// A view of the call for one more request that waits for it.
    pub(super) fn watch(&self) -> Watch {
        Watch {
            model: self.model.clone(),
            tier: self.tier,
            started: self.started,
            state: self.state.clone(),
        }
    }

    /// Whether a request for this place and tier may wait for the call. Who presses a key does not
    /// wait for one that is held back.
    pub(super) fn serves(&self, place: &Place, tier: Tier, trigger: Trigger) -> bool {
        let is_soon = trigger == Trigger::Automatic || self.opens <= Instant::now();
        self.place == *place && self.tier >= tier && !self.has_ended() && is_soon
    }

    /// Whether the call has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.state.borrow().ended.is_some()
    }
}

/// The part of a flight that lives in its task; dropping it, in whatever way the task ends, books
/// the call.
struct Booking {
    call: Call,
    tower: Arc<dyn Tower>,
    sender: watch::Sender<State>,
    started: Instant,
}

impl Booking {
    async fn fly(&mut self, provider: &dyn Provider) -> Result<FinishReason, ProviderError> {
        self.sender.send_modify(|state| state.has_begun = true);
        let mut stream = provider.stream(self.call.prompt.clone());
        let Answer { class, extent, .. } = self.call.answer;
        let mut finish = None;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            finish = chunk.finish.or(finish);
            let elapsed = self.started.elapsed();
            let (mut is_complete, mut is_finished) = (false, false);
            self.sender.send_modify(|state| {
                state.raw.push_str(&chunk.text);
                state.text = bare(&self.call.site, &state.raw, self.call.is_chat);
                state.usage = chunk.usage.or(state.usage);
                if !state.text.is_empty() {
                    state.first_text_after.get_or_insert(elapsed);
                }
                let end = extent::end_of(&self.call.site, class, extent, &state.text);
                if let Some(end) = end {
                    state.text.truncate(end);
                    is_complete = true;
                }
                is_complete |= state.raw.len() > TEXT_MAX;
                // Usage may come one event after the last text. A complete extent does not wait
                // for it, because every further token would be paid for.
                is_finished = finish.is_some() && state.usage.is_some();
            });
            if is_finished {
                tokio::spawn(read_out(stream));
                break;
            }
            if is_complete {
                break;
            }
        }
        Ok(finish.unwrap_or(FinishReason::Stop))
    }
}

impl Drop for Booking {
    fn drop(&mut self) {
        let state = self.sender.borrow().clone();
        self.tower.landed(&self.call, &state);
    }
}

/// Reads the end of a stream after which nothing is generated any more, so that its connection can
/// carry the next call. Nobody waits for this.
async fn read_out(stream: ChunkStream) {
    let rest = stream.for_each(|_| std::future::ready(()));
    let _ = tokio::time::timeout(READ_OUT_MAX, rest).await;
}

/// What a call used: as reported, or estimated and marked so.
pub(super) fn usage(call: &Call, state: &State) -> Usage {
    state.usage.unwrap_or_else(|| {
        let tokens = |bytes: usize| Tokens(bytes.div_ceil(BYTES_PER_TOKEN_ESTIMATE) as u32);
        Usage {
            input_uncached: tokens(call.prompt.body.len()),
            cache_read: Tokens(0),
            output: tokens(state.raw.len()),
            is_estimate: true,
        }
    })
}
