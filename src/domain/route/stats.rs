//! What became of suggestions, by class, tier and language, and what that says about who should be
//! asked first.
//!
//! The table of classes is a guess about a user nobody has met. Here the guess is checked: a class
//! whose cheap answers keep being turned down is moved one tier up if the dearer tier does clearly
//! better, and one whose dear answers are matched by the next cheaper tier is moved one down. A
//! class never goes further than one tier from the table, nor past the user's bounds, and it leaves
//! the table only on proof (see [`group`]). Everything is counted in outcomes, not in hours, and in
//! whole numbers, so the same history always leads to the same state. What this must not know: text,
//! paths, models, time.

pub mod bounds;
pub mod evidence;
pub mod group;
pub mod tally;

use std::collections::BTreeMap;

use super::Tier;
use crate::domain::class::RequestClass;
use bounds::Bounds;
use evidence::Advice;
use group::Group;
use tally::Taken;

/// Bound: languages remembered; the one without outcomes for the longest time goes first. Each takes
/// about 2 KB.
const LANGUAGES_MAX: usize = 32;
/// Bound: bytes of a language's id; longer ones are not ours.
const LANGUAGE_BYTES_MAX: usize = 64;

/// What became of one suggestion, or of one request that should have brought one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was wanted.
    pub class: RequestClass,
    /// The language's id.
    pub language: String,
    /// The tier that answered, or was asked and did not.
    pub tier: Tier,
    /// What feedback might do to this request; `None` where something else decided who was asked,
    /// such as `policy.override`. Such outcomes count as evidence and move nothing.
    pub bounds: Option<Bounds>,
    /// What became of it.
    pub taken: Taken,
}

/// Outcomes of all classes in all languages, and where each class stands because of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteStats {
    /// Invariant: at most [`LANGUAGES_MAX`] entries.
    languages: BTreeMap<String, Groups>,
    /// Outcomes noted so far.
    noted: u64,
}

/// The classes of one language, in the order of [`RequestClass::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Groups {
    classes: [Option<Group>; RequestClass::ALL.len()],
    /// [`RouteStats::noted`] when it was last heard of.
    last_noted: u64,
}

impl RouteStats {
    /// Takes in an outcome.
    pub fn note(&mut self, outcome: &Outcome) {
        let Some(group) = self.group_mut(outcome.class, &outcome.language) else { return };
        group.note(outcome.tier, outcome.taken, outcome.bounds);
    }

    /// Who should be asked first for a class in a language, within the bounds, and why.
    pub fn shift(&self, class: RequestClass, language: &str, bounds: Bounds) -> Advice {
        match self.group(class, language) {
            Some(group) => group.advice(class, bounds),
            None => Advice::none(class, bounds.own),
        }
    }

    /// What is known of a class in a language.
    pub fn group(&self, class: RequestClass, language: &str) -> Option<&Group> {
        self.languages.get(language)?.classes[class as usize].as_ref()
    }

    /// Everything that is known, the language last heard of last.
    pub fn groups(&self) -> impl Iterator<Item = (&str, RequestClass, &Group)> {
        let mut languages: Vec<_> = self.languages.iter().collect();
        languages.sort_by_key(|(_, groups)| groups.last_noted);
        languages.into_iter().flat_map(|(language, groups)| {
            let classes = RequestClass::ALL.into_iter().zip(&groups.classes);
            classes.filter_map(move |(class, group)| {
                group.as_ref().map(|group| (language.as_str(), class, group))
            })
        })
    }

    /// Puts back what was kept of a class in a language. Later ones count as heard of later.
    pub fn restore(&mut self, class: RequestClass, language: &str, kept: Group) {
        if let Some(group) = self.group_mut(class, language) {
            *group = kept;
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.languages.is_empty()
    }

    /// The place for a class in a language, with room made for it where it is new.
    fn group_mut(&mut self, class: RequestClass, language: &str) -> Option<&mut Group> {
        if language.len() > LANGUAGE_BYTES_MAX {
            return None;
        }
        if !self.languages.contains_key(language) {
            if self.languages.len() >= LANGUAGES_MAX {
                let oldest = self.languages.iter().min_by_key(|(_, groups)| groups.last_noted);
                let oldest = oldest.map(|(language, _)| language.clone());
                oldest.and_then(|language| self.languages.remove(&language));
            }
            self.languages.insert(language.to_owned(), Groups::default());
        }
        self.noted += 1;
        let groups = self.languages.get_mut(language)?;
        groups.last_noted = self.noted;
        Some(groups.classes[class as usize].get_or_insert_default())
    }
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
