//! Excerpts of the open files that are like the text around the cursor.
//!
//! A window is worth the names it shares with that text, each weighed by how few windows have it, with
//! a discount for long windows: BM25 without counts within a window (Robertson and Zaragoza, *The
//! Probabilistic Relevance Framework*, 2009), which for sets is near a weighted Jaccard index. The
//! cursor's own line is left out of the question, so that the choice does not change with each key.

use crate::domain::excerpts::Excerpts;

/// The most excerpts in a prompt.
const EXCERPTS_MAX: usize = 4;
/// A window must hold this part of the weight that it could have.
const RELEVANT: f32 = 0.12;
/// How much the length of a window counts against it, 0 to 1; the usual value of BM25.
const LENGTH_WEIGHT: f32 = 0.75;

/// A window of one of the files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    /// Which file.
    pub(super) file: usize,
    /// Which window of it.
    pub(super) window: usize,
    score: f32,
}

/// The windows most like a text with these names, the best first, none beside another that overlaps it.
pub(super) fn choose(names: &[u32], files: &[&Excerpts]) -> Vec<Choice> {
    let count: usize = files.iter().map(|file| file.windows.len()).sum();
    if names.is_empty() || count == 0 {
        return Vec::new();
    }
    let holders = names
        .iter()
        .map(|name| files.iter().map(|file| file.windows_with(*name).len()).sum::<usize>());
    let weight = |held: usize| ((count as f32 + 1.0) / (held as f32 + 0.5)).ln();
    let weights: Vec<f32> = holders.map(weight).collect();
    let most: f32 = weights.iter().sum();
    let all = files.iter().flat_map(|file| &file.windows);
    let usual = all.map(|window| window.names as f32).sum::<f32>() / count as f32;
    let mut choices: Vec<Choice> = Vec::new();
    for (file, excerpts) in files.iter().enumerate() {
        let mut sums = vec![0.0; excerpts.windows.len()];
        for (name, weight) in names.iter().zip(&weights) {
            excerpts.windows_with(*name).for_each(|window| sums[window] += weight);
        }
        for (window, (sum, about)) in sums.into_iter().zip(&excerpts.windows).enumerate() {
            let longer = about.names as f32 / usual;
            let score = sum / (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * longer).max(1.0);
            if score >= RELEVANT * most {
                choices.push(Choice { file, window, score });
            }
        }
    }
    choices.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut chosen: Vec<Choice> = Vec::new();
    for choice in choices {
        let bytes = |choice: &Choice| &files[choice.file].windows[choice.window].bytes;
        let overlaps = chosen.iter().any(|other| {
            let (a, b) = (bytes(&choice), bytes(other));
            choice.file == other.file && a.start < b.end && b.start < a.end
        });
        if !overlaps {
            chosen.push(choice);
        }
        if chosen.len() == EXCERPTS_MAX {
            break;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use ropey::Rope;

    use super::*;
    use crate::domain::excerpts::names_in;
    use crate::domain::language::Language;

    fn excerpts(text: &str) -> Excerpts {
        Excerpts::of(&Rope::from_str(text), None, &Language::plain_text(), 0)
    }

    #[test]
    fn the_file_that_shares_rare_names_wins() {
        let common = |n: usize| format!("self value result item_{n}\n").repeat(24);
        let other = excerpts(&(0..20).map(common).collect::<String>());
        let like = excerpts("self value parse_header checksum\n");
        let names =
            names_in("self value parse_header checksum result", &Language::plain_text().lexical);
        let found = choose(&names, &[&other, &like]);
        assert_eq!(found.iter().map(|c| c.file).collect::<Vec<_>>(), [1], "{found:?}");
    }

    #[test]
    fn nothing_is_shown_that_shares_next_to_nothing() {
        let other = excerpts("alpha beta gamma delta value\n");
        let names = names_in("parse header checksum frame value", &Language::plain_text().lexical);
        assert_eq!(choose(&names, &[&other]), []);
        assert_eq!(choose(&names, &[]), []);
        assert_eq!(choose(&[], &[&other]), []);
    }

    #[test]
    fn excerpts_do_not_overlap() {
        let like = excerpts(&"parse header checksum\n".repeat(60));
        let names = names_in("parse header checksum", &Language::plain_text().lexical);
        let found = choose(&names, &[&like]);
        let mut spans: Vec<_> =
            found.iter().map(|c| like.windows[c.window].bytes.clone()).collect();
        spans.sort_by_key(|span| span.start);
        assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");
    }
}
