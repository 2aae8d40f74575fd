//! What became of the last request about each document, for the next one at the same place.

use std::collections::HashMap;

use crate::domain::document::DocumentId;
use crate::domain::explain::{Explanation, Silence};
use crate::domain::site::Site;

/// The last request about each document whose text has not changed since.
#[derive(Debug, Default)]
pub(super) struct Receptions(HashMap<DocumentId, Last>);

#[derive(Debug)]
struct Last {
    revision: u64,
    offset: usize,
    request: u64,
    was_blank: bool,
}

impl Receptions {
    /// Notes how a request about this place ended.
    pub(super) fn note(&mut self, site: (DocumentId, u64, usize), explanation: &Explanation) {
        let (document, revision, offset) = site;
        let was_blank =
            matches!(explanation.silence, Some(Silence::NothingToSay | Silence::Filtered(_)));
        let has_answer = was_blank || explanation.offered.is_some();
        if has_answer {
            let last = Last { revision, offset, request: explanation.request, was_blank };
            self.0.insert(document, last);
        }
    }

    /// The document has changed or is closed.
    pub(super) fn forget(&mut self, document: DocumentId) {
        self.0.remove(&document);
    }

    /// The number of the last request about this very place, and whether nothing came of it.
    pub(super) fn find(&self, site: &Site) -> Option<(u64, bool)> {
        let last = self.0.get(&site.document.id)?;
        let is_here = (last.revision, last.offset) == (site.document.revision, site.offset);
        is_here.then_some((last.request, last.was_blank))
    }
}
