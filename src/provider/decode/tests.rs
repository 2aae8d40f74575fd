//! Answers recorded from servers, or built after their documentation, replayed cut at every place.
//!
//! A file of `tests/data/wire` is a comment, the protocol and perhaps the dialect, the expected
//! result line by line, a line of `---`, and then the body byte for byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::config::{Endpoint, Protocol, dialects};
use crate::domain::units::Tokens;
use crate::provider::registry;

/// The protocol that words such as `openai_chat dialect=vllm` name.
fn wire(words: &str) -> Arc<dyn Wire> {
    let (name, dialect) = words.split_once(" dialect=").unwrap_or((words, "plain"));
    let protocol = Protocol::from_name(name).unwrap_or_else(|| panic!("no protocol {name}"));
    let mut endpoint = Endpoint::new(protocol, "http://127.0.0.1");
    endpoint.dialect = dialects::find(dialect).unwrap_or_else(|| panic!("no dialect {dialect}"));
    endpoint.model = "m".to_owned();
    registry::wire(&endpoint).expect("a protocol that can be spoken")
}

/// Everything read from a body that arrives in these pieces.
fn decode<'a>(wire: &Arc<dyn Wire>, pieces: impl IntoIterator<Item = &'a [u8]>) -> Items {
    let mut items = Items::new();
    let mut decoder = Decoder::new(Arc::clone(wire));
    for piece in pieces {
        if decoder.push(piece, &mut items) != State::Open {
            return items;
        }
    }
    decoder.end(None, &mut items);
    items
}

/// The items as the lines a transcript expects.
fn render(items: &Items) -> String {
    let text: String = items.iter().flatten().map(|chunk| chunk.text.as_str()).collect();
    let mut lines = format!("text {text:?}\n");
    if let Some(Err(error)) = items.back() {
        writeln!(lines, "error {error}").expect("a string");
        return lines;
    }
    let reasons: Vec<_> = items.iter().flatten().filter_map(|chunk| chunk.finish).collect();
    assert_eq!(reasons.len(), 1, "exactly one reason to stop: {items:?}");
    writeln!(lines, "finish {:?}", reasons[0]).expect("a string");
    match items.iter().flatten().filter_map(|chunk| chunk.usage).next_back() {
        None => lines.push_str("usage none\n"),
        Some(usage) => {
            assert!(!usage.is_estimate, "the last usage is final: {usage:?}");
            let (input, cached) = (usage.input_uncached, usage.cache_read);
            write!(lines, "usage {input} + {cached} cached, {} out", usage.output)
                .expect("a string");
            for (count, what) in [
                (usage.cache_write, "written"),
                (usage.cache_write_hour, "written for an hour"),
                (usage.reasoning, "reasoning"),
            ] {
                if count > Tokens(0) {
                    write!(lines, ", {count} {what}").expect("a string");
                }
            }
            if let Some(cost) = usage.reported_cost {
                write!(lines, ", cost {cost}").expect("a string");
            }
            lines.push('\n');
        }
    }
    lines
}

fn check(name: &str, transcript: &[u8]) {
    let mark = b"\n---\n";
    let at = transcript.windows(mark.len()).position(|window| window == mark).expect("a line ---");
    let head = std::str::from_utf8(&transcript[..=at]).expect("a head in UTF-8");
    let body = &transcript[at + mark.len()..];
    let (protocol, expected) = head
        .split_once("wire ")
        .and_then(|(_, rest)| rest.split_once('\n'))
        .expect("a line with the protocol");
    let wire = wire(protocol);

    let whole = decode(&wire, [body]);
    assert_eq!(render(&whole), expected, "{name}");
    assert_eq!(decode(&wire, body.chunks(1)), whole, "{name}, byte by byte");
    for at in 0..=body.len() {
        let (head, tail) = body.split_at(at);
        assert_eq!(decode(&wire, [head, tail]), whole, "{name}, cut at {at}");
    }
}

#[test]
fn transcripts_read_the_same_however_they_are_cut() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/wire");
    let transcripts: BTreeMap<String, Vec<u8>> = std::fs::read_dir(folder)
        .expect("the folder of transcripts")
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            let bytes = std::fs::read(entry.path()).expect("a transcript");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    assert!(transcripts.len() > 70, "{} transcripts found", transcripts.len());
    for (name, transcript) in &transcripts {
        check(name, transcript);
    }
    for protocol in Protocol::NAMES {
        let speaks_it = |transcript: &&Vec<u8>| {
            let head = String::from_utf8_lossy(transcript);
            head.lines().any(|line| line.split(' ').take(2).eq(["wire", protocol]))
        };
        let count = transcripts.values().filter(speaks_it).count();
        assert!(count >= 4, "only {count} transcripts of {protocol}");
    }
}

fn text_event(text: &str) -> Vec<u8> {
    format!("data: {}\n\n", json!({ "content": text })).into_bytes()
}

#[test]
fn text_without_end_is_cut_at_32_kib_as_if_the_limit_had_been_reached() {
    let wire = wire("llama_cpp_infill");
    let endless = text_event(&"\u{e9}".repeat(50)).repeat(1000);
    for step in [1, 1000, endless.len()] {
        let items = decode(&wire, endless.chunks(step));
        let text: String = items.iter().flatten().map(|chunk| chunk.text.as_str()).collect();
        assert_eq!(text.len(), TEXT_BYTES_MAX);
        assert_eq!(items.back(), Some(&Ok(finish(FinishReason::Length))));
    }
    // An odd limit falls inside a two-byte character: the character is left out.
    let items = decode(&wire, [text_event("x").as_slice(), &endless]);
    let text: String = items.iter().flatten().map(|chunk| chunk.text.as_str()).collect();
    assert_eq!(text.len(), TEXT_BYTES_MAX - 1);
}

#[test]
fn a_body_without_end_is_cut_at_1_mib() {
    let wire = wire("llama_cpp_infill");
    let comments = b": waiting\n\n".repeat(100_000);
    let detail = "longer than 1 MiB".to_owned();
    let malformed = Err(ProviderError::Malformed { detail });
    assert_eq!(decode(&wire, comments.chunks(4096)), std::slice::from_ref(&malformed));

    let document = [b"{\"content\":\"".as_slice(), &b"x".repeat(1 << 20)].concat();
    assert_eq!(decode(&wire, document.chunks(4096)), [malformed]);

    let some_text = [text_event("x"), comments].concat();
    let items = decode(&wire, some_text.chunks(4096));
    assert_eq!(items.back(), Some(&Ok(finish(FinishReason::Length))));
}

#[test]
fn a_line_without_end_is_cut_at_256_kib() {
    let endless = [b"{\"response\":\"".as_slice(), &b"x".repeat(1 << 19)].concat();
    for step in [1_000, endless.len()] {
        let items = decode(&wire("ollama_generate"), endless.chunks(step));
        let detail = "a line longer than 256 KiB".to_owned();
        assert_eq!(items, [Err(ProviderError::Malformed { detail })]);
    }
}

#[test]
fn an_event_without_end_is_cut_at_256_kib() {
    let items = decode(&wire("openai_chat"), b"data: xxxxxxxx".repeat(1 << 16).chunks(4096));
    let detail = "an event longer than 256 KiB".to_owned();
    assert_eq!(items, [Err(ProviderError::Malformed { detail })]);
}

#[test]
fn a_connection_that_breaks_fails_only_an_unfinished_answer() {
    let broken = ProviderError::Unreachable { detail: "the connection broke".to_owned() };
    let read = |body: &[u8]| {
        let mut items = Items::new();
        let mut decoder = Decoder::new(wire("llama_cpp_infill"));
        decoder.push(body, &mut items);
        decoder.end(Some(broken.clone()), &mut items);
        items.pop_back()
    };
    assert_eq!(read(&text_event("x")), Some(Err(broken.clone())));
    assert_eq!(read(b""), Some(Err(broken.clone())));
    let finished = b"data: {\"content\":\"x\",\"stop\":true}\n\n";
    assert!(matches!(read(finished), Some(Ok(chunk)) if chunk.finish.is_some()));
}

/// Pieces that answers are made of: events, and what may stand in, between and instead of them.
const PIECES: [&[u8]; 20] = [
    b"data: {\"choices\":[{\"delta\":{\"content\":\"a\xc3\xa9\"}}]}\n\n",
    b"data: {\"choices\":[{\"index\":0,\"text\":\"b\"}]}\r\n\r\n",
    b"data: {\"choices\":[{\"delta\":\r\ndata: {\"content\":\"c\"}}]}\r\n\r\n",
    b"data: {\"choices\":[{\"text\":\"\xff\"}]}\r\r",
    b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n",
    b": comment\n\n",
    b"event: x\nid: 1\n",
    b"\xef\xbb\xbf",
    b"\n",
    b"\r\n",
    b" ",
    b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
    b"data: [DONE]\n\n",
    b"data: {\"error\":\"no\"}\n\n",
    b"{\"choices\":[{\"message\":{\"content\":\"d\"}}]}",
    b"data: ",
    b"\r",
    b"\xf0",
    b"{",
    b"<",
];

proptest::proptest! {
    #[test]
    fn any_bytes_cut_anywhere_give_one_result(
        // Mostly what a server sends; an ending or a fault now and then.
        pieces in proptest::collection::vec(
            proptest::prop_oneof![8 => 0..11_usize, 1 => 11..PIECES.len()],
            0..12,
        ),
        cuts in proptest::collection::vec(0..400_usize, 0..12),
    ) {
        let wire = wire("openai_chat");
        let body = pieces.iter().map(|&piece| PIECES[piece]).collect::<Vec<_>>().concat();
        let whole = decode(&wire, [body.as_slice()]);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).collect();
        cuts.extend([0, body.len()]);
        cuts.sort_unstable();
        let cut = cuts.windows(2).map(|ends| &body[ends[0]..ends[1]]);
        proptest::prop_assert_eq!(&decode(&wire, cut), &whole);

        // Something is always said, an error last, and a reason to stop once.
        let errors = whole.iter().filter(|item| item.is_err()).count();
        let reasons = whole.iter().flatten().filter(|chunk| chunk.finish.is_some()).count();
        proptest::prop_assert_eq!(errors + reasons, 1);
        proptest::prop_assert!(errors == 0 || whole.back().is_some_and(Result::is_err));
    }
}
