//! The ledger read back: every entry of a span of time, one after the other.
//!
//! A month of a busy team is a million rows, so nothing is collected here and no word is read twice:
//! an entry comes with numbers for its words, and [`Ledger::word`] says what they mean.

mod booked;
mod newest;

use std::path::Path;

use rusqlite::{Connection, Row};

pub use booked::Booked;
pub use newest::Paid;

use super::{Trouble, schema};
use crate::domain::class::RequestClass;
use crate::domain::money::entry::{
    Asked, CallEnd, Called, EntryId, Fate, Millis, Offer, Origin, WorkspaceId,
};
use crate::domain::money::{Metered, PicoUsd};
use crate::domain::route::Tier;

/// A ledger open for reading.
pub struct Ledger {
    connection: Connection,
    words: Vec<String>,
    meanings: Meanings,
}

/// What each word means as each kind of thing, by its number.
#[derive(Default)]
struct Meanings {
    classes: Vec<Option<RequestClass>>,
    tiers: Vec<Option<Tier>>,
    origins: Vec<Option<Origin>>,
    fates: Vec<Option<Fate>>,
    ends: Vec<Option<CallEnd>>,
}

impl Ledger {
    /// Opens a ledger; `None` where there is none.
    pub fn open(path: &Path) -> Result<Option<Self>, Trouble> {
        let Some(connection) = schema::open_to_read(path)? else { return Ok(None) };
        // A report is of one moment, whatever is written meanwhile.
        connection.execute_batch("BEGIN")?;
        let words = words(&connection)?;
        let meanings = Meanings::of(&words);
        Ok(Some(Self { connection, words, meanings }))
    }

    /// The word with this number; empty where there is none.
    pub fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", String::as_str)
    }

    /// How many numbers stand for words.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// Gives each request that arrived in this span to `take`.
    pub fn requests(
        &self,
        (since, until): (Millis, Millis),
        mut take: impl FnMut(&Asked<u32>),
    ) -> Result<(), Trouble> {
        let sql = "SELECT session, number, at, class, language, workspace, invoked, deadline_ms,
             decided_us, called_us, answered_us, tier, origin, model, silence, chars, fate,
             chars_taken, was_known FROM request WHERE at >= ?1 AND at < ?2";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([since, until])?;
        while let Some(row) = rows.next()? {
            take(&self.meanings.asked(row)?);
        }
        Ok(())
    }

    /// Gives each call that began in this span to `take`.
    pub fn calls(
        &self,
        (since, until): (Millis, Millis),
        mut take: impl FnMut(&Called<u32>),
    ) -> Result<(), Trouble> {
        let sql = "SELECT session, number, at, class, language, workspace, tier, model, input,
             cache_read, cache_write, cache_write_long, output, reasoning, is_estimate, cost_pico,
             first_text_us, took_us, ended, calls FROM call WHERE at >= ?1 AND at < ?2";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([since, until])?;
        while let Some(row) = rows.next()? {
            if let Some(called) = self.meanings.called(row)? {
                take(&called);
            }
        }
        Ok(())
    }

    /// Money that processes had leased on the days of this span when they died before they could say
    /// what they spent of it.
    pub fn lost(&self, (since, until): (Millis, Millis)) -> Result<PicoUsd, Trouble> {
        let sql = "SELECT COALESCE(SUM(lost), 0) FROM booked WHERE tier = 'all'
             AND period = 'day' AND counted = 'money' AND start >= ?1 AND start < ?2";
        let (since, until) = (since.div_euclid(1_000), until.div_euclid(1_000));
        let day = super::moment(since * 1_000).day_start().0;
        let amount: i64 = self.connection.query_row(sql, [day, until], |row| row.get(0))?;
        Ok(PicoUsd(amount.unsigned_abs()))
    }

    /// How many entries of which kind could not be kept, ever.
    pub fn dropped(&self) -> Result<Vec<(String, u64)>, Trouble> {
        let mut statement = self.connection.prepare("SELECT what, count FROM dropped")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn words(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    /// Bound: far more words than models and languages there are; a damaged number is no reason to
    /// take all memory.
    const WORDS_MAX: usize = 1 << 20;
    let mut words = Vec::new();
    let mut statement = connection.prepare("SELECT id, text FROM name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, text): (usize, String) = (row.get(0)?, row.get(1)?);
        if id < WORDS_MAX {
            words.resize(words.len().max(id + 1), String::new());
            words[id] = text;
        }
    }
    Ok(words)
}

impl Meanings {
    fn of(words: &[String]) -> Self {
        fn each<T>(words: &[String], meaning: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
            words.iter().map(|word| meaning(word)).collect()
        }
        fn among<T: Copy>(words: &[(T, &str)], word: &str) -> Option<T> {
            words.iter().find(|(_, own)| *own == word).map(|(value, _)| *value)
        }
        let class = |word: &str| RequestClass::ALL.into_iter().find(|class| class.name() == word);
        Self {
            classes: each(words, class),
            tiers: each(words, Tier::from_name),
            origins: each(words, |word| among(&Origin::WORDS, word)),
            fates: each(words, |word| among(&Fate::WORDS, word)),
            ends: each(words, |word| among(&CallEnd::WORDS, word)),
        }
    }

    fn asked(&self, row: &Row<'_>) -> rusqlite::Result<Asked<u32>> {
        let tier = meant(&self.tiers, row.get(11)?);
        let origin = meant(&self.origins, row.get(12)?);
        let (model, chars): (Option<u32>, u32) = (row.get(13)?, row.get(15)?);
        Ok(Asked {
            id: EntryId { session: row.get(0)?, number: row.get(1)? },
            at: row.get(2)?,
            class: meant(&self.classes, row.get(3)?),
            language: row.get(4)?,
            workspace: WorkspaceId(row.get(5)?),
            invoked: row.get(6)?,
            deadline_ms: row.get(7)?,
            decided_us: row.get(8)?,
            called_us: row.get(9)?,
            answered_us: row.get(10)?,
            offer: tier.zip(origin).map(|(tier, origin)| Offer {
                tier,
                origin,
                model: model.unwrap_or_default(),
                chars,
            }),
            silence: row.get(14)?,
            fate: meant(&self.fates, row.get(16)?).unwrap_or_default(),
            chars_taken: row.get(17)?,
            was_known: row.get(18)?,
        })
    }

    /// `None` for a tier or an end that a later version may have written.
    fn called(&self, row: &Row<'_>) -> rusqlite::Result<Option<Called<u32>>> {
        let (tier, end) = (meant(&self.tiers, row.get(6)?), meant(&self.ends, row.get(18)?));
        let Some((tier, end)) = tier.zip(end) else { return Ok(None) };
        let cost: Option<u64> = row.get(15)?;
        Ok(Some(Called {
            id: EntryId { session: row.get(0)?, number: row.get(1)? },
            at: row.get(2)?,
            class: meant(&self.classes, row.get(3)?),
            language: row.get(4)?,
            workspace: WorkspaceId(row.get(5)?),
            tier,
            model: row.get(7)?,
            tokens: Metered {
                input: row.get(8)?,
                cache_read: row.get(9)?,
                cache_write: row.get(10)?,
                cache_write_long: row.get(11)?,
                output: row.get(12)?,
                reasoning: row.get(13)?,
            },
            is_estimate: row.get(14)?,
            cost: cost.map(PicoUsd),
            first_text_us: row.get(16)?,
            took_us: row.get(17)?,
            end,
            calls: row.get(19)?,
        }))
    }
}

fn meant<T: Copy>(meanings: &[Option<T>], word: Option<u32>) -> Option<T> {
    *meanings.get(word? as usize)?
}
