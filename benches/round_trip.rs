//! What a keystroke costs from message to message.

fn main() {}
