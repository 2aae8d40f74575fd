//! The weights of the gate. Written by `cargo bench --bench sessions -- --train`; do not edit.
//!
//! Fitted to the first half, by edits, of the recordings under
//! `benches/routing/recordings`: `sveltecomponent`, `vscode_tests_ts`.

use super::Weights;

/// Log odds that an answer is wanted.
pub(super) const FITTED: Weights = Weights {
    bias: -1.799,
    of: [
        -0.024, // rhythm
        0.099,  // last gap
        -0.100, // moved
        -0.396, // moved far
        0.000,  // never edited
        0.353,  // edited elsewhere before
        -0.729, // completed
        -0.209, // deleted
        -2.160, // replaced
        -0.661, // pasted
        -1.762, // several
        -1.610, // nothing
        -0.040, // first key
        -0.252, // run
        -0.936, // recent deletions
        -0.744, // latency
        -0.304, // block
        -0.120, // word of 1
        0.078,  // word of 2
        0.917,  // word of 3 or 4
        -0.197, // word of 5 or more
        1.309,  // after space
        0.425,  // after opener
        -0.440, // after closer
        -0.107, // after quote
        1.647,  // after member operator
        -0.579, // after comma
        -3.391, // after semicolon
        0.176,  // after equals
        0.832,  // after other operator
        -1.306, // line start
        0.016,  // blank line
        0.909,  // blank line, text near below
        -1.419, // mid-word
        -0.101, // closers after
        -1.071, // text after
        -1.134, // comment
        -0.610, // string
        1.165,  // deeper than line above
        0.453,  // line break typed
        0.384,  // unclosed here
        -0.267, // whole word typed before
    ],
    // After typing, after a change, after a move.
    slope: [0.570, 0.285, 0.050],
};
