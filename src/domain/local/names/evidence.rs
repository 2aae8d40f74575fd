//! What speaks for each name: how often, how near and beside what it was seen.

use super::window::{MARKS, Occurrence, Place};
use crate::domain::tokens::ByHash;
use crate::domain::tokens::contexts::CONTEXTS;

/// The ways in which an occurrence may stand where the cursor stands: behind the same token, then
/// those of [`Before::contexts`](crate::domain::tokens::contexts::Before::contexts).
pub(super) const LIKENESSES: usize = CONTEXTS + 1;

/// Names by their hash.
pub(super) type Names<'t> = ByHash<Seen<'t>>;

/// What was seen of one name in the window.
#[derive(Debug)]
pub(super) struct Seen<'t> {
    pub(super) name: &'t str,
    /// How often before and after the cursor.
    pub(super) before: u32,
    pub(super) after: u32,
    pub(super) nearest_before: u32,
    pub(super) nearest_after: u32,
    /// How often with each mark.
    pub(super) marks: [u32; MARKS],
    /// For each likeness how often, how near, and how much of it by nearness.
    pub(super) alike: [Alike; LIKENESSES],
    /// How often the same token follows as behind the cursor, and how often it does behind the same
    /// token as before the cursor.
    pub(super) same_next: u32,
    pub(super) same_both: u32,
}

/// How often and how near a name was seen in one kind of place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike {
    pub(super) count: u32,
    pub(super) nearest: u32,
    /// The sum of the nearness of each.
    pub(super) weight: f32,
}

/// Farther than anything in the window.
pub(super) const FAR: u32 = 1 << 14;
/// Nearness halves each time so many tokens lie between.
const NEAR_TOKENS: f32 = 400.0;

/// What the occurrences say about the place `here`.
pub(super) fn gather<'t>(occurrences: &[Occurrence<'t>], here: &Place) -> Names<'t> {
    let mut names = Names::default();
    for occurrence in occurrences {
        let seen = names.entry(occurrence.hash).or_insert_with(|| Seen::new(occurrence.name));
        seen.add(occurrence, here);
    }
    names
}

impl<'t> Seen<'t> {
    pub(super) fn new(name: &'t str) -> Self {
        let nowhere = Alike { count: 0, nearest: FAR, weight: 0.0 };
        Self {
            name,
            before: 0,
            after: 0,
            nearest_before: FAR,
            nearest_after: FAR,
            marks: [0; MARKS],
            alike: [nowhere; LIKENESSES],
            same_next: 0,
            same_both: 0,
        }
    }

    /// How often it was seen.
    pub(super) fn count(&self) -> u32 {
        self.before + self.after
    }

    fn add(&mut self, occurrence: &Occurrence<'_>, here: &Place) {
        let (count, nearest) = if occurrence.is_before {
            (&mut self.before, &mut self.nearest_before)
        } else {
            (&mut self.after, &mut self.nearest_after)
        };
        *count += 1;
        *nearest = occurrence.distance.min(*nearest);
        for (count, is_marked) in self.marks.iter_mut().zip(occurrence.marks) {
            *count += u32::from(is_marked);
        }
        self.compare(&occurrence.place, occurrence.distance, here);
    }

    fn compare(&mut self, place: &Place, distance: u32, here: &Place) {
        let mut weight = None;
        let last = place.before.last();
        let is_same_last = last == here.before.last();
        let in_common = place.before.in_common(&here.before);
        let likenesses = std::iter::once(is_same_last && last != 0).chain(in_common);
        for (alike, _) in self.alike.iter_mut().zip(likenesses).filter(|(_, is_alike)| *is_alike) {
            alike.count += 1;
            alike.nearest = alike.nearest.min(distance);
            alike.weight +=
                *weight.get_or_insert_with(|| (-(distance as f32) / NEAR_TOKENS).exp2());
        }
        let is_same_next = place.next == here.next;
        self.same_next += u32::from(is_same_next);
        self.same_both += u32::from(is_same_next && is_same_last);
    }
}
