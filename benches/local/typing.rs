//! A stretch typed key by key, by someone who accepts every right offer that saves a key.
//!
//! The typist knows what comes and makes no mistakes. Ghost text is there at once after each key,
//! and only where the plan lets the local engine answer alone with no model configured. One key
//! accepts it. Enter brings the indentation of the next line with it, as editors do, so blanks at the
//! start of a line cost nothing and saving them counts nothing. The editor closes no brackets by
//! itself: closers are typed, and saved, in full.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tabtier::config::Settings;
use tabtier::config::languages::Languages;
use tabtier::domain::class::classify;
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::index::{Index, Key};
use tabtier::domain::local::{Kept, Known, offers};
use tabtier::domain::outline::Outline;
use tabtier::domain::route::{Circumstances, evidence, plan};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::text::{PositionEncoding, TextChange, position_of};

use crate::regions::Region;

/// Characters an offer must spare to be worth a look and a key.
const WORTH: usize = 2;

/// What came of some typing. Characters are those a person types: indentation is not among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Characters of the text.
    pub(crate) characters: usize,
    /// Keys pressed for it, with those that accept.
    pub(crate) keys: usize,
    /// Right offers that were accepted, and the keys they saved, by kind.
    pub(crate) accepted: [(usize, usize); KINDS.len()],
    /// Wrong offers that came up. One that stays while it is typed against counts once.
    pub(crate) wrong: usize,
}

/// What is offered, by its shape: signs alone, one word, or more.
pub(crate) const KINDS: [&str; 3] = ["closers", "names", "lines"];

impl Tally {
    /// Both together.
    pub(crate) fn add(&mut self, other: &Self) {
        self.characters += other.characters;
        self.keys += other.keys;
        self.wrong += other.wrong;
        for (sum, more) in self.accepted.iter_mut().zip(other.accepted) {
            *sum = (sum.0 + more.0, sum.1 + more.1);
        }
    }
}

/// Types a region.
pub(crate) fn retype(region: &Region, languages: &Languages) -> Tally {
    let mut typist = Typist::new(region, languages);
    let mut tally = Tally { characters: typist.cost(0, region.text.len()), ..Tally::default() };
    let mut seen: Option<String> = None;
    while typist.at < region.text.len() {
        let left = &region.text[typist.at..];
        let ghost = typist.ghost();
        let right = ghost.as_deref().filter(|text| is_kept(left, text));
        let saved = right.map_or(0, |text| typist.cost(typist.at, typist.at + text.len()));
        tally.keys += 1;
        if let Some(text) = right.filter(|_| saved >= WORTH) {
            let (count, keys) = &mut tally.accepted[kind_of(text)];
            (*count, *keys) = (*count + 1, *keys + saved - 1);
            typist.insert(text.len());
            seen = None;
            continue;
        }
        if let Some(wrong) = ghost.as_ref().filter(|_| right.is_none())
            && seen.as_ref() != Some(wrong)
        {
            tally.wrong += 1;
        }
        let typed = left.chars().next().map_or(0, char::len_utf8);
        // What the ghost would become if it only shrank by what is typed.
        seen = ghost.and_then(|text| text.strip_prefix(&left[..typed]).map(str::to_owned));
        typist.insert(typed);
    }
    let saved: usize = tally.accepted.iter().map(|(_, keys)| keys).sum();
    assert_eq!(tally.keys + saved, tally.characters, "a key or a character was lost");
    tally
}

/// Whether all of an offer is what comes: nothing of it to delete, no word cut in its middle.
fn is_kept(left: &str, text: &str) -> bool {
    let goes_on = |rest: &str| rest.chars().next().is_some_and(is_word);
    left.strip_prefix(text).is_some_and(|rest| !(text.ends_with(is_word) && goes_on(rest)))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

fn kind_of(text: &str) -> usize {
    let text = text.trim();
    if text.contains(is_word) { 1 + usize::from(!text.chars().all(is_word)) } else { 0 }
}

/// The document and how far it is typed.
struct Typist<'a> {
    text: &'a str,
    /// For each byte of the text whether the editor's indentation brings it.
    is_free: Vec<bool>,
    begin: usize,
    at: usize,
    document: Document,
    index: Index,
    kept: Kept,
    settings: Settings,
}

impl<'a> Typist<'a> {
    fn new(region: &'a Region, languages: &Languages) -> Self {
        let whole = [region.before.as_str(), region.after.as_str()].concat();
        let path: &Path = &region.path;
        let language = languages.detect("", path, &whole);
        language.warm();
        let mut document = Document::new(DocumentId(1), 1, language, &whole);
        let filename = path.file_name().unwrap_or_default().to_string_lossy();
        document.filename = Arc::from(filename.as_ref());
        let mut typist = Self {
            text: &region.text,
            is_free: free(&region.text),
            begin: region.before.len(),
            at: 0,
            document,
            index: Index::default(),
            kept: Kept::default(),
            settings: Settings::default(),
        };
        typist.parse();
        typist.count_names();
        typist.insert(0);
        typist
    }

    /// Characters a person types for a part of the text.
    fn cost(&self, from: usize, to: usize) -> usize {
        let characters = self.text[from..to].char_indices();
        characters.filter(|(index, _)| !self.is_free[from + index]).count()
    }

    /// Inserts the next bytes of the text, and the indentation that comes behind them.
    fn insert(&mut self, bytes: usize) {
        let start = self.at;
        self.at += bytes;
        while self.is_free.get(self.at) == Some(&true) {
            self.at += 1;
        }
        let inserted = &self.text[start..self.at];
        if inserted.is_empty() {
            return;
        }
        let rope = &self.document.rope;
        let position = position_of(rope, self.begin + start, PositionEncoding::Utf16);
        let change = TextChange { range: Some((position, position)), text: inserted.to_owned() };
        let version = self.document.version + 1;
        self.document.apply(version, &[change], PositionEncoding::Utf16, Instant::now());
        // A tree that is at most a word old, as it is when each pause brings a new one.
        let is_in_word = inserted.chars().all(is_word) && self.text[..start].ends_with(is_word);
        if !is_in_word {
            self.parse();
        }
        if inserted.contains('\n') {
            self.count_names();
        }
    }

    fn parse(&mut self) {
        let document = &mut self.document;
        let Some(grammar) = &document.language.grammar else { return };
        let tree = parse(grammar, &document.rope, document.syntax.latest(), &mut || true);
        if let Some(tree) = tree {
            document.outline = Arc::new(Outline::of(&tree, &document.rope, &document.language, 0));
            document.syntax.publish(tree, document.revision, document.last_edit);
        }
    }

    /// What the engine knows besides the place. An index of the project belongs here.
    fn count_names(&mut self) {
        self.index = Index::of_document(&self.document);
    }

    /// The text that is shown at the cursor.
    fn ghost(&self) -> Option<String> {
        let site = Site::new(self.document.clone(), self.begin + self.at, Trigger::Automatic);
        let found = classify(&site);
        let around = Circumstances {
            model: &|_| None,
            is_healthy: &|_| true,
            objection: &|_, _, _| None,
            trigger: Trigger::Automatic,
            is_private: false,
            evidence: evidence(&site, &found, false),
            feedback: None,
        };
        let role = plan(&found, &self.settings.policy, &around).local;
        let own = Some(Key::Open(self.document.id));
        let known = Known {
            index: Some(&self.index),
            own,
            kept: Some(&self.kept),
            closers: true,
            names: true,
            lines: true,
        };
        let offers = offers(&site, &found, &known).into_iter();
        let best = offers.clone().next().filter(|best| best.is_last_resort(Trigger::Automatic));
        let alone = offers.into_iter().find(|offer| offer.answers_alone(role));
        alone.or(best).map(|offer| offer.text)
    }
}

/// Marks the blanks that lines with text begin with.
fn free(text: &str) -> Vec<bool> {
    let mut is_free = vec![false; text.len()];
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        is_free[begin..begin + blanks].fill(true);
        begin += line.len();
    }
    is_free
}
