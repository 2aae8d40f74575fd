//! Distributions of durations, as counts in bins that are as wide as they are long: sixteen for each
//! doubling, so a figure read from them is at most 2.2 % off. Exact times of a million requests would
//! have to be sorted again for each span that is looked at.

use std::collections::HashMap;

/// Bins for each doubling.
const FINE: u32 = 16;
/// Of these, how many make one bar on the page.
const PER_BAR: u32 = 4;
/// The first bar begins at 2^5 microseconds; what is faster is counted there.
const FIRST_BAR: u32 = 5 * FINE / PER_BAR;
/// The last bar ends at 2^25 microseconds, half a minute; what is slower is counted there.
const BARS_END: u32 = 25 * FINE / PER_BAR;
/// How many bars there are.
pub(super) const BARS: usize = (BARS_END - FIRST_BAR) as usize;

/// Durations of several kinds, each kind a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    /// Counts by kind and bin.
    counts: HashMap<(u16, u16), u32>,
}

/// The durations of one or several kinds, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Sorted {
    bins: Vec<(u16, u64)>,
    count: u64,
}

impl Times {
    pub(super) fn add(&mut self, kind: u16, us: u32) {
        *self.counts.entry((kind, bin(us))).or_default() += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (key, count) in &other.counts {
            *self.counts.entry(*key).or_default() += count;
        }
    }

    /// The durations of the kinds that are wanted.
    pub(super) fn sorted(&self, is_wanted: impl Fn(u16) -> bool) -> Sorted {
        let wanted = self.counts.iter().filter(|((kind, _), _)| is_wanted(*kind));
        let mut bins: Vec<(u16, u64)> =
            wanted.map(|((_, bin), count)| (*bin, u64::from(*count))).collect();
        bins.sort_unstable();
        Sorted { count: bins.iter().map(|(_, count)| count).sum(), bins }
    }

    /// How many durations of a kind lie in each bar.
    pub(super) fn bars(&self, kind: u16) -> [u64; BARS] {
        let mut bars = [0; BARS];
        for ((_, bin), count) in self.counts.iter().filter(|((own, _), _)| *own == kind) {
            let bar = (u32::from(*bin) / PER_BAR).clamp(FIRST_BAR, BARS_END - 1) - FIRST_BAR;
            bars[bar as usize] += u64::from(*count);
        }
        bars
    }
}

impl Sorted {
    /// The duration that this share of them took at most, in milliseconds.
    pub(super) fn percentile(&self, share: f64) -> Option<f64> {
        let rank = ((share * self.count as f64).ceil() as u64).max(1);
        let mut below = 0;
        let (bin, _) = self.bins.iter().find(|(_, count)| {
            below += count;
            below >= rank
        })?;
        // The middle of the bin, which is wrong by half of it at most.
        Some(start_ms(f64::from(*bin) + 0.5, FINE))
    }
}

/// Where the bars begin, in milliseconds, and where the last one ends.
pub(super) fn edges_ms() -> Vec<f64> {
    (FIRST_BAR..=BARS_END).map(|bar| start_ms(f64::from(bar), FINE / PER_BAR)).collect()
}

fn bin(us: u32) -> u16 {
    (f64::from(us.max(1)).log2() * f64::from(FINE)) as u16
}

/// Where the bin with this number begins, with so many bins for each doubling.
fn start_ms(bin: f64, per_doubling: u32) -> f64 {
    (bin / f64::from(per_doubling)).exp2() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_a_bin() {
        let mut times = Times::default();
        (1..=10_000).for_each(|nth| times.add(3, nth * 20));
        times.add(4, 7);
        let sorted = times.sorted(|kind| kind == 3);
        for (share, exact) in [(0.5, 100.0), (0.95, 190.0), (0.99, 198.0), (1.0, 200.0)] {
            let found = sorted.percentile(share).expect("durations");
            assert!((found / exact - 1.0_f64).abs() < 0.023, "{share}: {found} for {exact}");
        }
        assert_eq!(times.sorted(|_| false).percentile(0.5), None);
        assert_eq!(times.sorted(|_| true).count, 10_001);
    }

    #[test]
    fn every_duration_has_its_bar() {
        let (mut times, edges) = (Times::default(), edges_ms());
        assert_eq!(edges.len(), BARS + 1);
        for us in [0, 1, 31, 32, 40, 1_000, 150_000, 5_000_000, u32::MAX] {
            times.add(0, us);
            let bars = times.bars(0);
            let ms = (f64::from(us) / 1e3).clamp(edges[0], edges[BARS] * 0.999);
            let bar = edges.iter().rposition(|edge| *edge <= ms).expect("an edge");
            assert!(bars[bar] > 0, "{us}");
        }
        assert_eq!(times.bars(0).iter().sum::<u64>(), 9, "none is lost");
        let mut twice = times.clone();
        twice.merge(&times);
        assert_eq!(twice.bars(0).iter().sum::<u64>(), 18);
    }
}
