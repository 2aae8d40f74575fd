//! What goes into a prompt, and how much of it the real llama.cpp server has in its cache already while
//! somebody types.
//!
//! The model there spends a token on each byte, and the server says how many of them it evaluated. What is
//! compared is the window that begins so many bytes before the cursor and moves with every key: that
//! is what prompts looked like before the window moved in steps.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tabtier::config::languages::Languages;
use tabtier::config::{Protocol, fim_templates};
use tabtier::domain::class::Extent;
use tabtier::domain::context::{Budget, Kind, gather};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::excerpts::Excerpts;
use tabtier::domain::prompt::{Files, Prompt, PromptBody, PromptForm, build};
use tabtier::domain::route::Tier;
use tabtier::domain::ruler::Ruler;
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::units::Tokens;
use tabtier::domain::workspace::Neighbour;
use tokio::time::timeout;

use crate::support::llama::LlamaServer;
use crate::support::rig::{Rig, Setup};
use crate::support::upstream::Script;
use crate::support::{model, provider};

/// The text is this file of ours, at the beginning of which nothing is left out by accident.
const TEXT: &str = include_str!("../../src/domain/lexical/scanner.rs");
const LIKE: &str = include_str!("../../src/domain/lexical/scanner/strings.rs");
/// Where typing begins, and how far it goes.
const FROM: usize = 6_000;
const TYPED: usize = 600;
/// A model is asked at every so many characters, as after a pause.
const EVERY: usize = 6;

fn excerpts(text: &str) -> (Document, Arc<Excerpts>) {
    let language = Languages::shared().by_id("rust").expect("a language");
    language.warm();
    let mut document = Document::new(DocumentId(1), 0, language, text);
    document.filename = Arc::from("scanner.rs");
    let grammar = document.language.grammar.as_ref().expect("a grammar");
    let tree = parse(grammar, &document.rope, None, &mut || true).expect("a tree");
    let excerpts = Arc::new(Excerpts::of(&document.rope, Some(&tree), &document.language, 0));
    document.syntax.publish(tree, 0, 0);
    (document, excerpts)
}

/// The prompts while the characters from [`FROM`] on are typed into the file without them.
fn prompts(form: &PromptForm, tokens: u32) -> Vec<Prompt> {
    let (like, similar) = excerpts(LIKE);
    let neighbour = Neighbour {
        filename: Arc::from("strings.rs"),
        rope: like.rope,
        excerpts: similar,
        changed_at: None,
        last_edit: 0,
    };
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind < Kind::Prefix).collect();
    let budget = Budget {
        input_tokens_max: Tokens(tokens),
        tier: Tier::Mid,
        around_max: None,
        kinds: &kinds,
        ruler: Ruler::CAUTIOUS,
        redacts: true,
        own_keys: &[],
    };
    let (_, own) = excerpts(TEXT);
    let typed = (FROM..FROM + TYPED).step_by(EVERY);
    let prompt = |offset: usize| {
        let text = format!("{}{}", &TEXT[..offset], &TEXT[FROM + TYPED..]);
        let (mut document, _) = excerpts(&text);
        document.excerpts = Arc::clone(&own);
        let site = Site::new(document, offset, Trigger::Automatic);
        let context = gather(&site, Extent::Line, &budget, std::slice::from_ref(&neighbour));
        build(&context, form, Files::Apart, Tokens(4))
    };
    typed.map(prompt).collect()
}

/// The same with a window of so many bytes that begins with a line and moves with every key.
fn moving(bytes: usize) -> Vec<Prompt> {
    let typed = (FROM..FROM + TYPED).step_by(EVERY);
    let prompt = |offset: usize| {
        let tail = &TEXT[offset - bytes * 3 / 4..offset];
        let prefix = tail.split_once('\n').map_or(tail, |(_, lines)| lines).to_owned();
        let suffix = TEXT[FROM + TYPED..][..bytes / 4].to_owned();
        let filename = "scanner.rs".to_owned();
        let body = PromptBody::Infill { prefix, suffix, filename, extra: Vec::new() };
        Prompt { body, stop: Vec::new(), output_tokens_max: Tokens(4), breakpoints: Vec::new() }
    };
    typed.map(prompt).collect()
}

/// The share of the prompts' tokens that the server had in its cache, the first prompt aside.
async fn cached(protocol: Protocol, prompts: Vec<Prompt>) -> Option<f64> {
    let server = LlamaServer::start(&["chain"], &["--slots", "1", "--context", "16384"]).await?;
    let path = if protocol == Protocol::LlamaCppInfill { "" } else { "/v1" };
    let provider = provider(model(protocol, &format!("{}{path}", server.url())));
    let (mut read, mut all) = (0_u32, 0_u32);
    for (nth, prompt) in prompts.into_iter().enumerate() {
        let chunks = timeout(Duration::from_secs(30), provider.stream(prompt).collect::<Vec<_>>());
        let chunks = chunks.await.expect("an end");
        let usage = chunks.into_iter().rev().find_map(|chunk| chunk.expect("no error").usage);
        let usage = usage.expect("usage");
        if nth > 0 {
            read += usage.cache_read.0;
            all += usage.input_total().0;
        }
    }
    Some(f64::from(read) / f64::from(all))
}

#[tokio::test]
async fn while_typing_most_of_the_prompt_is_cached() {
    let qwen = PromptForm::Fim(fim_templates::find("qwen").expect("a template").clone());
    let Some(before) = cached(Protocol::LlamaCppInfill, moving(1200)).await else { return };
    println!("infill, moving with every key: {:.1} %", 100.0 * before);
    for (name, protocol, form, least) in [
        ("infill", Protocol::LlamaCppInfill, PromptForm::Infill, 0.70),
        ("fim", Protocol::OpenAiCompletions, qwen, 0.70),
        ("chat", Protocol::OpenAiChat, PromptForm::Chat, 0.70),
    ] {
        let share = cached(protocol, prompts(&form, 800)).await.expect("the server of before");
        println!("{name}, moving in steps: {:.1} %", 100.0 * share);
        assert!(share >= least, "{name}: {share}");
        assert!(share > before, "{name}: {share} beside {before}");
    }
}

const SENDS: &str = "fn send(packet: Packet) {\n    verify(packet.checksum, packet.payload);\n    ";
const LIKE_IT: &str =
    "fn receive(packet: Packet) {\n    verify(packet.checksum, packet.payload);\n}\n";

#[test]
fn open_files_are_shown_to_the_model_unless_they_are_excluded_or_left_out() {
    let extra = |more: &str| {
        let setup =
            Setup { more: format!("privacy.exclude = [\"hidden/\"]\n{more}"), ..Setup::default() };
        let mut rig = Rig::start(&Script::infill(&["done();"]), &setup);
        rig.open("file:///w/open.rs", "rust", &format!("// open\n{LIKE_IT}"));
        rig.open("file:///w/hidden/secret.rs", "rust", &format!("// hidden\n{LIKE_IT}"));
        rig.open("file:///w/other.py", "python", &format!("# other\n{LIKE_IT}"));
        rig.open("file:///w/main.rs", "rust", &format!("{SENDS}\n}}\n"));
        // Excerpts are made in the background.
        for added in 0..100 {
            let asked = rig.ask("file:///w/main.rs", (2 + added, 4));
            assert!(rig.answer(&asked).is_some());
            let body = rig.upstream.posts().last().expect("a call").body.clone();
            if body.get("input_extra").is_some() || !more.is_empty() {
                rig.stop();
                return body.to_string();
            }
            rig.insert("file:///w/main.rs", (0, 0), "\n");
            rig.pause(50);
        }
        panic!("the open file was never shown")
    };
    let body = extra("");
    assert!(body.contains("// open") && body.contains("open.rs"), "{body}");
    assert!(!body.contains("hidden") && !body.contains("# other"), "{body}");
    let body = extra("context.include = [\"imports\"]\n");
    assert!(!body.contains("// open"), "{body}");
}
