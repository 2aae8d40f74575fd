//! What the user probably meant: the valid key or name nearest to the one that was written.

use super::options::{self, TABLE};
use super::problem::Fault;
use super::reach::{self, Reach};
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
        let row_key = Key(row.segments().map(str::to_owned).collect());
        let meant = match reach::split(key).0 {
            Reach::Everywhere => row_key,
            _ if row.is_reachable() => reach::within(&key.0[0], &key.0[1], &row_key),
            _ => row_key,
        };
        return Fault::new("no such setting", format!("did you mean {meant}?"));
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
    if let [name] = table.segments().as_slice()
        && reach::TABLES.contains(name)
    {
        return format!("valid in {name} are tables, such as {}", reach::EXAMPLE);
    }
    let depth = match reach::split(table).0 {
        Reach::Everywhere => table.0.len(),
        // `languages.NAME` stands where the setting's own key has `policy`.
        Reach::Language(_) | Reach::Path(..) => table.0.len() - 1,
    };
    let mut words: Vec<&str> =
        options::below(table).filter_map(|row| row.segments().nth(depth)).collect();
    words.dedup();
    if table.0.is_empty() {
        words.extend(reach::TABLES);
        format!("valid at the top are {}", words.join(", "))
    } else {
        format!("valid in {table} are {}", words.join(", "))
    }
}

/// The ways to write a row's key that could be meant: with the user's own word in a blank for a
/// name, with every word in a blank for a class or tier, for all files and for those the key names.
fn spellings(row: &options::Row, key: &Key) -> Vec<String> {
    let fixed = row.fixed_keys();
    if !fixed.is_empty() {
        let mut keys: Vec<_> = fixed.iter().map(Key::to_string).collect();
        if let [_, files, _, ..] = key.0.as_slice()
            && row.is_reachable()
        {
            for table in reach::TABLES {
                keys.extend(fixed.iter().map(|key| reach::within(table, files, key).to_string()));
            }
        }
        return keys;
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
            "valid at the top are enabled, policy, tiers, models, network, context, caps, ledger, \
             cache, local, index, feedback, privacy, editor, languages, paths",
        );
        check(&["cache", "colour"], "valid in cache are entries_max, bytes_max");
        check(&["cache"], "valid in cache are entries_max, bytes_max");
        check(&["languages", "go"], "valid in languages.go are override, <class>");
        check(&["paths", "a", "b", "c"], "valid in paths.a are override, <class>");
        check(
            &["languages"],
            "valid in languages are tables, such as [languages.python.line] or \
             [paths.\"tests/**\".line]",
        );
    }

    #[test]
    fn settings_for_some_files_are_found_like_those_for_all() {
        check(&["languages", "go", "lines", "tiers"], "did you mean languages.go.line.tiers?");
        check(&["language", "go", "line", "tiers"], "did you mean languages.go.line.tiers?");
        check(&["path", "*.c", "overide"], "did you mean paths.\"*.c\".override?");
        check(
            &["languages", "go", "deadline_ms"],
            "did you mean languages.go.<class>.deadline_ms?",
        );
    }
}
