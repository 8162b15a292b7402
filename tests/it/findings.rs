//! Findings: told in one place, decided on by people, and what is undecided stays out of what is handed over.

use juanzong::domain::actor::Scope;
use juanzong::domain::finding::Code;
use juanzong::domain::id::EvidenceId;
use juanzong::dossier::manifest::Manifest;
use juanzong::dossier::plan::{Handover, Selection, plan};
use juanzong::error::{Kind, Result};
use juanzong::findings;
use juanzong::review::{Rule, rule};

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
