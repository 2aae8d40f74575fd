//! Secrets that only the user's browser gets to know: the token in the printed address, which is good
//! once, and the key of the session it is exchanged for.

use std::fmt;

use parking_lot::Mutex;

/// 256 random bits, written in hexadecimal digits.
#[derive(Clone)]
pub(super) struct Secret(String);

/// A token until it is used.
pub(super) struct Token(Mutex<Option<Secret>>);

impl Secret {
    /// A new one, from the system's source of randomness.
    pub(super) fn new() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let halves = bytes.into_iter().flat_map(|byte: u8| [byte >> 4, byte & 0xf]);
        Ok(Self(halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()))
    }

    /// The digits, to hand over.
    pub(super) fn digits(&self) -> &str {
        &self.0
    }

    /// Whether this is it; takes as long wherever a wrong one differs.
    pub(super) fn is(&self, other: &str) -> bool {
        let (own, other) = (self.0.as_bytes(), other.as_bytes());
        let differences = own.iter().zip(other).fold(0, |found, (a, b)| found | (a ^ b));
        own.len() == other.len() && differences == 0
    }
}

/// Never with its digits: it may end up in a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Token {
    pub(super) fn new(secret: Secret) -> Self {
        Self(Mutex::new(Some(secret)))
    }

    /// Uses the token up if this is it.
    pub(super) fn take(&self, other: &str) -> bool {
        let mut token = self.0.lock();
        let is_it = token.as_ref().is_some_and(|secret| secret.is(other));
        if is_it {
            *token = None;
        }
        is_it
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_once() {
        let secret = Secret::new().expect("randomness");
        let token = Token::new(secret.clone());
        assert_eq!(secret.digits().len(), 64);
        assert!(!token.take("") && !token.take(&"0".repeat(64)));
        assert!(!token.take(&secret.digits()[..63]), "a part of it is not it");
        assert!(token.take(secret.digits()));
        assert!(!token.take(secret.digits()), "used");
        assert!(!Secret::new().expect("randomness").is(secret.digits()), "each is another");
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
