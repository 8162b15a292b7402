//! The server through its real router: pages, forms, bytes with ranges, and what it turns away.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use juanzong::domain::id::EvidenceId;
use juanzong::error::Kind;
use juanzong::ledger::fold::Fold;
use juanzong::web::{Serving, Site, router};
use scraper::{Html, Selector};
use tower::ServiceExt as _;

use crate::world::{World, keeper, sent_back};

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    /// The texts of what a selector finds, white space made even.
    fn all(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.text());
        let selector = Selector::parse(selector).unwrap();
        let found = page.select(&selector);
        found
            .map(|it| it.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }
}

/// A visitor at the door of the router.
pub struct Visitor(Router);

impl Visitor {
    pub fn of(world: &World) -> Self {
        Self(router(&Site::new(Arc::clone(&world.archive), "clerk", vec!["localhost".into()])))
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        // A body that breaks off is what a test of damage looks for.
        let bytes = to_bytes(body, usize::MAX).await.map(|it| it.to_vec()).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.with(path, &[]).await
    }

    async fn with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path).header("host", "localhost").header("origin", "http://localhost");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn upload(&self, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.bytes());
        }
        for (name, bytes) in files {
            let head = format!(
                "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let request = Request::post("/upload").header("host", "localhost");
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// A world with a notice by the office, three photos by the education bureau and a file of nobody.
async fn filled() -> (World, Visitor) {
    let world = World::new().await;
    world.write(
        "来/文明办/1)/2017-03-01 领导小组通知.txt",
        "关于成立学雷锋活动领导小组的通知\n二〇一七年三月一日",
    );
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/photo.jpg")).unwrap();
    for n in 1..=3 {
        world.write(&format!("来/教育局/2)/2017-03-0{n} 照片.jpg"), [&photo[..], &[n]].concat());
    }
    world.write("来/不知道/表.txt", "表");
    world.file("来").await;
    world.index().await;
    let visitor = Visitor::of(&world);
    (world, visitor)
}

fn named(fold: &Fold, name: &str) -> EvidenceId {
    fold.evidence.values().find(|it| it.parts[0].name.contains(name)).unwrap().id
}

#[tokio::test]
async fn every_page_answers_in_both_languages_and_loads_nothing_from_elsewhere() {
    let (world, visitor) = filled().await;
    let fold = world.fold().await;
    let id = named(&fold, "通知");
    let pages = [
        "/s/2017".to_owned(),
        "/s/2017?below=1&show=open&sort=unit&as_of=2017-04-20".into(),
        "/s/2017/duties?state=open".into(),
        "/s/2017/duties/lf-bd/wmb/once".into(),
        "/s/2017/units".into(),
        "/s/2017/units/yy".into(),
        "/s/2017/indicators".into(),
        "/s/2017/indicators/1.1".into(),
        "/s/2017/review".into(),
        "/s/2017/dossier?whole=1".into(),
        "/search?q=%E9%80%9A%E7%9F%A5".into(),
        format!("/evidence/{id}?q=%E9%80%9A%E7%9F%A5"),
        "/unassigned".into(),
        "/submissions".into(),
        "/upload".into(),
        "/help".into(),
    ];
    for path in &pages {
        for (language, lang) in [("zh-CN", "zh-CN"), ("en", "en")] {
            let answer = visitor.with(path, &[("accept-language", language)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            let text = answer.text();
            assert!(text.contains(&format!("<html lang=\"{lang}\"")), "{path}");
            for outside in ["http://", "https://", "style=\"", "onclick", "<script>"] {
                assert!(
                    !text.replace("http://www.w3.org/2000/svg", "").contains(outside),
                    "{path}: {outside}"
                );
            }
            assert!(!answer.all("h1").is_empty() || !answer.all(".answer").is_empty(), "{path}");
        }
    }
    let moved = visitor.get("/").await;
    assert_eq!((moved.status, moved.header("location")), (StatusCode::SEE_OTHER, "/s/2017"));
    assert_eq!(visitor.get("/healthz").await.status, StatusCode::OK);
    let chosen = visitor.with("/help", &[("accept-language", "zh"), ("cookie", "lang=en")]).await;
    assert!(chosen.text().contains("How to use it"));
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_same_shell() {
    let (_world, visitor) = filled().await;
    for path in [
        "/nothing",
        "/s/1999",
        "/s/2017/units/nobody",
        "/s/2017/indicators/9.9",
        "/evidence/9999",
        "/submissions/1",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.all("h1"), ["没有找到"], "{path}");
        assert_eq!(answer.all("form[action='/search']").len(), 1, "{path}");
    }
    let odd = visitor.get("/s/2017?as_of=yesterday").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.text().contains("2017-04-21"));
}

#[tokio::test]
async fn a_foreign_name_and_a_foreign_page_are_turned_away() {
    let (world, visitor) = filled().await;
    let head = world.fold().await.head;
    let rebound = Request::get("/s/2017").header("host", "evil.example").body(Body::empty()).unwrap();
    assert_eq!(visitor.send(rebound).await.status, StatusCode::FORBIDDEN);
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "https://localhost"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = Request::post("/verbs/accept").header("host", "localhost").header(name, value);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = visitor.send(request.body(Body::from("evidence=1")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(world.fold().await.head, head, "nothing was written");
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let world = World::new().await;
    let kind = |listen: &'static str| {
        let archive = Arc::clone(&world.archive);
        async move { Serving::bind(archive, "clerk", listen).await.err().map(|it| it.kind()) }
    };
    assert_eq!(kind("0.0.0.0:0").await, Some(Kind::Denied));
    assert_eq!(kind("192.168.1.5:80").await, Some(Kind::Denied));
    assert_eq!(kind("[::]:0").await, Some(Kind::Denied));
    assert_eq!(kind("nonsense").await, Some(Kind::Invalid));
    assert_eq!(kind("127.0.0.1:0").await, None);
    assert_eq!(kind("localhost:0").await, None);
}

#[tokio::test]
async fn a_decision_on_a_page_moves_the_matrix_and_can_be_taken_back() {
    let (world, visitor) = filled().await;
    let id = named(world.fold().await.as_ref(), "通知");
    let cell = async || {
        visitor.get("/s/2017/duties?unit=wmb&indicator=1.1").await.all("tr td:nth-child(2)")[0].clone()
    };
    assert_eq!(cell().await, "0/1 件 +1 待审");
    let form = format!("evidence={id}&scheme=2017&standard=1.1&back=%2Fs%2F2017%2Funits%2Fwmb");
    let answer = visitor.post("/verbs/accept", &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let to = answer.header("location").to_owned();
    assert_eq!(to, format!("/s/2017/units/wmb?done=accept&was={id}&on=1.1&of=2017"));
    assert!(
        visitor
            .get("/s/2017/duties?unit=wmb&state=accepted")
            .await
            .all("tr td:nth-child(2)")
            .contains(&"1/1 件".into())
    );
    let told = visitor.get(&to).await;
    assert!(told.all(".done p")[0].starts_with("已通过"));
    assert_eq!(told.all(".done button"), ["恢复待审"]);
    let again = visitor.post("/verbs/accept", &form).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let silent = visitor.post("/verbs/return", &format!("{form}&reason=")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "a return needs a reason");
    visitor.post("/verbs/reopen", &form).await;
    assert_eq!(cell().await, "0/1 件 +1 待审");
    let away = visitor.post("/verbs/accept", &format!("evidence={id}&back=%2F%2Fevil.example")).await;
    assert_eq!(away.header("location").split('?').next(), Some("/"), "it never leads away");
}

#[tokio::test]
async fn an_upload_is_filed_through_the_one_door() {
    let (world, visitor) = filled().await;
    let fields = [("unit", "教育局"), ("scheme", "2017"), ("standard", "2)")];
    let files: [(&str, &[u8]); 3] = [("活动总结.txt", b"a"), ("空.txt", b""), ("Thumbs.db", b"x")];
    let answer = visitor.upload(&fields, &files).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let lines = answer.all(".lines .line");
    assert!(lines[0].starts_with("已归档 活动总结.txt · 市教育局 · Ⅰ-1 2)"), "{lines:?}");
    assert!(lines[1].starts_with("空文件 空.txt"), "{lines:?}");
    assert!(lines[2].starts_with("临时文件"), "{lines:?}");
    let again = visitor.upload(&fields, &files[..1]).await;
    assert!(again.all(".lines .line")[0].starts_with("已有"));
    let ids: Vec<_> = world.fold().await.submissions.keys().copied().collect();
    let later = visitor.get(&format!("/submissions/{}", ids[ids.len() - 2])).await;
    let kept: Vec<String> = later.all("ul.plain li").into_iter().filter(|it| it.contains("空.txt")).collect();
    assert!(kept.len() == 1 && kept[0].contains("E04"), "who comes back later reads why: {kept:?}");
    let none = visitor.upload(&fields, &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let left: Vec<_> = std::fs::read_dir(world.archive.store().temporary()).unwrap().collect();
    assert!(left.is_empty(), "nothing is left in the temporary folder");
}

#[tokio::test]
async fn a_receipt_says_what_was_returned_and_sums_what_was_turned_away() {
    let (world, visitor) = filled().await;
    let piece = named(world.fold().await.as_ref(), "领导小组");
    world.judge(piece, &sent_back("缺公章")).await;
    let fields = [("unit", "文明办"), ("scheme", "2017"), ("standard", "1)")];
    let notice = std::fs::read(world.path("来/文明办/1)/2017-03-01 领导小组通知.txt")).unwrap();
    let names: Vec<String> = (0..20).map(|n| format!("{n:02}/Thumbs.db")).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|it| (it.as_str(), &b"x"[..])).collect();
    files.push(("通知.txt", &notice));
    let answer = visitor.upload(&fields, &files).await;
    let lines = answer.all(".lines > .line");
    assert_eq!(lines.len(), 5 + 1 + 1, "{lines:?}");
    let again = lines.iter().find(|it| it.contains("通知.txt")).unwrap();
    assert!(again.contains("内容完全相同（Ⅰ-1 1) 退回原因：缺公章）；已重新列为待审。"), "{again}");
    let id = *world.fold().await.submissions.keys().last().unwrap();
    // Who comes back to it later reads the same, whatever was decided since.
    world.judge(piece, &sent_back("页码不全")).await;
    let told = visitor.get(&format!("/submissions/{id}")).await.all(".card .f-warn").concat();
    assert!(told.contains("内容完全相同（Ⅰ-1 1) 退回原因：缺公章）；已重新列为待审。"), "{told}");
    assert!(!told.contains("页码不全"), "{told}");
    let sum = lines.last().unwrap();
    assert!(sum.starts_with("临时文件 共 20 个，另外 15 个未逐一列出：W18"), "{sum}");
    assert!(sum.contains("19/Thumbs.db"), "none is kept from who looks");
}

#[tokio::test]
async fn unassigned_material_is_given_away_many_at_once() {
    let (world, visitor) = filled().await;
    world.write("再/甲.txt", "甲").write("再/乙.txt", "乙");
    world.file("再").await;
    let before = visitor.get("/unassigned").await;
    let boxes = before.all("ul.cards li").len();
    assert_eq!(boxes, 3);
    let fold = world.fold().await;
    let (a, b) = (named(&fold, "甲"), named(&fold, "乙"));
    let form = format!(
        "evidence={a}&evidence={b}&unit=%E5%85%9A%E5%8A%9E&standard=3)&scheme=2017&back=%2Funassigned"
    );
    assert_eq!(visitor.post("/verbs/assign", &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.get("/unassigned").await.all("ul.cards li").len(), 1);
    let unit = visitor.get("/s/2017/units/yy-db").await;
    assert!(unit.all("h2").contains(&"已报送 2".into()), "{:?}", unit.all("h2"));
}

#[tokio::test]
async fn files_come_in_ranges_and_never_as_a_page_of_ours() {
    let (world, visitor) = filled().await;
    world.write("再/教育局/2)/页.html", "<script>alert(1)</script>");
    world.file("再").await;
    world.read().await;
    let fold = world.fold().await;
    let photo = format!("/evidence/{}/parts/1", named(&fold, "03 照片"));
    let whole = visitor.get(&photo).await;
    assert_eq!(whole.header("content-type"), "image/jpeg");
    assert!(whole.header("content-security-policy").starts_with("sandbox"));
    assert!(whole.header("content-disposition").starts_with("inline"));
    let n = whole.bytes.len();
    assert_eq!(whole.header("content-length"), n.to_string());
    let middle = visitor.with(&photo, &[("range", "bytes=10-19")]).await;
    assert_eq!((middle.status, &middle.bytes[..]), (StatusCode::PARTIAL_CONTENT, &whole.bytes[10..20]));
    assert_eq!(middle.header("content-range"), format!("bytes 10-19/{n}"));
    let beyond = visitor.with(&photo, &[("range", "bytes=9999999-")]).await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (StatusCode::RANGE_NOT_SATISFIABLE, &*format!("bytes */{n}"))
    );
    let known = visitor.with(&photo, &[("if-none-match", whole.header("etag"))]).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let stale = visitor.with(&photo, &[("range", "bytes=0-1"), ("if-range", "\"other\"")]).await;
    assert_eq!((stale.status, stale.bytes.len()), (StatusCode::OK, n));
    let page = visitor.get(&format!("/evidence/{}/parts/1", named(&fold, "页.html"))).await;
    assert_eq!(page.header("content-type"), "application/octet-stream");
    assert!(page.header("content-disposition").starts_with("attachment"));
    assert!(page.header("content-security-policy").starts_with("sandbox"));
    let small = visitor.get(&format!("{photo}/thumbnail")).await;
    assert_eq!(small.header("content-type"), "image/jpeg");
    assert_eq!(visitor.get(&photo.replace("parts/1", "parts/2")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_dossier_streams_with_its_length_and_its_address_keeps_its_bytes() {
    let (mut world, visitor) = filled().await;
    world.accept_all().await;
    let page = visitor.get("/s/2017/dossier?indicator=1.1&organization=%E5%88%9B%E5%BB%BA%E5%8A%9E").await;
    let html = Html::parse_document(&page.text());
    let link = Selector::parse("a[download]").unwrap();
    let href = html.select(&link).next().unwrap().attr("href").unwrap().to_owned();
    let whole = visitor.get(&href).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.header("content-length"), whole.bytes.len().to_string());
    assert_eq!(&whole.bytes[..4], b"PK\x03\x04");
    // It is asked for again by a server that was started anew, after more was filed.
    world.now = "2100-01-01T00:00:00Z".parse().unwrap();
    world.write("再/文明办/1)/2017-03-09 补充通知.txt", "补充");
    world.file("再").await;
    let other = Visitor::of(&world);
    let half = whole.bytes.len() / 2;
    let rest =
        other.with(&href, &[("range", &format!("bytes={half}-")), ("if-range", whole.header("etag"))]).await;
    assert_eq!(rest.status, StatusCode::PARTIAL_CONTENT);
    assert!(rest.bytes == whole.bytes[half..], "the download goes on with the same bytes");
    let path = world.path("d.zip");
    std::fs::write(&path, &whole.bytes).unwrap();
    let report = juanzong::dossier::verify::check(&keeper(), &std::fs::File::open(path).unwrap()).unwrap();
    assert_eq!(report.verdict().word(), "pass", "{report:?}");
}
