//! Search from the command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::archive::{Archive, Processing};
use crate::cli::Desk;
use crate::cli::output::{Tone, plain};
use crate::domain::actor::Scope;
use crate::domain::evidence::Evidence;
use crate::error::{Error, Result};
use crate::index::Sort;
use crate::ledger::SavedSearch;
use crate::search::{self as searching, Question, Shown};
use crate::web::shapes::{Found, Pieces};

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
    #[arg(required_unless_present_any = ["saved", "forget"])]
    query: Vec<String>,
    /// How many hits
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// Hits to pass over
    #[arg(long, default_value_t = 0, value_name = "N")]
    offset: usize,
    /// Write everything found to a table, .csv, .xlsx or .json by its name; nothing is listed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["limit", "offset", "sort"])]
    table: Option<PathBuf>,
    /// Keep the query under a name
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    /// Search what is kept under a name; without a name, list what is kept
    #[arg(long, value_name = "NAME", num_args = 0..=1, conflicts_with_all = ["query", "save"])]
    saved: Option<Option<String>>,
    /// Forget what is kept under a name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["query", "save", "saved"])]
    forget: Option<String>,
    /// Their order [default: relevance, or that of the search that is kept]
    #[arg(long, value_enum)]
    sort: Option<Order>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Order {
    Relevance,
    Date,
    Filed,
    Size,
}

impl Order {
    /// Each with the word it is kept under.
    const WORDS: [(Self, &'static str); 4] =
        [(Self::Relevance, ""), (Self::Date, "date"), (Self::Filed, "filed"), (Self::Size, "size")];

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }
}

pub(super) async fn search(desk: &Desk, mut args: Search) -> Result<ExitCode> {
    let archive = desk.archive().await?;
    match (args.saved.take(), &args.forget) {
        (_, Some(name)) => return forget(desk, &archive, name).await,
        (Some(None), _) => return list(desk, &archive).await,
        (Some(Some(name)), _) => {
            let kept = archive.ledger().saved_searches().await?;
            let kept = kept.into_iter().find(|it| it.name == name.trim()).ok_or_else(|| unknown(&name))?;
            args.query = vec![kept.query];
            let order = Order::WORDS.iter().find(|it| it.1 == kept.sort).map(|it| it.0);
            args.sort = args.sort.or(order);
        }
        (None, None) => {}
    }
    if let Some(name) = &args.save {
        let sort = args.sort.map_or("", Order::word).to_owned();
        let (query, by) = (args.query.join(" "), desk.actor.clone());
        let search = SavedSearch { name: name.clone(), query, sort, by };
        archive.ledger().save_search(desk.now, &search).await?;
    }
    find(desk, &archive, args).await
}

fn unknown(name: &str) -> Error {
    Error::not_found(format!("No search is kept as “{name}”; see `juanzong search --saved`."))
        .zh(format!("没有名为“{name}”的检索，请用 juanzong search --saved 查看。"))
}

async fn forget(desk: &Desk, archive: &Archive, name: &str) -> Result<ExitCode> {
    if !archive.ledger().forget_search(name).await? {
        return Err(unknown(name));
    }
    desk.output.json(&json!({ "forgotten": name.trim() }))?;
    desk.output.line(format!("{}  {}", plain(name.trim()), desk.output.either("已删去", "forgotten")))?;
    Ok(ExitCode::SUCCESS)
}

async fn list(desk: &Desk, archive: &Archive) -> Result<ExitCode> {
    let kept = archive.ledger().saved_searches().await?;
    for it in &kept {
        desk.output.json(&json!({ "name": it.name, "query": it.query, "sort": it.sort, "by": it.by }))?;
        desk.output.line(format!(
            "{}  {}",
            plain(&it.name),
            desk.output.toned(Tone::Quiet, &plain(&it.query))
        ))?;
    }
    if kept.is_empty() {
        desk.output.note(desk.output.either(
            "还没有保存的检索；用 juanzong search --save 名称 条件 保存。",
            "No search is kept yet; keep one with `juanzong search --save NAME QUERY`.",
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(desk: &Desk, archive: &Arc<Archive>, args: Search) -> Result<ExitCode> {
    brought_up(desk, archive).await?;
    if let Some(path) = &args.table {
        return table(desk, archive, &args.query.join(" "), path).await;
    }
    let sort = match args.sort.unwrap_or(Order::Relevance) {
        Order::Relevance => Sort::Relevance,
        Order::Date => Sort::Date,
        Order::Filed => Sort::Filed,
        Order::Size => Sort::Size,
    };
    let (typed, now) = (args.query.join(" "), desk.now);
    let question = Question { typed, offset: args.offset, limit: args.limit, sort, now };
    let answer = searching::search(archive, &Scope::All, &question).await?;
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
            let place =
                it.place.as_ref().map(|it| format!("[{}] ", plain(&it.label(en)))).unwrap_or_default();
            desk.output.line(format!(
                "    {}{}",
                desk.output.toned(Tone::Quiet, &place),
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

/// Returns every piece that a query finds, for what is done to all of them. What may be more than is meant is refused:
/// nobody sees the list before it is done.
pub(super) async fn all_found(
    desk: &Desk,
    archive: &Arc<Archive>,
    typed: &str,
) -> Result<Vec<Arc<Evidence>>> {
    if typed.trim().is_empty() {
        return Err(Error::invalid("An empty query is everything there is; say what is meant.")
            .zh("检索条件是空的，等于全部材料；请写明条件。"));
    }
    if let [question, ..] = searching::questions(typed).as_slice() {
        return Err(Error::invalid(format!(
            "“{question}” is a question: what holds only parts of it is found too. Put it in quotes, or write words \
             with spaces between."
        ))
        .zh(format!("“{question}”按问句检索，只含其中几个词的材料也会找到；请加引号，或写成以空格隔开的词。")));
    }
    brought_up(desk, archive).await?;
    searching::every(archive, &Scope::All, typed, desk.now).await
}

/// Without a server the index is brought up here.
async fn brought_up(desk: &Desk, archive: &Arc<Archive>) -> Result<()> {
    if let Some(processing) = Processing::lock(archive)? {
        crate::cli::intake::read_all(desk, &processing).await?;
    }
    Ok(())
}

/// Writes everything a query finds to a table beside which nothing else is written.
async fn table(desk: &Desk, archive: &Arc<Archive>, typed: &str, path: &Path) -> Result<ExitCode> {
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
    let pieces = searching::every(archive, &Scope::All, typed, desk.now).await?;
    let fold = archive.fold().await?;
    let bytes = match ending.as_str() {
        "csv" => searching::export::csv(&fold, &pieces)?,
        "xlsx" => searching::export::xlsx(&fold, &pieces)?,
        "json" => {
            let failed = |it| Error::internal("The result could not be written.").with_source(it);
            serde_json::to_vec_pretty(&Pieces::all(&fold, &pieces)).map_err(failed)?
        }
        _ => {
            return Err(Error::invalid(format!("{} ends in none of .csv, .xlsx and .json.", path.display()))
                .zh(format!("{} 的扩展名须是 .csv、.xlsx 或 .json。", path.display())));
        }
    };
    std::fs::write(path, bytes).map_err(|it| Error::io("writing", path, it))?;
    let (n, shown) = (pieces.len(), path.display());
    desk.output.json(&json!({ "table": path, "rows": n }))?;
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
