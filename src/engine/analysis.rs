//! Parsing and counting names off the keystroke path.
//!
//! One thread of its own takes the newest snapshot of each document, waits until typing pauses
//! for a moment, parses it, counts its names and hands both back. A burst of edits costs one
//! parse. The thread has a large stack, because the parser recurses with the nesting of the text.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::domain::class;
use crate::domain::document::{Document, DocumentId};
use crate::domain::excerpts::Excerpts;
use crate::domain::index::{Draft, Key};
use crate::domain::local;
use crate::domain::outline::Outline;
use crate::domain::syntax::{PARSED_BYTES_MAX, parse};
use crate::domain::workspace::{Analysis, Leftovers};

use super::index::Indexes;

/// A document is analysed when it has not changed for this long.
const QUIET: Duration = Duration::from_millis(20);
/// A document that never rests is analysed at least this often.
const WAIT_MAX: Duration = Duration::from_millis(200);
/// Bound: time one parse may take. Broken code in a file of 20,000 lines takes 0.25 s at worst.
const PARSE_MAX: Duration = Duration::from_secs(2);
/// Bound: time a parse on the keystroke path may take. Files of up to about 800 lines make it; in
/// larger ones it would be a third of the whole answer, and the tree of the last pause does.
const PARSE_NOW_MAX: Duration = Duration::from_micros(200);
/// Bound: bytes of a document that is worth parsing on the keystroke path.
const PARSE_NOW_BYTES_MAX: usize = 32 << 10;
/// Names of large documents are counted anew at most this often.
const RECOUNT_EVERY: Duration = Duration::from_secs(3);
/// Documents up to this many bytes are counted at every analysis; it takes half a millisecond.
const RECOUNT_ALWAYS_BYTES: usize = 64 << 10;
/// Stack of the analysis thread. It is reserved, not used, until a text nests that deep.
const STACK_BYTES: usize = 256 << 20;

/// Hands snapshots to the analysis thread. The thread ends when this is dropped.
#[derive(Clone, Debug)]
pub struct Analyser {
    jobs: Sender<Job>,
}

enum Job {
    Analyse(Document),
    Free(Leftovers),
}

struct Waiting {
    document: Document,
    first_asked: Instant,
    last_asked: Instant,
}

impl Analyser {
    /// Starts the thread. `publish` is called on it with each tree; names go into `indexes`.
    pub fn start(
        indexes: Arc<Indexes>,
        publish: impl Fn(Analysis) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, mut inbox) = channel();
        let mut findings = (indexes, publish);
        std::thread::Builder::new().name("analysis".to_owned()).spawn(move || {
            while let Ok(first) = inbox.recv()
                && work(first, &mut inbox, &mut findings)
            {}
        })?;
        Ok(Self { jobs })
    }

    /// Asks for an analysis of this snapshot; a newer one of the same document replaces it.
    pub fn submit(&self, document: Document) {
        // The thread only ends with the process; a lost analysis costs a lagging tree.
        let _ = self.jobs.send(Job::Analyse(document));
    }

    /// Takes what is left of a closed document, frees it and gives the memory back to the system.
    pub fn free(&self, leftovers: Leftovers) {
        let _ = self.jobs.send(Job::Free(leftovers));
    }
}

/// Works on a thread that ends when documents were closed and nothing is left to do: an allocator
/// keeps some pieces of freed trees for the thread, which hold up the memory around them, and only
/// the thread's end gives them back. A panic costs one analysis. Returns whether to go on.
fn work<P: Fn(Analysis) + Send>(
    first: Job,
    inbox: &mut Receiver<Job>,
    (indexes, publish): &mut (Arc<Indexes>, P),
) -> bool {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("parser".to_owned()).stack_size(STACK_BYTES);
        let worker = thread.spawn_scoped(scope, move || run(first, inbox, indexes, publish));
        worker.is_ok_and(|worker| worker.join().unwrap_or(true))
    })
}

fn run(first: Job, inbox: &Receiver<Job>, indexes: &Indexes, publish: &dyn Fn(Analysis)) -> bool {
    let mut queue = Queue::default();
    queue.take(first, indexes);
    loop {
        while let Ok(job) = inbox.try_recv() {
            queue.take(job, indexes);
        }
        if let Some(document) = queue.ready() {
            // The tree comes first: it serves every class, and counting a large file takes longer.
            let analysis = analyse(&document);
            let Analysis { id, revision, focus, .. } = analysis;
            let tree = analysis.tree.clone();
            publish(analysis);
            if count(&document, &mut queue.counted, indexes) {
                let Document { rope, language, last_edit, .. } = &document;
                let excerpts = Excerpts::of(rope, tree.as_ref(), language, *last_edit);
                let excerpts = Some(Arc::new(excerpts));
                publish(Analysis { id, revision, focus, tree: None, outline: None, excerpts });
            }
            continue;
        }
        let received = match queue.next_due() {
            None if queue.has_freed => return true,
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => inbox.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        match received {
            Ok(job) => queue.take(job, indexes),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// What the thread has to do.
#[derive(Default)]
struct Queue {
    waiting: BTreeMap<DocumentId, Waiting>,
    /// When the names of each open document were last counted.
    counted: BTreeMap<DocumentId, Instant>,
    has_freed: bool,
}

impl Queue {
    fn take(&mut self, job: Job, indexes: &Indexes) {
        match job {
            Job::Analyse(document) => {
                let now = Instant::now();
                let first_asked = self.waiting.get(&document.id).map_or(now, |w| w.first_asked);
                let waiting = Waiting { document, first_asked, last_asked: now };
                self.waiting.insert(waiting.document.id, waiting);
            }
            Job::Free(leftovers) => {
                if let Some(closed) = leftovers.closed {
                    self.waiting.remove(&closed);
                    self.counted.remove(&closed);
                    indexes.close(closed);
                }
                self.has_freed = true;
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        self.waiting.values().map(due).min()
    }

    fn ready(&mut self) -> Option<Document> {
        let now = Instant::now();
        let (id, _) = self.waiting.iter().find(|(_, waiting)| due(waiting) <= now)?;
        let id = *id;
        self.waiting.remove(&id).map(|waiting| waiting.document)
    }
}

/// A document nobody has typed in yet is analysed at once.
fn due(job: &Waiting) -> Instant {
    match job.document.revision {
        0 => job.first_asked,
        _ => (job.last_asked + QUIET).min(job.first_asked + WAIT_MAX),
    }
}

fn analyse(document: &Document) -> Analysis {
    document.language.warm();
    class::warm();
    local::warm(&document.language);
    let started = Instant::now();
    let tree = document.language.grammar.as_ref().and_then(|grammar| {
        let is_parsable = document.rope.len_bytes() <= PARSED_BYTES_MAX;
        let old = document.syntax.latest();
        let mut go_on = || started.elapsed() < PARSE_MAX;
        is_parsable.then(|| parse(grammar, &document.rope, old, &mut go_on))?
    });
    let outline = tree.as_ref().map(|tree| {
        Arc::new(Outline::of(tree, &document.rope, &document.language, document.last_edit))
    });
    Analysis {
        id: document.id,
        revision: document.revision,
        focus: document.last_edit,
        tree,
        outline,
        excerpts: None,
    }
}

/// Counts the names of a document, unless it is large and was counted a moment ago; returns whether
/// it did.
fn count(
    document: &Document,
    counted: &mut BTreeMap<DocumentId, Instant>,
    indexes: &Indexes,
) -> bool {
    let is_small = document.rope.len_bytes() <= RECOUNT_ALWAYS_BYTES;
    // What was counted long ago, or has been closed since, counts as never counted.
    counted.retain(|_, last| last.elapsed() < RECOUNT_EVERY);
    let is_due = is_small || !counted.contains_key(&document.id);
    if is_due {
        counted.insert(document.id, Instant::now());
        let draft = Draft::of_rope(&document.rope, &document.language.lexical);
        indexes.put(&document.language.family, Key::Open(document.id), draft);
    }
    is_due
}

/// Brings the tree of a snapshot up to date if that can be done within the keystroke's budget.
/// Otherwise the tree keeps lagging, which the site takes into account.
pub fn refresh(document: &mut Document) {
    let is_worth_it = document.rope.len_bytes() <= PARSE_NOW_BYTES_MAX
        && !document.syntax.is_fresh(document.revision)
        && document.syntax.latest().is_some();
    let Some(grammar) = document.language.grammar.as_ref().filter(|_| is_worth_it) else { return };
    let started = Instant::now();
    let mut go_on = || started.elapsed() < PARSE_NOW_MAX;
    let tree = parse(grammar, &document.rope, document.syntax.latest(), &mut go_on);
    if let Some(tree) = tree {
        document.syntax.publish(tree, document.revision, document.last_edit);
    }
}
