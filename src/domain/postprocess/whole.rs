//! What may be shown of an answer that is still being written: whole lines of a block, whole words
//! of a line, nothing of a half-written name.

use crate::domain::class::Extent;

/// The longest part of `text` that ends at a whole unit of the extent.
pub(super) fn cut(extent: Extent, text: &str) -> &str {
    match extent {
        Extent::Token => "",
        Extent::Line => {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            text.trim_end_matches(is_part).trim_end()
        }
        Extent::Block | Extent::Edit => text.rfind('\n').map_or("", |end| &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_units_are_left() {
        assert_eq!(cut(Extent::Line, "a.frobnicate(b, coun"), "a.frobnicate(b,");
        assert_eq!(cut(Extent::Line, "unfinish"), "");
        assert_eq!(cut(Extent::Block, "a();\n    b();\n    c"), "a();\n    b();");
        assert_eq!(cut(Extent::Token, "nam"), "");
    }
}
