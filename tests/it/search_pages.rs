//! Around the search: ways to go on while typing, results taken away, searches kept under a name, what is alike.

use juanzong::domain::actor::Scope;
use juanzong::domain::id::{EvidenceId, UnitId};
use juanzong::search::similar::{Wanted, answering, like};
use juanzong::search::suggest::suggest;
use juanzong::search::{every, export};

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
    let fold = world.fold().await;
    let shown = |scope: &Scope, typed: &str| -> Vec<String> {
        suggest(&fold, scope, typed)
            .into_iter()
            .map(|it| format!("{} {}", it.kind, it.typed.trim_end()))
            .collect()
    };
    assert!(shown(&Scope::All, "教育").contains(&"unit 单位:市教育局".to_owned()));
    assert!(
        shown(&Scope::All, "通知 jyj").contains(&"unit 通知 单位:市教育局".to_owned()),
        "initials, after a word"
    );
    assert!(shown(&Scope::All, "组织领").contains(&"indicator 指标:1.1".to_owned()));
    assert!(shown(&Scope::All, "zzld").contains(&"indicator 指标:1.1".to_owned()));
    assert_eq!(shown(&Scope::All, "文号:吉县"), ["number 文号:吉县创文字〔2017〕2号"]);
    assert_eq!(shown(&Scope::All, "单位:文明"), ["unit 单位:市文明办"]);
    assert_eq!(shown(&Scope::All, ""), [""; 0]);
    assert_eq!(shown(&Scope::All, "（"), [""; 0]);
    let own: UnitId = "jyj".parse().unwrap();
    assert_eq!(shown(&Scope::Units([own].into()), "吉县创文"), [""; 0], "another unit's number is not told");
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
