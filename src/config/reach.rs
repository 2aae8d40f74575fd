//! Which files a setting is about: all of them, those of one language, or those a pattern matches.
//!
//! The keys of the policy can be said for some files alone: `languages.python.line.tiers` and
//! `paths."tests/**".line.tiers` are `policy.line.tiers` for fewer files. Such a key is split into
//! its reach and the setting it is about, so that the table of settings names each setting once.

use globset::{GlobBuilder, GlobMatcher};

use super::languages::Languages;
use super::nearest;
use super::problem::Fault;
use super::value::{Key, Value};

/// The tables whose entries reach some files only: by language, by path.
pub const TABLES: [&str; 2] = [LANGUAGES, PATHS];

/// The table of what is said by language.
pub const LANGUAGES: &str = "languages";
/// The table of what is said by path.
pub const PATHS: &str = "paths";
const POLICY: &str = "policy";

/// Entries of the tables, as an example.
pub const EXAMPLE: &str = "[languages.python.line] or [paths.\"tests/**\".line]";

/// Bound: characters of a pattern.
const PATTERN_MAX: usize = 200;

/// The files a setting is about. The order is that of precedence: what is said later in it is said
/// for fewer files and wins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Every file.
    Everywhere,
    /// Files of the language with this id.
    Language(String),
    /// Files whose path matches this pattern, which has this many characters: of two patterns the
    /// longer one is taken to say more.
    Path(usize, String),
}

/// The reach of a key, and the setting it is about there.
pub fn split(key: &Key) -> (Reach, Key) {
    let [table, name, rest @ ..] = key.0.as_slice() else {
        return (Reach::Everywhere, key.clone());
    };
    let reach = match table.as_str() {
        LANGUAGES => Reach::Language(name.clone()),
        PATHS => Reach::Path(name.chars().count(), name.clone()),
        _ => return (Reach::Everywhere, key.clone()),
    };
    let mut about = vec![POLICY.to_owned()];
    about.extend_from_slice(rest);
    (reach, Key(about))
}

/// The key that says this policy setting for some files only.
pub fn within(table: &str, files: &str, about: &Key) -> Key {
    let mut key = vec![table.to_owned(), files.to_owned()];
    key.extend(about.0.iter().skip(1).cloned());
    Key(key)
}

/// What is wrong with the reach of a key, if anything.
pub fn check(key: &Key) -> Result<(), Fault> {
    match split(key).0 {
        Reach::Everywhere => Ok(()),
        Reach::Language(id) => {
            let known = Languages::shared();
            if known.all().iter().any(|language| language.id == id) {
                return Ok(());
            }
            let ids = known.all().iter().map(|language| language.id.as_str());
            let alias = known.by_id(&id);
            let near = match &alias {
                Some(language) => Some(language.id.as_str()),
                None => nearest::closest(&id, ids),
            };
            let what = format!("no such language as {}", Value::Text(id.clone()));
            Err(match near {
                Some(near) => Fault::new(what, format!("did you mean languages.{near}?")),
                None => Fault::new(what, "valid are the ids editors use, such as python or cpp"),
            })
        }
        Reach::Path(chars, pattern) => {
            let shown = Value::Text(pattern.clone()).shown();
            if chars > PATTERN_MAX {
                return Err(Fault::new(
                    format!("the pattern {shown} is too long"),
                    format!("valid are at most {PATTERN_MAX} characters"),
                ));
            }
            if pattern.trim().is_empty() {
                return Err(Fault::new(
                    "the pattern is empty",
                    "valid is one such as \"tests/**\"",
                ));
            }
            glob(&pattern).map(drop).map_err(|error| {
                let what = format!("the pattern {shown} is not valid: {}", error.kind());
                Fault::new(what, "valid is one such as \"tests/**\" or \"*.sql\"")
            })
        }
    }
}

/// The pattern as people mean it: a name matches in any folder, a trailing slash a whole folder,
/// letters in either case.
pub fn glob(pattern: &str) -> Result<globset::Glob, globset::Error> {
    let start = if pattern.starts_with('/') || pattern.starts_with("**/") { "" } else { "**/" };
    let end = if pattern.ends_with('/') { "**" } else { "" };
    GlobBuilder::new(&format!("{start}{pattern}{end}"))
        .case_insensitive(true)
        .literal_separator(true)
        .build()
}

impl Reach {
    /// The table that speaks of these files; the policy's own for every file.
    pub fn table(&self) -> Key {
        match self {
            Self::Everywhere => Key::of(&[POLICY]),
            Self::Language(id) => Key::of(&[LANGUAGES, id]),
            Self::Path(_, pattern) => Key::of(&[PATHS, pattern]),
        }
    }

    /// Compiled, where it is a pattern.
    pub fn matcher(&self) -> Option<GlobMatcher> {
        match self {
            Self::Path(_, pattern) => glob(pattern).ok().map(|glob| glob.compile_matcher()),
            Self::Everywhere | Self::Language(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_split_into_files_and_setting() {
        let check = |segments: &[&str], reach, about: &[&str]| {
            assert_eq!(split(&Key::of(segments)), (reach, Key::of(about)));
        };
        let tiers = ["policy", "line", "tiers"];
        check(&tiers, Reach::Everywhere, &tiers);
        let language = Reach::Language("python".to_owned());
        check(&["languages", "python", "line", "tiers"], language, &tiers);
        let path = Reach::Path(8, "tests/**".to_owned());
        check(&["paths", "tests/**", "override"], path, &["policy", "override"]);
        check(&["languages"], Reach::Everywhere, &["languages"]);
    }

    #[test]
    fn fewer_files_come_later() {
        let reach = |segments: &[&str]| split(&Key::of(segments)).0;
        let language = reach(&["languages", "zig", "override"]);
        let short = reach(&["paths", "z/", "override"]);
        let long = reach(&["paths", "a/b/**", "override"]);
        assert!(Reach::Everywhere < language && language < short && short < long);
    }

    #[test]
    fn languages_must_be_known_by_their_own_id() {
        let fault = |id: &str| check(&Key::of(&["languages", id, "override"])).err();
        assert_eq!(fault("python"), None);
        let valid = |id: &str| fault(id).and_then(|fault| fault.valid);
        assert_eq!(valid("pyhton").as_deref(), Some("did you mean languages.python?"));
        assert_eq!(valid("Python").as_deref(), Some("did you mean languages.python?"));
        assert_eq!(valid("golang").as_deref(), Some("did you mean languages.go?"));
        assert!(valid("klingon").is_some_and(|valid| valid.starts_with("valid are the ids")));
    }

    #[test]
    fn patterns_must_compile_and_be_short() {
        let fault = |pattern: &str| check(&Key::of(&["paths", pattern, "override"])).err();
        assert_eq!(fault("tests/**"), None);
        let what = |pattern: &str| fault(pattern).map(|fault| fault.what).unwrap_or_default();
        assert!(what("a[").starts_with("the pattern \"a[\" is not valid"), "{}", what("a["));
        assert_eq!(what(" "), "the pattern is empty");
        assert!(what(&"a".repeat(201)).ends_with("is too long"));
    }
}
