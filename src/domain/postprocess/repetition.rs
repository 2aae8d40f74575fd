//! Cuts the loops that small models fall into: the same lines, or the same words, again and again.
//!
//! Code repeats itself too, in tables and in closing braces, so a loop is only what comes back often
//! and says something each time.

use super::Dropped;

/// How often the same line may stand in a row; the rest is a loop.
const SAME_LINE_MAX: usize = 2;
/// The longest run of lines that counts as one turn of a loop.
const TURN_LINES_MAX: usize = 6;
/// How often such a run may stand in a row.
const SAME_TURN_MAX: usize = 2;
/// A run of words that comes so often within a line is a loop.
const SAME_WORDS: usize = 4;
/// The most words of such a run.
const TURN_WORDS_MAX: usize = 8;
/// Letters that make a run of words one of its kind: a row of zeros says nothing each time.
const TELLING: usize = 4;
/// Bound: words of a line that are looked at.
const WORDS_MAX: usize = 400;

/// The text up to the point where it begins to loop, or why nothing is left.
pub(super) fn cut(text: &str) -> Result<&str, Dropped> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut start = 0;
    for (at, line) in lines.iter().enumerate() {
        if loops_in_words(line) {
            let kept = text[..start].trim_end_matches('\n');
            return if kept.trim().is_empty() {
                Err("the answer repeats itself")
            } else {
                Ok(kept)
            };
        }
        if let Some(turns) = (1..=TURN_LINES_MAX).find_map(|turn| loops_in_lines(&lines, at, turn))
        {
            let kept: usize = lines[..at + turns].iter().map(|line| line.len()).sum();
            return Ok(text[..kept].trim_end_matches('\n'));
        }
        start += line.len();
    }
    Ok(text)
}

/// If a loop with `turn` lines begins at this line, how many lines of it may stay.
fn loops_in_lines(lines: &[&str], at: usize, turn: usize) -> Option<usize> {
    let kept = if turn == 1 { SAME_LINE_MAX } else { SAME_TURN_MAX } * turn;
    let first = lines.get(at..at + turn)?;
    let rest = lines.get(at..at + kept + turn)?;
    let is_same =
        rest.chunks(turn).all(|next| next.iter().zip(first).all(|(a, b)| a.trim() == b.trim()));
    let telling =
        first.iter().flat_map(|line| line.chars()).filter(|c| c.is_alphanumeric()).count();
    // A line of signs may be a ruler; two of them are none.
    (is_same && telling > 0).then_some(kept)
}

/// Whether a run of words comes again and again in a line.
fn loops_in_words(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().take(WORDS_MAX).collect();
    let loops = |turn: usize| {
        let whole = turn * SAME_WORDS;
        words.windows(whole).any(|run| {
            let first = &run[..turn];
            let telling = first.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic());
            telling.count() >= TELLING && run.chunks(turn).all(|next| next == first)
        })
    };
    (1..=TURN_WORDS_MAX.min(words.len() / SAME_WORDS)).any(loops)
}
