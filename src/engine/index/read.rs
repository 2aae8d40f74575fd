//! Reading the files of a group.
//!
//! Whatever stands in a file, it costs at most that file: what is no text, too large or written by a
//! program is passed over, and so is a file that makes the reading panic.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::groups::Group;
use crate::config::languages::Languages;
use crate::domain::index::{Draft, SegmentBuilder};

/// Bytes at the beginning of a file in which a zero says that it is no text.
const SNIFFED: usize = 8 << 10;
/// Bound: bytes of a line. Longer ones are written by programs.
const LINE_MAX: usize = 8 << 10;

/// The text of a file, if it is one that people write.
pub(super) fn text_of(path: &Path, bytes_max: u64) -> Option<String> {
    // Asked again, because opening a pipe would wait for whoever writes to it.
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(bytes_max + 1).read_to_end(&mut bytes).ok()?;
    let is_whole = bytes.len() as u64 <= bytes_max;
    if !is_whole || bytes.iter().take(SNIFFED).any(|byte| *byte == 0) {
        return None;
    }
    let text = String::from_utf8(bytes).ok()?;
    let is_written_by_hand = text.lines().all(|line| line.len() <= LINE_MAX);
    is_written_by_hand.then_some(text)
}

/// Counts the files of a group. Those in `harmful` are left out, and one that causes a panic is added
/// to them. `rest` is called after each file.
pub(super) fn count(
    group: &Group,
    languages: &Languages,
    bytes_max: u64,
    harmful: &mut BTreeSet<PathBuf>,
    rest: &mut dyn FnMut(),
) -> Draft {
    loop {
        let mut builder = SegmentBuilder::default();
        let mut add = |path: &Path| {
            let Some(text) = text_of(path, bytes_max) else { return };
            let language = languages.detect("", path, &text);
            if language.family == group.family {
                builder.add(&text, &language.lexical);
            }
        };
        let mut is_whole = true;
        for path in &group.files {
            if harmful.contains(path) {
                continue;
            }
            if catch_unwind(AssertUnwindSafe(|| add(path))).is_err() {
                tracing::error!("a file made the index panic and is left out");
                harmful.insert(path.clone());
                is_whole = false;
                break;
            }
            rest();
        }
        if is_whole {
            return builder.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_write_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let check = |name: &str, content: &[u8], is_read: bool| {
            let path = folder.path().join(name);
            fs::write(&path, content).expect("a file");
            assert_eq!(text_of(&path, 20_000).is_some(), is_read, "{name}");
        };
        check("code", b"fn main() {}\n", true);
        check("empty", b"", true);
        check("binary", b"fn\0main", false);
        check("other encoding", b"caf\xe9", false);
        check("large", "a\n".repeat(10_001).as_bytes(), false);
        check("minified", "a;".repeat(4_200).as_bytes(), false);
        assert_eq!(text_of(folder.path(), 100), None);
        assert_eq!(text_of(&folder.path().join("none"), 100), None);
    }
}
