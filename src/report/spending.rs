//! What a span of time came to: counted once over all entries, then shown as a table, CSV or JSON.
//!
//! The counting sees a million entries, so it keeps sums, one number for each request's time, and a
//! few examples. What would have been spent on another tier is an estimate, and its assumption is
//! part of the answer.

pub mod audit;
pub mod csv;
mod failures;
mod group;
pub mod import;
pub mod json;
pub mod table;

use std::collections::BTreeMap;

pub use failures::{Example, Failures, Finder};
pub use group::{ClassSums, Group, Times, has_known_fate, is_late};

use crate::domain::class::RequestClass;
use crate::domain::money::entry::{Asked, Called, EntryId, Millis, WorkspaceId};
use crate::domain::money::{Metered, PicoUsd, Price};
use crate::domain::route::Tier;

/// What entries are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// What was wanted.
    Class,
    /// Who answered; for calls, whom they counted for.
    Tier,
    /// The model.
    Model,
    /// The language.
    Language,
    /// The workspace.
    Workspace,
    /// The day, in UTC.
    Day,
}

/// A model whose price stands for a tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The tier.
    pub tier: Tier,
    /// The model's name; `None` where the tier has no model.
    pub model: Option<String>,
    /// What it charges, if that is known.
    pub price: Option<Price>,
}

/// Everything a report is made of.
#[derive(Debug)]
pub struct Report {
    /// From when on.
    pub since: Millis,
    /// Up to when, not included.
    pub until: Millis,
    /// What the groups are.
    pub by: By,
    /// Over all groups.
    pub total: Group,
    /// Each group with its name, in the order they are shown.
    pub groups: Vec<(String, Group)>,
    /// What all-flagship and all-mid would have cost.
    pub baselines: Vec<(Baseline, Option<PicoUsd>)>,
    /// Requests that were answered too dearly or too cheaply.
    pub failures: Failures,
    /// Leased by processes that died before they could say what they spent.
    pub lost: PicoUsd,
    /// Entries that could not be kept, ever, by what they were.
    pub dropped: Vec<(String, u64)>,
    /// What a call of each class used on average, from which baselines are made.
    pub averages: Averages,
}

/// Input and output tokens of an average call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Average {
    /// Input tokens.
    pub input: u64,
    /// Output tokens.
    pub output: u64,
}

/// Averages by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Averages {
    /// In the order of [`RequestClass::ALL`]; `None` for a class without calls.
    by_class: [Option<Average>; RequestClass::ALL.len()],
    /// Over all calls.
    overall: Option<Average>,
}

impl Averages {
    /// Of a call of this class; of any where the class made none.
    pub fn of(&self, class: Option<RequestClass>) -> Option<Average> {
        class.and_then(|class| self.by_class[class as usize]).or(self.overall)
    }

    /// Averages of calls with these sums by class, and with these in all.
    pub fn new(
        by_class: &[ClassSums; RequestClass::ALL.len()],
        calls: u64,
        tokens: &Metered,
    ) -> Self {
        let average = |calls: u64, tokens: &Metered| {
            (calls > 0)
                .then(|| Average { input: tokens.prompt() / calls, output: tokens.output / calls })
        };
        let by_class = by_class.map(|sums| average(sums.calls, &sums.tokens));
        Self { by_class, overall: average(calls, tokens) }
    }

    fn from_total(total: &Group) -> Self {
        Self::new(&total.by_class, total.calls, &total.tokens)
    }

    /// What the answered requests would have cost at one price, one call each.
    pub fn cost(
        &self,
        by_class: &[ClassSums; RequestClass::ALL.len()],
        price: &Price,
    ) -> Option<PicoUsd> {
        let mut sum = PicoUsd::ZERO;
        for (class, sums) in RequestClass::ALL.into_iter().zip(by_class) {
            if sums.answered == 0 {
                continue;
            }
            let Average { input, output } = self.of(Some(class))?;
            let tokens = Metered { input, output, ..Metered::default() };
            sum += price.base.cost(&tokens).times(sums.answered);
        }
        Some(sum)
    }
}

/// Counts entries; [`Self::finish`] makes the report.
pub struct Counting {
    by: By,
    total: Group,
    groups: BTreeMap<u64, Group>,
    failures: Finder,
}

/// The key of entries that belong to no group, such as requests that nobody answered.
const NONE: u64 = u64::MAX;

impl Counting {
    /// Counts nothing yet.
    pub fn new(by: By) -> Self {
        Self { by, total: Group::default(), groups: BTreeMap::new(), failures: Finder::default() }
    }

    /// Counts a request. Requests come before calls, those of a session in order.
    pub fn request(&mut self, asked: &Asked<u32>) {
        let offer = asked.offer.as_ref();
        let key = match self.by {
            By::Class => asked.class.map_or(NONE, |class| class as u64),
            By::Tier => offer.map_or(NONE, |offer| offer.tier as u64),
            By::Model => offer.map_or(NONE, |offer| u64::from(offer.model)),
            By::Language => u64::from(asked.language),
            By::Workspace => u64::from(asked.workspace.0),
            By::Day => asked.at.div_euclid(86_400_000).unsigned_abs(),
        };
        self.total.request(asked);
        self.groups.entry(key).or_default().request(asked);
        self.failures.request(asked);
    }

    /// Counts a call.
    pub fn call(&mut self, called: &Called<u32>) {
        let key = match self.by {
            By::Class => called.class.map_or(NONE, |class| class as u64),
            By::Tier => called.tier as u64,
            By::Model => u64::from(called.model),
            By::Language => u64::from(called.language),
            By::Workspace => u64::from(called.workspace.0),
            By::Day => called.at.div_euclid(86_400_000).unsigned_abs(),
        };
        self.total.call(called);
        self.groups.entry(key).or_default().call(called);
        self.failures.call(called);
    }

    /// The report. `word` says what the number of a word stands for.
    pub fn finish<'a>(
        self,
        (since, until): (Millis, Millis),
        word: &dyn Fn(u32) -> &'a str,
        baselines: Vec<Baseline>,
    ) -> Report {
        let Self { by, mut total, groups, failures } = self;
        let averages = Averages::from_total(&total);
        let cost = |baseline: &Baseline| averages.cost(&total.by_class, baseline.price.as_ref()?);
        let baselines = baselines.into_iter().map(|b| (b.clone(), cost(&b))).collect();
        total.times.sort();
        let mut named: Vec<(String, Group)> = groups
            .into_iter()
            .map(|(key, mut group)| {
                group.times.sort();
                (name(by, key, word), group)
            })
            .collect();
        // Words have numbers in the order in which they first came, which means nothing to people.
        if matches!(by, By::Model | By::Language | By::Workspace) {
            named.sort_by_key(|(_, group)| std::cmp::Reverse((group.cost, group.requests)));
        }
        Report {
            since,
            until,
            by,
            total,
            groups: named,
            baselines,
            failures: failures.finish(word),
            lost: PicoUsd::ZERO,
            dropped: Vec::new(),
            averages,
        }
    }
}

fn name<'a>(by: By, key: u64, word: &dyn Fn(u32) -> &'a str) -> String {
    if key == NONE {
        return if by == By::Class { "unclassified" } else { "nobody" }.to_owned();
    }
    let number = u32::try_from(key).unwrap_or(u32::MAX);
    match by {
        By::Class => {
            RequestClass::ALL.get(key as usize).map_or("", |class| class.name()).to_owned()
        }
        By::Tier => Tier::ALL.get(key as usize).map_or("", |tier| tier.name()).to_owned(),
        By::Model if word(number).is_empty() => "local engine".to_owned(),
        By::Model | By::Language => word(number).to_owned(),
        By::Workspace => WorkspaceId(number).to_string(),
        By::Day => crate::domain::money::Moment(key.cast_signed() * 86_400).date().to_string(),
    }
}

impl By {
    /// Every grouping with its name.
    pub const WORDS: [(Self, &'static str); 6] = [
        (Self::Class, "class"),
        (Self::Tier, "tier"),
        (Self::Model, "model"),
        (Self::Language, "language"),
        (Self::Workspace, "workspace"),
        (Self::Day, "day"),
    ];

    /// The name used on the command line and in headings.
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(by, _)| *by == self).map_or("", |(_, word)| word)
    }
}

impl Report {
    /// How many days the report is about, not less than a part of one.
    pub fn days(&self) -> f64 {
        ((self.until - self.since) as f64 / 86_400_000.0).max(1.0 / 24.0)
    }

    /// What a figure of the span comes to in a month of 30 days.
    pub fn monthly(&self, cost: PicoUsd) -> f64 {
        cost.as_dollars() * 30.0 / self.days()
    }
}

/// `session.number` as in reports.
fn shown(id: EntryId) -> String {
    id.to_string()
}

#[cfg(test)]
mod tests;
