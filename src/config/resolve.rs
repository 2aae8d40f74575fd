//! From checked values to what the program uses, with the checks that need more than one key.
//!
//! Total by construction: every key has a value of its kind, from a layer or from the table, so
//! nothing here can fail; what does not fit together is left out and reported.

use std::time::Duration;

use globset::{GlobSet, GlobSetBuilder};
use parking_lot::Mutex;

use super::layers;
use super::options;
use super::problem::{Fault, Problem};
use super::reach;
use super::value::{Key, Value};
use super::values::Values;
use super::{
    CacheSettings, CompletionMenu, EditorSettings, FeedbackSettings, IndexSettings, LocalSettings,
    PrivacySettings, Settings,
};
use crate::domain::gate::Strictness;

mod context;
mod models;
mod money;
mod network;
mod policy;

/// What the program uses with nothing configured.
pub fn defaults() -> Settings {
    resolve(&Values::defaults()).0
}

/// What the program uses, and what does not fit together.
pub fn resolve(values: &Values) -> (Settings, Vec<Problem>) {
    let mut reader = Reader { values, problems: Vec::new() };
    let models = reader.models();
    let policy = reader.policy(&models);
    let overrides = reader.overrides(&policy);
    let settings = Settings {
        enabled: reader.bool(&["enabled"]),
        policy,
        overrides,
        gate: reader
            .text(&["policy", "gate"])
            .and_then(|name| Strictness::from_name(&name))
            .unwrap_or(Strictness::Normal),
        hedge_share: reader.number(&["policy", "hedge_share"]).unwrap_or_default(),
        models,
        context: reader.context(),
        money: reader.money(),
        cache: CacheSettings {
            entries_max: reader.count(&["cache", "entries_max"]),
            bytes_max: reader.count(&["cache", "bytes_max"]),
        },
        local: LocalSettings {
            closers: reader.bool(&["local", "closers"]),
            names: reader.bool(&["local", "names"]),
            lines: reader.bool(&["local", "lines"]),
        },
        index: IndexSettings {
            enabled: reader.bool(&["index", "enabled"]),
            files_max: reader.count(&["index", "max_files"]),
            file_bytes_max: reader.integer(&["index", "max_file_kib"]) << 10,
            bytes_max: reader.count(&["index", "max_mib"]) << 20,
            cpu_share: reader.number(&["index", "cpu_share"]).unwrap_or(0.5),
            cache: reader.bool(&["index", "cache"]),
        },
        feedback: FeedbackSettings { enabled: reader.bool(&["feedback", "enabled"]) },
        network: reader.network(),
        privacy: PrivacySettings {
            exclude: reader.exclude(),
            redact: reader.bool(&["privacy", "redact"]),
        },
        editor: EditorSettings {
            completion_menu: match reader.text(&["editor", "completion_menu"]).as_deref() {
                Some("always") => CompletionMenu::Always,
                Some("never") => CompletionMenu::Never,
                _ => CompletionMenu::Auto,
            },
        },
    };
    (settings, reader.problems)
}

/// Reads values by key and collects what does not fit together.
struct Reader<'a> {
    values: &'a Values,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn value(&self, key: &[&str]) -> Option<Value> {
        let key = Key::of(key);
        let set = self.values.get(&key).map(|setting| setting.value.clone());
        set.or_else(|| options::find(&key)?.default_of(&key))
    }

    fn bool(&self, key: &[&str]) -> bool {
        matches!(self.value(key), Some(Value::Bool(true)))
    }

    fn integer(&self, key: &[&str]) -> u64 {
        match self.value(key) {
            Some(Value::Integer(number)) => number.try_into().unwrap_or_default(),
            _ => 0,
        }
    }

    fn count(&self, key: &[&str]) -> usize {
        self.integer(key).try_into().unwrap_or(usize::MAX)
    }

    fn duration(&self, key: &[&str]) -> Duration {
        Duration::from_millis(self.integer(key))
    }

    fn number(&self, key: &[&str]) -> Option<f64> {
        match self.value(key) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    fn text(&self, key: &[&str]) -> Option<String> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn texts(&self, key: &[&str]) -> Vec<String> {
        let Some(Value::List(items)) = self.value(key) else { return Vec::new() };
        let text = |item| match item {
            Value::Text(text) => Some(text),
            _ => None,
        };
        items.into_iter().filter_map(text).collect()
    }

    /// Reports the value of a key, at the place where it was written.
    fn report(&mut self, key: &[&str], fault: Fault) {
        let problem = self.problem(key, fault);
        self.problems.push(problem);
    }

    /// The same for a value that is used all the same.
    fn warn(&mut self, key: &[&str], fault: Fault) {
        let problem = self.problem(key, fault).into_warning();
        self.problems.push(problem);
    }

    fn problem(&self, key: &[&str], fault: Fault) -> Problem {
        let key = Key::of(key);
        let setting = self.values.get(&key);
        let place = setting.and_then(|setting| setting.place.as_ref());
        let shown = setting.map(|setting| layers::shown(&key, &setting.value));
        let written = setting.map_or(&key, |setting| &setting.written);
        Problem::at(place, written, shown, fault)
    }

    /// Compiles the patterns here, once, so that no request meets a bad one. It takes a quarter of
    /// the time to start, and settings are resolved twice until the handshake is over, so the last
    /// patterns without a mistake are kept.
    fn exclude(&mut self) -> GlobSet {
        static LAST: Mutex<Option<(Vec<String>, GlobSet)>> = Mutex::new(None);
        let patterns = self.texts(&["privacy", "exclude"]);
        let kept = LAST.lock().as_ref().filter(|(last, _)| *last == patterns).cloned();
        if let Some((_, set)) = kept {
            return set;
        }
        let mistakes = self.problems.len();
        let set = self.compile(&patterns);
        if self.problems.len() == mistakes {
            *LAST.lock() = Some((patterns, set.clone()));
        }
        set
    }

    fn compile(&mut self, patterns: &[String]) -> GlobSet {
        let key = ["privacy", "exclude"];
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            match reach::glob(pattern) {
                Ok(glob) => drop(set.add(glob)),
                Err(error) => {
                    let what = format!("the pattern \"{pattern}\" is not valid: {}", error.kind());
                    self.report(&key, Fault::new(what, "the other patterns are used"));
                }
            }
        }
        set.build().unwrap_or_else(|error| {
            self.report(&key, Fault::new(error.to_string(), "every file is excluded"));
            everything()
        })
    }
}

/// What cannot be compiled excludes everything: silence is better than a leak.
fn everything() -> GlobSet {
    let mut set = GlobSetBuilder::new();
    if let Ok(glob) = globset::Glob::new("**") {
        set.add(glob);
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}

#[cfg(test)]
mod tests;
