//! Names: what the half-typed word, or the member after a `.`, probably is.
//!
//! Candidates are the names near the cursor, in the rest of the document, in the other open
//! documents, and the keywords. What stood before a name counts most: the same one or two tokens
//! before it somewhere near is strong evidence, as n-gram cache models showed (Tu et al. 2014,
//! Hellendoorn & Devanbu 2017). Then nearness, then frequency. The confidence is the best
//! candidate's share of all the evidence, damped while little has been typed.

use std::collections::HashMap;

use super::{Known, OFFERS_MAX, Offer};
use crate::domain::completion::Confidence;
use crate::domain::lexical::Mode;
use crate::domain::site::Site;
use crate::domain::text;
use crate::domain::words::for_each_word;

/// Bytes scanned before and after the cursor. 48 KB take about 0.3 ms.
const SCAN_BEFORE: usize = 32 << 10;
const SCAN_AFTER: usize = 16 << 10;
/// Nearness halves about every this many bytes.
const NEAR_BYTES: f64 = 3000.0;
/// Evidence from the same token before, and from the same two tokens before.
const BIGRAM_WEIGHT: f64 = 6.0;
const TRIGRAM_WEIGHT: f64 = 14.0;
/// Evidence that none of the candidates is right.
const UNSEEN: f64 = 1.2;

/// What the word may become, best first. Each offer holds only the part still missing.
pub(super) fn offers(site: &Site, known: &Known) -> Vec<Offer> {
    let is_number = site.word.starts_with(|c: char| c.is_numeric());
    if !known.names || site.mode != Mode::Code || is_number || site.is_mid_word {
        return Vec::new();
    }
    if site.word.is_empty() && site.member_operator().is_none() {
        return Vec::new();
    }
    let mut evidence = Evidence::default();
    let rope = &site.document.rope;
    let before = text::tail_before(rope, site.offset - site.word.len(), SCAN_BEFORE);
    let after = text::head_after(rope, site.offset, SCAN_AFTER);
    let context = Context::at_end_of(&before, site);
    gather_near(&before, true, &context, site, &mut evidence);
    gather_near(&after, false, &context, site, &mut evidence);
    if !site.word.is_empty() {
        gather_far(site, known, &mut evidence);
    }
    rank(site, evidence)
}

/// What speaks for each way the word may go on, and for its being whole already.
#[derive(Default)]
struct Evidence<'a> {
    names: HashMap<&'a str, f64>,
    is_whole: f64,
}

/// The two tokens before the word.
struct Context<'a> {
    last: &'a str,
    last_two: (&'a str, &'a str),
}

impl<'a> Context<'a> {
    fn at_end_of(text: &'a str, site: &Site) -> Self {
        let (rest, last) = split_last_token(text, site);
        let (_, before) = split_last_token(rest, site);
        Self { last, last_two: (before, last) }
    }
}

fn gather_near<'a>(
    text: &'a str,
    is_before: bool,
    context: &Context<'_>,
    site: &'a Site,
    evidence: &mut Evidence<'a>,
) {
    let lexical = &site.document.language.lexical;
    let is_member = site.member_operator().is_some();
    for_each_word(text, lexical, |at, name| {
        if !name.starts_with(&site.word) {
            return;
        }
        let distance = if is_before { text.len() - at } else { at };
        let nearness = (-(distance as f64) / NEAR_BYTES).exp2();
        let (rest, last) = split_last_token(&text[..at], site);
        let mut weight = 0.2 + nearness;
        if last == context.last {
            weight += BIGRAM_WEIGHT * (0.3 + nearness);
            if split_last_token(rest, site).1 == context.last_two.0 {
                weight += TRIGRAM_WEIGHT * (0.3 + nearness);
            }
        } else if is_member {
            // A name that is nowhere a member is rarely one here.
            weight *= if site.word.is_empty() { 0.0 } else { 0.3 };
        }
        if name.len() == site.word.len() {
            evidence.is_whole += weight;
        } else {
            *evidence.names.entry(name).or_default() += weight;
        }
    });
}

fn gather_far<'a>(site: &'a Site, known: &'a Known, evidence: &mut Evidence<'a>) {
    for (index, weight) in
        std::iter::once((&known.own, 0.3)).chain(known.others.iter().map(|o| (o, 0.15)))
    {
        for (name, count) in
            index.with_prefix(&site.word).filter(|(name, _)| name.len() > site.word.len())
        {
            *evidence.names.entry(name).or_default() += weight * f64::from(count.min(20)).ln_1p();
        }
    }
    if site.member_operator().is_none() {
        for keyword in &site.document.language.lexical.keywords {
            if keyword.starts_with(&site.word) && keyword.len() > site.word.len() {
                *evidence.names.entry(keyword).or_default() += 0.8;
            }
        }
    }
}

fn rank(site: &Site, evidence: Evidence<'_>) -> Vec<Offer> {
    let total: f64 = evidence.names.values().sum::<f64>() + evidence.is_whole + UNSEEN;
    let mut ranked: Vec<_> =
        evidence.names.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
    // Equal weights are told apart by name, so that the order never flickers.
    ranked.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
    let typed = site.word.chars().count();
    let damping = [0.55, 0.8, 0.92, 0.97].get(typed).copied().unwrap_or(1.0);
    // After `let` or `def` a new name is more likely than any known one.
    let is_binding = {
        let (_, last) = split_last_token(site.before_word(), site);
        site.document.language.lexical.binding_words.iter().any(|word| word == last)
    };
    let damping = if is_binding { damping * 0.4 } else { damping };
    ranked
        .into_iter()
        .take(OFFERS_MAX)
        .map(|(name, weight)| {
            let text = name[site.word.len()..].to_owned();
            // One character saves no keystroke: it is worth a line in a menu, not ghost text.
            let worth = if text.chars().nth(1).is_none() { 0.5 } else { 1.0 };
            Offer { text, confidence: Confidence::new(weight / total * damping * worth) }
        })
        .collect()
}

/// The last token of a text, white space apart: a word, or a run of the same kind of sign.
fn split_last_token<'a>(text: &'a str, site: &Site) -> (&'a str, &'a str) {
    let lexical = &site.document.language.lexical;
    let text = text.trim_end_matches([' ', '\t', '\n', '\r']);
    let Some(last) = text.chars().next_back() else { return ("", "") };
    let is_word = lexical.is_word(last);
    let start = if is_word {
        let outside = text.char_indices().rev().find(|(_, c)| !lexical.is_word(*c));
        outside.map_or(0, |(index, c)| index + c.len_utf8())
    } else {
        let operators = &lexical.member_operators;
        let operator = operators.iter().find(|operator| text.ends_with(operator.as_str()));
        text.len() - operator.map_or(last.len_utf8(), String::len)
    };
    text.split_at(start)
}
