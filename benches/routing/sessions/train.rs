//! Fits the gate's weights to the first halves of the sessions.
//!
//! Logistic regression by Newton's method with a small penalty, in plain Rust: the same numbers on
//! every machine. Each request gives one row for each rest on a grid that the user really rested,
//! and for each latency; the row is positive if a call made then would have been wanted and its
//! answer in time. Every session weighs the same, however long it is.

use std::fmt::Write as _;
use std::time::Duration;

use tabtier::domain::gate::{self, FEATURES, NAMES, SLOPES, Weights, features, latency, slope_of};
use tabtier::domain::route::Tier;

use super::measure::{READ, SAVED_MIN};
use super::replay::{Asked, Replayed};

const COLUMNS: usize = FEATURES + SLOPES + 1;
/// Rests at which a call might begin, in ms.
const GRID: [u64; 12] = [50, 75, 100, 130, 160, 200, 250, 300, 400, 500, 700, 1000];
/// Penalty on the square of each weight, against a likelihood summed over one unit of weight per
/// row on average.
const PENALTY: f64 = 3.0;
const ROUNDS: usize = 12;
const SLOPE_MIN: f64 = 0.05;

struct Row {
    values: [f64; COLUMNS],
    is_wanted: bool,
    weight: f64,
}

pub(crate) fn fit(sessions: &[Replayed], is_meant: impl Fn(usize, &Asked) -> bool) -> Weights {
    let mut rows = Vec::new();
    for (index, session) in sessions.iter().enumerate() {
        let begin = rows.len();
        let meant = session.asked.iter().filter(|asked| is_meant(index, asked));
        meant.for_each(|asked| add(&mut rows, asked));
        let count = (rows.len() - begin).max(1);
        rows[begin..].iter_mut().for_each(|row| row.weight = 1.0 / count as f64);
    }
    let scale = rows.len() as f64 / rows.iter().map(|row| row.weight).sum::<f64>();
    for row in &mut rows {
        row.weight *= scale;
    }
    let mut solution = [0.0; COLUMNS];
    for _ in 0..ROUNDS {
        step(&rows, &mut solution);
    }
    let mut of = [0.0; FEATURES];
    of.copy_from_slice(&solution[1..=FEATURES]);
    let mut slope = [0.0; SLOPES];
    slope.copy_from_slice(&solution[FEATURES + 1..]);
    let shorten = |x: f64| (x * 1e3).round() / 1e3;
    Weights {
        bias: shorten(solution[0]),
        of: of.map(shorten),
        slope: slope.map(|x| shorten(x.max(SLOPE_MIN))),
    }
}

fn add(rows: &mut Vec<Row>, asked: &Asked) {
    let since = gate::resting_since(&asked.site, asked.arrived);
    for tier in [Tier::Fast, Tier::Mid, Tier::Flagship] {
        let latency = latency(tier);
        let described = features(&asked.site, asked.extent, latency);
        for rest in GRID.map(Duration::from_millis) {
            let begins = (since + rest).max(asked.arrived);
            let rests_until = |moment| asked.next.at.is_none_or(|next| next >= moment);
            if !rests_until(begins) {
                break;
            }
            if since + rest < asked.arrived {
                continue;
            }
            let settled = (asked.edited + asked.settle).max(asked.arrived);
            let mut values = [0.0; COLUMNS];
            values[0] = 1.0;
            values[1..=FEATURES].copy_from_slice(&described);
            values[FEATURES + 1 + slope_of(&asked.site)] = (rest.as_secs_f64() * 10.0).ln();
            let is_wanted = asked.next.forward >= SAVED_MIN
                && rests_until(begins + latency)
                && rests_until(settled + latency + READ);
            rows.push(Row { values, is_wanted, weight: 0.0 });
        }
    }
}

fn step(rows: &[Row], solution: &mut [f64; COLUMNS]) {
    let mut gradient = [0.0; COLUMNS];
    let mut hessian = vec![[0.0; COLUMNS]; COLUMNS];
    for row in rows {
        let sum: f64 = row.values.iter().zip(&*solution).map(|(x, w)| x * w).sum();
        let chance = 1.0 / (1.0 + (-sum).exp());
        let error = row.weight * (f64::from(u8::from(row.is_wanted)) - chance);
        let curve = row.weight * chance * (1.0 - chance);
        let present: Vec<usize> = (0..COLUMNS).filter(|i| row.values[*i] != 0.0).collect();
        for i in &present {
            gradient[*i] += error * row.values[*i];
            for j in &present {
                hessian[*i][*j] += curve * row.values[*i] * row.values[*j];
            }
        }
    }
    for index in 0..COLUMNS {
        let penalty = if index == 0 { 1e-6 } else { PENALTY };
        gradient[index] -= penalty * solution[index];
        hessian[index][index] += penalty;
    }
    let change = solve(hessian, gradient);
    solution.iter_mut().zip(change).for_each(|(w, d)| *w += d);
}

/// Gaussian elimination with pivoting; the matrix is positive definite.
fn solve(mut a: Vec<[f64; COLUMNS]>, mut b: [f64; COLUMNS]) -> [f64; COLUMNS] {
    for column in 0..COLUMNS {
        let by_size = |i: &usize, j: &usize| a[*i][column].abs().total_cmp(&a[*j][column].abs());
        let pivot = (column..COLUMNS).max_by(by_size).unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        let top = a[column];
        for row in column + 1..COLUMNS {
            let factor = a[row][column] / top[column];
            a[row].iter_mut().zip(top).skip(column).for_each(|(x, t)| *x -= factor * t);
            b[row] -= factor * b[column];
        }
    }
    let mut x = [0.0; COLUMNS];
    for row in (0..COLUMNS).rev() {
        let rest: f64 = (row + 1..COLUMNS).map(|column| a[row][column] * x[column]).sum();
        x[row] = (b[row] - rest) / a[row][row];
    }
    x
}

/// The source of `src/domain/gate/weights.rs`.
pub(crate) fn source(fitted: &Weights, sessions: &[Replayed]) -> String {
    let names: Vec<_> = sessions.iter().map(|session| format!("`{}`", session.name)).collect();
    let mut out = format!(
        "//! The weights of the gate. Written by `cargo bench --bench sessions -- --train`; do not \
         edit.\n//!\n//! Fitted to the first half, by edits, of the recordings under\n//! \
         `benches/routing/recordings`: {}.\n\nuse super::Weights;\n\n/// Log odds that an answer \
         is wanted.\npub(super) const FITTED: Weights = Weights {{\n    bias: {:.3},\n    of: \
         [\n",
        names.join(", "),
        fitted.bias,
    );
    for (weight, name) in fitted.of.iter().zip(NAMES) {
        // Writing into a string cannot fail.
        let weight = format!("{weight:.3},");
        let _ = writeln!(out, "        {weight:<7} // {name}");
    }
    let slopes: Vec<_> = fitted.slope.iter().map(|slope| format!("{slope:.3}")).collect();
    let _ = writeln!(
        out,
        "    ],\n    // After typing, after a change, after a move.\n    slope: [{}],\n}};",
        slopes.join(", ")
    );
    out
}
