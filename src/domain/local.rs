//! The local engine: closers and names with no model, no network and no cost.
//!
//! It answers alone where it is sure, and its best guess is what is left when models are late,
//! sick or not configured. Everything is computed from a bounded window around the cursor and
//! from word indexes built ahead, so that the cost does not grow with the file.

mod closers;
mod habits;
mod names;

use super::class::RequestClass;
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

/// What may be inserted at `site`, best first.
pub fn offers(site: &Site, class: RequestClass, known: &Known) -> Vec<Offer> {
    let mut offers = match class {
        RequestClass::Closer => closers::offers(site, known),
        RequestClass::Identifier => {
            let mut offers = names::offers(site, known);
            // A finished name inside open delimiters may want closing instead, the less so the
            // more speaks for a longer name.
            let longer = offers.first().map_or(0.0, |offer| offer.confidence.value());
            offers.extend(closers::offers(site, known).into_iter().map(|offer| Offer {
                confidence: Confidence::new(offer.confidence.value() * (1.0 - longer)),
                ..offer
            }));
            offers
        }
        RequestClass::Line | RequestClass::Boilerplate => {
            let mut offers = closers::offers(site, known);
            offers.extend(names::offers(site, known));
            offers
        }
        RequestClass::Prose | RequestClass::Logic | RequestClass::Refactor => Vec::new(),
    };
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.confidence));
    offers.truncate(OFFERS_MAX);
    offers
}

#[cfg(test)]
mod tests;
