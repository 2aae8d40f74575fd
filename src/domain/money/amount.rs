//! An amount of money that adds up: whole pico-dollars.
//!
//! A millionth of a dollar for a million tokens is one pico-dollar a token, and price lists have no
//! more decimals than that, so every price is a whole number here, and so is every sum. Nano-dollars
//! would not do: half of 0.125 dollars a million tokens, a batch price, is 62.5 of them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use crate::domain::units::NanoUsd;

/// An amount of money in pico-dollars (1e-12 USD); at most 18.4 million dollars. Sums saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PicoUsd(pub u64);

/// Pico-dollars in a dollar.
const DOLLAR: u64 = 1_000_000_000_000;

impl PicoUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Reads dollars in decimal digits, such as `0.25`, exactly; further decimals than an amount has
    /// are rounded up. `None` for anything else, such as a sign or an exponent.
    pub fn from_dollars(text: &str) -> Option<Self> {
        Self::scaled(text, 12)
    }

    /// Reads a price in dollars a million tokens as the amount for one token, see
    /// [`Self::from_dollars`].
    pub fn from_dollars_per_million(text: &str) -> Option<Self> {
        Self::scaled(text, 6)
    }

    /// A price in dollars a million tokens that arrives as a float, as the amount for one token,
    /// rounded to whole pico-dollars.
    pub fn from_float_per_million(dollars: f64) -> Self {
        Self((dollars.max(0.0) * 1e6).round() as u64)
    }

    /// Dollars that arrive as a float, rounded to whole micro-dollars, which is finer than anybody
    /// sets a cap.
    pub fn from_float_dollars(dollars: f64) -> Self {
        Self(((dollars.max(0.0) * 1e6).round() as u64).saturating_mul(DOLLAR / 1_000_000))
    }

    /// A decimal number times ten to the power of `places`.
    fn scaled(text: &str, places: usize) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_number = !whole.is_empty()
            && whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit());
        let unit = 10_u64.pow(places as u32);
        if !is_number {
            return None;
        }
        let (kept, rest) = decimals.split_at(decimals.len().min(places));
        let mut fraction: u64 = format!("{kept:0<places$}").parse().unwrap_or(0);
        fraction += u64::from(rest.bytes().any(|byte| byte != b'0'));
        Some(Self(whole.parse::<u64>().ok()?.checked_mul(unit)?.checked_add(fraction)?))
    }

    /// The amount times a count, such as that of tokens.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// What is left when `other` is taken away; at least nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// A hundredth, rounded down.
    #[must_use]
    pub fn hundredth(self) -> Self {
        Self(self.0 / 100)
    }

    /// In dollars, for figures that are shown and never added.
    pub fn as_dollars(self) -> f64 {
        self.0 as f64 / DOLLAR as f64
    }

    /// In nano-dollars, rounded up.
    pub fn to_nano(self) -> NanoUsd {
        NanoUsd(self.0.div_ceil(1000))
    }

    /// All decimals of the amount in dollars, without needless zeros: `0.013`.
    pub fn exact(self) -> String {
        let decimals = format!("{:012}", self.0 % DOLLAR);
        let decimals = decimals.trim_end_matches('0');
        let whole = self.0 / DOLLAR;
        if decimals.is_empty() { whole.to_string() } else { format!("{whole}.{decimals}") }
    }
}

impl From<NanoUsd> for PicoUsd {
    fn from(nano: NanoUsd) -> Self {
        Self(nano.0.saturating_mul(1000))
    }
}

impl Add for PicoUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for PicoUsd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for PicoUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// Dollars as people read them: two decimals for dollars, and for less as many as show three digits.
impl fmt::Display for PicoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dollars = self.as_dollars();
        match dollars {
            0.0 => f.write_str("$0"),
            0.995.. => write!(f, "${dollars:.2}"),
            _ => {
                let digits = (2.0 - dollars.log10().floor()).clamp(3.0, 12.0) as usize;
                let text = format!("{dollars:.digits$}");
                write!(f, "${}", text.trim_end_matches('0'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_and_written_back() {
        for text in ["0.0625", "0.3", "12.5", "1", "0.000000000001", "18000000.5"] {
            let amount = PicoUsd::from_dollars(text).expect(text);
            assert_eq!(amount.exact(), text);
        }
        assert_eq!(PicoUsd::from_dollars_per_million("0.0625"), Some(PicoUsd(62_500)));
        assert_eq!(PicoUsd::from_dollars_per_million("0.00000049"), Some(PicoUsd(1)), "up");
        for wrong in ["", ".", "-1", "1e3", "1.2.3", " 1", "99999999999999999999", "$1"] {
            assert_eq!(PicoUsd::from_dollars(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn people_read_three_digits() {
        let shown = |text: &str| PicoUsd::from_dollars(text).expect(text).to_string();
        assert_eq!(shown("0"), "$0");
        assert_eq!(shown("0.00001234"), "$0.0000123");
        assert_eq!(shown("0.013"), "$0.013");
        assert_eq!(shown("0.5"), "$0.5");
        assert_eq!(shown("0.9999"), "$1.00");
        assert_eq!(shown("1234.5678"), "$1234.57");
        assert_eq!(shown("0.000000000001"), "$0.000000000001");
    }

    #[test]
    fn floats_of_settings_become_whole_numbers() {
        assert_eq!(PicoUsd::from_float_dollars(0.1), PicoUsd(DOLLAR / 10));
        assert_eq!(PicoUsd::from_float_per_million(0.15), PicoUsd(150_000));
        assert_eq!(PicoUsd::from_float_dollars(-1.0), PicoUsd::ZERO);
    }
}
