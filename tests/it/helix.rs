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

use crate::neovim::model::settings;
use crate::support::alive::Alive;
use crate::support::llama::LlamaServer;
use crate::support::lsp::{HOME, PATIENCE, kept};
use crate::support::tools;
use crate::support::upstream::{Script, Step, Upstream};

/// A terminal that has drawn nothing for this long waits for us.
const QUIET: Duration = Duration::from_millis(300);
/// How often the menu is asked for before the test gives up.
const ASKED_MOST: usize = 30;

/// A Rust file whose second function is being written.
pub(crate) const RUST: &str = "\
fn compute_total(alpha: u32, beta: u32) -> u32 {
    alpha + beta
}

fn main() {
}
";

/// Helix in its terminal.
pub(crate) struct Helix {
    tmux: PathBuf,
    home: TempDir,
    file: PathBuf,
    alive: Alive,
    output: mpsc::Receiver<()>,
}

impl Helix {
    /// Helix with one file open and on the screen, or `None` where it cannot run.
    pub(crate) fn open(test: &str, content: &str, settings: &str) -> Option<Self> {
        Self::open_at(
            tempfile::tempdir().expect("a folder for the project"),
            test,
            content,
            settings,
        )
    }

    /// The same with a home of the caller's.
    pub(crate) fn open_at(
        home: TempDir,
        test: &str,
        content: &str,
        settings: &str,
    ) -> Option<Self> {
        let hx = tools::in_folder(test, "helix/bin/hx")?;
        let tmux = tools::on_path(test, "tmux")?;
        let project = home.path().join("project");
        fs::create_dir_all(project.join(".git")).expect("a project");
        let file = project.join("main.rs");
        fs::write(&file, content).expect("a file to edit");
        let ours = home.path().join("config/tabtier");
        fs::create_dir_all(&ours).expect("a folder for settings");
        fs::write(ours.join("config.toml"), settings).expect("settings");
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

    /// Opens a line below `fn main() {` and types into it until the menu shows `item`. If the keys
    /// came before the server was ready nobody asked it; then the menu is asked for by its key.
    pub(crate) fn type_until_menu(&self, typed: &str, item: &str) {
        let text = fs::read_to_string(&self.file).expect("the file");
        let times = text.matches(item).count();
        self.begin(typed);
        for _ in 0..ASKED_MOST {
            while self.output.recv_timeout(QUIET).is_ok() {}
            if self.screen().matches(item).count() > times {
                return;
            }
            self.keys(&["C-x"]);
        }
        panic!("no menu; the screen is\n{}", self.screen());
    }

    /// Opens a line below `fn main() {` and types into it; returns the screen.
    fn begin(&self, typed: &str) -> String {
        self.keys(&["5", "G", "o"]);
        self.await_screen("insert mode", |screen| screen.contains(" INS "));
        self.type_text(typed);
        self.screen()
    }

    fn type_text(&self, typed: &str) {
        self.tmux(&["send-keys", "-l", typed]);
        self.await_screen("what was typed", |screen| screen.contains(typed));
    }

    /// Takes the first item, writes the file and quits; returns what is in the file and where the
    /// user's files are.
    pub(crate) fn accept_and_quit(self) -> (String, TempDir) {
        self.keys(&["C-n"]);
        self.keys(&["Enter"]);
        self.quit()
    }

    /// Writes the file and quits.
    fn quit(mut self) -> (String, TempDir) {
        self.keys(&["Escape"]);
        self.await_screen("normal mode", |screen| screen.contains(" NOR "));
        self.tmux(&["send-keys", "-l", ":write"]);
        self.keys(&["Enter"]);
        self.await_screen("the write", |screen| screen.contains("written"));
        self.tmux(&["send-keys", "-l", ":quit!"]);
        self.keys(&["Enter"]);
        self.alive.assert_gone();
        let text = fs::read_to_string(&self.file).expect("the written file");
        let gone = tempfile::tempdir().expect("a folder");
        (text, std::mem::replace(&mut self.home, gone))
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
fn check(name: &str, content: &str, typed: &str, inserted: &str) {
    let Some(helix) = Helix::open(name, content, "") else { return };
    helix.type_until_menu(typed, "compute_total");
    let line_end = if content.contains("\r\n") { "\r\n" } else { "\n" };
    let expected = content.replace("main() {", &format!("main() {{{line_end}{typed}{inserted}"));
    let (text, home) = helix.accept_and_quit();
    assert_eq!(text, expected);
    let kept = kept(home.path()).expect("what became of the suggestion");
    let kept = StatsFile::at(kept).read().expect("statistics");
    let group = kept.group(RequestClass::Identifier, "rust").expect("names in Rust");
    assert!(group.tally(Tier::Local).taken() >= 1.0, "Helix says nothing, the edit does");
}

#[test]
fn a_name_is_offered_in_the_menu_and_accepted() {
    check("helix: a name", RUST, "    let total = compute_to", "tal");
}

/// Helix closes brackets itself, so what is left to offer is the end of the statement.
#[test]
fn closers_are_offered_in_the_menu_and_never_doubled() {
    let settings = "[policy.closer]\nlocal_confidence_min = 0.1\n";
    let Some(helix) = Helix::open("helix: closers", RUST, settings) else { return };
    let typed = "    let total = compute_total(1, 2)";
    helix.type_until_menu(typed, ";");
    let (text, _) = helix.accept_and_quit();
    assert_eq!(text, RUST.replace("main() {\n", &format!("main() {{\n{typed};\n")));
}

#[test]
fn text_outside_ascii_before_the_cursor_shifts_nothing() {
    check("helix: not ASCII", RUST, "    let 合計 = 🦀é + compute_to", "tal");
}

#[test]
fn a_file_with_carriage_returns_keeps_exactly_those() {
    check("helix: CRLF", &RUST.replace('\n', "\r\n"), "    let total = compute_to", "tal");
}

/// What a model that was asked at the beginning of `fn main() {` writes there, and what Helix makes of
/// it: the lines that follow the first are indented by as much as the line they begin in.
const BLOCK: [&str; 3] = ["for n in [1, 2] {", "\n        compute_total(n, n);", "\n    }"];

#[tokio::test(flavor = "multi_thread")]
async fn a_block_from_a_real_model_is_taken_whole() {
    let model = [&["chain", "--fim"], BLOCK.as_slice()].concat();
    let Some(server) = LlamaServer::start(&model, &[]).await else { return };
    let settings = settings("llama_cpp_infill", server.url());
    let Some(helix) = Helix::open("helix: a block", RUST, &settings) else { return };
    tokio::task::block_in_place(|| {
        helix.type_until_menu("    ", BLOCK[0]);
        let (text, _) = helix.accept_and_quit();
        let expected = RUST.replace("main() {\n", &format!("main() {{\n    {}\n", BLOCK.concat()));
        assert_eq!(text, expected);
    });
}

/// The model takes a second while typing goes on. Helix shows whatever comes for a request it once made,
/// and taking that would remove what was typed since; so nothing may come.
#[tokio::test(flavor = "multi_thread")]
async fn typing_on_while_a_model_is_slow_leaves_the_text_as_typed() {
    let Script(answer) = Script::chat(&["stale_thing();"]);
    let slow = Script::new([Step::Wait(Duration::from_secs(1))]).then(answer);
    let upstream = Upstream::start(slow).await;
    let settings = settings("openai_chat", &upstream.url());
    let Some(helix) = Helix::open("helix: slow model", RUST, &settings) else { return };
    upstream.wait_for_requests(1).await;
    let begun = tokio::task::block_in_place(|| helix.begin("    let value = al"));
    assert!(!begun.contains("stale_thing"), "{begun}");
    upstream.wait_for_posts(1).await;
    tokio::task::block_in_place(|| {
        helix.type_text("pha_one");
        let until = std::time::Instant::now() + Duration::from_millis(700);
        while let Some(left) = until.checked_duration_since(std::time::Instant::now()) {
            let _ = helix.output.recv_timeout(left);
            let screen = helix.screen();
            assert!(!screen.contains("stale_thing"), "{screen}");
        }
        let (text, _) = helix.quit();
        assert_eq!(text, RUST.replace("main() {\n", "main() {\n    let value = alpha_one\n"));
    });
}

/// Each list of servers in our file is Helix's own with Tabtier behind it, and Helix takes the file.
#[test]
fn the_snippet_adds_to_what_helix_has() {
    let Some(hx) = tools::in_folder("helix: languages.toml", "helix/bin/hx") else { return };
    let snippet = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/helix/languages.toml");
    let home = tempfile::tempdir().expect("a folder");
    let servers = |language: &str| -> Vec<String> {
        let output = Command::new(&hx)
            .args(["--health", language])
            .env("XDG_CONFIG_HOME", home.path())
            .output()
            .expect("Helix runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (_, rest) = text.split_once("Configured language servers:").expect("servers");
        let (list, _) = rest.split_once("Configured debug adapter").expect("their end");
        list.lines()
            .filter_map(|line| line.split_once("m ")?.1.split_once(':'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let text = fs::read_to_string(&snippet).expect("our file");
    let table: toml::Table = text.parse().expect("TOML");
    let languages: Vec<_> = table["language"]
        .as_array()
        .expect("languages")
        .iter()
        .map(|l| l["name"].as_str().expect("a name"))
        .collect();
    assert!(languages.len() >= 50, "{languages:?}");
    let before: Vec<_> = languages.iter().map(|language| servers(language)).collect();
    fs::create_dir_all(home.path().join("helix")).expect("a folder");
    fs::copy(&snippet, home.path().join("helix/languages.toml")).expect("our file");
    for (language, mut expected) in languages.iter().zip(before) {
        expected.push("tabtier".to_owned());
        assert_eq!(servers(language), expected, "{language}");
    }
}
