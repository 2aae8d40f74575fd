//! What is usual in the language, asked about one site.

use super::composed::last_part;
use super::window::Place;
use crate::domain::class::features::{Sheet, UNKNOWN};
use crate::domain::local::usual::{Name, Use, Usual, follows_one};
use crate::domain::site::Site;
use crate::domain::tokens::ByHash;
use crate::domain::tokens::contexts::TWO;

/// Bound: names taken for how frequent they are.
const FREQUENT_MAX: usize = 12;
/// Of ten uses, how many must follow a member operator where one stands before the cursor.
const MEMBER_MIN: u8 = 3;
/// From so many on it is nowhere else.
const MEMBER_ONLY: u8 = 9;
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
    names: ByHash<(&'u str, f32)>,
    /// How rare names are behind the two tokens before the cursor, and behind the last.
    after: ByHash<u8>,
    behind: ByHash<u8>,
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
            let fits = |used: Use| {
                if is_member { used.member >= MEMBER_MIN } else { used.member < MEMBER_ONLY }
            };
            let all = list.beginning_with(&site.word).iter().filter(|name| fits(name.used));
            let frequency = |name: &&Name| name.used.frequency;
            found.total = all.clone().map(|name| amount(frequency(&name))).sum();
            for name in most_frequent(all, frequency, FREQUENT_MAX) {
                let estimate = 0.1 * f32::from(name.used.frequency);
                found.names.insert(name.hash, (&name.text, estimate));
            }
        }
        let contexts = [
            (place.before.contexts()[TWO], FOLLOWS_TWO, &mut found.after),
            (follows_one(place.before.last()), FOLLOWS_ONE, &mut found.behind),
        ];
        for (context, weight, rarities) in contexts {
            for (name, rarity) in list.after(context) {
                if site.word.is_empty() || name.text.starts_with(&site.word) {
                    let entry = found.names.entry(name.hash).or_insert((&name.text, 0.0));
                    entry.1 += weight * f32::from(RARE.saturating_sub(rarity));
                    rarities.insert(name.hash, rarity);
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
        let best = most_frequent(words, |(_, frequency)| *frequency, WORDS_MAX);
        let rests = best.map(|(word, _)| &word[typed.len()..]);
        rests.map(|rest| if is_capital { rest.to_uppercase() } else { rest.to_owned() }).collect()
    }

    /// Names that may come, with their hashes.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'u str, u32)> {
        self.names.iter().map(|(hash, (name, _))| (*name, *hash))
    }

    /// What speaks for a name besides its uses here.
    pub(super) fn estimate(&self, name: u32) -> f32 {
        self.names.get(&name).map_or(0.0, |(_, estimate)| *estimate)
    }

    /// The numbers of a name.
    pub(super) fn numbers(&self, name: &str, hash: u32, sheet: &mut Sheet<'static>) {
        let found = self.usual.and_then(|usual| usual.of(hash));
        let number = |of: fn(Use) -> u8| found.map_or(UNKNOWN, |found| f32::from(of(found)));
        sheet.number("usual", number(|found| found.frequency));
        sheet.number("usual_member", number(|found| found.member));
        sheet.number("usual_called", number(|found| found.called));
        let rarity = self.after.get(&hash);
        sheet.number("usual_after", rarity.map_or(UNKNOWN, |rarity| f32::from(*rarity)));
        let rarity = self.behind.get(&hash);
        sheet.number("usual_behind", rarity.map_or(UNKNOWN, |rarity| f32::from(*rarity)));
        sheet.count("usual_rivals", self.after.len());
        let share = |amount: Option<f32>, total: f32| match amount {
            Some(amount) if total > 0.0 => amount / total,
            _ => UNKNOWN,
        };
        let used = found.map(|found| amount(found.frequency));
        sheet.number("usual_share", share(used, self.total));
        let follows = self.after.get(&hash).map(|rarity| 1.0 / amount(*rarity));
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

/// The most frequent of some entries, in their order; of equals those that come first.
fn most_frequent<T>(
    entries: impl Iterator<Item = T> + Clone,
    frequency: impl Fn(&T) -> u8,
    most: usize,
) -> impl Iterator<Item = T> {
    // Frequencies are digits.
    let mut counts = [0; 10];
    let place = move |entry: &T| usize::from(frequency(entry)).min(9);
    entries.clone().for_each(|entry| counts[place(&entry)] += 1);
    let (mut least, mut left) = (10, most);
    while least > 0 && counts[least - 1] <= left {
        least -= 1;
        left -= counts[least];
    }
    entries.filter(move |entry| {
        let place = place(entry);
        let is_kept = place >= least || place + 1 == least && left > 0;
        left -= usize::from(is_kept && place < least);
        is_kept
    })
}
