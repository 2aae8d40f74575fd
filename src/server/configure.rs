//! Settings while the server runs: what each layer said last, and what follows from it.
//!
//! The server does not build providers; whoever starts it hands in the function that does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::config::Settings;
use crate::config::loader::{Loaded, Loader};
use crate::config::overview;
use crate::domain::route::{Override, Tier};
use crate::engine::Equipment;

/// Builds what the engine works with from settings.
pub type Equip = Arc<dyn Fn(Arc<Settings>) -> Equipment + Send + Sync>;

/// What follows from a change of settings.
pub struct Configured {
    /// For the engine.
    pub equipment: Equipment,
    /// What is wrong with the settings, as messages for the user.
    pub problems: Vec<String>,
}

/// The layers of settings of one session.
#[derive(Clone)]
pub struct Configurator {
    loader: Arc<Mutex<Loader>>,
    equip: Equip,
    /// Tier forced by command for this session; `None` leaves it to the settings.
    forced: Arc<Mutex<Option<String>>>,
}

impl Configurator {
    /// A configurator over a loader that has read the user's file.
    pub fn new(loader: Loader, equip: Equip) -> Self {
        Self { loader: Arc::new(Mutex::new(loader)), equip, forced: Arc::default() }
    }

    /// What is in effect now.
    pub fn load(&self) -> Configured {
        let Loaded { settings, problems, .. } = self.loaded();
        let problems = problems.iter().map(ToString::to_string).collect();
        Configured { equipment: (self.equip)(settings), problems }
    }

    /// The settings of every layer, with what a command forced.
    fn loaded(&self) -> Loaded {
        let mut loaded = self.loader.lock().load();
        if let Some(force) = self.forced.lock().as_deref().and_then(force) {
            let mut settings = Settings::clone(&loaded.settings);
            settings.force(force);
            loaded.settings = Arc::new(settings);
        }
        loaded
    }

    /// The user's settings file, whether or not it exists.
    pub fn user_file(&self) -> Option<PathBuf> {
        self.loader.lock().user_file().map(Path::to_owned)
    }

    /// The policy in effect as a page, for every file or for one.
    pub fn policy(&self, file: Option<overview::File<'_>>) -> String {
        overview::text(&self.loaded(), file)
    }

    /// The options passed with `initialize`. They come from the user's own editor configuration.
    pub fn initialization(&self, options: &Value) -> Configured {
        self.loader.lock().set_initialization(options);
        self.load()
    }

    /// Settings pulled or pushed while running. A workspace's files may be mixed into them, so
    /// they can only narrow.
    pub fn editor(&self, settings: &Value) -> Configured {
        self.loader.lock().set_editor(settings);
        self.load()
    }

    /// The workspace's folders, whose files can only narrow.
    pub fn workspaces(&self, roots: &[PathBuf]) {
        self.loader.lock().set_workspaces(roots);
    }

    /// A file was saved in the editor; if settings are read from it, they are read again.
    pub fn saved(&self, path: &Path) -> Option<Configured> {
        let mut loader = self.loader.lock();
        let is_ours = loader.reads(path);
        if is_ours {
            loader.reread();
        }
        drop(loader);
        is_ours.then(|| self.load())
    }

    /// Forces a tier for this session, or leaves it to the settings again (`auto`).
    pub fn set_override(&self, tier: &str) -> Result<Configured, String> {
        if force(tier).is_none() {
            let names = Tier::ALL.map(Tier::name).join(", ");
            return Err(format!("{} is no tier; valid are auto, {names}", json!(tier)));
        }
        *self.forced.lock() = Some(tier.to_owned()).filter(|tier| tier != "auto");
        Ok(self.load())
    }
}

fn force(name: &str) -> Option<Override> {
    if name == "auto" { Some(Override::Auto) } else { Tier::from_name(name).map(Override::Always) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::place::{NamedBy, UserFile};

    #[test]
    fn a_saved_settings_file_takes_effect_and_other_files_do_not_matter() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        fs::write(&path, "enabled = true").expect("a file");
        let loader =
            Loader::new(Some(UserFile { path: path.clone(), named_by: NamedBy::Argument }));
        let equip = |settings| Equipment { settings, providers: Arc::default() };
        let configurator = Configurator::new(loader, Arc::new(equip));
        let is_enabled = |configured: Configured| configured.equipment.settings.enabled;
        fs::write(&path, "enabled = false").expect("a file");
        assert!(configurator.saved(&folder.path().join("other.toml")).is_none());
        assert!(is_enabled(configurator.load()));
        assert_eq!(configurator.saved(&path).map(is_enabled), Some(false));
    }
}
