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
        0.095,  // last gap
        -0.100, // moved
        -0.425, // moved far
        0.000,  // never edited
        0.359,  // edited elsewhere before
        -0.749, // completed
        -0.228, // deleted
        -2.168, // replaced
        -0.656, // pasted
        -1.745, // several
        -1.600, // nothing
        -0.043, // first key
        -0.256, // run
        -0.912, // recent deletions
        -0.745, // latency
        -0.086, // block
        -0.114, // word of 1
        0.020,  // word of 2
        0.920,  // word of 3 or 4
        -0.190, // word of 5 or more
        1.322,  // after space
        0.425,  // after opener
        -0.549, // after closer
        -0.173, // after quote
        1.650,  // after member operator
        -0.393, // after comma
        -3.408, // after semicolon
        0.188,  // after equals
        0.835,  // after other operator
        -1.313, // line start
        -0.077, // blank line
        1.005,  // blank line, text near below
        -1.429, // mid-word
        -0.103, // closers after
        -1.046, // text after
        -1.124, // comment
        -0.577, // string
        1.086,  // deeper than line above
        0.473,  // line break typed
        0.371,  // unclosed here
        -0.281, // whole word typed before
    ],
    // After typing, after a change, after a move.
    slope: [0.571, 0.286, 0.050],
};
