//! Rows of the settings table: what may be spent, and what is kept of it.

use super::{Preset, Row, Scope};
use crate::config::kind::Kind;

const DOLLARS: Kind = Kind::Number { min: 0.0, max: 1_000_000.0, unit: "USD" };
const CALLS: Kind = Kind::Integer { min: 0, max: 1_000_000, unit: "calls a minute" };

pub(super) const ROWS: &[Row] = &[
    Row {
        key: "caps.request_usd",
        kind: DOLLARS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most a single call may cost. What it could cost at worst counts: the prompt with \
              as many tokens as its text can have, and an answer as long as allowed.",
    },
    Row {
        key: "caps.day_usd",
        kind: DOLLARS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most that may be spent on a day, in UTC, by all servers of yours together. At 80 % \
              you are told once; at the cap, tiers that do not fit are left out, and the local \
              engine goes on.",
    },
    Row {
        key: "caps.month_usd",
        kind: DOLLARS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The same for a month of the calendar, in UTC.",
    },
    Row {
        key: "caps.requests_per_minute",
        kind: CALLS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most calls of models in a minute of the clock, by all servers of yours together.",
    },
    Row {
        key: "caps.<tier>.request_usd",
        kind: DOLLARS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most a single call of this tier may cost, see `caps.request_usd`.",
    },
    Row {
        key: "caps.<tier>.day_usd",
        kind: DOLLARS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most that may be spent on this tier on a day.",
    },
    Row {
        key: "caps.<tier>.month_usd",
        kind: DOLLARS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most that may be spent on this tier in a month.",
    },
    Row {
        key: "caps.<tier>.requests_per_minute",
        kind: CALLS,
        default: Preset::Unset,
        scope: Scope::Lower,
        doc: "The most calls of this tier's models in a minute.",
    },
    Row {
        key: "caps.allow_unpriced",
        kind: Kind::Bool,
        default: Preset::Bool(false),
        scope: Scope::Only("false"),
        doc: "Whether a cloud model whose price is unknown may be asked although money is capped. \
              Its calls count as nothing, so the caps do not hold for it. Self-hosted models \
              without a price are never held back by caps in money.",
    },
    Row {
        key: "caps.ask_above_usd",
        kind: DOLLARS,
        default: Preset::Number(0.1),
        scope: Scope::Lower,
        doc: "An action that you start yourself and that may cost more than this shows its estimate \
              first and waits for your word.",
    },
    Row {
        key: "ledger.enabled",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Never,
        doc: "Whether requests and calls are kept in a file of yours for `tabtier report`: times, \
              tokens, cost, class, tier, model, language and what became of suggestions, never text \
              or paths. When false, only the sums that caps need are kept. See `docs/money.md`.",
    },
    Row {
        key: "ledger.days",
        kind: Kind::Integer { min: 1, max: 10_000, unit: "days" },
        default: Preset::Integer(400),
        scope: Scope::Never,
        doc: "Entries older than this are deleted.",
    },
];
