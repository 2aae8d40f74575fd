//! What the same requests would have cost under other rules: another policy, or other prices.
//!
//! Calls are taken as they were, token by token. For a class that another policy sends elsewhere each
//! of its calls is charged as the model there charges; where it keeps the local engine out, each
//! request that the local engine answered becomes an average call. Another model would have used
//! other tokens and written other text; nobody can know how much.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::table::number;
use super::{Averages, Group};
use crate::domain::class::RequestClass;
use crate::domain::money::entry::{Asked, Called};
use crate::domain::money::{Metered, Moment, PicoUsd, Price};
use crate::domain::route::Tier;

/// Who would answer a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The tier.
    pub tier: Tier,
    /// Its first model; `None` where the tier asks none.
    pub model: Option<String>,
    /// What the model charges, if that is known.
    pub price: Option<Price>,
    /// Whether the local engine may answer before.
    pub asks_local_first: bool,
}

/// Another way of answering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who would answer each class, in the order of [`RequestClass::ALL`].
    pub classes: [Assigned; RequestClass::ALL.len()],
}

/// A sum that is known only as far as prices are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    cost: PicoUsd,
    unknown: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    calls: u64,
    was: Sum,
    would_be: Sum,
}

/// Counts entries under other rules.
pub struct Audit<'a> {
    rules: &'a Rules,
    /// What a model charges by its name under the other rules.
    price_of: &'a dyn Fn(u32) -> Option<Price>,
    prices: BTreeMap<u32, Option<Price>>,
    total: Group,
    classes: [Row; RequestClass::ALL.len()],
    models: BTreeMap<u32, Row>,
}

impl Sum {
    fn add(&mut self, cost: Option<PicoUsd>, calls: u64) {
        match cost {
            Some(cost) => self.cost += cost,
            None => self.unknown += calls,
        }
    }

    fn shown(self) -> String {
        match self {
            Self { cost: PicoUsd::ZERO, unknown: 1.. } => "unknown".to_owned(),
            Self { cost, unknown: 0 } => cost.to_string(),
            Self { cost, .. } => format!("{cost}+?"),
        }
    }

    fn json(self) -> Value {
        json!({"usd": self.cost.exact(), "calls_of_unknown_price": self.unknown})
    }
}

impl<'a> Audit<'a> {
    /// Counts nothing yet.
    pub fn new(rules: &'a Rules, price_of: &'a dyn Fn(u32) -> Option<Price>) -> Self {
        Self {
            rules,
            price_of,
            prices: BTreeMap::new(),
            total: Group::default(),
            classes: [Row::default(); RequestClass::ALL.len()],
            models: BTreeMap::new(),
        }
    }

    /// Counts a request.
    pub fn request(&mut self, asked: &Asked<u32>) {
        self.total.request(asked);
    }

    /// Counts a call.
    pub fn call(&mut self, called: &Called<u32>) {
        self.total.call(called);
        let calls = u64::from(called.calls);
        let at = Moment(called.at.div_euclid(1_000));
        let price =
            self.prices.entry(called.model).or_insert_with(|| (self.price_of)(called.model));
        let repriced = price.as_ref().map(|price| price.cost(&called.tokens, at));
        let row = self.models.entry(called.model).or_default();
        row.calls += calls;
        row.was.add(called.cost, calls);
        row.would_be.add(repriced, calls);
        let Some(class) = called.class else { return };
        let row = &mut self.classes[class as usize];
        row.calls += calls;
        row.was.add(called.cost, calls);
        let assigned = &self.rules.classes[class as usize];
        if assigned.model.is_some() {
            let price = assigned.price.as_ref();
            row.would_be.add(price.map(|price| price.cost(&called.tokens, at)), calls);
        }
    }

    /// Calls that the other rules make where the local engine answered.
    fn finish(&mut self) {
        let averages = Averages::from_total(&self.total);
        for class in RequestClass::ALL {
            let assigned = &self.rules.classes[class as usize];
            let local = self.total.by_class[class as usize].local;
            if local == 0 || assigned.asks_local_first || assigned.model.is_none() {
                continue;
            }
            let average = averages.of(Some(class)).unwrap_or_default();
            let tokens =
                Metered { input: average.input, output: average.output, ..Metered::default() };
            let price = assigned.price.as_ref();
            let cost = price.map(|price| price.base.cost(&tokens).times(local));
            self.classes[class as usize].would_be.add(cost, local);
        }
    }

    /// The audit for people.
    pub fn text<'w>(mut self, word: &dyn Fn(u32) -> &'w str) -> String {
        self.finish();
        let mut out = String::new();
        // Writing to a string cannot fail.
        if self.classes.iter().any(|row| row.calls > 0) {
            let _ = writeln!(
                out,
                "{:<13}{:>10}{:>9}  {:<22}{:>12}{:>12}",
                "class", "requests", "calls", "would go to", "cost", "would be"
            );
            for (class, row) in RequestClass::ALL.into_iter().zip(&self.classes) {
                let assigned = &self.rules.classes[class as usize];
                let who = match &assigned.model {
                    Some(model) => format!("{} {model}", assigned.tier.name()),
                    None => "local engine".to_owned(),
                };
                let _ = writeln!(
                    out,
                    "{:<13}{:>10}{:>9}  {:<22}{:>12}{:>12}",
                    class.name(),
                    number(self.total.by_class[class as usize].answered),
                    number(row.calls),
                    who.chars().take(21).collect::<String>(),
                    row.was.shown(),
                    row.would_be.shown()
                );
            }
            let (was, would_be) = sums(self.classes.iter());
            let _ = writeln!(
                out,
                "{:<13}{:>10}{:>9}  {:<22}{:>12}{:>12}\n",
                "all",
                "",
                "",
                "",
                was.shown(),
                would_be.shown()
            );
        }
        let _ = writeln!(out, "{:<46}{:>9}{:>12}{:>12}", "model", "calls", "cost", "at its price");
        for (model, row) in &self.models {
            let _ = writeln!(
                out,
                "{:<46}{:>9}{:>12}{:>12}",
                word(*model).chars().take(45).collect::<String>(),
                number(row.calls),
                row.was.shown(),
                row.would_be.shown()
            );
        }
        let (was, would_be) = sums(self.models.values());
        let _ = writeln!(out, "{:<46}{:>9}{:>12}{:>12}", "all", "", was.shown(), would_be.shown());
        out.push_str(
            "\ncalls are charged with the tokens they used; a request that the local engine\n\
             answered and would not answer then counts as an average call of its class\n",
        );
        out
    }

    /// The audit as JSON.
    pub fn json<'w>(mut self, word: &dyn Fn(u32) -> &'w str) -> Value {
        self.finish();
        let classes = RequestClass::ALL.into_iter().zip(&self.classes).map(|(class, row)| {
            let assigned = &self.rules.classes[class as usize];
            json!({
                "class": class.name(),
                "requests": self.total.by_class[class as usize].answered,
                "calls": row.calls,
                "tier": assigned.tier.name(),
                "model": assigned.model,
                "cost": row.was.json(),
                "would_be": row.would_be.json(),
            })
        });
        let models = self.models.iter().map(|(model, row)| {
            json!({
                "model": word(*model),
                "calls": row.calls,
                "cost": row.was.json(),
                "would_be": row.would_be.json(),
            })
        });
        json!({ "classes": classes.collect::<Vec<_>>(), "models": models.collect::<Vec<_>>() })
    }
}

fn sums<'r>(rows: impl Iterator<Item = &'r Row>) -> (Sum, Sum) {
    let add = |a: Sum, b: Sum| Sum { cost: a.cost + b.cost, unknown: a.unknown + b.unknown };
    rows.fold(Default::default(), |(was, would_be), row| {
        (add(was, row.was), add(would_be, row.would_be))
    })
}
