//! One transaction: entries go in, spending is booked, leases change hands.
//!
//! Everything that belongs together is committed together. What a call cost leaves the process's
//! lease in the same step in which it enters the shared sums, so no other process ever sees the money
//! twice or not at all.

mod leases;

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use self::leases::{bury, lease};
use super::Trouble;
use super::inbox::{Inbox, Settled, Word};
use crate::domain::money::entry::{Asked, CallEnd, Called, Fate, Millis, Origin};
use crate::domain::money::grant::{Sheet, Want};
use crate::domain::money::purse::Slot;
use crate::domain::money::{Caps, Counted, Counter, Limit, Moment, PicoUsd};

/// What is to be written.
pub(super) struct Batch<'a> {
    pub(super) inbox: &'a Inbox,
    /// Whether entries are kept, or only the sums.
    pub(super) keeps_entries: bool,
    pub(super) process: &'a str,
    /// The process's lease of each counter once the batch is booked.
    pub(super) leases: &'a BTreeMap<Slot, u64>,
    pub(super) wants: &'a [(Limit, Moment, Want)],
    /// Names of processes that have ended; their leases count as spent.
    pub(super) dead: &'a [String],
    pub(super) caps: &'a Caps,
    pub(super) now: Moment,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// What was wanted, what was granted of it, and what nobody holds after it.
    pub(super) granted: Vec<(Slot, Want, u64, u64)>,
    pub(super) sums: Sums,
    pub(super) notices: Vec<String>,
    /// Other processes that hold leases.
    pub(super) others: Vec<String>,
}

/// What all processes have spent by now.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Every cap with its shared sum in the current period.
    pub(super) caps: Vec<(Limit, Sheet)>,
    pub(super) today: PicoUsd,
}

/// An open ledger with what is known of it.
pub(super) struct Writer {
    connection: Connection,
    names: HashMap<Word, i64>,
    session: Option<i64>,
}

/// The words that a counter is kept by.
fn words(counter: Counter) -> [&'static str; 3] {
    let unit = match counter.counted {
        Counted::Money => "money",
        Counted::Requests => "requests",
    };
    [counter.tier.map_or("all", |tier| tier.name()), counter.period.name(), unit]
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, names: HashMap::new(), session: None }
    }

    pub(super) fn write(&mut self, batch: &Batch<'_>) -> Result<Written, Trouble> {
        // What was leased may be spent at once, so it must survive a power cut; entries need not.
        let level = if batch.wants.is_empty() { "normal" } else { "full" };
        self.connection.pragma_update(None, "synchronous", level)?;
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut names = std::mem::take(&mut self.names);
        let session = match self.session {
            Some(session) => session,
            None => begin_session(&transaction, batch.now)?,
        };
        let mut entering = Entering { transaction: &transaction, names: &mut names, session };
        if batch.keeps_entries {
            batch.inbox.requests.iter().try_for_each(|asked| entering.request(asked))?;
            entering.reactions(batch.inbox)?;
            batch.inbox.calls.iter().try_for_each(|settled| entering.call(&settled.call))?;
            entering.dropped(batch.inbox)?;
        }
        book(&transaction, &batch.inbox.calls)?;
        for name in batch.dead {
            bury(&transaction, name)?;
        }
        let written = lease(&transaction, batch)?;
        transaction.commit()?;
        // Kept only now: after a failure the words may not be in the file.
        (self.names, self.session) = (names, Some(session));
        Ok(written)
    }

    /// What was spent by now. Nothing is written.
    pub(super) fn read_sums(&mut self, caps: &Caps, now: Moment) -> Result<Sums, Trouble> {
        Ok(leases::sums(&self.connection.transaction()?, caps, now)?)
    }

    /// The sums of all counters since a moment: tier, period, what is counted, start, amount, lost.
    pub(super) fn sums(&self, since: Moment) -> rusqlite::Result<Vec<Sum>> {
        let sql = "SELECT tier, period, counted, start, amount, lost FROM booked WHERE start >= ?1";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([since.0], |row| {
            Ok(Sum {
                tier: row.get(0)?,
                period: row.get(1)?,
                counted: row.get(2)?,
                start: row.get(3)?,
                amount: row.get(4)?,
                lost: row.get(5)?,
            })
        })?;
        rows.collect()
    }

    /// Books sums that a lost file had, as far as this one knows less.
    pub(super) fn restore(&mut self, sums: &[Sum]) -> Result<(), Trouble> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for Sum { tier, period, counted, start, amount, lost } in sums {
            transaction.execute(
                "INSERT INTO booked VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
                 amount = max(amount, excluded.amount), lost = max(lost, excluded.lost)",
                params![tier, period, counted, start, amount, lost],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Deletes some entries that are older than this; true when none is left.
    pub(super) fn forget(&mut self, before: Millis) -> Result<bool, Trouble> {
        // Bound: rows a turn, so that no other process waits long for the file.
        const ROWS: usize = 5_000;
        let mut left = false;
        for sql in [
            "DELETE FROM call WHERE id IN (SELECT id FROM call WHERE at < ?1 LIMIT ?2)",
            "DELETE FROM request WHERE (session, number) IN
                 (SELECT session, number FROM request WHERE at < ?1 LIMIT ?2)",
        ] {
            left |=
                self.connection.execute(sql, params![before, ROWS.cast_signed() as i64])? == ROWS;
        }
        Ok(!left)
    }
}

/// A row of sums, in words, as it is kept beside the ledger in case that breaks.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Sum {
    tier: String,
    period: String,
    counted: String,
    start: i64,
    amount: i64,
    lost: i64,
}

fn begin_session(transaction: &Transaction<'_>, now: Moment) -> rusqlite::Result<i64> {
    let sql = "INSERT INTO session (begun, version) VALUES (?1, ?2)";
    transaction.execute(sql, params![now.0 * 1_000, env!("CARGO_PKG_VERSION")])?;
    Ok(transaction.last_insert_rowid())
}

struct Entering<'a> {
    transaction: &'a Transaction<'a>,
    names: &'a mut HashMap<Word, i64>,
    session: i64,
}

impl Entering<'_> {
    /// The number that stands for a word.
    fn name(&mut self, word: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.names.get(word) {
            return Ok(*id);
        }
        let insert = "INSERT INTO name (text) VALUES (?1) ON CONFLICT DO NOTHING";
        self.transaction.execute(insert, [word])?;
        let select = "SELECT id FROM name WHERE text = ?1";
        let id = self.transaction.query_row(select, [word], |row| row.get(0))?;
        self.names.insert(word.into(), id);
        Ok(id)
    }

    fn named(&mut self, word: Option<&str>) -> rusqlite::Result<Option<i64>> {
        word.map(|word| self.name(word)).transpose()
    }

    fn request(&mut self, asked: &Asked<Word>) -> rusqlite::Result<()> {
        let class = self.named(asked.class.map(crate::domain::class::RequestClass::name))?;
        let language = self.name(&asked.language)?;
        let offer = asked.offer.as_ref();
        let tier = self.named(offer.map(|offer| offer.tier.name()))?;
        let origin = self.named(offer.map(|offer| word_of(&Origin::WORDS, offer.origin)))?;
        let model = self.named(offer.map(|offer| &*offer.model))?;
        let silence = self.named(asked.silence.as_deref())?;
        let fate = self.name(word_of(&Fate::WORDS, asked.fate))?;
        // A number is used once in a session; what comes twice is the same request.
        let sql = "INSERT INTO request VALUES
             (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19) ON CONFLICT DO NOTHING";
        self.transaction.prepare_cached(sql)?.execute(params![
            self.session,
            asked.id.number.cast_signed(),
            asked.at,
            class,
            language,
            asked.workspace.0,
            asked.invoked,
            asked.deadline_ms,
            asked.decided_us,
            asked.called_us,
            asked.answered_us,
            tier,
            origin,
            model,
            silence,
            offer.map_or(0, |offer| offer.chars),
            fate,
            asked.chars_taken,
            asked.was_known,
        ])?;
        Ok(())
    }

    fn reactions(&mut self, inbox: &Inbox) -> rusqlite::Result<()> {
        for reaction in &inbox.reactions {
            let fate = self.name(word_of(&Fate::WORDS, reaction.fate))?;
            let sql = "UPDATE request SET fate = ?3, chars_taken = max(chars_taken, min(chars, ?4))
                 WHERE session = ?1 AND number = ?2";
            self.transaction.prepare_cached(sql)?.execute(params![
                self.session,
                reaction.number.cast_signed(),
                fate,
                reaction.chars_taken
            ])?;
        }
        Ok(())
    }

    fn call(&mut self, call: &Called<Word>) -> rusqlite::Result<()> {
        let class = self.named(call.class.map(crate::domain::class::RequestClass::name))?;
        let language = self.name(&call.language)?;
        let (tier, model) = (self.name(call.tier.name())?, self.name(&call.model)?);
        let end = self.name(word_of(&CallEnd::WORDS, call.end))?;
        let tokens = &call.tokens;
        let sql = "INSERT INTO call VALUES (NULL,
             ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20)";
        self.transaction.prepare_cached(sql)?.execute(params![
            self.session,
            call.id.number.cast_signed(),
            call.at,
            class,
            language,
            call.workspace.0,
            tier,
            model,
            whole(tokens.input),
            whole(tokens.cache_read),
            whole(tokens.cache_write),
            whole(tokens.cache_write_long),
            whole(tokens.output),
            whole(tokens.reasoning),
            call.is_estimate,
            call.cost.map(|cost| whole(cost.0)),
            call.first_text_us,
            call.took_us,
            end,
            call.calls,
        ])?;
        Ok(())
    }

    fn dropped(&mut self, inbox: &Inbox) -> rusqlite::Result<()> {
        for (what, count) in [("entries", inbox.dropped), ("details of calls", inbox.merged)] {
            if count > 0 {
                let sql = "INSERT INTO dropped VALUES (?1, ?2) ON CONFLICT DO UPDATE SET
                     count = count + excluded.count";
                self.transaction.execute(sql, params![what, whole(count)])?;
            }
        }
        Ok(())
    }
}

fn word_of<T: Copy + PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words.iter().find(|(own, _)| *own == value).map_or("", |(_, word)| word)
}

/// `SQLite`'s numbers have a sign.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Adds what calls cost to every sum of money they count for, and to bounded counts of requests.
fn book(transaction: &Transaction<'_>, calls: &[Settled]) -> rusqlite::Result<()> {
    let mut sums: BTreeMap<Slot, u64> = BTreeMap::new();
    for Settled { call, parts } in calls {
        let at = Moment(call.at.div_euclid(1_000));
        if let Some(cost) = call.cost {
            for counter in Counter::of_money().filter(|counter| counter.counts(call.tier)) {
                *sums.entry((counter, counter.period.start(at))).or_default() += cost.0;
            }
        }
        for (slot, part) in parts.iter().filter(|((c, _), _)| c.counted == Counted::Requests) {
            *sums.entry(*slot).or_default() += part;
        }
    }
    for ((counter, start), amount) in sums {
        add(transaction, words(counter), start.0, amount, 0)?;
    }
    Ok(())
}

fn add(
    transaction: &Transaction<'_>,
    [tier, period, counted]: [&str; 3],
    start: i64,
    amount: u64,
    lost: u64,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO booked VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
         amount = amount + excluded.amount, lost = lost + excluded.lost";
    let values = params![tier, period, counted, start, whole(amount), whole(lost)];
    transaction.execute(sql, values).map(drop)
}
