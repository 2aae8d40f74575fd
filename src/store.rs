//! What outlives the process: files in the user's folders for state and caches.
//!
//! Several servers run side by side, one for each editor, so a file is only ever changed under a
//! lock, from what it says at that moment, or replaced as a whole. A file that cannot be read or
//! written costs its contents and nothing else. The file of statistics holds no
//! text, names or paths of the user's; parts of an index hold names and are off unless asked for.

mod form;
pub mod ledger;
pub mod segments;
pub mod servers;
pub mod stats;
