//! What usually follows a word in the text around the cursor: the best sign of whether the
//! expression it ends is finished.

use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::words::for_each_word;

/// Bytes looked through before and after the cursor.
const SCAN_BEFORE: usize = 24 << 10;
const SCAN_AFTER: usize = 8 << 10;
/// What is assumed of a word before it was seen: closed once in three times.
const PRIOR: (f64, f64) = (0.4, 1.2);

/// How often a closing bracket follows the word before the cursor elsewhere, 0 to 1.
pub(super) fn closed_share(site: &Site) -> f64 {
    let rope = &site.document.rope;
    let lexical = &site.document.language.lexical;
    let before = text::tail_before(rope, site.offset - site.word.len(), SCAN_BEFORE);
    let after = text::head_after(rope, site.offset, SCAN_AFTER);
    let (mut closed, mut seen) = PRIOR;
    for piece in [&before, &after] {
        for_each_word(piece, lexical, |at, word| {
            if word != site.word {
                return;
            }
            let next = piece[at + word.len()..].trim_start_matches([' ', '\t']).chars().next();
            let ends = next.is_some_and(|c| lexical.brackets.iter().any(|(_, close)| *close == c));
            seen += 1.0;
            closed += f64::from(u8::from(ends));
        });
    }
    closed / seen
}
