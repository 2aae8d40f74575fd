//! The line below at which the text comes back to the cursor's indentation: a closer there was opened at
//! the end of the cursor's line, or is about to be.

use super::blocks::CLOSERS;
use super::habits::LineEnd;
use super::runs::Run;
use crate::domain::class::features::{Sheet, UNKNOWN, code};
use crate::domain::language::Lexical;
use crate::domain::site::Site;

/// What a run opens fits or does not fit the line that comes back.
const FITS: f32 = 1.0;
const FITS_PARTLY: f32 = 0.5;
const MISSES: f32 = 0.0;
/// It opens nothing, though there is something to open.
const OPENS_NOTHING: f32 = -2.0;

/// The line that comes back.
pub(super) struct Return<'t> {
    signs: &'t str,
    first: &'t str,
    /// Whether it stands exactly at the cursor's indentation, behind a line that is deeper.
    is_level: bool,
    /// How many lines lie between.
    lines: usize,
}

impl<'t> Return<'t> {
    pub(super) fn of(site: &Site, ends: &[LineEnd<'t>]) -> Self {
        let indent = site.indent.len();
        let mut below = ends.iter().filter(|end| !end.is_above).enumerate();
        match below.find(|(_, end)| end.indent <= indent) {
            Some((lines, end)) => Self {
                signs: if end.first.starts_with(CLOSERS) { closers_of(end) } else { "" },
                first: end.first,
                is_level: end.indent == indent && (lines > 0 || end.first.starts_with(CLOSERS)),
                lines,
            },
            None => Self { signs: "", first: "", is_level: false, lines: 0 },
        }
    }

    pub(super) fn numbers(&self, run: &Run, lexical: &Lexical, sheet: &mut Sheet<'static>) {
        sheet.number("return_first", code(self.first.chars().next()));
        sheet.number("return_last", code(self.signs.chars().next_back()));
        sheet.flag("return_is_level", self.is_level);
        sheet.count("return_lines", self.lines.min(100));
        sheet.number("return_fits", self.fits(run, lexical));
    }

    fn fits(&self, run: &Run, lexical: &Lexical) -> f32 {
        let mut open: Vec<char> = Vec::new();
        for c in run.text.chars() {
            if let Some((_, close)) = lexical.brackets.iter().find(|(open, _)| *open == c) {
                open.push(*close);
            } else if open.last() == Some(&c) {
                open.pop();
            }
        }
        let closes = self.is_level && !self.signs.is_empty();
        if open.is_empty() {
            return if closes { OPENS_NOTHING } else { UNKNOWN };
        }
        let mut signs = self.signs.chars().filter(|c| !c.is_whitespace());
        let fitting = open.iter().rev().take_while(|close| signs.next() == Some(**close)).count();
        if closes && fitting == open.len() {
            FITS
        } else if closes && fitting > 0 {
            FITS_PARTLY
        } else {
            MISSES
        }
    }
}

/// The closing brackets that a line begins with.
fn closers_of<'t>(end: &LineEnd<'t>) -> &'t str {
    // A line with words begins with one bracket at least.
    if end.signs.starts_with(CLOSERS) { end.signs } else { end.first }
}
