//! The settings table: every key with its kind, default, prose and what a workspace may do to it.
//!
//! This is the only place a setting is declared. The checker, the reference page, the listing for
//! editor manifests and the suggestions for misspelt keys are all read from it, so none of them can
//! disagree. A key may hold a blank, written `<class>`, `<tier>` or `<name>`; the first two range
//! over fixed words, the last over names the user chooses. What a class may do can also be set for
//! some files alone: `reach` reads such keys as the rows here.

mod borders;
mod context;
mod models;
mod money;
mod network;
mod own_work;
mod policy;

use super::kind::Kind;
use super::reach::{self, Reach};
use super::value::{Key, Value};
use crate::domain::class::RequestClass;
use crate::domain::route::Tier;

/// One setting, or one per word where the key has a blank.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The dotted key, such as `policy.<class>.deadline_ms`.
    pub key: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Its value when nobody sets it.
    pub default: Preset,
    /// What a workspace may do to it.
    pub scope: Scope,
    /// What it does: one paragraph, whole sentences.
    pub doc: &'static str,
}

/// A default.
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// No value: absence means something of its own, which the prose states.
    Unset,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// A word.
    Text(&'static str),
    /// A list of words.
    Texts(&'static [&'static str]),
    /// One for each request class, in the order of [`RequestClass::ALL`].
    PerClass([&'static Preset; RequestClass::ALL.len()]),
    /// One for each tier that asks models, in the order of [`MODEL_TIERS`].
    PerTier([&'static Preset; MODEL_TIERS.len()]),
}

/// What a workspace file may do to a setting. A workspace comes with a clone and is not trusted:
/// whatever it says may only make the program do less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Nothing.
    Never,
    /// Set it to this one value.
    Only(&'static str),
    /// Lower it.
    Lower,
    /// Raise it.
    Raise,
    /// Add to the list.
    Append,
    /// Take entries off the list; the order stays.
    Subset,
}

/// The tiers that ask models.
pub const MODEL_TIERS: [Tier; 3] = [Tier::Fast, Tier::Mid, Tier::Flagship];

const TIERS: Kind = Kind::Choice(&["local", "fast", "mid", "flagship"]);

/// Every setting, grouped; groups and the keys in them are in reading order.
pub const TABLE: &[Row] = &joined::<{ length(SECTIONS) }>(SECTIONS);

const SECTIONS: &[&[Row]] = &[
    policy::ROWS,
    models::ROWS,
    network::ROWS,
    context::ROWS,
    money::ROWS,
    own_work::ROWS,
    borders::ROWS,
];

const fn length(sections: &[&[Row]]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < sections.len() {
        length += sections[at].len();
        at += 1;
    }
    length
}

const fn joined<const LENGTH: usize>(sections: &[&[Row]]) -> [Row; LENGTH] {
    let mut rows = [sections[0][0]; LENGTH];
    let (mut section, mut at, mut row) = (0, 0, 0);
    while row < LENGTH {
        if at == sections[section].len() {
            (section, at) = (section + 1, 0);
        }
        rows[row] = sections[section][at];
        (at, row) = (at + 1, row + 1);
    }
    rows
}

impl Row {
    /// The segments of the key, blanks included.
    pub fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.key.split('.')
    }

    /// Whether some files may have a value of their own, see [`reach`].
    pub fn is_reachable(&self) -> bool {
        self.key == "policy.override" || self.key.starts_with("policy.<class>.")
    }

    /// Whether `key` is this setting.
    pub fn matches(&self, key: &Key) -> bool {
        self.segments().count() == key.0.len() && self.starts_with(key)
    }

    /// Whether `key` is this setting or a table it lies in.
    pub fn starts_with(&self, key: &Key) -> bool {
        key.0.len() <= self.segments().count()
            && self.segments().zip(&key.0).all(|(pattern, segment)| fits(pattern, segment))
    }

    /// The keys of this setting that exist whatever the user says: one, or one for each class or
    /// tier, or none where the user chooses the name.
    pub fn fixed_keys(&self) -> Vec<Key> {
        let words: Vec<&str> = match self.segments().nth(1) {
            Some("<class>") => RequestClass::ALL.iter().map(|class| class.name()).collect(),
            Some("<tier>") => MODEL_TIERS.iter().map(|tier| tier.name()).collect(),
            Some("<name>") => Vec::new(),
            _ => return vec![Key(self.segments().map(str::to_owned).collect())],
        };
        words.into_iter().map(|word| self.key_for(word)).collect()
    }

    /// The key with its blank filled in.
    pub fn key_for(&self, word: &str) -> Key {
        let fill = |pattern: &str| if is_blank(pattern) { word } else { pattern }.to_owned();
        Key(self.segments().map(fill).collect())
    }

    /// The default of one of this setting's keys.
    pub fn default_of(&self, key: &Key) -> Option<Value> {
        let word = key.0.get(1).map_or("", String::as_str);
        self.default.value(word)
    }
}

impl Preset {
    /// The value for a class or tier; the word does not matter to other presets.
    fn value(&self, word: &str) -> Option<Value> {
        Some(match self {
            Self::Unset => return None,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Number(value) => Value::Number(*value),
            Self::Text(value) => Value::Text((*value).to_owned()),
            Self::Texts(values) => Value::texts(values),
            Self::PerClass(presets) => {
                let index = RequestClass::ALL.iter().position(|class| class.name() == word)?;
                return presets[index].value(word);
            }
            Self::PerTier(presets) => {
                let index = MODEL_TIERS.iter().position(|tier| tier.name() == word)?;
                return presets[index].value(word);
            }
        })
    }
}

/// The setting with this key. A key for some files is the setting it is about.
pub fn find(key: &Key) -> Option<&'static Row> {
    let (reach, key) = reach::split(key);
    let is_meant = |row: &&Row| reach == Reach::Everywhere || row.is_reachable();
    TABLE.iter().filter(is_meant).find(|row| row.matches(&key))
}

/// The settings in the table with this key, in order.
pub fn below(key: &Key) -> impl Iterator<Item = &'static Row> {
    let is_whole = reach::TABLES.iter().any(|table| key.segments() == [*table]);
    let (reach, key) = if is_whole {
        (Reach::Language(String::new()), Key::of(&["policy"]))
    } else {
        reach::split(key)
    };
    let is_meant = move |row: &&Row| reach == Reach::Everywhere || row.is_reachable();
    TABLE.iter().filter(is_meant).filter(move |row| row.starts_with(&key) && !row.matches(&key))
}

/// Every default with its key.
pub fn defaults() -> impl Iterator<Item = (Key, Value)> {
    TABLE.iter().flat_map(|row| {
        row.fixed_keys()
            .into_iter()
            .filter_map(|key| row.default_of(&key).map(|value| (key, value)))
    })
}

fn is_blank(pattern: &str) -> bool {
    pattern.starts_with('<')
}

fn fits(pattern: &str, segment: &str) -> bool {
    match pattern {
        "<class>" => RequestClass::ALL.iter().any(|class| class.name() == segment),
        "<tier>" => MODEL_TIERS.iter().any(|tier| tier.name() == segment),
        "<name>" => is_name(segment),
        word => word == segment,
    }
}

/// Whether this can be the name of a model: shown in logs and reports, so short and printable.
pub fn is_name(text: &str) -> bool {
    const CHARS_MAX: usize = 64;
    !text.trim().is_empty()
        && text.chars().count() <= CHARS_MAX
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
