//! The least a call can take: one kept connection, one write, and reading to the answer's end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A kept connection.
pub(crate) struct Connection {
    socket: TcpStream,
    host: String,
    path: String,
}

impl Connection {
    /// Connects to the server of an address.
    pub(crate) fn open(url: &str) -> Self {
        let rest = url.trim_start_matches("http://");
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let socket = TcpStream::connect(host).expect("a server");
        socket.set_nodelay(true).expect("a socket");
        Self { socket, host: host.to_owned(), path: format!("/{path}") }
    }

    /// Posts a body and reads the answer to its end: the time to the first byte of the body, and
    /// to the end.
    pub(crate) fn call(&mut self, body: &Value) -> (Duration, Duration) {
        let started = Instant::now();
        let body = body.to_string();
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.path,
            self.host,
            body.len()
        );
        self.socket.write_all(request.as_bytes()).expect("a connection");
        let (mut answer, mut first) = (Vec::new(), None);
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = self.socket.read(&mut buffer).expect("an answer");
            assert!(read > 0, "the server left");
            answer.extend_from_slice(&buffer[..read]);
            let Some(head) = find(&answer, b"\r\n\r\n") else { continue };
            let body = &answer[head + 4..];
            if !body.is_empty() {
                first.get_or_insert(started.elapsed());
            }
            if is_whole(&answer[..head], body) {
                break;
            }
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        let total = started.elapsed();
        (first.unwrap_or(total), total)
    }
}

fn is_whole(head: &[u8], body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    match head.lines().find_map(|line| line.strip_prefix("content-length:")) {
        Some(length) => body.len() >= length.trim().parse().unwrap_or(0),
        None => body.ends_with(b"0\r\n\r\n"),
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
