//! The `tabtier` binary: parse arguments, set up tracing, hand over to the command.

fn main() {}
