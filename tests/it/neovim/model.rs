//! Neovim with a model behind the server: what is slow or stuck there must not be felt in the text.
//!
//! Neovim shows whatever answer arrives, without asking what it was for. So the server answers a
//! request that was overtaken at once and with nothing, and these tests look at every ghost text that
//! was ever drawn, not only at the last.

use std::time::Duration;

use serde_json::json;

use super::plain::{ACCEPT, RUST};
use super::{Editor, Seen};
use crate::support::upstream::{Script, Step, Upstream, chat_event};

/// Far longer than the 200 ms after which Neovim asks again.
const SLOW: Duration = Duration::from_millis(900);

/// Every class is answered by this model alone, however long it takes.
fn settings(url: &str) -> String {
    let classes = ["closer", "identifier", "line", "prose", "boilerplate", "logic", "refactor"];
    let mut text = format!(
        "[tiers.fast]\nmodels = [\"slow\"]\nsettle_ms = 0\n\
         [models.slow]\nprotocol = \"openai_chat\"\nurl = \"{url}\"\n"
    );
    for class in classes {
        text += "[policy.";
        text += class;
        text += "]\ntiers = [\"fast\"]\ndeadline_ms = 30000\n";
    }
    text
}

/// Types into the middle of two requests, then waits for the last answer and accepts it.
fn type_on(test: &str, upstream: &Upstream) -> Option<Seen> {
    let editor = Editor::open(test, "main.rs", RUST)?.with_settings(&settings(&upstream.url()));
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"await": "pending"},
        {"type": "alpha_"}, {"await": "pending"},
        {"type": "one + "}, {"await": "settled"},
        {"accept": ACCEPT},
    ]);
    Some(tokio::task::block_in_place(|| editor.run(&steps)))
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
    let Some(seen) = type_on("neovim: slow model", &upstream) else { return };
    let typed = "    let value = alpha_one + ";
    for ghost in seen.ghosts() {
        assert_eq!(ghost["line"], typed, "a ghost for another text: {ghost}");
    }
    assert_eq!(seen.lines()[5], format!("{typed}beta_two;"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_hangs_leaves_the_text_as_typed() {
    let upstream = Upstream::start(Script::new([Step::Hang])).await;
    let Some(editor) = Editor::open("neovim: hanging model", "main.rs", RUST) else { return };
    let editor = editor.with_settings(&settings(&upstream.url()));
    let steps = json!([
        {"keys": "5GA"}, {"await": "insert"},
        {"type": "\nlet value = "}, {"await": "pending"},
        {"type": "alpha_"}, {"await": "pending"},
        {"type": "one;"}, {"await": "pending"},
        {"accept": ACCEPT},
        {"keys": "<Esc>"}, {"await": "normal"},
    ]);
    let seen = tokio::task::block_in_place(|| editor.run(&steps));
    assert_eq!(seen.ghosts(), &Vec::<serde_json::Value>::new());
    assert_eq!(seen.lines()[5], "    let value = alpha_one;");
    // Leaving insert mode cancels what was still asked, down to the socket.
    upstream.wait_for_dropped(1).await;
}
