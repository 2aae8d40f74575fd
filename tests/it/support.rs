//! What several integration tests share: the server behind its pipes, and the real programs.

pub(crate) mod alive;
pub(crate) mod lsp;
pub(crate) mod tools;
