//! Refuses text with characters that a reader cannot see or that reorder what is seen (bidi
//! controls, tags, zero-width characters, control codes): the Trojan Source family,
//! CVE-2021-42574. Such an answer is dropped, not stripped, because what is left of it would not
//! be what the model wrote either.
//!
//! The table follows Unicode's properties `Default_Ignorable_Code_Point` and `Bidi_Control` (Unicode
//! 16.0, DerivedCoreProperties.txt and PropList.txt), with the controls of general category Cc and
//! the separators U+2028 and U+2029. Joiners and variation selectors are part of how people write
//! emoji and some scripts, so they pass after a character that they can change.

use super::Dropped;
use crate::domain::site::Site;

/// Drops text with suspicious characters unless they already stand on the cursor's line.
pub(super) fn check(site: &Site, text: &str) -> Result<(), Dropped> {
    let is_known = |c: char| site.line_prefix.contains(c) || site.line_suffix.contains(c);
    // What a decoder puts where bytes were no text; nobody knows what the model meant.
    if text.contains(char::REPLACEMENT_CHARACTER) && !is_known(char::REPLACEMENT_CHARACTER) {
        return Err("the answer holds bytes that are no text");
    }
    let before = site.line_prefix.chars().next_back().unwrap_or(' ');
    let pairs = std::iter::once(before).chain(text.chars()).zip(text.chars());
    for (before, c) in pairs {
        if is_suspicious(before, c) && !is_known(c) {
            return Err("the answer holds invisible or reordering characters");
        }
    }
    Ok(())
}

fn is_suspicious(before: char, c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        // Joiners and variation selectors change what stands before them.
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => !is_joinable(before),
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control(),
    }
}

/// Whether a joiner or selector after `c` can mean something: beyond Latin, Greek and Cyrillic
/// letters, and after the digits of keycap emoji.
fn is_joinable(c: char) -> bool {
    let is_selector = matches!(c, '\u{200c}' | '\u{200d}');
    (c >= '\u{590}' && !is_selector) || c.is_ascii_digit() || matches!(c, '#' | '*' | '©' | '®')
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn every_kind_is_dropped_and_ordinary_text_passes() {
        let site = site("x = |");
        for c in [
            '\u{202e}',
            '\u{2066}',
            '\u{200b}',
            '\u{e0041}',
            '\u{1b}',
            '\0',
            '\u{85}',
            '\u{ad}',
            '\u{3164}',
            '\u{2028}',
            '\u{200d}',
            '\u{fe0f}',
            '\u{e0100}',
            '\u{2062}',
        ] {
            assert!(check(&site, &format!("a{c}b")).is_err(), "{c:?}");
        }
        for text in [
            "a\tb\n",
            "naïve",
            "日本語",
            "שלום",
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
        ] {
            assert!(check(&site, text).is_ok(), "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_dropped() {
        assert!(check(&site("x = |"), "a\u{fffd}").is_err());
        assert!(check(&site("\"\u{fffd}\" == |"), "\"\u{fffd}\"").is_ok());
    }

    #[test]
    fn two_joiners_in_a_row_are_a_message() {
        assert!(check(&site("x = |"), "日\u{200d}\u{200c}本").is_err());
    }
}
