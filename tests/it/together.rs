//! Two editors at once, each with a server of its own, on one ledger and under one cap.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;
use tabtier::domain::money::{Moment, Period, PicoUsd};
use tabtier::store::ledger::read::Ledger;

use crate::helix::{self, Helix};
use crate::neovim::model::settings;
use crate::neovim::plain::ACCEPT;
use crate::neovim::{Editor, plain};
use crate::support::upstream::{Script, Upstream};

const EVER: (i64, i64) = (i64::MIN, i64::MAX);

/// The folder that the servers below this home keep their ledger in is `shared`.
fn share(home: &Path, shared: &Path) {
    std::fs::create_dir_all(home.join("state")).expect("a folder for state");
    symlink(shared, home.join("state/tabtier")).expect("a link");
}

/// Helix is open all the while, and asks before and after Neovim has come and gone.
#[tokio::test(flavor = "multi_thread")]
async fn two_editors_keep_one_ledger() {
    let upstream = Upstream::start(Script::chat(&[" compute_total(1, 2);"])).await;
    let priced = "price_input = 1000.0\nprice_output = 1000.0\n[caps]\nday_usd = 50.0\n";
    let settings = settings("openai_chat", &upstream.url());
    let (before, after) = settings.split_once("[policy.").expect("classes");
    let settings = format!("{before}{priced}[policy.{after}");
    let shared = tempfile::tempdir().expect("a folder for the ledger");
    let home = tempfile::tempdir().expect("a home");
    share(home.path(), shared.path());
    let Some(helix) = Helix::open_at(home, "together: Helix", helix::RUST, &settings) else {
        return;
    };
    let Some(neovim) = Editor::open("together: Neovim", "main.rs", plain::RUST) else { return };
    let neovim = neovim.with_settings(&settings);
    share(neovim.home.path(), shared.path());
    tokio::task::block_in_place(|| {
        helix.type_until_menu("    let first =", "compute_total(1, 2);");
        let seen = neovim.run(&json!([
            {"keys": "5GA"}, {"await": "insert"},
            {"type": "\nlet second ="}, {"await": "ghost"},
            {"accept": ACCEPT},
        ]));
        assert_eq!(seen.lines()[5], "    let second = compute_total(1, 2);");
        let (text, _) = helix.accept_and_quit();
        assert!(text.contains("\n    let first = compute_total(1, 2);\n"), "{text}");
    });

    let ledger = shared.path().join("ledger.sqlite3");
    let ledger = Ledger::open(&ledger).expect("readable").expect("a ledger");
    let (mut sessions, mut calls, mut cost) = (Vec::new(), 0, PicoUsd::ZERO);
    ledger
        .calls(EVER, |called| {
            sessions.push(called.id.session);
            calls += called.calls;
            cost += called.cost.expect("a price");
        })
        .expect("rows");
    sessions.sort_unstable();
    sessions.dedup();
    assert_eq!(sessions.len(), 2, "an editor, a session");
    assert_eq!(calls as usize, upstream.posts().len(), "every call is in the ledger");
    let days = ledger.booked(Period::Day, Moment(0)).expect("sums");
    let booked: u64 = days.iter().filter(|day| day.tier.is_none()).map(|day| day.amount.0).sum();
    assert_eq!(booked, cost.0, "what one editor spends counts for both");
    assert!(booked > 0);
}
