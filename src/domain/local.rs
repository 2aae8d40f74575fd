//! The local engine: closers and names with no model, no network and no cost.
//!
//! It answers alone where it is sure, and its best guess is what is left when models are late,
//! sick or not configured. Everything is computed from a bounded window around the cursor and
//! from word indexes built ahead, so that the cost does not grow with the file.

mod closers;
mod names;

use super::class::{Classification, RequestClass};
use super::completion::Confidence;
use super::site::Site;
use super::words::WordIndex;
use std::sync::Arc;

/// Bound: offers made for one request.
pub const OFFERS_MAX: usize = 5;

/// One thing that may be inserted at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The text to insert.
    pub text: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// What the local engine may look at besides the site.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Names of the site's own document; may lag behind by some keystrokes.
    pub own: Arc<WordIndex>,
    /// Names of the other open documents.
    pub others: Vec<Arc<WordIndex>>,
    /// Whether closers may be offered.
    pub closers: bool,
    /// Whether names may be offered.
    pub names: bool,
}

/// What may be inserted at `site`, best first. `found` is what the classifier says of it: closers are
/// offered as surely as it finds that nothing else comes first.
pub fn offers(site: &Site, found: &Classification, known: &Known) -> Vec<Offer> {
    if matches!(found.class, RequestClass::Prose | RequestClass::Logic | RequestClass::Refactor) {
        return Vec::new();
    }
    let mut offers = closers::offers(site, found, known);
    if found.class != RequestClass::Closer {
        offers.extend(names::offers(site, known));
    }
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.confidence));
    offers.truncate(OFFERS_MAX);
    offers
}

#[cfg(test)]
mod tests;
