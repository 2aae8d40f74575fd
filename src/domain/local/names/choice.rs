//! Which names are looked at closely: those for which most speaks by a first estimate.

use super::composed::Composed;
use super::evidence::{LIKENESSES, Names, Seen};
use super::far::FarNames;
use super::known::Definitions;
use super::usually::Usually;
use super::{Candidate, Origin, derived};
use crate::domain::index::{Index, Key};
use crate::domain::site::Site;
use crate::domain::tokens::{Hashes, hash};

/// Bound: names that are looked at closely.
const CLOSELY_MAX: usize = 24;
/// What each likeness counts: the same token before, two, three, the same argument of the same
/// function, the same name before.
const BESIDE: [f32; LIKENESSES] = [3.0, 8.0, 12.0, 8.0, 3.0];

/// What is known at a site.
pub(super) struct Choice<'s, 'i> {
    pub(super) site: &'s Site,
    /// The segment of the site's own document.
    pub(super) own: Option<Key>,
    pub(super) definitions: &'s Definitions<'s>,
    pub(super) usual: &'s Usually<'s>,
    pub(super) far: Option<&'s (&'i Index, FarNames<'i>)>,
}

/// A name with the first estimate of what speaks for it.
struct Rough {
    name: String,
    hash: u32,
    origin: Origin,
    score: f32,
}

impl Choice<'_, '_> {
    /// Puts together what is known of each name from everywhere, and keeps the names for which most
    /// speaks, the best first. `near` are those of the window, `composed` the rests the word may have.
    pub(super) fn choose<'t>(
        &self,
        mut near: Names<'t>,
        composed: &[(&str, Composed)],
    ) -> Vec<Candidate<'t>> {
        let mut rough = self.rough(&near, composed);
        rough.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
        let candidates = rough.into_iter().map(|Rough { name, hash, origin, score }| {
            let seen = near.remove(&hash);
            let far = self.far.and_then(|(index, names)| {
                names.get(&hash).map(|followed| followed.look_up(index, self.own))
            });
            // The index lags behind the document: a name just typed is not in it.
            let is_new = origin == Origin::Text && far.is_none_or(|far| far.own == 0);
            let far = match &seen {
                Some(seen) if is_new => Some(far.unwrap_or_default().with_document(seen)),
                _ => far,
            };
            Candidate { name, hash, seen, far, origin, score }
        });
        candidates.collect()
    }

    fn rough(&self, near: &Names<'_>, composed: &[(&str, Composed)]) -> Vec<Rough> {
        let site = self.site;
        let is_member = site.member_operator().is_some();
        let keywords = site.document.language.lexical.keywords.iter().filter(|_| !is_member);
        let keywords = keywords.map(|name| (name.as_str(), hash(name), Origin::Keyword));
        let made = made_up(site);
        let made = made.iter().map(|(name, origin)| (name.as_str(), hash(name), *origin));
        let defined = self.definitions.names(is_member, !site.word.is_empty());
        let seen = near.iter().map(|(hash, seen)| (seen.name, *hash));
        let used = self.far.into_iter().flat_map(|(_, names)| names);
        let used = used.map(|(hash, followed)| (followed.name, *hash));
        let in_text = defined.chain(seen).chain(used);
        let in_text = in_text.map(|(name, hash)| (name, hash, Origin::Text));
        let usual = self.usual.names().map(|(name, hash)| (name, hash, Origin::Usual));
        let rests = self.usual.rests(site);
        let composed: Vec<(String, Origin)> = composed
            .iter()
            .map(|(rest, found)| (format!("{}{rest}", site.word), Origin::Composed(*found)))
            .chain(rests.iter().map(|rest| (format!("{}{rest}", site.word), Origin::Word)))
            .collect();
        let composed = composed.iter().map(|(name, origin)| (name.as_str(), hash(name), *origin));
        let fits = |name: &str| {
            name.len() > site.word.len() && (site.word.is_empty() || name.starts_with(&site.word))
        };
        let mut taken = Hashes::default();
        let mut rough = Vec::new();
        let all = keywords.chain(made).chain(in_text).chain(usual).chain(composed);
        for (name, hash, origin) in all.filter(|(name, ..)| fits(name)) {
            if taken.insert(hash) {
                let score = self.estimate(hash, origin, near.get(&hash), is_member);
                rough.push((name, hash, origin, score));
            }
        }
        keep_best(&mut rough);
        let owned = rough.into_iter();
        owned
            .map(|(name, hash, origin, score)| Rough { name: name.to_owned(), hash, origin, score })
            .collect()
    }

    fn estimate(&self, name: u32, origin: Origin, seen: Option<&Seen<'_>>, is_member: bool) -> f32 {
        let followed = self.far.and_then(|(index, names)| Some((index, names.get(&name)?)));
        origin.estimate()
            + self.definitions.estimate(name, is_member)
            + self.usual.estimate(name)
            + seen.map_or(0.0, first_estimate)
            + followed.map_or(0.0, |(index, followed)| followed.estimate(index))
    }
}

/// Keeps the names that are looked at closely, in no order.
fn keep_best(rough: &mut Vec<(&str, u32, Origin, f32)>) {
    if rough.len() <= CLOSELY_MAX {
        return;
    }
    // The texts, which only decide between equals, are far apart in memory: most are left alone.
    let mut scores: Vec<f32> = rough.iter().map(|(.., score)| *score).collect();
    let (_, least, _) = scores.select_nth_unstable_by(CLOSELY_MAX - 1, |a, b| b.total_cmp(a));
    rough.retain(|(.., score)| score.total_cmp(least).is_ge());
    if rough.len() > CLOSELY_MAX {
        rough.select_nth_unstable_by(CLOSELY_MAX, |a, b| {
            b.3.total_cmp(&a.3).then_with(|| a.0.cmp(b.0))
        });
        rough.truncate(CLOSELY_MAX);
    }
}

/// Names made of the last one on the line and, where one is begun, of the name of the file.
fn made_up(site: &Site) -> Vec<(String, Origin)> {
    if site.member_operator().is_some() {
        return Vec::new();
    }
    let lexical = &site.document.language.lexical;
    let mut words = site.before_word().split(|c| !lexical.is_word(c)).filter(|w| !w.is_empty());
    let last = words.next_back();
    let is_name = |word: &&str| !lexical.keywords.iter().any(|keyword| keyword == word);
    let last = last.filter(is_name).map(derived::names_like).unwrap_or_default();
    let mut made: Vec<(String, Origin)> =
        last.into_iter().map(|(name, way)| (name, Origin::Made(way))).collect();
    if !site.word.is_empty() {
        let file = site.document.filename.split('.').next().unwrap_or_default().replace('-', "_");
        let like = derived::names_like(&file);
        made.extend(like.into_iter().map(|(name, way)| (name, Origin::OfFile(way))));
        made.push((file, Origin::OfFile(0)));
    }
    made
}

/// The first estimate of what the window says: evidence of each kind with a fixed weight.
fn first_estimate(seen: &Seen<'_>) -> f32 {
    let alike = seen.alike.iter().zip(BESIDE);
    let beside: f32 = alike.map(|(alike, weight)| weight * alike.weight).sum();
    let nearness = (-(seen.nearest_before.min(seen.nearest_after) as f32) / 400.0).exp2();
    0.1 * (seen.count() as f32).min(20.0) + nearness + beside
}
