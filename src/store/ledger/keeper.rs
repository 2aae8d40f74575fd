//! The thread that writes the ledger: gathers for a moment, writes a batch, leases what is short.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::inbox::Inbox;
use super::process::{self, Mark};
use super::write::{Batch, Sum, Sums, Writer, Written};
use super::{Orders, Rules, Shared, Trouble, moment, now, schema};
use crate::domain::money::grant::Sheet;
use crate::domain::money::purse::Slot;
use crate::domain::money::{Limit, Moment, PicoUsd};

/// Entries are gathered for this long before they are written.
const GATHER: Duration = Duration::from_millis(100);
/// With leases or calls under way, how often the thread looks whether it should give or get some.
const LOOK: Duration = Duration::from_secs(1);
/// With caps, how often the thread looks what other processes have spent.
const GLANCE: Duration = Duration::from_secs(5);
/// Leases are given back when nothing was asked for this long.
const IDLE: Duration = Duration::from_secs(5);
/// How long a failure to write waits before it tries again, doubled up to the second.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// Bound: how long the file may be in use by others before that counts as a failure. Until then what is
/// leased may be spent, and nothing beyond it.
const BUSY_MAX: Duration = Duration::from_secs(60);
/// How often processes that died are looked for.
const DEAD: Duration = Duration::from_secs(30);

/// What the thread knows.
struct Keeper<'a> {
    path: &'a Path,
    shared: &'a Shared,
    mark: Option<Mark>,
    open: Option<Open>,
    /// Until when nothing is tried, and how long the next failure waits.
    retry: (Option<Instant>, Duration),
    /// Since when others have kept the file.
    busy_since: Option<Instant>,
    last_asked: Instant,
    last_look_for_dead: Option<Instant>,
    others: Vec<String>,
    has_forgotten: bool,
}

/// An open file.
struct Open {
    writer: Writer,
    /// Which file it is, by the system's number; the path may come to mean another.
    identity: Option<u64>,
}

pub(super) fn run(path: &Path, shared: &Shared) {
    let mut keeper = Keeper {
        path,
        shared,
        mark: None,
        open: None,
        retry: (None, RETRY.0),
        busy_since: None,
        last_asked: Instant::now(),
        last_look_for_dead: None,
        others: Vec::new(),
        has_forgotten: false,
    };
    loop {
        let orders = keeper.wait();
        if shared.was_used.swap(false, Ordering::Relaxed) {
            keeper.last_asked = Instant::now();
        }
        let done = keeper.work(orders.is_closing, !orders.waiting.is_empty());
        if !orders.is_closing {
            answer(orders.waiting, done);
            continue;
        }
        // Whoever waits may look at the file next, so it is closed first.
        drop(keeper);
        answer(orders.waiting, done);
        return answer(std::mem::take(&mut shared.orders.lock().waiting), done);
    }
}

fn answer(waiting: Vec<Sender<bool>>, done: bool) {
    for sender in waiting {
        // Whoever waited may have given up.
        let _ = sender.send(done);
    }
}

impl Keeper<'_> {
    /// Sleeps until there is something to do.
    fn wait(&self) -> Orders {
        let mut orders = self.shared.orders.lock();
        let is_urgent =
            |orders: &Orders| orders.is_short || orders.is_closing || !orders.waiting.is_empty();
        let until = self.next_look();
        while !orders.has_entries && !is_urgent(&orders) {
            match until {
                Some(until) => {
                    if self.shared.wake.wait_until(&mut orders, until).timed_out() {
                        break;
                    }
                }
                None => self.shared.wake.wait(&mut orders),
            }
        }
        let gathered = Instant::now() + GATHER;
        while orders.has_entries && !is_urgent(&orders) {
            if self.shared.wake.wait_until(&mut orders, gathered).timed_out() {
                break;
            }
        }
        let is_closing = orders.is_closing;
        Orders { is_closing, ..std::mem::take(&mut orders) }
    }

    /// When to look again without being asked; never without caps while nothing waits.
    fn next_look(&self) -> Option<Instant> {
        let has_leases = self.shared.purse.lock().holdings().next().is_some();
        let has_entries = !self.shared.inbox.lock().is_empty();
        let retry = self.retry.0.filter(|_| has_entries || has_leases);
        let forgets = (!self.has_forgotten && self.open.is_some()).then_some(LOOK);
        let glance = (!self.shared.rules.lock().caps.limits.is_empty()).then_some(GLANCE);
        let look = has_leases.then_some(LOOK).or(forgets).or(glance);
        let look = look.map(|look| Instant::now() + look);
        retry.or(look)
    }

    /// Writes and leases; whether everything that was handed over is written.
    fn work(&mut self, is_closing: bool, must_try: bool) -> bool {
        if self.retry.0.is_some_and(|until| Instant::now() < until) && !is_closing && !must_try {
            return false;
        }
        let inbox = std::mem::take(&mut *self.shared.inbox.lock());
        match self.write(&inbox, is_closing) {
            Ok(()) => {
                self.retry = (None, RETRY.0);
                self.busy_since = None;
                self.shared.purse.lock().set_cut_off(false);
                self.shared.standing.lock().trouble = None;
                self.tidy();
                true
            }
            Err(trouble) => {
                self.shared.inbox.lock().put_back(inbox);
                let wait = self.retry.1;
                if matches!(trouble, Trouble::Busy)
                    && self.busy_since.get_or_insert_with(Instant::now).elapsed() < BUSY_MAX
                {
                    self.retry = (Some(Instant::now() + wait), wait);
                    return false;
                }
                self.shared.fail(&trouble);
                self.open = None;
                self.retry = (Some(Instant::now() + wait), (wait * 2).min(RETRY.1));
                false
            }
        }
    }

    /// One transaction, with one more try after a broken file was put aside.
    fn write(&mut self, inbox: &Inbox, is_closing: bool) -> Result<(), Trouble> {
        match self.transact(inbox, is_closing) {
            Err(Trouble::Broken) => {
                self.open = None;
                let sums = put_aside(self.path)?;
                if let Some(aside) = sums {
                    let name = aside.display().to_string();
                    tracing::warn!(name, "the ledger was damaged and begins anew");
                    self.shared.notices.lock().push(format!(
                        "the ledger was damaged; it is kept as {name} and a new one is begun"
                    ));
                }
                self.transact(inbox, is_closing)
            }
            other => other,
        }
    }

    fn transact(&mut self, inbox: &Inbox, is_closing: bool) -> Result<(), Trouble> {
        let now = moment(now());
        let rules = std::sync::Arc::clone(&self.shared.rules.lock());
        let dead = self.find_dead();
        let is_idle = is_closing || self.last_asked.elapsed() > IDLE;
        let mut taken = Taken::default();
        let wants = {
            let mut purse = self.shared.purse.lock();
            for (slot, part) in inbox.calls.iter().flat_map(|settled| &settled.parts) {
                taken.booked.push((*slot, *part, purse.booked(*slot, *part)));
            }
            taken.given = purse.surrender(is_idle, now);
            taken.leases = purse.holdings().map(|(slot, holding)| (*slot, holding.held)).collect();
            if is_closing { Vec::new() } else { purse.wants(&rules.caps, now) }
        };
        if inbox.is_empty() && taken.given.is_empty() && wants.is_empty() {
            return if is_closing { Ok(()) } else { self.glance(&rules, now) };
        }
        if let Err(trouble) = self.ensure_open() {
            taken.put_back(self.shared);
            return Err(trouble);
        }
        let (Some(open), Some(mark)) = (&mut self.open, &self.mark) else {
            return Err(Trouble::Other("there is no mark that we run".to_owned()));
        };
        taken.leases.retain(|_, held| *held > 0);
        let batch = Batch {
            inbox,
            keeps_entries: rules.keeps_entries,
            process: &mark.name,
            leases: &taken.leases,
            wants: &wants,
            dead: &dead,
            caps: &rules.caps,
            now,
        };
        let written = match open.writer.write(&batch) {
            Ok(written) => written,
            Err(trouble) => {
                taken.put_back(self.shared);
                return Err(trouble);
            }
        };
        self.accept(written, inbox, now);
        Ok(())
    }

    /// Reads what was spent: other processes spend, too. Makes no file.
    fn glance(&mut self, rules: &Rules, now: Moment) -> Result<(), Trouble> {
        if !rules.keeps_entries && rules.caps.limits.is_empty() {
            return Ok(());
        }
        if !self.path.exists() {
            let nothing = |limit: &Limit| (*limit, Sheet::default());
            let caps = rules.caps.limits.iter().map(nothing).collect();
            self.shared.show(Sums { caps, today: PicoUsd::ZERO });
            return Ok(());
        }
        self.ensure_open()?;
        if let Some(open) = &mut self.open {
            self.shared.show(open.writer.read_sums(&rules.caps, now)?);
        }
        Ok(())
    }

    /// What a transaction came to takes effect in memory.
    fn accept(&mut self, written: Written, inbox: &Inbox, now: Moment) {
        let mut purse = self.shared.purse.lock();
        for (slot, want, amount, rest) in written.granted {
            purse.granted(slot, want, amount, rest);
        }
        drop(purse);
        self.others = written.others;
        self.shared.show(written.sums);
        self.shared.notices.lock().extend(written.notices);
        if let Some(open) = self.open.as_ref().filter(|_| !inbox.calls.is_empty()) {
            note_sums(self.path, &open.writer, now);
        }
    }

    /// Opens the file, or opens it again where the path has come to mean another.
    fn ensure_open(&mut self) -> Result<(), Trouble> {
        if let Some(open) = &self.open
            && open.identity == identity(self.path)
        {
            return Ok(());
        }
        self.open = None;
        let mut writer = Writer::new(schema::open(self.path)?);
        if let Some(sums) = noted_sums(self.path) {
            writer.restore(&sums)?;
        }
        // Leases are kept by process: what another file says of us is not in this one.
        self.open = Some(Open { writer, identity: identity(self.path) });
        if self.mark.is_none() {
            self.mark = Some(Mark::set(self.path).map_err(Trouble::from_io)?);
        }
        Ok(())
    }

    /// Names of processes that have ended without giving back what they had.
    fn find_dead(&mut self) -> Vec<String> {
        if self.last_look_for_dead.is_some_and(|last| last.elapsed() < DEAD) {
            return Vec::new();
        }
        if !self.others.is_empty() {
            self.last_look_for_dead = Some(Instant::now());
        }
        let others = std::mem::take(&mut self.others);
        others.into_iter().filter(|name| process::has_ended(self.path, name)).collect()
    }

    /// Deletes old entries, a part at a time, once in the life of the process.
    fn tidy(&mut self) {
        if self.has_forgotten {
            return;
        }
        let days = i64::from(self.shared.rules.lock().days);
        let Some(open) = &mut self.open else { return };
        let before = now() - days * 86_400_000;
        // A failure here shows when something is written, too.
        self.has_forgotten = open.writer.forget(before).unwrap_or(true);
    }
}

/// What a transaction took out of the purse, to be put back if it fails.
#[derive(Default)]
struct Taken {
    booked: Vec<(Slot, u64, u64)>,
    given: Vec<(Slot, u64)>,
    leases: BTreeMap<Slot, u64>,
}

impl Taken {
    fn put_back(self, shared: &Shared) {
        let mut purse = shared.purse.lock();
        purse.take_back(self.given);
        for (slot, part, taken) in self.booked {
            purse.unbook(slot, part, taken);
        }
    }
}

/// The file where the sums of the current month are noted, in case the ledger breaks.
fn sums_path(ledger: &Path) -> PathBuf {
    ledger.with_extension("sums.json")
}

/// Notes the sums. Only the order of two processes' notes may be wrong, by one batch.
fn note_sums(ledger: &Path, writer: &Writer, now: Moment) {
    let Ok(sums) = writer.sums(now.month_start()) else { return };
    let path = sums_path(ledger);
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = serde_json::to_vec(&sums).map_err(std::io::Error::from);
    let written = written.and_then(|bytes| fs::write(&unfinished, bytes));
    // Without a note, a broken ledger costs the sums; the ledger itself is whole.
    let _ = written.and_then(|()| fs::rename(&unfinished, &path));
}

fn noted_sums(ledger: &Path) -> Option<Vec<Sum>> {
    serde_json::from_slice(&fs::read(sums_path(ledger)).ok()?).ok()
}

/// Moves a broken file aside, unless another process has done so. Returns where it is now.
fn put_aside(path: &Path) -> Result<Option<PathBuf>, Trouble> {
    let lock = fs::File::create(path.with_extension("lock")).map_err(Trouble::from_io)?;
    lock.lock().map_err(Trouble::from_io)?;
    if schema::is_sound(path) {
        return Ok(None);
    }
    let aside = path.with_extension(format!("broken-{}", now() / 1_000));
    fs::rename(path, &aside).map_err(Trouble::from_io)?;
    for ending in ["-wal", "-shm"] {
        let beside = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        // Not every file has these beside it.
        let _ = fs::rename(beside(path), beside(&aside));
    }
    Ok(Some(aside))
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|metadata| metadata.ino())
}

/// Elsewhere an open file cannot be replaced.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<u64> {
    path.exists().then_some(0)
}
