//! The last requests with what they cost, for whoever watches.

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::params;

use super::super::Trouble;
use super::Ledger;
use crate::domain::money::PicoUsd;
use crate::domain::money::entry::{Asked, EntryId, Millis};

/// What the calls of a request cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// As far as it is known.
    pub cost: PicoUsd,
    /// How many calls that is.
    pub calls: u32,
    /// Of these, calls whose cost is unknown.
    pub unpriced: u32,
    /// Whether tokens were counted by us for any of them.
    pub is_estimate: bool,
}

impl Ledger {
    /// The last requests, newest first, at most `count`.
    pub fn newest(&self, count: usize) -> Result<Vec<(Asked<u32>, Paid)>, Trouble> {
        // Rows lie by session and number, so the end of each session is found without reading the
        // rest of it. Several run side by side, one for each editor.
        let sql =
            "SELECT id, (SELECT at FROM request WHERE session = id ORDER BY number DESC LIMIT 1)
             AS last FROM session WHERE last IS NOT NULL ORDER BY last DESC";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let ends: Vec<(u32, Millis)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut requests: Vec<Asked<u32>> = Vec::new();
        for (session, at) in ends {
            // No session that ended before the oldest of these has a newer one.
            if requests.get(count.saturating_sub(1)).is_some_and(|oldest| oldest.at >= at) {
                break;
            }
            requests.extend(self.end_of(session, count)?);
            requests.sort_by_key(|asked| Reverse((asked.at, asked.id)));
            requests.truncate(count);
        }
        let paid = self.paid(&requests)?;
        let with_cost = |asked: Asked<u32>| {
            let paid = paid.get(&asked.id).copied().unwrap_or_default();
            (asked, paid)
        };
        Ok(requests.into_iter().map(with_cost).collect())
    }

    /// The last requests of a session.
    fn end_of(&self, session: u32, count: usize) -> Result<Vec<Asked<u32>>, Trouble> {
        let sql = "SELECT session, number, at, class, language, workspace, invoked, deadline_ms,
             decided_us, called_us, answered_us, tier, origin, model, silence, chars, fate,
             chars_taken, was_known FROM request WHERE session = ?1 ORDER BY number DESC LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![session, count], |row| self.meanings.asked(row))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What the calls of these requests cost, of those that made any.
    fn paid(&self, requests: &[Asked<u32>]) -> Result<HashMap<EntryId, Paid>, Trouble> {
        /// Bound: calls looked through from the end; a request makes a few.
        const CALLS_MAX: usize = 2_000;
        let oldest = requests.iter().map(|asked| asked.at).min().unwrap_or_default();
        let sql = "SELECT session, number, cost_pico, is_estimate, calls, at FROM call
             ORDER BY id DESC LIMIT ?1";
        let mut found: HashMap<EntryId, Paid> = HashMap::new();
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([CALLS_MAX])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(5)? < oldest {
                continue;
            }
            let id = EntryId { session: row.get(0)?, number: row.get(1)? };
            let (cost, calls): (Option<u64>, u32) = (row.get(2)?, row.get(4)?);
            let paid = found.entry(id).or_default();
            paid.cost += PicoUsd(cost.unwrap_or_default());
            paid.calls += calls;
            paid.unpriced += if cost.is_none() { calls } else { 0 };
            paid.is_estimate |= row.get::<_, bool>(3)?;
        }
        Ok(found)
    }
}
