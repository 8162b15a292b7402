//! The upload: files of a form, kept in the store's own temporary folder, filed through the one door.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use maud::{Markup, html};
use serde::Deserialize;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use crate::archive::filing::{self, Filed, Line, Offering};
use crate::domain::id::SchemeId;
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::shell::{Shell, Tab, finding};
use crate::web::pages::{forms, links, submissions};
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
            "可以一次选多个文件或压缩包（文件夹请先打成 zip，名称里的单位和指标会自动识别）。重复报送是安全的。",
            "Choose several files or zip archives at once (pack a folder as a zip: unit and standard are read from its names). Sending twice is safe.",
        )) }
        form.drop.wide method="post" action="/upload" enctype="multipart/form-data" {
            label { (visitor.say("单位", "Unit")) " " input name="unit" list="units" value=(said.unit); }
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
    let fold = site.archive.fold().await?;
    let body = html! {
        h1 { (visitor.say("报送回执", "Receipt")) " #" (filed.submission) }
        p.answer { (submissions::counts(&filed.receipt, &visitor)) }
        @if filed.receipt.unassigned > 0 {
            p { a href="/unassigned" { (visitor.say("有材料未能识别单位或标准，请指定", "Some material has no unit or standard yet; assign it")) } }
        }
        ul.lines { @for it in &lines { (told(&fold, &visitor, it)) } }
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
            b { (it.filing.label(visitor.english)) } " "
            @match it.evidence { Some(id) => a href=(links::evidence(id)) { (it.path) }, None => (it.path) }
            @if let Some(unit) = unit { " · " (unit) }
            @if let Some(code) = code { " · " (code) }
            @for it in &it.findings { br; (finding(it, visitor.english)) }
        }
    }
}

/// Keeps the files of a form and files them; the filing goes on where the browser leaves.
pub(super) async fn received(
    site: &Arc<Site>,
    visitor: &Visitor,
    headers: &HeaderMap,
    form: Multipart,
) -> Result<(Vec<Line>, Filed)> {
    room(site, headers)?;
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

/// Says before anything is sent that the disk has no room for it.
fn room(site: &Site, headers: &HeaderMap) -> Result<()> {
    let length =
        headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
    // It lies there twice for a moment: as sent, and as filed.
    match site.archive.store().free_bytes() {
        Some(free) if free < length.saturating_mul(2) => Err(Error::unavailable(format!(
            "The disk of the archive has {} MB free and {} MB are sent; make room first. Nothing was filed.",
            free >> 20,
            length >> 20
        ))),
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

async fn kept(site: &Site, mut form: Multipart) -> Result<(Words, Vec<(String, NamedTempFile)>)> {
    let broken = |it| {
        Error::invalid("The upload broke off; nothing of it was filed. Send it again.")
            .zh("上传中断，没有归档任何文件，请重新报送。")
            .with_source(it)
    };
    let mut said = Words::default();
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if let Some(name) = field.file_name().map(str::to_owned) {
            // A browser sends an empty file without a name where none was chosen.
            if !name.is_empty() {
                files.push((name.replace('\\', "/"), spooled(site, field).await?));
            }
            continue;
        }
        let place = match field.name() {
            Some("unit") => &mut said.unit,
            Some("scheme") => &mut said.scheme,
            Some("standard") => &mut said.standard,
            Some("kind") => &mut said.kind,
            _ => continue,
        };
        *place = field.text().await.map_err(broken)?.trim().to_owned();
    }
    Ok((said, files))
}

async fn spooled(site: &Site, mut field: Field<'_>) -> Result<NamedTempFile> {
    let folder = site.archive.store().temporary();
    let io = |it| Error::io("keeping the upload in", &folder, it);
    let kept = NamedTempFile::new_in(&folder).map_err(io)?;
    let mut file = tokio::fs::File::from_std(kept.reopen().map_err(io)?);
    let broken = |it| {
        Error::invalid("The upload broke off; nothing of it was filed. Send it again.")
            .zh("上传中断，没有归档任何文件，请重新报送。")
            .with_source(it)
    };
    while let Some(bytes) = field.chunk().await.map_err(broken)? {
        file.write_all(&bytes).await.map_err(io)?;
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
