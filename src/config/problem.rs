//! One mistake in the configuration, said so that it can be mended without opening the manual:
//! where it is, what was written, what is wrong with it, and what would be right.

use std::fmt;
use std::sync::Arc;

use super::value::{Key, Value};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// What was written is used, but the user should know something about it.
    Warning,
    /// What was written is not used.
    Error,
}

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's path, or a name such as `editor settings`.
    pub source: Arc<str>,
    /// Line and column, both counted from 1, columns in characters; editors send no positions.
    pub position: Option<(usize, usize)>,
}

impl Place {
    /// A source as a whole.
    pub fn whole(source: &str) -> Self {
        Self { source: source.into(), position: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        match self.position {
            Some((line, column)) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

/// What stands for a value nobody should read over the user's shoulder.
pub const HIDDEN: &str = "(hidden)";

/// One mistake. Its [`fmt::Display`] is a single readable line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Where it is; `None` where it follows from a default.
    pub place: Option<Place>,
    /// The key it is about, if it is about one.
    pub key: Option<Key>,
    /// The value as shown; never a secret.
    pub value: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What would be right, where that can be said.
    pub valid: Option<String>,
}

impl Problem {
    /// A problem with a file or message as a whole.
    pub fn whole(place: Place, what: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            place: Some(place),
            key: None,
            value: None,
            what: what.into(),
            valid: None,
        }
    }

    /// A problem with the value of one key.
    pub fn at(place: Option<&Place>, key: &Key, value: Option<String>, fault: Fault) -> Self {
        Self {
            severity: Severity::Error,
            place: place.cloned(),
            key: Some(key.clone()),
            value,
            what: fault.what,
            valid: fault.valid,
        }
    }

    /// The same problem as a warning: what was written is used all the same.
    #[must_use]
    pub fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        match (&self.key, &self.value) {
            (Some(key), Some(value)) => write!(f, "{key} = {value}: ")?,
            (Some(key), None) => write!(f, "{key}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.what)?;
        match &self.valid {
            Some(valid) => write!(f, "; {valid}"),
            None => Ok(()),
        }
    }
}

/// A list of problems that stays readable, whatever a source holds.
#[derive(Debug, Default)]
pub struct Problems {
    listed: Vec<Problem>,
    unlisted: usize,
}

/// Bound: more than this nobody reads, and finding the right words for each takes time.
const LISTED_MAX: usize = 100;

impl Problems {
    /// Adds a problem. It is only put into words if it will be listed.
    pub fn add(&mut self, problem: impl FnOnce() -> Problem) {
        if self.listed.len() < LISTED_MAX {
            self.listed.push(problem());
        } else {
            self.unlisted += 1;
        }
    }

    /// The problems, and how many more there are.
    pub fn into_vec(mut self) -> Vec<Problem> {
        if let (Some(last), 1..) = (self.listed.last(), self.unlisted) {
            let source = last.place.as_ref().map_or("settings", |place| &*place.source);
            let what = format!("problems not listed: {}", self.unlisted);
            let more = Problem::whole(Place::whole(source), what);
            self.listed.push(more);
        }
        self.listed
    }
}

/// What is wrong with a value and what would be right, before anyone knows where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub what: String,
    /// What would be right, where that can be said.
    pub valid: Option<String>,
}

impl Fault {
    /// A fault with what would be right.
    pub fn new(what: impl Into<String>, valid: impl Into<String>) -> Self {
        Self { what: what.into(), valid: Some(valid.into()) }
    }

    /// A fault with no better value to offer.
    pub fn plain(what: impl Into<String>) -> Self {
        Self { what: what.into(), valid: None }
    }

    /// The fault of a value of the wrong kind.
    pub fn kind(found: &Value, valid: &str) -> Self {
        Self::new(format!("this is {}", found.noun()), format!("valid is {valid}"))
    }
}
