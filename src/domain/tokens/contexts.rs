//! What stands before a token, as hashes: what counts of names are kept under.
//!
//! The same name tends to follow the same two or three tokens, and to be passed at the same place to
//! the same function.

use super::{Kind, Token, hash, mix};

/// Bound: brackets looked through for the call around a token.
const DEPTH_MAX: usize = 64;

/// The ways to look at what stands before a token, as indexes into [`Before::contexts`].
pub const TWO: usize = 0;
/// The three tokens before.
pub const THREE: usize = 1;
/// The function that is called and which of its arguments begins here.
pub const CALL: usize = 2;
/// The last name before the token before, and that token.
pub const SKIP: usize = 3;
/// How many ways there are.
pub const CONTEXTS: usize = 4;

/// The hash of a line break between two tokens.
pub(super) const LINE_BREAK: u32 = 3;

/// The context [`TWO`] behind two tokens.
pub fn follows_two(before: u32, last: u32) -> u32 {
    mix(mix(11, before), last)
}

/// What stands before the next token.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The last tokens, newest first.
    last: [u32; 3],
    /// The last name and the one before it.
    names: [u32; 2],
    is_name: bool,
    /// For each open bracket: what is called and how many arguments are complete. Zero is no call.
    calls: Vec<(u32, u32)>,
}

/// What stands before one place: what its contexts are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    /// The last tokens, newest first.
    last: [u32; 3],
    /// The last name before the last token.
    name: u32,
    /// The context [`CALL`].
    argument: u32,
}

impl Before {
    /// Passes over a token.
    pub fn push(&mut self, token: &Token<'_>) {
        if token.starts_line {
            self.break_line();
        }
        self.keep_calls(token);
        let hash = token.hash;
        self.is_name = token.kind == Kind::Name;
        if self.is_name {
            self.names = [hash, self.names[0]];
        }
        self.shift(hash);
    }

    /// Passes over the end of a line, if that has not been done.
    pub fn break_line(&mut self) {
        if self.last[0] != LINE_BREAK {
            self.is_name = false;
            self.shift(LINE_BREAK);
        }
    }

    fn shift(&mut self, hash: u32) {
        let [a, b, _] = self.last;
        self.last = [hash, a, b];
    }

    fn keep_calls(&mut self, token: &Token<'_>) {
        let ([sign], Kind::Sign) = (token.text.as_bytes(), token.kind) else { return };
        match sign {
            b'(' | b'[' | b'{' if self.calls.len() < DEPTH_MAX => {
                let callee = if *sign == b'(' && self.is_name { self.last[0] } else { 0 };
                self.calls.push((callee, 0));
            }
            b')' | b']' | b'}' => {
                self.calls.pop();
            }
            b',' => {
                if let Some((_, arguments)) = self.calls.last_mut() {
                    *arguments += 1;
                }
            }
            _ => {}
        }
    }

    /// The hash of the last token.
    pub fn last(&self) -> u32 {
        self.last[0]
    }

    /// What stands here, to be compared with other places.
    pub fn stand(&self) -> Stand {
        Stand {
            last: self.last,
            name: if self.is_name { self.names[1] } else { self.names[0] },
            argument: self.argument(),
        }
    }

    /// The hashes of what stands here, in the order of [`TWO`] to [`SKIP`]; zero where there is
    /// nothing of the kind.
    pub fn contexts(&self) -> [u32; CONTEXTS] {
        self.stand().contexts()
    }

    fn argument(&self) -> u32 {
        const BEGIN: [u32; 2] = [hash("("), hash(",")];
        let [last, before, _] = self.last;
        let begins_argument = BEGIN.contains(if last == LINE_BREAK { &before } else { &last });
        match self.calls.last() {
            Some((callee, index)) if begins_argument && *callee != 0 => {
                mix(mix(14, *callee), *index)
            }
            _ => 0,
        }
    }
}

impl Stand {
    /// The hash of the last token.
    pub fn last(&self) -> u32 {
        self.last[0]
    }

    /// As [`Before::contexts`].
    pub fn contexts(&self) -> [u32; CONTEXTS] {
        let ([a, b, c], name) = (self.last, self.name);
        let is_known = |hash: u32, context: u32| if hash == 0 { 0 } else { context };
        [
            is_known(b, follows_two(b, a)),
            is_known(c, mix(mix(mix(12, c), b), a)),
            self.argument,
            is_known(name, mix(mix(13, name), a)),
        ]
    }

    /// Which contexts two places have in common. Thousands of places are compared with one, so no hash is
    /// made for it.
    pub fn in_common(&self, other: &Self) -> [bool; CONTEXTS] {
        let is_same = |a: u32, b: u32| a == b && a != 0;
        let ([a, b, c], [last, before, third]) = (self.last, other.last);
        let two = a == last && is_same(b, before);
        [
            two,
            two && is_same(c, third),
            is_same(self.argument, other.argument),
            a == last && is_same(self.name, other.name),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_each_token;
    use super::*;
    use crate::domain::language::Lexical;

    fn at_end(text: &str) -> [u32; CONTEXTS] {
        let lexical = Lexical::default();
        let mut before = Before::default();
        for_each_token(text, &lexical, |token| before.push(&token));
        before.contexts()
    }

    #[test]
    fn places_with_the_same_tokens_before_them_are_the_same() {
        let (a, b) = (at_end("x = a . b ("), at_end("y + a . b ("));
        assert_eq!(a[TWO], b[TWO]);
        assert_eq!(a[THREE], b[THREE]);
        assert_eq!(a[CALL], b[CALL]);
        assert_ne!(at_end("b ["), at_end("b ("));
        assert_ne!(at_end("a + b (")[THREE], a[THREE]);
    }

    #[test]
    fn an_argument_is_known_by_its_function_and_number() {
        let second = at_end("f(a, ");
        assert_eq!(second[CALL], at_end("x = f(g(1, 2)[3],\n")[CALL]);
        assert_ne!(second[CALL], at_end("f(")[CALL]);
        assert_ne!(second[CALL], at_end("g(a, ")[CALL]);
        assert_eq!(at_end("f(a + ")[CALL], 0);
        assert_eq!(at_end("(a, ")[CALL], 0);
    }

    #[test]
    fn places_have_in_common_what_is_hashed_alike() {
        let pieces = ["", "a", "b", "(", ",", "\n", "a.b", "f(a, ", "+ "];
        let stand = |text: &str| {
            let (lexical, mut before) = (Lexical::default(), Before::default());
            for_each_token(text, &lexical, |token| before.push(&token));
            before.stand()
        };
        let mut stands = Vec::new();
        for a in pieces {
            for b in pieces {
                stands.extend(pieces.map(|c| stand(&format!("{a} {b} {c}"))));
            }
        }
        for a in &stands {
            for b in &stands {
                let is_same = |way: usize| {
                    let (a, b) = (a.contexts()[way], b.contexts()[way]);
                    a == b && a != 0
                };
                assert_eq!(a.in_common(b), std::array::from_fn(is_same), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_last_name_is_seen_past_what_stands_between() {
        assert_eq!(at_end("ctx: & (")[SKIP], at_end("ctx = 1 + (")[SKIP]);
        assert_ne!(at_end("ctx: & (")[SKIP], at_end("other: & (")[SKIP]);
        assert_eq!(at_end("")[SKIP], 0);
    }
}
