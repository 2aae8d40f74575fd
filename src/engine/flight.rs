//! One call of one model, from its first byte to its end, whoever is still waiting for it.
//!
//! A flight runs as a task of its own, so that it can outlive the request that started it: at a
//! deadline the reply leaves, and the flight goes on to fill the cache. It stops reading, which
//! cancels the call down to the socket, as soon as the extent is complete, its own clocks run out, or
//! what it writes is not what the user has typed since. Dropping the handle ends it at once. Whatever
//! happens, the call is booked exactly once.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::clearance::Clearance;
use crate::domain::cache::{Answer, Place};
use crate::domain::completion::{Chunk, FinishReason, Usage};
use crate::domain::money::Price;
use crate::domain::money::entry::WorkspaceId;
use crate::domain::postprocess::draft::Draft;
use crate::domain::prompt::Prompt;
use crate::domain::route::clocks::Clocks;
use crate::domain::ruler::Ruler;
use crate::domain::site::Site;
use crate::provider::{ChunkStream, Provider, ProviderError};
use crate::store::ledger::Ticket;

/// Bound: bytes of text taken from one answer.
const TEXT_MAX: usize = 32 << 10;
/// Bound: how long the end of an answered call is waited for. Servers send it with the last event.
const READ_OUT_MAX: Duration = Duration::from_millis(500);

/// What a call is for.
pub(super) struct Call {
    pub(super) site: Arc<Site>,
    pub(super) place: Place,
    /// The answer to be, its text still empty.
    pub(super) answer: Answer,
    /// Whether a chat model writes it.
    pub(super) is_chat: bool,
    pub(super) prompt: Prompt,
    /// Measures what was sent and said where the server does not report it.
    pub(super) ruler: Ruler<'static>,
    pub(super) price: Option<Price>,
    /// What was set aside for it; taken when it lands.
    pub(super) ticket: Option<Ticket>,
    /// The number of the request that began it.
    pub(super) request: u64,
    pub(super) workspace: WorkspaceId,
    pub(super) clocks: Clocks,
    /// The call begins no earlier.
    pub(super) opens: Instant,
    /// The permission to make it, handed back when it lands.
    pub(super) clearance: Clearance,
}

/// What is known of a flight at some moment.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Whether the call was begun; a flight that never ran cost nothing.
    pub(super) has_begun: bool,
    /// The text so far that is meant for the cursor.
    pub(super) text: String,
    /// What the server sent so far.
    pub(super) raw: String,
    /// Usage so far, as the server reported it.
    pub(super) usage: Option<Usage>,
    /// From the start to the first text.
    pub(super) first_text_after: Option<Duration>,
    /// The longest wait between two pieces since.
    pub(super) gap_max: Duration,
    /// How it ended; `None` while it goes on and where it was cancelled.
    pub(super) ended: Option<Result<FinishReason, ProviderError>>,
    /// Whether it was ended because it was silent for too long.
    pub(super) was_given_up: bool,
    /// From the start to the end, however it ended.
    pub(super) took: Duration,
}

/// What a flight asks and tells.
pub(super) trait Tower: Send + Sync {
    /// Whether an answer that reads `text` so far may still be of use to anybody.
    fn wants(&self, flight: u64, text: &str) -> bool;

    /// A flight has ended; `state.ended` is `None` when it was cancelled. Called exactly once for
    /// each.
    fn landed(&self, flight: u64, call: &mut Call, state: &State);
}

/// A call under way. Dropping it cancels the call.
pub(super) struct Flight {
    /// Counts flights within a process.
    pub(super) number: u64,
    pub(super) place: Place,
    /// The answer to be, its text still empty.
    pub(super) answer: Answer,
    pub(super) clocks: Clocks,
    pub(super) started: Instant,
    /// The call begins no earlier.
    pub(super) opens: Instant,
    pub(super) state: watch::Receiver<State>,
    was_given_up: Arc<AtomicBool>,
    /// Held so that dropping the flight ends its task.
    _task: AbortOnDropHandle<()>,
}

impl Flight {
    /// Starts a call.
    pub(super) fn start(
        number: u64,
        provider: Arc<dyn Provider>,
        call: Call,
        tower: Arc<dyn Tower>,
    ) -> Self {
        let (sender, state) = watch::channel(State::default());
        let (place, answer) = (call.place.clone(), call.answer.clone());
        let (clocks, opens) = (call.clocks, call.opens);
        let was_given_up = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&was_given_up);
        // Made here, not in the task: a task that is ended before it first runs must land too.
        let mut booking =
            Booking { number, call, tower, sender, started: Instant::now(), was_given_up: is_over };
        let task = tokio::spawn(async move {
            if opens > booking.started {
                tokio::time::sleep_until(opens).await;
                booking.started = Instant::now();
            }
            let total = booking.call.clocks.total;
            let flying = timeout(total, booking.fly(&*provider));
            let end = match AssertUnwindSafe(flying).catch_unwind().await {
                Ok(Ok(Some(end))) => end,
                // Nobody wants it any more: it lands as a cancelled one.
                Ok(Ok(None)) => return,
                Ok(Err(_)) => Err(silent("no end", total)),
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
        let started = Instant::now().max(opens);
        Self {
            number,
            place,
            answer,
            clocks,
            started,
            opens,
            state,
            was_given_up,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Ends the call because it was silent for too long.
    pub(super) fn give_up(self) {
        self.was_given_up.store(true, Ordering::Release);
    }

    /// Whether the call has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.state.borrow().ended.is_some()
    }
}

/// The part of a flight that lives in its task; dropping it, in whatever way the task ends, books
/// the call.
struct Booking {
    number: u64,
    call: Call,
    tower: Arc<dyn Tower>,
    sender: watch::Sender<State>,
    started: Instant,
    was_given_up: Arc<AtomicBool>,
}

impl Booking {
    /// Reads the answer; `None` when nobody wants it any more.
    async fn fly(
        &mut self,
        provider: &dyn Provider,
    ) -> Option<Result<FinishReason, ProviderError>> {
        self.sender.send_modify(|state| state.has_begun = true);
        let mut stream = provider.stream(self.call.prompt.clone());
        let site = Arc::clone(&self.call.site);
        let Answer { class, extent, .. } = self.call.answer;
        let mut draft = Draft::new(&site, class, extent, self.call.is_chat);
        let (mut finish, mut last_piece, mut is_complete) = (None, None, false);
        while !is_complete {
            let idle = last_piece.map(|_| self.call.clocks.idle);
            let chunk = match next(&mut stream, idle).await {
                Some(Ok(chunk)) => chunk,
                Some(Err(error)) => return Some(Err(error)),
                None => break,
            };
            finish = chunk.finish.or(finish);
            let (mut is_finished, mut is_wanted) = (false, true);
            self.sender.send_modify(|state| {
                let now = Instant::now();
                state.raw.push_str(&chunk.text);
                state.usage = chunk.usage.or(state.usage);
                is_complete = match finish {
                    Some(_) => draft.finish(&state.raw, &mut state.text),
                    None => draft.read(&state.raw, &mut state.text),
                } || state.raw.len() > TEXT_MAX;
                if !state.text.is_empty() {
                    state.first_text_after.get_or_insert(now - self.started);
                    let gap = last_piece.map_or(Duration::ZERO, |last| now - last);
                    state.gap_max = state.gap_max.max(gap);
                    last_piece = Some(now);
                    is_wanted = self.tower.wants(self.number, &state.text);
                }
                // Usage may come one event after the last text. A complete extent does not wait
                // for it, because every further token would be paid for.
                is_finished = finish.is_some() && state.usage.is_some();
            });
            if !is_wanted {
                return None;
            }
            if is_finished {
                tokio::spawn(read_out(stream));
                return Some(Ok(finish.unwrap_or(FinishReason::Stop)));
            }
        }
        if !is_complete {
            self.sender.send_modify(|state| {
                draft.finish(&state.raw, &mut state.text);
            });
        }
        Some(Ok(finish.unwrap_or(FinishReason::Stop)))
    }
}

/// The next piece of an answer; an error where it takes longer than `idle`.
async fn next(
    stream: &mut ChunkStream,
    idle: Option<Duration>,
) -> Option<Result<Chunk, ProviderError>> {
    let Some(idle) = idle else { return stream.next().await };
    let piece = timeout(idle, stream.next()).await;
    piece.unwrap_or_else(|_| Some(Err(silent("nothing more came", idle))))
}

fn silent(what: &str, time: Duration) -> ProviderError {
    ProviderError::Unreachable { detail: format!("{what} within {} ms", time.as_millis()) }
}

impl Drop for Booking {
    fn drop(&mut self) {
        let mut state = self.sender.borrow().clone();
        if state.ended.is_none() {
            state.took = self.started.elapsed();
            state.was_given_up = self.was_given_up.load(Ordering::Acquire);
        }
        self.tower.landed(self.number, &mut self.call, &state);
    }
}

/// Reads the end of a stream after which nothing is generated any more, so that its connection can
/// carry the next call. Nobody waits for this.
async fn read_out(stream: ChunkStream) {
    let rest = stream.for_each(|_| std::future::ready(()));
    let _ = timeout(READ_OUT_MAX, rest).await;
}

/// What a call used: as reported, or estimated and marked so. A report from the middle of an answer
/// counts what went in; what came out since is estimated.
pub(super) fn usage(call: &Call, state: &State) -> Usage {
    let output = call.ruler.tokens(&state.raw);
    match state.usage {
        Some(usage) if usage.is_estimate => Usage { output: usage.output.max(output), ..usage },
        Some(usage) => usage,
        None => Usage {
            input_uncached: call.prompt.body.tokens(call.ruler),
            output,
            is_estimate: true,
            ..Usage::default()
        },
    }
}
