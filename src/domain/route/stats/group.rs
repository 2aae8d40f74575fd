//! One class in one language: the tallies of its tiers, and where it stands because of them.
//!
//! *Leave on proof, return on balance.* A dearer tier earns its price where it is taken more than a
//! quarter more often. A class leaves the tier of the table only in a *round*, and only when the
//! intervals of both tiers prove it: upwards, that the dearer tier earns its price; downwards, that
//! the table's own does not. It returns as soon as the shares themselves speak against the move. The
//! gap between proof and balance keeps chance from moving it to and fro, and each round without a
//! proof and each return doubles the wait for the next round, so that the number of moves has a
//! bound whatever the user does.
//!
//! A round is the only way to learn about a tier that is not asked. During one, every eighth request
//! made by typing asks the other tier first; which ones is decided by the number of outcomes so far,
//! so there is no chance in it. Upwards that costs money, so a round upwards begins only where the
//! cheap answers keep being turned down. Both tiers are seen in the same weeks, so a change of habits
//! is not taken for a difference between them.

use super::bounds::{Bounds, Shift};
use super::evidence::{Advice, Evidence};
use super::tally::{Taken, Tally};
use crate::domain::class::RequestClass;
use crate::domain::route::Tier;

/// A dearer tier earns its price where it is taken more often by this factor. Prices of neighbouring
/// tiers differ by three or more; between models of neighbouring sizes the share of right answers
/// differs by up to half on whole bodies and hardly at all on single lines.
const WORTH: f64 = 1.25;
/// On balance a class comes back down to its tier when the dearer one is taken no more often by
/// this factor, which is less than it took to leave.
const STILL_WORTH: f64 = 1.1;
/// On balance a class comes back up to its tier when that is taken more often by this factor.
const MISSED: f64 = 1.4;
/// Answers keep being turned down where fewer than this share is taken, at the upper end of the
/// interval. Products report a quarter to a third taken.
const POOR: f64 = 0.25;
/// Outcomes of a tier before anything is concluded from them.
const SAMPLE_MIN: f64 = 60.0;
/// During a round every so many requests ask the other tier.
const PROBE_EVERY: u64 = 8;
/// Outcomes of the other tier that a round gathers.
const PROBES: u32 = 128;
/// Bound: outcomes a round may take, should the other tier not answer.
const ROUND_MAX: u64 = 2 * PROBE_EVERY * PROBES as u64;
/// Outcomes before the first round.
const REST_FIRST: u64 = 200;
/// Outcomes between rounds, doubled with each setback.
const REST: u64 = 1024;
/// Bound: doublings of the rest.
const SETBACKS_MAX: u8 = 4;
/// Outcomes in a row under another table before it counts as the table: files of one language may
/// have several, by their paths.
const STRANGERS_MAX: u8 = 64;
/// Outcomes a class stays where it has been moved, at least.
const STAY_MIN: u64 = 256;

/// A class in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Outcomes by tier, in the order of [`Tier::ALL`].
    pub tallies: [Tally; Tier::ALL.len()],
    /// The tier that the table asked first when last heard of.
    pub own: Tier,
    /// Where the class stands.
    pub stand: Shift,
    /// The round under way.
    pub round: Option<Round>,
    /// Which way the last round at home looked.
    pub last_toward: Shift,
    /// Outcomes of models so far: the clock of all that follows.
    pub heard: u64,
    /// [`Group::heard`] at which the next round may begin.
    pub next_round: u64,
    /// [`Group::heard`] at the last move.
    pub moved_at: u64,
    /// Outcomes in a row under a table that asks another tier first. Bound: [`STRANGERS_MAX`].
    pub strangers: u8,
    /// Rounds without a proof, and returns. Bound: [`SETBACKS_MAX`].
    pub setbacks: u8,
}

/// A time in which every eighth request asks another tier first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Which tier; [`Shift::Stay`] looks back at the table's own from where the class stands now.
    pub toward: Shift,
    /// [`Group::heard`] at its begin.
    pub began: u64,
    /// Outcomes of the other tier since.
    pub probes: u32,
}

impl Round {
    /// How many outcomes of the other tier a round gathers.
    pub const PROBES: u32 = PROBES;

    fn is_over(&self, heard: u64) -> bool {
        self.probes >= PROBES || heard.saturating_sub(self.began) >= ROUND_MAX
    }
}

impl Default for Group {
    fn default() -> Self {
        Self {
            tallies: [Tally::default(); Tier::ALL.len()],
            own: Tier::Local,
            stand: Shift::Stay,
            round: None,
            last_toward: Shift::Stay,
            heard: 0,
            next_round: REST_FIRST,
            moved_at: 0,
            strangers: 0,
            setbacks: 0,
        }
    }
}

impl Group {
    /// Outcomes of a tier.
    pub fn tally(&self, tier: Tier) -> &Tally {
        &self.tallies[tier as usize]
    }

    /// The same with numbers that cannot come about cut to the nearest that can.
    #[must_use]
    pub fn sound(mut self) -> Self {
        self.heard = self.heard.min(u64::MAX / 2);
        self.moved_at = self.moved_at.min(self.heard);
        self.setbacks = self.setbacks.min(SETBACKS_MAX);
        self.next_round = self.next_round.min(self.heard + (REST << SETBACKS_MAX));
        self.round = self.round.map(|round| Round { began: round.began.min(self.heard), ..round });
        self
    }

    pub(super) fn note(&mut self, tier: Tier, taken: Taken, bounds: Option<Bounds>) {
        if tier == Tier::Local {
            // Seen in reports only, so it fades by itself.
            self.tallies[Tier::Local as usize].fade();
            self.tallies[Tier::Local as usize].add(taken);
            return;
        }
        let models = self.tallies.iter_mut().skip(Tier::Fast as usize);
        models.for_each(Tally::fade);
        self.tallies[tier as usize].add(taken);
        self.heard += 1;
        if let Some(bounds) = bounds {
            self.step(tier, bounds);
        }
    }

    fn step(&mut self, tier: Tier, bounds: Bounds) {
        if self.own != bounds.own {
            self.strangers = self.strangers.saturating_add(1);
            if self.own != Tier::Local && self.strangers < STRANGERS_MAX {
                return;
            }
            self.settle_at(bounds.own);
        }
        self.strangers = 0;
        let Some(here) = bounds.tier(self.stand) else { return };
        if let Some(round) = &mut self.round
            && bounds.tier(round.toward) == Some(tier)
        {
            round.probes = round.probes.saturating_add(1);
        }
        match self.stand {
            Shift::Stay => self.at_home(bounds),
            Shift::Up | Shift::Down => self.away(here),
        }
    }

    /// The user has changed the table: what is known stays known, but the class starts from there,
    /// after a rest, so that tables that keep changing move nothing.
    fn settle_at(&mut self, own: Tier) {
        let is_new = self.own == Tier::Local;
        self.own = own;
        self.stand = Shift::Stay;
        if !is_new {
            self.rest(self.setbacks);
        }
    }

    fn at_home(&mut self, bounds: Bounds) {
        if self.tally(self.own).trials() < SAMPLE_MIN {
            return;
        }
        let Some(round) = self.round else {
            if self.heard >= self.next_round
                && let Some(toward) = self.direction(bounds)
            {
                self.last_toward = toward;
                self.begin(toward);
            }
            return;
        };
        // A workspace may have fewer models; that says nothing about the others.
        let Some(other) = bounds.tier(round.toward) else { return };
        let proof = self.proof(self.own.min(other), self.own.max(other));
        match (round.toward, proof) {
            (Shift::Up, Proof::EarnsItsPrice) | (Shift::Down, Proof::DoesNot) => {
                self.stand = round.toward;
                self.moved_at = self.heard;
                self.rest(0);
            }
            (_, Proof::None) if !round.is_over(self.heard) => {}
            _ => self.set_back(),
        }
    }

    /// Which way the next round looks, if there is any: up where the answers keep being turned
    /// down, else down. Where both may help they take turns.
    fn direction(&self, bounds: Bounds) -> Option<Shift> {
        let is_poor = self.tally(self.own).interval().1 < POOR;
        let (can_rise, can_fall) = (bounds.above.is_some() && is_poor, bounds.below.is_some());
        match (can_rise, can_fall) {
            (true, true) if self.last_toward == Shift::Up => Some(Shift::Down),
            (true, _) => Some(Shift::Up),
            (false, true) => Some(Shift::Down),
            (false, false) => None,
        }
    }

    fn proof(&self, cheap: Tier, dear: Tier) -> Proof {
        let (cheap, dear) = (self.tally(cheap), self.tally(dear));
        if cheap.trials() < SAMPLE_MIN || dear.trials() < SAMPLE_MIN {
            return Proof::None;
        }
        let ((cheap_low, cheap_high), (dear_low, dear_high)) = (cheap.interval(), dear.interval());
        if dear_low > WORTH * cheap_high {
            Proof::EarnsItsPrice
        } else if dear_high < WORTH * cheap_low {
            Proof::DoesNot
        } else {
            Proof::None
        }
    }

    fn away(&mut self, away: Tier) {
        let (own, other) = (self.tally(self.own), self.tally(away));
        let is_judged = own.trials() >= SAMPLE_MIN && other.trials() >= SAMPLE_MIN;
        let speaks_against = if self.stand == Shift::Up {
            other.rate() <= STILL_WORTH * own.rate()
        } else {
            own.rate() > MISSED * other.rate()
        };
        if self.heard - self.moved_at >= STAY_MIN && is_judged && speaks_against {
            self.stand = Shift::Stay;
            self.moved_at = self.heard;
            self.set_back();
            return;
        }
        match self.round {
            None if self.heard >= self.next_round => self.begin(Shift::Stay),
            Some(round) if round.is_over(self.heard) => self.rest(0),
            _ => {}
        }
    }

    fn begin(&mut self, toward: Shift) {
        self.round = Some(Round { toward, began: self.heard, probes: 0 });
    }

    fn set_back(&mut self) {
        self.setbacks = (self.setbacks + 1).min(SETBACKS_MAX);
        self.rest(self.setbacks);
    }

    fn rest(&mut self, doublings: u8) {
        self.round = None;
        self.next_round = self.heard + (REST << doublings);
    }

    pub(super) fn advice(&self, class: RequestClass, bounds: Bounds) -> Advice {
        if self.own != bounds.own {
            return Advice::none(class, bounds.own);
        }
        let is_allowed = |shift: &Shift| bounds.tier(*shift).is_some();
        let shift = Some(self.stand).filter(is_allowed).unwrap_or_default();
        let is_turn = self.heard % PROBE_EVERY == PROBE_EVERY - 1;
        let round = self.round.filter(|round| is_turn && round.toward != shift);
        let probe = round.map(|round| round.toward).filter(is_allowed);
        let tally = |shift| bounds.tier(shift).map(|tier| (tier, *self.tally(tier)));
        let other = match shift {
            Shift::Stay => probe.and_then(tally),
            Shift::Up | Shift::Down => tally(shift),
        };
        let own = (self.own, *self.tally(self.own));
        Advice { shift, probe, evidence: Evidence { class, own, other } }
    }
}

/// What two intervals prove about the dearer tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    EarnsItsPrice,
    DoesNot,
    None,
}
