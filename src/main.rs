//! The program: hands the command line to the library.

use std::io::IsTerminal;
use std::process::ExitCode;

use juanzong::config::Environment;

fn main() -> ExitCode {
    // A child of the cage does its one job and nothing else.
    if let Some(code) = juanzong::cage::child::enter(std::env::args_os(), juanzong::JOBS) {
        return code;
    }
    let environment = Environment::read();
    let filter = environment.log.clone().unwrap_or_else(|| "warn,juanzong::web=info".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if environment.log_json {
        log.json().init();
    } else {
        log.with_ansi(environment.colour && std::io::stderr().is_terminal()).init();
    }
    let program = std::env::current_exe().unwrap_or_else(|_| "juanzong".into());
    #[expect(clippy::disallowed_methods, reason = "the clock is looked at here and handed down")]
    let now = jiff::Timestamp::now();
    juanzong::cli::run(std::env::args_os().collect(), &environment, program, now)
}
