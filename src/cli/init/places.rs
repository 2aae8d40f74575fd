//! Where editors keep their files: by the XDG variables where they are set, else below the home folder;
//! on Windows in the folders of the system.

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;
use directories::BaseDirs;

/// The user's home folder.
pub(super) fn home() -> anyhow::Result<PathBuf> {
    Ok(folders()?.home_dir().to_owned())
}

/// Where `editor` reads its settings.
pub(super) fn config(editor: &str) -> anyhow::Result<PathBuf> {
    if cfg!(windows) {
        return Ok(folders()?.config_dir().join(editor));
    }
    xdg("XDG_CONFIG_HOME", ".config", editor)
}

/// Where `editor` reads plugins and other data.
pub(super) fn data(editor: &str) -> anyhow::Result<PathBuf> {
    if cfg!(windows) {
        return Ok(folders()?.data_local_dir().join(format!("{editor}-data")));
    }
    xdg("XDG_DATA_HOME", ".local/share", editor)
}

/// Neovim and Helix follow XDG on macOS too, where the system has other folders.
fn xdg(variable: &str, below_home: &str, editor: &str) -> anyhow::Result<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = match named {
        Some(folder) => folder,
        None => home()?.join(below_home),
    };
    Ok(folder.join(editor))
}

fn folders() -> anyhow::Result<BaseDirs> {
    BaseDirs::new().context("this system names no home folder")
}
