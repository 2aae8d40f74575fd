//! What the answers say about deadlines, and what a user can do about trouble.

use std::time::Duration;

use super::Reply;
use crate::domain::class::RequestClass;
use crate::domain::route::{Policy, Tier};

/// Why a question went unanswered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The server could not be reached or broke off.
    Unreachable(String),
    /// The key is missing or was refused.
    Key(String),
    /// Out of money or quota.
    Quota(String),
    /// Too many requests, or overloaded.
    Limited,
    /// The question itself was refused.
    Refused(String),
    /// The server failed.
    Server(String),
    /// The answer could not be understood.
    Malformed(String),
}

impl Trouble {
    /// What is wrong, in a few words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unreachable(detail) => format!("not reachable: {detail}"),
            Self::Key(detail) => format!("key refused: {detail}"),
            Self::Quota(detail) => format!("out of quota: {detail}"),
            Self::Limited => "rate limited or overloaded".to_owned(),
            Self::Refused(detail) => format!("refused: {detail}"),
            Self::Server(detail) => format!("server error: {detail}"),
            Self::Malformed(detail) => format!("not understood: {detail}"),
        }
    }

    /// What the user of the model `name` can do.
    pub fn advice(&self, name: &str) -> String {
        match self {
            Self::Unreachable(_) => {
                format!("start the server, or correct models.{name}.url")
            }
            Self::Key(_) => format!("set the variable that models.{name}.key_env names"),
            Self::Quota(_) => "look at the plan and the limits of the account".to_owned(),
            Self::Limited => "ask again in a minute".to_owned(),
            Self::Refused(_) => format!(
                "check models.{name}.protocol, .form, .model, and .extra for fields that the \
                 server does not take"
            ),
            Self::Server(_) => "look at the server's own log".to_owned(),
            Self::Malformed(_) => {
                format!("check that models.{name}.url is the base address of the protocol")
            }
        }
    }
}

/// How long answers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// To the first text, the median.
    pub first_p50: Duration,
    /// To the first text, 95 of 100 are no slower.
    pub first_p95: Duration,
    /// To the end, the median.
    pub total_p50: Duration,
    /// To the end, 95 of 100 are no slower.
    pub total_p95: Duration,
}

impl Pace {
    /// The pace of some replies; `None` where there is none. Of few replies the 95th percentile is
    /// the slowest one.
    pub fn of(replies: &[Reply]) -> Option<Self> {
        let at = |of: &dyn Fn(&Reply) -> Duration, share: f64| {
            let mut sorted: Vec<_> = replies.iter().map(of).collect();
            sorted.sort_unstable();
            let rank = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(rank.max(1) - 1).copied()
        };
        let first = |reply: &Reply| reply.first_text.unwrap_or(reply.took);
        let total = |reply: &Reply| reply.took;
        Some(Self {
            first_p50: at(&first, 0.5)?,
            first_p95: at(&first, 0.95)?,
            total_p50: at(&total, 0.5)?,
            total_p95: at(&total, 0.95)?,
        })
    }
}

/// A class that the model is asked for, and whether it answers in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The class.
    pub class: RequestClass,
    /// The tier the model stands in for it.
    pub tier: Tier,
    /// The time a reply has.
    pub deadline: Duration,
    /// Whether 95 of 100 short answers were there by then.
    pub is_met: bool,
}

/// The classes for which a policy may ask the model.
pub fn rows(policy: &Policy, model: &str, pace: Pace) -> Vec<Row> {
    let serves = |tier: Tier| policy.models(tier).iter().any(|id| id == model);
    let of_class = |class: RequestClass| {
        let row = policy.row(class);
        let tier = row.tiers.iter().copied().find(|tier| serves(*tier) && row.allows(*tier))?;
        let is_met = pace.total_p95 <= row.deadline;
        Some(Row { class, tier, deadline: row.deadline, is_met })
    };
    RequestClass::ALL.into_iter().filter_map(of_class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(first: u64, took: u64) -> Reply {
        let ms = Duration::from_millis;
        Reply { first_text: Some(ms(first)), took: ms(took), pieces: 1, usage: None }
    }

    #[test]
    fn of_few_replies_the_slowest_is_the_95th_percentile() {
        let replies: Vec<_> = [5, 1, 4, 2, 3].map(|n| reply(n, n * 10)).into();
        let pace = Pace::of(&replies).expect("a pace");
        assert_eq!(pace.first_p50.as_millis(), 3);
        assert_eq!(pace.first_p95.as_millis(), 5);
        assert_eq!(pace.total_p50.as_millis(), 30);
        assert_eq!(pace.total_p95.as_millis(), 50);
        assert_eq!(Pace::of(&[]), None);
    }
}
