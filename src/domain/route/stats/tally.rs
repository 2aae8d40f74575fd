//! Outcomes of one tier for one class in one language, fading as later ones come in.
//!
//! An outcome loses 1/2048 of its weight with each later answer of the class, whoever gave it. So
//! the tiers of a class fade together, what a user liked some thousand answers ago is forgotten, and
//! no number grows without end. Weights are whole thousandths: sums of floats would depend on their
//! order and on their form on disk.

/// Answers after which an outcome has lost 63 % of its weight. A user who takes a hundred
/// suggestions a day for one class makes that many in a month.
const MEMORY: u32 = 2048;
/// The weight of a new outcome.
const WHOLE: u32 = 1000;
/// Standard deviations on either side of an interval: one in twenty lies past one given end.
const Z: f64 = 1.645;

/// What became of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of it was inserted at once.
    Accepted,
    /// The beginning of it was inserted; holds how much, in thousandths of its characters.
    Partly(u16),
    /// All of it was typed by hand: right, though not needed.
    TypedThrough,
    /// It was dismissed, or a better one was asked for at the same place.
    Rejected,
    /// Something else was typed in its place.
    Overtyped,
    /// It was shown, and the user went on elsewhere.
    Ignored,
    /// The tier was asked first and had nothing to show in time.
    Unanswered,
}

impl Taken {
    /// How many kinds there are.
    pub const KINDS: usize = 7;
    /// The kinds' names in reports and on disk, in order.
    pub const NAMES: [&'static str; Self::KINDS] =
        ["accepted", "partly", "typed_through", "rejected", "overtyped", "ignored", "unanswered"];

    fn kind(self) -> usize {
        match self {
            Self::Accepted => 0,
            Self::Partly(_) => 1,
            Self::TypedThrough => 2,
            Self::Rejected => 3,
            Self::Overtyped => 4,
            Self::Ignored => 5,
            Self::Unanswered => 6,
        }
    }

    /// What it was worth, in thousandths of an accepted suggestion.
    fn worth(self) -> u32 {
        match self {
            Self::Accepted | Self::TypedThrough => WHOLE,
            Self::Partly(share) => u32::from(share).min(WHOLE),
            Self::Rejected | Self::Overtyped | Self::Ignored | Self::Unanswered => 0,
        }
    }
}

/// Faded outcomes. All fields are in thousandths of an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By kind, in the order of [`Taken::NAMES`].
    pub kinds: [u32; Taken::KINDS],
    /// What all of them were worth. Invariant: at most the sum of the kinds.
    pub worth: u32,
}

impl Tally {
    /// A tally with these weights, cut to what can come about.
    pub fn new(kinds: [u32; Taken::KINDS], worth: u32) -> Self {
        let kinds = kinds.map(|weight| weight.min(MEMORY * WHOLE));
        let sum = kinds.iter().sum();
        Self { kinds, worth: worth.min(sum) }
    }

    /// Adds an outcome.
    pub(super) fn add(&mut self, taken: Taken) {
        self.kinds[taken.kind()] += WHOLE;
        self.worth += taken.worth();
    }

    /// Another answer has come in: everything fades a little, and in the end to nothing.
    pub(super) fn fade(&mut self) {
        for weight in &mut self.kinds {
            *weight -= weight.div_ceil(MEMORY);
        }
        let sum = self.kinds.iter().sum();
        self.worth = (self.worth - self.worth.div_ceil(MEMORY)).min(sum);
    }

    /// How many outcomes there are, faded.
    pub fn trials(&self) -> f64 {
        f64::from(self.kinds.iter().sum::<u32>()) / f64::from(WHOLE)
    }

    /// How many of them were taken, faded; parts count as parts.
    pub fn taken(&self) -> f64 {
        f64::from(self.worth) / f64::from(WHOLE)
    }

    /// The share that was taken, 0 to 1; 0 where there is nothing.
    pub fn rate(&self) -> f64 {
        if self.worth == 0 { 0.0 } else { self.taken() / self.trials() }
    }

    /// Where the true share lies, nine times in ten: Wilson's interval, which holds for small
    /// numbers and for shares near 0 too (E. B. Wilson, JASA 22, 1927, p. 209).
    pub fn interval(&self) -> (f64, f64) {
        let (n, p) = (self.trials(), self.rate());
        if n <= 0.0 {
            return (0.0, 1.0);
        }
        let square = Z * Z / n;
        let middle = p + square / 2.0;
        let half = Z * (p * (1.0 - p) / n + square / n / 4.0).sqrt();
        let bound = |value: f64| (value / (1.0 + square)).clamp(0.0, 1.0);
        (bound(middle - half), bound(middle + half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(taken: u32, of: u32) -> Tally {
        let mut kinds = [0; Taken::KINDS];
        (kinds[0], kinds[5]) = (taken * WHOLE, (of - taken) * WHOLE);
        Tally::new(kinds, taken * WHOLE)
    }

    #[test]
    fn intervals_are_those_of_wilson() {
        let check = |taken, of, low: f64, high: f64| {
            let (found_low, found_high) = tally(taken, of).interval();
            assert!((found_low - low).abs() < 5e-4, "{taken} of {of}: {found_low}");
            assert!((found_high - high).abs() < 5e-4, "{taken} of {of}: {found_high}");
        };
        // Worked out by hand from the formula.
        check(3, 60, 0.0202, 0.1187);
        check(30, 60, 0.3965, 0.6035);
        check(0, 60, 0.0, 0.0432);
        check(0, 0, 0.0, 1.0);
    }

    #[test]
    fn outcomes_fade_to_nothing_and_never_grow_past_the_memory() {
        let mut tally = Tally::default();
        for _ in 0..20_000 {
            tally.fade();
            tally.add(Taken::Accepted);
        }
        assert!((2000.0..2049.0).contains(&tally.trials()), "{}", tally.trials());
        assert!((tally.rate() - 1.0).abs() < 1e-9);
        for _ in 0..MEMORY {
            tally.fade();
        }
        assert!((700.0..760.0).contains(&tally.trials()), "{}", tally.trials());
        for _ in 0..20_000 {
            tally.fade();
        }
        assert_eq!(tally, Tally::default());
    }

    #[test]
    fn parts_count_as_parts() {
        let mut tally = Tally::default();
        for taken in [Taken::Partly(250), Taken::TypedThrough, Taken::Overtyped, Taken::Unanswered]
        {
            tally.add(taken);
        }
        assert_eq!((tally.trials(), tally.taken()), (4.0, 1.25));
    }

    #[test]
    fn what_is_read_back_is_cut_to_what_can_be() {
        let cut = Tally::new([u32::MAX; Taken::KINDS], u32::MAX);
        assert!(cut.rate() <= 1.0 && cut.trials() <= 7.0 * 2048.0);
    }
}
