//! What was read of the text around a cursor, kept for the next request: while a line is typed, the
//! lines above and below stay as they are. What is kept never changes an answer, only its cost.

use std::sync::{Arc, Mutex, PoisonError};

use super::names::{Above, Rows};
use super::text::Cut;
use crate::domain::language::Language;
use crate::domain::site::Site;

/// What was read for the last request; some hundred kilobytes. One serves all documents, as people type
/// in one place at a time.
#[derive(Debug, Default)]
pub struct Kept {
    /// The lines around the cursor's.
    pub(super) lines: Slot<Cut>,
    /// The names above the cursor's line; none where that line does not begin in plain code.
    pub(super) above: Slot<Option<Above>>,
    /// The names behind the cursor.
    pub(super) below: Slot<Rows>,
}

/// What one text was read as.
#[derive(Debug)]
pub(super) struct Slot<T>(Mutex<Option<Entry<T>>>);

#[derive(Debug)]
struct Entry<T> {
    language: Arc<Language>,
    text: String,
    /// Where in it the cursor's line is left out.
    split: usize,
    value: Arc<T>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Slot<T> {
    fn find(&self, site: &Site, (text, split): (&str, usize)) -> Option<Arc<T>> {
        let entry = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |entry: &&Entry<T>| {
            entry.split == split
                && entry.text == text
                && Arc::ptr_eq(&entry.language, &site.document.language)
        };
        entry.as_ref().filter(is_same).map(|entry| Arc::clone(&entry.value))
    }

    fn keep(&self, site: &Site, (text, split): (&str, usize), value: &Arc<T>) {
        let language = Arc::clone(&site.document.language);
        let entry = Entry { language, text: text.to_owned(), split, value: Arc::clone(value) };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(entry);
    }
}

/// What a text was read as: what is kept, where that is of this text, otherwise what `read` makes of it,
/// which then is kept. The cursor's line is left out at the offset beside the text.
pub(super) fn recall<T>(
    slot: Option<&Slot<T>>,
    site: &Site,
    text: (&str, usize),
    read: impl FnOnce() -> T,
) -> Arc<T> {
    let Some(slot) = slot else { return Arc::new(read()) };
    slot.find(site, text).unwrap_or_else(|| {
        let value = Arc::new(read());
        slot.keep(site, text, &value);
        value
    })
}
