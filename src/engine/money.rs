//! Where money touches a request: what may be asked, what is set aside, what is written down.
//!
//! A call is not begun before the most it can cost has been set aside, and whatever becomes of it,
//! its end is written down once. Nothing here waits for a disk.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use super::flight::{Call, State};
use super::request::Run;
use crate::config::{ModelSettings, Settings};
use crate::domain::completion::{Source, Usage};
use crate::domain::explain::{Ended, Explanation, Silence};
use crate::domain::feedback;
use crate::domain::ledger::Reaction;
use crate::domain::money::entry::{
    Asked, CallEnd, Called, EntryId, Fate, Millis, Offer, Origin, WorkspaceId,
};
use crate::domain::money::purse::Refusal;
use crate::domain::money::quote::{Quote, Size, quote, tokens_max};
use crate::domain::money::{Metered, Moment, PicoUsd, Price};
use crate::domain::prompt::Prompt;
use crate::domain::route::stats::tally::Taken;
use crate::domain::route::{Attempt, Place, Plan, Tier};
use crate::domain::ruler::Calibration;
use crate::domain::site::{Site, Trigger};
use crate::domain::units::Tokens;
use crate::store::ledger::{self, Books, Rules, Ticket, Word};

/// A token of code has four and a half bytes at most with the usual vocabularies, and these have no
/// more than three and three eighths tokens by the way caps count them.
const TOKENS_MOST: (u64, u64) = (27, 8);
/// How long a call waits for its part of a cap to be leased. Writing the lease takes a few
/// milliseconds; while the user settles it is there long before.
const LEASE_MAX: Duration = Duration::from_millis(50);
/// Bound: how long the end of a cancelled call is waited for.
const STOP_MAX: Duration = Duration::from_millis(200);
/// How often it looks.
const LEASE_LOOK: Duration = Duration::from_millis(2);

/// How the ledger is kept under these settings.
pub fn rules(settings: &Settings) -> Rules {
    let money = &settings.money;
    Rules { keeps_entries: money.ledger.enabled, days: money.ledger.days, caps: money.caps.clone() }
}

/// What a call can cost at most, as caps see it; `None` where nobody knows. A model on a computer of
/// the user's has no bill unless it is given a price.
pub(super) fn most(model: &ModelSettings, quote: Option<Quote>) -> Option<PicoUsd> {
    let is_own = model.price.is_none() && model.spec.place == Place::SelfHosted;
    if is_own { Some(PicoUsd::ZERO) } else { quote.map(|quote| quote.most) }
}

impl Engine {
    /// The ledger.
    pub fn books(&self) -> &Books {
        &self.shared.books
    }

    /// Entries are from now on of the workspace that lies here.
    pub fn work_in(&self, folder: Option<&Path>) {
        let workspace = folder.map(|folder| WorkspaceId::of(&folder.to_string_lossy()));
        self.shared.workspace.store(workspace.unwrap_or_default().0, Ordering::Relaxed);
    }

    /// Ends every call under way and waits until each is written down, so that the ledger can be
    /// closed.
    pub async fn stop(&self) {
        for mut state in self.shared.flights.end() {
            // A call that has landed tells nobody anything any more.
            let landed = async { while state.changed().await.is_ok() {} };
            let _ = tokio::time::timeout(STOP_MAX, landed).await;
        }
    }

    pub(super) fn workspace(&self) -> WorkspaceId {
        WorkspaceId(self.shared.workspace.load(Ordering::Relaxed))
    }

    /// Writes down what the user did.
    pub(super) fn note_reaction(&self, request: u64, reaction: Reaction) {
        let (fate, chars) = match reaction {
            Reaction::Accepted => (Fate::Accepted, u32::MAX),
            Reaction::PartiallyAccepted { chars } => (Fate::Partly, chars),
            Reaction::Rejected => (Fate::Rejected, 0),
        };
        self.books().react(request, fate, chars);
    }

    /// Writes down what became of a suggestion, as far as the text told.
    pub(super) fn note_end(&self, ended: &feedback::Ended) {
        let (fate, chars) = match ended.taken {
            Taken::Accepted => (Fate::Accepted, u32::MAX),
            // How many characters it was has been reported when they were taken.
            Taken::Partly(_) => (Fate::Partly, 0),
            Taken::TypedThrough => (Fate::TypedThrough, 0),
            Taken::Rejected => (Fate::Rejected, 0),
            Taken::Overtyped => (Fate::Overtyped, 0),
            Taken::Ignored => (Fate::Ignored, 0),
            Taken::Unanswered => return,
        };
        self.books().react(ended.request, fate, chars);
    }
}

impl Run<'_> {
    /// What a prompt will cost at a model; `None` where its price is unknown. What it cannot exceed is
    /// judged by its bytes, and by the count once the server's reports have agreed with counts.
    pub(super) fn price_of(
        &self,
        model: &ModelSettings,
        prompt: &Prompt,
        at: Millis,
    ) -> Option<Quote> {
        let price = model.price.as_ref()?;
        let ruler = self.ruler(model, Calibration::usual);
        let tokens = prompt.body.tokens(ruler);
        let by_bytes = prompt.body.texts().into_iter().map(tokens_max).sum();
        let known = self.engine.shared.calibration(&model.spec.id);
        let by_count = known.most(tokens).filter(|_| !ruler.is_estimate());
        let size = Size {
            tokens: tokens.0.into(),
            is_estimate: ruler.is_estimate(),
            tokens_max: by_count.unwrap_or(by_bytes).min(by_bytes),
        };
        let output = u64::from(prompt.output_tokens_max.0);
        quote(Some(price), size, output, Moment(at.div_euclid(1_000)))
    }

    /// What a call can cost at most, before there is a prompt: what the model's last one could, else
    /// one as long as the tier allows.
    fn most_planned(
        &self,
        model: &ModelSettings,
        tier: Tier,
        output_max: Tokens,
    ) -> Option<PicoUsd> {
        if let Some(last) = self.engine.shared.needs.lock().get(&model.spec.id) {
            return Some(*last);
        }
        let tokens = self.equipment.settings.context.input_tokens_max[tier as usize];
        let tokens = u64::from(tokens.min(model.spec.context_tokens).0);
        let tokens_max = tokens * TOKENS_MOST.0 / TOKENS_MOST.1;
        let size = Size { tokens, is_estimate: true, tokens_max };
        most(model, quote(model.price.as_ref(), size, output_max.0.into(), Moment(0)))
    }

    /// Why a model may not be asked for money's sake, as far as is known without asking anybody. How
    /// dear a model's calls are is known from its last one.
    pub(super) fn objection(&self, tier: Tier, id: &str, output_max: Tokens) -> Option<String> {
        let model = self.equipment.settings.models.get(id)?;
        let last = self.engine.shared.needs.lock().get(id).copied();
        let planned = self.most_planned(model, tier, output_max);
        // Nobody knows how dear the first will be; only a cap of nothing is against any.
        let most = planned.map(|_| last.unwrap_or(PicoUsd(1)));
        let refusal = self.engine.books().objection(tier, most, self.at)?;
        Some(refusal.sentence())
    }

    /// Lets the models of a plan lease what they may need, while the user settles.
    pub(super) fn expect_cost(&self, plan: &Plan) {
        let settings = &self.equipment.settings;
        for attempt in &plan.attempts {
            if let Some(model) = settings.models.get(&attempt.model) {
                let most = self.most_planned(model, attempt.tier, plan.output_tokens_max);
                self.engine.books().expect(attempt.tier, most, self.at);
            }
        }
    }

    /// Waits for the lease of a call that is about to begin, if it is not there yet.
    pub(super) async fn await_lease(&self, site: &Site, attempt: &Attempt, plan: &Plan) {
        let (books, tier) = (self.engine.books(), attempt.tier);
        let Some(model) = self.equipment.settings.models.get(&attempt.model) else { return };
        if books.rules().caps.limits.is_empty() {
            return;
        }
        // What is reserved here is given back at once: what counts is whether it could be had.
        let planned = self.most_planned(model, tier, plan.output_tokens_max);
        if books.reserve(tier, planned, self.at).is_ok() {
            return;
        }
        let (prompt, _) = self.prompt(site, plan, attempt, model);
        let most = most(model, self.price_of(model, &prompt, self.at));
        let until = Instant::now() + LEASE_MAX;
        let is_waiting = || matches!(books.reserve(tier, most, self.at), Err(Refusal::Waiting));
        while is_waiting() && Instant::now() < until {
            tokio::time::sleep(LEASE_LOOK).await;
        }
    }

    /// Sets aside what a call may cost. Says why not where it may not be made.
    pub(super) fn reserve(
        &self,
        tier: Tier,
        model: &ModelSettings,
        prompt: &Prompt,
    ) -> Result<Ticket, String> {
        let at = ledger::now();
        let most = most(model, self.price_of(model, prompt, at));
        if let Some(most) = most {
            self.engine.shared.needs.lock().insert(model.spec.id.clone(), most);
        }
        let reserved = self.engine.books().reserve(tier, most, at);
        reserved.map_err(|refusal| format!("{} not asked: {}", model.spec.id, refusal.sentence()))
    }

    /// Writes down the finished request.
    pub(super) fn enter(&self) {
        let asked = asked(&self.explanation, self.at, self.engine.workspace());
        let books = self.engine.books();
        books.request(asked);
        books.take_notices().into_iter().for_each(|text| self.engine.shared.notices.pass(text));
    }
}

/// What a call was charged: as the server says, else by the price; `None` where neither is known.
pub(super) fn charged(price: Option<&Price>, usage: &Usage, at: Millis) -> Option<PicoUsd> {
    let by_price = || Some(price?.cost(&Metered::of(usage), Moment(at.div_euclid(1_000))));
    usage.reported_cost.map(PicoUsd::from).or_else(by_price)
}

/// A finished request as it is kept.
fn asked(explanation: &Explanation, at: Millis, workspace: WorkspaceId) -> Asked<Word> {
    let offered = explanation.offered.as_ref();
    let offer = offered.map(|completion| {
        let (origin, model) = match &completion.source {
            Source::Local => (Origin::Local, ""),
            Source::Cache(model) => (Origin::Cache, model.as_str()),
            Source::Model(model) => (Origin::Model, model.as_str()),
        };
        let chars = completion.text.chars().count().try_into().unwrap_or(u32::MAX);
        Offer { tier: completion.tier, origin, model: model.into(), chars }
    });
    let was_known = offered.is_some_and(|completion| {
        matches!(completion.source, Source::Model(_))
            && explanation.local.iter().any(|(text, _)| *text == completion.text)
    });
    let called = explanation.attempts.iter().find(|attempt| attempt.ended != Ended::FromCache);
    let silence = explanation.silence.as_ref();
    Asked {
        id: EntryId { session: 0, number: explanation.request },
        at,
        class: explanation.classification.as_ref().map(|found| found.class),
        language: explanation.language.as_str().into(),
        workspace,
        invoked: match explanation.trigger {
            Trigger::Automatic => 0,
            Trigger::Invoked { repeats } => 1 + u32::from(repeats),
        },
        deadline_ms: explanation
            .plan
            .as_ref()
            .map_or(0, |plan| plan.deadline.as_millis().try_into().unwrap_or(u32::MAX)),
        decided_us: micros(explanation.decided_after),
        called_us: called.map(|attempt| micros(attempt.started_after)),
        answered_us: micros(explanation.answered_after),
        fate: match (&offer, silence) {
            (Some(_), _) => Fate::Shown,
            (None, Some(Silence::Superseded)) => Fate::Superseded,
            (None, _) => Fate::Nothing,
        },
        offer,
        silence: silence.map(|silence| silence_word(silence).into()),
        chars_taken: 0,
        was_known,
    }
}

/// An ended call as it is kept.
pub(super) fn called(call: &Call, state: &State, usage: &Usage, at: Millis) -> Called<Word> {
    Called {
        id: EntryId { session: 0, number: call.request },
        at,
        class: Some(call.answer.class),
        language: call.place.language.as_str().into(),
        workspace: call.workspace,
        tier: call.answer.tier,
        model: call.answer.model.as_str().into(),
        tokens: Metered::of(usage),
        is_estimate: usage.is_estimate,
        cost: charged(call.price.as_ref(), usage, at),
        first_text_us: state.first_text_after.map(micros),
        took_us: micros(state.took),
        end: match &state.ended {
            None => CallEnd::Cancelled,
            Some(Ok(_)) => CallEnd::Answered,
            Some(Err(_)) => CallEnd::Failed,
        },
        calls: 1,
    }
}

/// The word a silence is kept by.
fn silence_word(silence: &Silence) -> &'static str {
    match silence {
        Silence::Disabled => "disabled",
        Silence::Superseded => "superseded",
        Silence::Unanswered => "unanswered",
        Silence::NoModel => "no_model",
        Silence::TooLate => "too_late",
        Silence::AllFailed => "all_failed",
        Silence::Filtered(_) => "filtered",
        Silence::NothingToSay => "nothing_to_say",
        Silence::Gated(_) => "gated",
        Silence::Fault => "fault",
    }
}

fn micros(duration: Duration) -> u32 {
    duration.as_micros().try_into().unwrap_or(u32::MAX)
}
