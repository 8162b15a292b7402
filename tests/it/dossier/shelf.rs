//! A shelf of bytes and a plan over them, for the stories of the dossier.

use std::collections::HashMap;
use std::io::Cursor;

use jiff::civil::date;
use juanzong::domain::duty::State;
use juanzong::domain::finding::Code;
use juanzong::domain::id::{Digest, EntryId, EvidenceId, IndicatorPath};
use juanzong::dossier::layout::{Content, Layout};
use juanzong::dossier::manifest::{
    Doubt, Manifest, Node, Office, Part, Piece, Proof, Row, Rulebook, Standing, Thumbnail, VERSION, Withheld,
};
use juanzong::dossier::write::Source;
use juanzong::error::{Error, Result};
use sha2::{Digest as _, Sha256};

/// Blobs and thumbnails by digest of the blob.
#[derive(Default)]
pub struct Shelf {
    pub blobs: HashMap<Digest, Vec<u8>>,
    pub thumbnails: HashMap<Digest, Vec<u8>>,
}

pub fn digest(bytes: &[u8]) -> Digest {
    Digest::new(Sha256::digest(bytes).into())
}

impl Shelf {
    pub fn part(&mut self, name: &str, media_type: &str, bytes: Vec<u8>) -> Part {
        let part = Part {
            sha256: digest(&bytes),
            bytes: bytes.len() as u64,
            crc32: crc32fast::hash(&bytes),
            media_type: media_type.to_owned(),
            name: name.to_owned(),
            n_pages: (media_type == "application/pdf").then_some(3),
            thumbnail: None,
            member: String::new(),
        };
        self.blobs.insert(part.sha256, bytes);
        part
    }

    /// A photo of one colour with its thumbnail.
    pub fn photo(&mut self, name: &str, colour: [u8; 3]) -> Part {
        let large = jpeg(640, 480, colour);
        let small = jpeg(160, 120, colour);
        let mut part = self.part(name, "image/jpeg", large);
        part.thumbnail = Some(Thumbnail {
            sha256: digest(&small),
            bytes: small.len() as u64,
            crc32: crc32fast::hash(&small),
            member: String::new(),
        });
        self.thumbnails.insert(part.sha256, small);
        part
    }

    pub fn open(&self, content: &Content) -> Result<Box<dyn Source>> {
        let bytes = match content {
            Content::Blob(digest) => self.blobs.get(digest),
            Content::Thumbnail { of } => self.thumbnails.get(of),
            Content::Text(_) => None,
        };
        let bytes = bytes.ok_or_else(|| Error::not_found("It is not on the shelf."))?;
        Ok(Box::new(Cursor::new(bytes.clone())))
    }

    pub fn write(&self, layout: &Layout) -> Vec<u8> {
        let mut out = Vec::new();
        layout.write(&|it| self.open(it), &mut out).unwrap();
        out
    }
}

fn jpeg(width: u32, height: u32, [r, g, b]: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let shade = |c: u8, by: u32| c.saturating_add(u8::try_from(by % 64).unwrap());
        image::Rgb([shade(r, x / 4), shade(g, y / 4), shade(b, (x + y) / 8)])
    });
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Jpeg).unwrap();
    bytes
}

pub fn path(text: &str) -> IndicatorPath {
    text.parse().unwrap()
}

pub fn proof(indicator: &str, standing: Standing) -> Proof {
    Proof { indicator: path(indicator), standing, note: String::new(), pages: String::new() }
}

pub fn piece(evidence: i64, title: &str, proofs: Vec<Proof>, parts: Vec<Part>) -> Piece {
    Piece {
        evidence: EvidenceId(evidence),
        unit: "市住建局".into(),
        kind: "规范文件".into(),
        title: title.into(),
        document_number: None,
        issuer: None,
        date: Some(date(2017, 3, 5)),
        date_to: None,
        caption: Default::default(),
        proofs,
        parts,
    }
}

fn node(place: &str, code: &str, title: &str) -> Node {
    Node { path: path(place), code: code.into(), title: title.into(), text: String::new(), methods: vec![] }
}

pub fn row(indicator: &str, text: &str, counts: [u32; 3], state: State) -> Row {
    let [need, accepted, pending] = counts;
    Row {
        indicator: path(indicator),
        requirement: text.chars().filter(|c| !c.is_whitespace()).collect::<String>().parse().unwrap(),
        text: text.into(),
        unit: "市住建局".into(),
        period: String::new(),
        measure: "件".into(),
        need,
        accepted,
        pending,
        state,
        gap: need.saturating_sub(accepted),
        remark: String::new(),
    }
}

/// A plan with nothing in it but the tree.
pub fn empty() -> Manifest {
    Manifest {
        version: VERSION,
        title: "学雷锋活动 迎检档案".into(),
        organization: "市创建办".into(),
        made_by: "李明".into(),
        made_at: "2017-04-20T18:30:00Z".parse().unwrap(),
        timezone: "Asia/Shanghai".into(),
        scheme: Rulebook {
            id: "2017".parse().unwrap(), title: "全国文明城市测评体系(2017年版)".into()
        },
        selection: "指标 Ⅰ-1 及以下".into(),
        entry: EntryId(1234),
        entry_hash: digest(b"head"),
        indicators: vec![
            node("1", "Ⅰ-1", "重点工作"),
            node("1.1", "Ⅰ-1 Ⅱ-1", "学雷锋活动"),
            node("1.1.1", "Ⅰ-1 Ⅱ-1 1)", "建立组织领导机制,作出部署"),
            node("1.1.2", "Ⅰ-1 Ⅱ-1 2)", "学校开展主题班日、队日、团日"),
            node("1.2", "Ⅰ-1 Ⅱ-2", "道德讲堂"),
        ],
        units: vec![Office { id: "zjj".parse().unwrap(), name: "市住建局".into() }],
        pieces: vec![],
        duties: vec![],
        withheld: vec![],
        findings: vec![],
    }
}

/// A small dossier with one of everything.
pub fn small() -> (Shelf, Manifest) {
    let mut shelf = Shelf::default();
    let mut plan = empty();
    plan.indicators[2].text = "建立学雷锋活动组织领导机制,作出部署;主要新闻媒体广泛宣传,形成常态。".into();
    plan.indicators[2].methods = vec!["材料审核".into(), "问卷调查".into()];
    let order = shelf.part("通知.pdf", "application/pdf", b"%PDF-1.4 order".to_vec());
    let mut first = piece(
        31,
        "关于成立学雷锋活动领导小组的通知",
        vec![proof("1.1.1", Standing::Accepted)],
        vec![order.clone()],
    );
    first.document_number = Some("濮创建〔2017〕2号".into());
    first.issuer = Some("市创建办".into());
    first.proofs[0].note = "成立领导小组,明确分工".into();
    first.proofs[0].pages = "第1—2页".into();
    // The same bytes from another unit: its own piece, stored once.
    let mut again = piece(32, "转发通知", vec![proof("1.1.1", Standing::Pending)], vec![order]);
    again.unit = "市教育局".into();
    let pages = (1..=3).map(|n| shelf.photo(&format!("日报{n}版.jpg"), [40 * n, 90, 120])).collect();
    let mut clipping = piece(
        33,
        "我市开展学雷锋活动",
        vec![proof("1.1.1", Standing::Accepted), proof("1.2", Standing::Pending)],
        pages,
    );
    clipping.kind = "报道".into();
    clipping.caption =
        [("报纸", "濮阳日报"), ("版次", "第1版")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let empty_file = shelf.part("空.txt", "text/plain", vec![]);
    let nasty = piece(
        34,
        "a/b\\c:*?\"<>|%~\u{202E}fdp.exe ...",
        vec![proof("1.1.2", Standing::Accepted)],
        vec![empty_file],
    );
    let photo = shelf.photo("IMG_001.JPG", [200, 60, 40]);
    let mut photo = piece(
        35,
        "</script><img src=x onerror=alert(1)>",
        vec![proof("1.1.2", Standing::Pending)],
        vec![photo],
    );
    photo.kind = "照片".into();
    photo.caption = [("地点", "人民广场"), ("人物", "=cmd|' /C calc'!A0")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
    let table =
        shelf.part("统计.xlsx", "application/vnd.ms-excel", (0..=255).cycle().take(200_000).collect());
    let stray = piece(36, "=1+1 统计表", vec![], vec![table]);
    plan.pieces = vec![first, again, clipping, nasty, photo, stray];
    owe(&mut plan);
    (shelf, plan)
}

/// What is owed, what was left out, what is doubtful.
fn owe(plan: &mut Manifest) {
    plan.duties = vec![
        row("1.1.1", "规范文件", [1, 1, 1], State::Accepted),
        row("1.1.1", "至少7篇报道", [7, 6, 0], State::Partial),
        row("1.1.2", "活动照片", [5, 0, 1], State::Partial),
        row("1.2", "总结", [1, 0, 0], State::Missing),
        row("1.2", "五月报表", [1, 0, 0], State::NotYet),
    ];
    plan.withheld = vec![Withheld {
        evidence: EvidenceId(40),
        title: "名册".into(),
        unit: "市教育局".into(),
        why: "含身份证号,未脱敏".into(),
    }];
    plan.findings = vec![Doubt { evidence: EvidenceId(34), code: Code::E04, detail: String::new() }];
}

/// A dossier too large for one page.
pub fn large(n_pieces: usize) -> (Shelf, Manifest) {
    let (mut shelf, mut plan) = small();
    for n in 0..n_pieces {
        let at = ["1.1.1", "1.1.2", "1.2"][n % 3];
        let name = format!("材料{n}.txt");
        let part = shelf.part(&name, "text/plain", format!("第{n}件").into_bytes());
        plan.pieces.push(piece(1000 + n as i64, &name, vec![proof(at, Standing::Accepted)], vec![part]));
    }
    (shelf, plan)
}
