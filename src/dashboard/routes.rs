//! What the server answers: the files of the page, the figures, the last decisions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::Setup;
use super::assets::{ASSETS, WELCOME};
use super::guard::{ENTRANCE, Guard, Refusal, seal};
use super::secret::Token;
use super::source::Source;
use super::view::{self, Span};
use crate::domain::route::Tier;
use crate::store::ledger::{Trouble, now};

/// Days shown when nothing else is asked for.
const DAYS: u16 = 30;
/// Bound: the most days one page shows.
const DAYS_MAX: u16 = 400;

/// What the handlers share.
pub(super) struct App {
    setup: Setup,
    source: Arc<Source>,
    guard: Guard,
    token: Token,
    /// When somebody who was let in last asked for something.
    last_asked: Mutex<Instant>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("setup", &self.setup).finish_non_exhaustive()
    }
}

impl App {
    pub(super) fn new(setup: Setup, source: Arc<Source>, guard: Guard, token: Token) -> Self {
        Self { setup, source, guard, token, last_asked: Mutex::new(Instant::now()) }
    }

    /// Waits until nothing was asked for this long.
    pub(super) async fn until_idle(&self, idle_max: Duration) {
        loop {
            let left = idle_max.saturating_sub(self.last_asked.lock().elapsed());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

/// Every path there is, behind the guard.
pub(super) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for asset in ASSETS {
        router = router.route(asset.path, get(move || async { *asset }));
    }
    router
        .route(ENTRANCE, get(enter))
        .route("/api/figures", get(figures))
        .route("/api/tail", get(tail))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is no such page\n") })
        .layer(from_fn_with_state(Arc::clone(&app), check))
        .with_state(app)
}

/// Lets a request through or refuses it, and seals every answer.
async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let checked = app.guard.check(request.method(), request.uri(), request.headers());
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.answer().into_response(),
    };
    if response.status().is_success() {
        *app.last_asked.lock() = Instant::now();
    }
    seal(response.headers_mut());
    response
}

/// The token is exchanged for the key. Who has the key already may come in this way again.
async fn enter(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    if app.guard.knows_key(&headers) {
        return WELCOME.into_response();
    }
    if !app.token.take(parameter(&uri, "token").unwrap_or_default()) {
        return Refusal::Key.answer().into_response();
    }
    let mut response = WELCOME.into_response();
    if let Ok(cookie) = HeaderValue::from_str(&app.guard.cookie()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// Everything the page draws of a span of days; nothing new is answered with nothing.
async fn figures(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let days = parameter(&uri, "days").and_then(|days| days.parse().ok()).unwrap_or(DAYS);
    let span = Span::up_to(now(), days.clamp(1, DAYS_MAX));
    let counted = match app.source.figures().await {
        Ok(counted) => counted,
        Err(trouble) => return unreadable(&trouble),
    };
    let seen = format!("{}-{}-{}", counted.turn, span.first, span.last);
    if parameter(&uri, "seen") == Some(&seen) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let mut value = view::json(&counted.figures, &app.setup, span);
    value["seen"] = json!(seen);
    value["counted_at"] = json!(counted.at);
    value["counting_ms"] = json!(counted.took.as_millis() as u64);
    value["setup"] = setup(&app);
    answer(StatusCode::OK, &value)
}

/// The last decisions; nothing new is answered with nothing.
async fn tail(State(app): State<Arc<App>>, uri: Uri) -> Response {
    // Asked for before reading: what is written meanwhile is seen the next time.
    let seen = match app.source.stamp() {
        Some(stamp) => format!("{:032x}", digest(&stamp)),
        None => "none".to_owned(),
    };
    if parameter(&uri, "seen") == Some(&seen) {
        return StatusCode::NO_CONTENT.into_response();
    }
    match app.source.tail().await {
        Ok(rows) => answer(StatusCode::OK, &json!({"seen": seen, "rows": rows})),
        Err(trouble) => unreadable(&trouble),
    }
}

/// A number that another stamp does not have.
fn digest(stamp: &impl std::hash::Hash) -> u64 {
    use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(stamp)
}

/// What an empty page can say about where things are.
fn setup(app: &App) -> Value {
    let settings = &app.setup.settings;
    let tiers = [Tier::Fast, Tier::Mid, Tier::Flagship];
    let models = |tier| json!({"tier": Tier::name(tier), "models": settings.policy.models(tier)});
    json!({
        "ledger": app.source.place(),
        "settings": app.setup.settings_file.as_ref().map(|path| path.display().to_string()),
        "is_enabled": settings.enabled,
        "keeps_entries": settings.money.ledger.enabled,
        "tiers": tiers.map(models),
    })
}

fn unreadable(trouble: &Trouble) -> Response {
    let what = format!("the ledger cannot be read: {trouble}");
    answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"trouble": what}))
}

fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// A parameter of the address. Those we know hold digits, letters and dashes, so nothing is decoded.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(own, _)| *own == name).map(|(_, value)| value)
}
