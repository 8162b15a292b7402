//! The front page and the pages of indicators: tree, then pieces in order, then their files.

use maud::{Markup, PreEscaped, html};

use crate::domain::duty::State;
use crate::domain::id::IndicatorPath;
use crate::dossier::manifest::{Node, Piece, Proof, Row, Standing};
use crate::dossier::pages::counts::{self, size};
use crate::dossier::pages::sheets::extent;
use crate::dossier::pages::{Book, CATALOG, COMPLETENESS, NOTES, SEAL, WITHHELD, href, search, shell};

/// Returns `index.html`.
pub(super) fn front(book: &Book) -> Markup {
    let manifest = book.manifest;
    let body = html! {
        header {
            (PreEscaped(SEAL))
            div {
                h1 { (manifest.title) }
                p.meta { (manifest.scheme.title) " · " (manifest.selection) " · " (manifest.organization) " · " (manifest.made_on()) }
            }
        }
        main {
            (summary(book))
            nav.sheets aria-label="打印页" {
                @for (name, english) in SHEETS {
                    a href=(href("", &format!("{name}.html"))) { (&name[3..]) " " span.en { (english) } }
                }
            }
            (search::form(book))
            h2 { "指标与材料 " span.en { "Indicators and evidence" } }
            (tree(book, None))
            @if book.is_small() {
                @for node in manifest.indicators.iter().filter(|it| book.has_section(&it.path)) {
                    (section(book, node, ""))
                }
                (strays(book))
            } @else {
                (strays(book))
            }
        }
        (foot(book))
    };
    shell(&manifest.title, "browse", &body)
}

const SHEETS: [(&str, &str); 4] = [
    (CATALOG, "Catalog"),
    (COMPLETENESS, "Completeness"),
    (NOTES, "Notes"),
    (WITHHELD, "Withheld and doubtful"),
];

/// Returns the page of one indicator.
pub(super) fn page(book: &Book, node: &Node) -> Markup {
    let above: Vec<&Node> = (1..node.path.levels().len())
        .filter_map(|n| book.nodes.get(&IndicatorPath::new(node.path.levels()[..n].to_vec())).copied())
        .collect();
    let body = html! {
        header {
            (PreEscaped(SEAL))
            div {
                p { a href="../index.html" { "← " (book.manifest.title) } }
                p.meta { @for it in above { (it.title) " › " } (node.title) }
            }
        }
        main { (section(book, node, "../")) }
        (foot(book))
    };
    shell(&format!("{} {}", node.code, node.title), "browse", &body)
}

/// The answer first: is it complete, what is in it.
fn summary(book: &Book) -> Markup {
    let held = counts::held(book.manifest);
    let owed = counts::owed(&book.manifest.duties);
    html! {
        section.answer {
            p.first { (owed.sentence()) }
            p {
                "卷内 " (held.pieces) " 件，文件 " (held.files) " 个（" (size(held.bytes)) "），其中照片 " (held.photos) " 张，视频 " (held.videos) " 段。"
                @if held.pending > 0 { " " span.state.pending { "◔ 待审 " (held.pending) " 件" } "，尚未认定，仅供参考。" }
            }
            @if owed.objected + owed.waived + owed.not_yet > 0 {
                p.meta {
                    @if owed.objected > 0 { "异议 " (owed.objected) " 项（计入应报）。" }
                    @if owed.waived > 0 { "免报 " (owed.waived) " 项、" }
                    @if owed.waived + owed.not_yet > 0 { "未到期 " (owed.not_yet) " 项（不计入应报）。" }
                }
            }
            @if !book.manifest.withheld.is_empty() {
                p.meta { "另有 " (book.manifest.withheld.len()) " 件未收入，原因见" a href=(href("", &format!("{WITHHELD}.html"))) { "未收入及存疑材料" } "。" }
            }
        }
    }
}

fn tree(book: &Book, above: Option<&IndicatorPath>) -> Markup {
    let children: Vec<&Node> = children(book, above).collect();
    if children.is_empty() {
        return html! {};
    }
    html! {
        ul.tree {
            @for node in children {
                li {
                    @if children_of(book, &node.path) {
                        details open {
                            summary { (branch(book, node)) }
                            (tree(book, Some(&node.path)))
                        }
                    } @else {
                        (branch(book, node))
                    }
                }
            }
        }
    }
}

/// Children of a node; at the top, the nodes whose parent is not listed.
fn children<'a>(book: &'a Book, above: Option<&'a IndicatorPath>) -> impl Iterator<Item = &'a Node> {
    book.manifest.indicators.iter().filter(move |it| match (it.path.parent(), above) {
        (parent, Some(above)) => parent.as_ref() == Some(above),
        (parent, None) => parent.is_none_or(|it| !book.nodes.contains_key(&it)),
    })
}

fn children_of(book: &Book, path: &IndicatorPath) -> bool {
    children(book, Some(path)).next().is_some()
}

/// One line of the tree: code, title, how many pieces, what is missing.
fn branch(book: &Book, node: &Node) -> Markup {
    let below = |path: &IndicatorPath| path.is_within(&node.path);
    let pieces = book.manifest.pieces.iter();
    let n_pieces = pieces.filter(|it| it.proofs.iter().any(|it| below(&it.indicator))).count();
    let owed = counts::owed(book.manifest.duties.iter().filter(|it| below(&it.indicator)));
    html! {
        span.code { (node.code) } " "
        @if book.has_section(&node.path) { a href=(book.link_of(&node.path)) { (node.title) } } @else { (node.title) }
        " "
        span.meta {
            @if n_pieces > 0 { (n_pieces) " 件 " }
            @match (owed.duties, owed.open()) {
                (0, _) => @if n_pieces == 0 { "暂无材料" },
                (_, 0) => span.state.accepted { "● 已通过 " (owed.accepted) "/" (owed.duties) " 项" },
                (n, open) => {
                    @let (glyph, class) = if owed.accepted == 0 && n_pieces == 0 { ("○", "missing") } else { ("◐", "partial") };
                    span class={"state " (class)} { (glyph) " " (owed.accepted) "/" (n) " 项" }
                    @if owed.gaps.is_empty() { " 未结 " (open) } @else { " 缺 " (owed.gap()) }
                },
            }
        }
    }
}

/// An indicator with its own words, what is owed for it, its documents and its photo wall.
fn section(book: &Book, node: &Node, up: &str) -> Markup {
    let (pictures, papers): (Vec<usize>, Vec<usize>) =
        book.pieces_of(&node.path).iter().partition(|n| book.manifest.pieces[**n].is_picture());
    let home =
        |n: &usize| book.manifest.pieces[*n].proofs.first().is_some_and(|it| it.indicator == node.path);
    html! {
        section.indicator id={"i" (node.path)} {
            h2 { span.code { (node.code) } " " (node.title) }
            @if !node.text.is_empty() { p.standard { (node.text) } }
            @if !node.methods.is_empty() { p.meta { "测评方法：" (node.methods.join("、")) } }
            (duties(book.duties_of(&node.path)))
            @if papers.is_empty() && pictures.is_empty() { p.empty { "○ 暂无材料 " span.en { "Nothing here yet" } } }
            @if !papers.is_empty() {
                ol.pieces { @for n in &papers { (paper(book, *n, &node.path, home(n), up)) } }
            }
            @if !pictures.is_empty() {
                h3 { "照片 " span.en { "Photos" } }
                div.wall { @for n in &pictures { (picture(book, *n, &node.path, home(n), up)) } }
            }
        }
    }
}

fn duties(rows: &[&Row]) -> Markup {
    html! {
        @if !rows.is_empty() {
            ul.duties {
                @for row in rows {
                    li {
                        (state(row.state)) " " b { (row.accepted) "/" (row.need) " " (row.measure) }
                        @if row.pending > 0 { " （+" (row.pending) " 待审）" }
                        " " (row.text) " · " (row.unit)
                        @if !row.period.is_empty() { " · " (row.period) }
                        @if row.gap > 0 && row.state.is_open() { " · " b { "缺 " (row.gap) " " (row.measure) } }
                        @if !row.remark.is_empty() { " · " (row.remark) }
                    }
                }
            }
        }
    }
}

fn state(state: State) -> Markup {
    html! { span class={"state " (state.word())} { (state.glyph()) " " (state.label(false)) } }
}

fn standing(standing: Standing) -> Markup {
    let class = if standing == Standing::Pending { "state pending" } else { "state accepted" };
    html! { span class=(class) { (standing.label()) } }
}

/// An anchor stands where a piece is at home; it may be listed elsewhere too.
fn anchor(n: usize, home: bool) -> Option<String> {
    home.then(|| format!("p{}", n + 1))
}

fn paper(book: &Book, n: usize, path: &IndicatorPath, home: bool, up: &str) -> Markup {
    let piece = &book.manifest.pieces[n];
    let proof = piece.proofs.iter().find(|it| it.indicator == *path);
    html! {
        li id=[anchor(n, home)] {
            @if let Some(shown) = piece.parts.iter().find_map(|it| it.thumbnail.as_ref()) {
                img.small src=(href(up, &shown.member)) alt="" width="72" height="72" loading="lazy";
            }
            div {
                p.title { span.number { (book.number(n)) } " " (titled(piece, up)) }
                (facts(book, piece, proof))
                (files(piece, up))
            }
        }
    }
}

fn titled(piece: &Piece, up: &str) -> Markup {
    match piece.parts.first() {
        Some(first) => {
            html! { a href=(href(up, &first.member)) target="_blank" rel="noopener" { (piece.title) } }
        }
        None => html! { (piece.title) },
    }
}

fn facts(book: &Book, piece: &Piece, proof: Option<&Proof>) -> Markup {
    let pages = extent(piece);
    let facts = [
        piece.kind.as_str(),
        piece.document_number.as_deref().unwrap_or_default(),
        piece.author(),
        &piece.days(),
        &pages,
    ]
    .into_iter()
    .filter(|it| !it.is_empty())
    .collect::<Vec<_>>()
    .join(" · ");
    let others: Vec<String> = piece
        .proofs
        .iter()
        .filter(|it| proof.is_none_or(|own| own.indicator != it.indicator))
        .map(|it| book.code_of(&it.indicator))
        .collect();
    let doubts = book.doubts.get(&piece.evidence).into_iter().flatten();
    html! {
        p.meta { @if let Some(it) = proof { (standing(it.standing)) " · " } (facts) }
        @if !piece.caption.is_empty() {
            p.caption { @for (field, words) in &piece.caption { span { b { (field) } " " (words) } " " } }
        }
        @if let Some(it) = proof && !(it.note.is_empty() && it.pages.is_empty()) {
            p.note { "印证：" (it.note) @if !it.pages.is_empty() { "（" (it.pages) "）" } }
        }
        @if !others.is_empty() { p.meta { "另证：" (others.join("、")) } }
        @for it in doubts {
            p.doubt { "! " (it.code.as_str()) " " (it.code.sentence(false)) @if !it.detail.is_empty() { "[" (it.detail) "]" } }
        }
    }
}

fn files(piece: &Piece, up: &str) -> Markup {
    html! {
        @if piece.parts.len() > 1 {
            ol.files {
                @for part in &piece.parts {
                    li { a href=(href(up, &part.member)) target="_blank" rel="noopener" { (part.name) } " " span.meta { (size(part.bytes)) } }
                }
            }
        } @else if let Some(part) = piece.parts.first() {
            p.meta { (part.name) " · " (size(part.bytes)) }
        }
    }
}

fn picture(book: &Book, n: usize, path: &IndicatorPath, home: bool, up: &str) -> Markup {
    let piece = &book.manifest.pieces[n];
    let proof = piece.proofs.iter().find(|it| it.indicator == *path);
    html! {
        figure id=[anchor(n, home)] {
            div.frames {
                @for part in &piece.parts {
                    a.frame href=(href(up, &part.member)) target="_blank" rel="noopener" title=(part.name) {
                        @match &part.thumbnail {
                            Some(it) => img src=(href(up, &it.member)) alt=(piece.title) width="240" height="180" loading="lazy";,
                            None => span.none { "无缩略图" br; (part.name) },
                        }
                    }
                }
            }
            figcaption {
                p.title { span.number { (book.number(n)) } " " (titled(piece, up)) }
                (facts(book, piece, proof))
            }
        }
    }
}

/// Pieces that prove no listed indicator, so that none is lost from sight.
fn strays(book: &Book) -> Markup {
    let is_stray = |it: &Piece| !it.proofs.iter().any(|it| book.nodes.contains_key(&it.indicator));
    let strays: Vec<usize> =
        (0..book.manifest.pieces.len()).filter(|n| is_stray(&book.manifest.pieces[*n])).collect();
    let nowhere = IndicatorPath::new(vec![0]);
    html! {
        @if !strays.is_empty() {
            section.indicator {
                h2 { "未对应指标的材料 " span.en { "Not tied to an indicator" } }
                ol.pieces { @for n in strays { (paper(book, n, &nowhere, true, "")) } }
            }
        }
    }
}

fn foot(book: &Book) -> Markup {
    html! {
        footer {
            p { "原件清单 manifest-sha256.txt 的 SHA-256:" code { (book.seal) } }
            p { "核对方法见 说明.txt。依据操作记录第 " (book.manifest.entry) " 条。" }
        }
    }
}
