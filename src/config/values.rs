//! The values in effect: layers laid over each other, for every file and for one.
//!
//! A workspace layer comes with somebody's clone, so it is not laid over the others but may only
//! narrow them, as far as each row of the table allows. What it says is kept beside what it narrows:
//! for a single file it narrows what the trusted layers say for that file.

use std::collections::BTreeMap;

use super::layers::{Accepted, Layer, shown};
use super::options::{self, MODEL_TIERS, Row, Scope};
use super::problem::{Fault, Place, Problem, Problems};
use super::reach::{self, Reach};
use super::value::{Key, Value};
use crate::domain::route::Tier;

/// The value in effect for a key, and who said it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The value.
    pub value: Value,
    /// Who said it last.
    pub layer: Layer,
    /// Where; defaults have no place.
    pub place: Option<Place>,
    /// The key it was said by: one for some files alone may decide over a general one.
    pub written: Key,
}

/// The values in effect, key by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    settings: BTreeMap<Key, Setting>,
    /// What was in effect before anybody narrowed it; holds nothing until somebody does.
    trusted: Option<BTreeMap<Key, Setting>>,
    /// What narrowing layers said about the policy and may say, in order.
    narrowing: Vec<(Key, Setting)>,
}

impl Values {
    /// The defaults alone.
    pub fn defaults() -> Self {
        let setting = |(key, value): (Key, Value)| {
            (key.clone(), Setting { value, layer: Layer::Defaults, place: None, written: key })
        };
        Self { settings: options::defaults().map(setting).collect(), ..Self::default() }
    }

    /// Lays a trusted layer over these values. Trusted layers come before narrowing ones.
    pub fn overlay(&mut self, layer: Layer, accepted: &Accepted) {
        for (key, (value, place)) in &accepted.0 {
            let (value, place, written) = (value.clone(), Some(place.clone()), key.clone());
            self.settings.insert(key.clone(), Setting { value, layer, place, written });
        }
    }

    /// Lets an untrusted layer narrow these values.
    pub fn narrow(&mut self, layer: Layer, accepted: &Accepted) -> Vec<Problem> {
        let mut problems = Problems::default();
        if self.trusted.is_none() && !accepted.0.is_empty() {
            self.trusted = Some(self.settings.clone());
        }
        for (key, (wanted, place)) in &accepted.0 {
            let Some(row) = options::find(key) else { continue };
            let current = self.standing(key);
            let (value, fault) = narrowed(row, current.as_ref(), wanted);
            if let Some(fault) = fault {
                problems.add(|| Problem::at(Some(place), key, Some(shown(key, wanted)), fault));
            }
            let Some(value) = value else { continue };
            let is_new = Some(&value) != current.as_ref();
            let (place, written) = (Some(place.clone()), key.clone());
            let setting = Setting { value, layer, place, written };
            if row.segments().next() == Some("policy") {
                self.narrowing.push((key.clone(), setting.clone()));
            }
            if is_new {
                self.settings.insert(key.clone(), setting);
            }
        }
        problems.into_vec()
    }

    /// What a narrowing layer has to narrow: the value of the key; for one that is about some files
    /// alone, of the general key where it has none.
    fn standing(&self, key: &Key) -> Option<Value> {
        let (_, about) = reach::split(key);
        let set = self.settings.get(key).or_else(|| self.settings.get(&about));
        set.map(|setting| setting.value.clone()).or_else(|| self.unset(&about))
    }

    /// What holds where a key is not set and something else is used instead: for the pause of a
    /// class that of the model's tier, of which the longest is the safe bound; for a cap, no bound.
    fn unset(&self, about: &Key) -> Option<Value> {
        let row = options::find(about)?;
        if row.key.starts_with("caps.") {
            // No cap at all is the highest there is.
            return row.kind.greatest();
        }
        if row.key != "policy.<class>.settle_ms" {
            return None;
        }
        let pauses = MODEL_TIERS.iter().map(|tier| {
            let setting = self.settings.get(&Key::of(&["tiers", tier.name(), "settle_ms"]));
            match setting.map(|setting| &setting.value) {
                Some(Value::Integer(pause)) => *pause,
                _ => 0,
            }
        });
        pauses.max().map(Value::Integer)
    }

    /// The policy and the tiers in effect for files that all of `reaches` reach, which are in order
    /// of precedence. What trusted layers say for fewer files stands over what they say for more;
    /// narrowing layers only narrow the outcome, by whatever they say that reaches the file.
    #[must_use]
    pub fn within(&self, reaches: &[Reach]) -> Self {
        let mut values = Self::default();
        let tiers = in_table(&self.settings, Key::of(&["tiers"]));
        values.settings.extend(tiers.map(|(key, setting)| (key.clone(), setting.clone())));
        let trusted = self.trusted.as_ref().unwrap_or(&self.settings);
        for reach in [Reach::Everywhere].iter().chain(reaches) {
            for (key, setting) in in_table(trusted, reach.table()) {
                values.settings.insert(reach::split(key).1, setting.clone());
            }
        }
        for (key, setting) in &self.narrowing {
            let (reach, about) = reach::split(key);
            if reach != Reach::Everywhere && !reaches.contains(&reach) {
                continue;
            }
            let Some(row) = options::find(&about) else { continue };
            let current = values.standing(&about);
            let (value, _) = narrowed(row, current.as_ref(), &setting.value);
            if let Some(value) = value.filter(|value| Some(value) != current.as_ref()) {
                values.settings.insert(about, Setting { value, ..setting.clone() });
            }
        }
        values
    }

    /// The files that anything is said about besides all of them, in order of precedence, each
    /// with a key that names them; those that trusted layers name come first.
    pub fn reaches(&self) -> Vec<(Reach, Key)> {
        let trusted = self.trusted.as_ref().unwrap_or(&self.settings);
        let mut found = BTreeMap::new();
        let narrowing = self.narrowing.iter().map(|(key, _)| (true, key));
        for (is_narrowing, key) in trusted.keys().map(|key| (false, key)).chain(narrowing) {
            let (reach, _) = reach::split(key);
            if reach != Reach::Everywhere {
                found.entry(reach).or_insert((is_narrowing, key));
            }
        }
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_by_key(|(_, (is_narrowing, _))| *is_narrowing);
        found.into_iter().map(|(reach, (_, key))| (reach, key.clone())).collect()
    }

    /// The keys and settings, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Setting)> {
        self.settings.iter()
    }

    /// The setting of a key.
    pub fn get(&self, key: &Key) -> Option<&Setting> {
        self.settings.get(key)
    }
}

/// The settings in a table, in order.
fn in_table(
    settings: &BTreeMap<Key, Setting>,
    table: Key,
) -> impl Iterator<Item = (&Key, &Setting)> {
    let from = settings.range(table.clone()..);
    from.take_while(move |(key, _)| key.0.starts_with(&table.0))
}

/// What a workspace's value leaves of the current one, and what it asked for in vain.
fn narrowed(row: &Row, current: Option<&Value>, wanted: &Value) -> (Option<Value>, Option<Fault>) {
    let refused = |what: &str, valid: String| (None, Some(Fault::new(what, valid)));
    let texts = |value: Option<&Value>| match value {
        Some(Value::List(items)) => items.clone(),
        _ => Vec::new(),
    };
    match row.scope {
        Scope::Never => refused(
            "a workspace may not set this",
            "set it in your own file or in the initialization options".to_owned(),
        ),
        Scope::Only(word) => {
            let is_word = match wanted {
                Value::Bool(value) => value.to_string() == word,
                Value::Text(text) => text == word,
                _ => false,
            };
            if is_word || Some(wanted) == current {
                (Some(wanted.clone()), None)
            } else {
                refused("a workspace may not set this", format!("a workspace may set it to {word}"))
            }
        }
        Scope::Lower => match current {
            Some(limit) if is_above(wanted, limit) => {
                refused("a workspace may not raise this", format!("valid here is at most {limit}"))
            }
            Some(_) => (Some(wanted.clone()), None),
            None => refused("a workspace may not set this", "set it in your own file".to_owned()),
        },
        Scope::Raise => match current {
            Some(limit) if is_above(limit, wanted) => {
                refused("a workspace may not lower this", format!("valid here is at least {limit}"))
            }
            Some(_) => (Some(wanted.clone()), None),
            None => refused("a workspace may not set this", "set it in your own file".to_owned()),
        },
        Scope::Append => {
            let mut all = texts(current);
            let added = texts(Some(wanted)).into_iter().filter(|item| !all.contains(item));
            let added: Vec<_> = added.collect();
            all.extend(added);
            (Some(Value::List(all)), None)
        }
        Scope::Subset => {
            let (allowed, wanted) = (texts(current), texts(Some(wanted)));
            let extra = wanted.iter().find(|item| !allowed.contains(item));
            let fault = extra.map(|item| {
                let valid = Value::List(allowed.clone());
                let what = format!("a workspace may not add {item}");
                Fault::new(what, format!("it may choose from {valid}"))
            });
            let kept = allowed.into_iter().filter(|item| wanted.contains(item)).collect();
            (Some(Value::List(kept)), fault)
        }
    }
}

fn is_above(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => left > right,
        (Value::Number(left), Value::Number(right)) => left > right,
        (Value::Text(left), Value::Text(right)) => Tier::from_name(left) > Tier::from_name(right),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
