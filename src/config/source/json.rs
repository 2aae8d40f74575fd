//! The editor's settings: JSON with nested or dotted keys, or both mixed.
//!
//! Editors differ: some send `{"policy": {"override": "local"}}`, some `{"policy.override": …}`,
//! some wrap everything in `tabtier`. All of them mean the same. A null is an editor's way to say
//! that nothing was set.

use serde_json::Value as Json;

use super::Source;
use crate::config::kind::Kind;
use crate::config::options::{self, TABLE};
use crate::config::problem::{Place, Problem};
use crate::config::reach::PATHS;
use crate::config::value::{Key, Value};

/// Reads the settings an editor sent; `name` stands for them in places.
pub fn from_json(name: &str, settings: &Json) -> Source {
    let place = Place::whole(name);
    match settings {
        Json::Null => Source::default(),
        Json::Object(members) => {
            let mut out = Source::default();
            flatten(members, &Key::default(), &place, &mut out);
            out
        }
        _ => Source::unreadable(Problem::whole(place, "settings must be an object")),
    }
}

fn flatten(members: &serde_json::Map<String, Json>, under: &Key, place: &Place, out: &mut Source) {
    for (name, value) in members {
        let key = extend(under, name, value.is_object());
        let is_map = options::find(&key).is_some_and(|row| row.kind == Kind::Map);
        match value {
            Json::Null => {}
            Json::Object(inner) if !is_map && (key.0.is_empty() || !inner.is_empty()) => {
                flatten(inner, &key, place, out);
            }
            _ => {
                if let Some(value) = to_value(value) {
                    out.push(key, value, place.clone());
                }
            }
        }
    }
}

/// The key of a member. Dots separate, but a model's name may hold dots of its own: it ends where
/// the last word that is a setting of models begins.
fn extend(under: &Key, name: &str, is_table: bool) -> Key {
    let name = if under.0.is_empty() {
        if name == "tabtier" && is_table {
            return Key::default();
        }
        name.strip_prefix("tabtier.").unwrap_or(name)
    } else {
        name
    };
    let mut key = under.clone();
    if let Some(pattern) = pattern_in(under, name, is_table) {
        return pattern;
    }
    let rest = match under.segments().as_slice() {
        [] => match name.strip_prefix("models.") {
            Some(rest) => {
                key.0.push("models".to_owned());
                rest
            }
            None => name,
        },
        _ => name,
    };
    if key.segments() != ["models"] {
        key.0.extend(rest.split('.').map(str::to_owned));
        return key;
    }
    let is_setting = |word: &str| {
        TABLE.iter().any(|row| {
            row.key.strip_prefix("models.<name>.") == Some(word)
                && (row.kind == Kind::Map || !is_table)
        })
    };
    match rest.rsplit_once('.') {
        Some((model, word)) if is_setting(word) || !is_table => {
            key.0.extend([model.to_owned(), word.to_owned()]);
        }
        _ => key.0.push(rest.to_owned()),
    }
    key
}

/// The key of a member that names a pattern, which may hold dots like a model's name: it ends where
/// the last words that are a setting, or the table of a class, begin.
fn pattern_in(under: &Key, name: &str, is_table: bool) -> Option<Key> {
    let (table, rest) = match under.segments().as_slice() {
        [] => (Key::of(&[PATHS]), name.strip_prefix(PATHS)?.strip_prefix('.')?),
        [PATHS] => (under.clone(), name),
        _ => return None,
    };
    let whole = table.child(rest);
    let dots = rest.match_indices('.').map(|(dot, _)| dot);
    let mut split = dots.map(|dot| {
        let mut key = table.child(&rest[..dot]);
        key.0.extend(rest[dot + 1..].split('.').map(str::to_owned));
        key
    });
    let is_meant = |key: &Key| match options::find(key) {
        Some(_) => !is_table,
        None => is_table && key.0.len() == 3 && options::below(key).next().is_some(),
    };
    Some(split.find(is_meant).unwrap_or(whole))
}

fn to_value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::Integer(integer),
            (None, Some(float)) => Value::Number(float),
            (None, None) => Value::Foreign(number.to_string()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(
            items
                .iter()
                .map(|item| to_value(item).unwrap_or(Value::Foreign("null".to_owned())))
                .collect(),
        ),
        Json::Object(members) => Value::Map(
            members
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), to_value(value)?)))
                .collect(),
        ),
    })
}
