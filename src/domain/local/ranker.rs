//! From the numbers of candidates to the probability that each is what comes.

use super::Candidate;
use crate::domain::class::model::Model;

/// A candidate with this score is not looked at any longer. It stands for a probability of 0.4 %; of
/// those that were below it after some of the trees, one in a thousand comes to the 1 % from which on a
/// candidate is offered at all, and none to 5 %.
const HOPELESS: f32 = -5.5;

/// Learned weights for one kind of candidate.
#[derive(Debug)]
pub(super) struct Ranker {
    model: Model,
}

impl Ranker {
    /// Reads weights; `None` where they are broken, which a test finds out.
    pub(super) fn parse(tables: &str, trees: &str) -> Option<Self> {
        let model = Model::parse(tables, trees).ok()?;
        Some(Self { model })
    }

    /// The probability of each candidate.
    pub(super) fn probabilities(&self, candidates: &[Candidate]) -> Vec<f64> {
        let sheets = candidates.iter().map(|candidate| &candidate.sheet);
        self.model.probabilities_of_one(sheets, HOPELESS)
    }

    /// The numbers the model asks for that are not on a sheet.
    #[cfg(test)]
    pub(super) fn missing(&self, sheet: &crate::domain::class::features::Sheet<'_>) -> Vec<&str> {
        let (wanted, _) = self.model.names();
        let is_missing = |name: &&str| sheet.numbers.iter().all(|(other, _)| other != name);
        wanted.into_iter().filter(is_missing).collect()
    }
}
