//! From the bytes of a successful answer to chunks, whatever the server made of the request.
//!
//! Asked for a stream, a server may send events, or one JSON document, or an HTML page from a
//! proxy, each under any content type. So the first byte decides, not a header; only a protocol of
//! JSON lines looks like a document and has to be known. The result does not depend on where the
//! network cut the bytes; the tests replay recorded answers cut at every place.
//!
//! Once the model has said why it stopped the answer is complete: what comes after can add usage,
//! but can no longer turn the answer into an error.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::wire::{self, Wire};
use super::{ProviderError, fault, sse, thinking};
use crate::domain::completion::{Chunk, FinishReason, Usage};

/// Bound: the most bytes of an answer that are read.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bound: the most bytes of text one answer may carry. Far beyond any block worth inserting.
const TEXT_BYTES_MAX: usize = 32 * 1024;
/// Bound: the most bytes of one line, where an event is a line.
const LINE_BYTES_MAX: usize = sse::EVENT_BYTES_MAX;

/// What [`Decoder`] found, in order. An error is always the last item.
pub(super) type Items = VecDeque<Result<Chunk, ProviderError>>;

/// Reads one answer.
pub(super) struct Decoder {
    wire: Arc<dyn Wire>,
    framing: Framing,
    thinking: thinking::Filter,
    /// The last usage that was reported.
    usage: Option<Usage>,
    body_bytes: usize,
    text_bytes: usize,
    /// At least one event was understood.
    has_event: bool,
    /// A finish reason was passed on.
    finished: bool,
    state: State,
}

/// How far the answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// More bytes are wanted.
    Open,
    /// The answer is complete; the bytes that remain only end it on the wire.
    Done,
    /// A limit was reached or an error met: nothing more should be read.
    Cut,
}

enum Framing {
    /// Only white space so far.
    Unknown,
    Events(sse::Parser),
    /// The line being read.
    Lines(Vec<u8>),
    Document(Vec<u8>),
}

impl Decoder {
    pub(super) fn new(wire: Arc<dyn Wire>) -> Self {
        Self {
            thinking: thinking::Filter::new(wire.may_think_aloud()),
            wire,
            framing: Framing::Unknown,
            usage: None,
            body_bytes: 0,
            text_bytes: 0,
            has_event: false,
            finished: false,
            state: State::Open,
        }
    }

    /// Reads the next piece of the body and appends what it holds to `items`.
    pub(super) fn push(&mut self, bytes: &[u8], items: &mut Items) -> State {
        let room = BODY_BYTES_MAX - self.body_bytes;
        let piece = &bytes[..bytes.len().min(room)];
        self.body_bytes += piece.len();
        self.read(piece, items);
        if self.state == State::Open && bytes.len() > room {
            if self.text_bytes > 0 {
                self.cut_short(items);
            } else {
                self.fail("longer than 1 MiB", items);
            }
        }
        self.state
    }

    /// The body ended. `broken` says why, where it ended before its own end.
    pub(super) fn end(&mut self, broken: Option<ProviderError>, items: &mut Items) {
        if self.state != State::Open {
            return;
        }
        if broken.is_none() {
            match std::mem::replace(&mut self.framing, Framing::Unknown) {
                Framing::Events(mut parser) => {
                    // Half an event says nothing that is not said below.
                    if let Some(data) = parser.end().filter(|data| is_complete(data)) {
                        self.event(&data, items);
                    }
                }
                Framing::Lines(line) => {
                    let line = String::from_utf8_lossy(&line);
                    if is_complete(&line) {
                        self.event(&line, items);
                    }
                }
                Framing::Document(bytes) => self.document(&bytes, items),
                Framing::Unknown => {}
            }
        }
        if self.state != State::Open || self.finished {
            return;
        }
        match broken {
            Some(error) => items.push_back(Err(error)),
            None if !self.has_event => self.fail("no completion in it", items),
            None => items.push_back(Err(ProviderError::Unreachable {
                detail: "the stream ended before the answer did".to_owned(),
            })),
        }
        self.state = State::Cut;
    }

    fn read(&mut self, mut bytes: &[u8], items: &mut Items) {
        if let Framing::Unknown = self.framing {
            // DeepSeek sends blank lines while a request waits in its queue.
            let lead = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            bytes = &bytes[lead..];
            self.framing = match bytes.first() {
                None => return,
                Some(b'{') if self.wire.framing() == wire::Framing::Lines => {
                    Framing::Lines(Vec::new())
                }
                Some(b'{' | b'[') => Framing::Document(Vec::new()),
                Some(b'<') => return self.fail("a web page instead of a completion", items),
                Some(_) => Framing::Events(sse::Parser::default()),
            };
        }
        while !bytes.is_empty() && self.state == State::Open {
            match &mut self.framing {
                Framing::Unknown => return,
                Framing::Document(document) => return document.extend_from_slice(bytes),
                Framing::Lines(line) => {
                    let end = bytes.iter().position(|byte| *byte == b'\n');
                    let piece = &bytes[..end.unwrap_or(bytes.len())];
                    bytes = &bytes[end.map_or(bytes.len(), |end| end + 1)..];
                    if line.len() + piece.len() > LINE_BYTES_MAX {
                        return self.fail("a line longer than 256 KiB", items);
                    }
                    line.extend_from_slice(piece);
                    if end.is_some() {
                        let line = std::mem::take(line);
                        self.event(&String::from_utf8_lossy(&line), items);
                    }
                }
                Framing::Events(parser) => match parser.next(bytes) {
                    Ok((event, used)) => {
                        bytes = &bytes[used..];
                        if let Some(data) = event {
                            self.event(&data, items);
                        }
                    }
                    Err(sse::EventTooLong) => self.fail("an event longer than 256 KiB", items),
                },
            }
        }
    }

    fn event(&mut self, data: &str, items: &mut Items) {
        let data = data.trim();
        if data == "[DONE]" {
            self.finish(FinishReason::Stop, items);
            self.state = State::Done;
        } else if !data.is_empty() {
            match serde_json::from_str(data) {
                Ok(event) => self.value(&event, items),
                Err(_) => self.fail("an event that is not JSON", items),
            }
        }
    }

    fn document(&mut self, bytes: &[u8], items: &mut Items) {
        match serde_json::from_str(&String::from_utf8_lossy(bytes)) {
            // Gemini's stream where `alt=sse` was lost on the way.
            Ok(Value::Array(events)) => {
                for event in events {
                    if self.state == State::Open {
                        self.value(&event, items);
                    }
                }
            }
            Ok(document) => self.value(&document, items),
            Err(_) => return self.fail("not JSON", items),
        }
        if self.state == State::Open {
            if self.has_event {
                self.finish(FinishReason::Stop, items);
            }
            self.state = if self.finished { State::Done } else { State::Open };
        }
    }

    fn value(&mut self, event: &Value, items: &mut Items) {
        if let Some(error) = fault::from_event(event) {
            return self.fail_with(error, items);
        }
        let Some(mut chunk) = self.wire.chunk(event, self.usage) else {
            return;
        };
        self.has_event = true;
        self.usage = chunk.usage.or(self.usage);
        chunk.text = self.thinking.next(chunk.text);
        if chunk.finish.is_some() {
            chunk.text.push_str(&self.thinking.end());
        }
        let room = TEXT_BYTES_MAX - self.text_bytes;
        let is_cut = chunk.text.len() > room;
        chunk.text.truncate(char_boundary_at_most(&chunk.text, room));
        self.text_bytes += chunk.text.len();
        if is_cut {
            chunk.finish = None;
        }
        if self.finished {
            // The first reason counts, and it stands last among the text.
            chunk.finish = None;
            chunk.text.clear();
        }
        self.finished |= chunk.finish.is_some();
        if chunk != Chunk::default() {
            items.push_back(Ok(chunk));
        }
        if is_cut && !self.finished {
            self.cut_short(items);
        }
    }

    /// Gives a reason to stop where the server gave none.
    fn finish(&mut self, reason: FinishReason, items: &mut Items) {
        if !self.finished {
            let text = self.thinking.end();
            items.push_back(Ok(Chunk { text, ..finish(reason) }));
            self.finished = true;
        }
    }

    /// Ends an answer that is longer than we read, as if the output limit had been reached.
    fn cut_short(&mut self, items: &mut Items) {
        self.finish(FinishReason::Length, items);
        self.state = State::Cut;
    }

    fn fail(&mut self, detail: &str, items: &mut Items) {
        self.fail_with(ProviderError::Malformed { detail: detail.to_owned() }, items);
    }

    fn fail_with(&mut self, error: ProviderError, items: &mut Items) {
        if !self.finished {
            items.push_back(Err(error));
        }
        self.state = State::Cut;
    }
}

fn finish(reason: FinishReason) -> Chunk {
    Chunk { finish: Some(reason), ..Chunk::default() }
}

/// The last place at or before `at` where `text` may be cut.
fn char_boundary_at_most(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Whether the data of the last, unterminated event is whole.
fn is_complete(data: &str) -> bool {
    data.trim() == "[DONE]" || serde_json::from_str::<serde::de::IgnoredAny>(data).is_ok()
}

#[cfg(test)]
mod tests;
