//! `tabtier dashboard`: one page on loopback that draws what the ledger holds.
//!
//! The page and all it needs are in the binary; it loads nothing from anywhere else, and there is no
//! step that builds it. The server reads and never writes: it has no state worth saving, so it may be
//! ended at any moment, and it ends by itself when nobody has looked for long. It knows the ledger,
//! which holds no text of the user's, and it sends nothing to anybody but the browser that was given
//! the printed address.

mod assets;
mod figures;
mod guard;
mod routes;
mod secret;
mod source;
mod spending;
mod tail;
mod times;
mod view;

use std::future::IntoFuture as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::config::Settings;
use guard::{ENTRANCE, Guard};
use routes::App;
use secret::{Secret, Token};
use source::Source;

/// Bound: the server ends when nothing was asked of it for this long. A page that is looked at asks
/// every few seconds; one in a background tab does not.
pub const IDLE_MAX: Duration = Duration::from_secs(8 * 3_600);

/// What the page is about.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The ledger's file, which need not exist yet; `None` where the system has no folder for it.
    pub ledger: Option<PathBuf>,
    /// The settings in effect: caps, tiers and prices.
    pub settings: Arc<Settings>,
    /// Where the user's settings are read from, to name it on an empty page.
    pub settings_file: Option<PathBuf>,
}

/// A server that listens and has not answered yet.
#[derive(Debug)]
pub struct Dashboard {
    listener: TcpListener,
    url: String,
    app: Arc<App>,
}

impl Dashboard {
    /// Listens on a port of the system's choice, on loopback alone, and begins to read the ledger, so
    /// that the figures are there when the browser is.
    pub async fn bind(setup: Setup) -> io::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(address).await?;
        let port = listener.local_addr()?.port();
        let (token, key) = (Secret::new()?, Secret::new()?);
        let url = format!("http://127.0.0.1:{port}{ENTRANCE}?token={}", token.digits());
        let source = Arc::new(Source::new(setup.ledger.clone()));
        tokio::spawn({
            let source = Arc::clone(&source);
            // What is wrong is said on the page, which asks again.
            async move { drop(source.figures().await) }
        });
        let app = App::new(setup, source, Guard::new(port, key), Token::new(token));
        Ok(Self { listener, url, app: Arc::new(app) })
    }

    /// The address to open. It is good once.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers until nobody has asked for `idle_max`.
    pub async fn serve(self, idle_max: Duration) -> io::Result<()> {
        let router = routes::router(Arc::clone(&self.app));
        let serving = axum::serve(self.listener, router).into_future();
        tokio::select! {
            result = serving => result,
            () = self.app.until_idle(idle_max) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
