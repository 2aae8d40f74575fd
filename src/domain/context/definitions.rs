//! First lines of what is defined elsewhere and named near the cursor: functions that are called,
//! types with their members.

use std::ops::Range;

use crate::domain::excerpts::{Defined, Excerpts};
use crate::domain::language::DefinitionKind;

/// Names that stand for more than so many things say nothing about which is meant.
const MEANINGS_MAX: usize = 3;
/// The most members shown of a type.
const MEMBERS_MAX: usize = 12;
/// The most definitions in a prompt, their members not counted.
const DEFINITIONS_MAX: usize = 12;

/// Lines of one file that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    /// Which file.
    pub(super) file: usize,
    /// Ranges of it, in order.
    pub(super) bytes: Vec<Range<usize>>,
}

/// What stands in `files` of the things with these names, the nearest name first.
pub(super) fn find(names: &[u32], files: &[&Excerpts]) -> Vec<Lines> {
    let mut found: Vec<Lines> = Vec::new();
    for name in names {
        let meanings: Vec<(usize, &Defined)> = files
            .iter()
            .enumerate()
            .flat_map(|(file, excerpts)| excerpts.named(*name).iter().map(move |d| (file, d)))
            .collect();
        let is_told = (1..=MEANINGS_MAX).contains(&meanings.len());
        for (file, defined) in meanings.into_iter().filter(|_| is_told) {
            // A field or variable says what it is by its type.
            let is_type = defined.kind == DefinitionKind::Type;
            let meant = if is_type { defined.name } else { defined.of_type };
            if matches!(defined.kind, DefinitionKind::Function | DefinitionKind::Type) {
                add(&mut found, file, files[file], defined);
            } else if meant != 0 && !names.contains(&meant) {
                for (file, excerpts) in files.iter().enumerate() {
                    let types = excerpts.named(meant).iter();
                    let types = types.filter(|defined| defined.kind == DefinitionKind::Type);
                    types.take(1).for_each(|defined| add(&mut found, file, excerpts, defined));
                }
            }
            if found.len() >= DEFINITIONS_MAX {
                return found;
            }
        }
    }
    found
}

fn add(found: &mut Vec<Lines>, file: usize, excerpts: &Excerpts, defined: &Defined) {
    let mut bytes = vec![defined.bytes.clone()];
    if defined.kind == DefinitionKind::Type {
        let members = excerpts.members_of(defined.name).into_iter();
        bytes.extend(members.take(MEMBERS_MAX).map(|member| member.bytes.clone()));
        bytes.sort_by_key(|range| range.start);
        bytes.dedup_by(|next, kept| next.start < kept.end);
    }
    let lines = Lines { file, bytes };
    if !found.contains(&lines) {
        found.push(lines);
    }
}
