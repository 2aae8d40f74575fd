//! A ledger with as many rows as one likes: some weeks of a person's work, the same on every run.
//!
//! Rows are written with SQL, because the ledger's own writer bounds what waits for it and a million
//! requests would not fit. The tables are made by the program, so a change of them breaks this at once.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ToSql, Transaction, params};
use tabtier::domain::money::Moment;
use tabtier::domain::money::entry::Fate;
use tabtier::store::ledger::{Books, Rules};

const DAY_MS: i64 = 86_400_000;

/// What is to be made up.
pub(crate) struct Made {
    /// Requests; calls come on top, about one for five of them.
    pub(crate) requests: u64,
    /// Days over which they are spread, the last of them holding `until`.
    pub(crate) days: i64,
    /// The last moment, in milliseconds since 1970.
    pub(crate) until: i64,
}

/// How requests of a class go: its share in percent, its deadline, and the percentages answered by
/// the local engine, the cache, the tiers from fast to flagship; the rest gets nothing.
struct Habit {
    class: &'static str,
    share: u64,
    deadline_ms: i64,
    answered: [u64; 5],
    chars: u64,
}

const HABITS: [Habit; 7] = [
    habit("closer", 18, 150, [92, 3, 1, 0, 0], 2),
    habit("identifier", 32, 150, [70, 9, 9, 0, 0], 8),
    habit("line", 27, 350, [24, 17, 34, 4, 0], 28),
    habit("prose", 5, 600, [6, 12, 38, 9, 2], 40),
    habit("boilerplate", 8, 800, [12, 16, 30, 14, 3], 70),
    habit("logic", 9, 2_000, [2, 12, 12, 27, 16], 160),
    habit("refactor", 1, 8_000, [0, 2, 0, 30, 48], 300),
];

const fn habit(
    class: &'static str,
    share: u64,
    deadline_ms: i64,
    answered: [u64; 5],
    chars: u64,
) -> Habit {
    Habit { class, share, deadline_ms, answered, chars }
}

/// A model: tier, name, dollars a million tokens in and out (none where unknown), usual milliseconds.
struct Model(&'static str, &'static str, Option<(u64, u64)>, f64);

const MODELS: [Model; 4] = [
    Model("fast", "coder-7b", Some((100_000, 300_000)), 150.0),
    Model("mid", "coder-large", Some((400_000, 2_000_000)), 480.0),
    Model("flagship", "frontier", Some((3_000_000, 15_000_000)), 1_300.0),
    // Asked now and then by somebody who has not said what it costs.
    Model("fast", "own-server", None, 90.0),
];

const LANGUAGES: [&str; 5] = ["rust", "python", "typescript", "go", "markdown"];

/// Numbers that look random and are the same in every run (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these with its chance in percent; `None` for what is left of a hundred.
    fn pick<const N: usize>(&mut self, chances: [u64; N]) -> Option<usize> {
        let mut roll = self.below(100);
        chances.into_iter().position(|chance| {
            let is_it = roll < chance;
            roll = roll.wrapping_sub(chance);
            is_it
        })
    }

    fn unit(&mut self) -> f64 {
        (self.below(1 << 32) as f64 + 0.5) / (1_u64 << 32) as f64
    }

    /// A duration in microseconds with this median in milliseconds, as durations are: skewed.
    fn around_us(&mut self, median_ms: f64) -> i64 {
        let normal = (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos();
        (median_ms * 1_000.0 * (0.45 * normal).exp()) as i64
    }
}

/// Makes the ledger; there must be none yet.
pub(crate) fn make(path: &Path, made: &Made) {
    let books = Books::open(path, Rules { keeps_entries: true, days: 400, ..Rules::default() });
    // Nothing is written before there is something to write: a word about no request at all.
    books.react(0, Fate::Shown, 0);
    assert!(books.close(Duration::from_secs(30)), "an empty ledger is written");
    let mut connection = Connection::open(path).expect("the ledger opens");
    connection.pragma_update(None, "synchronous", "off").expect("set");
    let transaction = connection.transaction().expect("a transaction");
    let dice = Dice(0x2545_f491_4f6c_dd1d);
    Maker { transaction: &transaction, dice, names: HashMap::new(), again: None }.fill(made);
    transaction.commit().expect("written");
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    connection.query_row(checkpoint, [], |_| Ok(())).expect("folded in");
}

struct Maker<'a> {
    transaction: &'a Transaction<'a>,
    dice: Dice,
    names: HashMap<&'static str, i64>,
    /// The last answer was dismissed and a dearer one is asked for: habit, and who answered.
    again: Option<(&'static Habit, usize)>,
}

/// A request before it is written.
struct Request {
    session: i64,
    number: i64,
    at: i64,
    habit: &'static Habit,
    language: &'static str,
    invoked: i64,
    /// Who answers, as an index of [`Habit::answered`].
    by: Option<usize>,
    is_superseded: bool,
    /// The model that is called, as an index of [`MODELS`], and how long it takes.
    call: Option<(usize, i64)>,
}

impl Maker<'_> {
    fn fill(&mut self, made: &Made) {
        let last = made.until.div_euclid(DAY_MS);
        let days: Vec<i64> = (last + 1 - made.days..=last).collect();
        // Fewer on weekends; 1970 began on a Thursday.
        let weight = |day: i64| if (day + 3).rem_euclid(7) < 5 { 7_u64 } else { 1 };
        let all: u64 = days.iter().map(|day| weight(*day)).sum();
        let mut left = made.requests;
        for (nth, day) in days.iter().enumerate() {
            let is_last = nth + 1 == days.len();
            let count = if is_last { left } else { made.requests * weight(*day) / all };
            left -= count;
            let (from, to) = (day * DAY_MS + 7 * 3_600_000, day * DAY_MS + 18 * 3_600_000);
            let to = if is_last { made.until.max(day * DAY_MS + 1) } else { to };
            self.day((from.min(to - 1), to), count);
        }
    }

    fn day(&mut self, (from, to): (i64, i64), count: u64) {
        let sql = "INSERT INTO session (begun, version) VALUES (?1, '0.1.0')";
        self.transaction.execute(sql, [from]).expect("a session");
        let session = self.transaction.last_insert_rowid();
        for number in 1..=count.cast_signed() {
            let at = from + (to - from) * number / count.cast_signed();
            let request = self.think_up(session, number, at);
            self.write(&request);
        }
    }

    fn think_up(&mut self, session: i64, number: i64, at: i64) -> Request {
        let again = self.again.take();
        let is_superseded = again.is_none() && self.dice.percent(22);
        let habit = again.map_or_else(
            || &HABITS[self.dice.pick(HABITS.each_ref().map(|habit| habit.share)).unwrap_or(2)],
            |(habit, _)| habit,
        );
        let by = match again {
            Some((_, by)) => Some((by + 1).clamp(3, 4)),
            None if is_superseded => None,
            None => self.dice.pick(habit.answered),
        };
        let model = match by {
            Some(2) if self.dice.percent(6) => Some(3),
            Some(by @ 2..) => Some(by - 2),
            // Some calls are made for requests that nobody waits for any more.
            _ => (is_superseded && self.dice.percent(4)).then_some(0),
        };
        let call = model.map(|model| (model, self.dice.around_us(MODELS[model].3)));
        let invoked = match again {
            Some(_) => 2,
            None => i64::from(self.dice.percent(3)),
        };
        let language = LANGUAGES[self.dice.below(LANGUAGES.len() as u64) as usize];
        Request { session, number, at, habit, language, invoked, by, is_superseded, call }
    }

    fn write(&mut self, request: &Request) {
        let Request { habit, by, .. } = *request;
        let decided_us = self.dice.around_us(0.35);
        let called_us = request.call.map(|_| decided_us + self.dice.around_us(4.0));
        let answered_us = match (request.call, called_us) {
            (Some((_, took_us)), Some(called_us)) if by.is_some() => {
                (called_us + took_us).min(habit.deadline_ms * 1_000 + 900)
            }
            // Nobody had anything: it took as long as asking around does.
            _ if by.is_none() && !request.is_superseded => self.dice.around_us(2.0),
            _ => decided_us + self.dice.around_us(0.6),
        };
        let tier = by.map(|by| ["local", "fast", "fast", "mid", "flagship"][by]);
        let origin = by.map(|by| ["local", "cache", "model", "model", "model"][by]);
        let model = match (by, request.call) {
            (Some(2..), Some((model, _))) => Some(MODELS[model].1),
            (Some(1), _) => Some(MODELS[0].1),
            _ => tier.map(|_| ""),
        };
        let silence = (by.is_none() && !request.is_superseded).then_some("held back");
        let (fate, chars, chars_taken) = self.fate(request);
        let was_known = matches!(by, Some(3..)) && self.dice.percent(2);
        let class = self.name(habit.class);
        let language = self.name(request.language);
        let words = [tier, origin, model, silence, Some(fate)];
        let [tier, origin, model, silence, fate] =
            words.map(|word| word.map(|word| self.name(word)));
        let sql = "INSERT INTO request (session, number, at, class, language, workspace, invoked,
             deadline_ms, decided_us, called_us, answered_us, tier, origin, model, silence, chars,
             fate, chars_taken, was_known)
             VALUES (?1,?2,?3,?4,?5,77,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)";
        let (session, number, at) = (request.session, request.number, request.at);
        let values = params![
            session,
            number,
            at,
            class,
            language,
            request.invoked,
            habit.deadline_ms,
            decided_us,
            called_us,
            answered_us,
            tier,
            origin,
            model,
            silence,
            chars,
            fate,
            chars_taken,
            was_known,
        ];
        self.execute(sql, values);
        if request.call.is_some() {
            self.call(request, (class, language));
        }
    }

    /// What becomes of an answer: word, characters offered, characters taken.
    fn fate(&mut self, request: &Request) -> (&'static str, u64, u64) {
        let Some(by) = request.by else {
            return (if request.is_superseded { "superseded" } else { "nothing" }, 0, 0);
        };
        let chars = 1 + self.dice.below(request.habit.chars * 2);
        let accepted = [34, 38, 30, 39, 44][by];
        let nth = self.dice.pick([accepted, 4, 14, 9, 3, 6]);
        let words = ["accepted", "partly", "typed_through", "overtyped", "rejected", "shown"];
        let fate = nth.map_or("ignored", |nth| words[nth]);
        if fate == "rejected" && by < 4 && self.dice.percent(30) {
            self.again = Some((request.habit, by));
        }
        let taken = match nth {
            Some(0) => chars,
            Some(1) => chars.div_ceil(2),
            _ => 0,
        };
        (fate, chars, taken)
    }

    fn call(&mut self, request: &Request, (class, language): (i64, i64)) {
        let Some((model, took_us)) = request.call else { return };
        let Model(tier, name, price, _) = MODELS[model];
        let size = 1 + model as u64 % 3;
        let input = 400 + self.dice.below(1_600) * size;
        let cached = if self.dice.percent(40) { input * 3 / 4 } else { 0 };
        let is_cut = request.is_superseded;
        let output = if is_cut { 0 } else { 4 + self.dice.below(40) * size * 2 };
        let is_estimate = is_cut || self.dice.percent(3);
        let cost = price.map(|(per_in, per_out)| {
            ((input - cached) * per_in + cached * (per_in / 10) + output * per_out).cast_signed()
        });
        let end = match self.dice.below(100) {
            _ if is_cut => "cancelled",
            0 => "failed",
            _ => "answered",
        };
        let [tier_id, model, end] = [tier, name, end].map(|word| self.name(word));
        let sql = "INSERT INTO call (session, number, at, class, language, workspace, tier, model,
             input, cache_read, cache_write, cache_write_long, output, reasoning, is_estimate,
             cost_pico, first_text_us, took_us, ended, calls)
             VALUES (?1,?2,?3,?4,?5,77,?6,?7,?8,?9,0,0,?10,0,?11,?12,?13,?14,?15,1)";
        let (session, number, at) = (request.session, request.number, request.at + 5);
        let tokens = [input - cached, cached, output].map(|tokens: u64| tokens.cast_signed());
        let values = params![
            session,
            number,
            at,
            class,
            language,
            tier_id,
            model,
            tokens[0],
            tokens[1],
            tokens[2],
            is_estimate,
            cost,
            took_us / 2,
            took_us,
            end,
        ];
        self.execute(sql, values);
        if let Some(cost) = cost {
            self.book(tier, at, cost);
        }
    }

    /// Adds to the sums that caps are held by.
    fn book(&mut self, tier: &str, at: i64, cost: i64) {
        let at = Moment(at.div_euclid(1_000));
        let sql = "INSERT INTO booked VALUES (?1, ?2, 'money', ?3, ?4, 0)
             ON CONFLICT DO UPDATE SET amount = amount + excluded.amount";
        for (period, start) in [("day", at.day_start()), ("month", at.month_start())] {
            for tier in ["all", tier] {
                self.execute(sql, params![tier, period, start.0, cost]);
            }
        }
    }

    fn execute(&self, sql: &str, values: &[&dyn ToSql]) {
        let mut statement = self.transaction.prepare_cached(sql).expect("SQL");
        statement.execute(values).expect("a row");
    }

    fn name(&mut self, word: &'static str) -> i64 {
        if let Some(id) = self.names.get(word) {
            return *id;
        }
        self.execute("INSERT INTO name (text) VALUES (?1) ON CONFLICT DO NOTHING", params![word]);
        let select = "SELECT id FROM name WHERE text = ?1";
        let id = self.transaction.query_row(select, [word], |row| row.get(0)).expect("its number");
        self.names.insert(word, id);
        id
    }
}
