//! A real VS Code in a real browser, typing into real files with our packaged extension and the real
//! server behind it.
//!
//! `vscode/driver.mjs` starts the workbench and goes through scenarios, each a file and what is typed
//! into it; starting takes longer than typing, so they share one editor. The files' texts at the end are
//! read from the disk. Screenshots stay in `target/editors/vscode`, to be looked at.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::llama::LlamaServer;
use crate::support::lsp::HOME;
use crate::support::rig::CLASSES;
use crate::support::tools;
use crate::support::upstream::{Request, Script, Step, Upstream};

mod local;
mod models;

/// A Rust file whose second function is being written.
const RUST: &str = "\
fn compute_total(alpha: u32, beta: u32) -> u32 {
    alpha + beta
}

fn main() {
}
";

/// A body for `fn main() {`, as the real model that was asked at its beginning writes it.
const BLOCK: [&str; 4] =
    ["let mut sum = 0;", "\n    for n in [1, 2, 3] {", "\n        sum += n;", "\n    }"];

/// Longer than the 750 ms after which VS Code gives a request up.
const SLOW: Duration = Duration::from_secs(1);

/// A file and what is done to it.
struct Scenario {
    name: &'static str,
    /// Path in the project; its folder says who answers, see [`settings`].
    file: &'static str,
    text: String,
    steps: Value,
    /// Fails unless the editor showed what it should and the file is as it should be.
    check: fn(&[Value], &str),
}

/// Where everything is, and the models.
struct Stage {
    vscode: PathBuf,
    vsix: PathBuf,
    home: TempDir,
    scripted: Upstream,
    real: LlamaServer,
}

impl Stage {
    async fn set() -> Option<Self> {
        let vscode = tools::in_folder("vscode", "vscode/bin/code")?.parent()?.parent()?.to_owned();
        let vsix = tools::in_folder("vscode", "vsix/tabtier.vsix")?;
        let model = [&["chain", "--fim"], BLOCK.as_slice()].concat();
        let real = LlamaServer::start(&model, &[]).await?;
        let home = tempfile::tempdir().expect("a folder for the project");
        let scripted = Upstream::start_with(answer).await;
        Some(Self { vscode, vsix, home, scripted, real })
    }

    fn project(&self) -> PathBuf {
        self.home.path().join("project")
    }

    /// The user's files: a server that says which process it is, on the path of a login shell, which
    /// VS Code asks for the environment of its extensions.
    fn furnish(&self, scenarios: &[Scenario]) {
        let home = self.home.path();
        for folder in ["bin", "config/tabtier", "project/.git"] {
            fs::create_dir_all(home.join(folder)).expect("a folder");
        }
        let program = home.join("bin/tabtier");
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = serve ] && echo $$ >'{}'\nexec '{}' \"$@\"\n",
            home.join("server.pid").display(),
            env!("CARGO_BIN_EXE_tabtier")
        );
        fs::write(&program, script).expect("a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
        let profile = format!("PATH='{}':$PATH\n", home.join("bin").display());
        fs::write(home.join(".profile"), profile).expect("a profile");
        let settings = settings(&self.scripted.url(), self.real.url());
        fs::write(home.join("config/tabtier/config.toml"), settings).expect("settings");
        for Scenario { file, text, .. } in scenarios {
            let path = self.project().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file to edit");
        }
    }

    fn play(&self, scenarios: &[Scenario]) -> Value {
        self.furnish(scenarios);
        let home = self.home.path();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut environment = serde_json::Map::new();
        for (variable, folder) in HOME {
            environment.insert(variable.to_owned(), json!(home.join(folder)));
        }
        environment.insert("SHELL".to_owned(), json!("/bin/bash"));
        let steps =
            |one: &Scenario| json!({"name": one.name, "file": one.file, "steps": one.steps});
        let job = json!({
            "tools": self.vscode,
            "vsix": self.vsix,
            "home": home,
            "project": self.project(),
            "artefacts": root.join("target/editors/vscode"),
            "environment": environment,
            "settings": editor_settings(),
            "scenarios": scenarios.iter().map(steps).collect::<Vec<_>>(),
        });
        let job_file = home.join("job.json");
        fs::write(&job_file, job.to_string()).expect("a job");
        let output = Command::new(self.vscode.join("bin/node"))
            .arg(root.join("tests/it/vscode/driver.mjs"))
            .arg(&job_file)
            .output()
            .expect("Node runs");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error} in the driver's report: {output:?}"))
    }
}

/// Plays every scenario in one editor, then checks each.
#[tokio::test(flavor = "multi_thread")]
async fn everything_a_user_does_works_in_vscode() {
    let Some(stage) = Stage::set().await else { return };
    let scenarios: Vec<_> = local::scenarios().into_iter().chain(models::scenarios()).collect();
    let seen = tokio::task::block_in_place(|| stage.play(&scenarios));
    let errors: Vec<_> =
        seen["errors"].as_array().expect("errors").iter().filter_map(Value::as_str).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n\n"));
    for Scenario { name, file, check, .. } in &scenarios {
        println!("{name}");
        let states = seen["scenarios"][name].as_array().expect("states");
        let text = fs::read_to_string(stage.project().join(file)).expect("the saved file");
        check(states, &text);
    }
    models::check_what_was_asked(&stage.scripted.posts());
    models::check_what_was_noted(stage.home.path());
}

/// What the scripted models say: the slow one waits, each answers by what stands at the cursor.
fn answer(request: &Request) -> Script {
    let body = request.body.to_string();
    let text = models::ANSWERS.iter().find(|(at_cursor, _)| body.contains(at_cursor));
    let is_slow = request.body["model"] == "slow";
    let text = text.map_or("", |(_, text)| text);
    let Script(steps) =
        Script::chat(&[
            if is_slow { text.replace("cheap", "dear") } else { text.to_owned() }.as_str()
        ]);
    let wait = is_slow.then_some(Step::Wait(SLOW));
    Script::new(wait.into_iter().chain(steps).collect::<Vec<_>>())
}

/// Folders decide who answers: `quick/`, `slow/` and `real/` a model each, all others nobody but the
/// local engine.
fn settings(scripted: &str, real: &str) -> String {
    let mut text = format!(
        "[policy]\ngate = \"off\"\n\
         [models.quick]\nprotocol = \"openai_chat\"\nurl = \"{scripted}\"\n\
         price_input = 1.0\nprice_output = 2.0\n\
         [models.slow]\nmodel = \"slow\"\nprotocol = \"openai_chat\"\nurl = \"{scripted}\"\n\
         [models.real]\nprotocol = \"llama_cpp_infill\"\nurl = \"{real}\"\n\
         [tiers]\nfast.models = [\"quick\"]\nmid.models = [\"slow\"]\nflagship.models = [\"real\"]\n\
         fast.settle_ms = 0\nmid.settle_ms = 0\nflagship.settle_ms = 0\n"
    );
    for class in CLASSES {
        writeln!(text, "[policy.{class}]\ntiers = [\"local\"]\ndeadline_ms = 30000")
            .expect("a string");
        for (folder, tier) in [("quick", "fast"), ("slow", "mid"), ("real", "flagship")] {
            writeln!(text, "[paths.\"{folder}/\".{class}]\ntiers = [\"{tier}\"]")
                .expect("a string");
        }
    }
    // Which closers come next is for other tests; here they only have to be shown and taken.
    text.replace("[policy.closer]\n", "[policy.closer]\nlocal_confidence_min = 0.1\n")
}

/// A quiet editor. Its own menu opens only by a key: by itself it opens where ghost text is missing for a
/// moment, and then hides ghost text, so what is shown would depend on the speed of the machine.
fn editor_settings() -> Value {
    json!({
        "chat.disableAIFeatures": true,
        "editor.minimap.enabled": false,
        "editor.quickSuggestions": { "comments": "off", "other": "off", "strings": "off" },
        "extensions.autoCheckUpdates": false,
        "extensions.autoUpdate": false,
        "files.autoSave": "off",
        "remote.autoForwardPorts": false,
        "telemetry.telemetryLevel": "off",
        "update.mode": "none",
        "workbench.enableExperiments": false,
        "workbench.secondarySideBar.defaultVisibility": "hidden",
        "workbench.startupEditor": "none",
    })
}

/// The file with a line put below `fn main() {`.
fn with_line(line: &str) -> String {
    RUST.replace("main() {\n", &format!("main() {{\n{line}\n"))
}
