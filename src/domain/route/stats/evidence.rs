//! What feedback does to one request, and the counts and the sentence that justify it.

use super::bounds::Shift;
use super::tally::Tally;
use crate::domain::class::RequestClass;
use crate::domain::route::Tier;

/// What feedback says about one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Where the class stands.
    pub shift: Shift,
    /// Where this request should go instead if it was made by typing, to learn about that tier.
    pub probe: Option<Shift>,
    /// Why.
    pub evidence: Evidence,
}

/// Outcomes of the table's tier and of the one it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The class.
    pub class: RequestClass,
    /// The tier of the table and what became of its answers.
    pub own: (Tier, Tally),
    /// The other tier and what became of its answers.
    pub other: Option<(Tier, Tally)>,
}

impl Advice {
    /// Nothing is known: the table decides.
    pub fn none(class: RequestClass, own: Tier) -> Self {
        let evidence = Evidence { class, own: (own, Tally::default()), other: None };
        Self { shift: Shift::Stay, probe: None, evidence }
    }
}

impl Evidence {
    /// Why a class stands off the table, for the user; `None` where it does not.
    pub fn of_move(&self, shift: Shift) -> Option<String> {
        let (own, own_tally) = &self.own;
        let (other, other_tally) = self.other.as_ref()?;
        let class = self.class.name();
        let (first, second) = match shift {
            Shift::Stay => return None,
            Shift::Up => ((own, own_tally), (other, other_tally)),
            Shift::Down => ((other, other_tally), (own, own_tally)),
        };
        Some(format!(
            "feedback: {class} answers of {} were taken in {}, those of {} in {}, so {} is asked \
             first",
            first.0.name(),
            counts(first.1),
            second.0.name(),
            counts(second.1),
            other.name(),
        ))
    }

    /// Why this one request asks `tier` first, for the user.
    pub fn of_probe(&self, tier: Tier) -> String {
        let others = [Some(self.own), self.other].into_iter().flatten();
        let compared = others.into_iter().find(|(other, _)| *other != tier);
        let (other, tally) = compared.unwrap_or(self.own);
        format!(
            "feedback: {} answers of {} were taken in {}; every eighth request asks {} first, to \
             compare",
            self.class.name(),
            other.name(),
            counts(&tally),
            tier.name(),
        )
    }
}

/// `3 of 60`, rounded; older outcomes count less.
pub fn counts(tally: &Tally) -> String {
    format!("{:.0} of {:.0}", tally.taken(), tally.trials())
}
