//! New names built from known parts: a variable named after its type, a type after its variable.

/// Bound: parts of a name that are looked at.
const PARTS_MAX: usize = 6;

/// The names that may be made of `name`, with a number for each way.
pub(super) fn names_like(name: &str) -> Vec<(String, usize)> {
    let parts = parts(name);
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Vec::new();
    }
    let lower: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    let capital: Vec<String> = lower.iter().map(|part| capitalised(part)).collect();
    let camel = |from: usize| format!("{}{}", lower[from], capital[from + 1..].concat());
    let mut names = vec![(camel(0), 1), (lower.join("_"), 2), (capital.concat(), 3)];
    if parts.len() > 1 {
        let last = parts.len() - 1;
        names.extend([(lower[last].clone(), 4), (lower[0].clone(), 5), (camel(1), 6)]);
        names.push((lower[1..].join("_"), 7));
    }
    names.retain(|(made, _)| made != name);
    names
}

fn capitalised(part: &str) -> String {
    let mut chars = part.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The words a name is put together of: `parseHTTPFile` is `parse`, `HTTP`, `File`.
pub(in crate::domain::local) fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let chars: Vec<(usize, char)> = name.char_indices().collect();
    let mut start = 0;
    for (index, (at, c)) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before].1);
        let after = chars.get(index + 1).map(|(_, c)| *c);
        let begins = before.is_some_and(|before| {
            c.is_uppercase() && (before.is_lowercase() || before.is_numeric())
                || c.is_uppercase()
                    && before.is_uppercase()
                    && after.is_some_and(char::is_lowercase)
        });
        if begins || *c == '_' {
            parts.push(&name[start..*at]);
            start = at + usize::from(*c == '_');
        }
    }
    parts.push(&name[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_their_words() {
        for (name, expected) in [
            ("parseHTTPFile", vec!["parse", "HTTP", "File"]),
            ("read_to_end", vec!["read", "to", "end"]),
            ("__init__", vec!["init"]),
            ("Vec2D", vec!["Vec2", "D"]),
            ("éÉ", vec!["é", "É"]),
            ("", vec![]),
        ] {
            assert_eq!(parts(name), expected, "{name}");
        }
    }

    #[test]
    fn variables_are_named_after_types_and_types_after_variables() {
        let made =
            |name: &str| names_like(name).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let expected = ["userRepo", "user_repo", "repo", "user", "repo", "repo"];
        assert_eq!(made("UserRepo"), expected);
        assert!(made("user_repo").contains(&"UserRepo".to_owned()));
        assert!(made("").is_empty());
    }
}
