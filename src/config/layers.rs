//! Defaults, the user's file, the editor, the workspace: each layer is checked against the table one
//! key at a time and laid over the one below.
//!
//! A bad value costs its own key only: the last good value of that key in that layer stays, or the
//! layer below shows through. A workspace layer comes with somebody's clone, so it is not laid over
//! the others but may only narrow them, as far as each row of the table allows.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::nearest;
use super::options::{self, MODEL_TIERS, Row, Scope};
use super::problem::{Fault, HIDDEN, Place, Problem, Problems};
use super::reach::{self, Reach};
use super::source::{Entry, Source};
use super::value::{Key, Value};
use crate::domain::route::Tier;

/// Who said something, from the weakest to the strongest voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The table.
    Defaults,
    /// The user's own file.
    UserFile,
    /// What the editor passed when it started the server.
    Initialization,
    /// The editor's settings, with those of the workspace mixed in; may only narrow.
    Editor,
    /// A file in the workspace; may only narrow.
    Workspace,
}

impl Layer {
    /// The name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Defaults => "default",
            Self::UserFile => "user file",
            Self::Initialization => "initialization options",
            Self::Editor => "editor settings",
            Self::Workspace => "workspace",
        }
    }
}

/// The good entries of one source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accepted(BTreeMap<Key, (Value, Place)>);

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

/// Checks a source key by key. `previous` holds what was good in it before: it stays for keys whose
/// new value is bad, and for keys that could not be read.
pub fn accept(source: Source, previous: &Accepted) -> (Accepted, Vec<Problem>) {
    let Source { entries, problems: unread, is_partial, .. } = source;
    let mut problems = Problems::default();
    for problem in unread {
        problems.add(|| problem);
    }
    let mut good = BTreeMap::new();
    let mut kept = BTreeMap::new();
    for entry in entries {
        match check(&entry) {
            Ok(Some(value)) => {
                if is_literal_key(&entry.key) {
                    problems.add(|| literal_key(&entry));
                }
                good.insert(entry.key, (value, entry.place));
            }
            Ok(None) => {}
            Err(fault) => {
                problems.add(|| {
                    let shown = shown(&entry.key, &entry.value);
                    Problem::at(Some(&entry.place), &entry.key, Some(shown), fault())
                });
                if let Some(last) = previous.0.get(&entry.key) {
                    kept.insert(entry.key, last.clone());
                }
            }
        }
    }
    if is_partial {
        for (key, last) in &previous.0 {
            if !good.contains_key(key) {
                kept.insert(key.clone(), last.clone());
            }
        }
    }
    kept.retain(|key, _| !is_torn(key, &good, previous));
    good.extend(kept);
    (Accepted(good), problems.into_vec())
}

/// Whether an old value must not be kept because it belongs to a server that has changed: a model's
/// address and its key are one decision, and half of it would send a key to the wrong place.
fn is_torn(kept: &Key, good: &BTreeMap<Key, (Value, Place)>, previous: &Accepted) -> bool {
    const BOUND: [&str; 3] = ["url", "key", "key_env"];
    let [models, name, word] = kept.0.as_slice() else { return false };
    let old = |key: &Key| previous.0.get(key).map(|(value, _)| value);
    let has_changed = |word: &&str| {
        let key = Key::of(&[models, name, word]);
        good.get(&key).is_some_and(|(value, _)| Some(value) != old(&key))
    };
    models == "models" && BOUND.contains(&word.as_str()) && BOUND.iter().any(has_changed)
}

/// The value in its final form; `None` for an empty table, which says nothing. A fault is found
/// now and put into words later, if at all.
fn check(entry: &Entry) -> Result<Option<Value>, Box<dyn FnOnce() -> Fault>> {
    let Entry { key, value, .. } = entry;
    let is_empty_table = matches!(value, Value::Map(items) if items.is_empty());
    match options::find(key) {
        Some(row) => match reach::check(key).and_then(|()| row.kind.check(value)) {
            Ok(value) => Ok(Some(value)),
            Err(fault) => Err(Box::new(|| fault)),
        },
        None if is_empty_table && options::below(key).next().is_some() => Ok(None),
        None => {
            let key = key.clone();
            Err(Box::new(move || nearest::unknown_key(&key)))
        }
    }
}

/// The value as it may be shown: keys, and what is likely to be one by mistake, are not.
pub fn shown(key: &Key, value: &Value) -> String {
    let kind = options::find(key).map(|row| row.kind);
    let is_secret = match (kind, value) {
        (Some(Kind::Secret | Kind::Map), _) => true,
        (None, _) => may_be_secret(key),
        // A key pasted where its variable's name belongs.
        (Some(Kind::Variable), value) => Kind::Variable.check(value).is_err(),
        // An address with a password in it, or a key among its parameters.
        (Some(Kind::Text), Value::Text(text)) => {
            key.0.last().is_some_and(|word| word == "url") && text.contains(['@', '?', '#'])
        }
        _ => false,
    };
    if is_secret { HIDDEN.to_owned() } else { value.shown() }
}

/// Whether a key that is no setting may have been meant for a secret.
fn may_be_secret(key: &Key) -> bool {
    let words = ["key", "token", "secret", "password", "auth", "bearer"];
    let is_secret = |segment: &String| {
        let segment = segment.to_lowercase();
        words.iter().any(|word| segment.contains(word))
    };
    key.0.len() > 1 && key.0[0] == "models" || key.0.iter().any(is_secret)
}

fn is_literal_key(key: &Key) -> bool {
    options::find(key).is_some_and(|row| row.kind == Kind::Secret)
}

/// A key in a file works, and the user should know of the better way.
fn literal_key(entry: &Entry) -> Problem {
    let fault = Fault::new(
        "a key written here is copied wherever this text goes",
        "put it in an environment variable and name that in key_env",
    );
    let hidden = Some(HIDDEN.to_owned());
    Problem::at(Some(&entry.place), &entry.key, hidden, fault).into_warning()
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
    /// class that of the model's tier, of which the longest is the safe bound.
    fn unset(&self, about: &Key) -> Option<Value> {
        if options::find(about)?.key != "policy.<class>.settle_ms" {
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

    /// The policy and the tiers in effect for files that all of `reaches` reach, which are in order of
    /// precedence. What trusted layers say for fewer files stands over what they say for more;
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
