//! The tokenizers of models whose vocabularies are public, loaded in the background.
//!
//! Loading one takes a tenth of a second and some twenty megabytes, so only those are loaded that a
//! configured model wants, on a thread of their own, and nobody waits for it: until one is there,
//! tokens are estimated. Counting takes microseconds and may be done anywhere. Which vocabularies are
//! linked in, and under which licences, is in `THIRD-PARTY.md`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use parking_lot::Mutex;
use tiktoken::CoreBpe;

use crate::domain::ruler::{Count, Vocabulary};

/// A loaded tokenizer.
struct Loaded(&'static CoreBpe);

impl Count for Loaded {
    fn count(&self, text: &str) -> usize {
        self.0.count(text)
    }
}

/// One vocabulary, on its way.
struct Shelf {
    is_wanted: AtomicBool,
    loaded: OnceLock<Loaded>,
}

/// The threads that load.
static THREADS: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

static SHELVES: [Shelf; Vocabulary::ALL.len()] =
    [const { Shelf { is_wanted: AtomicBool::new(false), loaded: OnceLock::new() } };
        Vocabulary::ALL.len()];

/// Begins to load these vocabularies, each at most once, and returns at once.
pub fn load(wanted: impl IntoIterator<Item = Vocabulary>) {
    let is_new = |vocabulary: &Vocabulary| {
        !SHELVES[*vocabulary as usize].is_wanted.swap(true, Ordering::Relaxed)
    };
    let new: Vec<Vocabulary> = wanted.into_iter().filter(is_new).collect();
    if new.is_empty() {
        return;
    }
    let thread = std::thread::Builder::new().name("tokenizers".to_owned());
    let thread = thread.spawn(move || {
        for vocabulary in new {
            if let Some(encoding) = tiktoken::get_encoding(vocabulary.name()) {
                let _ = SHELVES[vocabulary as usize].loaded.set(Loaded(encoding));
            }
        }
    });
    // Without a thread there are estimates, as before.
    THREADS.lock().extend(thread);
}

/// Waits until everything is loaded that was begun. For commands that nobody waits for while typing.
pub fn wait() {
    let threads = std::mem::take(&mut *THREADS.lock());
    for thread in threads {
        // A thread that broke off leaves estimates.
        let _ = thread.join();
    }
}

/// The tokenizer of a vocabulary, once it is loaded.
pub fn ready(vocabulary: Vocabulary) -> Option<&'static dyn Count> {
    SHELVES[vocabulary as usize].loaded.get().map(|loaded| loaded as &dyn Count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vocabularies_are_there_after_a_while_and_marks_in_code_are_code() {
        load(Vocabulary::ALL);
        wait();
        for vocabulary in Vocabulary::ALL {
            let tokenizer = ready(vocabulary).expect("loaded");
            assert_eq!((tokenizer.count(""), tokenizer.count("return")), (0, 1));
            assert!(tokenizer.count("<|endoftext|>") > 1, "{}", vocabulary.name());
        }
        load(Vocabulary::ALL);
        assert!(THREADS.lock().is_empty(), "each is loaded once");
    }
}
