//! Rows of the settings table: who answers what, and when.

use super::{Preset, Row, Scope, TIERS};
use crate::config::kind::Kind;

pub(super) const ROWS: &[Row] = &[
    Row {
        key: "enabled",
        kind: Kind::Bool,
        default: Preset::Bool(true),
        scope: Scope::Only("false"),
        doc: "Master switch. When false, every request is answered with nothing and no model is \
              asked.",
    },
    Row {
        key: "policy.override",
        kind: Kind::Choice(&["auto", "local", "fast", "mid", "flagship"]),
        default: Preset::Text("auto"),
        scope: Scope::Only("local"),
        doc: "Forces one tier for every request. With `auto` the table of classes decides; \
              `flagship` asks the best model for everything; `local` never uses the network. A \
              class's ceiling holds under an override too.",
    },
    Row {
        key: "policy.cloud_failover",
        kind: Kind::Bool,
        default: Preset::Bool(false),
        scope: Scope::Only("false"),
        doc: "Whether a request that began on a model of your own may move on to somebody else's \
              computer when yours fails. When false, the next model of your own is asked, or none.",
    },
    Row {
        key: "policy.hedge_share",
        kind: Kind::Number { min: 0.0, max: 0.1, unit: "" },
        default: Preset::Number(0.02),
        scope: Scope::Lower,
        doc: "The share of calls beside which the next model may be asked when a call is slower than \
              nineteen of twenty of its model. The first answer is shown, the other call is ended, \
              and both are paid. 0 never asks two models at once.",
    },
    Row {
        key: "policy.gate",
        kind: Kind::Choice(&["off", "light", "normal", "strict"]),
        default: Preset::Text("normal"),
        scope: Scope::Only("strict"),
        doc: "How much the gate holds back. The gate keeps models from being asked while you type \
              where their answer would hardly be read: it lengthens the settle delay or says \
              nothing. `light` only delays calls; `normal` avoids most wasted \
              calls; `strict` avoids more of them and loses some wanted answers; `off` \
              asks after every settle delay. What you ask for with a key press is never held back.",
    },
    Row {
        key: "policy.<class>.tiers",
        kind: Kind::List(&TIERS),
        default: Preset::PerClass([
            &Preset::Texts(&["local", "fast"]),
            &Preset::Texts(&["local", "fast"]),
            &Preset::Texts(&["fast", "local"]),
            &Preset::Texts(&["fast"]),
            &Preset::Texts(&["mid", "fast"]),
            &Preset::Texts(&["flagship", "mid"]),
            &Preset::Texts(&["flagship", "mid"]),
        ]),
        scope: Scope::Subset,
        doc: "Which tiers may answer requests of this class, in the order they are tried. An empty \
              list means that requests of this class are not answered.",
    },
    Row {
        key: "policy.<class>.deadline_ms",
        kind: Kind::Integer { min: 10, max: 60_000, unit: "ms" },
        default: Preset::PerClass([
            &Preset::Integer(150),
            &Preset::Integer(150),
            &Preset::Integer(200),
            &Preset::Integer(200),
            &Preset::Integer(300),
            &Preset::Integer(2_000),
            &Preset::Integer(3_000),
        ]),
        scope: Scope::Lower,
        doc: "How long a request of this class may take from its arrival to its reply, all waiting \
              included. At the deadline the best answer so far is given, or none.",
    },
    Row {
        key: "policy.<class>.output_tokens_max",
        kind: Kind::Integer { min: 1, max: 32_768, unit: "tokens" },
        default: Preset::PerClass([
            &Preset::Integer(16),
            &Preset::Integer(16),
            &Preset::Integer(64),
            &Preset::Integer(64),
            &Preset::Integer(128),
            &Preset::Integer(256),
            &Preset::Integer(512),
        ]),
        scope: Scope::Lower,
        doc: "The most tokens a model may generate for a request of this class. Tokens are paid \
              for, so this bounds what one request can cost.",
    },
    Row {
        key: "policy.<class>.floor",
        kind: TIERS,
        default: Preset::Text("local"),
        scope: Scope::Never,
        doc: "The least tier that may answer requests of this class; `local` sets no floor. Models \
              of lower tiers are not asked, and the local engine does not answer before models. Its \
              guess stays the last resort.",
    },
    Row {
        key: "policy.<class>.ceiling",
        kind: TIERS,
        default: Preset::Text("flagship"),
        scope: Scope::Lower,
        doc: "The highest tier that may answer requests of this class; `flagship` sets no ceiling. \
              Models of higher tiers are never asked, neither when you ask again at the same place \
              nor when an override names a higher tier: the ceiling takes its place then.",
    },
    Row {
        key: "policy.<class>.settle_ms",
        kind: Kind::Integer { min: 0, max: 10_000, unit: "ms" },
        default: Preset::Unset,
        scope: Scope::Raise,
        doc: "How long you must have paused typing before a model is asked for this class, whatever \
              its tier. When not set, `tiers.<tier>.settle_ms` of the model's tier holds.",
    },
    Row {
        key: "policy.<class>.local_confidence_min",
        kind: Kind::Number { min: 0.0, max: 1.0, unit: "" },
        default: Preset::PerClass([
            &Preset::Number(0.65),
            &Preset::Number(0.65),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
            &Preset::Number(0.8),
        ]),
        scope: Scope::Lower,
        doc: "How sure the local engine must be to answer a request of this class alone, as a \
              probability. Lower values ask models less often.",
    },
    Row {
        key: "tiers.<tier>.models",
        kind: Kind::List(&Kind::Text),
        default: Preset::Texts(&[]),
        scope: Scope::Subset,
        doc: "The models of this tier by name, in the order they are tried. Each name is that of a \
              `[models.NAME]` table.",
    },
    Row {
        key: "tiers.<tier>.settle_ms",
        kind: Kind::Integer { min: 0, max: 10_000, unit: "ms" },
        default: Preset::PerTier([
            &Preset::Integer(50),
            &Preset::Integer(100),
            &Preset::Integer(250),
        ]),
        scope: Scope::Never,
        doc: "How long you must have paused typing before a model of this tier is asked. Pressing \
              the key for a completion asks at once. Shorter pauses cost more: most requests are \
              then outdated before anyone reads the answer. With 0 the gate delays nothing either.",
    },
];
