//! The record of one request: what was found, what was planned, what was tried, what came of it.
//!
//! Every request fills one of these, whether or not anybody looks. It is what `--explain` prints,
//! what the server's `tabtier.explain` command returns and what the ledger keeps. Text of the
//! user's appears only in `offered` and `local`, which logs never print.

use std::time::Duration;

use super::class::Classification;
use super::completion::{Completion, Confidence, Usage};
use super::context::Part;
use super::gate::Reason;
use super::route::{Plan, Tier};
use super::site::Trigger;
use super::units::NanoUsd;

/// Everything about one request.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Counts requests within a process, from 1.
    pub request: u64,
    /// Language id.
    pub language: String,
    /// Why the editor asked.
    pub trigger: Trigger,
    /// What kind of completion was wanted, and why.
    pub classification: Option<Classification>,
    /// What was planned.
    pub plan: Option<Plan>,
    /// What the local engine had, best first.
    pub local: Vec<(String, Confidence)>,
    /// What the prompts of the calls made consist of, by model.
    pub prompts: Vec<(String, Vec<Part>)>,
    /// Calls made or joined, in order.
    pub attempts: Vec<AttemptRecord>,
    /// What was offered; `None` when nothing was.
    pub offered: Option<Completion>,
    /// Why nothing was offered.
    pub silence: Option<Silence>,
    /// From the arrival of the request to the plan.
    pub decided_after: Duration,
    /// From the arrival of the request to the reply.
    pub answered_after: Duration,
}

impl Explanation {
    /// An empty record.
    pub fn new(request: u64, language: String, trigger: Trigger) -> Self {
        Self {
            request,
            language,
            trigger,
            classification: None,
            plan: None,
            local: Vec::new(),
            prompts: Vec::new(),
            attempts: Vec::new(),
            offered: None,
            silence: None,
            decided_after: Duration::ZERO,
            answered_after: Duration::ZERO,
        }
    }

    /// What all attempts cost together; `None` when the cost of any is unknown.
    pub fn cost(&self) -> Option<NanoUsd> {
        self.attempts.iter().try_fold(NanoUsd::default(), |sum, attempt| Some(sum + attempt.cost?))
    }
}

/// One call, or one answer found in the cache instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// The tier it counted for.
    pub tier: Tier,
    /// The model asked.
    pub model: String,
    /// How it ended.
    pub ended: Ended,
    /// Tokens used; estimated where the server did not say.
    pub usage: Option<Usage>,
    /// What it cost; `None` when the price or the usage is unknown. Zero for cache hits.
    pub cost: Option<NanoUsd>,
    /// From the arrival of the request to the start of the call.
    pub started_after: Duration,
    /// From the start of the call to its first text.
    pub first_text_after: Option<Duration>,
    /// From the start of the call to its end, or to the reply when it was still running.
    pub took: Duration,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It answered, and the answer was offered.
    Answered,
    /// The answer came from the cache, without a call.
    FromCache,
    /// It answered, but a filter left nothing; holds the filter's reason.
    Filtered(&'static str),
    /// The deadline passed; the call goes on and its answer goes to the cache.
    Late,
    /// It said nothing for so long that another model was asked instead.
    Silent,
    /// Another model, asked beside it, was first.
    Outrun,
    /// It wrote something else than the user has typed since it was begun.
    Diverged,
    /// It failed; holds the error.
    Failed(String),
    /// The user typed on or the editor cancelled.
    Cancelled,
}

/// Why nothing was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Tabtier is switched off or paused.
    Disabled,
    /// A newer request or an edit came before the answer.
    Superseded,
    /// The policy leaves requests of the class unanswered.
    Unanswered,
    /// No model is configured for the class and the local engine had nothing.
    NoModel,
    /// The deadline passed and nothing valid was there.
    TooLate,
    /// Every attempt failed; the records say how.
    AllFailed,
    /// Answers came, but the filters left nothing; holds the last reason.
    Filtered(&'static str),
    /// Models were asked and had nothing to insert.
    NothingToSay,
    /// The gate kept every model out; holds why.
    Gated(Reason),
    /// Something broke inside; the process goes on.
    Fault,
}

impl Silence {
    /// A sentence for the user.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Disabled => "Tabtier is switched off or paused",
            Self::Superseded => "a newer request or an edit came first",
            Self::Unanswered => "the policy leaves requests of this class unanswered",
            Self::NoModel => "the local engine has nothing and no model may be asked",
            Self::TooLate => "no answer was there at the deadline",
            Self::AllFailed => "every model that was asked failed",
            Self::Filtered(reason) => reason,
            Self::NothingToSay => "nothing fits here",
            Self::Gated(reason) => reason.sentence(),
            Self::Fault => "an internal fault; the log has the details",
        }
    }
}
