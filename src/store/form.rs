//! The statistics of routing as JSON, apart from the types the program works with, so that either
//! may change without the other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::class::RequestClass;
use crate::domain::route::stats::bounds::Shift;
use crate::domain::route::stats::group::{Group, Round};
use crate::domain::route::stats::tally::{Taken, Tally};
use crate::domain::route::{RouteStats, Tier};

/// The form below. A file that says more was written by a later program, and is left alone.
pub(super) const VERSION: u32 = 1;

/// A file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) version: u32,
    groups: Vec<Entry>,
}

/// A class in a language. The fields are those of [`Group`].
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    language: String,
    class: String,
    own: String,
    stand: String,
    round: Option<RoundEntry>,
    last_toward: String,
    heard: u64,
    next_round: u64,
    moved_at: u64,
    strangers: u8,
    setbacks: u8,
    /// By tier; those without outcomes are left out.
    tallies: BTreeMap<String, TallyEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RoundEntry {
    toward: String,
    began: u64,
    probes: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct TallyEntry {
    kinds: [u32; Taken::KINDS],
    worth: u32,
}

impl File {
    pub(super) fn from_stats(stats: &RouteStats) -> Self {
        let groups = stats.groups().map(|(language, class, group)| entry(language, class, group));
        Self { version: VERSION, groups: groups.collect() }
    }

    /// Entries that make no sense are left out.
    pub(super) fn to_stats(&self) -> RouteStats {
        let mut stats = RouteStats::default();
        for entry in &self.groups {
            let class = RequestClass::ALL.into_iter().find(|class| class.name() == entry.class);
            if let (Some(class), Some(group)) = (class, group(entry)) {
                stats.restore(class, &entry.language, group.sound());
            }
        }
        stats
    }
}

fn entry(language: &str, class: RequestClass, group: &Group) -> Entry {
    let Group { tallies, own, stand, round, last_toward, .. } = group;
    let tallies = Tier::ALL.into_iter().zip(tallies);
    let tallies = tallies.filter(|(_, tally)| **tally != Tally::default());
    Entry {
        language: language.to_owned(),
        class: class.name().to_owned(),
        own: own.name().to_owned(),
        stand: stand.name().to_owned(),
        round: round.map(|Round { toward, began, probes }| RoundEntry {
            toward: toward.name().to_owned(),
            began,
            probes,
        }),
        last_toward: last_toward.name().to_owned(),
        heard: group.heard,
        next_round: group.next_round,
        moved_at: group.moved_at,
        strangers: group.strangers,
        setbacks: group.setbacks,
        tallies: tallies
            .map(|(tier, Tally { kinds, worth })| {
                (tier.name().to_owned(), TallyEntry { kinds: *kinds, worth: *worth })
            })
            .collect(),
    }
}

fn group(entry: &Entry) -> Option<Group> {
    let mut tallies = [Tally::default(); Tier::ALL.len()];
    for (tier, TallyEntry { kinds, worth }) in &entry.tallies {
        tallies[Tier::from_name(tier)? as usize] = Tally::new(*kinds, *worth);
    }
    let round = match &entry.round {
        Some(RoundEntry { toward, began, probes }) => {
            Some(Round { toward: Shift::from_name(toward)?, began: *began, probes: *probes })
        }
        None => None,
    };
    Some(Group {
        tallies,
        own: Tier::from_name(&entry.own)?,
        stand: Shift::from_name(&entry.stand)?,
        round,
        last_toward: Shift::from_name(&entry.last_toward)?,
        heard: entry.heard,
        next_round: entry.next_round,
        moved_at: entry.moved_at,
        strangers: entry.strangers,
        setbacks: entry.setbacks,
    })
}
