//! Neovim with a model behind the server: what is slow, stuck or dead there must not be felt in the
//! text.
//!
//! Neovim shows whatever answer arrives, without asking what it was for. So the server answers a
//! request that was overtaken at once and with nothing, and these tests look at every ghost text that
//! was ever drawn, not only at the last.

use std::time::Duration;

use serde_json::{Value, json};

use super::plain::{ACCEPT, RUST};
use super::{Editor, Seen};
use crate::support::upstream::{Request, Script, Step, Upstream, chat_event};

/// Far longer than the 200 ms after which Neovim asks again.
const SLOW: Duration = Duration::from_millis(900);

/// Every class is answered by this model alone, however long it takes.
pub(crate) fn settings(protocol: &str, url: &str) -> String {
    let classes = ["closer", "identifier", "line", "prose", "boilerplate", "logic", "refactor"];
    let mut text = format!(
        "[tiers.fast]\nmodels = [\"only\"]\nsettle_ms = 0\n\
         [models.only]\nprotocol = \"{protocol}\"\nurl = \"{url}\"\n"
    );
    for class in classes {
        text += "[policy.";
        text += class;
        text += "]\ntiers = [\"fast\"]\ndeadline_ms = 30000\n";
    }
    text
}

/// A Rust file in a Neovim whose only source is the model at `upstream`.
fn editor(test: &str, upstream: &Upstream) -> Option<Editor> {
    let settings = settings("openai_chat", &upstream.url());
    Some(Editor::open(test, "main.rs", RUST)?.with_settings(&settings))
}

fn run(editor: &Editor, steps: &Value) -> Seen {
    tokio::task::block_in_place(|| editor.run(steps))
}

/// What the model was told of each place it was asked about. Connections are warmed by requests of
/// another kind, which do not count.
pub(super) fn prompts(upstream: &Upstream) -> Vec<String> {
    let prompt = |body: &Value| body["messages"][1]["content"].as_str().map(str::to_owned);
    upstream.requests().iter().filter_map(|request| prompt(&request.body)).collect()
}

/// Whether the model was shown this text.
fn mentions(request: &Request, text: &str) -> bool {
    request.body.to_string().contains(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_on_while_a_model_is_slow_shows_nothing_stale() {
    let answer = Script::stream().then([
        Step::Wait(SLOW),
        Step::event(&chat_event("beta_two;")),
        Step::Chunk(b"data: [DONE]\n\n".to_vec()),
        Step::end(),
    ]);
    let upstream = Upstream::start(answer).await;
    let Some(editor) = editor("neovim: slow model", &upstream) else { return };
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"await": "pending"},
        {"type": "alpha_"}, {"await": "pending"},
        {"type": "one + "}, {"await": "settled"},
        {"accept": ACCEPT},
    ]);
    let seen = run(&editor, &steps);
    let typed = "    let value = alpha_one + ";
    for ghost in seen.ghosts() {
        assert_eq!(ghost["line"], typed, "a ghost for another text: {ghost}");
    }
    assert_eq!(seen.lines()[5], format!("{typed}beta_two;"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_hangs_leaves_the_text_as_typed() {
    let upstream = Upstream::start(Script::new([Step::Hang])).await;
    let Some(editor) = editor("neovim: hanging model", &upstream) else { return };
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"await": "pending"},
        {"type": "alpha_"}, {"await": "pending"},
        {"type": "one;"}, {"await": "pending"},
        {"accept": ACCEPT},
        {"keys": "<Esc>"}, {"await": "normal"},
    ]);
    let seen = run(&editor, &steps);
    assert_eq!(seen.ghosts(), &Vec::<Value>::new());
    assert_eq!(seen.lines()[5], "    let value = alpha_one;");
    // Leaving insert mode cancels what was still asked, down to the socket.
    upstream.wait_for_dropped(1).await;
}

/// The suggestion on the screen is an old one while its successor never comes: it may be accepted as
/// far as it still fits, and only then.
#[tokio::test(flavor = "multi_thread")]
async fn accepting_an_old_answer_while_the_next_hangs_is_exact_or_nothing() {
    for (key, line) in [("b", "let value = beta_two;"), ("x", "let value = x")] {
        let upstream = Upstream::start_with(|request| {
            if mentions(request, "let value = x") || mentions(request, "let value = b") {
                Script::new([Step::Hang])
            } else {
                Script::chat(&["beta_two;"])
            }
        });
        let upstream = upstream.await;
        let Some(editor) = editor("neovim: old answer", &upstream) else { return };
        let steps = json!([
            {"keys": "5GA"}, {"await": "insert"},
            {"type": "\nlet value = "}, {"await": "ghost"},
            {"type": key}, {"accept": ACCEPT},
            {"keys": "<Esc>"}, {"await": "normal"},
        ]);
        let seen = run(&editor, &steps);
        assert_eq!(seen.ghost(3), Some("beta_two;"), "{key}");
        assert_eq!(seen.lines()[5], format!("    {line}"), "{key}");
        assert_eq!(seen.lines().len(), 7, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_model_leaves_the_local_engine() {
    let upstream = Upstream::start(Script::new([Step::Reset])).await;
    let Some(editor) = Editor::open("neovim: dead model", "main.rs", RUST) else { return };
    let settings = settings("openai_chat", &upstream.url());
    let settings = settings.replace("tiers = [\"fast\"]", "tiers = [\"fast\", \"local\"]");
    let editor = editor.with_settings(&settings);
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet total = compute_to"}, {"await": "ghost"},
        {"accept": ACCEPT},
    ]);
    let seen = run(&editor, &steps);
    assert!(!prompts(&upstream).is_empty(), "the model was never asked");
    assert_eq!(seen.ghost(3), Some("tal"));
    assert_eq!(seen.lines()[5], "    let total = compute_total");
}
