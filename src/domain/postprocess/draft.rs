//! An answer while it is being written: what of it is meant for the cursor, and whether that is
//! complete.
//!
//! What a model has said so far is read anew with each piece, because a later one may change what the
//! earlier ones mean: text before a fence is talk once the fence is there. That is cheap for an answer
//! of usual length. In a long one it would be quadratic, so there the text is read anew only when it
//! has grown by a sixteenth: an endless stream costs some tens of readings instead of thousands. The
//! search for the end reads each byte once (`extent`).

use super::bare;
use super::extent::Finder;
use crate::domain::class::{Extent, RequestClass};
use crate::domain::site::Site;

/// Up to this many bytes an answer is read with each piece: longer than nearly every answer.
const OFTEN_MAX: usize = 4 << 10;
/// A longer one is read again when it has grown by this part of itself.
const GROWTH: usize = 16;

/// Reads an answer piece by piece.
pub struct Draft<'a> {
    site: &'a Site,
    class: RequestClass,
    extent: Extent,
    is_chat: bool,
    finder: Finder<'a>,
    /// Bytes of raw text at the last reading.
    read: usize,
}

impl<'a> Draft<'a> {
    /// Nothing written yet.
    pub fn new(site: &'a Site, class: RequestClass, extent: Extent, is_chat: bool) -> Self {
        let finder = Finder::new(site, class, extent);
        Self { site, class, extent, is_chat, finder, read: 0 }
    }

    /// Brings `text`, the result of the last reading, up to date with all the raw text so far; or
    /// leaves it, where too little has come since. Returns whether the text fills its extent, to
    /// which it is cut then.
    pub fn read(&mut self, raw: &str, text: &mut String) -> bool {
        let is_enough = raw.len() <= OFTEN_MAX || raw.len() - self.read > self.read / GROWTH;
        is_enough && self.finish(raw, text)
    }

    /// The same, however little has come.
    pub fn finish(&mut self, raw: &str, text: &mut String) -> bool {
        self.read = raw.len();
        let fresh = bare(self.site, raw, self.is_chat);
        if !fresh.starts_with(text.as_str()) {
            self.finder = Finder::new(self.site, self.class, self.extent);
        }
        *text = fresh;
        let end = self.finder.find(text);
        text.truncate(end.unwrap_or(text.len()));
        end.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::extent::end_of;
    use super::super::tests::site;
    use super::*;

    const CODE: &str = "fn f() {\n    |\n}\n";

    /// The text after each piece, as a draft and as if it was read from the beginning.
    fn check(pieces: &[&str], is_chat: bool) {
        let site = site(CODE);
        let (class, extent) = (RequestClass::Logic, Extent::Block);
        let mut draft = Draft::new(&site, class, extent, is_chat);
        let (mut raw, mut text) = (String::new(), String::new());
        for piece in pieces {
            raw.push_str(piece);
            let is_complete = draft.read(&raw, &mut text);
            let mut whole = bare(&site, &raw, is_chat);
            let end = end_of(&site, class, extent, &whole);
            whole.truncate(end.unwrap_or(whole.len()));
            assert_eq!((text.as_str(), is_complete), (whole.as_str(), end.is_some()), "{raw}");
            if is_complete {
                break;
            }
        }
    }

    #[test]
    fn a_draft_reads_as_the_whole_does() {
        check(&["a();", "\r", "\n    b", "();\r\n", "}\n", "fn g() {"], false);
        check(&["Sure", ":\n`", "``rust\n", "a();\n", "}\n", "```\nDone"], true);
    }

    #[test]
    fn a_long_answer_is_read_some_tens_of_times() {
        let site = site(CODE);
        let mut draft = Draft::new(&site, RequestClass::Logic, Extent::Block, false);
        let (mut raw, mut text, mut readings, mut length) = (String::new(), String::new(), 0, 0);
        while raw.len() < 32 << 10 {
            raw.push_str("call();\n    ");
            assert!(!draft.read(&raw, &mut text));
            readings += usize::from(raw.len() > OFTEN_MAX && text.len() != length);
            length = text.len();
        }
        assert!((20..50).contains(&readings), "{readings}");
        assert!(!draft.finish(&raw, &mut text) && text.len() == raw.len());
    }
}
