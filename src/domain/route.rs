//! From a classified request to a plan: which tiers, which models, by when, at what limit.
//!
//! Routing is a pure function of the classification, the policy table, the configured models and
//! their health. The same inputs always give the same plan, and every plan carries the sentences
//! that explain it.

pub mod budget;
pub mod clocks;
pub mod evidence;
pub mod health;
pub mod latency;
pub mod model;
pub mod plan;
pub mod policy;
pub mod stats;

pub use evidence::{Evidence, evidence};
pub use model::{ModelSpec, Place};
pub use plan::{Attempt, Circumstances, Escalation, LocalRole, Plan, plan};
pub use policy::{ClassPolicy, Override, Policy};
pub use stats::{Outcome, RouteStats};

/// Who may answer, from free to dearest. The order is meaningful: a higher tier costs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Our own engine: no network, no cost.
    Local,
    /// Small, cheap models under a hard deadline.
    Fast,
    /// Mid-size models.
    Mid,
    /// The best models the user has.
    Flagship,
}

impl Tier {
    /// Every tier, cheapest first.
    pub const ALL: [Self; 4] = [Self::Local, Self::Fast, Self::Mid, Self::Flagship];

    /// The name used in configuration, logs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Fast => "fast",
            Self::Mid => "mid",
            Self::Flagship => "flagship",
        }
    }

    /// The tier with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }
}
