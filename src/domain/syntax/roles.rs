//! placeholder until the language work lands.
use crate::domain::language::{Role, SiteQuery};
use ropey::Rope;
use std::ops::Range;

/// stub
pub fn roles_at(
    _: &tree_sitter::Tree,
    _: &Rope,
    _: &SiteQuery,
    _: usize,
) -> Vec<(Role, Range<usize>)> {
    Vec::new()
}
