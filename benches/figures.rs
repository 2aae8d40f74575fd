//! Distributions and the table they are printed in.

use std::time::Duration;

/// Durations of one thing measured many times.
#[derive(Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn add(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// The value that `percent` of the samples do not exceed.
    pub(crate) fn percentile(&mut self, percent: f64) -> Duration {
        self.0.sort_unstable();
        let rank = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        self.0.get(rank.max(1) - 1).copied().unwrap_or_default()
    }

    /// Median, 95th and 99th percentile and maximum in this unit, ready for a table.
    pub(crate) fn row(&mut self, unit: Duration) -> String {
        let shown = [50.0, 95.0, 99.0, 100.0].map(|percent| {
            let value = self.percentile(percent).as_secs_f64() / unit.as_secs_f64();
            format!("{value:>8.2}")
        });
        shown.join(" ")
    }
}
