//! How the tokens of a prompt are shared among the kinds of text, as a table.
//!
//! The text around the cursor says most, so it has the most and takes what cannot apply. What a fast
//! model reads in its 150 ms is little; what a flagship writes a body from is mostly what the body
//! will use, so definitions and similar code have more there.

use super::Kind;
use crate::domain::route::Tier;
use crate::domain::units::Tokens;

/// Hundredths of a tier's tokens for each kind, `[local, fast, mid, flagship]`. What is left is for
/// the text around the cursor.
const SHARES: [(Kind, [u32; 4]); 5] = [
    (Kind::Similar, [0, 10, 17, 20]),
    (Kind::Definitions, [0, 7, 10, 13]),
    (Kind::Edits, [0, 3, 5, 5]),
    (Kind::Imports, [0, 5, 5, 5]),
    (Kind::Signatures, [0, 5, 4, 3]),
];

/// Share of the text before the cursor in that around it; the rest is for the text after it.
const BEFORE: (u32, u32) = (3, 4);

/// The most tokens a kind may have of `all`; the kinds around the cursor have what
/// [`around`] says.
pub(super) fn of(kind: Kind, tier: Tier, all: Tokens) -> Tokens {
    let share = SHARES.iter().find(|(known, _)| *known == kind);
    Tokens(share.map_or(0, |(_, shares)| part(all, shares[tier as usize])))
}

/// The most tokens before and after the cursor, where these kinds apply besides.
pub(super) fn around(others: &[Kind], tier: Tier, all: Tokens) -> (Tokens, Tokens) {
    let taken: u32 = others.iter().map(|kind| of(*kind, tier, all).0).sum();
    let left = all.0.saturating_sub(taken);
    let before = (u64::from(left) * u64::from(BEFORE.0) / u64::from(BEFORE.1)) as u32;
    (Tokens(before), Tokens(left - before))
}

fn part(all: Tokens, hundredths: u32) -> u32 {
    (u64::from(all.0) * u64::from(hundredths) / 100) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_is_for_the_text_around_the_cursor() {
        let kinds: Vec<Kind> = SHARES.iter().map(|(kind, _)| *kind).collect();
        for tier in [Tier::Fast, Tier::Mid, Tier::Flagship] {
            let (before, after) = around(&kinds, tier, Tokens(1000));
            assert!(before.0 + after.0 > 500 && before > after, "{}", tier.name());
            let others: u32 = kinds.iter().map(|kind| of(*kind, tier, Tokens(1000)).0).sum();
            assert_eq!(before.0 + after.0 + others, 1000);
        }
    }
}
