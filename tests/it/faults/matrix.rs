//! The fault matrix: what upstreams do wrong, by tier, by why the editor asks, and by whether the
//! answer comes as a stream or as one document.
//!
//! Each cell is a server of its own behind a real socket, asked twice. The engine must answer, show
//! exactly what the row says, enter every call it made, and tell the user at most what the row says.
//! Real time is judged with room for a busy machine; the same rows are played to the millisecond in
//! virtual time where a script inside the process can say the same.

mod rows;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tabtier::config::{Protocol, Settings};
use tabtier::domain::explain::Explanation;
use tabtier::domain::gate::Strictness;
use tabtier::domain::prompt::Prompt;
use tabtier::domain::route::{Override, Tier};
use tabtier::domain::site::Trigger;
use tabtier::engine::{Engine, Equipment};
use tabtier::provider::registry::Registry;
use tabtier::provider::{ChunkStream, Provider};
use tokio::net::TcpListener;
use tokio::time::Instant;

use self::rows::{Fault, Row, Told, rows};
use super::scripted::{Scripted, Step, engine, request};
use super::{INVOKED, LATE_MAX};
use crate::support::upstream::{Script, Upstream};
use crate::support::{model, provider};

/// The deadline in virtual time.
const DEADLINE: Duration = Duration::from_millis(400);
/// What a reply may be late in real time, where a dozen cells run at once beside other tests.
const BUSY_MAX: Duration = Duration::from_secs(4);
/// Cells at a time.
const CELLS: usize = 8;
const TIERS: [Tier; 3] = [Tier::Fast, Tier::Mid, Tier::Flagship];
const TRIGGERS: [Trigger; 2] = [Trigger::Automatic, INVOKED];
const CODE: &str = "fn main() {\n    let value = |\n}\n";

/// Counts the calls made.
struct Counted {
    inner: Arc<dyn Provider>,
    calls: Arc<AtomicUsize>,
}

impl Provider for Counted {
    fn stream(&self, prompt: Prompt) -> ChunkStream {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.inner.stream(prompt)
    }
}

fn adjust(settings: &mut Settings, tier: Tier, deadline: Duration) {
    settings.gate = Strictness::Off;
    settings.policy.force = Override::Always(tier);
    settings.policy.classes.iter_mut().for_each(|row| row.deadline = deadline);
}

/// One way in which one row is met.
struct Cell {
    name: String,
    fault: Fault,
    shown: Option<&'static str>,
    told: Told,
    deadline: Duration,
    tier: Tier,
    trigger: Trigger,
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for Row { name, stream, document, told, deadline, .. } in rows() {
        let ways = [Some(("stream", stream)), document.map(|document| ("document", document))];
        for (way, (fault, shown)) in ways.into_iter().flatten() {
            for (tier, trigger) in TIERS.iter().flat_map(|t| TRIGGERS.map(|trigger| (*t, trigger)))
            {
                let name = format!("{name}, {way}, {}, {trigger:?}", tier.name());
                let fault = fault.clone();
                cells.push(Cell { name, fault, shown, told, deadline, tier, trigger });
            }
        }
    }
    cells
}

async fn check(cell: Cell) {
    let Cell { name, fault, shown, told, deadline, tier, trigger } = cell;
    let script = match &fault {
        Fault::Plays(script) => script.clone(),
        Fault::Refuses | Fault::At(_) | Fault::Handshake => Script::new([]),
    };
    let upstream = Upstream::start(script).await;
    let url = match fault {
        Fault::Plays(_) => upstream.url(),
        Fault::At(url) => url.to_owned(),
        Fault::Refuses => {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
            format!("http://{}", listener.local_addr().expect("its address"))
        }
        Fault::Handshake => upstream.url().replace("http:", "https:"),
    };
    let calls = Arc::new(AtomicUsize::new(0));
    let configured = model(Protocol::LlamaCppInfill, &url);
    let inner = provider(configured.clone());
    let counted: Arc<dyn Provider> = Arc::new(Counted { inner, calls: Arc::clone(&calls) });
    let mut settings = Settings::default();
    settings.models.insert("model".to_owned(), configured);
    settings.policy.models[tier as usize].push("model".to_owned());
    adjust(&mut settings, tier, deadline);
    let providers = Arc::new([("model".to_owned(), counted)].into_iter().collect::<Registry>());
    let engine = Engine::new(Equipment { settings: Arc::new(settings), providers });
    let mut notices = engine.notices().expect("the only end");

    let mut entries = Vec::new();
    for asked in 0..2 {
        let since = Instant::now();
        let explanation = engine.complete(request(CODE, trigger)).await;
        let took = since.elapsed();
        assert!(took < deadline + BUSY_MAX, "{name}: {took:?}");
        entries.extend(explanation.attempts.clone());
        if asked == 0 {
            assert_eq!(text(&explanation), shown, "{name}: {explanation:?}");
        }
        assert!(explanation.offered.is_some() != explanation.silence.is_some(), "{name}");
        engine.clear_cache();
        // The second call is one of its own.
        engine.supersede(request(CODE, trigger).document.id);
    }
    let entered = entries.len();
    assert_eq!(
        entered,
        calls.load(Ordering::SeqCst),
        "{name}: each call has its entry: {entries:?}"
    );
    let kept: usize =
        engine.with_ledger(|ledger| ledger.requests().map(|r| r.attempts.len()).sum());
    assert_eq!(entered, kept, "{name}: and is kept");
    // The last call lands before it is heard of.
    tokio::task::yield_now().await;
    let mut heard = Vec::new();
    while let Ok(notice) = notices.try_recv() {
        heard.push((notice.is_warning, notice.text));
    }
    let expected = match told {
        Told::Nothing => heard.is_empty(),
        Told::Log => matches!(heard.as_slice(), [(false, _)]),
        Told::Warning => matches!(heard.as_slice(), [(true, _)]),
    };
    assert!(expected, "{name}: {heard:?}");
}

fn text(explanation: &Explanation) -> Option<&str> {
    explanation.offered.as_ref().map(|offered| offered.text.as_str())
}

#[tokio::test]
async fn every_cell_is_answered_and_accounted_for() {
    let cells = cells();
    assert!(rows().len() >= 30 && cells.len() >= 300, "{} {}", rows().len(), cells.len());
    stream::iter(cells).for_each_concurrent(CELLS, check).await;
}

#[tokio::test(start_paused = true)]
async fn every_row_that_can_be_scripted_keeps_the_deadline_to_the_millisecond() {
    let mut played = 0;
    for Row { name, steps, .. } in rows() {
        let Some(steps) = steps else { continue };
        for (tier, trigger) in TIERS.iter().flat_map(|t| TRIGGERS.map(|trigger| (*t, trigger))) {
            // Alone, and with another model that is as bad, which makes no difference by tier.
            let pairs = if tier == Tier::Fast { 2 } else { 1 };
            for count in 1..=pairs {
                let scripted = Scripted::new(&steps);
                let models = ["one", "two"].map(|id| (tier, id, &scripted));
                let models = &models[..count];
                let engine = engine(models, |settings| adjust(settings, tier, DEADLINE));
                let since = Instant::now();
                engine.complete(request(CODE, trigger)).await;
                let took = since.elapsed();
                assert!(took <= DEADLINE + LATE_MAX, "{name}, {}: {took:?}", tier.name());
                played += 1;
            }
        }
    }
    assert!(played >= 200, "{played}");
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_hidden_by_the_next_model_of_the_plan() {
    for Row { name, steps, .. } in rows() {
        let Some(steps) =
            steps.filter(|_| !["endless text", "another content type"].contains(&name))
        else {
            // These have an answer of their own, if a strange one.
            continue;
        };
        let (sick, well) = (Scripted::new(&steps), Scripted::new(&[Step::Text("value;")]));
        let models = [(Tier::Fast, "sick", &sick), (Tier::Fast, "well", &well)];
        let engine = engine(&models, |settings| adjust(settings, Tier::Fast, DEADLINE));
        let explanation = engine.complete(request(CODE, Trigger::Automatic)).await;
        let is_part = name == "silence in the middle";
        // A stream that pauses is not a stream that stalls before the deadline of a line has come.
        let expected = if is_part { "compute(" } else { "value;" };
        assert_eq!(text(&explanation), Some(expected), "{name}");
    }
}
