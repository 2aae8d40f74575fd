//! A small scanner for Rust text: words, punctuation, string literals and comments with their
//! lines, and the paths they spell.
//!
//! It knows just enough of the language that a rule never mistakes a string or a comment for code.
//! It does not resolve macros or shadowed names; the rules built on it do not need that.

/// One piece of source text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word: keyword or identifier.
    Word(String),
    /// The content of a string literal, escapes left as written.
    Text(String),
    /// A comment with its leading slashes.
    Comment(String),
    /// `::`.
    Separator,
    /// Any other character that is not white space.
    Mark(char),
}

/// A token and the line it starts on, counted from 1.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) line: usize,
}

impl Placed {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.token {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.token == Token::Mark(mark)
    }
}

/// A path as spelled, such as `crate::domain::units::Tokens`, and the line it starts on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Placed>,
}

/// Cuts `source` into tokens. Numbers, characters and lifetimes are left out.
pub(super) fn tokens(source: &str) -> Vec<Placed> {
    let mut scanner = Scanner { rest: source, line: 1, tokens: Vec::new() };
    while let Some(first) = scanner.rest.chars().next() {
        scanner.step(first);
    }
    scanner.tokens
}

impl Scanner<'_> {
    fn step(&mut self, first: char) {
        let rest = self.rest;
        if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            self.take(length, Some(Token::Comment(rest[..length].to_owned())));
        } else if rest.starts_with("/*") {
            let length = block_comment_length(rest);
            self.take(length, Some(Token::Comment(rest[..length].to_owned())));
        } else if let Some((length, text)) = string_literal(rest) {
            self.take(length, Some(Token::Text(text.to_owned())));
        } else if first == '\'' {
            self.take(quote_length(rest), None);
        } else if is_word(first) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let token = (!first.is_ascii_digit()).then(|| Token::Word(rest[..length].to_owned()));
            self.take(length, token);
        } else if rest.starts_with("::") {
            self.take(2, Some(Token::Separator));
        } else {
            self.take(first.len_utf8(), (!first.is_whitespace()).then_some(Token::Mark(first)));
        }
    }

    fn take(&mut self, length: usize, token: Option<Token>) {
        let line = self.line;
        self.tokens.extend(token.map(|token| Placed { token, line }));
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the block comment `rest` starts with; block comments nest.
fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length and content of the string literal `rest` starts with, prefix included.
fn string_literal(rest: &str) -> Option<(usize, &str)> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|after| after.trim_start_matches('#').starts_with('"'))
    })?;
    let after = &rest[prefix.len()..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    let is_raw = prefix.ends_with('r');
    if hashes > 0 && !is_raw {
        return None;
    }
    let start = prefix.len() + hashes + 1;
    let body = &rest[start..];
    let length = if is_raw {
        body.find(&format!("\"{}", "#".repeat(hashes)))?
    } else {
        let mut escaped = false;
        body.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?
    };
    Some((start + length + 1 + hashes, &body[..length]))
}

/// The length of the character literal, or of the quote mark of the lifetime, `rest` starts with.
fn quote_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, c))) => {
            let from = at + c.len_utf8();
            rest[from..].find('\'').map_or(rest.len(), |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// Leaves out comments and everything under `#[cfg(test)]`: what remains is shipped.
pub(super) fn shipped(tokens: Vec<Placed>) -> Vec<Placed> {
    let code: Vec<Placed> =
        tokens.into_iter().filter(|placed| !matches!(placed.token, Token::Comment(_))).collect();
    let mut kept = Vec::new();
    let mut skip_until = 0;
    let ends: Vec<(usize, usize)> = (0..code.len())
        .filter(|&at| opens_test_item(&code[at..]))
        .map(|at| (at, item_end(&code, at)))
        .collect();
    for (at, placed) in code.into_iter().enumerate() {
        if let Some((_, end)) = ends.iter().find(|(start, _)| *start == at) {
            skip_until = skip_until.max(*end);
        }
        if at >= skip_until {
            kept.push(placed);
        }
    }
    kept
}

fn opens_test_item(code: &[Placed]) -> bool {
    matches!(code, [hash, open, cfg, paren, test, ..]
        if hash.is_mark('#') && open.is_mark('[') && cfg.word() == Some("cfg")
            && paren.is_mark('(') && test.word() == Some("test"))
}

/// The index after the item that starts at `start` with its attributes.
fn item_end(code: &[Placed], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, placed) in code.iter().enumerate().skip(start) {
        match placed.token {
            Token::Mark('{' | '(' | '[') => depth += 1,
            Token::Mark('}') if depth == 1 => return at + 1,
            Token::Mark('}' | ')' | ']') => depth = depth.saturating_sub(1),
            Token::Mark(';') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Every path of two or more segments, and every path a `use` names, braces expanded.
pub(super) fn paths(code: &[Placed]) -> Vec<NamedPath> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < code.len() {
        match &code[at].token {
            Token::Word(word) if word == "use" => {
                at = use_tree(code, at + 1, &[], &mut found);
            }
            Token::Word(first) => {
                let mut segments = vec![first.clone()];
                let line = code[at].line;
                at += 1;
                while let [separator, next, ..] = &code[at..] {
                    let (Token::Separator, Some(word)) = (&separator.token, next.word()) else {
                        break;
                    };
                    segments.push(word.to_owned());
                    at += 2;
                }
                if segments.len() > 1 {
                    found.push(NamedPath { segments, line });
                }
            }
            _ => at += 1,
        }
    }
    found
}

/// Reads one branch of a `use` from `at` on and returns the index of what ends it.
fn use_tree(code: &[Placed], mut at: usize, prefix: &[String], out: &mut Vec<NamedPath>) -> usize {
    let mut segments = prefix.to_vec();
    let line = code.get(at).map_or(0, |placed| placed.line);
    while let Some(placed) = code.get(at) {
        match &placed.token {
            Token::Word(word) if word == "as" => at += 1,
            Token::Word(word) if word == "self" && !segments.is_empty() => {}
            Token::Word(word) => segments.push(word.clone()),
            Token::Mark('*') => segments.push("*".to_owned()),
            Token::Mark('{') => {
                while !code.get(at).is_none_or(|placed| placed.is_mark('}')) {
                    at = use_tree(code, at + 1, &segments, out);
                }
                return at + 1;
            }
            Token::Mark(',' | '}' | ';' | '>' | ')') => break,
            _ => {}
        }
        at += 1;
    }
    if segments.len() > prefix.len() || code.get(at.wrapping_sub(1)).is_some_and(is_self) {
        out.push(NamedPath { segments, line });
    }
    at
}

fn is_self(placed: &Placed) -> bool {
    placed.word() == Some("self")
}

/// Every word of a file's code, for "does this name exist" questions.
pub(super) fn words(source: &str) -> impl Iterator<Item = String> {
    tokens(source).into_iter().filter_map(|placed| match placed.token {
        Token::Word(word) => Some(word),
        _ => None,
    })
}

#[test]
fn strings_and_comments_are_not_code() {
    let found = tokens("let a = \"x \\\" y\"; // note\nlet b: &'a str = r#\"q\"z\"#; '\\''; 'c'");
    let texts: Vec<_> = found
        .iter()
        .filter_map(|placed| match &placed.token {
            Token::Text(text) | Token::Comment(text) => Some((placed.line, text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(texts, [(1, "x \\\" y"), (1, "// note"), (2, "q\"z")]);
    assert!(!found.iter().any(|placed| placed.word() == Some("c")), "'c' is a character");
}

#[test]
fn paths_are_expanded() {
    let code = tokens("use a::{b::{self, C}, d as e};\nuse f;\nfn g() { h::i::j(); k.l() }");
    let found: Vec<_> =
        paths(&code).into_iter().map(|path| (path.line, path.segments.join("::"))).collect();
    let expected = [(1, "a::b"), (1, "a::b::C"), (1, "a::d"), (2, "f"), (3, "h::i::j")];
    assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
}

#[test]
fn test_code_is_left_out() {
    let code = shipped(tokens("a();\n#[cfg(test)]\nmod tests {\n fn b() { c(); }\n}\nd();"));
    let words: Vec<_> = code.iter().filter_map(Placed::word).collect();
    assert_eq!(words, ["a", "d"]);
}
