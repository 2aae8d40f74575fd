//! What is usual in the language, asked about one site.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::evidence::AsItIs;
use crate::domain::class::features::{Sheet, UNKNOWN};
use crate::domain::local::{Use, Usual};
use crate::domain::site::Site;
use crate::domain::tokens::hash;

/// Bound: names taken for how frequent they are.
const FREQUENT_MAX: usize = 10;
/// Of ten uses, how many must follow a member operator where one stands before the cursor.
const MEMBER_MIN: u8 = 3;
/// A name rarer than this behind the two tokens speaks no more for itself there.
const RARE: u8 = 8;

/// What is usual at a site.
#[derive(Debug, Default)]
pub(super) struct Usually<'u> {
    usual: Option<&'u Usual>,
    /// The names that may come, with a first estimate of what speaks for each.
    names: HashMap<u32, (&'u str, f32), BuildHasherDefault<AsItIs>>,
    /// How rare names are behind the two tokens before the cursor.
    after: HashMap<u32, u8, BuildHasherDefault<AsItIs>>,
}

impl<'u> Usually<'u> {
    /// `context` are the two tokens before the word.
    pub(super) fn of(usual: Option<&'u Usual>, site: &Site, context: u32) -> Self {
        let Some(list) = usual else { return Self::default() };
        let mut found = Self { usual, ..Self::default() };
        let is_member = site.member_operator().is_some();
        // With nothing typed and no operator anything could come.
        if !site.word.is_empty() || is_member {
            let fits =
                |found: &Use| if is_member { found.member >= MEMBER_MIN } else { found.member < 9 };
            let all = list.beginning_with(&site.word).iter().filter(|(_, found)| fits(found));
            let mut frequent: Vec<(&str, u8)> =
                all.map(|(name, found)| (&**name, found.frequency)).collect();
            frequent.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            for (name, frequency) in frequent.into_iter().take(FREQUENT_MAX) {
                found.names.insert(hash(name), (name, 0.1 * f32::from(frequency)));
            }
        }
        for (name, rarity) in list.after(context) {
            let hash = hash(name);
            let entry = found.names.entry(hash).or_insert((name, 0.0));
            entry.1 += 0.6 * f32::from(RARE.saturating_sub(rarity));
            found.after.insert(hash, rarity);
        }
        found
    }

    /// Names that may come.
    pub(super) fn names(&self) -> impl Iterator<Item = &'u str> {
        self.names.values().map(|(name, _)| *name)
    }

    /// What speaks for a name besides its uses here.
    pub(super) fn estimate(&self, name: u32) -> f32 {
        self.names.get(&name).map_or(0.0, |(_, estimate)| *estimate)
    }

    /// The numbers of a name.
    pub(super) fn numbers(&self, name: &str, sheet: &mut Sheet<'static>) {
        let found = self.usual.and_then(|usual| usual.of(name));
        let number = |of: fn(Use) -> u8| found.map_or(UNKNOWN, |found| f32::from(of(found)));
        sheet.number("usual", number(|found| found.frequency));
        sheet.number("usual_member", number(|found| found.member));
        sheet.number("usual_called", number(|found| found.called));
        let rarity = self.after.get(&hash(name));
        sheet.number("usual_after", rarity.map_or(UNKNOWN, |rarity| f32::from(*rarity)));
        sheet.count("usual_rivals", self.after.len());
    }
}
