//! A real Emacs with eglot, set up by the snippet that users copy, completing at point.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::lsp::HOME;
use crate::support::tools;

/// Types `typed` below `fn main() {`, completes, saves, and compares the file.
fn check(name: &str, text: &str, typed: &str, inserted: &str) {
    let Some(emacs) = tools::in_folder(name, "emacs/bin/emacs") else { return };
    let home = tempfile::tempdir().expect("a folder for the project");
    let project = home.path().join("project");
    fs::create_dir_all(project.join(".git")).expect("a project");
    let file = project.join("main.rs");
    fs::write(&file, text).expect("a file to edit");
    let bin = home.path().join("bin");
    fs::create_dir(&bin).expect("a folder");
    let server = env!("CARGO_BIN_EXE_tabtier");
    std::os::unix::fs::symlink(server, bin.join("tabtier")).expect("a program on the path");
    let path = std::env::var("PATH").unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(emacs);
    command.args(["-Q", "--batch", "-l"]).arg(root.join("tests/it/emacs/driver.el"));
    for (variable, folder) in HOME {
        command.env(variable, home.path().join(folder));
    }
    command
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("TABTIER_SNIPPET", root.join("editors/emacs/tabtier.el"))
        .env("TABTIER_FILE", &file)
        .env("TABTIER_TYPED", typed);
    let output = command.output().expect("Emacs runs");
    assert!(output.status.success(), "{output:?}");
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let expected = text.replace("main() {", &format!("main() {{{line_end}{typed}{inserted}"));
    assert_eq!(fs::read_to_string(&file).expect("the saved file"), expected, "{output:?}");
}

const RUST: &str = "\
fn compute_total(alpha: u32, beta: u32) -> u32 {
    alpha + beta
}

fn main() {
}
";

#[test]
fn a_name_is_completed_by_eglot() {
    check("emacs: a name", RUST, "    let total = compute_to", "tal");
}

#[test]
fn text_outside_ascii_and_carriage_returns_shift_nothing() {
    let text = RUST.replace('\n', "\r\n");
    check("emacs: not ASCII", &text, "    let 合計 = \"🦀é\" + compute_to", "tal");
}
