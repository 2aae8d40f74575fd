//! The thread that reads the workspace and keeps up with it.
//!
//! It always works towards the same thing: the list of files, without those that are open, cut into
//! groups, and each group in the index. Whatever happens only changes the list; then the groups that
//! are missing are read and the ones that are not wanted any more are taken out. Between two files it
//! rests as long as the settings ask.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::groups::{Group, Shelf, grouped};
use super::read::count;
use super::survey::{Listing, Refusal, Rules, roots, survey};
use super::{Indexes, Phase, Standing};
use crate::config::Settings;
use crate::config::languages::Languages;
use crate::domain::index::Draft;
use crate::store::segments::SegmentFolder;

/// Files come and go in bursts; the list is made anew when they have rested this long.
const QUIET: Duration = Duration::from_millis(200);
/// Bound: the list is made anew at most this often, as builds make files all the time.
const SURVEY_EVERY: Duration = Duration::from_secs(1);
/// Where the editor does not say what changes on disk, it is looked for this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Bound: one rest, so that work is never put off for long.
const REST_MAX: Duration = Duration::from_millis(250);
/// Work goes on at least this long between rests.
const WORK_MIN: Duration = Duration::from_millis(1);
/// Names of files that decide which other files are read.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// What the keeper hears of.
#[derive(Debug)]
pub enum Event {
    /// The folders that are open in the editor.
    Folders(Vec<PathBuf>),
    /// The settings in force.
    Settings(Arc<Settings>),
    /// Whether the editor says what changes on disk.
    Watched(bool),
    /// A document was opened: its text is the editor's from now on.
    Opened(PathBuf),
    /// A document was closed: its text is the disk's again.
    Closed(PathBuf),
    /// Something was made, changed or deleted on disk: a file or a folder.
    Changed(PathBuf),
}

/// The way to the thread, which ends when the last of these is dropped.
#[derive(Clone, Debug)]
pub struct Keeper {
    events: Sender<Event>,
}

impl Keeper {
    /// Starts the thread. It does nothing before it has folders and settings. Folders that hold
    /// `home` are not read. `report` hears of every step.
    pub fn start(
        indexes: Arc<Indexes>,
        languages: Arc<Languages>,
        home: Option<PathBuf>,
        report: impl Fn(Standing) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (events, inbox) = channel();
        let report = Box::new(report);
        let work = Work {
            inbox,
            indexes,
            languages,
            home,
            report,
            settings: None,
            folders: Vec::new(),
            is_watched: false,
            roots: Vec::new(),
            refusal: None,
            survey_at: None,
            surveyed: None,
            listing: Listing::new(),
            is_cut: false,
            open: BTreeSet::new(),
            harmful: BTreeSet::new(),
            wanted: None,
            shelf: Shelf::default(),
            disk: None,
            has_news: false,
        };
        std::thread::Builder::new().name("index".to_owned()).spawn(move || work.run())?;
        Ok(Self { events })
    }

    /// Tells the thread of something. Never waits.
    pub fn tell(&self, event: Event) {
        // The thread only ends with the process; what is lost is an index that lags behind.
        let _ = self.events.send(event);
    }
}

struct Work {
    inbox: Receiver<Event>,
    indexes: Arc<Indexes>,
    languages: Arc<Languages>,
    home: Option<PathBuf>,
    report: Box<dyn Fn(Standing) + Send>,
    settings: Option<Arc<Settings>>,
    folders: Vec<PathBuf>,
    is_watched: bool,
    /// The folders that are read.
    roots: Vec<PathBuf>,
    refusal: Option<Refusal>,
    /// When the files are to be listed anew.
    survey_at: Option<Instant>,
    /// When they were listed last.
    surveyed: Option<Instant>,
    listing: Listing,
    is_cut: bool,
    open: BTreeSet<PathBuf>,
    harmful: BTreeSet<PathBuf>,
    /// The groups that should be in the index; `None` when that is to be found out.
    wanted: Option<Vec<Group>>,
    shelf: Shelf,
    disk: Option<SegmentFolder>,
    /// Whether a group was read since everything was there.
    has_news: bool,
}

/// Rests after work, so that it takes no more than its share of a core.
struct Pace {
    /// Resting time for each unit of working time.
    ratio: f64,
    since: Instant,
}

impl Pace {
    fn new(share: f64) -> Self {
        let share = share.clamp(0.01, 1.0);
        Self { ratio: (1.0 - share) / share, since: Instant::now() }
    }

    fn rest(&mut self) {
        let rest = self.rest_after(self.since.elapsed());
        if !rest.is_zero() {
            std::thread::park_timeout(rest);
            self.since = Instant::now();
        }
    }

    fn rest_after(&self, worked: Duration) -> Duration {
        // Shorter rests would cost more than they give.
        if worked < WORK_MIN { Duration::ZERO } else { worked.mul_f64(self.ratio).min(REST_MAX) }
    }
}

impl Work {
    fn run(mut self) {
        loop {
            while let Ok(event) = self.inbox.try_recv() {
                self.take(event);
            }
            if self.step() {
                continue;
            }
            let next = self.survey_at.map(|at| at.saturating_duration_since(Instant::now()));
            let looks = !self.is_watched && !self.roots.is_empty();
            let received = match next.or(looks.then_some(LOOK_EVERY)) {
                None => self.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => self.inbox.recv_timeout(wait),
            };
            match received {
                Ok(event) => self.take(event),
                Err(RecvTimeoutError::Timeout) => self.survey_at = Some(Instant::now()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Folders(folders) => {
                self.folders = folders;
                self.begin();
            }
            Event::Settings(settings) => {
                self.settings = Some(settings);
                self.begin();
            }
            Event::Watched(is_watched) => self.is_watched = is_watched,
            Event::Opened(path) => {
                if self.listing.contains_key(&path) {
                    self.wanted = None;
                }
                self.open.insert(path);
            }
            Event::Closed(path) => {
                self.open.remove(&path);
                self.changed(&path);
                self.wanted = None;
            }
            Event::Changed(path) => self.changed(&path),
        }
    }

    /// Folders or settings are new: what may be read is decided anew.
    fn begin(&mut self) {
        let is_on = self.settings.as_ref().is_some_and(|settings| settings.index.enabled);
        let folders = if is_on { self.folders.as_slice() } else { &[] };
        (self.roots, self.refusal) = roots(folders, self.home.as_deref());
        let keeps = self.settings.as_ref().is_some_and(|settings| settings.index.cache);
        self.disk = self.workspace_name().filter(|_| keeps).and_then(|w| SegmentFolder::usual(&w));
        self.survey_at = Some(Instant::now());
    }

    /// What this workspace is called on disk: nothing that tells its path.
    fn workspace_name(&self) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        for root in &self.roots {
            hasher.update(root.as_os_str().as_encoded_bytes()).update(&[0]);
        }
        let name = || hasher.finalize().to_hex()[..32].to_owned();
        (!self.roots.is_empty()).then(name)
    }

    fn changed(&mut self, path: &Path) {
        let is_below = |root: &PathBuf| path.starts_with(root);
        let Some(settings) = self.settings.clone().filter(|_| self.roots.iter().any(is_below))
        else {
            return;
        };
        let (exclude, languages) = (&settings.privacy.exclude, Arc::clone(&self.languages));
        let rules = Rules { languages: &languages, settings: &settings.index, exclude };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match (self.listing.get_mut(path), rules.look(path)) {
            (Some(known), Some(found)) if *known == found => {}
            (Some(known), Some(found)) => {
                *known = found;
                self.wanted = None;
            }
            (Some(_), None) => {
                self.listing.remove(path);
                self.wanted = None;
            }
            (None, found) => {
                // A new file may be one that is ignored, and a folder may have come or gone.
                let mut known = self.listing.range(path.to_owned()..).map(|(path, _)| path);
                let mut held_some = || known.next().is_some_and(|known| known.starts_with(path));
                if found.is_some() || IGNORE_FILES.contains(&name) || path.is_dir() || held_some() {
                    let last = self.surveyed.map_or(Duration::ZERO, |at| at.elapsed());
                    let soon = Instant::now() + QUIET.max(SURVEY_EVERY.saturating_sub(last));
                    self.survey_at = Some(self.survey_at.map_or(soon, |at| at.min(soon)));
                }
            }
        }
    }

    /// Does some work; returns whether there was any.
    fn step(&mut self) -> bool {
        let Some(settings) = self.settings.clone() else { return false };
        let mut pace = Pace::new(settings.index.cpu_share);
        if self.survey_at.is_some_and(|at| at <= Instant::now()) {
            self.survey_at = None;
            self.surveyed = Some(Instant::now());
            let languages = Arc::clone(&self.languages);
            let exclude = &settings.privacy.exclude;
            let rules = Rules { languages: &languages, settings: &settings.index, exclude };
            let (listing, is_cut) = survey(&self.roots, rules, &mut || pace.rest());
            if listing != self.listing {
                self.wanted = None;
            }
            (self.listing, self.is_cut) = (listing, is_cut);
            self.say(if self.roots.is_empty() { Phase::Off } else { Phase::Reading });
            return true;
        }
        let wanted = match self.wanted.take() {
            Some(wanted) => wanted,
            None => grouped(&self.listing, &self.open, Languages::fingerprint()),
        };
        let missing = wanted.iter().find(|group| !self.shelf.has(group)).cloned();
        self.wanted = Some(wanted);
        let is_full = self.indexes.size().bytes >= settings.index.bytes_max;
        match missing {
            Some(group) if !is_full => {
                let draft = self.draft(&group, settings.index.file_bytes_max, &mut pace);
                self.shelf.put(&self.indexes, &group, draft);
                self.has_news = true;
                self.say(Phase::Reading);
                pace.rest();
                true
            }
            missing => self.finish(missing.is_some()),
        }
    }

    /// What is in a group, from disk where it was kept.
    fn draft(&mut self, group: &Group, bytes_max: u64, pace: &mut Pace) -> Draft {
        let name = name_of(group);
        let kept = self.disk.as_ref().and_then(|disk| disk.read(&name));
        if let Some(draft) = kept.and_then(|bytes| Draft::from_bytes(&bytes)) {
            return draft;
        }
        let rest = &mut || pace.rest();
        let draft = count(group, &self.languages, bytes_max, &mut self.harmful, rest);
        // Groups without an open file are met again; the others are for now.
        if let Some(disk) = &self.disk
            && let Err(error) = disk.write(&name, &draft.to_bytes())
        {
            tracing::warn!(kind = ?error.kind(), "a part of the index cannot be kept on disk");
        }
        draft
    }

    /// Everything that is wanted is there, or as much as there is room for. Returns whether there
    /// is more room now.
    fn finish(&mut self, is_full: bool) -> bool {
        let wanted = self.wanted.as_deref().unwrap_or_default();
        let had = self.shelf.len();
        self.shelf.keep(&self.indexes, wanted);
        if is_full && had != self.shelf.len() {
            return true;
        }
        let phase = match is_full {
            _ if self.roots.is_empty() => Phase::Off,
            true => Phase::Full,
            false => Phase::Ready,
        };
        if std::mem::take(&mut self.has_news)
            && let Some(disk) = &self.disk
        {
            disk.keep(&wanted.iter().map(name_of).collect());
        }
        self.say(phase);
        false
    }

    fn say(&self, phase: Phase) {
        let wanted = self.wanted.as_deref().unwrap_or_default();
        let read = wanted.iter().filter(|group| self.shelf.has(group));
        let standing = Standing {
            phase,
            files_wanted: wanted.iter().map(|group| group.files.len()).sum(),
            files_read: read.map(|group| group.files.len()).sum(),
            is_cut: self.is_cut,
            refusal: self.refusal,
        };
        let mut said = self.indexes.standing.lock();
        if *said != standing {
            *said = standing;
            drop(said);
            (self.report)(standing);
        }
    }
}

/// What a group is called on disk.
fn name_of(group: &Group) -> String {
    blake3::Hash::from_bytes(group.id).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_leave_the_share_that_was_asked_for() {
        let check = |share, worked, rest| {
            let found = Pace::new(share).rest_after(Duration::from_millis(worked));
            assert_eq!(found.as_millis(), rest, "{share} after {worked} ms");
        };
        check(0.5, 20, 20);
        check(0.25, 20, 60);
        check(1.0, 20, 0);
        check(0.01, 20, REST_MAX.as_millis());
        check(0.5, 0, 0);
    }
}
