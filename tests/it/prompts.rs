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
use tabtier::config::{ModelSettings, Protocol, Settings, fim_templates};
use tabtier::domain::class::Extent;
use tabtier::domain::context::{Budget, Kind, gather};
use tabtier::domain::document::{Document, DocumentId};
use tabtier::domain::excerpts::Excerpts;
use tabtier::domain::gate::Strictness;
use tabtier::domain::money::PicoUsd;
use tabtier::domain::money::price::{Price, Rates};
use tabtier::domain::prompt::{Files, Prompt, PromptBody, PromptForm, build};
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::ruler::{Ruler, Vocabulary};
use tabtier::domain::site::{Site, Trigger};
use tabtier::domain::syntax::parse;
use tabtier::domain::units::Tokens;
use tabtier::domain::workspace::Neighbour;
use tabtier::engine::{Engine, Equipment, Request};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::llama::LlamaServer;
use crate::support::rig::{Rig, Setup};
use crate::support::upstream::Script;
use crate::support::{model, provider, registry};
use crate::tokens::counted;

/// Two files of ours as they were once, for what comes out at each place hangs on every line of them.
const TEXT: &str = include_str!("../data/code/scanner.rs.txt");
const LIKE: &str = include_str!("../data/code/strings.rs.txt");
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

#[test]
fn counted_prompts_use_their_budget_and_never_more() {
    let (document, _) = excerpts(TEXT);
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind < Kind::Prefix).collect();
    for vocabulary in Vocabulary::ALL {
        let ruler = counted(vocabulary);
        for tokens in [200, 800, 2000] {
            for offset in (0..TEXT.len()).step_by(1501) {
                let budget = Budget {
                    input_tokens_max: Tokens(tokens),
                    tier: Tier::Mid,
                    around_max: None,
                    kinds: &kinds,
                    ruler,
                    redacts: true,
                    own_keys: &[],
                };
                let site = Site::new(document.clone(), offset, Trigger::Automatic);
                let context = gather(&site, Extent::Line, &budget, &[]);
                let parts = context.parts();
                assert!(parts.iter().all(|part| !part.is_estimate));
                let sum: u32 = parts.iter().map(|part| part.tokens.0).sum();
                assert!(sum <= tokens, "{sum} of {tokens} at {offset}: {parts:?}");
                let is_inside = (8_000..TEXT.len() - 8_000).contains(&offset);
                let least = tokens * 2 / 5;
                assert!(!is_inside || sum >= least, "{sum} of {tokens} at {offset}: {parts:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_model_is_measured_by_what_its_server_reports() {
    const TOKENS: u32 = 1200;
    /// What the server adds: marks between the parts, and names of files.
    const FRAME: u64 = 40;
    let Some(server) = LlamaServer::start(&["chain"], &["--slots", "1"]).await else { return };
    let configured = ModelSettings {
        price: Some(Price::flat(Rates::plain(PicoUsd(1), PicoUsd(1)))),
        ..model(Protocol::LlamaCppInfill, server.url())
    };
    // What it is said to be it is not.
    let named = ModelSettings { vocabulary: Some(Vocabulary::O200k), ..configured.clone() };
    counted(Vocabulary::O200k);
    for (configured, is_counted) in [(configured, false), (named, true)] {
        let engine = engine(configured, TOKENS);
        let mut calls = Vec::new();
        for offset in (6_000..9_000).step_by(250) {
            let quote = engine.forecast(request(offset)).steps[0].quote.expect("a price");
            assert!(quote.is_estimate != is_counted);
            let explanation = engine.complete(request(offset)).await;
            let usage = explanation.attempts.iter().find_map(|attempt| attempt.usage);
            // An answer that was complete before its end has no report.
            let reported = usage.filter(|usage| !usage.is_estimate);
            calls.extend(reported.map(|usage| (u64::from(usage.input_total().0), quote)));
        }
        assert!(calls.len() >= 8, "{calls:?}");
        // A byte is a token there, which nobody would guess.
        assert!(calls[0].0 > u64::from(TOKENS) + FRAME, "{calls:?}");
        assert!(calls[0].1.prompt_tokens * 2 < calls[0].0, "{calls:?}");
        for (reported, quote) in &calls[3..] {
            if is_counted {
                // The wrong count is not relied on: bytes say what is set aside.
                let set_aside = quote.most.0 - quote.output_tokens_max;
                assert!(set_aside >= quote.prompt_tokens * 2, "{quote:?} for {reported}");
                assert!(quote.prompt_tokens * 2 < *reported, "{quote:?} for {reported}");
            } else {
                assert!(*reported <= u64::from(TOKENS) + FRAME, "{reported}");
                let ratio = quote.prompt_tokens as f64 / *reported as f64;
                assert!((0.85..1.15).contains(&ratio), "{quote:?} for {reported}");
            }
        }
    }
}

/// An engine with this one model, which is asked for everything, with prompts of so many tokens.
fn engine(configured: ModelSettings, tokens: u32) -> Arc<Engine> {
    let mut settings = Settings { gate: Strictness::Off, ..Settings::default() };
    settings.models.insert("model".to_owned(), configured.clone());
    settings.policy.models[Tier::Fast as usize].push("model".to_owned());
    settings.policy.force = Override::Always(Tier::Fast);
    settings.policy.classes.iter_mut().for_each(|class| class.deadline = Duration::from_secs(20));
    settings.context.input_tokens_max = [Tokens(tokens); 4];
    let providers = Arc::new(registry(configured));
    Engine::new(Equipment { settings: Arc::new(settings), providers })
}

/// A request in the text, on a new line.
fn request(offset: usize) -> Request {
    let (document, _) = excerpts(&format!("{}\n    {}", &TEXT[..offset], &TEXT[offset..]));
    Request {
        document,
        policy: None,
        offset: offset + 5,
        trigger: Trigger::Invoked { repeats: 0 },
        has_diagnostic: false,
        neighbours: Vec::new(),
        open_max: None,
        superseded: CancellationToken::new(),
    }
}
