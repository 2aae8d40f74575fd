//! How often places like this one went on with each text, counted once for all candidates.

use std::collections::HashMap;

/// A text, and the line below it where that belongs to it.
pub(super) type Ending<'t> = (&'t str, &'t str);

/// Counts of endings, for several ways in which a place may be like the cursor's.
#[derive(Debug)]
pub(super) struct Tally<'t, const WAYS: usize> {
    by_ending: HashMap<Ending<'t>, [f32; WAYS]>,
    all: [f32; WAYS],
}

impl<const WAYS: usize> Default for Tally<'_, WAYS> {
    fn default() -> Self {
        Self { by_ending: HashMap::new(), all: [0.0; WAYS] }
    }
}

impl<'t, const WAYS: usize> Tally<'t, WAYS> {
    /// Counts one place with its endings; the second one is another way to see the first.
    pub(super) fn add(
        &mut self,
        endings: impl IntoIterator<Item = Ending<'t>>,
        weight: f32,
        is_like: [bool; WAYS],
    ) {
        let weights = is_like.map(|is_like| if is_like { weight } else { 0.0 });
        let add = |sums: &mut [f32; WAYS]| {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        };
        add(&mut self.all);
        endings
            .into_iter()
            .for_each(|ending| add(self.by_ending.entry(ending).or_insert([0.0; WAYS])));
    }

    /// The share of the places of each way that had an ending. Few places say little.
    pub(super) fn shares(&self, ending: Ending<'_>) -> [f32; WAYS] {
        let same = self.by_ending.get(&ending).copied().unwrap_or([0.0; WAYS]);
        std::array::from_fn(|way| (same[way] + 0.05) / (self.all[way] + 0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_places_that_are_alike() {
        let mut tally = Tally::default();
        tally.add([(");", ""), (");", "}")], 1.0, [true, true]);
        tally.add([(",", "")], 3.0, [true, false]);
        let [any, same] = tally.shares((");", ""));
        let is_near = |a: f32, b: f32| (a - b).abs() < 1e-6;
        assert!(is_near(any, 1.05 / 4.5) && is_near(same, 1.05 / 1.5));
        let [any_with_next, same_with_next] = tally.shares((");", "}"));
        assert!(is_near(any_with_next, any) && is_near(same_with_next, same));
        let [any, same] = tally.shares(("?", ""));
        assert!(is_near(any, 0.05 / 4.5) && is_near(same, 0.05 / 1.5));
    }
}
