//! What was seen to break in other language servers for models, held here against ours.
//!
//! Everything runs over the real binary. A model that hangs does so until it is left, and every
//! deadline is far away, so an answer that comes at all comes for the right reason.

use std::fs;

use serde_json::json;

use crate::support::random::Random;
use crate::support::rig::{Rig, Setup, replacing};
use crate::support::upstream::{Request, Script, Step};

const URI: &str = "file:///a/main.rs";

/// A model that writes `text` everywhere.
fn writing(text: &str) -> Rig {
    Rig::start(&Script::infill(&[text]), &Setup::default())
}

fn no_cache() -> Setup {
    Setup { more: "cache.entries_max = 0\n".to_owned(), ..Setup::default() }
}

#[test]
fn eight_hung_models_hold_up_nothing() {
    let choose = |request: &Request| {
        let prefix = request.body["input_prefix"].as_str().unwrap_or_default();
        if prefix.contains("hang") {
            Script::new([Step::Hang])
        } else {
            Script::infill(&["answer;"])
        }
    };
    let mut rig = Rig::start_with(choose, &Setup::default());
    let uris: Vec<String> = (0..8).map(|number| format!("file:///a/{number}.rs")).collect();
    let mut hung = Vec::new();
    for uri in &uris {
        // Each its own text: the same place in two files is asked about once.
        let text = format!("fn hang() {{\n    let x = \n}}\n// {uri}\n");
        rig.open(uri, "rust", &text);
        hung.push(rig.ask(uri, (1, 12)));
    }
    rig.wait_for_posts(8);
    rig.open(URI, "rust", "fn main() {\n    let x = \n}\n");
    let other = rig.ask(URI, (1, 12));
    assert_eq!(rig.answer(&other).as_deref(), Some("answer;"), "another file");
    rig.change(&uris[0], &[replacing((0, 3), (0, 7), "main")]);
    let same = rig.ask(&uris[0], (1, 12));
    assert_eq!(rig.answer(&same).as_deref(), Some("answer;"), "a file that hung");
    assert_eq!(rig.answer(&hung[0]), None);
    rig.wait_for_dropped(1);
    for id in &hung[1..] {
        rig.cancel(id);
        assert_eq!(rig.server.expect_reply(id)["error"]["code"], -32800);
    }
    rig.wait_for_dropped(8);
    rig.stop();
}

#[test]
fn a_closed_file_is_forgotten() {
    let mut rig = Rig::start(&Script::infill(&["\n"]), &no_cache());
    let (closed, open) = ("file:///a/closed.rs", "file:///a/open.rs");
    rig.open(closed, "rust", "fn unmistakable_name() {\n    \n}\n");
    rig.open(open, "rust", "fn other() {\n    unmist\n}\n");
    assert_eq!(rig.status()["documents_open"], 2);
    let labels = |rig: &mut Rig| {
        let id = rig.menu(open, (1, 10));
        rig.server.expect_reply(&id)["result"].to_string()
    };
    // The names of a file are counted in the background soon after it was opened.
    let found = (0..200).any(|_| {
        rig.pause(10);
        labels(&mut rig).contains("unmistakable_name")
    });
    assert!(found, "an open file lends its names to others");
    let before = rig.prompts().len();
    rig.close(closed);
    assert_eq!(rig.status()["documents_open"], 1);
    // They are taken away in the background, too.
    let is_gone = (0..200).any(|_| {
        rig.pause(10);
        !labels(&mut rig).contains("unmistakable_name")
    });
    assert!(is_gone, "a closed file lends nothing");
    let id = rig.ask(open, (1, 10));
    rig.answer(&id);
    let id = rig.ask(closed, (1, 4));
    assert_eq!(rig.answer(&id), None);
    let prompts = rig.prompts().split_off(before);
    assert!(!prompts.is_empty() && !format!("{prompts:?}").contains("unmistakable"), "{prompts:?}");
    rig.close(open);
    assert_eq!(rig.status()["documents_open"], 0);
    rig.stop();
}

#[test]
fn connections_are_kept() {
    let mut rig = Rig::start(&Script::infill(&["answer;"]), &no_cache());
    rig.open(URI, "rust", "fn main() {\n    let x = \n}\n");
    for _ in 0..30 {
        let id = rig.ask(URI, (1, 12));
        assert!(rig.answer(&id).is_some());
    }
    assert_eq!(rig.upstream.posts().len(), 30);
    // The end of an answer is read after the reply has left. A request that is faster than that
    // opens one more connection, which is then kept as well; a client for each request, as the peer
    // has, would make thirty.
    let connections = rig.upstream.connections();
    assert!(connections <= 10, "{connections} connections for 30 requests without a pause");
    rig.stop();
}

#[test]
fn what_is_known_is_not_asked_again() {
    let mut rig = writing("compute(alpha, beta);");
    rig.open(URI, "rust", "fn main() {\n    let x = \n}\n");
    let mut expect = |typed: &str, rest: Option<&str>| {
        let whole = format!("    let x = {typed}");
        rig.change(URI, &[replacing((1, 0), (1, 99), &whole)]);
        let id = rig.ask(URI, (1, whole.len() as u32));
        assert_eq!(rig.answer(&id).as_deref(), rest, "{typed:?}");
        rig.upstream.posts().len()
    };
    let answer = "compute(alpha, beta);";
    assert_eq!(expect("", Some(answer)), 1, "the first time");
    assert_eq!(expect("", Some(answer)), 1, "asked again");
    for typed in [1, 7, 8, 13, 20, 8, 0] {
        let posts = expect(&answer[..typed], Some(&answer[typed..]));
        assert_eq!(posts, 1, "typed along or deleted back to {typed}");
    }
    // What leads elsewhere is a new question.
    assert_eq!(expect("other", Some("compute")), 2);
    rig.stop();
}

#[test]
fn a_chat_model_with_fences_is_not_asked_again_either() {
    let choose =
        |_: &Request| Script::chat(&["```rust\r\n", "compute(alpha,\r\n        beta);", "\n```"]);
    let mut rig = Rig::start_with(choose, &Setup { is_chat: true, ..Setup::default() });
    rig.open(URI, "rust", "fn main() {\n    \n}\n");
    let mut expect = |typed: &str, rest: Option<&str>| {
        rig.change(URI, &[replacing((1, 0), (1, 99), &format!("    {typed}"))]);
        let id = rig.ask(URI, (1, 4 + typed.len() as u32));
        let answer = rig.answer(&id);
        if let Some(rest) = rest {
            assert_eq!(answer.as_deref(), Some(rest), "{typed:?}");
        }
        (answer, rig.upstream.posts().len())
    };
    let (answer, posts) = expect("", None);
    assert_eq!(posts, 1);
    let answer = answer.expect("an answer");
    assert!(answer.starts_with("compute(alpha,"), "{answer:?}");
    assert_eq!(expect(&answer[..8], Some(&answer[8..])).1, 1);
    rig.stop();
}

#[test]
fn places_past_the_end_mean_the_end() {
    let mut rig = Rig::start(&Script::infill(&["answer"]), &no_cache());
    let text = "let x = 𝒳;\nlet y = ";
    rig.open("untitled:Untitled-1", "plaintext", text);
    let (line_end, end) = (13, text.len());
    let table = [
        ((0, 12), line_end),
        ((0, 999), line_end),
        ((9, 9), end),
        ((1, u32::MAX), end),
        ((u32::MAX, 0), end),
    ];
    for (place, offset) in table {
        let id = rig.ask("untitled:Untitled-1", place);
        rig.answer(&id);
        let (before, after) = text.split_at(offset);
        assert_eq!(rig.prompts().pop(), Some((before.to_owned(), after.to_owned())), "{place:?}");
    }
    rig.stop();
}

#[test]
fn a_long_line_reaches_the_model_in_part() {
    let mut rig = writing("answer;");
    let long = "word ".repeat(1 << 20);
    rig.open(URI, "plaintext", &format!("above\n{long}\nbelow\n"));
    for column in [2_500_000, 5, 5_242_880] {
        let id = rig.ask(URI, (1, column));
        rig.answer(&id);
        let (before, after) = rig.prompts().pop().expect("a prompt");
        let around = format!("above\n{long}\nbelow\n");
        let offset = 6 + column as usize;
        assert!(around[..offset].ends_with(&before) && !before.is_empty(), "{column}");
        assert!(around[offset..].starts_with(&after) && !after.is_empty(), "{column}");
    }
    assert_eq!(rig.prompts().len(), 3);
    rig.stop();
}

#[test]
fn an_answer_that_begins_with_a_line_end_is_offered() {
    let mut rig = writing("\n    return x * 2\n");
    rig.open("file:///a/b.py", "python", "def double(x):");
    let id = rig.ask("file:///a/b.py", (0, 14));
    let answer = rig.answer(&id).expect("an answer");
    assert!(answer.starts_with("\n    return x * 2"), "{answer:?}");
    rig.open("file:///a/c.rs", "rust", "fn double(x: u32) -> u32 {\n    // Doubles.\n}\n");
    let id = rig.ask("file:///a/c.rs", (1, 15));
    assert!(rig.answer(&id).is_some_and(|answer| answer.starts_with('\n')), "after a comment");
    rig.stop();
}

#[test]
fn a_thousand_edits_of_a_large_file_stay_in_sync() {
    for line_end in ["\n", "\r\n"] {
        let mut rig = Rig::start(&Script::infill(&["answer"]), &no_cache());
        let mut lines: Vec<String> = (0..20_000)
            .map(|number| format!("    let value_{number} = compute({number});"))
            .collect();
        rig.open(URI, "rust", &lines.join(line_end));
        rig.status();
        let before = cpu_ms(rig.server.pid());
        let random = &mut Random::new(7);
        for number in 0..1_000 {
            let line = if number % 10 == 0 { random.below(lines.len()) } else { number % 50 };
            lines[line].insert(8, 'x');
            rig.insert(URI, (line as u32, 8), "x");
        }
        rig.status();
        let spent = cpu_ms(rig.server.pid()) - before;
        println!("1,000 edits of 20,000 lines ending in {line_end:?}: {spent} ms CPU");
        let place = 19_990;
        let id = rig.ask(URI, (place, 8));
        rig.answer(&id);
        let (before, after) = rig.prompts().pop().expect("a prompt");
        let text = lines.join(line_end);
        let offset: usize =
            lines[..place as usize].iter().map(|line| line.len() + line_end.len()).sum::<usize>()
                + 8;
        assert!(text[..offset].ends_with(&before) && before.len() > 1_000);
        assert!(text[offset..].starts_with(&after) && after.len() > 200);
        rig.stop();
    }
}

#[test]
fn an_idle_server_rests() {
    let mut rig = writing("answer;");
    rig.open(URI, "rust", "fn main() {\n    let x = \n}\n");
    let id = rig.ask(URI, (1, 12));
    rig.answer(&id);
    rig.pause(300);
    let before = cpu_ms(rig.server.pid());
    rig.pause(2_000);
    let spent = cpu_ms(rig.server.pid()) - before;
    assert!(spent < 40, "{spent} ms of CPU in two idle seconds");
    rig.stop();
}

/// CPU time a process has used, in milliseconds, as the kernel counts it: in hundredths.
fn cpu_ms(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a running process");
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks = |index: usize| -> u64 {
        fields.split_whitespace().nth(index).and_then(|field| field.parse().ok()).expect("ticks")
    };
    (ticks(11) + ticks(12)) * 10
}

#[test]
fn nothing_is_logged_for_an_edit() {
    let mut rig = writing("answer;");
    rig.open(URI, "rust", "fn main() {}\n");
    for _ in 0..100 {
        rig.insert(URI, (0, 0), "x");
    }
    rig.change("file:///never/opened.rs", &[json!({ "text": "x" })]);
    rig.status();
    assert_eq!(rig.server.notifications("window/logMessage").len(), 0);
    assert_eq!(rig.server.notifications("window/showMessage").len(), 0);
    rig.stop();
}
