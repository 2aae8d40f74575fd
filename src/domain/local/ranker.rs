//! From the numbers of a candidate to the probability that it is what comes.

use std::sync::OnceLock;

use crate::domain::class::features::Sheet;
use crate::domain::class::model::Model;

/// Learned weights for one kind of candidate.
#[derive(Debug)]
pub(super) struct Ranker {
    model: Model,
    /// Where on the sheet the numbers stand that the model asks for.
    columns: OnceLock<Vec<usize>>,
}

impl Ranker {
    /// Reads weights; `None` where they are broken, which a test finds out.
    pub(super) fn parse(tables: &str, trees: &str) -> Option<Self> {
        let model = Model::parse(tables, trees).ok()?;
        Some(Self { model, columns: OnceLock::new() })
    }

    /// The probability of a candidate.
    pub(super) fn probability(&self, sheet: &Sheet<'_>) -> f64 {
        let columns = self.columns.get_or_init(|| {
            let (wanted, _) = self.model.names();
            let place = |name: &&str| sheet.numbers.iter().position(|(other, _)| other == name);
            wanted.iter().map(|name| place(name).unwrap_or(usize::MAX)).collect()
        });
        let value = |column: &usize| sheet.numbers.get(*column).map_or(0.0, |(_, value)| *value);
        let inputs: Vec<f32> = columns.iter().map(value).collect();
        self.model.probability_of(&inputs)
    }

    /// The numbers the model asks for that are not on a sheet.
    #[cfg(test)]
    pub(super) fn missing(&self, sheet: &Sheet<'_>) -> Vec<&str> {
        let (wanted, _) = self.model.names();
        let is_missing = |name: &&str| sheet.numbers.iter().all(|(other, _)| other != name);
        wanted.into_iter().filter(is_missing).collect()
    }
}
