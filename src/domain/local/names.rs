//! Names: what the half-typed word, or the member after a `.`, probably is.
//!
//! Candidates are the names near the cursor, in the rest of the document, in other files, names made
//! of known ones, and the keywords. What speaks for each is put into numbers: what stood before and
//! after it elsewhere (n-gram cache models: Tu et al. 2014, Hellendoorn & Devanbu 2017), how near and
//! how often that was, how it is used and written. Learned trees make a probability of them.

pub(super) mod derived;
mod evidence;
mod far;
mod features;
mod known;
mod window;

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::ranker::Ranker;
use super::{Candidate as Offered, Known, Source};
use crate::domain::class::Classification;
use crate::domain::index::Index;
use crate::domain::lexical::Mode;
use crate::domain::site::Site;
use crate::domain::tokens::hash;
use evidence::{AsItIs, Names, Seen};
use far::{Far, FarNames};
use features::Common;
use known::Definitions;
use window::Window;

/// Bound: names that are looked at closely.
const CLOSELY_MAX: usize = 24;
/// What each likeness counts in the first choice: the same token before, two, three, the same argument
/// of the same function, the same name before.
const FIRST_CHOICE: [f32; evidence::LIKENESSES] = [3.0, 8.0, 12.0, 8.0, 3.0];

static RANKER: LazyLock<Option<Ranker>> = LazyLock::new(|| {
    Ranker::parse(include_str!("weights/name_tables.txt"), include_str!("weights/name_trees.txt"))
});

/// Reads the weights.
pub(super) fn warm() {
    LazyLock::force(&RANKER);
}

/// A name that may come.
#[derive(Debug)]
struct Candidate<'t> {
    name: String,
    seen: Option<Seen<'t>>,
    far: Option<Far>,
    origin: Origin,
    /// The first estimate, by which the ones looked at closely are chosen.
    score: f32,
}

/// How we came by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It is reserved.
    Keyword,
    /// It stands somewhere.
    Text,
    /// It was made of another name, in one of several ways.
    Made(usize),
}

impl Origin {
    fn estimate(self) -> f32 {
        match self {
            Self::Keyword => 0.3,
            Self::Text => 0.0,
            Self::Made(_) => 2.0,
        }
    }
}

/// What the word may become, with what speaks for it; the most likely by a first estimate first.
pub(super) fn candidates(site: &Site, found: &Classification, known: &Known<'_>) -> Vec<Offered> {
    let is_number = site.word.starts_with(|c: char| c.is_numeric());
    if !known.names || site.mode != Mode::Code || is_number || site.is_mid_word {
        return Vec::new();
    }
    let window = Window::around(site);
    let (here, occurrences) = window.read(site);
    let mut near = evidence::gather(&occurrences, &here);
    let whole = near.remove(&hash(&site.word));
    let far = known.index.map(|index| (index, far::gather(index, known.own, &here, &site.word)));
    let definitions = Definitions::of(site);
    let candidates = choose(site, known, &definitions, near, far.as_ref());
    let common = Common::of(site, &candidates, whole.as_ref());
    let ranked = candidates.iter().enumerate();
    ranked
        .map(|(rank, candidate)| Offered {
            source: Source::Name,
            text: candidate.name[site.word.len()..].to_owned(),
            sheet: features::sheet(site, found, (&common, &definitions), candidate, rank),
        })
        .collect()
}

/// The probability that a candidate is what comes.
pub(super) fn probability(candidate: &Offered) -> f64 {
    RANKER.as_ref().map_or(0.0, |ranker| ranker.probability(&candidate.sheet))
}

/// A name with the first estimate of what speaks for it.
struct Rough<'t> {
    name: &'t str,
    hash: u32,
    origin: Origin,
    score: f32,
}

/// Puts together what is known of each name from everywhere, and keeps the names for which most
/// speaks by a first estimate, the best first.
fn choose<'t>(
    site: &Site,
    known: &Known<'_>,
    definitions: &Definitions<'_>,
    mut near: Names<'t>,
    far: Option<&(&Index, FarNames<'_>)>,
) -> Vec<Candidate<'t>> {
    let is_member = site.member_operator().is_some();
    let keywords = site.document.language.lexical.keywords.iter().filter(|_| !is_member);
    let keywords = keywords.map(|keyword| (keyword.as_str(), Origin::Keyword));
    let made = made_up(site);
    let made = made.iter().map(|(name, way)| (name.as_str(), Origin::Made(*way)));
    let defined = definitions.names(is_member, !site.word.is_empty());
    let seen = near.values().map(|seen| seen.name);
    let used = far.into_iter().flat_map(|(_, names)| names.values().map(|followed| followed.name));
    let in_text = defined.chain(seen).chain(used).map(|name| (name, Origin::Text));
    let mut taken: HashSet<u32, BuildHasherDefault<AsItIs>> = HashSet::default();
    let mut rough = Vec::new();
    for (name, origin) in keywords.chain(made).chain(in_text) {
        let is_wanted = name.len() > site.word.len() && name.starts_with(&site.word);
        if !is_wanted {
            continue;
        }
        let hash = hash(name);
        if taken.insert(hash) {
            let followed = far.and_then(|(index, names)| Some((index, names.get(&hash)?)));
            let score = origin.estimate()
                + definitions.estimate(hash, is_member)
                + near.get(&hash).map_or(0.0, first_estimate)
                + followed.map_or(0.0, |(index, followed)| followed.estimate(index));
            rough.push(Rough { name, hash, origin, score });
        }
    }
    let order =
        |a: &Rough<'_>, b: &Rough<'_>| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(b.name));
    if rough.len() > CLOSELY_MAX {
        rough.select_nth_unstable_by(CLOSELY_MAX, order);
        rough.truncate(CLOSELY_MAX);
    }
    rough.sort_by(order);
    let chosen: Vec<_> = rough
        .into_iter()
        .map(|Rough { name, hash, origin, score }| (name.to_owned(), hash, origin, score))
        .collect();
    let candidates = chosen.into_iter().map(|(name, hash, origin, score)| {
        let far = far.and_then(|(index, names)| {
            names.get(&hash).map(|followed| followed.look_up(index, known.own))
        });
        Candidate { name, seen: near.remove(&hash), far, origin, score }
    });
    candidates.collect()
}

/// Names made of the last one on the line.
fn made_up(site: &Site) -> Vec<(String, usize)> {
    if site.member_operator().is_some() {
        return Vec::new();
    }
    let lexical = &site.document.language.lexical;
    let mut words = site.before_word().split(|c| !lexical.is_word(c)).filter(|w| !w.is_empty());
    let last = words.next_back();
    let is_name = |word: &&str| !lexical.keywords.iter().any(|keyword| keyword == word);
    last.filter(is_name).map(derived::names_like).unwrap_or_default()
}

/// The first estimate: evidence of each kind with a fixed weight.
fn first_estimate(seen: &Seen<'_>) -> f32 {
    let alike = seen.alike.iter().zip(FIRST_CHOICE);
    let beside: f32 = alike.map(|(alike, weight)| weight * alike.weight).sum();
    let nearness = (-(seen.nearest_before.min(seen.nearest_after) as f32) / 400.0).exp2();
    0.1 * (seen.count() as f32).min(20.0) + nearness + beside
}

#[cfg(test)]
mod tests;
