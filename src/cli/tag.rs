//! Tagging from the command line: pieces by number, or all that a query finds.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::Desk;
use crate::cli::pieces::Pieces;
use crate::cli::search::all_found;
use crate::domain::id::EvidenceId;
use crate::error::{Error, Result};
use crate::review::{self, Tagging};

/// What `tag` takes.
#[derive(Debug, Args)]
pub(super) struct TagArgs {
    /// Numbers of evidence, such as 12 or '#12', or ranges such as 12-15
    #[arg(value_name = "EVIDENCE", required_unless_present = "query", conflicts_with = "query")]
    pieces: Vec<String>,
    /// In place of numbers: all that this query finds
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// A tag to put on, 1 to 20 characters; several with commas between
    #[arg(long, value_name = "TAG", required_unless_present = "remove")]
    add: Vec<String>,
    /// A tag to take off
    #[arg(long, value_name = "TAG")]
    remove: Vec<String>,
}

pub(super) async fn tag(desk: &Desk, args: TagArgs) -> Result<ExitCode> {
    let tagging = Tagging::typed(&args.add, &args.remove)?;
    let archive = desk.archive().await?;
    let ids: Vec<EvidenceId> = match &args.query {
        None => Pieces { pieces: args.pieces }.among(archive.fold().await?.as_ref())?,
        Some(query) => all_found(desk, &archive, query).await?.iter().map(|it| it.id).collect(),
    };
    if ids.is_empty() {
        return Err(Error::not_found("Nothing was found; try the query with `juanzong search`.")
            .zh("没有找到材料，请先用 juanzong search 试一试检索条件。"));
    }
    let n_changed = review::tag(archive.ledger(), &desk.act(), &ids, &tagging).await?;
    let fold = archive.fold().await?;
    for id in &ids {
        let tags = fold.current(*id).map(|it| it.tags.clone()).unwrap_or_default();
        desk.output.json(&json!({ "evidence": id, "tags": tags }))?;
    }
    let n_pieces = ids.len();
    desk.output.line(match desk.output.english {
        false => format!("{n_pieces} 件材料，{n_changed} 件的标签有变动。"),
        true => format!("{n_pieces} pieces, of which the tags of {n_changed} changed."),
    })?;
    Ok(ExitCode::SUCCESS)
}
