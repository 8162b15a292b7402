//! What people see: pages that browse and search offline, and sheets that print on A4.
//!
//! Read `browse` for the front page and the pages of indicators, `search` for the list its script looks through, and
//! `sheets` for catalog, completeness, 备考表 and what was withheld. Every page stands alone: style and script are in it.

use std::collections::{BTreeMap, HashMap};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::id::{Digest, EvidenceId, IndicatorPath};
use crate::dossier::manifest::{Doubt, Manifest, Node, Row};
use crate::error::Result;

mod browse;

mod counts;

mod search;

mod sheets;

mod tables;

const STYLE: &str = include_str!("style.css");

const SEAL: &str = r##"<svg class="seal" viewBox="0 0 32 32" role="img" aria-label="卷宗"><rect width="32" height="32" rx="3" fill="#c8102e"/><text x="16" y="21.5" font-size="14" text-anchor="middle" fill="#fff">卷宗</text></svg>"##;

/// Names of the sheets.
const CATALOG: &str = "01-卷内文件目录";
const COMPLETENESS: &str = "02-完整性核查表";
const NOTES: &str = "03-备考表";
const WITHHELD: &str = "04-未收入及存疑材料";

/// With more pieces than this, each indicator has a page of its own and the front page is the tree alone.
const MOST_ON_FRONT: usize = 200;

/// Returns every page and sheet with its path in the bag.
///
/// # Errors
/// `Internal`, where a table cannot be written.
pub(super) fn all(manifest: &Manifest, seal: &Digest) -> Result<Vec<(String, Vec<u8>)>> {
    let book = Book::new(manifest, seal);
    let mut res = vec![
        ("index.html".to_owned(), browse::front(&book)),
        (format!("{CATALOG}.html"), sheets::catalog(&book)),
        (format!("{COMPLETENESS}.html"), sheets::completeness(&book)),
        (format!("{NOTES}.html"), sheets::notes(&book)),
        (format!("{WITHHELD}.html"), sheets::withheld(&book)),
    ];
    if !book.is_small() {
        let nodes = manifest.indicators.iter().filter(|it| book.has_section(&it.path));
        res.extend(nodes.map(|it| (page_of(&it.path), browse::page(&book, it))));
    }
    let mut res: Vec<_> =
        res.into_iter().map(|(path, page)| (path, page.into_string().into_bytes())).collect();
    res.push((format!("{CATALOG}.csv"), tables::catalog(&book)?));
    res.push((format!("{COMPLETENESS}.csv"), tables::completeness(&book)?));
    res.push((format!("{WITHHELD}.csv"), tables::withheld(&book)?));
    Ok(res)
}

/// The manifest with what the pages look up in it.
struct Book<'a> {
    manifest: &'a Manifest,
    seal: &'a Digest,
    /// Pieces by what they prove, as places in the manifest.
    proving: BTreeMap<&'a IndicatorPath, Vec<usize>>,
    duties: BTreeMap<&'a IndicatorPath, Vec<&'a Row>>,
    nodes: BTreeMap<&'a IndicatorPath, &'a Node>,
    places: HashMap<EvidenceId, usize>,
    doubts: HashMap<EvidenceId, Vec<&'a Doubt>>,
}

impl<'a> Book<'a> {
    fn new(manifest: &'a Manifest, seal: &'a Digest) -> Self {
        let mut proving: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (n, piece) in manifest.pieces.iter().enumerate() {
            for proof in &piece.proofs {
                proving.entry(&proof.indicator).or_default().push(n);
            }
        }
        let mut duties: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
        for row in &manifest.duties {
            duties.entry(&row.indicator).or_default().push(row);
        }
        let nodes = manifest.indicators.iter().map(|it| (&it.path, it)).collect();
        let places = manifest.pieces.iter().enumerate().map(|(n, it)| (it.evidence, n)).collect();
        let mut doubts: HashMap<_, Vec<&Doubt>> = HashMap::new();
        for doubt in &manifest.findings {
            doubts.entry(doubt.evidence).or_default().push(doubt);
        }
        Self { manifest, seal, proving, duties, nodes, places, doubts }
    }

    fn is_small(&self) -> bool {
        self.manifest.pieces.len() <= MOST_ON_FRONT
    }

    fn pieces_of(&self, path: &IndicatorPath) -> &[usize] {
        self.proving.get(path).map_or(&[], Vec::as_slice)
    }

    fn duties_of(&self, path: &IndicatorPath) -> &[&'a Row] {
        self.duties.get(path).map_or(&[], Vec::as_slice)
    }

    /// Whether an indicator has something of its own to show.
    fn has_section(&self, path: &IndicatorPath) -> bool {
        !self.pieces_of(path).is_empty() || !self.duties_of(path).is_empty()
    }

    /// Returns the link from the front page to an indicator.
    fn link_of(&self, path: &IndicatorPath) -> String {
        if self.is_small() { format!("#i{path}") } else { page_of(path) }
    }

    /// Returns the code of an indicator as printed, its path where it is not listed.
    fn code_of(&self, path: &IndicatorPath) -> String {
        self.nodes.get(path).map_or_else(|| path.to_string(), |it| it.code.clone())
    }

    /// Returns the number of a piece as file names have it.
    fn number(&self, n: usize) -> String {
        let width = self.manifest.pieces.len().to_string().len().max(3);
        format!("{:0width$}", n + 1)
    }
}

fn page_of(path: &IndicatorPath) -> String {
    format!("pages/{path}.html")
}

/// Returns a relative link to a path in the bag, from a folder that lies `up` below its root, such as `../`.
fn href(up: &str, path: &str) -> String {
    const KEPT: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    format!("{up}{}", utf8_percent_encode(path, KEPT))
}

/// Returns a whole page. `class` is `sheet` for what is printed as an official sheet.
fn shell(title: &str, class: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body class=(class) { (body) }
        }
    }
}
