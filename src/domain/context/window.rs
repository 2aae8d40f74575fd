//! Cuts the text around the cursor to a budget and takes the secrets out.

use super::{Context, Wanted, redact};
use crate::domain::class::Extent;
use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::units::Tokens;

/// Source code averages more than three bytes a token with every public tokenizer, so this never
/// overruns a window.
const BYTES_PER_TOKEN: usize = 3;
/// Share of the window for the text before the cursor; the rest goes to the text after it.
const PREFIX_SHARE: (usize, usize) = (3, 4);
/// Bytes beyond the window that are searched for secrets, so that none is cut in half and missed.
const SECRET_MARGIN: usize = 4 << 10;

/// What bounds a context.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// Tokens for prefix and suffix together.
    pub input_tokens_max: Tokens,
    /// Whether secrets are replaced.
    pub redacts: bool,
    /// Keys of configured models, replaced wherever they stand.
    pub own_keys: &'a [String],
}

/// The context of a site within a budget.
pub fn gather(site: &Site, extent: Extent, budget: &Budget<'_>) -> Context {
    let bytes_max = budget.input_tokens_max.0 as usize * BYTES_PER_TOKEN;
    let prefix_max = bytes_max * PREFIX_SHARE.0 / PREFIX_SHARE.1;
    let suffix_max = bytes_max - prefix_max;
    let rope = &site.document.rope;
    let prefix = text::tail_before(rope, site.offset, prefix_max + SECRET_MARGIN);
    let suffix = text::head_after(rope, site.offset, suffix_max + SECRET_MARGIN);
    let (prefix, suffix, redactions) = if budget.redacts {
        redact::redact(&prefix, &suffix, budget.own_keys)
    } else {
        (prefix, suffix, 0)
    };
    Context {
        prefix: last_lines(&prefix, prefix_max).to_owned(),
        suffix: first_lines(&suffix, suffix_max).to_owned(),
        language: site.document.language.id.clone(),
        filename: site.document.filename.to_string(),
        wanted: match extent {
            Extent::Token => Wanted::Token,
            Extent::Line => Wanted::Line,
            Extent::Block | Extent::Edit => Wanted::Block,
        },
        redactions,
    }
}

/// The last whole lines of `text` within `bytes_max`; part of a line only where one alone is
/// longer, so that a long line never leaves the model without any text.
fn last_lines(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let mut from = text.len() - bytes_max;
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let tail = &text[from..];
    match tail.find('\n') {
        Some(end) if end + 1 < tail.len() && text.as_bytes()[from - 1] != b'\n' => &tail[end + 1..],
        _ => tail,
    }
}

/// The first whole lines of `text` within `bytes_max`, or part of the first one.
fn first_lines(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let mut to = bytes_max;
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let head = &text[..to];
    head.rfind('\n').map_or(head, |end| &head[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_hold_whole_lines_where_they_can() {
        assert_eq!(last_lines("aaa\nbbb\nccc", 6), "ccc");
        assert_eq!(last_lines("aaa\nbbb\nccc", 7), "bbb\nccc");
        assert_eq!(last_lines("one long line", 4), "line");
        assert_eq!(first_lines("aaa\nbbb\nccc", 6), "aaa\n");
        assert_eq!(first_lines("one long line", 3), "one");
        assert_eq!(last_lines("ééé", 3), "é");
        assert_eq!(first_lines("ééé", 3), "é");
    }
}
