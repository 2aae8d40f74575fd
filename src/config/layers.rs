//! Defaults, the user's file, the editor, the workspace: each layer is checked against the table one
//! key at a time.
//!
//! A bad value costs its own key only: the last good value of that key in that layer stays, or the
//! layer below shows through. What the layers make together is in `values`.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::nearest;
use super::options;
use super::problem::{Fault, HIDDEN, Place, Problem, Problems};
use super::reach;
use super::source::{Entry, Source};
use super::value::{Key, Value};

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
pub struct Accepted(pub(super) BTreeMap<Key, (Value, Place)>);

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
            let is_address = key.0.last().is_some_and(|word| word == "url" || word == "proxy");
            is_address && text.contains(['@', '?', '#'])
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

#[cfg(test)]
mod tests;
