//! What the definitions say of names: which are in scope, which are members of the receiver's type.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::evidence::AsItIs;
use crate::domain::class::features::{Sheet, UNKNOWN};
use crate::domain::language::DefinitionKind;
use crate::domain::site::Site;
use crate::domain::tokens::hash;

/// Every kind, in an order that only has to stay the same.
const KINDS: [DefinitionKind; 6] = [
    DefinitionKind::Parameter,
    DefinitionKind::Variable,
    DefinitionKind::Function,
    DefinitionKind::Field,
    DefinitionKind::Type,
    DefinitionKind::Import,
];

/// What is known at one site.
#[derive(Debug, Default)]
pub(super) struct Definitions<'s> {
    facts: HashMap<u32, Fact<'s>, BuildHasherDefault<AsItIs>>,
    /// The type before the member operator; zero where it is not known.
    receiver: u32,
}

/// What is known of one name.
#[derive(Clone, Debug, Default)]
struct Fact<'s> {
    name: Cow<'s, str>,
    /// Its kind among what is defined in the functions around the cursor, and how many of these are
    /// nearer.
    local: Option<(usize, usize)>,
    /// Its kind in the file.
    in_file: Option<usize>,
    /// Whether it is a member of the receiver's type.
    is_own: bool,
    /// Whether it is a member of another type.
    is_others: bool,
}

impl<'s> Definitions<'s> {
    pub(super) fn of(site: &'s Site) -> Self {
        let mut known = Self::default();
        let kind = |kind| KINDS.iter().position(|known| *known == kind).unwrap_or(0);
        let rope = &site.document.rope;
        let text = |range: std::ops::Range<usize>| {
            rope.get_byte_slice(range).map(|text| text.to_string()).unwrap_or_default()
        };
        let receiver = receiver(site);
        let mut types = HashMap::new();
        for (rank, definition) in site.definitions().into_iter().enumerate() {
            let name = text(definition.name);
            let hash_of_name = hash(&name);
            if let Some(of_type) = definition.type_name {
                types.entry(hash_of_name).or_insert_with(|| hash(&text(of_type)));
            }
            if name.starts_with(&site.word) {
                let fact = known.facts.entry(hash_of_name).or_default();
                fact.local.get_or_insert((kind(definition.kind), rank));
                fact.name = Cow::Owned(name);
            }
        }
        let outline = &site.document.outline;
        known.receiver = match receiver {
            None => 0,
            Some((_, true)) => outline.owner_at(site.offset),
            Some((name, false)) => {
                let name = hash(name);
                // A type stands for itself where its members are named.
                let of_type = types.get(&name).copied().unwrap_or_else(|| outline.type_of(name));
                if of_type == 0 { name } else { of_type }
            }
        };
        for entry in outline.entries.iter().filter(|entry| entry.name.starts_with(&site.word)) {
            let fact = known.facts.entry(entry.hash).or_default();
            if fact.name.is_empty() {
                fact.name = Cow::Borrowed(&entry.name);
            }
            fact.in_file.get_or_insert(kind(entry.kind));
            fact.is_own |= entry.owner != 0 && entry.owner == known.receiver;
            fact.is_others |= entry.owner != 0 && entry.owner != known.receiver;
        }
        known
    }

    /// Names that may come: members of the receiver's type; else what is known at the cursor, and where
    /// a letter is typed what is known in the file.
    pub(super) fn names(&self, is_member: bool, is_typed: bool) -> impl Iterator<Item = &str> {
        let facts = self.facts.values().filter(move |fact| {
            if is_member { fact.is_own } else { is_typed || fact.local.is_some() }
        });
        facts.map(|fact| fact.name.as_ref())
    }

    /// What speaks for a name besides its uses.
    pub(super) fn estimate(&self, name: u32, is_member: bool) -> f32 {
        match self.facts.get(&name) {
            Some(fact) if is_member && fact.is_own => 6.0,
            Some(fact) if !is_member && fact.local.is_some() => 1.5,
            _ => 0.0,
        }
    }

    /// The numbers of a name.
    pub(super) fn numbers(&self, name: u32, sheet: &mut Sheet<'static>) {
        let nothing = Fact::default();
        let fact = self.facts.get(&name).unwrap_or(&nothing);
        let kind = |kind: Option<usize>| kind.map_or(UNKNOWN, |kind| kind as f32);
        sheet.number("local_kind", kind(fact.local.map(|(kind, _)| kind)));
        sheet.number("local_rank", kind(fact.local.map(|(_, rank)| rank)));
        sheet.number("file_kind", kind(fact.in_file));
        sheet.flag("is_own_member", fact.is_own);
        sheet.flag("is_others_member", fact.is_others);
        sheet.flag("receiver_known", self.receiver != 0);
    }
}

/// The word before the member operator, and whether it , such as `self`.
fn receiver(site: &Site) -> Option<(&str, bool)> {
    let operator = site.member_operator()?;
    let lexical = &site.document.language.lexical;
    let before = &site.before_word()[..site.before_word().len() - operator.len()];
    let start = before
        .rfind(|c| !lexical.is_word(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = &before[start..];
    (!word.is_empty()).then(|| (word, lexical.self_words.iter().any(|own| own == word)))
}
