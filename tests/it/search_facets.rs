//! Facets that keep their word under filters, and passages that say where in a file they stand.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use juanzong::domain::id::EvidenceId;
use juanzong::review::{self, Decision};
use juanzong::web::{Site, router};
use tower::ServiceExt as _;

use crate::world::{World, scheme_id};

async fn page(world: &World, path: &str) -> String {
    let site = Site::new(Arc::clone(&world.archive), "clerk", vec!["localhost".into()]);
    let escaped: String = path
        .bytes()
        .map(|it| if it.is_ascii() { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect();
    let request = Request::builder().uri(escaped).header(header::HOST, "localhost");
    let response = router(&site).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn counts(world: &World, typed: &str, field: &str) -> Vec<(String, u64)> {
    let facets = world.ask(typed).await.facets;
    facets.into_iter().find(|it| it.field == field).unwrap().counts
}

/// The words of a page between two marks, without its tags.
fn between(page: &str, from: &str, to: &str) -> String {
    let start = page.find(from).unwrap_or_else(|| panic!("no {from} in {page}"));
    let end = page[start..].find(to).map_or(page.len(), |it| start + it);
    let mut words = String::new();
    let mut within = false;
    for c in page[start..end].chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            c if !within => words.push(c),
            _ => {}
        }
    }
    words
}

async fn claimed() -> (World, [EvidenceId; 2]) {
    let world = World::new().await;
    let plan = world.piece("文明办/1)/学雷锋方案.txt", "学雷锋活动方案\n").await;
    let photo = world.piece("教育局/2)/学雷锋总结.txt", "学雷锋活动总结\n").await;
    let on = Some((scheme_id(), "1.2".parse().unwrap()));
    review::assign(world.archive.ledger(), &world.act(), &[plan], None, on.as_ref()).await.unwrap();
    review::judge(world.archive.ledger(), &world.act(), &[plan], on.as_ref(), &Decision::Accept)
        .await
        .unwrap();
    world.index().await;
    (world, [plan, photo])
}

#[tokio::test]
async fn a_state_counts_the_claims_on_what_is_chosen() {
    let (world, [plan, photo]) = claimed().await;
    let both = |a: (&str, u64), b: (&str, u64)| vec![(a.0.to_owned(), a.1), (b.0.to_owned(), b.1)];
    assert_eq!(counts(&world, "学雷锋", "state").await, both(("pending", 2), ("accepted", 1)));
    assert_eq!(counts(&world, "指标:1.1", "state").await, [("pending".to_owned(), 1)]);
    assert_eq!(counts(&world, "指标:1.2", "state").await, both(("accepted", 1), ("pending", 1)));
    for (typed, state) in [("指标:1.1", "accepted"), ("指标:1.2", "accepted"), ("指标:1", "pending")] {
        let told = counts(&world, typed, "state").await.iter().find(|it| it.0 == state).map_or(0, |it| it.1);
        let found = world.found(&format!("{typed} 状态:{state}")).await;
        assert_eq!(found.len() as u64, told, "{typed} {state}: what is counted is what is found");
    }
    assert_eq!(world.found("指标:1.2 状态:待审").await, [photo]);
    assert_eq!(world.found("指标:2017/1.2 状态:已通过").await, [plan]);
}

#[tokio::test]
async fn the_indicators_are_a_tree_and_a_choice_shows_what_is_below_it() {
    let (world, _) = claimed().await;
    let all = between(&page(&world, "/search?q=学雷锋").await, "<summary>指标", "<summary>单位");
    assert!(all.contains("Ⅰ-1 学雷锋活动 2") && all.contains("1) 组织领导 1"), "{all}");
    assert!(all.contains("2) 主题活动 2") && !all.contains("身边好人"), "{all}");
    let narrowed = page(&world, "/search?q=学雷锋+指标:1.1").await;
    let tree = between(&narrowed, "<summary>指标", "<summary>单位");
    assert!(tree.contains("1.1 ×") && tree.contains("组织领导 1") && !tree.contains("主题活动"), "{tree}");
    let unit = page(&world, "/search?q=学雷锋+单位:教育局").await;
    let list = between(&unit, "<summary>单位", "<summary>类型");
    assert!(list.contains("教育局 ×") && list.contains("市教育局 1") && !list.contains("文明办"), "{list}");
}

#[tokio::test]
async fn a_unit_counts_what_its_departments_sent_as_a_search_for_it_finds_it() {
    let world = World::new().await;
    for folder in ["市人民医院", "党办"] {
        world.piece(&format!("{folder}/1)/学雷锋.txt"), format!("学雷锋活动,{folder}\n")).await;
    }
    world.index().await;
    assert_eq!(world.found("学雷锋 单位:yy").await.len(), 2);
    let list = between(&page(&world, "/search?q=学雷锋").await, "<summary>单位", "<summary>类型");
    assert!(list.contains("市人民医院 2") && list.contains("党办 1"), "{list}");
}

#[tokio::test]
async fn a_passage_says_its_page_its_slide_or_its_sheet_and_row() {
    let world = World::new().await;
    let fixture = |name: &str| {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents").join(name)).unwrap()
    };
    let passages = [
        ("table.xlsx", "卫健局", "工作表“四月”第 1 行"),
        ("table.xls", "教育局", "工作表“三月”第 3 行"),
        ("table.ods", "卫健局", "工作表“四月”第 1 行"),
        ("table.csv", "教育局", "第 2 行"),
        ("slides.pptx", "志愿服务", "第 2 张幻灯片"),
        ("slides.odp", "空巢老人", "第 1 张幻灯片"),
        ("letter.pdf", "第二页", "第 2 页"),
        ("letter.ofd", "各责任单位", "第 1 页"),
    ];
    for (name, ..) in passages {
        world.piece(&format!("文明办/1)/{name}"), fixture(name)).await;
    }
    world.index().await;
    for (name, typed, place) in passages {
        let answer = world.ask(&format!("{typed} 文件名:{name}")).await;
        let hit = answer.hits.iter().find(|it| !it.near).unwrap_or_else(|| panic!("{name} {typed}"));
        let told = hit.place.as_ref().map(|it| it.label(false)).unwrap_or_default();
        assert_eq!(told, place, "{name} {typed}");
    }
    let shown = page(&world, "/search?q=教育局+格式:csv").await;
    assert!(shown.contains("第 2 行"), "{shown}");
}
