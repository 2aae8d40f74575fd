//! Messages cut out of the input: headers, lengths, and what to do when they are wrong.
//!
//! Memory grows with bytes received, never with a length announced, and a message whose length was
//! wrong costs itself only: the next header is looked for and found.

use std::io::{BufRead, BufReader, Read};

use tokio::sync::mpsc;

/// Bound: bytes of one message. A file of 50 MB escapes to about twice that in JSON.
const MESSAGE_MAX: u64 = 256 << 20;
/// Bound: bytes of a line between messages that are read at once.
const LINE_MAX: u64 = 8 << 10;
/// Bound: bytes of a header line; what stands before them on the line is junk.
const HEADER_MAX: usize = 128;

/// One message as it came, or what was none.
pub(super) enum Frame {
    Message(Vec<u8>),
    /// Something that is no message: reported once, then skipped.
    Garbage,
}

/// Reads frames until the input ends or nobody takes them any more.
pub(super) fn read(input: impl Read, frames: &mpsc::Sender<Frame>) {
    let mut input = BufReader::with_capacity(64 << 10, input);
    while let Some(frame) = read_frame(&mut input) {
        if frames.blocking_send(frame).is_err() {
            return;
        }
    }
}

/// The next frame, or `None` at the end of the input. Memory grows with bytes received, never with
/// the length announced.
fn read_frame(input: &mut impl BufRead) -> Option<Frame> {
    let mut length = None;
    let mut is_first = true;
    let mut line = Vec::new();
    loop {
        let count = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).ok()?;
        if count == 0 {
            return None;
        }
        if count as u64 == LINE_MAX && !line.ends_with(b"\n") {
            // No header is that long, but one may stand at its end.
            line.drain(..line.len() - HEADER_MAX);
            continue;
        }
        let header = line.trim_ascii();
        if header.is_empty() {
            if let Some(length) = length {
                return read_body(input, length);
            }
            // Blank lines between messages are harmless.
            if !is_first {
                return Some(Frame::Garbage);
            }
        } else {
            is_first = false;
            length = announced(header).or(length);
        }
        line.clear();
    }
}

/// The length a header line announces. The rest of a body may stand before it on the line, when
/// that body's own length was wrong or missing; looking past it is what brings us back in step.
fn announced(header: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"content-length:";
    let is_name = |window: &[u8]| window.eq_ignore_ascii_case(NAME);
    let at = header.windows(NAME.len()).rposition(is_name)?;
    std::str::from_utf8(&header[at + NAME.len()..]).ok()?.trim().parse().ok()
}

fn read_body(input: &mut impl BufRead, length: u64) -> Option<Frame> {
    if length > MESSAGE_MAX {
        std::io::copy(&mut input.by_ref().take(length), &mut std::io::sink()).ok()?;
        return Some(Frame::Garbage);
    }
    let mut body = Vec::new();
    let count = input.by_ref().take(length).read_to_end(&mut body).ok()?;
    (count as u64 == length).then_some(Frame::Message(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(input: &[u8]) -> Vec<Option<String>> {
        let mut input = input;
        let mut frames = Vec::new();
        while let Some(frame) = read_frame(&mut input) {
            frames.push(match frame {
                Frame::Message(body) => Some(String::from_utf8_lossy(&body).into_owned()),
                Frame::Garbage => None,
            });
        }
        frames
    }

    #[test]
    fn frames_are_found_between_junk() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(frames(b"Content-Length: 2\r\n\r\n{}"), [text("{}")]);
        assert_eq!(
            frames(b"content-type: x\r\nCONTENT-LENGTH:3\r\n\r\nabc\n\nContent-Length: 1\n\nz"),
            [text("abc"), text("z")]
        );
        assert_eq!(frames(b"junk\r\n\r\nContent-Length: 1\r\n\r\nz"), [None, text("z")]);
        assert_eq!(frames(b"Content-Length: 99\r\n\r\nshort"), []);
        assert_eq!(frames(b"Content-Length: -1\r\n\r\n"), [None]);
    }

    #[test]
    fn a_wrong_length_costs_one_message() {
        let text = |text: &str| Some(text.to_owned());
        let good = "Content-Length: 1\r\n\r\nz";
        let after = |bytes: String| frames(format!("{bytes}{good}").as_bytes());
        assert_eq!(after("Content-Type: x\r\n\r\n{\"a\":1}".to_owned()), [None, text("z")]);
        assert_eq!(after("Content-Length: 2\r\n\r\nabcd".to_owned()), [text("ab"), text("z")]);
        // Junk that is cut into pieces hides no header, wherever the cut falls.
        for length in (LINE_MAX as usize - 30)..=(LINE_MAX as usize + 2) {
            assert_eq!(after("x".repeat(length)), [text("z")], "{length}");
        }
    }
}
