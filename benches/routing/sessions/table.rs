//! The tables of `benches/routing/gate.md`.

use std::fmt::Write as _;
use std::time::Duration;

use tabtier::domain::gate::{Bar, Strictness, Weights};

use super::measure::{Way, figures, share};
use super::replay::Replayed;
use super::train::fit;

/// Rests of a plain debounce, in ms.
const DEBOUNCES: [u64; 10] = [50, 75, 100, 150, 200, 250, 300, 400, 600, 1000];
/// Bars from lenient to severe: how likely an answer must be wanted to ask early, and to ask at
/// all, with the longest rest of the fast tier in ms.
const BARS: [(f64, f64, u64); 11] = [
    (0.03, 0.0, 300),
    (0.06, 0.0, 300),
    (0.12, 0.0, 300),
    (0.20, 0.0, 300),
    (0.12, 0.005, 300),
    (0.20, 0.005, 300),
    (0.30, 0.005, 300),
    (0.30, 0.010, 300),
    (0.40, 0.020, 300),
    (0.40, 0.040, 400),
    (0.40, 0.060, 600),
];

const NAMED: [(&str, Strictness); 3] =
    [("light", Strictness::Light), ("normal", Strictness::Normal), ("strict", Strictness::Strict)];

/// Puts a text in the place of that name; `None` where the page has none.
pub(crate) fn put(page: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (head, rest) = page.split_once(&begin)?;
    let (_, tail) = rest.split_once(&end)?;
    Some(format!("{head}{begin}{text}{end}{tail}"))
}

pub(crate) fn tables(sessions: &[Replayed]) -> String {
    let mut out = String::new();
    for (index, session) in sessions.iter().enumerate() {
        for (half, name) in ["first half (tuned on)", "second half"].into_iter().enumerate() {
            let title = format!("{}, {name}", session.name);
            table(&mut out, &title, sessions, index, half, &Weights::FITTED);
        }
    }
    if sessions.len() > 1 {
        for (index, session) in sessions.iter().enumerate() {
            let others = fit(sessions, |other, _| other != index);
            let title = format!("{}, second half, weights from the other recordings", session.name);
            table(&mut out, &title, sessions, index, 1, &others);
        }
    }
    out
}

fn table(
    out: &mut String,
    title: &str,
    sessions: &[Replayed],
    index: usize,
    half: usize,
    weights: &Weights,
) {
    let edits = sessions[index].edits[half];
    let measure = |way: Way<'_>| {
        figures(sessions, way, |session, asked| {
            session == index && asked.is_first_half == (half == 0)
        })
    };
    let plain = measure(Way::Settle);
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "### {title}\n\n{edits} edits. The settle delays alone make {} calls, {} of them wasted; {} are \
         wanted.\n\n| way | calls per 1,000 edits | wasted avoided | wanted lost | added p50 / p90 | \
         in time lost | stretches lost |\n|---|---|---|---|---|---|---|",
        plain.calls, plain.wasted, plain.wanted,
    );
    let mut row = |name: &str, way: Way<'_>| {
        let figures = measure(way);
        let kept = figures.stretches.intersection(&plain.stretches).count();
        let _ = writeln!(
            out,
            "| {name} | {:.0} | {:.1} % | {:.1} % ({}) | {} / {} ms | {:.1} % | {:.1} % |",
            1e3 * share(figures.calls, edits),
            100.0 - 100.0 * share(figures.wasted, plain.wasted),
            100.0 * share(figures.wanted - figures.served, figures.wanted),
            figures.wanted - figures.served,
            figures.added(50),
            figures.added(90),
            100.0 - 100.0 * share(figures.useful, plain.useful),
            100.0 - 100.0 * share(kept, plain.stretches.len()),
        );
    };
    for ms in DEBOUNCES {
        row(&format!("{ms} ms"), Way::Debounce(Duration::from_millis(ms)));
    }
    for (early, late, rest) in BARS {
        let name = format!("gate {early:.2} / {late:.3} / {rest} ms");
        row(&name, Way::Gated(bar(early, late, rest), weights));
    }
    for (name, strictness) in NAMED {
        if let Some(bar) = strictness.bar() {
            row(&format!("**gate {name}**"), Way::Gated(bar, weights));
        }
    }
    out.push('\n');
}

fn bar(early: f64, late: f64, rest: u64) -> Bar {
    let ms = Duration::from_millis;
    Bar { early, late, rest_max: [Duration::ZERO, ms(rest), ms(rest + 50), ms(rest + 200)] }
}
