//! Server-sent events: bytes in, the data of each event out.
//!
//! Written here rather than taken from a crate because two things the crates do not do are needed
//! at this border. A bound: an event that never ends must cost 256 KiB and an error, not memory.
//! And tolerance: a model may emit half a character, so text is decoded per event and a bad byte
//! becomes U+FFFD, where a strict decoder ends the stream. What is not data (ids, event names,
//! retry times, comments used as keep-alive) is skipped: no protocol we speak needs it.

/// Bound: the most bytes one event may hold, its line breaks and field names included. The longest
/// honest event seen is llama.cpp's last one, which repeats the prompt.
pub(super) const EVENT_BYTES_MAX: usize = 256 * 1024;

/// An event grew past [`EVENT_BYTES_MAX`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EventTooLong;

/// The state between two pieces of a stream. The events found do not depend on where the stream
/// was cut into pieces.
#[derive(Debug, Default)]
pub(super) struct Parser {
    /// The line being read, without its end.
    line: Vec<u8>,
    /// Data of the event being read: each line of it followed by `\n`.
    data: Vec<u8>,
    /// The last byte was `\r`: a `\n` now belongs to the same line end.
    after_cr: bool,
    /// A first line has been read, so a byte order mark can no longer come.
    past_bom: bool,
}

impl Parser {
    /// Reads `bytes` up to the end of the next event. Returns the event's data, if one was
    /// completed, and how many bytes were used; call again with the rest.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Result<(Option<String>, usize), EventTooLong> {
        let mut used = 0;
        while let Some(&first) = bytes.get(used) {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                used += 1;
                continue;
            }
            let rest = &bytes[used..];
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let piece = &rest[..end.unwrap_or(rest.len())];
            if self.data.len() + self.line.len() + piece.len() > EVENT_BYTES_MAX {
                return Err(EventTooLong);
            }
            self.line.extend_from_slice(piece);
            let Some(end) = end else { break };
            used += end + 1;
            self.after_cr = rest[end] == b'\r';
            if let Some(event) = self.end_line() {
                return Ok((Some(event), used));
            }
        }
        Ok((None, bytes.len()))
    }

    /// The event that was being read when the stream ended, if it has data. The standard drops it;
    /// servers exist that leave out the last blank line, and half an event fails later anyway,
    /// because half a JSON value is not JSON.
    pub(super) fn end(&mut self) -> Option<String> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.take_event()
    }

    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !std::mem::replace(&mut self.past_bom, true) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return self.take_event();
        }
        let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        // llama.cpp before 2025 named the field `error` where it meant data with an error in it.
        if matches!(field, b"data" | b"error") {
            let value = value.strip_prefix(b":").unwrap_or(value);
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            self.data.push(b'\n');
        }
        None
    }

    fn take_event(&mut self) -> Option<String> {
        let data = std::mem::take(&mut self.data);
        let data = data.strip_suffix(b"\n")?;
        Some(String::from_utf8_lossy(data).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of `stream`, read in pieces of `step` bytes.
    fn events(stream: &[u8], step: usize) -> Vec<String> {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for mut piece in stream.chunks(step) {
            while !piece.is_empty() {
                let (event, used) = parser.next(piece).expect("short events");
                events.extend(event);
                piece = &piece[used..];
            }
        }
        events.extend(parser.end());
        events
    }

    fn check(stream: &[u8], expected: &[&str]) {
        for step in 1..=stream.len() {
            assert_eq!(events(stream, step), expected, "in pieces of {step}");
        }
    }

    #[test]
    fn reads_every_line_end() {
        check(b"data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n", &["a", "b", "c", "d"]);
    }

    #[test]
    fn joins_data_lines_and_skips_everything_else() {
        check(
            b": keep-alive\n\nevent: x\nid: 7\ndata: one\ndata:two\nretry: 9\n\n:\n\ndata\n\n",
            &["one\ntwo", ""],
        );
        check(b"data: one\r\ndata: two\r\n\r\ndata: three\r\n\r\n", &["one\ntwo", "three"]);
    }

    #[test]
    fn strips_one_byte_order_mark_and_one_space() {
        check(b"\xEF\xBB\xBFdata:  a\n\ndata: \xEF\xBB\xBF\n\n", &[" a", "\u{feff}"]);
    }

    #[test]
    fn keeps_an_event_without_its_last_blank_line() {
        check(b"data: a\n\ndata: b", &["a", "b"]);
        check(b"data: a\n\nevent: end\n", &["a"]);
    }

    #[test]
    fn replaces_bad_bytes_and_keeps_split_characters() {
        check("data: h\u{e9}\u{1f980}\n\n".as_bytes(), &["h\u{e9}\u{1f980}"]);
        check(b"data: a\xFFb\xF0\x9F\n\n", &["a\u{fffd}b\u{fffd}"]);
    }

    #[test]
    fn refuses_an_event_that_never_ends() {
        for filler in [&b"x"[..], b"data: x\n"] {
            let mut parser = Parser::default();
            let piece = filler.repeat(1024);
            let fed = std::iter::repeat_with(|| parser.next(&piece)).take(1024);
            assert!(fed.into_iter().any(|result| result == Err(EventTooLong)));
        }
    }
}
