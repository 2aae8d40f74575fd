//! The `tabtier` binary: sets up logging and hands over to the command line.

fn main() {
    tabtier::trace::install();
    let code = tabtier::cli::run(std::env::args_os());
    // Reading standard input cannot be interrupted, so the process ends without waiting for it.
    std::process::exit(code);
}
