//! What one process may spend without asking anybody: its leases, and what it has reserved of them.
//!
//! Reserving is arithmetic in memory, so a keystroke never waits for a disk. What is short is noted,
//! and whoever keeps the shared sums fills the purse in the background. An amount is taken from the
//! lease when a call begins, for the most it can cost, and settled when it ends, for what it did cost.
//!
//! Invariant: for each counter `reserved + spent <= held`, as long as the sums can be written and no
//! call costs more than was reserved for it.

use std::collections::BTreeMap;

use super::amount::PicoUsd;
use super::calendar::Moment;
use super::caps::{Caps, Counted, Counter, Limit};
use super::grant::Want;
use crate::domain::route::Tier;

/// A counter in one of its periods.
pub type Slot = (Counter, Moment);

/// The process's part of a counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Leased of the shared sum.
    pub held: u64,
    /// For calls under way.
    pub reserved: u64,
    /// By calls that have ended and are not booked yet.
    pub spent: u64,
    /// What the cheapest and the dearest call need that were asked for lately.
    demand: Option<(u64, u64)>,
    /// What the last call needs that found too little.
    short: Option<u64>,
    /// What else is to be had, where that was less than the dearest call needs.
    rest: Option<u64>,
}

/// Leases and reservations of one process.
#[derive(Debug, Default)]
pub struct Purse {
    holdings: BTreeMap<Slot, Holding>,
    /// Whether the shared sums cannot be written at the moment.
    is_cut_off: bool,
}

/// An amount set aside for one call. It must be settled or released.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Reservation {
    parts: Vec<(Slot, u64)>,
}

/// Why a call may not be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It may cost more than any single call may.
    TooDear {
        /// What it may cost.
        most: PicoUsd,
        /// What a call may cost.
        max: PicoUsd,
    },
    /// Its price is unknown, and money is bounded.
    Unpriced,
    /// A cap is reached.
    Reached(Limit),
    /// The sums cannot be written, and a hundredth of a cap is spent without being booked.
    CutOff(Limit),
    /// What it needs is being leased; soon it may.
    Waiting,
}

impl Refusal {
    /// A sentence for the user, without a full stop.
    pub fn sentence(&self) -> String {
        match self {
            Self::TooDear { most, max } => {
                format!("one call may cost up to {most}, and the cap for one is {max}")
            }
            Self::Unpriced => {
                "its price is unknown, so a cap could not hold; set price_input and price_output"
                    .to_owned()
            }
            Self::Reached(Limit { counter, max }) => {
                format!("{counter} reached the cap of {}", counter.shown(*max))
            }
            Self::CutOff(Limit { counter, .. }) => {
                format!("the ledger cannot be written, so {counter} cannot be kept within its cap")
            }
            Self::Waiting => "its part of the cap is being leased".to_owned(),
        }
    }
}

impl Holding {
    /// Leased and free.
    fn free(&self) -> u64 {
        self.held.saturating_sub(self.reserved).saturating_sub(self.spent)
    }

    fn is_dry_for(&self, part: u64) -> bool {
        self.rest.is_some_and(|rest| part > self.free().saturating_add(rest))
    }

    /// Spent or about to be, and not in the shared sums.
    fn unbooked(&self) -> u64 {
        self.reserved.saturating_add(self.spent)
    }
}

impl Purse {
    /// Says that a call of about this cost may come soon, so that a lease is there when it does.
    pub fn expect(&mut self, caps: &Caps, tier: Tier, most: PicoUsd, at: Moment) {
        for limit in caps.limits_of(tier) {
            let part = limit.counter.part(most);
            let holding = self.holding(limit.counter, at);
            let (least, most) = holding.demand.unwrap_or((part, part));
            holding.demand = Some((least.min(part), most.max(part)));
        }
    }

    /// Sets aside what a call may cost at most; `None` where its price is unknown.
    pub fn reserve(
        &mut self,
        caps: &Caps,
        tier: Tier,
        most: Option<PicoUsd>,
        at: Moment,
    ) -> Result<Reservation, Refusal> {
        let most = match most {
            Some(most) => most,
            None if caps.bounds_money(tier) && !caps.allows_unpriced => {
                return Err(Refusal::Unpriced);
            }
            None => PicoUsd::ZERO,
        };
        if let Some(max) = caps.request_max(tier).filter(|max| most > *max) {
            return Err(Refusal::TooDear { most, max });
        }
        self.expect(caps, tier, most, at);
        for limit in caps.limits_of(tier) {
            self.check(limit, limit.counter.part(most), at)?;
        }
        let slot = |counter: Counter| (counter, counter.period.start(at));
        let limits = caps.limits_of(tier);
        let parts: Vec<_> = limits.map(|l| (slot(l.counter), l.counter.part(most))).collect();
        for (slot, part) in &parts {
            let holding = self.holdings.entry(*slot).or_default();
            holding.reserved = holding.reserved.saturating_add(*part);
        }
        Ok(Reservation { parts })
    }

    /// Whether so much can be taken of a counter now.
    fn check(&mut self, limit: &Limit, part: u64, at: Moment) -> Result<(), Refusal> {
        let is_cut_off = self.is_cut_off;
        let holding = self.holding(limit.counter, at);
        if is_cut_off {
            let allowed = match limit.counter.counted {
                Counted::Money => limit.max / 100,
                Counted::Requests => limit.max,
            };
            let fits =
                holding.unbooked().saturating_add(part) <= allowed && !holding.is_dry_for(part);
            return if fits { Ok(()) } else { Err(Refusal::CutOff(*limit)) };
        }
        match holding.free() >= part {
            true => Ok(()),
            false if holding.is_dry_for(part) || part > limit.max => Err(Refusal::Reached(*limit)),
            false => {
                holding.short = Some(part);
                Err(Refusal::Waiting)
            }
        }
    }

    /// What is known to keep such a call out, without asking for anything.
    pub fn objection(
        &self,
        caps: &Caps,
        tier: Tier,
        most: Option<PicoUsd>,
        at: Moment,
    ) -> Option<Refusal> {
        match most {
            None if caps.bounds_money(tier) && !caps.allows_unpriced => Some(Refusal::Unpriced),
            None => None,
            Some(most) => match caps.request_max(tier).filter(|max| most > *max) {
                Some(max) => Some(Refusal::TooDear { most, max }),
                None => self.reached(caps, tier, most, at).map(Refusal::Reached),
            },
        }
    }

    /// The cap that keeps a call of this tier and cost out, as far as is known without asking.
    pub fn reached(&self, caps: &Caps, tier: Tier, most: PicoUsd, at: Moment) -> Option<Limit> {
        let is_dry = |limit: &&Limit| {
            let (counter, part) = (limit.counter, limit.counter.part(most));
            let holding = self.holdings.get(&(counter, counter.period.start(at)));
            part > limit.max || holding.is_some_and(|h| h.is_dry_for(part) && h.free() < part)
        };
        caps.limits_of(tier).find(is_dry).copied()
    }

    /// A call has ended: what it cost replaces what was set aside for it. Returns where it counts.
    pub fn settle(&mut self, reservation: Reservation, cost: PicoUsd) -> Vec<(Slot, u64)> {
        let settled: Vec<_> =
            reservation.parts.iter().map(|(slot, _)| (*slot, slot.0.part(cost))).collect();
        self.release(reservation);
        for (slot, part) in &settled {
            let holding = self.holdings.entry(*slot).or_default();
            holding.spent = holding.spent.saturating_add(*part);
        }
        settled
    }

    /// A call was never made: nothing was spent.
    pub fn release(&mut self, reservation: Reservation) {
        for (slot, part) in reservation.parts {
            let holding = self.holdings.entry(slot).or_default();
            holding.reserved = holding.reserved.saturating_sub(part);
        }
    }

    /// What should be leased: wherever the dearest call of late would not find enough.
    pub fn wants(&self, caps: &Caps, at: Moment) -> Vec<(Limit, Moment, Want)> {
        let want = |limit: &Limit| {
            let start = limit.counter.period.start(at);
            let holding = self.holdings.get(&(limit.counter, start))?;
            let (least, full) = holding.demand?;
            let short = |part: u64| part.saturating_sub(holding.free());
            let least = short(holding.short.unwrap_or(least));
            let want = Want { least, full: short(full), more: full.saturating_mul(3) };
            (want.full > 0).then_some((*limit, start, want))
        };
        caps.limits.iter().filter_map(want).collect()
    }

    /// A lease was granted, of what was wanted or less; `rest` is what nobody holds after it.
    pub fn granted(&mut self, slot: Slot, want: Want, amount: u64, rest: u64) {
        let holding = self.holdings.entry(slot).or_default();
        holding.held = holding.held.saturating_add(amount);
        holding.short = None;
        holding.rest = (amount < want.full).then_some(rest);
    }

    /// What was settled has been booked: it leaves the lease. Returns what of the lease that took,
    /// which is less than the part where a call cost more than was set aside.
    pub fn booked(&mut self, slot: Slot, part: u64) -> u64 {
        let Some(holding) = self.holdings.get_mut(&slot) else { return 0 };
        holding.spent = holding.spent.saturating_sub(part);
        let taken = part.min(holding.held);
        holding.held -= taken;
        taken
    }

    /// What was booked was not written after all.
    pub fn unbook(&mut self, slot: Slot, part: u64, taken: u64) {
        let holding = self.holdings.entry(slot).or_default();
        holding.spent = holding.spent.saturating_add(part);
        holding.held = holding.held.saturating_add(taken);
    }

    /// What may be given back: leases of periods that are over, and every lease if `is_idle`. The
    /// purse holds it no more.
    pub fn surrender(&mut self, is_idle: bool, at: Moment) -> Vec<(Slot, u64)> {
        let mut given = Vec::new();
        for (slot, holding) in &mut self.holdings {
            let is_over = slot.0.period.start(at) != slot.1;
            let free = holding.free();
            if (is_idle || is_over) && free > 0 {
                holding.held -= free;
                given.push((*slot, free));
            }
            if is_idle {
                (holding.demand, holding.short, holding.rest) = (None, None, None);
            }
        }
        self.holdings.retain(|(counter, start), holding| {
            let is_current = counter.period.start(at) == *start;
            *holding != Holding::default() && (is_current || holding.held + holding.unbooked() > 0)
        });
        given
    }

    /// Leases that were given back in vain stay.
    pub fn take_back(&mut self, given: Vec<(Slot, u64)>) {
        for (slot, amount) in given {
            self.holdings.entry(slot).or_default().held += amount;
        }
    }

    /// Whether the shared sums can be written.
    pub fn set_cut_off(&mut self, is_cut_off: bool) {
        self.is_cut_off = is_cut_off;
    }

    /// Whether calls are under way or unbooked.
    pub fn is_in_use(&self) -> bool {
        self.holdings.values().any(|holding| holding.unbooked() > 0)
    }

    /// The process's part of every counter.
    pub fn holdings(&self) -> impl Iterator<Item = (&Slot, &Holding)> {
        self.holdings.iter()
    }

    fn holding(&mut self, counter: Counter, at: Moment) -> &mut Holding {
        self.holdings.entry((counter, counter.period.start(at))).or_default()
    }
}

#[cfg(test)]
mod tests;
