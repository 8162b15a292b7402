//! Serving from the command line.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::Desk;
use crate::error::Result;
use crate::web::{self, Serving};

/// Where a server listens unless told otherwise.
pub(super) const LISTEN: &str = "127.0.0.1:8017";

/// What `serve` takes.
#[derive(Debug, Args)]
#[command(long_about = "\
Serves the archive in a browser and keeps reading and indexing what is new.

Accounts do not exist yet, so it listens on this machine only (127.0.0.1 or ::1). Other commands may be used beside it:
what they file is read and indexed by the server.")]
pub(super) struct Serve {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = LISTEN)]
    listen: String,
}

pub(super) async fn serve(desk: &Desk, args: Serve) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    let serving = Serving::bind(archive, &desk.actor, &args.listen).await?;
    told(desk, &serving)?;
    web::serve(serving).await?;
    Ok(ExitCode::SUCCESS)
}

/// Says where to open a browser.
pub(super) fn told(desk: &Desk, serving: &Serving) -> Result<()> {
    let url = serving.url();
    desk.output.json(&json!({ "listening": url }))?;
    desk.output.line(match desk.output.english {
        false => format!("打开 {url}(按 Ctrl-C 结束)"),
        true => format!("Open {url} (Ctrl-C to end)"),
    })
}
