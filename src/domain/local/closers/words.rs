//! What the word before the cursor looks like, and what follows it elsewhere.

use super::runs::Run;
use crate::domain::class::features::{Sheet, UNKNOWN, code};
use crate::domain::local::text::{Cutter, Lines};
use crate::domain::site::Site;

/// Stands for the end of a line.
const LINE_END: char = '\n';

/// The word before the cursor.
pub(super) struct Words {
    /// What stands before it.
    before: Option<char>,
    /// How it is written: no word, in small letters, with a capital, in capitals.
    case: f32,
    /// What follows it elsewhere, blanks aside, with how often.
    followed: Vec<(char, f32)>,
}

impl Words {
    pub(super) fn of(site: &Site, lines: &Lines<'_>, cutter: &Cutter<'_>) -> Self {
        let mut followed: Vec<(char, f32)> = Vec::new();
        let word = cutter.tokens(&site.word);
        if let [word] = word.as_slice() {
            for line in &lines.all {
                for token in lines.tokens(line).iter().filter(|token| token.hash == word.hash) {
                    let rest = line.text[token.range().end..].trim_start();
                    let next = rest.chars().next().unwrap_or(LINE_END);
                    match followed.iter_mut().find(|(known, _)| *known == next) {
                        Some((_, count)) => *count += 1.0,
                        None => followed.push((next, 1.0)),
                    }
                }
            }
        }
        let before = site.before_word().trim_start().chars().next_back();
        Self { before, case: case_of(&site.word), followed }
    }

    pub(super) fn numbers(&self, run: &Run, sheet: &mut Sheet<'static>) {
        let next = if run.is_below { None } else { run.text.trim_start().chars().next() };
        let next = next.unwrap_or(LINE_END);
        let all: f32 = self.followed.iter().map(|(_, count)| count).sum();
        let share = |next: char| {
            let same = self.followed.iter().find(|(known, _)| *known == next);
            let same = same.map_or(0.0, |(_, count)| *count);
            if all == 0.0 { UNKNOWN } else { same / all }
        };
        sheet.number("before_word", code(self.before));
        sheet.number("word_case", self.case);
        sheet.number("word_seen", all.min(50.0));
        sheet.number("word_followed", share(next));
        sheet.number("word_called", share('('));
    }
}

fn case_of(word: &str) -> f32 {
    if word.is_empty() {
        0.0
    } else if !word.starts_with(char::is_uppercase) {
        1.0
    } else if word.chars().any(char::is_lowercase) {
        2.0
    } else {
        3.0
    }
}
