//! The tables of the ledger and how an older file becomes a newer one.
//!
//! Each step of [`STEPS`] leads from one version to the next and is never changed once it has been
//! released. A file of a later version than we know is left alone. Words (classes, tiers, models,
//! languages) stand once in `name`, and everywhere else by number: a file can be read with SQL alone,
//! and a million rows stay small.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::Trouble;

/// "TabL": tells that a file is ours.
const APPLICATION_ID: i32 = 0x5461_624c;
/// How long another process may hold the file. Nobody waits for this but the ledger's own thread.
const BUSY: Duration = Duration::from_secs(5);

/// Step `n` makes version `n + 1` of version `n`.
const STEPS: &[&str] = &[
    // What was asked, called and booked.
    "CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
     CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT, begun INTEGER NOT NULL,
         version TEXT NOT NULL);
     CREATE TABLE request (
         session INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, class INTEGER,
         language INTEGER NOT NULL, workspace INTEGER NOT NULL, invoked INTEGER NOT NULL,
         deadline_ms INTEGER NOT NULL, decided_us INTEGER NOT NULL, called_us INTEGER,
         answered_us INTEGER NOT NULL, tier INTEGER, origin INTEGER, model INTEGER, silence INTEGER,
         chars INTEGER NOT NULL, fate INTEGER NOT NULL, chars_taken INTEGER NOT NULL,
         PRIMARY KEY (session, number)) WITHOUT ROWID;
     CREATE TABLE call (
         id INTEGER PRIMARY KEY, session INTEGER NOT NULL, number INTEGER NOT NULL,
         at INTEGER NOT NULL, class INTEGER, language INTEGER NOT NULL, workspace INTEGER NOT NULL,
         tier INTEGER NOT NULL, model INTEGER NOT NULL, input INTEGER NOT NULL,
         cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
         cache_write_long INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
         is_estimate INTEGER NOT NULL, cost_pico INTEGER, first_text_us INTEGER,
         took_us INTEGER NOT NULL, ended INTEGER NOT NULL, calls INTEGER NOT NULL);
     CREATE TABLE booked (
         tier TEXT NOT NULL, period TEXT NOT NULL, counted TEXT NOT NULL, start INTEGER NOT NULL,
         amount INTEGER NOT NULL, PRIMARY KEY (tier, period, counted, start)) WITHOUT ROWID;
     CREATE TABLE dropped (what TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;",
    // What processes have leased of caps, what died with them, what the user was told; and what the
    // local engine would have given for nothing.
    "CREATE TABLE lease (
         process TEXT NOT NULL, tier TEXT NOT NULL, period TEXT NOT NULL, counted TEXT NOT NULL,
         start INTEGER NOT NULL, amount INTEGER NOT NULL,
         PRIMARY KEY (process, tier, period, counted, start)) WITHOUT ROWID;
     ALTER TABLE booked ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE request ADD COLUMN was_known INTEGER NOT NULL DEFAULT 0;
     CREATE TABLE told (
         tier TEXT NOT NULL, period TEXT NOT NULL, counted TEXT NOT NULL, start INTEGER NOT NULL,
         what TEXT NOT NULL, PRIMARY KEY (tier, period, counted, start, what)) WITHOUT ROWID;",
];

/// The version this program writes.
pub(super) const VERSION: i64 = STEPS.len().cast_signed() as i64;

/// Opens the ledger for writing; makes it where there is none, and renews it where it is older.
pub(super) fn open(path: &Path) -> Result<Connection, Trouble> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Trouble::from_io)?;
    }
    private_file(path).map_err(Trouble::from_io)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    // Bound: the log of changes is folded into the file at four megabytes.
    connection.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the ledger for reading; a file of an older version is renewed first. `None` where there is
/// no ledger.
pub(super) fn open_to_read(path: &Path) -> Result<Option<Connection>, Trouble> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    match version(&connection)? {
        VERSION => Ok(Some(connection)),
        newer if newer > VERSION => Err(Trouble::Newer),
        _ => open(path).map(Some),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn migrate(connection: &mut Connection) -> Result<(), Trouble> {
    if version(connection)? == VERSION {
        return Ok(());
    }
    // Asked again inside, because another process may be doing the same.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let Ok(done) = usize::try_from(found) else { return Err(Trouble::Newer) };
    if found > VERSION {
        return Err(Trouble::Newer);
    }
    for step in &STEPS[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()?;
    Ok(())
}

/// Whether a file can be read to its end.
pub(super) fn is_sound(path: &Path) -> bool {
    let check = || -> rusqlite::Result<bool> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        let verdict: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(verdict == "ok")
    };
    match check() {
        Ok(is_sound) => is_sound,
        // Locked or out of reach is not broken.
        Err(error) => !matches!(Trouble::from(error), Trouble::Broken),
    }
}

/// Makes the file, readable by this user alone; the files `SQLite` puts beside it are as private.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as version 1 of the program left it.
    const OLD: &str = include_str!("../../../tests/data/ledger/version_1.sql");

    fn counts(connection: &Connection) -> (i64, i64, i64) {
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).expect("a count");
        (
            count("SELECT COUNT(*) FROM request"),
            count("SELECT SUM(cost_pico) FROM call"),
            count("SELECT amount + lost FROM booked WHERE tier = 'all' AND period = 'month'"),
        )
    }

    #[test]
    fn an_old_file_is_renewed_with_all_it_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.sqlite3");
        let old = Connection::open(&path).expect("a file");
        old.execute_batch(OLD).expect("tables");
        assert_eq!(version(&old).expect("a version"), 1);
        drop(old);
        let connection = open(&path).expect("renewed");
        assert_eq!(version(&connection).expect("a version"), VERSION);
        assert_eq!(counts(&connection), (2, 450_000_000, 450_000_000));
        drop(connection);
        let again = open_to_read(&path).expect("readable").expect("a file");
        assert_eq!(counts(&again).0, 2);
        assert!(is_sound(&path));
    }

    #[test]
    fn a_file_of_a_later_program_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.sqlite3");
        let connection = open(&path).expect("a new file");
        connection.pragma_update(None, "user_version", VERSION + 1).expect("set");
        drop(connection);
        assert!(matches!(open(&path), Err(Trouble::Newer)));
        assert!(matches!(open_to_read(&path), Err(Trouble::Newer)));
    }

    #[test]
    fn a_file_full_of_nonsense_is_known_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.sqlite3");
        fs::write(&path, "no database\n".repeat(500)).expect("written");
        assert!(matches!(open(&path), Err(Trouble::Broken)));
        assert!(!is_sound(&path));
        assert!(matches!(open_to_read(&folder.path().join("none")), Ok(None)));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/ledger.sqlite3");
        let connection = open(&path).expect("a new file");
        connection.execute("INSERT INTO name (text) VALUES ('x')", []).expect("written");
        for ending in ["", "-wal"] {
            let file = folder.path().join(format!("deep/ledger.sqlite3{ending}"));
            let mode = fs::metadata(&file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{ending}");
        }
    }
}
