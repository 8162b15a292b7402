//! The program: hands the command line to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A child of the cage does its one job and nothing else.
    if let Some(code) = juanzong::cage::child::enter(std::env::args_os(), juanzong::JOBS) {
        return code;
    }
    ExitCode::SUCCESS
}
