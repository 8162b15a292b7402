//! Around the search: ways to go on while typing, results taken away, searches kept under a name, what is alike.

use juanzong::domain::actor::Scope;
use juanzong::domain::id::{EvidenceId, UnitId};
use juanzong::ledger::event::Edit;
use juanzong::review;
use juanzong::search::similar::{Wanted, answering, like};
use juanzong::search::{every, export};

use crate::web::Visitor;
use crate::world::{World, scheme};

async fn filed() -> (World, [EvidenceId; 3]) {
    let world = World::new().await;
    let notice = world
        .piece("文明办/1)/通知.txt", "吉县创文字〔2017〕2号\n关于成立学雷锋活动领导小组的通知\n成立学雷锋活动领导小组，负责组织领导。\n2017年3月1日\n")
        .await;
    let again = world
        .piece(
            "教育局/乙/情况.txt",
            "学雷锋活动领导小组\n市教育局成立学雷锋活动领导小组，负责组织领导和日常工作。\n2017年3月2日\n",
        )
        .await;
    let other = world.piece("教育局/乙/=1+1.txt", "公益广告实景图片的说明。\n2017年3月3日\n").await;
    world.index().await;
    (world, [notice, again, other])
}

#[tokio::test]
async fn the_last_word_is_completed_and_only_by_what_may_be_seen() {
    let (world, _) = filed().await;
    let own = Scope::Units(["jyj".parse::<UnitId>().unwrap()].into());
    let world = &world;
    let shown = |scope: Scope, typed: &'static str| async move {
        let all = world.suggested(&scope, typed).await;
        all.into_iter().map(|it| format!("{} {}", it.kind, it.typed.trim_end())).collect::<Vec<_>>()
    };
    for (typed, one) in [
        ("教育", "unit 单位:市教育局"),
        // Initials, after a word.
        ("通知 jyj", "unit 通知 单位:市教育局"),
        ("组织领", "indicator 指标:1.1"),
        ("zzld", "indicator 指标:1.1"),
        ("领导小组", "title “关于成立学雷锋活动领导小组的通知”"),
    ] {
        let all = shown(Scope::All, typed).await;
        assert!(all.contains(&one.to_owned()), "{typed}: {all:?}");
    }
    assert_eq!(shown(Scope::All, "文号:吉县").await, ["number 文号:吉县创文字〔2017〕2号"]);
    assert_eq!(shown(Scope::All, "单位:文明").await, ["unit 单位:市文明办"]);
    assert_eq!(shown(Scope::All, "").await, [""; 0]);
    assert_eq!(shown(Scope::All, "（").await, [""; 0]);
    assert_eq!(shown(own, "吉县创文").await, [""; 0], "another unit's number is not told");
}

#[tokio::test]
async fn a_title_is_suggested_so_that_it_is_found() {
    let world = World::new().await;
    for (n, title) in
        ["“双创”工作", "一半”工作", "\"直\"工作", "「全」“部”『都』\"有\"工作"].iter().enumerate()
    {
        let piece = world.piece(&format!("文明办/1)/{n}.txt"), format!("内容{n}\n")).await;
        let edit = Edit { title: Some((*title).to_owned()), ..Edit::default() };
        review::edit(world.archive.ledger(), &world.act(), &[piece], &edit).await.unwrap();
        world.index().await;
        let suggested = world.suggested(&Scope::All, "工作").await;
        let typed = &suggested.iter().find(|it| it.shown == *title).unwrap().typed;
        assert!(world.found(typed).await.contains(&piece), "{typed}");
    }
}

#[tokio::test]
async fn a_page_beyond_the_last_is_the_last_and_json_is_whole() {
    let world = World::new().await;
    for n in 0..23 {
        world.piece(&format!("文明办/1)/通知{n}.txt"), format!("关于空巢老人的通知第{n}号\n")).await;
    }
    world.index().await;
    let visitor = Visitor::of(&world);
    let page = visitor.get("/search?q=%E7%A9%BA%E5%B7%A2&offset=4000").await.text();
    assert!(page.contains("21–23 / 23"), "{page}");
    let whole = visitor.get("/search.json?q=%E7%A9%BA%E5%B7%A2").await;
    let whole: serde_json::Value = serde_json::from_slice(&whole.bytes).unwrap();
    assert_eq!((whole["total"].as_u64(), whole["pieces"].as_array().unwrap().len()), (Some(23), 23));
}

#[tokio::test]
async fn a_result_is_taken_away_whole_and_computes_nothing() {
    let (world, _) = filed().await;
    let fold = world.fold().await;
    let pieces = every(&world.archive, &Scope::All, "", world.now).await.unwrap();
    assert_eq!(pieces.len(), 3);
    let csv = String::from_utf8(export::csv(&fold, &pieces).unwrap()).unwrap();
    let mut rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().any(|it| &it[1] == "'=1+1"), "a formula is none: {rows:?}");
    assert!(rows.iter().any(|it| &it[4] == "吉县创文字〔2017〕2号"));
    world.write("表.xlsx", export::xlsx(&fold, &pieces).unwrap());
    let file = std::fs::File::open(world.path("表.xlsx")).unwrap();
    let keeper = crate::world::keeper();
    let read =
        juanzong::extract::extract(&keeper, &file, "表.xlsx", juanzong::extract::budget(1 << 20)).unwrap();
    assert!(read.text.contains("=1+1") && read.text.contains("吉县创文字〔2017〕2号"), "{}", read.text);
    let near = every(&world.archive, &Scope::All, "“公益广告”", world.now).await.unwrap();
    assert_eq!(near.len(), 1);
}

#[tokio::test]
async fn a_search_is_kept_under_a_name_until_it_is_forgotten() {
    let (world, _) = filed().await;
    let ledger = world.archive.ledger();
    let search = |name: &str, query: &str| juanzong::ledger::SavedSearch {
        name: name.into(),
        query: query.into(),
        sort: String::new(),
        by: "clerk".into(),
    };
    for (name, query) in [("待审", "状态:待审"), (" 待审 ", "状态:待审 单位:教育局"), ("疑点", "问题:有")]
    {
        ledger.save_search(world.now, &search(name, query)).await.unwrap();
    }
    for (name, query) in [("", "甲"), ("两\n行", "甲"), ("名", " ")] {
        assert!(ledger.save_search(world.now, &search(name, query)).await.is_err(), "{name:?} {query:?}");
    }
    ledger.refold().await.unwrap();
    let kept: Vec<(String, String)> =
        ledger.saved_searches().await.unwrap().into_iter().map(|it| (it.name, it.query)).collect();
    assert_eq!(
        kept,
        [("待审".into(), "状态:待审 单位:教育局".to_owned()), ("疑点".into(), "问题:有".into())]
    );
    assert!(ledger.forget_search("待审").await.unwrap() && !ledger.forget_search("待审").await.unwrap());
}

#[tokio::test]
async fn what_is_alike_is_offered_and_so_is_what_may_answer_a_duty() {
    let (world, [notice, again, other]) = filed().await;
    let fold = world.fold().await;
    let alike = like(&world.archive, &Scope::All, &fold.evidence[&notice], 5).await.unwrap();
    assert_eq!(alike.first().map(|it| it.id), Some(again));
    assert!(alike.iter().all(|it| it.id != notice));

    let scheme = scheme();
    let indicator = "1.1".parse().unwrap();
    let mut requirement = scheme.indicator(&indicator).unwrap().requirements[0].clone();
    requirement.kinds.clear();
    let units: Vec<UnitId> = vec!["jyj".parse().unwrap(), "wmb".parse().unwrap()];
    let wanted = Wanted { scheme: &scheme, indicator: &indicator, requirement: &requirement, units: &units };
    let found = answering(&world.archive, &Scope::All, wanted, 5).await.unwrap();
    let ids: Vec<EvidenceId> = found.iter().map(|it| it.id).collect();
    assert_eq!(ids.first(), Some(&again), "what proves it already is not offered: {ids:?}");
    assert!(!ids.contains(&notice) && ids.len() <= 2 && ids.iter().all(|it| [again, other].contains(it)));
}
