//! The weights of the gate. Written by `cargo bench --bench sessions -- --train`; do not edit.
//!
//! Fitted to the first half, by edits, of the recordings under
//! `benches/routing/recordings`: `sveltecomponent`, `vscode_tests_ts`.

use super::Weights;

/// Log odds that an answer is wanted.
pub(super) const FITTED: Weights = Weights {
    bias: -1.784,
    of: [
        -0.038, // rhythm
        0.098,  // last gap
        -0.102, // moved
        -0.436, // moved far
        0.000,  // never edited
        0.353,  // edited elsewhere before
        -0.761, // completed
        -0.209, // deleted
        -2.172, // replaced
        -0.647, // pasted
        -1.761, // several
        -1.627, // nothing
        -0.027, // first key
        -0.255, // run
        -0.949, // recent deletions
        -0.746, // latency
        -0.272, // block
        -0.128, // word of 1
        0.002,  // word of 2
        0.908,  // word of 3 or 4
        -0.207, // word of 5 or more
        1.306,  // after space
        0.436,  // after opener
        -0.469, // after closer
        -0.072, // after quote
        1.631,  // after member operator
        -0.407, // after comma
        -3.398, // after semicolon
        0.179,  // after equals
        0.833,  // after other operator
        -1.324, // line start
        0.046,  // blank line
        0.885,  // blank line, text near below
        -1.421, // mid-word
        -0.100, // closers after
        -1.059, // text after
        -1.130, // comment
        -0.604, // string
        1.168,  // deeper than line above
        0.441,  // line break typed
        0.346,  // unclosed here
        -0.269, // whole word typed before
    ],
    // After typing, after a change, after a move.
    slope: [0.569, 0.285, 0.050],
};
