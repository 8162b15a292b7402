//! Findings: told in one place, decided on by people, and what is undecided stays out of what is handed over.

use juanzong::domain::actor::Scope;
use juanzong::domain::finding::Code;
use juanzong::domain::id::EvidenceId;
use juanzong::dossier::manifest::Manifest;
use juanzong::dossier::plan::{Handover, Selection, plan};
use juanzong::error::{Kind, Result};
use juanzong::findings;
use juanzong::review::{Rule, rule};

use crate::server::Server;
use crate::world::{World, scheme_id, sent_back};

/// Shifted by half a character, as texts of template sites are.
const GARBLED: &str = "关于开展志愿服务的通知\n亮化提升！耙圆鸫俳ā保逡磺巴瓿扇1150万平方米\n";

/// A number whose check digit is right (GB 11643), of nobody: the district code is not given out.
const PERSONAL: &str = "关于慰问的通知\n慰问对象王某,身份证号 11010119900307977X,电话请联系社区。\n";

async fn decide(world: &World, id: EvidenceId, code: Code, fit: Option<bool>, reason: &str) -> Result<()> {
    let decision = Rule { code, fit, reason: reason.into() };
    let fold = world.fold().await;
    rule(world.archive.ledger(), &world.act(), &fold, &[id], &decision).await
}

async fn handed_over(world: &World) -> Manifest {
    let handover = Handover {
        organization: "创建办".into(),
        made_by: "clerk".into(),
        made_at: world.now,
        scope: Scope::All,
    };
    let fold = world.fold().await;
    plan(&world.archive, &fold, &scheme_id(), &Selection::Whole, &handover).unwrap()
}

async fn open(world: &World, id: EvidenceId) -> Vec<&'static str> {
    let fold = world.fold().await;
    let told = findings::told(&fold, &fold.evidence[&id]);
    told.iter().filter(|it| it.is_open()).map(|it| it.finding.code.as_str()).collect()
}

#[tokio::test]
async fn a_finding_is_cleared_or_withheld_and_opened_again() {
    let world = World::new().await;
    let id = world.piece("文明办/1)/通知 2017-03-01.txt", GARBLED).await;
    world.index().await;
    assert!(open(&world, id).await.contains(&"W09"));
    assert_eq!(world.found("问题:W09").await, [id]);
    assert_eq!(world.found("问题:乱码").await, [id]);
    assert_eq!(
        handed_over(&world).await.pieces.len(),
        1,
        "what is doubtful is handed over, and said to be so"
    );

    decide(&world, id, Code::W09, Some(false), "请补原件").await.unwrap();
    let manifest = handed_over(&world).await;
    assert_eq!((manifest.pieces.len(), manifest.withheld.len()), (0, 1));
    assert!(manifest.withheld[0].why.contains("请补原件"), "{}", manifest.withheld[0].why);

    decide(&world, id, Code::W09, Some(true), "不影响阅读").await.unwrap();
    world.index().await;
    let manifest = handed_over(&world).await;
    assert_eq!(manifest.pieces.len(), 1);
    assert!(manifest.findings.iter().all(|it| it.code != Code::W09), "what was cleared is no doubt any more");
    assert_eq!(world.found("问题:W09").await, []);

    decide(&world, id, Code::W09, None, "").await.unwrap();
    assert!(open(&world, id).await.contains(&"W09"));
    assert_eq!(world.history(id).await.iter().filter(|it| *it == "ruled by clerk").count(), 3);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_decided_on() {
    let world = World::new().await;
    let id = world.piece("文明办/1)/通知 2017-03-01.txt", "关于学习的通知").await;
    world.read().await;
    for (code, fit, reason, kind) in [
        (Code::W09, Some(true), "看过", Kind::Conflict),
        (Code::W09, None, "", Kind::Conflict),
        (Code::W09, Some(true), "  ", Kind::Invalid),
    ] {
        let refused = decide(&world, id, code, fit, reason).await.unwrap_err();
        assert_eq!(refused.kind(), kind, "{refused}");
    }
    assert_eq!(world.history(id).await, ["filed by clerk", "read by juanzong"]);
}

#[tokio::test]
async fn personal_data_stays_out_until_somebody_decides() {
    let world = World::new().await;
    let id = world.piece("文明办/1)/慰问通知 2017-03-01.txt", PERSONAL).await;
    world.read().await;
    let manifest = handed_over(&world).await;
    assert_eq!(manifest.pieces.len(), 0);
    let held = &manifest.withheld[0];
    assert!(held.why.starts_with("W13") && !held.title.contains("慰问"), "{held:?}");
    let json = String::from_utf8(manifest.json().unwrap()).unwrap();
    assert!(!json.contains("11010119900307977X") && !json.contains("1990"), "{json}");

    decide(&world, id, Code::W13, Some(true), "已征得本人同意").await.unwrap();
    assert_eq!(handed_over(&world).await.pieces.len(), 1);
}

#[tokio::test]
async fn what_is_held_back_is_not_told_by_its_title_when_it_was_sent_back_too() {
    let world = World::new().await;
    let id = world.piece("文明办/1)/王某慰问通知 2017-03-01.txt", PERSONAL).await;
    world.read().await;
    world.judge(id, &sent_back("请脱敏")).await;
    let manifest = handed_over(&world).await;
    assert_eq!((manifest.pieces.len(), manifest.withheld.len()), (0, 1));
    assert!(!manifest.withheld[0].title.contains("王某"), "{}", manifest.withheld[0].title);
    assert!(manifest.withheld[0].why.contains("请脱敏"));
}

#[tokio::test]
async fn a_ruling_holds_for_what_it_was_made_on() {
    let world = World::new().await;
    let id = world.piece("文明办/1)/慰问通知 2017-03-01.txt", PERSONAL).await;
    world.read().await;
    decide(&world, id, Code::W13, Some(true), "已征得本人同意").await.unwrap();
    let more = format!("{PERSONAL}另有李某,身份证号 110101199003079796,电话 13800138000。");
    let other = world.piece("文明办/1)/慰问名单 2017-03-02.txt", more).await;
    world.read().await;
    juanzong::review::join(world.archive.ledger(), &world.act(), &[id, other]).await.unwrap();
    assert!(open(&world, id).await.contains(&"W13"), "what was found since is decided anew");
    assert_eq!(handed_over(&world).await.pieces.len(), 0);
}

#[tokio::test]
async fn what_nobody_has_read_yet_is_not_handed_over() {
    let world = World::new().await;
    world.piece("文明办/1)/通知 2017-03-01.txt", "关于学习的通知").await;
    let manifest = handed_over(&world).await;
    assert_eq!((manifest.pieces.len(), manifest.withheld.len()), (0, 1));
    assert!(manifest.withheld[0].why.contains("尚未读取"), "{}", manifest.withheld[0].why);
    world.read().await;
    assert_eq!(handed_over(&world).await.pieces.len(), 1);
}

#[tokio::test]
async fn what_was_withheld_stays_out_whatever_is_joined_to_it() {
    for first in [true, false] {
        let world = World::new().await;
        let held = world.piece("文明办/1)/通知 2017-03-01.txt", GARBLED).await;
        let other = world.piece("文明办/1)/通知 2017-03-02.txt", format!("{GARBLED}又一份。\n")).await;
        world.read().await;
        decide(&world, held, Code::W09, Some(false), "请补原件").await.unwrap();
        decide(&world, other, Code::W09, Some(true), "不影响阅读").await.unwrap();
        let order = if first { [held, other] } else { [other, held] };
        juanzong::review::join(world.archive.ledger(), &world.act(), &order).await.unwrap();
        assert_eq!(handed_over(&world).await.pieces.len(), 0, "{first}");
        decide(&world, order[0], Code::W09, None, "").await.unwrap();
        assert_eq!(handed_over(&world).await.pieces.len(), 1, "{first}");
    }
}

#[tokio::test]
async fn names_and_captions_give_nothing_away() {
    let world = World::new().await;
    for name in ["慰问对象11010119900307977X", "【机密】实施方案", "机密★1年 通知", "联系人138001380００"]
    {
        let id = world.piece(&format!("文明办/1)/{name}.txt"), format!("关于学习的通知{name:?}的正文")).await;
        world.read().await;
        let fold = world.fold().await;
        assert!(findings::hold(&fold, &fold.evidence[&id]).is_some(), "{name}");
    }
    for name in ["微信图片_20261018103012345", "保守国家秘密宣传", "mmexport1697012345678"] {
        let id = world.piece(&format!("文明办/1)/{name}.txt"), format!("关于{}的通知", name.len())).await;
        world.read().await;
        let fold = world.fold().await;
        assert_eq!(findings::hold(&fold, &fold.evidence[&id]), None, "{name}");
    }
}

#[tokio::test]
async fn a_dossier_of_the_past_holds_nothing_that_is_kept_back_by_now() {
    let mut world = World::new().await;
    let id = world.piece("文明办/1)/通知 2017-03-01.txt", GARBLED).await;
    world.read().await;
    let path = format!("/s/{}/dossier.zip?whole=1&at={}", scheme_id(), world.now);
    let server = Server::start(&world.root());
    assert!(server.get(&path).starts_with("HTTP/1.1 200"));
    world.on("2017-04-20");
    decide(&world, id, Code::W09, Some(false), "请补原件").await.unwrap();
    let refused = server.get(&path);
    assert!(refused.starts_with("HTTP/1.1 409") && refused.contains(&format!("#{id}")), "{refused}");
    drop(server);
    let restarted = Server::start(&world.root());
    assert!(restarted.get(&path).starts_with("HTTP/1.1 409"));
}

#[tokio::test]
async fn an_archive_that_was_filed_unopened_says_so_wherever_it_is_looked_at() {
    let world = World::new().await;
    let torn = b"7z\xbc\xaf\x27\x1c\0\x04torn off here, as a broken upload leaves it".to_vec();
    let id = world.piece("文明办/1)/材料.7z", torn).await;
    world.index().await;
    assert!(open(&world, id).await.contains(&"E12"), "{:?}", open(&world, id).await);
    assert_eq!(world.found("问题:E12").await, [id]);
}

#[tokio::test]
async fn a_dossier_names_who_issued_a_paper_as_the_paper_does() {
    let world = World::new().await;
    let letter = "关于开展志愿服务的通知\n各学校:\n请认真组织。\n\n示例市精神文明建设委员会\n2017年3月1日\n";
    let id = world.piece("文明办/1)/规范文件/通知 2017-03-01.txt", letter).await;
    world.index().await;
    assert_eq!(handed_over(&world).await.pieces[0].author(), "示例市精神文明建设委员会");
    let edit = juanzong::ledger::event::Edit { issuer: Some("市文明办".into()), ..Default::default() };
    juanzong::review::edit(world.archive.ledger(), &world.act(), &[id], &edit).await.unwrap();
    assert_eq!(handed_over(&world).await.pieces[0].author(), "市文明办", "what a person says is above it");
}
