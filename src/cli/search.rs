//! Search from the command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::archive::{Archive, Processing};
use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::domain::actor::Scope;
use crate::error::{Error, Result};
use crate::index::Sort;
use crate::search::{self as searching, Question, Shown};
use crate::web::shapes::Found;

/// What `search` takes.
#[derive(Debug, Args)]
#[command(long_about = "\
Searches everything filed: titles, names, captions, texts, in simplified and traditional script alike.

  志愿服务 空巢老人        both must be found
  \"…\" “…” 「…」 《…》      just this
  ~\"志愿服务\"             one character may be another, as in recognised text
  -草稿                    without this; after -- on the command line
  方案 | 总结, (甲 或 乙)  either; parentheses group
  指标:Ⅱ-3 状态:已通过     one field: 指标 单位 类型 日期 标题 文号 文件名 正文 图说 来源 状态 问题 大小 格式 摄影 报纸 标签
                           (indicator unit kind date title number name body caption source state finding size
                           format photographer paper tag; also dw, zb …)
  日期:2017-01..2017-06    also 2017, 2017-05, >=2017-05, 近30天, 上半年
  大小:>10M 格式:pdf,word  问题:有, 问题:W13")]
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
    /// Write everything found to a table, .csv or .xlsx by its name; nothing is listed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["limit", "offset", "sort"])]
    table: Option<PathBuf>,
    /// Their order
    #[arg(long, value_enum, default_value_t = Order::Relevance)]
    sort: Order,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    Relevance,
    Date,
    Filed,
    Size,
}

pub(super) async fn search(desk: &Desk, args: Search) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    // Without a server the index is brought up here.
    if let Some(processing) = Processing::lock(&archive)? {
        crate::cli::intake::read_all(desk, &processing).await?;
    }
    if let Some(path) = &args.table {
        return table(desk, &archive, &args.query.join(" "), path).await;
    }
    let sort = match args.sort {
        Order::Relevance => Sort::Relevance,
        Order::Date => Sort::Date,
        Order::Filed => Sort::Filed,
        Order::Size => Sort::Size,
    };
    let (typed, now) = (args.query.join(" "), desk.now);
    let question = Question { typed, offset: args.offset, limit: args.limit, sort, now };
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
        let near = if it.near { desk.output.either("〔近似〕", "[near] ") } else { "" };
        desk.output.line(format!("#{}  {near}{title}", it.evidence.id))?;
        let about = format!("    {unit} · {} · {date} · {}", standards(it).join(", "), labels.join(", "));
        desk.output.line(desk.output.toned(Tone::Quiet, &about))?;
        if !it.snippet.text.is_empty() {
            desk.output.line(format!(
                "    {}",
                marked(desk, &it.snippet.text, &it.snippet.marks).replace('\u{fffd}', " ")
            ))?;
        }
    }
    let (total, near) = (answer.total, answer.near);
    desk.output.line(match (en, near) {
        (false, 0) => format!("共 {total} 件。"),
        (false, _) if total == 0 => format!("没有完全一致的;近似匹配 {near} 件。"),
        (false, _) => format!("共 {total} 件;另有近似匹配 {near} 件。"),
        (true, 0) => format!("{total} pieces."),
        (true, _) if total == 0 => format!("Nothing holds just this; {near} near matches."),
        (true, _) => format!("{total} pieces; {near} more are near matches."),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Writes everything a query finds to a table beside which nothing else is written.
async fn table(desk: &Desk, archive: &Arc<Archive>, typed: &str, path: &Path) -> Result<ExitCode> {
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
    let pieces = searching::every(archive, &Scope::All, typed, desk.now).await?;
    let fold = archive.fold().await?;
    let bytes = match ending.as_str() {
        "csv" => searching::export::csv(&fold, &pieces)?,
        "xlsx" => searching::export::xlsx(&fold, &pieces)?,
        _ => {
            return Err(Error::invalid(format!("{} ends neither in .csv nor in .xlsx.", path.display()))
                .zh(format!("{} 的扩展名须是 .csv 或 .xlsx。", path.display())));
        }
    };
    std::fs::write(path, bytes).map_err(|it| Error::io("writing", path, it))?;
    let (n, shown) = (pieces.len(), path.display());
    desk.output.json(&serde_json::json!({ "table": path, "rows": n }))?;
    desk.output.line(match desk.output.english {
        false => format!("{n} 件已写入 {shown}。"),
        true => format!("{n} pieces were written to {shown}."),
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
