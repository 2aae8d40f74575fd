//! `tabtier init`: what an editor needs to start the server, and a settings file to begin with.
//!
//! Everything is printed; with `--write` it goes where the editor reads it. What is there already is
//! never replaced without an answer to the question whether to.

mod places;

use std::fs;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::ValueEnum;

use crate::config::place::UserFile;

/// What can be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// VS Code and what is made of it.
    Vscode,
    /// Neovim 0.11 and newer.
    Neovim,
    /// Helix 25.07 and newer.
    Helix,
    /// Emacs with eglot.
    Emacs,
    /// Vim 9 with the plugin yegappan/lsp.
    Vim,
    /// Tabtier's own settings file.
    Config,
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The editor, or `config` for a settings file. Without it, what there is.
    what: Option<What>,
    /// Put it where it is read, instead of printing it.
    #[arg(long)]
    write: bool,
}

/// What there is to do for one editor.
struct Setup {
    /// Files with their texts, to be printed or written.
    files: Vec<(PathBuf, &'static str)>,
    /// What the user does then.
    then: String,
    /// Whether the files may be written. What belongs into a file that people write themselves is
    /// only printed.
    is_writable: bool,
}

/// Prints or writes; the exit code is 1 where something was not written.
pub(super) fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<i32> {
    let Some(what) = arguments.what else {
        super::print(OVERVIEW);
        return Ok(0);
    };
    let setup = setup(what, file)?;
    if !arguments.write {
        super::print(&printed(&setup));
        return Ok(0);
    }
    if !setup.is_writable {
        super::print(&printed(&setup));
        return Err(anyhow!("nothing to write: this goes into a file of your own"));
    }
    let mut code = 0;
    for (path, text) in &setup.files {
        code |= i32::from(!write(path, text)?);
    }
    super::print(&setup.then);
    Ok(code)
}

const OVERVIEW: &str = "\
tabtier init vscode    what to install in VS Code
tabtier init neovim    the plugin for Neovim
tabtier init helix     languages.toml for Helix
tabtier init emacs     eglot's entry for Emacs
tabtier init vim       for Vim 9 with yegappan/lsp
tabtier init config    a settings file with everything commented out

Each prints what it is about; with --write it is put where it is read, and nothing that is there
already is replaced without asking. Any other editor: start `tabtier serve` as a language server for
every file.
";

fn setup(what: What, file: Option<&Path>) -> anyhow::Result<Setup> {
    let made = |files, then: &str, is_writable| Setup { files, then: then.to_owned(), is_writable };
    Ok(match what {
        What::Vscode => made(Vec::new(), VSCODE, false),
        What::Neovim => {
            let folder = places::data("nvim")?.join("site/pack/tabtier/start/tabtier");
            let files = NEOVIM.iter().map(|(path, text)| (folder.join(path), *text)).collect();
            made(files, THEN_NEOVIM, true)
        }
        What::Helix => {
            let path = places::config("helix")?.join("languages.toml");
            let text = include_str!("../../editors/helix/languages.toml");
            made(vec![(path, text)], "`hx --health rust` shows whether Helix finds it.\n", true)
        }
        What::Emacs => {
            let text = include_str!("../../editors/emacs/tabtier.el");
            let path = places::home()?.join(".emacs.d/init.el");
            made(vec![(path, text)], "Add this to your init file.\n", false)
        }
        What::Vim => {
            let text = include_str!("../../editors/vim/tabtier.vim");
            let path = places::home()?.join(".vimrc");
            made(vec![(path, text)], "Add this to your vimrc.\n", false)
        }
        What::Config => {
            let file = UserFile::locate(file)
                .context("this system has no folder for settings; name a file with --config")?;
            let text = include_str!("init/config.toml");
            made(vec![(file.path, text)], "`tabtier config check` says what holds.\n", true)
        }
    })
}

/// The plugin, file by file.
const NEOVIM: &[(&str, &str)] = &[
    ("doc/tabtier.txt", include_str!("../../editors/neovim/doc/tabtier.txt")),
    ("lsp/tabtier.lua", include_str!("../../editors/neovim/lsp/tabtier.lua")),
    ("lua/tabtier/client.lua", include_str!("../../editors/neovim/lua/tabtier/client.lua")),
    ("lua/tabtier/command.lua", include_str!("../../editors/neovim/lua/tabtier/command.lua")),
    ("lua/tabtier/health.lua", include_str!("../../editors/neovim/lua/tabtier/health.lua")),
    ("lua/tabtier/init.lua", include_str!("../../editors/neovim/lua/tabtier/init.lua")),
    ("lua/tabtier/suggestion.lua", include_str!("../../editors/neovim/lua/tabtier/suggestion.lua")),
    ("plugin/tabtier.lua", include_str!("../../editors/neovim/plugin/tabtier.lua")),
];

const THEN_NEOVIM: &str = "\
Then, in init.lua:

    require('tabtier').setup()

`:helptags ALL` once, and `:help tabtier` says the rest; `:checkhealth tabtier` finds what is wrong.
";

const VSCODE: &str = "\
Install the extension `tabtier.vsix` that comes with each release:

    code --install-extension tabtier.vsix

It finds the tabtier program on the PATH. Elsewhere, in settings.json:

    \"tabtier.server.path\": \"/path/to/tabtier\"
";

/// Everything as one text: where it belongs, what it is, and what to do then. Of a whole plugin only the
/// names of its files are worth reading.
fn printed(Setup { files, then, .. }: &Setup) -> String {
    let mut text = String::new();
    for (path, content) in files {
        text += &path.display().to_string();
        text.push('\n');
        if let [_] = files.as_slice() {
            text.push('\n');
            text += content;
        }
    }
    if !files.is_empty() {
        text.push('\n');
    }
    text + then
}

/// Writes a file, unless another one is there and the user does not want it replaced. Returns whether
/// the file is as it should be.
fn write(path: &Path, text: &str) -> anyhow::Result<bool> {
    let shown = path.display();
    match fs::read(path) {
        Ok(found) if found == text.as_bytes() => {
            super::print(&format!("{shown}: is there already\n"));
            return Ok(true);
        }
        Ok(_) if !may_replace(path)? => {
            super::print(&format!("{shown}: not replaced, it is another file\n"));
            return Ok(false);
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {shown}"))?;
    super::print(&format!("{shown}: written\n"));
    Ok(true)
}

/// Asks, where there is somebody to answer; nobody's answer is no.
fn may_replace(path: &Path) -> anyhow::Result<bool> {
    let mut input = std::io::stdin().lock();
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    super::print(&format!("{} is there already. Replace it? [y/N] ", path.display()));
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
