//! A span of time as people write it on a command line.

use anyhow::{Context as _, bail, ensure};

use crate::domain::money::Moment;
use crate::domain::money::calendar::Date;
use crate::domain::money::entry::Millis;
use crate::store::ledger::now;

const DAY: i64 = 86_400;

/// Which time, and which ledger.
#[derive(Debug, clap::Args)]
pub(super) struct Span {
    /// From this day on: a date such as 2026-11-01, `today`, `month`, or `7d` for the last seven
    /// days. Days are in UTC.
    #[arg(long, value_name = "DAY", default_value = "30d")]
    since: String,
    /// Up to and with this day.
    #[arg(long, value_name = "DAY", default_value = "today")]
    until: String,
}

impl Span {
    /// From the start of the first day to the end of the last.
    pub(super) fn millis(&self) -> anyhow::Result<(Millis, Millis)> {
        self.millis_at(Moment(now().div_euclid(1_000)))
    }

    fn millis_at(&self, now: Moment) -> anyhow::Result<(Millis, Millis)> {
        let (since, until) = (day(&self.since, now)?, day(&self.until, now)?);
        ensure!(since <= until, "--since {} is after --until {}", self.since, self.until);
        Ok((since.0 * 1_000, (until.0 + DAY) * 1_000))
    }
}

fn day(text: &str, now: Moment) -> anyhow::Result<Moment> {
    const VALID: &str = "valid is a date such as 2026-11-01, today, month, or 7d";
    Ok(match text {
        "today" => now.day_start(),
        "month" => now.month_start(),
        _ => match text.strip_suffix('d') {
            Some(days) => {
                let days: i64 = days.parse().with_context(|| format!("{text:?}: {VALID}"))?;
                ensure!((1..=36_500).contains(&days), "{text:?}: {VALID}");
                Moment(now.day_start().0 - (days - 1) * DAY)
            }
            None => match Date::parse(text) {
                Some(date) => date.start(),
                None => bail!("{text:?}: {VALID}"),
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let now = Moment(Date::parse("2026-11-22").expect("a day").start().0 + 3_600);
        let check = |since: &str, until: &str, days: i64| {
            let span = Span { since: since.to_owned(), until: until.to_owned() };
            let (since, until) = span.millis_at(now).expect("a span");
            assert_eq!((until - since) / 86_400_000, days);
            assert_eq!((since % 86_400_000, until % 86_400_000), (0, 0));
        };
        check("today", "today", 1);
        check("7d", "today", 7);
        check("month", "today", 22);
        check("2026-10-31", "2026-11-01", 2);
        for (since, until) in [("tomorrow", "today"), ("0d", "today"), ("today", "2026-11-01")] {
            let span = Span { since: since.to_owned(), until: until.to_owned() };
            assert!(span.millis_at(now).is_err(), "{since}");
        }
    }
}
