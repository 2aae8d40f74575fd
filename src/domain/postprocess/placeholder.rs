//! Drops an answer that repeats a placeholder put in the stead of a secret: inserted, it would look
//! like code and be none.

use super::Dropped;
use crate::domain::context::redact::PLACEHOLDER;

/// Drops text with a placeholder in it.
pub(super) fn check(text: &str) -> Result<(), Dropped> {
    if text.contains(PLACEHOLDER) {
        return Err("the answer repeats a placeholder for a secret");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_never_reach_the_buffer() {
        assert!(check("let key = \"__SECRET_1__\";").is_err());
        assert!(check("let key = secret();").is_ok());
    }
}
