//! The commands a client may run; `docs/protocol.md` describes them.

use std::path::Path;

use serde_json::{Value, json};

use super::news;
use crate::domain::explain::Explanation;
use crate::domain::ledger::Reaction;
use crate::domain::route::Tier;
use crate::engine::{Engine, Refusal};
use crate::report;

/// A command of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// The user accepted a suggestion, or part of it, or dismissed it. Arguments: its request
    /// number, optionally the number of accepted characters.
    Accepted,
    /// Explains the last request, or the one whose number is given.
    Explain,
    /// What is configured, answered and spent.
    Status,
    /// The policy in effect and who said each value, for every file or for the one whose URI is
    /// given.
    Policy,
    /// Stops completing until resumed.
    Pause,
    /// Goes on.
    Resume,
    /// Sets `policy.override` for this session. Argument: a tier or `auto`.
    SetOverride,
    /// Forgets cached answers.
    ClearCache,
}

impl Command {
    /// Every command.
    pub(super) const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Explain,
        Self::Status,
        Self::Policy,
        Self::Pause,
        Self::Resume,
        Self::SetOverride,
        Self::ClearCache,
    ];

    /// Its name on the wire.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "tabtier.accepted",
            Self::Explain => "tabtier.explain",
            Self::Status => "tabtier.status",
            Self::Policy => "tabtier.policy",
            Self::Pause => "tabtier.pause",
            Self::Resume => "tabtier.resume",
            Self::SetOverride => "tabtier.setOverride",
            Self::ClearCache => "tabtier.clearCache",
        }
    }

    /// The command with this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name() == name)
    }
}

/// Notes an acceptance. `arguments`: the request's number, optionally the accepted characters, of
/// which none means that it was dismissed.
pub(super) fn react(engine: &Engine, arguments: &[Value]) {
    let Some(request) = arguments.first().and_then(Value::as_u64) else { return };
    let chars = arguments.get(1).and_then(Value::as_u64);
    let reaction = match chars {
        Some(0) => Reaction::Rejected,
        Some(chars) => {
            Reaction::PartiallyAccepted { chars: u32::try_from(chars).unwrap_or(u32::MAX) }
        }
        None => Reaction::Accepted,
    };
    engine.reacted(request, reaction);
}

/// The explanation of a request, the last one unless a number is given; null when it is unknown.
pub(super) fn explain(engine: &Engine, number: Option<&Value>) -> Value {
    let number = number.and_then(Value::as_u64);
    engine.with_ledger(|ledger| {
        let is_meant = |explanation: &&Explanation| match number {
            Some(number) => explanation.request == number,
            None => true,
        };
        let mut found = ledger.requests().rev().filter(is_meant);
        found.next().map_or(Value::Null, |explanation| {
            let mut value = report::json(explanation);
            value["text"] = Value::from(report::text(explanation));
            value
        })
    })
}

/// What is configured, answered and spent.
pub(super) fn status(
    engine: &Engine,
    documents_open: usize,
    is_paused: bool,
    settings_file: Option<&Path>,
) -> Value {
    let settings = engine.settings();
    let (standing, size) = (engine.indexes().standing(), engine.indexes().size());
    let money = engine.books().standing();
    let tiers = Tier::ALL.into_iter().filter(|tier| *tier != Tier::Local);
    let models: serde_json::Map<_, _> = tiers
        .map(|tier| (tier.name().to_owned(), Value::from(settings.policy.models(tier).to_vec())))
        .collect();
    json!({
        "enabled": settings.enabled,
        "paused": is_paused,
        "override": news::override_name(settings.policy.force),
        "settings_file": settings_file,
        "models": models,
        "documents_open": documents_open,
        "index": {
            "state": standing.phase.name(),
            "files": standing.files_read,
            "files_wanted": standing.files_wanted,
            "files_beyond_limit": standing.is_cut,
            "text_bytes": size.text_bytes,
            "words": size.words,
            "memory_bytes": size.bytes,
            "note": standing.refusal.map(Refusal::sentence),
        },
        "money": report::money(&money.caps, money.trouble.as_deref()),
        "totals": engine.with_ledger(|ledger| report::totals(ledger.totals())),
        "feedback": {
            "enabled": settings.feedback.enabled,
            "classes": engine.with_stats(report::feedback::json),
        },
    })
}
