//! Refuses text in which a model repeats a placeholder that stood for a secret: inserted, it would
//! look like code that means something, and mean nothing.

use super::Dropped;
use crate::domain::context::redact::PLACEHOLDER;
use crate::domain::site::Site;

/// Drops text with a placeholder unless the cursor's line holds one of its own.
pub(super) fn check(site: &Site, text: &str) -> Result<(), Dropped> {
    let is_own = site.line_prefix.contains(PLACEHOLDER) || site.line_suffix.contains(PLACEHOLDER);
    if text.contains(PLACEHOLDER) && !is_own {
        return Err("the answer repeats a placeholder for a secret");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::site;
    use super::*;

    #[test]
    fn placeholders_are_not_inserted() {
        assert!(check(&site("key = |"), "\"__SECRET_1__\"").is_err());
        assert!(check(&site("const A: &str = \"__SECRET_|\""), "__SECRET_").is_ok());
        assert!(check(&site("key = |"), "secret").is_ok());
    }
}
