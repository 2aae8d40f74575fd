//! Refuses text with characters that a reader cannot see or that reorder what is seen (bidi
//! controls, tags, zero-width characters, control codes): the Trojan Source family,
//! CVE-2021-42574. Such an answer is dropped, not stripped, because what is left of it would not
//! be what the model wrote either.

use super::Dropped;
use crate::domain::site::Site;

/// Drops text with suspicious characters unless they already stand on the cursor's line.
pub(super) fn check(site: &Site, text: &str) -> Result<(), Dropped> {
    let is_known = |c: char| site.line_prefix.contains(c) || site.line_suffix.contains(c);
    if text.chars().any(|c| is_suspicious(c) && !is_known(c)) {
        return Err("the answer holds invisible or reordering characters");
    }
    Ok(())
}

fn is_suspicious(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        // Zero-width characters, direction marks and controls, tags and variation selectors.
        '\u{200b}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{e0000}'..='\u{e01ef}' => true,
        _ => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn every_kind_is_dropped_and_ordinary_text_passes() {
        let site = site("x = |");
        for c in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{e0041}', '\u{1b}', '\0', '\u{85}'] {
            assert!(check(&site, &format!("a{c}b")).is_err(), "{c:?}");
        }
        for text in ["a\tb\n", "naïve", "日本語", "שלום", "👩\u{200d}👩\u{200d}👧"] {
            assert!(check(&site, text).is_ok(), "{text}");
        }
    }
}
