//! Ends the text at a token of a model's own vocabulary that a server wrote out as text, such as
//! `<|im_end|>` or `<fim_suffix>`: what follows is a new turn or another file.

use crate::domain::site::Site;
use crate::domain::text;

/// Tokens with a spelling of their own, beside those of the form `<|name|>`: those of `StarCoder`,
/// Code Llama, Gemma and Seed-Coder.
const NAMED: [&str; 10] = [
    "<fim_prefix>",
    "<fim_suffix>",
    "<fim_middle>",
    "<fim_pad>",
    "<file_sep>",
    "<EOT>",
    "<end_of_turn>",
    "<[fim-prefix]>",
    "<[fim-suffix]>",
    "<[fim-middle]>",
];
/// What `<|name|>` is written with: ASCII bars, or the full-width ones of DeepSeek.
const BARS: [char; 2] = ['|', '｜'];
/// Bound: bytes before the cursor searched for the same token: code about models holds them too.
const OWN_BYTES: usize = 8 << 10;

/// The text up to the first such token that the document does not hold itself.
pub(super) fn cut<'a>(site: &Site, text: &'a str) -> &'a str {
    let mut from = 0;
    while let Some(at) = text[from..].find('<').map(|at| from + at) {
        if let Some(token) = token_at(&text[at..])
            && !is_own(site, token)
        {
            return &text[..at];
        }
        from = at + 1;
    }
    text
}

/// The token that `text` begins with.
fn token_at(text: &str) -> Option<&str> {
    let named = NAMED.iter().find(|token| text.starts_with(**token));
    if let Some(token) = named {
        return Some(&text[..token.len()]);
    }
    let bar = text[1..].chars().next().filter(|c| BARS.contains(c))?;
    let inner = &text[1 + bar.len_utf8()..];
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_▁-".contains(c);
    let name = inner.find(|c| !is_name(c)).filter(|length| *length > 1)?;
    let rest = inner[name..].strip_prefix(bar)?.strip_prefix('>')?;
    Some(&text[..text.len() - rest.len()])
}

fn is_own(site: &Site, token: &str) -> bool {
    text::tail_before(&site.document.rope, site.offset, OWN_BYTES).contains(token)
        || site.line_suffix.contains(token)
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn the_text_ends_where_a_model_speaks_of_itself() {
        let site = site("x = |");
        for token in ["<|im_end|>", "<|endoftext|>", "<｜end▁of▁sentence｜>", "<fim_pad>", "<EOT>"]
        {
            assert_eq!(cut(&site, &format!("a < b{token}c")), "a < b", "{token}");
        }
        for code in ["a <| b |> c", "Vec<T>", "x <", "<|", "<||>", "a<|é|>"] {
            assert_eq!(cut(&site, code), code);
        }
    }
}
