//! How a line goes on behind a half-typed operator: as other lines do behind the same sign. `err !`
//! becomes `err != nil {` where other lines have that.

use super::{Likeness, Run, Runs, spaced};
use crate::domain::language::Lexical;
use crate::domain::local::text::Lines;

/// Bound: bytes of a rest.
const REST_BYTES_MAX: usize = 32;
/// Bound: rests that are told apart, the nearest first.
const SEEN_MAX: usize = 64;
/// Bound: rests that are offered as they stand in another line.
const RESTS_MAX: usize = 8;
/// Bound: beginnings of rests that are offered with other closers.
const HEADS_MAX: usize = 4;
/// More characters before the sign than this say no more.
const SAME_MAX: usize = 8;

/// How some other lines go on.
struct Rest<'t> {
    text: &'t str,
    /// Bytes of it before its closers and separators.
    head: usize,
    likeness: Likeness,
}

impl Runs<'_> {
    /// How other lines go on behind the same sign, as a whole, and their beginnings with the closers
    /// that fit here.
    pub(super) fn rests(&mut self, lines: &Lines<'_>) {
        let lexical = &self.site.document.language.lexical;
        let rests = rests(self.site.code_before(), lines, lexical);
        let mut closers: Vec<(String, usize)> = vec![(lexical.statement_end.clone(), 0)];
        closers.extend(lexical.block_openers.iter().map(|opener| (spaced(opener), 0)));
        if let Some(closer) = self.innermost() {
            let behind = closers.iter().map(|(tail, _)| (format!("{closer}{tail}"), 1));
            let behind: Vec<_> = behind.collect();
            closers = vec![(closer, 1)];
            closers.extend(behind);
        }
        for rest in rests.iter().take(RESTS_MAX) {
            if let Some(closes) = self.fits(rest.text) {
                let run = Run::on_line(rest.text.to_owned(), closes);
                self.push(Run { head: rest.head, likeness: rest.likeness, ..run });
            }
        }
        let mut heads: Vec<&str> = Vec::new();
        for rest in &rests {
            let head = &rest.text[..rest.head];
            if heads.len() == HEADS_MAX || heads.contains(&head) || self.fits(head) != Some(0) {
                continue;
            }
            heads.push(head);
            let likeness = Likeness { is_whole: false, ..rest.likeness };
            for (closer, closes) in &closers {
                let run = Run::on_line(format!("{head}{closer}"), *closes);
                self.push(Run { head: rest.head, likeness, ..run });
            }
        }
    }
}

/// What follows the sign at the end of `code` in other lines where that is half an operator, the
/// likest first.
fn rests<'t>(code: &str, lines: &Lines<'t>, lexical: &Lexical) -> Vec<Rest<'t>> {
    let is_part =
        |c: char| !lexical.is_word(c) && c.is_ascii_punctuation() && !"()[]{},;\"'`\\".contains(c);
    let before = code.trim_end_matches(is_part);
    let sign = &code[before.len()..];
    let mut found: Vec<Rest<'t>> = Vec::new();
    if sign.is_empty() {
        return found;
    }
    let mut order: Vec<usize> = (0..lines.all.len()).collect();
    order.sort_by_key(|index| lines.distance(*index));
    for line in order.into_iter().map(|index| &lines.all[index]) {
        for (at, _) in line.text.match_indices(sign) {
            let text = line.text[at + sign.len()..].trim_end();
            let begins_here = !line.text[..at].ends_with(is_part);
            if !begins_here || !text.starts_with(is_part) || text.len() > REST_BYTES_MAX {
                continue;
            }
            let pairs = line.text[..at].chars().rev().zip(before.chars().rev());
            let same_before = pairs.take(SAME_MAX).take_while(|(a, b)| a == b).count();
            if same_before == 0 {
                continue;
            }
            if let Some(known) = found.iter_mut().find(|known| known.text == text) {
                known.likeness.same_before = known.likeness.same_before.max(same_before);
                known.likeness.lines += 1;
            } else if found.len() < SEEN_MAX {
                let likeness = Likeness { same_before, lines: 1, is_whole: true };
                found.push(Rest { text, head: head_of(text, lexical), likeness });
            }
        }
    }
    found.sort_by_key(|rest| {
        (std::cmp::Reverse((rest.likeness.same_before, rest.likeness.lines)), rest.text.len())
    });
    found
}

/// The bytes of a rest before what closes or separates: up to a closer that was opened before it, a
/// separator, or a block that begins.
fn head_of(text: &str, lexical: &Lexical) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        if lexical.brackets.iter().any(|(open, _)| *open == c) {
            let is_block = text[at + c.len_utf8()..].trim().is_empty();
            if is_block && depth == 0 {
                return text[..at].trim_end().len();
            }
            depth += 1;
        } else if lexical.brackets.iter().any(|(_, close)| *close == c) {
            if depth == 0 {
                return text[..at].trim_end().len();
            }
            depth -= 1;
        } else if depth == 0 && (c == ',' || lexical.statement_end.starts_with(c)) {
            return text[..at].trim_end().len();
        }
    }
    let colon = lexical.block_openers.iter().any(|opener| opener == ":") && text.ends_with(':');
    text.len() - usize::from(colon)
}
