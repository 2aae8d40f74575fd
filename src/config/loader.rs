//! The one door to settings: tell it what each layer says now, ask for what is in effect.
//!
//! It remembers the last good state of every layer, so a settings file that breaks while the user
//! edits it never takes the program down to its defaults. It reads files only when told to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Settings;
use super::layers::{self, Accepted, Layer};
use super::place::{self, UserFile, WORKSPACE_FILE};
use super::problem::Problem;
use super::resolve;
use super::source::{self, Source};
use super::values::Values;

/// The layers and what was last good in each.
#[derive(Debug)]
pub struct Loader {
    file: Option<UserFile>,
    user: Held,
    initialization: Held,
    editor: Held,
    workspaces: BTreeMap<PathBuf, Held>,
}

/// One layer: its good entries and what is wrong with the rest.
#[derive(Debug, Default)]
struct Held {
    accepted: Accepted,
    problems: Vec<Problem>,
}

impl Held {
    fn take(&mut self, source: Source) {
        (self.accepted, self.problems) = layers::accept(source, &self.accepted);
    }
}

/// What is in effect.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What the program uses.
    pub settings: Arc<Settings>,
    /// Everything the user should mend or know, layer by layer.
    pub problems: Vec<Problem>,
    /// The values behind the settings, and who said each.
    pub values: Values,
}

impl Loader {
    /// Reads the user's file, if there is one.
    pub fn new(file: Option<UserFile>) -> Self {
        let mut loader = Self {
            file,
            user: Held::default(),
            initialization: Held::default(),
            editor: Held::default(),
            workspaces: BTreeMap::new(),
        };
        loader.reread();
        loader
    }

    /// The user's file, whether or not it exists; `None` where the system has no place for one.
    pub fn user_file(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// Whether this file is one of those read here.
    pub fn reads(&self, path: &Path) -> bool {
        self.file.as_ref().is_some_and(|file| file.path == path)
            || self.workspaces.keys().any(|root| root.join(WORKSPACE_FILE) == path)
    }

    /// Takes the options the editor passed with `initialize`.
    pub fn set_initialization(&mut self, options: &serde_json::Value) {
        self.initialization.take(source::from_json("initialization options", options));
    }

    /// Takes the editor's settings, pushed or pulled. An editor mixes the files of the workspace
    /// into these, and nobody can tell them apart, so they may only narrow. They replace those
    /// taken before, not the initialization options, which are the user's own.
    pub fn set_editor(&mut self, settings: &serde_json::Value) {
        self.editor.take(source::from_json("editor settings", settings));
    }

    /// Takes the workspace's folders and reads their files.
    pub fn set_workspaces(&mut self, roots: &[PathBuf]) {
        self.workspaces.retain(|root, _| roots.contains(root));
        for root in roots {
            let held = self.workspaces.entry(root.clone()).or_default();
            held.take(place::read_workspace(root));
        }
    }

    /// Reads the user's file and those of the workspace again.
    pub fn reread(&mut self) {
        if let Some(file) = &self.file {
            self.user.take(file.read());
        }
        for (root, held) in &mut self.workspaces {
            held.take(place::read_workspace(root));
        }
    }

    /// What is in effect now. Editor settings and workspace folders narrow one after the other.
    pub fn load(&self) -> Loaded {
        let mut values = Values::defaults();
        let mut problems = Vec::new();
        let trusted =
            [(Layer::UserFile, &self.user), (Layer::Initialization, &self.initialization)];
        for (layer, held) in trusted {
            values.overlay(layer, &held.accepted);
            problems.extend(held.problems.iter().cloned());
        }
        let narrowing = [(Layer::Editor, &self.editor)].into_iter();
        let files = self.workspaces.values().map(|held| (Layer::Workspace, held));
        for (layer, held) in narrowing.chain(files) {
            problems.extend(held.problems.iter().cloned());
            problems.extend(values.narrow(layer, &held.accepted));
        }
        let (settings, found) = resolve::resolve(&values);
        problems.extend(found);
        Loaded { settings: Arc::new(settings), problems, values }
    }
}
