//! `delega`: one program for serving, working, importing and looking after it all.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // At least four threads: a request that computes must not hold up the others, also
    // on two cores.
    let threads = std::thread::available_parallelism().map_or(4, |n| n.get().max(4));
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("delega: the runtime cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(server::command::run(server::command::Cli::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("delega: {e:#}");
            ExitCode::FAILURE
        }
    }
}
