//! Cuts loops that small models fall into, and drops what already stands below the cursor.

use super::Dropped;
use crate::domain::site::Site;

/// How often in a row the same line may stand before the rest counts as a loop.
const SAME_LINE_MAX: usize = 3;

/// The text up to the point where it begins to loop.
pub(super) fn cut(text: &str) -> &str {
    let mut last = "";
    let mut count = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if content.len() > 1 && content == last {
            count += 1;
            if count == SAME_LINE_MAX {
                return text[..start].trim_end_matches('\n');
            }
        } else {
            last = content;
            count = 1;
        }
        start += line.len();
    }
    text
}

/// Drops an answer that is the next line once more.
pub(super) fn check(site: &Site, text: &str) -> Result<(), Dropped> {
    let is_below = site.is_line_start() && !site.below.text.is_empty() && {
        let first = text.trim_start().lines().next().unwrap_or_default().trim_end();
        first == site.below.text && first.len() > 2
    };
    if is_below { Err("the answer repeats the line below") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn loops_are_cut_and_braces_are_not_loops() {
        assert_eq!(cut("a();\nb();\nb();\nb();\nb();"), "a();\nb();\nb();");
        assert_eq!(cut("a {\n}\n}\n}\n"), "a {\n}\n}\n}\n");
    }

    #[test]
    fn the_next_line_once_more_is_dropped() {
        let site = site("fn f() {\n    |\n    return x;\n}");
        assert!(check(&site, "return x;").is_err());
        assert!(check(&site, "let y = 1;").is_ok());
    }
}
