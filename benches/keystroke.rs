//! What a keystroke costs inside the engine.

fn main() {}
