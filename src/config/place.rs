//! Where settings are kept, and the reading of those files.
//!
//! The only part of `config` that touches the disk and the environment. What cannot be read is a
//! problem to report, except a file that is not there: having none is the normal case.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::problem::{Place, Problem};
use super::source::{self, Source};

/// The variable that names another user file.
pub const VARIABLE: &str = "TABTIER_CONFIG";

/// The file in the root of a workspace.
pub const WORKSPACE_FILE: &str = ".tabtier.toml";

/// Bound: far more than anyone writes by hand, and little enough to read on every change.
const BYTES_MAX: u64 = 256 * 1024;

/// The user's file, whether or not it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFile {
    /// Its path.
    pub path: PathBuf,
    /// Who named it.
    pub named_by: NamedBy,
}

/// Who said which file is the user's. A file that someone named should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The command line.
    Argument,
    /// The environment.
    Variable,
    /// Nobody: it is the usual place on this system.
    System,
}

impl UserFile {
    /// The user's file: the one named on the command line, else by the environment, else
    /// `tabtier/config.toml` in the system's folder for settings.
    pub fn locate(argument: Option<&Path>) -> Option<Self> {
        let system = directories::ProjectDirs::from("", "", "tabtier")
            .map(|folders| folders.config_dir().join("config.toml"));
        Self::choose(argument, std::env::var_os(VARIABLE), system)
    }

    fn choose(
        argument: Option<&Path>,
        variable: Option<OsString>,
        system: Option<PathBuf>,
    ) -> Option<Self> {
        let named = |path: PathBuf, named_by| Self { path, named_by };
        argument
            .map(|path| named(path.to_owned(), NamedBy::Argument))
            .or_else(|| {
                variable
                    .filter(|value| !value.is_empty())
                    .map(|value| named(value.into(), NamedBy::Variable))
            })
            .or_else(|| system.map(|path| named(path, NamedBy::System)))
    }

    /// What the file says.
    pub fn read(&self) -> Source {
        let source = read(&self.path);
        source.unwrap_or_else(|| match self.named_by {
            NamedBy::System => Source::default(),
            NamedBy::Argument | NamedBy::Variable => {
                let place = Place::whole(&self.path.to_string_lossy());
                let missing = Problem::whole(place, "no such file; the defaults are used");
                Source::empty_with(missing.into_warning())
            }
        })
    }
}

/// The user's home folder, where there is one.
pub fn home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned())
}

/// What the workspace with this root says; nothing if it has no file.
pub fn read_workspace(root: &Path) -> Source {
    read(&root.join(WORKSPACE_FILE)).unwrap_or_default()
}

/// The nearest folder above `path` whose file an editor would read if it had that folder open.
pub fn workspace_of(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|folder| folder.join(WORKSPACE_FILE).is_file())
}

/// Reads a file of settings; `None` if there is none.
fn read(path: &Path) -> Option<Source> {
    let name = path.to_string_lossy();
    let unreadable = |what: &str| {
        Some(Source::unreadable(Problem::whole(Place::whole(&name), format!("not read: {what}"))))
    };
    // Checked before opening: opening a pipe would wait for whoever writes to it.
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return unreadable(&error.to_string()),
        Ok(found) if found.is_dir() => return unreadable("this is a folder"),
        Ok(found) if !found.is_file() => return unreadable("this is not a regular file"),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let outcome =
        File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(error) = outcome {
        return unreadable(&error.to_string());
    }
    if bytes.len() as u64 > BYTES_MAX {
        return unreadable("larger than 256 KiB");
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(source::from_toml(&name, &text)),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.split(|&byte| byte == b'\n').count();
            unreadable(&format!("not UTF-8 in line {line}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_voice_names_the_file() {
        let choose = |argument: Option<&str>, variable: Option<&str>| {
            UserFile::choose(argument.map(Path::new), variable.map(Into::into), Some("s".into()))
                .map(|file| (file.path, file.named_by))
        };
        let named = |path: &str, by| Some((PathBuf::from(path), by));
        assert_eq!(choose(Some("a"), Some("v")), named("a", NamedBy::Argument));
        assert_eq!(choose(None, Some("v")), named("v", NamedBy::Variable));
        assert_eq!(choose(None, Some("")), named("s", NamedBy::System));
        assert_eq!(UserFile::choose(None, None, None), None);
    }

    #[test]
    fn only_a_missing_file_is_silent() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, named_by| UserFile { path: folder.path().join(name), named_by };
        let problems = |file: UserFile| -> Vec<String> {
            file.read().problems.iter().map(ToString::to_string).collect()
        };
        assert!(problems(file("none.toml", NamedBy::System)).is_empty());
        let missing = problems(file("none.toml", NamedBy::Variable));
        assert!(missing[0].ends_with("none.toml: no such file; the defaults are used"));
        assert!(problems(file("", NamedBy::System))[0].ends_with("not read: this is a folder"));
        std::fs::write(folder.path().join("bytes"), b"a = 1\nb = \xff").expect("a file");
        let bytes = problems(file("bytes", NamedBy::System));
        assert!(bytes[0].ends_with("not read: not UTF-8 in line 2"), "{bytes:?}");
        std::fs::write(folder.path().join("big"), "#".repeat(300_000)).expect("a file");
        assert!(problems(file("big", NamedBy::System))[0].ends_with("larger than 256 KiB"));
    }
}
