//! Recorded editing sessions: reading them, and their clock.
//!
//! One JSON object a line. The first says the language, the origin and the text to begin with;
//! each further one has a time `t` in seconds and either an `edit` (a list of `[offset, deleted,
//! inserted]`, applied in order), a `request` (the editor asked for a completion at `caret`), or an
//! `accept` (the next edit inserts an accepted suggestion). Offsets count characters, or UTF-16
//! units where the first line says so. `[t, edit, …]` is short for a line with
//! an edit, and a text alone for one more edit at the same time that puts it where the last ended.

use std::path::Path;

use serde_json::Value;

/// A session.
pub(crate) struct Recording {
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) start: String,
    /// Whether offsets count UTF-16 units.
    pub(crate) is_utf16: bool,
    /// Whether requests were recorded; if not, the editor is taken to ask at every edit.
    pub(crate) has_requests: bool,
    pub(crate) events: Vec<Event>,
}

/// Something that happened.
pub(crate) struct Event {
    /// Seconds from the beginning.
    pub(crate) at: f64,
    pub(crate) what: What,
}

pub(crate) enum What {
    /// Replacements in order: offset, deleted units, inserted text; whether a suggestion was
    /// accepted.
    Edit(Vec<(usize, usize, String)>, bool),
    /// The caret.
    Request(usize),
}

impl Recording {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a recording");
        let mut lines = text
            .lines()
            .map(|line| -> Value { serde_json::from_str(line).expect("one JSON object a line") });
        let head = lines.next().expect("a first line");
        let text = |key: &str| head[key].as_str().unwrap_or_default().to_owned();
        let is_utf16 = text("source").contains("UTF-16");
        let mut events = Vec::new();
        let mut is_accepted = false;
        let (mut at, mut end) = (0.0, 0);
        for line in lines {
            let edits: Option<Vec<_>> = match &line {
                Value::String(text) => Some(vec![(end, 0, text.clone())]),
                Value::Array(parts) => {
                    at = parts[0].as_f64().expect("a time");
                    Some(parts[1..].iter().map(edit).collect())
                }
                _ => {
                    at = line["t"].as_f64().expect("a time");
                    line["edit"].as_array().map(|edits| edits.iter().map(edit).collect())
                }
            };
            let what = match (edits, line["request"]["caret"].as_u64()) {
                (Some(edits), _) => {
                    let units = |text: &str| {
                        if is_utf16 { text.encode_utf16().count() } else { text.chars().count() }
                    };
                    end = edits.last().map_or(end, |(start, _, text)| start + units(text));
                    What::Edit(edits, std::mem::take(&mut is_accepted))
                }
                (None, Some(caret)) => What::Request(caret as usize),
                (None, None) => {
                    is_accepted = true;
                    continue;
                }
            };
            events.push(Event { at, what });
        }
        let has_requests = events.iter().any(|event| matches!(event.what, What::Request(_)));
        spread(&mut events);
        Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            language: text("language"),
            start: text("start"),
            is_utf16,
            has_requests,
            events,
        }
    }
}

fn edit(value: &Value) -> (usize, usize, String) {
    let number = |index: usize| value[index].as_u64().expect("an offset or length") as usize;
    (number(0), number(1), value[2].as_str().expect("inserted text").to_owned())
}

/// Gives the events of each second random times within it, where the clock had no finer
/// resolution. All that is known of them is their order, so no other times would be less of an
/// invention; the seed is fixed.
fn spread(events: &mut [Event]) {
    if events.iter().any(|event| event.at.fract() != 0.0) {
        return;
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for second in events.chunk_by_mut(|a, b| a.at.to_bits() == b.at.to_bits()) {
        let mut parts: Vec<f64> = second.iter().map(|_| random()).collect();
        parts.sort_by(f64::total_cmp);
        second.iter_mut().zip(parts).for_each(|(event, part)| event.at += part);
    }
}
