//! Knowing what a document is, and saying what is wrong with it: papers as offices write them, through the whole way.
#![cfg(target_os = "linux")]

use juanzong::domain::evidence::{DateKind, KindSource, Provenance};
use juanzong::domain::finding::Code;
use juanzong::domain::id::EvidenceId;
use juanzong::findings;
use juanzong::ledger::event::Edit;
use juanzong::review;

use crate::world::World;

const ORDER: &str = "机密★1年\n示例市教育局文件\n示教【2016】第08号\n关于开展2017年学雷锋\n志愿服务活动的通知\n各学校：\n\
    现将有关事项通知如下，由XXX负责落实。\n附件：1.责任分解表\n2.联络员名册\n示例市教育局\n二〇一七年三月廿五日\n";

const CLIPPING: &str = "示例日报  2017年3月6日  第3版\n雷锋精神在校园\n本报讯（本报记者 甲某 通讯员 乙某）昨日，学生走上街头。\n";

/// As a template site leaves it: turned traditional, the pronunciation behind the characters, nothing filled in.
const TEMPLATE: &str = "201*年創(chuàng)建文明城市工作方案\n成立XXX醫(yī)院領導小組，組長：XXX，成員：……\n\
    來源:網(wǎng)絡(luò)整理 免責(zé)聲明:本文僅限學(xué)習(xí)分享，僅供參考。\n";

fn png() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/dot.png")).unwrap()
}

fn photo() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/photo.jpg")).unwrap()
}

/// What is amiss with a piece by itself, as code and particulars.
async fn told(world: &World, id: EvidenceId) -> Vec<String> {
    let fold = world.fold().await;
    let all = findings::of(&fold, &fold.evidence[&id]);
    all.iter().map(|it| format!("{:?} {}", it.code, it.detail)).collect()
}

#[tokio::test]
async fn an_order_is_known_by_its_number_and_told_what_is_wrong_with_it() {
    let world = World::new().await;
    let id = world.piece("市教育局/Ⅰ-1/1)组织领导/扫描001.txt", ORDER).await;
    world.read().await;
    let fold = world.fold().await;
    let piece = &fold.evidence[&id];
    let facts = &fold.readings_of(piece).next().unwrap().1.facts;
    assert_eq!((piece.kind.as_str(), piece.kind_source), ("policy", KindSource::Content));
    assert_eq!(fold.reason_of_kind(piece), Some("有文号 示教〔2016〕8号，题名以“通知”结尾"));
    assert_eq!(facts.title.as_deref(), Some("关于开展2017年学雷锋志愿服务活动的通知"));
    assert_eq!(facts.issuer.as_deref(), Some("示例市教育局"));
    assert_eq!(
        told(&world, id).await,
        [
            "W01 示教【2016】第08号",
            "W02 示教〔2016〕8号，成文 2017-03-25",
            "W11 责任分解表、联络员名册",
            "W14 机密★1年",
            "W30 “XXX” 1 处",
        ]
    );
    world.piece("市教育局/Ⅰ-1/1)组织领导/附件1责任分解表.txt", "单位 任务").await;
    assert!(told(&world, id).await.contains(&"W11 联络员名册".to_owned()));
    assert_eq!(world.duty("jyj", "lf-wj").await, "pending 0/1+1", "it counts as what it is");
}

#[tokio::test]
async fn what_a_person_says_of_the_kind_is_above_the_content() {
    let world = World::new().await;
    let id = world.piece("市教育局/Ⅰ-1/1)组织领导/001.txt", ORDER).await;
    let named = world.piece("市教育局/Ⅰ-1/1)组织领导/活动总结.txt", format!("{ORDER}\n")).await;
    world.read().await;
    let edit = Edit { kind: Some("meeting".parse().unwrap()), ..Edit::default() };
    review::edit(world.archive.ledger(), &world.act(), &[id], &edit).await.unwrap();
    let fold = world.fold().await;
    let kind = |id: EvidenceId| (fold.evidence[&id].kind.as_str(), fold.evidence[&id].kind_source);
    assert_eq!((kind(id), kind(named)), (("meeting", KindSource::Said), ("report", KindSource::Name)));
    assert_eq!(fold.reason_of_kind(&fold.evidence[&id]), None);
}

#[tokio::test]
async fn a_clipping_counts_by_its_day_of_publication() {
    let world = World::new().await;
    let id = world.piece("市文明办/Ⅰ-1/1)组织领导/001.txt", CLIPPING).await;
    world.read().await;
    let fold = world.fold().await;
    let facts = &fold.readings_of(&fold.evidence[&id]).next().unwrap().1.facts;
    let fields = &facts.publication.as_ref().unwrap().fields;
    let field = |name: &str| fields[name].as_str();
    assert_eq!((field("报纸"), field("版次"), field("记者")), ("示例日报", "第3版", "甲某"));
    assert_eq!(facts.title.as_deref(), Some("雷锋精神在校园"));
    assert!(
        facts
            .dates
            .iter()
            .any(|it| it.kind == DateKind::Publication && it.provenance == Provenance::Document)
    );
    assert_eq!(world.duty("wmb", "lf-bd").await, "partial 0/7+1");
}

#[tokio::test]
async fn a_template_that_nobody_filled_in_is_told() {
    let world = World::new().await;
    let id = world.piece("市人民医院/001.txt", TEMPLATE).await;
    world.read().await;
    let told = told(&world, id).await;
    let of = |code: &str| told.iter().find(|it| it.starts_with(code)).map(String::as_str).unwrap_or_default();
    assert_eq!(of("W30"), "W30 “201*” 1 处、“XXX” 2 处、“：……” 1 处");
    assert_eq!(of("W32"), "W32 网络整理、仅供参考、免责声明");
    assert!(of("W09").contains("夹带拼音"), "{told:?}");
}

#[tokio::test]
async fn personal_data_is_counted_and_never_told() {
    let world = World::new().await;
    // The example of GB 11643-1999 and a number that nobody has.
    let text = "推荐表\n甲某 11010519491231002X 电话 13800000000\n";
    let id = world.piece("市人民医院/3)身边好人/001.txt", text).await;
    world.read().await;
    let told = told(&world, id).await;
    assert_eq!(told, ["W13 身份证号 1 个，如 1101************2X；手机号 1 个，如 138******00"]);
}

#[tokio::test]
async fn a_photo_says_when_it_was_taken_or_is_asked() {
    let world = World::new().await;
    let old = world.piece("市教育局/Ⅰ-1/2)主题活动/2016-03-01 活动.jpg", photo()).await;
    let bare = world.piece("市教育局/Ⅰ-1/2)主题活动/活动(1).png", png()).await;
    world.read().await;
    assert_eq!(told(&world, old).await, ["W05 拍摄 2017-03-15，文件名 2016-03-01"]);
    let codes = |told: Vec<String>| told.iter().map(|it| it[..3].to_owned()).collect::<Vec<_>>();
    assert_eq!(codes(told(&world, bare).await), ["W06", "I02", "I03"]);
    let caption = [("时间".to_owned(), "2017年3月15日".to_owned())].into();
    let edit = Edit { caption, ..Edit::default() };
    review::edit(world.archive.ledger(), &world.act(), &[old, bare], &edit).await.unwrap();
    assert_eq!(told(&world, old).await, Vec::<String>::new(), "the caption agrees with the camera");
    assert_eq!(codes(told(&world, bare).await), ["W06", "I03"]);
    let fold = world.fold().await;
    let dates = fold.dates_of(&fold.evidence[&bare]);
    assert!(dates.iter().any(|it| it.kind == DateKind::Activity && it.provenance == Provenance::Caption));
}

#[tokio::test]
async fn a_plain_report_has_nothing_wrong_with_it() {
    let world = World::new().await;
    let text = "2017年学雷锋活动总结\n三月以来，全市各学校组织志愿服务二十次，参加学生一千二百人。\n示例市教育局\n2017年3月30日\n";
    let id = world.piece("市教育局/Ⅰ-1/1)组织领导/活动总结.txt", text).await;
    world.read().await;
    assert_eq!(told(&world, id).await, Vec::<String>::new());
    let codes: Vec<Code> = world.completeness().await.amiss.iter().map(|it| it.finding.code).collect();
    assert_eq!(codes, [Code::E06], "a report is not the order that is asked");
}
