//! Takes what a chat model wraps around code off again: fences, the cursor mark, and the part of
//! the line that already stands before the cursor.

use crate::domain::prompt::chat::CURSOR;
use crate::domain::site::Site;

/// The code inside the answer.
pub(super) fn strip(site: &Site, text: &str) -> String {
    let is_ours = !site.line_prefix.contains(CURSOR) && !site.line_suffix.contains(CURSOR);
    let text = if is_ours { text.replace(CURSOR, "") } else { text.to_owned() };
    let inner = match text.split_once("```") {
        // The rest of the fence's line names the language.
        Some((_, fenced)) => {
            let body = fenced.split_once('\n').map_or("", |(_, body)| body);
            body.split("```").next().unwrap_or(body).trim_end_matches('\n')
        }
        None => text.as_str(),
    };
    let typed = site.code_before();
    let unindented = inner.trim_start_matches([' ', '\t']);
    if typed.trim().len() >= 3
        && let Some(rest) = unindented.strip_prefix(typed)
    {
        return rest.to_owned();
    }
    // At the indentation already typed, a model often begins by indenting again.
    if site.is_line_start() && !site.indent.is_empty() {
        return inner.strip_prefix(site.indent.as_str()).unwrap_or(inner).to_owned();
    }
    inner.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn fences_marks_and_the_typed_line_go() {
        let site = site("    let x = |");
        for answer in [
            "a + b",
            "```rust\na + b\n```",
            "let x = a + b",
            "Sure:\n```\n    let x = a + b\n```\nDone.",
        ] {
            assert_eq!(strip(&site, answer), "a + b", "{answer}");
        }
    }

    #[test]
    fn an_indentation_written_twice_is_written_once() {
        let site = site("fn f() {\n    |\n}");
        assert_eq!(strip(&site, "    a();\n    b();"), "a();\n    b();");
    }
}
