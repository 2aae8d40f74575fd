//! How far feedback may move a class: one tier to either side of the table's own, within the
//! user's floor and ceiling, and only to a tier that has a model.

use crate::domain::route::{ClassPolicy, Tier};

/// Where a class is asked first, seen from the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shift {
    /// At the tier of the table.
    #[default]
    Stay,
    /// One tier above it.
    Up,
    /// One tier below it.
    Down,
}

impl Shift {
    /// The name used in reports and on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stay => "stay",
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// The shift with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Stay, Self::Up, Self::Down].into_iter().find(|shift| shift.name() == name)
    }
}

/// The tiers that feedback may choose from for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The tier that the table asks first. Never `local`: the local engine is asked by its
    /// confidence, and what it leaves to models is the harder part, so the two cannot be compared.
    pub own: Tier,
    /// The tier above, where the request may go there.
    pub above: Option<Tier>,
    /// The tier below, where the request may go there.
    pub below: Option<Tier>,
}

impl Bounds {
    /// The bounds around the tier that is asked first. `has_model` says which tiers have one.
    pub fn new(own: Tier, floor: Tier, ceiling: Tier, has_model: impl Fn(Tier) -> bool) -> Self {
        let models = || Tier::ALL.into_iter().filter(|tier| *tier != Tier::Local);
        let above = models().find(|tier| *tier > own);
        let below = models().rev().find(|tier| *tier < own);
        Self {
            own,
            above: above.filter(|tier| *tier <= ceiling && has_model(*tier)),
            below: below.filter(|tier| *tier >= floor && has_model(*tier)),
        }
    }

    /// The same for a row of the policy table.
    pub fn of_row(own: Tier, row: &ClassPolicy, has_model: impl Fn(Tier) -> bool) -> Self {
        Self::new(own, row.floor, row.ceiling, has_model)
    }

    /// The tier a shift leads to; `None` where it is out of bounds.
    pub fn tier(&self, shift: Shift) -> Option<Tier> {
        match shift {
            Shift::Stay => Some(self.own),
            Shift::Up => self.above,
            Shift::Down => self.below,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Tier::{Fast, Flagship, Local, Mid};

    #[test]
    fn one_tier_to_either_side_within_the_users_bounds() {
        let check = |own, floor, ceiling, models: &[Tier], below, above| {
            let bounds = Bounds::new(own, floor, ceiling, |tier| models.contains(&tier));
            assert_eq!((bounds.below, bounds.above), (below, above));
        };
        let all = [Fast, Mid, Flagship];
        check(Mid, Local, Flagship, &all, Some(Fast), Some(Flagship));
        check(Mid, Mid, Mid, &all, None, None);
        check(Fast, Local, Flagship, &all, None, Some(Mid));
        check(Flagship, Fast, Flagship, &all, Some(Mid), None);
        // The next tier without a model is no reason to skip to the one after it.
        check(Fast, Local, Flagship, &[Fast, Flagship], None, None);
    }
}
