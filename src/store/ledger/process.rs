//! Which processes are alive: each holds a lock on a file of its own, which the system lets go of when
//! it ends, in whatever way. A number of a process would not do, because numbers are used again.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, TryLockError};
use std::hash::BuildHasher as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Marks are old after this time.
const SWEPT_AFTER: Duration = Duration::from_secs(3_600);

/// The mark that this process is alive. It is gone with the process at the latest.
#[derive(Debug)]
pub(super) struct Mark {
    /// The process's name in the ledger: unlike any other, ever.
    pub(super) name: String,
    path: PathBuf,
    /// Held for the lock on it.
    _file: File,
}

impl Mark {
    /// Marks this process as alive.
    pub(super) fn set(ledger: &Path) -> io::Result<Self> {
        let folder = folder(ledger);
        fs::create_dir_all(&folder)?;
        sweep(&folder);
        // The keys of a new state are random.
        let random = RandomState::new().hash_one(std::process::id());
        let name = format!("{:x}-{random:016x}", std::process::id());
        let path = folder.join(&name);
        let file = File::create_new(&path)?;
        file.lock()?;
        Ok(Self { name, path, _file: file })
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a process of this name has ended. Removes its mark if so.
pub(super) fn has_ended(ledger: &Path, name: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    if !name.bytes().all(is_name) {
        return true;
    }
    let path = folder(ledger).join(name);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) => return error.kind() == io::ErrorKind::NotFound,
    };
    match file.try_lock() {
        Ok(()) => {
            let _ = fs::remove_file(&path);
            true
        }
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    }
}

/// Removes marks of processes that ended long ago without leases, so that nobody asked about them.
/// A young one may be about to be locked.
fn sweep(folder: &Path) {
    let is_old = |path: &Path| {
        let changed = path.metadata().and_then(|metadata| metadata.modified());
        changed.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > SWEPT_AFTER))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| is_old(path)) {
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(path);
        }
    }
}

fn folder(ledger: &Path) -> PathBuf {
    ledger.with_extension("running")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_alive_as_long_as_it_holds_its_mark() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = folder.path().join("ledger.sqlite3");
        let (mark, other) = (Mark::set(&ledger).expect("set"), Mark::set(&ledger).expect("set"));
        assert_ne!(mark.name, other.name);
        assert!(!has_ended(&ledger, &mark.name));
        let name = mark.name.clone();
        drop(mark);
        assert!(has_ended(&ledger, &name));
        assert!(has_ended(&ledger, "../../etc/passwd"), "nobody's name");
        assert!(!has_ended(&ledger, &other.name));
        // Nobody asked about one that ended long ago.
        let old = super::folder(&ledger).join("f-2");
        let long_ago = std::time::SystemTime::now() - 2 * SWEPT_AFTER;
        File::create(&old).expect("made").set_modified(long_ago).expect("set");
        let third = Mark::set(&ledger).expect("set");
        assert!(!old.exists());
        assert!(!has_ended(&ledger, &other.name) && !has_ended(&ledger, &third.name));
    }
}
