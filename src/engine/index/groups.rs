//! Files in groups, each of which becomes a segment.
//!
//! A group is known by the names, sizes and times of its files, so a group that has not changed is
//! found again, in this process and on disk. Where groups end is decided by the files themselves: a
//! new file changes its own group, and the ones after it stay.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use super::Indexes;
use super::survey::Listing;
use crate::domain::index::{Draft, Key};

/// Bytes of text in a group: it may end from the first number on, and ends with the second.
const GROUP_BYTES: (u64, u64) = (256 << 10, 512 << 10);
/// From the lower bound on, a group ends at one of this many files.
const END_AT_ONE_OF: u8 = 8;

/// What a group is known by.
pub(super) type GroupId = [u8; 32];

/// Some files that are read together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: GroupId,
    pub(super) family: String,
    pub(super) files: Vec<PathBuf>,
}

/// A group that is still open to more files.
#[derive(Default)]
struct Filling {
    hasher: blake3::Hasher,
    files: Vec<PathBuf>,
    bytes: u64,
}

impl Filling {
    fn end(self, family: &str) -> Option<Group> {
        let id = self.hasher.finalize().into();
        let family = family.to_owned();
        (!self.files.is_empty()).then_some(Group { id, family, files: self.files })
    }
}

/// All files in groups, those in `without` left out. `fingerprint` stands for how text is read.
pub(super) fn grouped(
    listing: &Listing,
    without: &BTreeSet<PathBuf>,
    fingerprint: u32,
) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut filling: BTreeMap<&str, Filling> = BTreeMap::new();
    for (path, found) in listing {
        let group = filling.entry(&found.family).or_default();
        if group.bytes == 0 {
            group.hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
            group.hasher.update(&fingerprint.to_le_bytes());
        }
        group.bytes += found.bytes.max(1);
        let name = path.as_os_str().as_encoded_bytes();
        // Files left out do not move the ends of groups, so that opening a file changes one group.
        if !without.contains(path) {
            group.hasher.update(&(name.len() as u64).to_le_bytes()).update(name);
            group.hasher.update(&found.bytes.to_le_bytes()).update(&found.changed.to_le_bytes());
            group.files.push(path.clone());
        }
        let (may, must) = GROUP_BYTES;
        // By the file's own name, so that a project is cut the same way wherever it lies.
        let own = path.file_name().unwrap_or_default().as_encoded_bytes();
        let is_end = || blake3::hash(own).as_bytes()[0].is_multiple_of(END_AT_ONE_OF);
        if group.bytes >= must || group.bytes >= may && is_end() {
            groups.extend(std::mem::take(group).end(&found.family));
        }
    }
    groups.extend(filling.into_iter().filter_map(|(family, group)| group.end(family)));
    groups
}

/// The groups that are in the indexes.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    present: HashMap<GroupId, (String, Key)>,
    next: u32,
}

impl Shelf {
    /// Whether a group is there.
    pub(super) fn has(&self, group: &Group) -> bool {
        self.present.contains_key(&group.id)
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    /// Puts in what was found in a group.
    pub(super) fn put(&mut self, indexes: &Indexes, group: &Group, draft: Draft) {
        let key = Key::Files(self.next);
        self.next = self.next.wrapping_add(1);
        indexes.put(&group.family, key, draft);
        self.present.insert(group.id, (group.family.clone(), key));
    }

    /// Takes out every group but these.
    pub(super) fn keep(&mut self, indexes: &Indexes, wanted: &[Group]) {
        let wanted: BTreeSet<&GroupId> = wanted.iter().map(|group| &group.id).collect();
        self.present.retain(|id, (family, key)| {
            let stays = wanted.contains(id);
            if !stays {
                indexes.remove(family, *key);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::survey::Found;
    use super::*;

    fn listing(count: u32) -> Listing {
        let found = |n: u32| Found {
            family: if n.is_multiple_of(5) { "b" } else { "a" }.to_owned(),
            bytes: u64::from(n % 7) * 10_000,
            changed: 1,
        };
        (0..count).map(|n| (PathBuf::from(format!("/p/{n:05}")), found(n))).collect()
    }

    fn ids(groups: &[Group]) -> BTreeSet<GroupId> {
        groups.iter().map(|group| group.id).collect()
    }

    #[test]
    fn every_file_is_in_one_group_of_its_family_and_of_bounded_size() {
        let listing = listing(1000);
        let groups = grouped(&listing, &BTreeSet::new(), 0);
        let mut seen = BTreeSet::new();
        for group in &groups {
            let bytes: u64 = group.files.iter().map(|path| listing[path].bytes).sum();
            assert!(bytes < GROUP_BYTES.1 + 70_000, "{bytes}");
            assert!(group.files.iter().all(|path| listing[path].family == group.family));
            assert!(group.files.iter().all(|path| seen.insert(path.clone())));
        }
        assert_eq!(seen.len(), listing.len());
    }

    #[test]
    fn a_project_that_lies_elsewhere_is_cut_the_same_way() {
        let sizes = |listing: &Listing| -> Vec<usize> {
            let groups = grouped(listing, &BTreeSet::new(), 0);
            groups.iter().map(|group| group.files.len()).collect()
        };
        let here = listing(1000);
        let moved = |(path, found): (&PathBuf, &Found)| {
            (
                PathBuf::from("/another/place").join(path.file_name().unwrap_or_default()),
                found.clone(),
            )
        };
        let there: Listing = here.iter().map(moved).collect();
        assert_eq!(sizes(&here), sizes(&there));
    }

    #[test]
    fn one_change_leaves_most_groups_as_they_are() {
        let before = listing(1000);
        let groups = grouped(&before, &BTreeSet::new(), 0);
        assert!(groups.len() > 40);
        let changed = |after: &Listing, without: &BTreeSet<PathBuf>| {
            ids(&grouped(after, without, 0)).difference(&ids(&groups)).count()
        };
        let path = PathBuf::from("/p/00500");
        let mut after = before.clone();
        after.entry(path.clone()).and_modify(|found| found.changed = 2);
        assert_eq!(changed(&after, &BTreeSet::new()), 1);
        assert_eq!(changed(&before, &BTreeSet::from([path.clone()])), 1);
        after.remove(&path);
        assert!(changed(&after, &BTreeSet::new()) <= 8);
        assert_eq!(
            ids(&grouped(&before, &BTreeSet::new(), 1)).intersection(&ids(&groups)).count(),
            0
        );
    }
}
