//! The weights of the gate. Written by `cargo bench --bench sessions -- --train`; do not edit.
//!
//! Fitted to the first half, by edits, of the recordings under
//! `benches/routing/recordings`: `sveltecomponent`, `vscode_tests_ts`.

use super::Weights;

/// Log odds that an answer is wanted.
pub(super) const FITTED: Weights = Weights {
    bias: -1.779,
    of: [
        -0.021, // rhythm
        0.099,  // last gap
        -0.102, // moved
        -0.383, // moved far
        0.000,  // never edited
        0.348,  // edited elsewhere before
        -0.743, // completed
        -0.219, // deleted
        -2.188, // replaced
        -0.682, // pasted
        -1.772, // several
        -1.627, // nothing
        -0.041, // first key
        -0.257, // run
        -0.931, // recent deletions
        -0.744, // latency
        -0.305, // block
        -0.134, // word of 1
        0.066,  // word of 2
        0.903,  // word of 3 or 4
        -0.206, // word of 5 or more
        1.301,  // after space
        0.412,  // after opener
        -0.417, // after closer
        -0.148, // after quote
        1.637,  // after member operator
        -0.414, // after comma
        -3.399, // after semicolon
        0.165,  // after equals
        0.822,  // after other operator
        -1.315, // line start
        0.013,  // blank line
        0.910,  // blank line, text near below
        -1.419, // mid-word
        -0.101, // closers after
        -1.074, // text after
        -1.132, // comment
        -0.607, // string
        1.166,  // deeper than line above
        0.452,  // line break typed
        0.384,  // unclosed here
        -0.268, // whole word typed before
    ],
    // After typing, after a change, after a move.
    slope: [0.569, 0.285, 0.050],
};
