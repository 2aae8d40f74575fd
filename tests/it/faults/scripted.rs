//! A model inside the process that does what a script says, in virtual time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream;
use parking_lot::Mutex;
use tabtier::config::languages::Languages;
use tabtier::config::{Protocol, Settings};
use tabtier::domain::completion::{Chunk, FinishReason};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::gate::Strictness;
use tabtier::domain::prompt::{Prompt, PromptBody};
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::site::Trigger;
use tabtier::domain::syntax::parse;
use tabtier::engine::{Engine, Equipment, Request};
use tabtier::provider::registry::Registry;
use tabtier::provider::{ChunkStream, Provider, ProviderError};
use tokio_util::sync::CancellationToken;

/// What a model does next.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Takes this long.
    Wait(u64),
    /// Writes this.
    Text(&'static str),
    /// Fails.
    Fail(ProviderError),
    /// Says nothing more, for ever.
    Hang,
    /// Writes this again and again, with this pause.
    Drip(&'static str, u64),
    /// Breaks.
    Panic,
}

/// A scripted model and what became of its calls.
#[derive(Default)]
pub(super) struct Scripted {
    script: Mutex<Vec<Step>>,
    calls: AtomicUsize,
    left: AtomicUsize,
    prompts: Mutex<Vec<Prompt>>,
}

impl Scripted {
    pub(super) fn new(script: &[Step]) -> Arc<Self> {
        let model = Self::default();
        model.now(script);
        Arc::new(model)
    }

    /// Goes on with another script.
    pub(super) fn now(&self, script: &[Step]) {
        self.script.lock().clone_from(&script.to_vec());
    }

    /// How often it was asked.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// How many calls were left before their end.
    pub(super) fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }

    /// Everything it was sent.
    pub(super) fn read(&self) -> String {
        let texts = self.prompts.lock();
        let texts = texts.iter().map(|prompt| match &prompt.body {
            PromptBody::Infill { prefix, suffix, filename, extra } => {
                format!("{extra:?}{filename}{prefix}{suffix}")
            }
            PromptBody::Raw { text } => text.clone(),
            PromptBody::Chat { system, user } => format!("{system}{user}"),
        });
        texts.collect()
    }
}

/// A call under way; dropped before its end, it counts as left.
struct Call {
    model: Arc<Scripted>,
    steps: std::vec::IntoIter<Step>,
    dripping: Option<(&'static str, u64)>,
    has_ended: bool,
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.has_ended {
            self.model.left.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// A provider has to own what its streams count on.
pub(super) struct Provided(pub(super) Arc<Scripted>);

impl Provider for Provided {
    fn stream(&self, prompt: Prompt) -> ChunkStream {
        self.0.calls.fetch_add(1, Ordering::SeqCst);
        self.0.prompts.lock().push(prompt);
        let steps = self.0.script.lock().clone().into_iter();
        let model = Arc::clone(&self.0);
        let call = Call { model, steps, dripping: None, has_ended: false };
        Box::pin(stream::unfold(call, |mut call| async {
            let item = call.next().await;
            call.has_ended |= item.is_none();
            item.map(|item| (item, call))
        }))
    }
}

impl Call {
    async fn next(&mut self) -> Option<Result<Chunk, ProviderError>> {
        loop {
            if let Some((text, pause)) = self.dripping {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                return Some(Ok(chunk(text, None)));
            }
            match self.steps.next() {
                None if self.has_ended => return None,
                None => {
                    self.has_ended = true;
                    return Some(Ok(chunk("", Some(FinishReason::Stop))));
                }
                Some(Step::Wait(time)) => tokio::time::sleep(Duration::from_millis(time)).await,
                Some(Step::Text(text)) => return Some(Ok(chunk(text, None))),
                Some(Step::Fail(error)) => {
                    self.has_ended = true;
                    return Some(Err(error));
                }
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Drip(text, pause)) => self.dripping = Some((text, pause)),
                Some(Step::Panic) => panic!("as the script says"),
            }
        }
    }
}

fn chunk(text: &str, finish: Option<FinishReason>) -> Chunk {
    Chunk { text: text.to_owned(), usage: None, finish }
}

/// An engine with these models by tier, and settings changed by `adjust`.
pub(super) fn engine(
    models: &[(Tier, &str, &Arc<Scripted>)],
    adjust: impl Fn(&mut Settings),
) -> Arc<Engine> {
    let mut settings = Settings { gate: Strictness::Off, ..Settings::default() };
    for (tier, name, _) in models {
        let mut model = crate::support::model(Protocol::LlamaCppInfill, "http://127.0.0.1:1");
        (*name).clone_into(&mut model.spec.id);
        settings.models.insert((*name).to_owned(), model);
        settings.policy.models[*tier as usize].push((*name).to_owned());
    }
    adjust(&mut settings);
    let provided = models.iter().map(|(_, name, model)| {
        let provider: Arc<dyn Provider> = Arc::new(Provided(Arc::clone(model)));
        ((*name).to_owned(), provider)
    });
    let providers = Arc::new(provided.collect::<Registry>());
    Engine::new(Equipment { settings: Arc::new(settings), providers })
}

/// An engine with one model that is asked for everything.
pub(super) fn one(model: &Arc<Scripted>) -> Arc<Engine> {
    engine(&[(Tier::Fast, "one", model)], |settings| {
        settings.policy.force = Override::Always(Tier::Fast);
    })
}

/// A request in a Rust file; `|` is the cursor.
pub(super) fn request(code: &str, trigger: Trigger) -> Request {
    let (before, after) = code.split_once('|').expect("a cursor");
    let language = Languages::load().by_id("rust").expect("a language");
    language.warm();
    let text = format!("{before}{after}");
    let mut document = Document::new(DocumentId(1), 1, language, &text);
    let grammar = document.language.grammar.clone().expect("a grammar");
    let tree = parse(&grammar, &document.rope, None, &mut || true).expect("a tree");
    document.syntax.publish(tree, 0, before.len());
    Request {
        document,
        policy: None,
        offset: before.len(),
        trigger,
        has_diagnostic: false,
        neighbours: Vec::new(),
        open_max: None,
        superseded: CancellationToken::new(),
    }
}
