//! A model that answers at once: a chat server on loopback, one thread for each connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

/// A running model server. It ends with the process.
pub(crate) struct Model {
    address: std::net::SocketAddr,
    asked: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Model {
    /// A server that answers every request with `text`.
    pub(crate) fn start(text: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let (asked, connections) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let model = Self { address, asked: Arc::clone(&asked), connections: connections.clone() };
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::Relaxed);
                let asked = Arc::clone(&asked);
                std::thread::spawn(move || serve(socket, text, &asked));
            }
        });
        model
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Completions asked for so far.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Connections opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Serves one connection until the client leaves.
fn serve(mut socket: TcpStream, text: &str, asked: &AtomicUsize) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut input = BufReader::new(socket.try_clone().ok()?);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let event = |body: &serde_json::Value| chunk(&format!("data: {body}\n\n"));
    let choice = |delta: serde_json::Value, end: Option<&str>| {
        event(&json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": end }] }))
    };
    let first = head.to_owned() + &choice(json!({ "content": text }), None);
    let usage = json!({ "prompt_tokens": 900, "completion_tokens": 6 });
    let end = choice(json!({}), Some("stop"))
        + &event(&json!({ "choices": [], "usage": usage }))
        + &chunk("data: [DONE]\n\n")
        + "0\r\n\r\n";
    loop {
        let mut length = 0;
        let mut is_post = None;
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).ok()? == 0 {
                return None;
            }
            is_post = is_post.or(Some(line.starts_with("POST")));
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        input.read_exact(&mut vec![0; length]).ok()?;
        if is_post != Some(true) {
            socket.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").ok()?;
            continue;
        }
        asked.fetch_add(1, Ordering::Relaxed);
        // Two packets, as a model that streams would send at the least.
        socket.write_all(first.as_bytes()).ok()?;
        socket.write_all(end.as_bytes()).ok()?;
    }
}
