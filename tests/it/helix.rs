//! A real Helix in a terminal, with the real server in its completion menu.
//!
//! Helix has no interface for programs, so tmux is the terminal: keys go in, the screen is read, and
//! what was accepted is judged by the file Helix writes. Each look at the screen follows new output of
//! the terminal, so nothing here waits for time to pass; silence for too long fails.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tabtier::domain::class::RequestClass;
use tabtier::domain::route::Tier;
use tabtier::store::stats::StatsFile;
use tempfile::TempDir;

use crate::support::alive::Alive;
use crate::support::lsp::{HOME, PATIENCE, kept};
use crate::support::tools;

/// A terminal that has drawn nothing for this long waits for us.
const QUIET: Duration = Duration::from_millis(300);
/// How often the menu is asked for before the test gives up.
const ASKED_MOST: usize = 30;

/// A Rust file whose second function is being written.
const RUST: &str = "\
fn compute_total(alpha: u32, beta: u32) -> u32 {
    alpha + beta
}

fn main() {
}
";

/// Helix in its terminal.
struct Helix {
    tmux: PathBuf,
    home: TempDir,
    file: PathBuf,
    alive: Alive,
    output: mpsc::Receiver<()>,
}

impl Helix {
    /// Helix with one file open and on the screen, or `None` where it cannot run.
    fn open(test: &str, content: &str) -> Option<Self> {
        let hx = tools::in_folder(test, "helix/bin/hx")?;
        let tmux = tools::on_path(test, "tmux")?;
        let home = tempfile::tempdir().expect("a folder for the project");
        let project = home.path().join("project");
        fs::create_dir_all(project.join(".git")).expect("a project");
        let file = project.join("main.rs");
        fs::write(&file, content).expect("a file to edit");
        let alive = Alive::watch(home.path());
        configure(home.path(), &alive);
        let output = watch_output(home.path());
        let helix = Self { tmux, home, file, alive, output };
        let mut line = String::from("env TERM=tmux-256color");
        for (variable, folder) in HOME {
            write!(line, " {variable}='{}'", helix.home.path().join(folder).display()).ok();
        }
        write!(line, " '{}' '{}'", hx.display(), helix.file.display()).ok();
        let news = helix.home.path().join("output");
        helix.tmux(&["new-session", "-d", "-x", "100", "-y", "30", &line]);
        helix.tmux(&["pipe-pane", "-O", &format!("cat >'{}'", news.display())]);
        helix.await_screen("the file", |screen| screen.contains("fn main()"));
        Some(helix)
    }

    /// Opens a line below `fn main() {` and types into it until the menu shows `item`, which stands
    /// once in the text. If the keys came before the server was ready nobody asked it; then the menu
    /// is asked for by its key.
    fn type_until_menu(&self, typed: &str, item: &str) {
        self.keys(&["5", "G", "o"]);
        self.await_screen("insert mode", |screen| screen.contains(" INS "));
        self.tmux(&["send-keys", "-l", typed]);
        self.await_screen("what was typed", |screen| screen.contains(typed));
        for _ in 0..ASKED_MOST {
            while self.output.recv_timeout(QUIET).is_ok() {}
            if self.screen().matches(item).count() > 1 {
                return;
            }
            self.keys(&["C-x"]);
        }
        panic!("no menu; the screen is\n{}", self.screen());
    }

    /// Takes the first item, writes the file, quits, and returns what is in the file.
    fn accept_and_quit(self) -> String {
        self.keys(&["C-n"]);
        self.keys(&["Enter"]);
        self.keys(&["Escape"]);
        self.await_screen("normal mode", |screen| screen.contains(" NOR "));
        self.tmux(&["send-keys", "-l", ":write"]);
        self.keys(&["Enter"]);
        self.await_screen("the write", |screen| screen.contains("written"));
        self.tmux(&["send-keys", "-l", ":quit!"]);
        self.keys(&["Enter"]);
        self.alive.assert_gone();
        let kept = kept(self.home.path()).expect("what became of the suggestion");
        let kept = StatsFile::at(kept).read().expect("statistics");
        let group = kept.group(RequestClass::Identifier, "rust").expect("names in Rust");
        assert!(group.tally(Tier::Local).taken() >= 1.0, "Helix says nothing, the edit does");
        fs::read_to_string(&self.file).expect("the written file")
    }

    fn keys(&self, keys: &[&str]) {
        for key in keys {
            self.tmux(&["send-keys", key]);
        }
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    fn await_screen(&self, what: &str, holds: impl Fn(&str) -> bool) {
        loop {
            let screen = self.screen();
            if holds(&screen) {
                return;
            }
            let news = self.output.recv_timeout(PATIENCE);
            assert!(news.is_ok(), "waited for {what}; the screen is\n{screen}");
        }
    }

    /// Runs a tmux command on a server of our own, which ends with this value.
    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new(&self.tmux)
            .args(["-f", "/dev/null", "-S"])
            .arg(self.home.path().join("tmux"))
            .args(arguments)
            .output()
            .expect("tmux runs");
        assert!(output.status.success(), "tmux {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Helix {
    fn drop(&mut self) {
        let socket = self.home.path().join("tmux");
        Command::new(&self.tmux).arg("-S").arg(socket).arg("kill-server").output().ok();
    }
}

fn configure(home: &Path, alive: &Alive) {
    let folder = home.join("config/helix");
    fs::create_dir_all(&folder).expect("a folder for settings");
    let [program, arguments @ ..] = alive.command();
    let mut server = toml::Table::new();
    server.insert("command".into(), program.into());
    server.insert("args".into(), arguments.to_vec().into());
    let languages = format!(
        "[language-server.tabtier]\n{server}\n[[language]]\nname = \"rust\"\n\
         language-servers = [\"tabtier\"]\n"
    );
    fs::write(folder.join("languages.toml"), languages).expect("settings");
    // Helix can complete words of the buffer by itself, and this is about us.
    let settings = "[editor]\ncompletion-timeout = 5\n[editor.word-completion]\nenable = false\n";
    fs::write(folder.join("config.toml"), settings).expect("settings");
}

/// A message for each piece of output of the terminal.
fn watch_output(home: &Path) -> mpsc::Receiver<()> {
    let path = home.join("output");
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
    assert!(made.success(), "no pipe at {}", path.display());
    let (send, output) = mpsc::channel();
    thread::spawn(move || {
        let Ok(mut pipe) = fs::File::open(path) else { return };
        let mut piece = [0; 4096];
        while pipe.read(&mut piece).is_ok_and(|bytes| bytes > 0) && send.send(()).is_ok() {}
    });
    output
}

/// Helix keeps no indentation here: the unpacked one has no grammars to know it from.
fn check(test: &str, content: &str, typed: &str, inserted: &str) {
    let Some(helix) = Helix::open(test, content) else { return };
    helix.type_until_menu(typed, "compute_total");
    let line_end = if content.contains("\r\n") { "\r\n" } else { "\n" };
    let expected = content.replace("main() {", &format!("main() {{{line_end}{typed}{inserted}"));
    assert_eq!(helix.accept_and_quit(), expected);
}

#[test]
fn a_name_is_offered_in_the_menu_and_accepted() {
    check("helix: a name", RUST, "    let total = compute_to", "tal");
}

#[test]
fn text_outside_ascii_before_the_cursor_shifts_nothing() {
    check("helix: not ASCII", RUST, "    let 合計 = 🦀é + compute_to", "tal");
}

#[test]
fn a_file_with_carriage_returns_keeps_exactly_those() {
    check("helix: CRLF", &RUST.replace('\n', "\r\n"), "    let total = compute_to", "tal");
}
