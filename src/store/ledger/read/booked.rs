//! The sums that caps are held by: exact, also where entries were not kept.

use super::super::Trouble;
use super::Ledger;
use crate::domain::money::{Moment, Period, PicoUsd};
use crate::domain::route::Tier;

/// Money of one tier, or of all, in one day or month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The tier; `None` for the sum of all.
    pub tier: Option<Tier>,
    /// When the period began.
    pub start: Moment,
    /// What counts against a cap.
    pub amount: PicoUsd,
    /// Of this, what was leased by processes that died before they could say what they spent.
    pub lost: PicoUsd,
}

impl Ledger {
    /// The sums of every day or month that began at `since` or later, earliest first.
    pub fn booked(&self, period: Period, since: Moment) -> Result<Vec<Booked>, Trouble> {
        let sql = "SELECT tier, start, amount, lost FROM booked
             WHERE period = ?1 AND counted = 'money' AND start >= ?2 ORDER BY start";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(rusqlite::params![period.name(), since.0])?;
        let mut booked = Vec::new();
        while let Some(row) = rows.next()? {
            let (tier, amount, lost): (String, i64, i64) = (row.get(0)?, row.get(2)?, row.get(3)?);
            let tier = match tier.as_str() {
                "all" => None,
                name => match Tier::from_name(name) {
                    Some(tier) => Some(tier),
                    // A tier that a later version may know.
                    None => continue,
                },
            };
            let [amount, lost] = [amount, lost].map(|pico| PicoUsd(pico.unsigned_abs()));
            booked.push(Booked { tier, start: Moment(row.get(1)?), amount, lost });
        }
        Ok(booked)
    }
}
