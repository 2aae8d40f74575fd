//! A real Neovim, typing into real files with the real server behind it.
//!
//! `neovim/driver.lua` runs in one Neovim and drives another through its own RPC, with our plugin
//! folder installed as a user would. A test says what is typed and asserts what was on the screen and
//! in the buffer. Each run also checks what must hold everywhere: no message was shown, every ghost
//! text ever drawn stood between two characters, and the server ended with its editor.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::alive::Alive;
use crate::support::lsp::HOME;
use crate::support::tools;

mod block;
pub(crate) mod model;
mod old;
pub(crate) mod plain;
mod plugin;

/// A project on disk and the Neovim that will edit one file of it.
pub(crate) struct Editor {
    nvim: PathBuf,
    /// The one that is driven, if not the same.
    child: Option<PathBuf>,
    pub(crate) home: TempDir,
    file: PathBuf,
    quit: &'static str,
    encodings: &'static [&'static str],
}

/// What the driver reported.
pub(crate) struct Seen(Value);

impl Editor {
    /// A project with one file, or `None` where there is no Neovim to run.
    pub(crate) fn open(test: &str, name: &str, content: &str) -> Option<Self> {
        let nvim = tools::in_folder(test, "neovim/bin/nvim")?;
        let home = tempfile::tempdir().expect("a folder for the project");
        let project = home.path().join("project");
        fs::create_dir_all(project.join(".git")).expect("a project");
        let file = project.join(name);
        fs::write(&file, content).expect("a file to edit");
        Some(Self {
            nvim,
            child: None,
            home,
            file,
            quit: "",
            encodings: &["utf-8", "utf-16", "utf-32"],
        })
    }

    /// The user's settings file.
    pub(crate) fn with_settings(self, text: &str) -> Self {
        let folder = self.home.path().join("config/tabtier");
        fs::create_dir_all(&folder).expect("a folder for settings");
        fs::write(folder.join("config.toml"), text).expect("settings");
        self
    }

    /// The editor is Neovim 0.11; `None` where there is none to run.
    fn being_old(mut self, test: &str) -> Option<Self> {
        self.child = Some(tools::in_folder(test, "neovim_old/bin/nvim")?);
        Some(self)
    }

    /// The editor is killed at the end instead of quitting.
    fn killed_at_the_end(mut self) -> Self {
        self.quit = "kill";
        self
    }

    /// The editor can count positions only like this.
    fn counting_in(mut self, encodings: &'static [&'static str]) -> Self {
        self.encodings = encodings;
        self
    }

    /// Goes through `steps`; the form of a step is the driver's.
    pub(crate) fn run(&self, steps: &Value) -> Seen {
        let alive = Alive::watch(self.home.path());
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/neovim");
        let job = json!({
            "init": scripts.join("init.lua"),
            "file": self.file,
            "cwd": self.file.parent(),
            "quit": self.quit,
            "child": self.child.as_ref().unwrap_or(&self.nvim),
            "steps": steps,
            "setup": {
                "plugin": Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/neovim"),
                "command": alive.command(),
                "encodings": self.encodings,
                "key": "<Tab>",
            },
        });
        let job_file = self.home.path().join("job.json");
        fs::write(&job_file, job.to_string()).expect("a job");
        let mut nvim = Command::new(&self.nvim);
        nvim.args(["-u", "NONE", "-i", "NONE", "-l"]).arg(scripts.join("driver.lua"));
        nvim.arg(&job_file);
        for (variable, folder) in HOME {
            nvim.env(variable, self.home.path().join(folder));
        }
        let output = nvim.output().expect("Neovim runs");
        let seen: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error} in the driver's report: {output:?}"));
        assert_eq!(seen.get("error"), None, "{seen:#}");
        assert!(seen["messages"].as_str().unwrap_or("").trim().is_empty(), "{seen:#}");
        assert!(self.quit == "kill" || seen["exit"] == 0, "{seen:#}");
        alive.assert_gone();
        self.assert_nothing_wrong_on_the_wire();
        let seen = Seen(seen);
        seen.assert_ghosts_stand_between_characters();
        seen
    }

    /// Neovim writes down what it could not make sense of, and what the server printed.
    fn assert_nothing_wrong_on_the_wire(&self) {
        let log = self.home.path().join("state/nvim/lsp.log");
        let log = fs::read_to_string(log).unwrap_or_default();
        let is_wrong = |line: &&str| line.starts_with("[WARN]") || line.starts_with("[ERROR]");
        let wrong: Vec<_> = log.lines().filter(is_wrong).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

impl Seen {
    /// The ghost text after the step at this index, if there was one.
    fn ghost(&self, step: usize) -> Option<&str> {
        self.0["steps"][step]["ghost"].as_str().filter(|text| !text.is_empty())
    }

    /// The lines of the buffer after the last step.
    pub(crate) fn lines(&self) -> Vec<&str> {
        let steps = self.0["steps"].as_array().expect("steps");
        let lines = steps.last().expect("a step")["lines"].as_array().expect("lines");
        lines.iter().map(|line| line.as_str().expect("a line")).collect()
    }

    /// Every ghost text ever drawn, with the line it was drawn on.
    fn ghosts(&self) -> &Vec<Value> {
        self.0["ghosts"].as_array().expect("ghosts")
    }

    /// Every ghost text ever drawn began between two characters of its line.
    fn assert_ghosts_stand_between_characters(&self) {
        for ghost in self.ghosts() {
            let (line, column) = (ghost["line"].as_str(), ghost["column"].as_u64());
            let line = line.expect("a line");
            let column = usize::try_from(column.expect("a column")).expect("a small column");
            assert!(line.is_char_boundary(column), "{ghost}");
        }
    }
}
