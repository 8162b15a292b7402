//! Tags: put on and taken off, one piece or a whole result at once, found again, within what may be seen.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use juanzong::domain::actor::{Act, Scope};
use juanzong::domain::id::EvidenceId;
use juanzong::domain::tag::Tag;
use juanzong::error::{Kind, Result};
use juanzong::review::{self, Tagging};
use juanzong::web::{Site, router};
use tower::ServiceExt as _;

use crate::cli::Terminal;
use crate::world::World;

async fn filed() -> (World, [EvidenceId; 2]) {
    let world = World::new().await;
    let notice = world.piece("文明办/1)/慰问通知.txt", "关于慰问空巢老人的通知\n").await;
    let report = world.piece("教育局/2)/活动总结.txt", "志愿者看望空巢老人\n").await;
    world.index().await;
    (world, [notice, report])
}

fn tagging(add: &str, remove: &str) -> Tagging {
    let set = |typed| Tag::list(typed).unwrap().into_iter().collect();
    Tagging { add: set(add), remove: set(remove) }
}

async fn tag(world: &World, pieces: &[EvidenceId], add: &str, remove: &str) -> Result<usize> {
    review::tag(world.archive.ledger(), &world.act(), pieces, &tagging(add, remove)).await
}

async fn tags(world: &World, id: EvidenceId) -> Vec<String> {
    world.fold().await.evidence[&id].tags.iter().map(Tag::to_string).collect()
}

#[tokio::test]
async fn a_tag_is_put_on_found_counted_and_taken_off() {
    let (world, [notice, report]) = filed().await;
    assert_eq!(tag(&world, &[notice, report], "重点,待补 材料", "").await.unwrap(), 2);
    assert_eq!(tag(&world, &[notice, report], "重点", "没有的").await.unwrap(), 0, "it stands so already");
    assert_eq!(tag(&world, &[report], "", "重点").await.unwrap(), 1);
    world.index().await;
    assert_eq!(tags(&world, report).await, ["待补 材料"]);
    for typed in ["标签:重点", "tag:重點", "bq:重点 慰问", "重点"] {
        assert_eq!(world.found(typed).await, [notice], "{typed}");
    }
    assert_eq!(world.found("标签:“待补 材料”").await, [notice, report]);
    assert_eq!(world.found("空巢 -标签:重点").await, [report]);
    assert_eq!(world.found("标签:没有的").await, []);
    let facets = world.ask("空巢老人").await.facets;
    let counts = &facets.iter().find(|it| it.field == "tag").unwrap().counts;
    assert_eq!(*counts, [("待补 材料".to_owned(), 2), ("重点".to_owned(), 1)]);
    let history = world.history(report).await;
    assert_eq!(history.iter().filter(|it| *it == "tagged by clerk").count(), 2, "{history:?}");
    let before = world.fold().await;
    world.archive.ledger().refold().await.unwrap();
    assert_eq!(world.archive.fold().await.unwrap().evidence, before.evidence);
}

#[tokio::test]
async fn tags_that_are_found_as_one_are_counted_as_one() {
    let (world, [notice, report]) = filed().await;
    let other = world.piece("教育局/2)/慰问情况.txt", "慰问空巢老人的情况\n").await;
    tag(&world, &[notice, other], "重点", "").await.unwrap();
    tag(&world, &[report], "重點", "").await.unwrap();
    world.index().await;
    let facets = world.ask("空巢老人").await.facets;
    let counts = &facets.iter().find(|it| it.field == "tag").unwrap().counts;
    assert_eq!(*counts, [("重点".to_owned(), 3)]);
    assert_eq!(world.found("标签:重点").await, [notice, report, other]);
}

#[tokio::test]
async fn what_cannot_be_tagged_so_is_left_as_it_was() {
    let (world, [notice, report]) = filed().await;
    let many: Vec<String> = (1..=20).map(|it| format!("标签{it}")).collect();
    tag(&world, &[notice], &many.join(","), "").await.unwrap();
    for (pieces, add, remove) in
        [(vec![report, notice], "第二十一", ""), (vec![report], "", ""), (vec![report], "甲", "甲")]
    {
        assert_eq!(tag(&world, &pieces, add, remove).await.unwrap_err().kind(), Kind::Invalid);
    }
    assert_eq!(tags(&world, report).await, [""; 0], "all or none");
    assert_eq!(tag(&world, &[notice], "第二十一", "标签3").await.unwrap(), 1);
    let own = Act { scope: Scope::Units(["jyj".parse().unwrap()].into()), ..world.act() };
    let refused = review::tag(world.archive.ledger(), &own, &[report, notice], &tagging("甲", "")).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    world.index().await;
    for (scope, typed, n_shown) in [
        (&Scope::All, "标签:二十", 1),
        // What others wrote is not suggested.
        (&own.scope, "标签:二十", 0),
        // A wide space parts words too.
        (&Scope::All, "慰问\u{3000}标签:二十", 1),
    ] {
        assert_eq!(world.suggested(scope, typed).await.len(), n_shown, "{typed}");
    }
    let joined = review::join(world.archive.ledger(), &world.act(), &[notice, report]).await;
    assert!(joined.is_err(), "they are of two units");
}

#[tokio::test]
async fn a_piece_that_takes_in_another_takes_its_tags() {
    let (world, [notice, _]) = filed().await;
    let page = world.piece("文明办/1)/第二页.txt", "第二页\n").await;
    tag(&world, &[notice], "甲", "").await.unwrap();
    tag(&world, &[page], "乙", "").await.unwrap();
    review::join(world.archive.ledger(), &world.act(), &[notice, page]).await.unwrap();
    assert_eq!(tags(&world, notice).await, ["乙", "甲"]);
}

#[tokio::test]
async fn a_whole_result_is_tagged_from_the_page_and_shown_there() {
    let (world, [notice, report]) = filed().await;
    let site = Site::new(Arc::clone(&world.archive), "clerk", vec!["localhost".into()]);
    let ask = async |request: axum::http::request::Builder, body: &str| {
        let request = request.header(header::HOST, "localhost").header("origin", "http://localhost");
        let response =
            router(&site).oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    };
    let form = || {
        Request::builder()
            .method(Method::POST)
            .uri("/verbs/tag")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    };
    let (status, told) =
        ask(form(), "query=%E7%A9%BA%E5%B7%A2&add=%E9%87%8D%E7%82%B9&remove=&unit=&standard=").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{told}");
    assert_eq!(
        (tags(&world, notice).await, tags(&world, report).await),
        (vec!["重点".into()], vec!["重点".into()])
    );
    let (_, page) = ask(Request::builder().uri(format!("/evidence/{notice}")), "").await;
    assert!(page.contains("去掉标签 重点") && page.contains("加标签：重点"), "{page}");
    let json = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/verbs/tag")
        .header(header::CONTENT_TYPE, "application/json");
    let order = format!(r#"{{"evidence":[{notice}],"add":["待补","核"],"remove":["重点"]}}"#);
    let (status, told) = ask(json, &order).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    assert_eq!(tags(&world, notice).await, ["待补", "核"]);
    let (status, told) = ask(form(), "add=%E9%87%8D%E7%82%B9").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains("没有选中材料"), "{told}");
    let (status, told) =
        ask(form(), "query=%E6%9F%A5%E6%97%A0%E6%AD%A4%E6%96%87&add=%E9%87%8D%E7%82%B9").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "what did nothing must not look done");
    assert!(told.contains("没有找到材料"), "{told}");
}

#[test]
fn tags_are_put_on_and_shown_at_the_terminal() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "关于学习的通知\n");
    terminal.write("材料/教育局/1)/关于活动的通知 2017-03-03.txt", "关于活动的通知\n");
    terminal.did("intake 材料 --json");
    let (lines, code) = terminal.json("tag --query 学习 --add 重点 --add 待补");
    assert_eq!((lines.len(), code), (1, 0), "{lines:?}");
    assert_eq!(lines[0]["tags"], serde_json::json!(["待补", "重点"]));
    let id = lines[0]["evidence"].to_string();
    let shown = terminal.did(&format!("show {id}"));
    assert!(shown.contains("标签：待补、重点"), "{shown}");
    let told = terminal.did(&format!("tag {id} --remove 待补"));
    assert_eq!(told.trim(), "1 件材料，1 件的标签有变动。");
    let (found, _) = terminal.json("search 标签:重点");
    assert_eq!((&found[0]["total"], &found[0]["hits"][0]["tags"]), (&1.into(), &serde_json::json!(["重点"])));
    for (line, code) in [("tag 5", 2), ("tag --add 重点", 2), ("tag --query 查无此文 --add 甲", 3)] {
        assert_eq!(terminal.type_(line).code, code, "{line}");
    }
    let refused = terminal.type_(&format!("tag {id} --add {}", "字".repeat(21)));
    assert!(refused.code == 2 && refused.err.contains("1 至 20 个字"), "{}", refused.err);
}
