//! What the definitions say of names: which are in scope, which are members of the receiver's type.

use crate::domain::class::features::{Sheet, UNKNOWN};
use crate::domain::language::DefinitionKind;
use crate::domain::outline::Entry;
use crate::domain::site::Site;
use crate::domain::tokens::{ByHash, hash};

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
#[derive(Debug)]
pub(super) struct Definitions<'s> {
    site: &'s Site,
    /// What is defined in the functions around the cursor and begins with the word.
    locals: ByHash<Local>,
    /// The type before the member operator; zero where it is not known.
    receiver: u32,
    /// Its members that begin with the word.
    own: ByHash<&'s str>,
}

/// A name that is defined around the cursor.
#[derive(Debug)]
struct Local {
    name: String,
    kind: usize,
    /// How many of these are nearer.
    rank: usize,
}

impl<'s> Definitions<'s> {
    pub(super) fn of(site: &'s Site) -> Self {
        let rope = &site.document.rope;
        let text = |range: std::ops::Range<usize>| {
            rope.get_byte_slice(range).map(|text| text.to_string()).unwrap_or_default()
        };
        let (mut locals, mut types) = (ByHash::default(), ByHash::default());
        for (rank, definition) in site.definitions().into_iter().enumerate() {
            let name = text(definition.name);
            let hash_of_name = hash(&name);
            if let Some(of_type) = definition.type_name {
                types.entry(hash_of_name).or_insert_with(|| hash(&text(of_type)));
            }
            if site.word.is_empty() || name.starts_with(&site.word) {
                let kind = place_of(definition.kind);
                locals.entry(hash_of_name).or_insert(Local { name, kind, rank });
            }
        }
        let outline = &site.document.outline;
        let receiver = match receiver(site) {
            None => 0,
            Some((_, true)) => outline.owner_at(site.offset),
            Some((name, false)) => {
                let name = hash(name);
                // A type stands for itself where its members are named.
                let of_type = types.get(&name).copied().unwrap_or_else(|| outline.type_of(name));
                if of_type == 0 { name } else { of_type }
            }
        };
        let members = outline.beginning_with(&site.word).iter();
        let members = members.filter(|entry| receiver != 0 && entry.owner == receiver);
        let own = members.map(|entry| (entry.hash, &*entry.name)).collect();
        Self { site, locals, receiver, own }
    }

    /// Names that may come: members of the receiver's type; else what is known at the cursor, and where
    /// a letter is typed what is known in the file. Each with its hash.
    pub(super) fn names(
        &self,
        is_member: bool,
        is_typed: bool,
    ) -> impl Iterator<Item = (&str, u32)> {
        let own = self.own.iter().filter(move |_| is_member);
        let locals = self.locals.iter().filter(move |_| !is_member);
        let in_file = if is_typed && !is_member {
            self.site.document.outline.beginning_with(&self.site.word)
        } else {
            &[]
        };
        own.map(|(hash, name)| (*name, *hash))
            .chain(locals.map(|(hash, local)| (local.name.as_str(), *hash)))
            .chain(in_file.iter().map(|entry| (&*entry.name, entry.hash)))
    }

    /// What speaks for a name besides its uses.
    pub(super) fn estimate(&self, name: u32, is_member: bool) -> f32 {
        match is_member {
            true if self.own.contains_key(&name) => 6.0,
            false if self.locals.contains_key(&name) => 1.5,
            _ => 0.0,
        }
    }

    /// The numbers of a name.
    pub(super) fn numbers(&self, name: u32, sheet: &mut Sheet<'static>) {
        let local = self.locals.get(&name);
        let in_file = self.site.document.outline.named(name);
        let number = |number: Option<usize>| number.map_or(UNKNOWN, |number| number as f32);
        sheet.number("local_kind", number(local.map(|local| local.kind)));
        sheet.number("local_rank", number(local.map(|local| local.rank)));
        sheet.number("file_kind", number(in_file.first().map(|entry| place_of(entry.kind))));
        let is_own = |entry: &Entry| entry.owner == self.receiver;
        let mut owners = in_file.iter().filter(|entry| entry.owner != 0);
        sheet.flag("is_own_member", owners.clone().any(is_own));
        sheet.flag("is_others_member", !owners.all(is_own));
        sheet.flag("receiver_known", self.receiver != 0);
    }
}

/// Where a kind stands among all.
fn place_of(kind: DefinitionKind) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(0)
}

/// The word before the member operator, and whether it stands for the type around, as `self` does.
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
