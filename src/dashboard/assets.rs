//! The files of the page, which are part of the binary. They are served by their exact names and by
//! nothing else, so no name leads out of the list.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// One file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asset {
    /// The path it is served at.
    pub(super) path: &'static str,
    kind: &'static str,
    text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

macro_rules! asset {
    ($path:literal, $kind:ident, $file:literal) => {
        Asset { path: $path, kind: $kind, text: include_str!(concat!("assets/", $file)) }
    };
}

/// Every file.
pub(super) const ASSETS: &[Asset] = &[
    asset!("/", HTML, "page.html"),
    asset!("/assets/page.css", CSS, "page.css"),
    asset!("/assets/plots.css", CSS, "plots.css"),
    asset!("/assets/icon.svg", IMAGE, "icon.svg"),
    // Asked for by browsers while the page that welcomes them is shown.
    asset!("/favicon.ico", IMAGE, "icon.svg"),
    asset!("/assets/main.js", SCRIPT, "main.js"),
    asset!("/assets/words.js", SCRIPT, "words.js"),
    asset!("/assets/draw.js", SCRIPT, "draw.js"),
    asset!("/assets/card.js", SCRIPT, "card.js"),
    asset!("/assets/days.js", SCRIPT, "days.js"),
    asset!("/assets/tiles.js", SCRIPT, "tiles.js"),
    asset!("/assets/money.js", SCRIPT, "money.js"),
    asset!("/assets/answers.js", SCRIPT, "answers.js"),
    asset!("/assets/times.js", SCRIPT, "times.js"),
    asset!("/assets/acceptance.js", SCRIPT, "acceptance.js"),
    asset!("/assets/failures.js", SCRIPT, "failures.js"),
    asset!("/assets/live.js", SCRIPT, "live.js"),
    asset!("/assets/empty.js", SCRIPT, "empty.js"),
];

/// What is answered to the right token. The page is reached by a link of our own, because a browser
/// that was sent here by another page does not show the new cookie on a redirect.
pub(super) const WELCOME: Asset = Asset {
    path: super::guard::ENTRANCE,
    kind: HTML,
    text: "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tabtier</title>\
           <meta http-equiv=\"refresh\" content=\"0;url=/\"><p><a href=\"/\">Open the dashboard</a>\
           </html>\n",
};

impl IntoResponse for Asset {
    fn into_response(self) -> axum::response::Response {
        ([(CONTENT_TYPE, self.kind)], self.text).into_response()
    }
}
