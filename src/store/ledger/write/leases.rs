//! Leases of caps: granted, given back, and counted as spent when their process has died.

use rusqlite::{Transaction, params};

use super::{Batch, Sums, Written, add, whole, words};
use crate::domain::money::caps::{NOTICE_PERCENT, Period};
use crate::domain::money::grant::Sheet;
use crate::domain::money::purse::Slot;
use crate::domain::money::{Caps, Counted, Counter, Limit, Moment, PicoUsd};

/// Counts the leases of a process that died as spent: calls they paid for may have been made.
pub(super) fn bury(transaction: &Transaction<'_>, process: &str) -> rusqlite::Result<()> {
    let sql = "SELECT tier, period, counted, start, amount FROM lease WHERE process = ?1";
    let mut statement = transaction.prepare(sql)?;
    let rows = statement.query_map([process], |row| {
        let words: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        Ok((words, row.get::<_, i64>(3)?, row.get::<_, i64>(4)?))
    })?;
    let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    for (words, start, amount) in rows {
        let amount = amount.unsigned_abs();
        add(transaction, words.each_ref().map(String::as_str), start, amount, amount)?;
    }
    transaction.execute("DELETE FROM lease WHERE process = ?1", [process]).map(drop)
}

/// Writes what the process holds, grants what it wants, and says where every cap stands.
pub(super) fn lease(transaction: &Transaction<'_>, batch: &Batch<'_>) -> rusqlite::Result<Written> {
    let mut written = Written::default();
    transaction.execute("DELETE FROM lease WHERE process = ?1", [batch.process])?;
    let mut leases = batch.leases.clone();
    for (slot, amount) in &leases {
        hold(transaction, batch.process, *slot, *amount)?;
    }
    for (limit, start, want) in batch.wants {
        let slot = (limit.counter, *start);
        let sheet = sheet(transaction, slot)?;
        let amount = sheet.grant(limit, *want);
        written.granted.push((slot, *want, amount, sheet.room(limit.max) - amount));
        if amount < want.full {
            written.notices.extend(notice(transaction, limit, slot, sheet, Cap::Reached)?);
        }
        if amount > 0 {
            let held = leases.entry(slot).or_default();
            *held += amount;
            hold(transaction, batch.process, slot, *held)?;
        }
    }
    written.sums = sums(transaction, batch.caps, batch.now)?;
    for (limit, sheet) in &written.sums.caps {
        if sheet.is_near(limit.max, NOTICE_PERCENT) {
            let slot = (limit.counter, limit.counter.period.start(batch.now));
            written.notices.extend(notice(transaction, limit, slot, *sheet, Cap::Near)?);
        }
    }
    let sql = "SELECT DISTINCT process FROM lease WHERE process <> ?1";
    let mut statement = transaction.prepare(sql)?;
    let others = statement.query_map([batch.process], |row| row.get(0))?;
    written.others = others.collect::<rusqlite::Result<_>>()?;
    Ok(written)
}

/// Where every cap stands in its current period, and what was spent today.
pub(super) fn sums(
    transaction: &Transaction<'_>,
    caps: &Caps,
    now: Moment,
) -> rusqlite::Result<Sums> {
    let with_sheet = |limit: &Limit| {
        let slot = (limit.counter, limit.counter.period.start(now));
        Ok((*limit, sheet(transaction, slot)?))
    };
    let today = Counter { tier: None, period: Period::Day, counted: Counted::Money };
    Ok(Sums {
        caps: caps.limits.iter().map(with_sheet).collect::<rusqlite::Result<_>>()?,
        today: PicoUsd(sheet(transaction, (today, Period::Day.start(now)))?.booked),
    })
}

fn hold(
    transaction: &Transaction<'_>,
    process: &str,
    (counter, start): Slot,
    amount: u64,
) -> rusqlite::Result<()> {
    let [tier, period, unit] = words(counter);
    let sql = "INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
         amount = excluded.amount";
    let values = params![process, tier, period, unit, start.0, whole(amount)];
    transaction.prepare_cached(sql)?.execute(values).map(drop)
}

/// A counter in one period as all processes share it.
fn sheet(transaction: &Transaction<'_>, (counter, start): Slot) -> rusqlite::Result<Sheet> {
    let [tier, period, unit] = words(counter);
    let key = params![tier, period, unit, start.0];
    let one = |sql: &str| -> rusqlite::Result<u64> {
        let amount: i64 = transaction.prepare_cached(sql)?.query_row(key, |row| row.get(0))?;
        Ok(amount.unsigned_abs())
    };
    Ok(Sheet {
        booked: one("SELECT COALESCE(SUM(amount), 0) FROM booked
             WHERE tier = ?1 AND period = ?2 AND counted = ?3 AND start = ?4")?,
        leased: one("SELECT COALESCE(SUM(amount), 0) FROM lease
             WHERE tier = ?1 AND period = ?2 AND counted = ?3 AND start = ?4")?,
    })
}

/// What there is to say about a cap.
#[derive(Clone, Copy)]
enum Cap {
    Near,
    Reached,
}

/// A sentence about a cap for the user, unless some process has said it in this period.
fn notice(
    transaction: &Transaction<'_>,
    limit: &Limit,
    (counter, start): Slot,
    sheet: Sheet,
    cap: Cap,
) -> rusqlite::Result<Option<String>> {
    // Requests a minute are a brake, not money: nobody needs to hear of each.
    if counter.period == Period::Minute {
        return Ok(None);
    }
    let (spent, max) = (counter.shown(sheet.booked), counter.shown(limit.max));
    let (what, sentence) = match cap {
        Cap::Near => (
            "near",
            format!("{counter}: {spent} of {max}, more than {NOTICE_PERCENT} % of the cap"),
        ),
        Cap::Reached => (
            "reached",
            format!("{counter}: {spent} of {max}; what may cost more than the rest is not asked"),
        ),
    };
    let [tier, period, unit] = words(counter);
    let sql = "INSERT INTO told VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let rows = transaction.execute(sql, params![tier, period, unit, start.0, what])?;
    Ok((rows > 0).then_some(sentence))
}
