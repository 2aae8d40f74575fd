//! A model that answers at once: whole, as a stream in one write, or as a long stream.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::{Value, json};

/// Pieces of text in a stream.
const PIECES: usize = 8;
/// Pieces of text in a long one; with it the answer stays below what we read of one.
const LONG: usize = 3_500;

/// A running server. It ends with the process.
pub(crate) struct Upstream(SocketAddr);

impl Upstream {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                std::thread::spawn(move || serve(socket));
            }
        });
        Self(address)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0)
    }
}

fn event(delta: &Value, finish: Option<&str>) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
    let body = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000,
        "model": "m", "choices": [choice], "usage": null });
    format!("data: {body}\n\n")
}

fn usage() -> Value {
    json!({ "prompt_tokens": 900, "completion_tokens": PIECES, "total_tokens": 900 + PIECES })
}

fn stream(pieces: usize) -> String {
    let texts = (0..pieces).map(|_| event(&json!({ "content": "let x" }), None));
    let last = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000,
        "model": "m", "choices": [], "usage": usage() });
    let end = [event(&json!({}), Some("stop")), format!("data: {last}\n\ndata: [DONE]\n\n")];
    texts.chain(end).collect()
}

/// Events and bytes of the long stream.
pub(crate) fn long_size() -> (usize, usize) {
    (LONG + 3, stream(LONG).len())
}

fn whole() -> String {
    let message = json!({ "role": "assistant", "content": "let x".repeat(PIECES) });
    json!({ "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "m",
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        "usage": usage() })
    .to_string()
}

/// Serves one connection until the client leaves.
fn serve(mut socket: TcpStream) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut input = BufReader::new(socket.try_clone().ok()?);
    let answer = |kind: &str, body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let chunked = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\
             \r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        )
    };
    let answers = [
        ("/whole/", answer("application/json", &whole())),
        ("/stream/", chunked(&stream(PIECES))),
        ("/long/", chunked(&stream(LONG))),
    ];
    loop {
        let (mut path, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if path.is_none() {
                path = Some(line);
            } else if line.is_empty() {
                break;
            }
        }
        input.read_exact(&mut vec![0; length]).ok()?;
        let path = path.unwrap_or_default();
        let found = answers.iter().find(|(part, _)| path.contains(part));
        let answer =
            found.map_or("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", |(_, a)| a);
        socket.write_all(answer.as_bytes()).ok()?;
    }
}
