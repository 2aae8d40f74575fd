//! What the user did after a request: the truth against which the gate is measured.

use std::time::Instant;

use tabtier::domain::class::Extent;
use tabtier::domain::site::Site;
use tabtier::domain::trail::Net;

/// A user who does nothing for longer than this is away. Seconds.
const AWAY: f64 = 30.0;
/// Inserted at once, more than this was not typed.
const TYPED_AT_ONCE_MAX: usize = 64;
/// Forward text beyond this many characters changes nothing any more.
const FORWARD_MAX: usize = 200;
/// Events looked at for what the user does next.
const EVENTS_MAX: usize = 400;

/// What the user did after a request.
#[derive(Clone, Debug)]
pub(crate) struct Next {
    /// When the user did anything at all, typing or moving; `None` at the end.
    pub(crate) at: Option<Instant>,
    /// Characters, blanks apart, typed at this place and within the extent before anything else.
    pub(crate) forward: usize,
    /// The text itself.
    pub(crate) text: String,
    /// What ended it.
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Enough was typed.
    Enough,
    /// The line, which is all that may be inserted here, ended first.
    Line,
    Left,
    Reworked,
    Pasted,
    Away,
}

/// One edit with the bytes it changed.
pub(crate) struct Change {
    pub(crate) raw_start: usize,
    pub(crate) raw_added: String,
    pub(crate) net: Net,
    pub(crate) is_accepted: bool,
}

pub(crate) enum Step {
    Edit(Vec<Change>),
    Caret(usize),
}

pub(crate) fn next(
    steps: &[(f64, Step)],
    site: &Site,
    asked_at: f64,
    extent: Extent,
    time: &dyn Fn(f64) -> Instant,
) -> Next {
    let here = site.offset;
    let mut text = String::new();
    let mut first = None;
    let mut last = asked_at;
    let mut end = End::Away;
    'events: for (at, step) in steps.iter().take(EVENTS_MAX) {
        let is_near = |caret: usize| (here..=here + text.len() + 1).contains(&caret);
        if let Step::Caret(caret) = step
            && is_near(*caret)
        {
            continue;
        }
        first.get_or_insert(*at);
        if *at - last > AWAY {
            break;
        }
        last = *at;
        let Step::Edit(changes) = step else {
            end = End::Left;
            break;
        };
        for change in changes {
            if let Some(ended) = extend(&mut text, here, change) {
                end = ended;
                break 'events;
            }
        }
        let line = text.split(['\n', '\r']).next().unwrap_or_default();
        let counted = if extent >= Extent::Block { text.as_str() } else { line };
        if count(counted) >= FORWARD_MAX {
            end = End::Enough;
            break;
        }
        if counted.len() < text.len() {
            end = End::Line;
            break;
        }
    }
    if extent < Extent::Block {
        text.truncate(text.find(['\n', '\r']).unwrap_or(text.len()));
    }
    Next { at: first.map(time), forward: count(&text), text, end }
}

/// Takes an edit into the text typed at `here`; returns what it was if it is no typing on.
fn extend(text: &mut String, here: usize, change: &Change) -> Option<End> {
    let Change { raw_start, raw_added, net, is_accepted } = change;
    let until = here + text.len();
    if net.added.is_empty() && net.removed.is_empty() {
        // Typed over what stood there already.
        if *raw_start == until {
            text.push_str(raw_added);
            return None;
        }
        return (!(here..=until).contains(raw_start)).then_some(End::Left);
    }
    if net.start > until || net.start + net.removed.len() < here {
        return Some(End::Left);
    }
    if net.start < here || net.start + net.removed.len() > until {
        return Some(End::Reworked);
    }
    let is_typed = net.added.chars().count() <= TYPED_AT_ONCE_MAX
        && (net.added.trim().is_empty() || !net.added.contains(['\n', '\r']));
    if !is_typed && !is_accepted {
        return Some(End::Pasted);
    }
    let at = net.start - here;
    if !text.is_char_boundary(at) || !text.is_char_boundary(at + net.removed.len()) {
        return Some(End::Reworked);
    }
    text.replace_range(at..at + net.removed.len(), &net.added);
    None
}

fn count(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}
