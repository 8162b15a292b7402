//! The upload: files of a form, kept in the store's own temporary folder, filed through the one door.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH};
use maud::{Markup, html};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;

use crate::archive::filing::{self, Filed, Line, Offering};
use crate::archive::turned::Turned;
use crate::domain::finding::Severity;
use crate::domain::id::SchemeId;
use crate::domain::media::size;
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::shell::{Shell, Tab, finding};
use crate::web::pages::{doubts, forms, links, submissions};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// What is said beforehand of what will be sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    standard: String,
}

/// The form.
pub(super) async fn form(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(said): Query<Said>,
) -> std::result::Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let scheme = fold.current_schemes().next().map(|it| &it.id);
    let kinds = fold.kinds();
    let body = html! {
        h1 { (visitor.say("报送材料", "Send material")) }
        p { (visitor.say(
            "可以一次选多个文件、压缩包（zip、7z、rar、tar）或邮件（eml、msg）；文件夹请先打成压缩包，名称里的单位和指标会自动识别。重复报送是安全的。",
            "Choose several files, archives (zip, 7z, rar, tar) or mails (eml, msg) at once; pack a folder first, unit and standard are read from its names. Sending twice is safe.",
        )) }
        form.drop.wide method="post" action="/upload" enctype="multipart/form-data" {
            label { (visitor.say("单位", "Unit")) " " input name="unit" list="units" value=(said.unit); }
            (forms::schemes(&visitor, &fold))
            label { (visitor.say("测评标准", "Standard")) " " input name="standard" list="standards" value=(said.standard); }
            label { (visitor.say("类型", "Kind")) " " select name="kind" {
                option value="" { (visitor.say("自动判断", "as it looks")) }
                @for it in kinds.all() { option value=(it.code) { (if visitor.english { &it.en } else { &it.zh }) } }
            } }
            label.files { (visitor.say("文件", "Files")) " " input type="file" name="file" multiple required; }
            button.main { (visitor.say("报送", "Send")) }
            progress hidden max="1" value="0" {}
            (forms::lists(&fold, scheme))
        }
        p { a href="/submissions" { (visitor.say("以前的报送记录", "Earlier submissions")) } }
    };
    Ok(Shell::new(&site, &visitor, &fold, Tab::Upload, visitor.say("报送", "Send")).page(body))
}

/// Takes the files of a form and shows what came of each.
pub(super) async fn take(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Multipart,
) -> std::result::Result<Markup, Refused> {
    let (lines, filed) = received(&site, &visitor, &headers, form).await?;
    let (fold, read) = read_soon(&site, &lines).await?;
    let mut turned = Turned::default();
    let shown: Vec<&Line> = lines.iter().filter(|it| turned.tells(it, || *it)).collect();
    let body = html! {
        h1 { (visitor.say("报送回执", "Receipt")) " #" (filed.submission) }
        p.answer { (submissions::counts(&filed.receipt, &visitor)) }
        @if filed.receipt.unassigned > 0 {
            p { a href="/unassigned" { (visitor.say("有材料未能识别单位或标准，请指定", "Some material has no unit or standard yet; assign it")) } }
        }
        @if !read {
            p.note { (visitor.say("有文件还在读取，疑点稍后见", "Some files are still being read; look for findings at")) " "
                a href={ "/submissions/" (filed.submission) } { (visitor.say("回执页", "the receipt's page")) } }
        }
        ul.lines {
            @for it in shown { (told(&fold, &visitor, it)) }
            @for it in turned.sums() { li.line { details {
                summary { b { (it.filing.label(visitor.english)) } " " (it.sentence(visitor.english)) }
                ul { @for it in it.rest { li { (it.path) } } }
            } } }
        }
        p.actions {
            a.button href="/upload" { (visitor.say("继续报送", "Send more")) }
            a href={ "/submissions/" (filed.submission) } { (visitor.say("保存回执网址", "The receipt's own page")) }
        }
        p.meta { (visitor.say("操作记录第 ", "Ledger entry ")) (filed.head.entry) " " code { (filed.head.hash) } }
    };
    let title = format!("{} #{}", visitor.say("报送回执", "Receipt"), filed.submission);
    Ok(Shell::new(&site, &visitor, &fold, Tab::Upload, title).page(body))
}

fn told(fold: &Fold, visitor: &Visitor, it: &Line) -> Markup {
    let unit = it.unit.as_ref().map(|it| fold.units.label(it));
    let code = it.standard.as_ref().and_then(|(s, i)| Some(fold.scheme(s)?.full_code(i)));
    html! {
        li.line {
            b { (it.label(visitor.english)) } " "
            @match it.evidence { Some(id) => a href=(links::evidence(id)) { (it.path) }, None => (it.path) }
            @if let Some(unit) = unit { " · " (unit) }
            @if let Some(code) = code { " · " (code) }
            @for it in &it.sent_back { br; (submissions::returned(fold, visitor, it)) }
            @for it in &it.findings { br; (finding(it, visitor.english)) }
            @if let Some(piece) = it.evidence.and_then(|id| fold.current(id)) {
                @if let Some(found) = doubts::open(visitor, fold, piece, Severity::Info) { (found) }
            }
        }
    }
}

/// Waits a moment for what was filed to be read, so that a unit learns at once what is wrong with what it sent.
/// Returns whether all of it was.
async fn read_soon(site: &Site, lines: &[Line]) -> Result<(Arc<Fold>, bool)> {
    const PATIENCE: Duration = Duration::from_secs(5);
    const LOOK: Duration = Duration::from_millis(100);
    let since = Instant::now();
    loop {
        let fold = site.archive.fold().await?;
        let mut filed = lines.iter().filter(|it| it.evidence.is_some()).filter_map(|it| it.sha256);
        let read = filed.all(|it| fold.readings.contains_key(&it));
        if read || since.elapsed() > PATIENCE {
            return Ok((fold, read));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Keeps the files of a form and files them; the filing goes on where the browser leaves.
pub(super) async fn received(
    site: &Arc<Site>,
    visitor: &Visitor,
    headers: &HeaderMap,
    form: Multipart,
) -> Result<(Vec<Line>, Filed)> {
    let length = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    room(site, length.unwrap_or(0))?;
    let (said, files) = kept(site, form).await?;
    if files.is_empty() {
        return Err(
            Error::invalid("No file was chosen; choose at least one.").zh("没有选择文件，请至少选一个。")
        );
    }
    let fold = site.archive.fold().await?;
    let offering = offering(&fold, &said, &files)?;
    let (site, act) = (Arc::clone(site), visitor.act.clone());
    let filing = tokio::spawn(async move {
        // The temporary files must outlive the filing.
        let _files = files;
        let mut lines = Vec::new();
        let stop = Arc::new(AtomicBool::new(false));
        let filed = filing::file(&site.archive, &act, &offering, &stop, |it| lines.push(it)).await;
        site.work.wake();
        filed.map(|it| (lines, it))
    });
    filing.await.map_err(|it| Error::internal("The filing ended unexpectedly.").with_source(it))?
}

/// Says that the disk has no room for what is sent, before it is full.
fn room(site: &Site, n_bytes: u64) -> Result<()> {
    // It lies there twice for a moment: as sent, and as filed.
    match site.archive.store().free_bytes() {
        Some(free) if free < n_bytes.saturating_mul(2) => {
            let (free, sent) = (size(free), size(n_bytes));
            let message = format!(
                "The disk of the archive has {free} free and {sent} are sent; make room first. Nothing was filed."
            );
            Err(Error::unavailable(message)
                .zh(format!("档案库所在磁盘只剩 {free}，报送需要 {sent}；请先腾出空间。没有归档任何文件。")))
        }
        _ => Ok(()),
    }
}

/// What a form says besides its files.
#[derive(Debug, Default)]
struct Words {
    unit: String,
    scheme: String,
    standard: String,
    kind: String,
}

/// The longest word of a form, and the most files of one: what is more is no form of ours.
const LONGEST_WORD: usize = 4_096;
const MOST_FILES: usize = 20_000;

async fn kept(site: &Site, mut form: Multipart) -> Result<(Words, Vec<(String, NamedTempFile)>)> {
    let mut said = Words::default();
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if let Some(name) = named(&field) {
            // A browser sends an empty file without a name where none was chosen.
            if !name.is_empty() {
                files.push((name, spooled(site, field).await?));
            }
            if files.len() > MOST_FILES {
                let message = format!("More than {MOST_FILES} files at once; pack them as an archive.");
                return Err(Error::too_large(message)
                    .zh(format!("一次最多报送 {MOST_FILES} 个文件，请打成压缩包报送。")));
            }
            continue;
        }
        let place = match field.name() {
            Some("unit") => &mut said.unit,
            Some("scheme") => &mut said.scheme,
            Some("standard") => &mut said.standard,
            Some("kind") => &mut said.kind,
            other => {
                let other = other.unwrap_or_default().chars().take(40).collect::<String>();
                return Err(Error::invalid(format!("The form has a field “{other}” that is not known."))
                    .zh(format!("表单里有不认识的字段“{other}”。")));
            }
        };
        *place = word(field).await?;
    }
    Ok((said, files))
}

fn broken(it: axum::extract::multipart::MultipartError) -> Error {
    Error::invalid("The upload broke off; nothing of it was filed. Send it again.")
        .zh("上传中断，没有归档任何文件，请重新报送。")
        .with_source(it)
}

/// The name of a file, as the newer form (RFC 5987) says it, else the older; none where the field is no file.
fn named(field: &Field<'_>) -> Option<String> {
    let said =
        field.headers().get(CONTENT_DISPOSITION).and_then(|it| std::str::from_utf8(it.as_bytes()).ok());
    let newer = said.and_then(|it| it.split(';').find_map(|it| it.trim().strip_prefix("filename*=UTF-8''")));
    let newer = newer.map(|it| percent_decode_str(it.trim_matches('"')).decode_utf8_lossy().into_owned());
    // Browsers write these three so, because they would end the name.
    let older = || field.file_name().map(|it| it.replace("%22", "\"").replace("%0D", "").replace("%0A", ""));
    let name = newer.or_else(older).or_else(|| (field.name() == Some("file")).then(String::new))?;
    Some(name.replace('\\', "/").chars().filter(|it| !it.is_control()).collect())
}

async fn word(mut field: Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(more) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&more);
        if bytes.len() > LONGEST_WORD {
            return Err(Error::too_large("A field of the form is longer than any name; write less.")
                .zh("表单里有一项太长，请写短一些。"));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

async fn spooled(site: &Site, mut field: Field<'_>) -> Result<NamedTempFile> {
    /// The disk is looked at again after so many bytes; a body need not say how long it is.
    const STRETCH: u64 = 64 << 20;
    let folder = site.archive.store().temporary();
    let io = |it| Error::io("keeping the upload in", &folder, it);
    let kept = site.archive.store().half_file().map_err(io)?;
    let mut file = tokio::fs::File::from_std(kept.reopen().map_err(io)?);
    let mut since = 0;
    while let Some(bytes) = field.chunk().await.map_err(broken)? {
        file.write_all(&bytes).await.map_err(io)?;
        since += u64::try_from(bytes.len()).unwrap_or(0);
        if since > STRETCH {
            room(site, STRETCH)?;
            since = 0;
        }
    }
    file.flush().await.map_err(io)?;
    Ok(kept)
}

fn offering(fold: &Fold, said: &Words, files: &[(String, NamedTempFile)]) -> Result<Offering> {
    let given = |it: &str| Some(it.to_owned()).filter(|it| !it.is_empty());
    let scheme: Option<SchemeId> = given(&said.scheme).map(|it| it.parse()).transpose()?;
    Ok(Offering {
        paths: files.iter().map(|it| it.1.path().to_owned()).collect(),
        shown: files.iter().map(|it| it.0.clone()).collect(),
        unit: given(&said.unit).map(|it| fold.unit_named(&it)).transpose()?,
        standard: given(&said.standard).map(|it| fold.standard_named(scheme.as_ref(), &it)).transpose()?,
        kind: given(&said.kind).map(|it| fold.kind_named(&it)).transpose()?,
    })
}
