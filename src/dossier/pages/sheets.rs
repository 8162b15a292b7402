//! The printed sheets: 卷内文件目录 and 备考表 (GB/T 9705-2008), completeness, and what was withheld.

use maud::{Markup, html};

use crate::dossier::manifest::{Piece, Row};
use crate::dossier::pages::counts::{self, size};
use crate::dossier::pages::{Book, href, shell};

/// The columns of GB/T 9705-2008.
pub(super) const CATALOG_HEAD: [&str; 7] = ["顺序号", "文号", "责任者", "题名", "日期", "页号", "备注"];

pub(super) const COMPLETENESS_HEAD: [&str; 10] =
    ["指标", "材料要求", "责任单位", "期间", "应报", "已通过", "待审", "缺", "状态", "说明"];

/// Returns the cells of a piece in the catalog.
pub(super) fn catalog_row(book: &Book, n: usize) -> [String; 7] {
    let piece = &book.manifest.pieces[n];
    let mut remarks = Vec::new();
    if piece.is_pending() {
        remarks.push("◔ 待审".to_owned());
    }
    if piece.parts.len() > 1 {
        remarks.push(format!("{} 个文件", piece.parts.len()));
    }
    if piece.proofs.len() > 1 {
        let others: Vec<String> = piece.proofs[1..].iter().map(|it| book.code_of(&it.indicator)).collect();
        remarks.push(format!("另证 {}", others.join("、")));
    }
    [
        book.number(n),
        piece.document_number.clone().unwrap_or_default(),
        piece.author().to_owned(),
        piece.title.clone(),
        piece.days(),
        extent(piece),
        remarks.join("；"),
    ]
}

/// Pages of a document, pictures of a piece that is pictures alone; empty where they were not counted.
pub(super) fn extent(piece: &Piece) -> String {
    if piece.is_picture() {
        return format!("{} 张", piece.parts.len());
    }
    piece.n_pages().map(|it| format!("{it} 页")).unwrap_or_default()
}

/// Returns the cells of a duty in the completeness sheet.
pub(super) fn completeness_row(book: &Book, row: &Row) -> [String; 10] {
    [
        book.code_of(&row.indicator),
        row.text.clone(),
        row.unit.clone(),
        row.period.clone(),
        format!("{} {}", row.need, row.measure),
        row.accepted.to_string(),
        row.pending.to_string(),
        if row.state.is_owed() { row.gap.to_string() } else { "不计".to_owned() },
        format!("{} {}", row.state.glyph(), row.state.label(false)),
        row.remark.clone(),
    ]
}

/// Returns 卷内文件目录.
pub(super) fn catalog(book: &Book) -> Markup {
    let pieces = &book.manifest.pieces;
    let home = |n: usize| pieces[n].proofs.first().map(|it| &it.indicator);
    let body = html! {
        div.wide {
            table.catalog {
                thead { tr { @for it in CATALOG_HEAD { th scope="col" { (it) } } } }
                tbody {
                    @for n in 0..pieces.len() {
                        @if n == 0 || home(n) != home(n - 1) {
                            tr.group { th colspan="7" scope="rowgroup" { (home_title(book, n)) } }
                        }
                        @let [number, document, author, title, days, pages, remark] = catalog_row(book, n);
                        tr {
                            td.n { (number) } td { (document) } td { (author) }
                            td {
                                @match pieces[n].parts.first() {
                                    Some(it) => a href=(href("", &it.member)) { (title) },
                                    None => (title),
                                }
                            }
                            td.n { (days) } td.n { (pages) } td { (remark) }
                        }
                    }
                }
            }
        }
        p.meta { "电子文件不编流水页号，页号栏为该件页数或照片张数；空白为未计数。标“◔ 待审”的尚未认定。" }
    };
    sheet(book, "卷内文件目录", "Catalog of the dossier", &body)
}

fn home_title(book: &Book, n: usize) -> String {
    match book.manifest.pieces[n].proofs.first() {
        Some(it) => {
            let title = book.nodes.get(&it.indicator).map(|it| it.title.as_str()).unwrap_or_default();
            format!("{} {title}", book.code_of(&it.indicator))
        }
        None => "未对应指标".to_owned(),
    }
}

/// Returns the completeness sheet: every duty as it is, gaps in bold, no percentage.
pub(super) fn completeness(book: &Book) -> Markup {
    let duties = &book.manifest.duties;
    let owed = counts::owed(duties);
    let body = html! {
        p.first { (owed.sentence()) }
        p.meta {
            "其中异议 " (owed.objected) " 项。另有免报 " (owed.waived) " 项、未到期 " (owed.not_yet)
            " 项，不计入应报。“已通过”只计已认定、在时段内、不重复的材料；待审的不算，任何数字不作进位。"
        }
        div.wide {
            table.completeness {
                thead { tr { @for it in COMPLETENESS_HEAD { th scope="col" { (it) } } } }
                tbody {
                    @for row in duties {
                        @let [code, text, unit, period, need, accepted, pending, gap, state, remark] = completeness_row(book, row);
                        tr class=[(row.state.is_open()).then_some("open")] {
                            td.code { (code) } td { (text) } td { (unit) } td { (period) } td.n { (need) } td.n { (accepted) }
                            td.n { (pending) } td.n { (gap) }
                            td class={"state " (row.state.word())} { (state) }
                            td { (remark) }
                        }
                    }
                }
            }
        }
    };
    sheet(book, "完整性核查表", "Completeness, gaps stated", &body)
}

/// Returns 备考表.
pub(super) fn notes(book: &Book) -> Markup {
    let manifest = book.manifest;
    let held = counts::held(manifest);
    let owed = counts::owed(&manifest.duties);
    let body = html! {
        table.notes {
            tbody {
                tr { th scope="row" { "案卷题名" } td { (manifest.title) } }
                tr { th scope="row" { "测评体系" } td { (manifest.scheme.title) } }
                tr { th scope="row" { "范围" } td { (manifest.selection) } }
                tr.tall {
                    th scope="row" { "本卷情况说明" }
                    td {
                        p { "共 " (held.pieces) " 件，文件 " (held.files) " 个（" (size(held.bytes)) "）。" }
                        p {
                            "文字材料已计 " (held.pages) " 页"
                            @if held.uncounted > 0 { "，另有 " (held.uncounted) " 件页数未计" }
                            "；照片 " (held.photos) " 张；视频 " (held.videos) " 段。"
                        }
                        @if held.pending > 0 { p { "◔ 待审 " (held.pending) " 件，尚未认定。" } }
                        p { (owed.sentence()) }
                        @if !manifest.withheld.is_empty() { p { "未收入 " (manifest.withheld.len()) " 件，原因另表。" } }
                        @if !manifest.findings.is_empty() { p { "存疑 " (manifest.findings.len()) " 处，另表。" } }
                    }
                }
                tr { th scope="row" { "立卷单位" } td { (manifest.organization) } }
                tr { th scope="row" { "立卷人" } td { (manifest.made_by) } }
                tr { th scope="row" { "检查人" } td { "" } }
                tr { th scope="row" { "立卷时间" } td { (manifest.made().strftime("%Y年%-m月%-d日 %H:%M").to_string()) } }
                tr { th scope="row" { "依据" } td { "操作记录第 " (manifest.entry) " 条，校验值 " code { (manifest.entry_hash) } } }
            }
        }
    };
    sheet(book, "卷内备考表", "Notes on the dossier", &body)
}

/// Returns what was left out and what is doubtful.
pub(super) fn withheld(book: &Book) -> Markup {
    let manifest = book.manifest;
    let number = |id| book.places.get(&id).map(|n| (book.number(*n), &manifest.pieces[*n]));
    let body = html! {
        h2 { "未收入的材料 " span.en { "Withheld" } }
        @if manifest.withheld.is_empty() { p { "没有。" } } @else {
            div.wide { table {
                thead { tr { th scope="col" { "材料编号" } th scope="col" { "题名" } th scope="col" { "单位" } th scope="col" { "原因" } } }
                tbody { @for it in &manifest.withheld { tr { td.n { "#" (it.evidence) } td { (it.title) } td { (it.unit) } td { (it.why) } } } }
            } }
        }
        h2 { "存疑的材料 " span.en { "Handed over, but doubtful" } }
        @if manifest.findings.is_empty() { p { "没有。" } } @else {
            div.wide { table {
                thead { tr { th scope="col" { "顺序号" } th scope="col" { "题名" } th scope="col" { "疑点" } th scope="col" { "处理" } } }
                tbody {
                    @for it in &manifest.findings {
                        tr {
                            @match number(it.evidence) {
                                Some((number, piece)) => { td.n { (number) } td { (piece.title) } },
                                None => { td.n { "#" (it.evidence) } td { "未收入" } },
                            }
                            td { (it.code.as_str()) " " (it.code.sentence(false)) @if !it.detail.is_empty() { "[" (it.detail) "]" } }
                            td { (it.code.remedy(false)) }
                        }
                    }
                }
            } }
        }
    };
    sheet(book, "未收入及存疑材料", "Withheld and doubtful", &body)
}

/// A sheet: heading, body, and the digest of the list on its last line.
fn sheet(book: &Book, title: &str, english: &str, body: &Markup) -> Markup {
    let body = html! {
        p.back { a href="index.html" { "← 返回目录" } }
        h1 { (title) }
        p.en.subtitle { (english) }
        p.meta.subtitle { (book.manifest.title) " · " (book.manifest.selection) " · " (book.manifest.made_on()) }
        (body)
        p.seal-line { "原件清单 SHA-256 " code { (book.seal) } }
    };
    shell(&format!("{title} · {}", book.manifest.title), "sheet", &body)
}
