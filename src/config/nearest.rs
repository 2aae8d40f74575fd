//! What the user probably meant: the valid key or name nearest to the one that was written.

use super::options::{self, TABLE};
use super::problem::Fault;
use super::value::Key;

/// Why this key is not a setting, and which one is.
pub fn unknown_key(key: &Key) -> Fault {
    if options::below(key).next().is_some() {
        return Fault::new("this is a table, not a setting", keys_in(key));
    }
    let written = key.to_string();
    let candidates: Vec<String> = TABLE.iter().flat_map(|row| spellings(row, key)).collect();
    let nearest = closest(&written, candidates.iter().map(String::as_str));
    if let Some(nearest) = nearest {
        return Fault::new("no such setting", format!("did you mean {nearest}?"));
    }
    // The right word in the wrong table.
    let leaf = key.0.last().map_or("", String::as_str);
    if let Some(row) = TABLE.iter().find(|row| row.segments().last() == Some(leaf)) {
        return Fault::new("no such setting", format!("did you mean {}?", row.key));
    }
    let table = (0..key.0.len())
        .rev()
        .map(|length| Key(key.0[..length].to_vec()))
        .find(|table| options::below(table).next().is_some());
    Fault::new("no such setting", keys_in(&table.unwrap_or_default()))
}

/// The nearest of `candidates`, if any is near enough to be a misspelling.
pub fn closest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // One slip in a short word, one in four letters of a long one: more is another word.
    let slips_max = (written.chars().count() / 4).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (distance(written, candidate), candidate))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// The keys one level below a table, as a sentence.
fn keys_in(table: &Key) -> String {
    let depth = table.0.len();
    let mut words: Vec<&str> =
        options::below(table).filter_map(|row| row.segments().nth(depth)).collect();
    words.dedup();
    if depth == 0 {
        format!("valid at the top are {}", words.join(", "))
    } else {
        format!("valid in {table} are {}", words.join(", "))
    }
}

/// The ways to write a row's key that could be meant: with the user's own word in a blank for a
/// name, with every word in a blank for a class or tier.
fn spellings(row: &options::Row, key: &Key) -> Vec<String> {
    let fixed = row.fixed_keys();
    if !fixed.is_empty() {
        return fixed.iter().map(Key::to_string).collect();
    }
    let name = key.0.get(1).filter(|name| options::is_name(name));
    name.map(|name| row.key_for(name).to_string()).into_iter().collect()
}

/// Edits between two words: insert, delete, replace, or swap neighbours.
fn distance(left: &str, right: &str) -> usize {
    // Bound: keys longer than this are not misspellings of ours.
    const CHARS_MAX: usize = 160;
    let left: Vec<char> = left.chars().take(CHARS_MAX).collect();
    let right: Vec<char> = right.chars().take(CHARS_MAX).collect();
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(a != b);
            let mut least = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &[&str], valid: &str) {
        assert_eq!(unknown_key(&Key::of(key)).valid.as_deref(), Some(valid));
    }

    #[test]
    fn misspelt_keys_find_their_setting() {
        check(&["enabeld"], "did you mean enabled?");
        check(&["policy", "overide"], "did you mean policy.override?");
        check(&["policy", "logic", "deadline"], "did you mean policy.logic.deadline_ms?");
        check(&["polcy", "line", "floor"], "did you mean policy.line.floor?");
        check(&["models", "my.model", "ulr"], "did you mean models.\"my.model\".url?");
    }

    #[test]
    fn the_right_word_in_the_wrong_table_finds_its_table() {
        check(&["deadline_ms"], "did you mean policy.<class>.deadline_ms?");
        check(&["fast", "models"], "did you mean tiers.<tier>.models?");
    }

    #[test]
    fn anything_else_lists_what_is_there() {
        check(
            &["colour"],
            "valid at the top are enabled, policy, tiers, models, cache, local, privacy, editor",
        );
        check(&["cache", "colour"], "valid in cache are entries_max, bytes_max");
        check(&["cache"], "valid in cache are entries_max, bytes_max");
    }
}
