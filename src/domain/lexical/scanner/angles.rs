//! Lists of types between `<` and `>`, told from comparisons and shifts.
//!
//! Nothing short of names resolved tells them apart for certain. A `<` counts as a bracket where
//! what stands before it speaks for that and nothing behind it on the line against it.

use super::before::Before;
use super::{Kind, Open, Scanner};

/// Bound: bytes looked at behind a `<`.
const AHEAD_MAX: usize = 200;

/// What the rest of the line makes of a `<`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    /// Its `>` stands there, and what follows goes on as after a type.
    Closed,
    /// Nothing speaks against it.
    Open,
    /// What stands there does not stand in a list of types.
    Broken,
}

impl Scanner<'_> {
    pub(super) fn step_angle(&mut self, text: &str, at: usize) {
        let Some(angles) = &self.lexical.angles else { return };
        let before = text[..at].bytes().next_back();
        if text.as_bytes()[at] == b'>' {
            let is_arrow = matches!(before, Some(b'-' | b'='));
            if !is_arrow && self.stack.last().is_some_and(|open| open.kind == Kind::Angle) {
                self.stack.pop();
            }
            return;
        }
        let after = text[at + 1..].chars().next();
        let is_operator = before == Some(b'<') || matches!(after, Some('<' | '=' | '-'));
        if is_operator {
            return;
        }
        let is_spaced = after.is_some_and(char::is_whitespace) && !text[at + 1..].starts_with('\n');
        let opens = match self.before(text, at) {
            (Before::Word(word), _) if angles.words.iter().any(|known| known == word) => true,
            (Before::Word(word), true) if angles.after_types && !is_spaced => {
                let name_start = text[..at].len() - word.len();
                match ahead(&text[at + 1..]) {
                    Ahead::Closed => true,
                    Ahead::Open => is_type(word) || self.is_declared(text, name_start),
                    Ahead::Broken => false,
                }
            }
            (Before::Sign(_) | Before::Known(_), _) => {
                let begins = |c: char| c.is_alphabetic() || "_'[(&*{?".contains(c);
                angles.at_value && after.is_none_or(begins) && self.expects_value(text, at)
            }
            _ => false,
        };
        if opens {
            self.push(Kind::Angle, "<".to_owned(), ">".to_owned(), false);
        }
    }

    /// Whether a name that begins at `at` was qualified or stands behind a word that names things.
    fn is_declared(&self, text: &str, at: usize) -> bool {
        if text[..at].ends_with("::") {
            return true;
        }
        match self.before(text, at).0 {
            Before::Word(word) => self.lexical.binding_words.iter().any(|known| known == word),
            Before::Sign(_) | Before::Known(_) => false,
        }
    }

    /// Forgets lists of types that the lines since show to have been left open: they would go on
    /// deeper than they began.
    pub(super) fn drop_stale_angles(&mut self) {
        while let Some(open) = self.stack.last()
            && open.kind == Kind::Angle
            && open.start < self.line_start
            && self.line_indent <= open.line_indent
        {
            self.drop_innermost();
        }
    }

    /// Forgets the innermost delimiter, which is missing if it was opened before the cursor.
    pub(super) fn drop_innermost(&mut self) {
        let cursor = self.cursor.unwrap_or(0);
        let open = self.stack.pop();
        self.missing.extend(open.filter(|open: &Open| open.start < cursor));
    }
}

/// Whether a name is written like a type rather than like a variable or a constant.
fn is_type(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase)
}

fn ahead(text: &str) -> Ahead {
    let bytes = text.as_bytes();
    let (mut angles, mut brackets) = (1, 0);
    for (at, byte) in bytes.iter().copied().enumerate().take(AHEAD_MAX) {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'<' => angles += 1,
            b'>' if at > 0 && matches!(bytes[at - 1], b'-' | b'=') => {}
            b'>' => {
                angles -= 1;
                if angles == 0 {
                    return behind(&text[at + 1..]);
                }
            }
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' if brackets > 0 => brackets -= 1,
            b')' | b']' | b'}' | b'\n' | b'\r' => return Ahead::Open,
            b'&' | b'|' if next == Some(byte) => return Ahead::Broken,
            b';' | b'+' | b'/' | b'%' | b'!' | b'^' if brackets == 0 => return Ahead::Broken,
            _ => {}
        }
    }
    Ahead::Open
}

/// What follows the closing `>`.
fn behind(text: &str) -> Ahead {
    let mut chars = text.chars();
    let goes_on = match chars.next() {
        None => true,
        Some(' ') => chars.next().is_none_or(|c| !c.is_numeric() && c != '('),
        Some(c) => !(c.is_alphanumeric() || c == '_' || c == '"'),
    };
    if goes_on { Ahead::Closed } else { Ahead::Broken }
}
