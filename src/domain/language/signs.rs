//! Signs: what in a text tells which language is meant by a file name ending that several share.
//!
//! A sign is written as tokens between spaces. Lines and spaces of the text do not matter, so
//! `template <` stands for `template<` too. What a sign may hold besides words and punctuation is
//! little on purpose: whoever reads the table should see what is meant.

/// How a language is known by its text.
#[derive(Clone, Debug, Default)]
pub struct Signs {
    /// File name endings, without the dot, that another language owns.
    pub extensions: Vec<String>,
    /// Any of these is enough.
    pub all: Vec<Sign>,
    /// Where signs do not count.
    pub guards: Vec<Guard>,
}

/// A sequence of tokens that does not occur in the languages the ending is shared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// Whether nothing but white space may stand before it in its line.
    pub is_at_line_start: bool,
    /// What has to follow each other.
    pub tokens: Vec<Token>,
}

/// One token of a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// `_`: any word that does not begin with a digit.
    Name,
    /// A word or character, or one of several: `public|private`.
    OneOf(Vec<String>),
}

/// Lines that say nothing, because they are there for readers of both languages: those from one that
/// begins with `open` and holds `word` to the matching one that begins with `close`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// What opens such lines, guarded or not, such as `#if`; it also stands for `#ifdef`.
    pub open: String,
    /// What closes them, such as `#endif`.
    pub close: String,
    /// The word that marks them, such as `__cplusplus`.
    pub word: String,
}

impl Sign {
    /// Reads a sign; `None` for a blank line. A leading `^` asks for the start of a line, `_` is any
    /// name, `a|b` is either, and anything else but a word is one token for each character.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix('^');
        let tokens = rest.unwrap_or(text).split_whitespace().flat_map(tokens_of);
        let tokens = tokens.collect::<Vec<_>>();
        (!tokens.is_empty()).then_some(Self { is_at_line_start: rest.is_some(), tokens })
    }

    /// Whether a word, of a sign or of the code it is looked for in, may hold this character. The same
    /// for all languages: signs are compared, not understood.
    pub fn is_word(c: char) -> bool {
        c.is_alphanumeric() || c == '_'
    }
}

/// The tokens of one piece between spaces.
fn tokens_of(piece: &str) -> Vec<Token> {
    let one = |text: &str| Token::OneOf(vec![text.to_owned()]);
    if piece == "_" {
        return vec![Token::Name];
    }
    if piece.contains('|') {
        return vec![Token::OneOf(piece.split('|').map(str::to_owned).collect())];
    }
    let mut tokens = Vec::new();
    let mut rest = piece;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !Sign::is_word(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(if word > 0 { word } else { first.len_utf8() });
        tokens.push(one(token));
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_read_token_by_token() {
        let of = |texts: &[&str]| Token::OneOf(texts.iter().map(|&t| t.to_owned()).collect());
        let check = |text: &str, is_at_line_start, tokens: &[Token]| {
            let expected = Sign { is_at_line_start, tokens: tokens.to_vec() };
            assert_eq!(Sign::parse(text), Some(expected), "{text:?}");
        };
        check("template <", false, &[of(&["template"]), of(&["<"])]);
        check("  std ::", false, &[of(&["std"]), of(&[":"]), of(&[":"])]);
        check("^ class _ {|;", true, &[of(&["class"]), Token::Name, of(&["{", ";"])]);
        check("^<?xml", true, &[of(&["<"]), of(&["?"]), of(&["xml"])]);
        assert_eq!(Sign::parse("  "), None);
        assert_eq!(Sign::parse("^"), None);
    }
}
