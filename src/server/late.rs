//! Which places were answered without an answer that is still on its way.
//!
//! A reply leaves at its deadline whether or not the model is done; the call goes on and its text
//! goes to the cache. Whoever still looks at that place should get it then. A place is told of once,
//! so that a client that asks again and is late again cannot go round in circles.

use std::collections::HashMap;

use crate::domain::document::DocumentId;
use crate::domain::explain::{Ended, Explanation, Silence};

/// A place in one state of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The document's revision.
    pub(super) revision: u64,
    /// The cursor as a byte offset.
    pub(super) offset: usize,
}

/// The last place answered in each document.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<DocumentId, Place>);

#[derive(Debug)]
struct Place {
    spot: Spot,
    is_waiting: bool,
    was_told: bool,
}

impl Places {
    /// A request about `spot` was answered; `is_waiting` says whether without an answer that is on
    /// its way.
    pub(super) fn answered(&mut self, document: DocumentId, spot: Spot, is_waiting: bool) {
        let known = self.0.get(&document).filter(|place| place.spot == spot);
        let was_told = known.is_some_and(|place| place.was_told);
        self.0.insert(document, Place { spot, is_waiting, was_told });
    }

    /// An answer for the document is there; returns the place that waits for it.
    pub(super) fn landed(&mut self, document: DocumentId) -> Option<Spot> {
        let place = self.0.get_mut(&document)?;
        let is_news = place.is_waiting && !place.was_told;
        place.was_told |= is_news;
        is_news.then_some(place.spot)
    }

    /// The document was edited or closed.
    pub(super) fn forget(&mut self, document: DocumentId) {
        self.0.remove(&document);
    }
}

/// Whether a call was left behind when this reply went out; `is_calling` says whether one is under
/// way for the document now.
pub(super) fn is_waiting(explanation: &Explanation, is_calling: bool) -> bool {
    let was_late = explanation.attempts.iter().any(|attempt| attempt.ended == Ended::Late);
    was_late || is_calling && explanation.silence == Some(Silence::TooLate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: DocumentId = DocumentId(1);

    #[test]
    fn a_place_is_told_of_once_and_only_if_it_waits() {
        let spot = Spot { revision: 3, offset: 7 };
        let mut places = Places::default();
        assert_eq!(places.landed(DOCUMENT), None);
        places.answered(DOCUMENT, spot, false);
        assert_eq!(places.landed(DOCUMENT), None);
        places.answered(DOCUMENT, spot, true);
        assert_eq!(places.landed(DocumentId(2)), None);
        assert_eq!(places.landed(DOCUMENT), Some(spot));
        places.answered(DOCUMENT, spot, true);
        assert_eq!(places.landed(DOCUMENT), None, "late again at the same place");
        let next = Spot { offset: 8, ..spot };
        places.answered(DOCUMENT, next, true);
        assert_eq!(places.landed(DOCUMENT), Some(next));
        places.answered(DOCUMENT, spot, true);
        places.forget(DOCUMENT);
        assert_eq!(places.landed(DOCUMENT), None);
    }
}
