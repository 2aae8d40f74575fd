//! What is usual in the language, asked about one site.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::composed::last_part;
use super::evidence::AsItIs;
use super::window::Place;
use crate::domain::class::features::{Sheet, UNKNOWN};
use crate::domain::local::{Use, Usual, follows_one};
use crate::domain::site::Site;
use crate::domain::tokens::contexts::TWO;
use crate::domain::tokens::hash;

/// Bound: names taken for how frequent they are.
const FREQUENT_MAX: usize = 12;
/// Of ten uses, how many must follow a member operator where one stands before the cursor.
const MEMBER_MIN: u8 = 3;
/// A name rarer than this behind the tokens speaks no more for itself there.
const RARE: u8 = 8;
/// What it counts in the first estimate to follow two tokens, and one.
const FOLLOWS_TWO: f32 = 0.6;
const FOLLOWS_ONE: f32 = 0.2;
/// Bound: words that the last part of a name may become; and how much of one must be typed.
const WORDS_MAX: usize = 4;
const WORD_TYPED_MIN: usize = 2;

/// What is usual at a site.
#[derive(Debug, Default)]
pub(super) struct Usually<'u> {
    usual: Option<&'u Usual>,
    /// The names that may come, with a first estimate of what speaks for each.
    names: HashMap<u32, (&'u str, f32), BuildHasherDefault<AsItIs>>,
    /// How rare names are behind the two tokens before the cursor, and behind the last.
    after: HashMap<u32, u8, BuildHasherDefault<AsItIs>>,
    behind: HashMap<u32, u8, BuildHasherDefault<AsItIs>>,
    /// How many letters of the word come before its last part, if any of that is typed.
    last_part: Option<usize>,
    /// How much the names that may come are used together, and how much of what follows the two tokens
    /// they are.
    total: f32,
    total_after: f32,
}

impl<'u> Usually<'u> {
    pub(super) fn of(usual: Option<&'u Usual>, site: &Site, place: &Place) -> Self {
        let Some(list) = usual else { return Self::default() };
        let typed = last_part(&site.word).len();
        let last_part = (typed > 0).then(|| site.word.len() - typed);
        let mut found = Self { usual, last_part, ..Self::default() };
        let is_member = site.member_operator().is_some();
        // With nothing typed and no operator anything could come.
        if !site.word.is_empty() || is_member {
            let fits =
                |found: &Use| if is_member { found.member >= MEMBER_MIN } else { found.member < 9 };
            let all = list.beginning_with(&site.word).iter().filter(|(_, found)| fits(found));
            let frequent: Vec<_> = all.map(|(name, found)| (&**name, found.frequency)).collect();
            found.total = frequent.iter().map(|(_, frequency)| amount(*frequency)).sum();
            for (name, frequency) in most_frequent(frequent, FREQUENT_MAX) {
                found.names.insert(hash(name), (name, 0.1 * f32::from(frequency)));
            }
        }
        let contexts = [
            (place.contexts[TWO], FOLLOWS_TWO, &mut found.after),
            (follows_one(place.last), FOLLOWS_ONE, &mut found.behind),
        ];
        for (context, weight, rarities) in contexts {
            for (name, rarity) in list.after(context) {
                if name.starts_with(&site.word) {
                    let hash = hash(name);
                    let entry = found.names.entry(hash).or_insert((name, 0.0));
                    entry.1 += weight * f32::from(RARE.saturating_sub(rarity));
                    rarities.insert(hash, rarity);
                }
            }
        }
        found.total_after = found.after.values().map(|rarity| 1.0 / amount(*rarity)).sum();
        found
    }

    /// What the word may go on with so that its last part becomes a usual word.
    pub(super) fn rests(&self, site: &Site) -> Vec<String> {
        let (Some(list), Some(start)) = (self.usual, self.last_part) else { return Vec::new() };
        let part = &site.word[start..];
        let is_capital = part.bytes().all(|byte| byte.is_ascii_uppercase());
        if part.len() < WORD_TYPED_MIN || !part.is_ascii() {
            return Vec::new();
        }
        let typed = part.to_ascii_lowercase();
        let words = list.words_beginning_with(&typed).iter();
        let words = words.filter(|(word, _)| word.len() > typed.len());
        let best = most_frequent(words.map(|(word, n)| (&**word, *n)).collect(), WORDS_MAX);
        let rests = best.into_iter().map(|(word, _)| &word[typed.len()..]);
        rests.map(|rest| if is_capital { rest.to_uppercase() } else { rest.to_owned() }).collect()
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
        let rarity = self.behind.get(&hash(name));
        sheet.number("usual_behind", rarity.map_or(UNKNOWN, |rarity| f32::from(*rarity)));
        sheet.count("usual_rivals", self.after.len());
        let share = |amount: Option<f32>, total: f32| match amount {
            Some(amount) if total > 0.0 => amount / total,
            _ => UNKNOWN,
        };
        let used = found.map(|found| amount(found.frequency));
        sheet.number("usual_share", share(used, self.total));
        let follows = self.after.get(&hash(name)).map(|rarity| 1.0 / amount(*rarity));
        sheet.number("usual_after_share", share(follows, self.total_after));
        sheet.number("usual_total", self.total.ln_1p());
        let word = self.last_part.and_then(|start| name.get(start..)).map(str::to_lowercase);
        let word = word.zip(self.usual).and_then(|(word, usual)| usual.word(&word));
        sheet.number("usual_word", word.map_or(UNKNOWN, f32::from));
    }
}

/// What a logarithm stands for.
fn amount(logarithm: u8) -> f32 {
    f32::from(logarithm).exp2()
}

/// The most frequent of some names.
fn most_frequent(mut names: Vec<(&str, u8)>, most: usize) -> Vec<(&str, u8)> {
    let order = |a: &(&str, u8), b: &(&str, u8)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
    if names.len() > most {
        names.select_nth_unstable_by(most, order);
        names.truncate(most);
    }
    names
}
