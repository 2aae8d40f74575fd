//! A session replayed through the real document, site, classifier, plan and local engine.
//!
//! What comes out is every automatic request that would reach a model, with what the user did next.
//! The future is read here and nowhere else: neither the classifier nor the gate sees it.

use std::path::Path;
use std::time::{Duration, Instant};

use tabtier::config::Settings;
use tabtier::config::languages::Languages;
use tabtier::domain::class::{Classification, Extent, RequestClass, classify};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::index::{Index, Key};
use tabtier::domain::local::{Kept, Known, offers};
use tabtier::domain::prompt::PromptForm;
use tabtier::domain::route::{Circumstances, ModelSpec, Place, Plan, Policy, Tier, evidence, plan};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};
use tabtier::domain::trail::Net;
use tabtier::domain::units::Tokens;

use super::next::{Change, Next, Step, next};
use super::recording::{Event, Recording, What};

/// Names are counted anew after this many edits; the server does it in every pause.
const RECOUNT_EVERY: usize = 16;

/// An automatic request that would reach a model.
pub(crate) struct Asked {
    pub(crate) site: Site,
    pub(crate) class: RequestClass,
    pub(crate) extent: Extent,
    pub(crate) tier: Tier,
    pub(crate) settle: Duration,
    pub(crate) arrived: Instant,
    /// The last edit, or the arrival where there is none.
    pub(crate) edited: Instant,
    pub(crate) next: Next,
    /// Which stretch of forward typing it belongs to.
    pub(crate) stretch: usize,
    /// Whether it lies in the first half of the session, by edits.
    pub(crate) is_first_half: bool,
}

/// A session, replayed.
pub(crate) struct Replayed {
    pub(crate) name: String,
    /// Edits in each half.
    pub(crate) edits: [usize; 2],
    pub(crate) asked: Vec<Asked>,
}

pub(crate) fn replay(recording: &Recording, languages: &Languages) -> Replayed {
    let edits_all = recording.events.iter().filter(|e| matches!(e.what, What::Edit(..))).count();
    let mut player = Player::new(recording, languages);
    let mut edits = [0; 2];
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut last_asked = None;
    for event in &recording.events {
        let is_first_half = player.edits * 2 < edits_all;
        if matches!(event.what, What::Edit(..)) {
            edits[usize::from(!is_first_half)] += 1;
        }
        let Some(caret) = player.step(event) else { continue };
        // The editor asks again at a place where a call is under way: the call is joined.
        let this = (caret, player.document.revision);
        if last_asked.replace(this) == Some(this) {
            continue;
        }
        if let Some((site, found, plan)) = player.ask(caret) {
            let from = player.steps.len();
            waiting.push(Waiting { site, found, plan, from, at: event.at, is_first_half });
        }
    }
    let mut asked: Vec<Asked> = Vec::new();
    for waiting in waiting {
        let before = asked.last();
        let goes_on = before.is_some_and(|before| goes_on(before, &waiting.site));
        let stretch = before.map_or(0, |before| before.stretch) + usize::from(!goes_on);
        asked.extend(player.follow(waiting, stretch));
    }
    Replayed { name: recording.name.clone(), edits, asked }
}

/// A request whose future has not been read yet.
struct Waiting {
    site: Site,
    found: Classification,
    plan: Plan,
    /// The first step after it.
    from: usize,
    at: f64,
    is_first_half: bool,
}

/// The program's side of a replay.
struct Player<'a> {
    recording: &'a Recording,
    document: Document,
    index: Index,
    kept: Kept,
    policy: Policy,
    models: Vec<ModelSpec>,
    begin: Instant,
    steps: Vec<(f64, Step)>,
    edits: usize,
}

impl<'a> Player<'a> {
    fn new(recording: &'a Recording, languages: &Languages) -> Self {
        let file = format!("file.{}", recording.language);
        let language = languages.detect(&recording.language, Path::new(&file), "");
        language.warm();
        let policy = policy();
        Self {
            recording,
            document: Document::new(DocumentId(1), 1, language, &recording.start),
            index: Index::default(),
            kept: Kept::default(),
            models: policy.models.iter().flatten().map(|id| model(id)).collect(),
            policy,
            begin: Instant::now(),
            steps: Vec::new(),
            edits: 0,
        }
    }

    fn time(&self, at: f64) -> Instant {
        self.begin + Duration::from_secs_f64(at)
    }

    /// Takes in what happened; returns the caret if the editor asks then.
    fn step(&mut self, event: &Event) -> Option<usize> {
        match &event.what {
            What::Request(caret) => {
                let caret = byte_of(&self.document, *caret, self.recording.is_utf16);
                self.steps.push((event.at, Step::Caret(caret)));
                Some(caret)
            }
            What::Edit(list, is_accepted) => {
                let document = &mut self.document;
                if self.edits.is_multiple_of(RECOUNT_EVERY) {
                    self.index = Index::of_document(document);
                }
                self.edits += 1;
                let now = self.begin + Duration::from_secs_f64(event.at);
                let changes = apply(document, list, *is_accepted, self.recording.is_utf16, now);
                let caret = changes.last().map(caret_after);
                self.steps.push((event.at, Step::Edit(changes)));
                caret.filter(|_| !self.recording.has_requests)
            }
        }
    }

    /// What would be asked of a model at this place; `None` where the local engine answers.
    fn ask(&self, caret: usize) -> Option<(Site, Classification, Plan)> {
        let site = Site::new(self.document.clone(), caret, Trigger::Automatic);
        let found = classify(&site);
        let around = Circumstances {
            model: &|id| self.models.iter().find(|model| model.id == id),
            is_healthy: &|_| true,
            objection: &|_, _, _| None,
            trigger: Trigger::Automatic,
            is_private: false,
            evidence: evidence(&site, &found, false),
            feedback: None,
        };
        let plan = plan(&found, &self.policy, &around);
        let known = Known {
            index: Some(&self.index),
            own: Some(Key::Open(site.document.id)),
            kept: Some(&self.kept),
            closers: true,
            names: true,
            lines: true,
        };
        if offers(&site, &found, &known).iter().any(|offer| offer.answers_alone(plan.local)) {
            return None;
        }
        Some((site, found, plan))
    }

    fn follow(&self, waiting: Waiting, stretch: usize) -> Option<Asked> {
        let Waiting { site, found, plan, from, at, is_first_half } = waiting;
        let attempt = plan.attempts.first()?;
        let time = |at| self.time(at);
        Some(Asked {
            class: found.class,
            extent: found.extent,
            tier: attempt.tier,
            settle: attempt.settle,
            arrived: time(at),
            edited: site.document.changed_at.unwrap_or(time(at)),
            next: next(&self.steps[from..], &site, at, found.extent, &time),
            stretch,
            is_first_half,
            site,
        })
    }
}

/// The default policy with one model in each tier.
fn policy() -> Policy {
    let mut policy = Settings::default().policy;
    for tier in [Tier::Fast, Tier::Mid, Tier::Flagship] {
        policy.models[tier as usize] = vec![tier.name().to_owned()];
    }
    policy
}

fn model(id: &str) -> ModelSpec {
    ModelSpec {
        id: id.to_owned(),
        form: PromptForm::Chat,
        context_tokens: Tokens(8192),
        price: None,
        place: Place::Cloud,
    }
}

fn byte_of(document: &Document, offset: usize, is_utf16: bool) -> usize {
    let rope = &document.rope;
    let char_index = if is_utf16 {
        rope.utf16_cu_to_char(offset.min(rope.len_utf16_cu()))
    } else {
        offset.min(rope.len_chars())
    };
    rope.char_to_byte(char_index)
}

/// Applies one edit as the editor would send it, and parses as the server does in every pause.
fn apply(
    document: &mut Document,
    list: &[(usize, usize, String)],
    is_accepted: bool,
    is_utf16: bool,
    now: Instant,
) -> Vec<Change> {
    let mut scratch = document.clone();
    let mut changes = Vec::new();
    let mut sent = Vec::new();
    for (offset, deleted, text) in list {
        let start = byte_of(&scratch, *offset, is_utf16);
        let end = byte_of(&scratch, offset + deleted, is_utf16);
        let old = scratch.rope.byte_slice(start..end).to_string();
        let position = |at| position_of(&scratch.rope, at, PositionEncoding::Utf8);
        sent.push(TextChange { range: Some((position(start), position(end))), text: text.clone() });
        scratch.splice(start..end, text);
        changes.push(Change {
            raw_start: start,
            raw_added: text.clone(),
            net: Net::new(start, &old, text),
            is_accepted,
        });
    }
    document.apply(2, &sent, PositionEncoding::Utf8, now);
    if let Some(grammar) = &document.language.grammar {
        let old = document.syntax.clone();
        if let Some(tree) = parse(grammar, &document.rope, old.latest(), &mut || true) {
            document.syntax.publish(tree, document.revision, document.last_edit);
        }
    }
    changes
}

/// Where the caret stands after an edit, if nothing else says so: behind it, but inside a pair.
fn caret_after(change: &Change) -> usize {
    let pairs = ["()", "[]", "{}", "<>", "\"\"", "''", "``"];
    let end = change.raw_start + change.raw_added.len();
    if change.net.removed.is_empty() && pairs.contains(&change.raw_added.as_str()) {
        end - 1
    } else {
        end
    }
}

/// Whether `site` is the place of the request before it with nothing but text typed in between.
fn goes_on(before: &Asked, site: &Site) -> bool {
    let typed = site.offset.checked_sub(before.site.offset).filter(|bytes| *bytes <= 64);
    typed.is_some_and(|bytes| {
        let prefix = site.line_prefix.len().checked_sub(bytes);
        prefix.is_some_and(|end| {
            site.line_prefix.is_char_boundary(end)
                && site.line_prefix[..end] == *before.site.line_prefix
        })
    })
}
