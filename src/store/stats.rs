//! The file of what became of suggestions.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::PathBuf;

use super::form;
use crate::domain::route::RouteStats;

/// Bound: far more than the statistics of every language that is remembered.
const BYTES_MAX: u64 = 4 << 20;

/// A file of statistics, whether or not it exists.
#[derive(Clone, Debug)]
pub struct StatsFile {
    path: PathBuf,
}

/// What is in a file.
enum Found {
    Stats(RouteStats),
    /// Nothing that can be read; it may be replaced.
    Broken(io::Error),
}

impl StatsFile {
    /// `tabtier/feedback.json` in the system's folder for state; `None` where there is no such
    /// folder.
    pub fn usual() -> Option<Self> {
        let folders = directories::ProjectDirs::from("", "", "tabtier")?;
        let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
        Some(Self { path: folder.join("feedback.json") })
    }

    /// The file with this path. Beside it one with the ending `lock` and, while it is written, one
    /// with the ending `tmp` are kept.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// What the file says; nothing where there is none. It is always replaced as a whole, so no lock
    /// is needed.
    pub fn read(&self) -> io::Result<RouteStats> {
        match self.find()? {
            Found::Stats(stats) => Ok(stats),
            Found::Broken(error) => Err(error),
        }
    }

    /// Changes what the file says and returns what it says then. Whoever changes it at the same time
    /// waits. What cannot be read is replaced, unless a later version of the program wrote it.
    pub fn update(&self, change: impl FnOnce(&mut RouteStats)) -> io::Result<RouteStats> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = File::create(self.path.with_extension("lock"))?;
        // Given back when the file is closed, also by a process that dies.
        lock.lock()?;
        let mut stats = match self.find()? {
            Found::Stats(stats) => stats,
            Found::Broken(error) => {
                tracing::warn!(%error, "kept feedback cannot be read and begins anew");
                RouteStats::default()
            }
        };
        change(&mut stats);
        let text = serde_json::to_vec(&form::File::from_stats(&stats))?;
        let new = self.path.with_extension("tmp");
        let mut file = File::create(&new)?;
        file.write_all(&text)?;
        // Or a power cut might leave an empty file under the final name.
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        Ok(stats)
    }

    fn find(&self) -> io::Result<Found> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Found::Stats(RouteStats::default()));
            }
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        file.take(BYTES_MAX).read_to_end(&mut text)?;
        match serde_json::from_slice::<serde_json::Value>(&text) {
            Ok(value) if value["version"].as_u64() > Some(form::VERSION.into()) => {
                Err(io::Error::other("kept feedback was written by a later version"))
            }
            Ok(value) => Ok(match serde_json::from_value::<form::File>(value) {
                Ok(file) => Found::Stats(file.to_stats()),
                Err(error) => Found::Broken(error.into()),
            }),
            Err(error) => Ok(Found::Broken(error.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::domain::class::RequestClass;
    use crate::domain::route::stats::bounds::Bounds;
    use crate::domain::route::stats::tally::Taken;
    use crate::domain::route::{Outcome, Tier};

    fn outcome(language: &str, taken: Taken) -> Outcome {
        let bounds = Bounds::new(Tier::Fast, Tier::Local, Tier::Flagship, |_| true);
        let (class, language) = (RequestClass::Line, language.to_owned());
        Outcome { class, language, tier: Tier::Fast, bounds: Some(bounds), taken }
    }

    fn groups(stats: &RouteStats) -> Vec<String> {
        stats.groups().map(|group| format!("{group:?}")).collect()
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_written_is_read_back_and_goes_on_as_if_it_had_never_been_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = StatsFile::at(folder.path().join("deep/feedback.json"));
        assert!(file.read().expect("nothing yet").is_empty());
        let mut stats = RouteStats::default();
        // Far enough for a round to be under way.
        for number in 0..300 {
            let next = outcome("rust", [Taken::Partly(333), Taken::Rejected][number % 2]);
            stats.note(&next);
            let kept = file.update(|stats| stats.note(&next)).expect("an update");
            assert_eq!(groups(&kept), groups(&stats));
        }
        let read = file.read().expect("statistics");
        assert_eq!(groups(&read), groups(&stats));
        assert!(read.groups().all(|(_, _, group)| group.round.is_some()));
    }

    #[test]
    fn writers_beside_each_other_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("feedback.json");
        thread::scope(|scope| {
            for writer in 0..4 {
                let file = StatsFile::at(path.clone());
                scope.spawn(move || {
                    let language = format!("l{}", writer % 2);
                    for _ in 0..25 {
                        let next = outcome(&language, Taken::Accepted);
                        file.update(|stats| stats.note(&next)).expect("an update");
                        file.read().expect("never half a file");
                    }
                });
            }
        });
        let mut heard: Vec<_> = StatsFile::at(path)
            .read()
            .expect("statistics")
            .groups()
            .map(|(language, _, group)| (language.to_owned(), group.heard))
            .collect();
        // Groups stand in the order in which the writers came first.
        heard.sort();
        assert_eq!(heard, [("l0".to_owned(), 50), ("l1".to_owned(), 50)]);
        assert_eq!(names(&folder), ["feedback.json", "feedback.lock"]);
    }

    #[test]
    fn what_cannot_be_read_begins_anew_and_what_is_newer_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("feedback.json");
        let file = StatsFile::at(path.clone());
        for text in ["", "{", "[]", "{\"version\":1,\"groups\":[{}]}", "\u{0}\u{0}"] {
            fs::write(&path, text).expect("a file");
            assert!(file.read().is_err(), "{text}");
            let next = outcome("rust", Taken::Accepted);
            let kept = file.update(|stats| stats.note(&next)).expect("an update");
            assert_eq!(groups(&kept), groups(&file.read().expect("statistics")));
            assert_eq!(kept.groups().count(), 1, "{text}");
        }
        let newer = "{\"version\":2,\"future\":true}";
        fs::write(&path, newer).expect("a file");
        assert!(file.read().is_err() && file.update(|_| ()).is_err());
        assert_eq!(fs::read_to_string(&path).expect("a file"), newer);
    }

    #[test]
    fn numbers_nobody_wrote_do_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("feedback.json");
        let file = StatsFile::at(path.clone());
        let huge = u64::MAX;
        let text = format!(
            "{{\"version\":1,\"groups\":[{{\"language\":\"rust\",\"class\":\"line\",\"own\":\"fast\",\
             \"stand\":\"up\",\"round\":{{\"toward\":\"stay\",\"began\":{huge},\"probes\":4294967295}},\
             \"last_toward\":\"up\",\"heard\":{huge},\"next_round\":{huge},\"moved_at\":{huge},\
             \"strangers\":255,\"setbacks\":255,\"tallies\":{{\"fast\":{{\"kinds\":[4294967295,4294967295,0,0,0,0,0],\
             \"worth\":4294967295}}}}}},{{\"language\":\"x\",\"class\":\"none\",\"own\":\"fast\",\
             \"stand\":\"up\",\"round\":null,\"last_toward\":\"up\",\"heard\":0,\"next_round\":0,\
             \"moved_at\":0,\"strangers\":0,\"setbacks\":0,\"tallies\":{{}}}}]}}"
        );
        fs::write(&path, text).expect("a file");
        let mut stats = file.read().expect("statistics");
        assert_eq!(stats.groups().count(), 1, "a class nobody knows is left out");
        for _ in 0..5_000 {
            stats.note(&outcome("rust", Taken::Rejected));
        }
    }
}
