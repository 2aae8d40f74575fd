//! Minutes, days and months in UTC, counted from seconds since 1970.
//!
//! Caps hold for days and months in UTC, as the vendors' bills do, and the same for every process
//! wherever it thinks it is. The conversion to a date is the public one for the proleptic Gregorian
//! calendar, with years that begin in March.

use std::fmt;

const DAY: i64 = 86_400;

/// A moment as whole seconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Such as 2026.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Moment {
    /// The date in UTC.
    pub fn date(self) -> Date {
        let days = self.0.div_euclid(DAY) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i64::from(month <= 2);
        Date { year, month: month as u8, day: day as u8 }
    }

    /// The day of the week, 1 for Monday to 7 for Sunday.
    pub fn weekday(self) -> u8 {
        ((self.0.div_euclid(DAY) + 3).rem_euclid(7) + 1) as u8
    }

    /// The minute of the day, 0 to 1439.
    pub fn minute_of_day(self) -> u16 {
        (self.0.rem_euclid(DAY) / 60) as u16
    }

    /// When this minute began.
    #[must_use]
    pub fn minute_start(self) -> Self {
        Self(self.0 - self.0.rem_euclid(60))
    }

    /// When this day began.
    #[must_use]
    pub fn day_start(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY))
    }

    /// When this month began.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self(self.day_start().0 - (i64::from(self.date().day) - 1) * DAY)
    }

    /// When the next month begins.
    #[must_use]
    pub fn next_month_start(self) -> Self {
        // The 32nd day from the first of a month is in the next one, whatever the month.
        Self(self.month_start().0 + 31 * DAY).month_start()
    }
}

impl Date {
    /// When the day begins in UTC.
    pub fn start(self) -> Moment {
        let year = self.year - i64::from(self.month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Moment((era * 146_097 + of_era - 719_468) * DAY)
    }

    /// Reads `2026-11-22`; `None` where that is no day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let is_number = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            if is_number { part.parse::<i64>().ok() } else { None }
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let date = Self { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? };
        // A date that does not come back is none, such as the 30th of February.
        (parts.next().is_none() && (1..=12).contains(&month) && date.start().date() == date)
            .then_some(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_back() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2026-11-22", 1_795_305_600),
            ("2100-03-01", 4_107_542_400),
        ] {
            let date = Date::parse(text).expect(text);
            assert_eq!((date.start(), date.to_string()), (Moment(seconds), text.to_owned()));
        }
        for day in (-200_000..200_000).step_by(37) {
            let moment = Moment(day * DAY);
            assert_eq!(moment.date().start(), moment, "{day}");
        }
        for wrong in ["2026-02-30", "2026-13-01", "2026-1-1", "2026-11-22-1", "x", "2026-00-10"] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn periods_begin_where_they_should() {
        let now = Moment(Date::parse("2026-12-31").expect("a day").start().0 + 86_399);
        assert_eq!(now.month_start().date().to_string(), "2026-12-01");
        assert_eq!(now.next_month_start().date().to_string(), "2027-01-01");
        let february = Date::parse("2024-02-10").expect("a day").start();
        assert_eq!(february.next_month_start().date().to_string(), "2024-03-01");
        assert_eq!((now.minute_of_day(), now.weekday()), (1439, 4));
        assert_eq!(Moment(59).minute_start(), Moment(0));
    }
}
