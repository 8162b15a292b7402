//! Search from the command line.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::archive::Processing;
use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::domain::actor::Scope;
use crate::error::Result;
use crate::index::Sort;
use crate::search::{self as searching, Question, Shown};
use crate::web::shapes::Found;

/// What `search` takes.
#[derive(Debug, Args)]
#[command(long_about = "\
Searches everything filed: titles, names, captions, texts, in simplified and traditional script alike.

  志愿服务 空巢老人        both must be found
  \"…\" “…” 「…」 《…》      just this
  -草稿                    without this
  指标:Ⅱ-3 状态:已通过     filters: 指标 单位 类型 日期 状态 (indicator unit kind date state)
  日期:2017-01..2017-06    also 2017, 2017-05, >=2017-05")]
pub(super) struct Search {
    /// What to find
    #[arg(required = true)]
    query: Vec<String>,
    /// How many hits
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// Hits to pass over
    #[arg(long, default_value_t = 0, value_name = "N")]
    offset: usize,
    /// Their order
    #[arg(long, value_enum, default_value_t = Order::Relevance)]
    sort: Order,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    Relevance,
    Date,
}

pub(super) async fn search(desk: &Desk, args: Search) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    // Without a server the index is brought up here.
    if let Some(processing) = Processing::lock(&archive)? {
        crate::cli::intake::read_all(desk, &processing).await?;
    }
    let sort = match args.sort {
        Order::Relevance => Sort::Relevance,
        Order::Date => Sort::Date,
    };
    let question = Question { typed: args.query.join(" "), offset: args.offset, limit: args.limit, sort };
    let answer = searching::search(&archive, &Scope::All, &question).await?;
    let fold = archive.fold().await?;
    let standards = |it: &Shown| -> Vec<String> {
        let code = |claim: &crate::domain::evidence::Claim| {
            fold.scheme(&claim.scheme).map(|s| s.full_code(&claim.indicator))
        };
        it.evidence.claims.iter().filter_map(code).collect()
    };
    desk.output.json(&Found::of(&fold, &answer))?;
    let en = desk.output.english;
    for it in &answer.hits {
        let unit = it
            .evidence
            .unit
            .as_ref()
            .map_or(desk.output.either("未归属", "unassigned"), |id| fold.units.label(id));
        let labels: Vec<&str> = it.evidence.claims.iter().map(|it| it.standing.label(en)).collect();
        let date = it.date.map(|it| it.to_string()).unwrap_or_default();
        let title = marked(desk, &it.evidence.title, &it.title_marks);
        desk.output.line(format!("#{}  {title}", it.evidence.id))?;
        let about = format!("    {unit} · {} · {date} · {}", standards(it).join(", "), labels.join(", "));
        desk.output.line(desk.output.toned(Tone::Quiet, &about))?;
        if !it.snippet.text.is_empty() {
            desk.output.line(format!(
                "    {}",
                marked(desk, &it.snippet.text, &it.snippet.marks).replace('\u{fffd}', " ")
            ))?;
        }
    }
    desk.output.line(match (en, answer.near) {
        (false, false) => format!("共 {} 件。", answer.total),
        (false, true) => format!("没有完全一致的;近似匹配 {} 件。", answer.total),
        (true, false) => format!("{} pieces.", answer.total),
        (true, true) => format!("Nothing holds just this; {} near matches.", answer.total),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn marked(desk: &Desk, text: &str, marks: &[std::ops::Range<usize>]) -> String {
    let mut res = String::new();
    let mut at = 0;
    for mark in marks {
        res.push_str(&plain(&text[at..mark.start]));
        res.push_str(&desk.output.toned(Tone::Warn, &plain(&text[mark.clone()])));
        at = mark.end;
    }
    res.push_str(&plain(&text[at..]));
    res
}
