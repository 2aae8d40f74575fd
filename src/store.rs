//! What outlives the process: small files in the user's state folder.
//!
//! Several servers run side by side, one for each editor, so a file is only ever changed under a
//! lock, from what it says at that moment, and replaced as a whole. A file that cannot be read or
//! written costs its contents and nothing else. No file holds text, names or paths of the user's.

mod form;
pub mod stats;
