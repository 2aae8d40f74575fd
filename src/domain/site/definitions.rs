//! What is defined around the cursor of a site, from whichever tree says more.

use super::Site;
use crate::domain::language::LocalsQuery;
use crate::domain::syntax::locals::{Definition, local_definitions};

impl Site {
    /// What is known at the cursor of that which stands before it in the functions around it, the
    /// nearest first; cheap enough for every keystroke. Empty while the query of the language is
    /// not compiled. What the rest of the file defines is asked of
    /// [`file_definitions`](crate::domain::syntax::locals::file_definitions) in the background.
    ///
    /// The latest tree is asked first. While half-typed code hides the function from it, what the
    /// last whole tree knows of the function is added.
    pub fn definitions(&self) -> Vec<Definition> {
        let Some(Some(query)) = self.document.language.locals_query.get() else {
            return Vec::new();
        };
        let syntax = &self.document.syntax;
        let mut known = self.definitions_in(syntax.latest(), query);
        let whole = self.document.rope.len_bytes();
        if known.iter().all(|definition| definition.scope.len() == whole) {
            let more = self.definitions_in(syntax.good(), query);
            let more = more.into_iter().filter(|definition| definition.scope.len() < whole);
            let more: Vec<_> = more.collect();
            known.retain(|definition| more.iter().all(|other| other.name != definition.name));
            known.splice(0..0, more);
        }
        known
    }

    fn definitions_in(
        &self,
        tree: Option<&tree_sitter::Tree>,
        query: &LocalsQuery,
    ) -> Vec<Definition> {
        tree.map_or_else(Vec::new, |tree| {
            local_definitions(tree, &self.document.rope, query, self.offset)
        })
    }
}
