//! Searching: dirty and traditional text is found, the index heals, follows, and is the same however it was made.

use juanzong::archive::Processing;
use juanzong::domain::actor::Scope;
use juanzong::domain::id::EvidenceId;
use juanzong::review::{self, Decision};
use juanzong::search::{Question, every, search};

use crate::world::World;

const DIRTY: &str = "某市實施方案\n依托各單位開辦的道德講堂,推進志愿服務(wù)活動,關(guān)愛空巢老人,強化督導(dǎo)測評。\n\
    亮化提升！耙圆鸫俳ā保逡磺巴瓿扇1150萬平方米\n";

async fn filled() -> (World, EvidenceId, EvidenceId) {
    let world = World::new().await;
    world.write("来/文明办/1)/实施方案.txt", DIRTY);
    world.write(
        "来/教育局/2)/2017-03-05 道德讲堂 中心广场.txt",
        "活动总结:志愿者到社区看望老人。2017年3月6日",
    );
    let (lines, _) = world.file("来").await;
    world.index().await;
    let of = |name: &str| lines.iter().find(|it| it.path.contains(name)).unwrap().evidence.unwrap();
    let (plan, photo) = (of("实施方案"), of("道德讲堂"));
    (world, plan, photo)
}

#[tokio::test]
async fn simplified_queries_find_traditional_text_with_pinyin_in_it() {
    let (world, plan, photo) = filled().await;
    for typed in ["志愿服务", "空巢老人", "督导", "服務(wù)活動", "关爱空巢"] {
        assert_eq!(world.found(typed).await, [plan], "{typed}");
    }
    assert_eq!(
        world.found("道德讲堂").await,
        [plan, photo].into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    let answer = world.ask("志愿服务").await;
    let snippet = &answer.hits[0].snippet;
    assert_eq!(&snippet.text[snippet.marks[0].clone()], "志愿服務");
    let fold = world.fold().await;
    let reading = fold.readings_of(&fold.evidence[&plan]).next().unwrap().1;
    let doubt =
        reading.findings.iter().find(|it| it.code.as_str() == "W09").expect("garbled spans are flagged");
    assert!(doubt.detail.contains("夹带拼音"), "{}", doubt.detail);
}

#[tokio::test]
async fn filters_resolve_names_codes_and_dates() {
    let (world, plan, photo) = filled().await;
    assert_eq!(world.found("单位:教育局").await, [photo]);
    assert_eq!(world.found("指标:Ⅰ-1").await.len(), 2);
    assert_eq!(world.found("指标:1.1 状态:待审").await, [plan]);
    assert_eq!(world.found("日期:2017-03").await, [photo]);
    assert_eq!(world.found("日期:>=2017-04").await, []);
    assert_eq!(world.found("-单位:市教育局").await, [plan]);
    review::judge(world.archive.ledger(), &world.act(), &[plan], None, &Decision::Accept).await.unwrap();
    world.index().await;
    assert_eq!(world.found("状态:已通过").await, [plan]);
    assert_eq!(world.found("状态:待审").await, [photo]);
    let answer = world.ask("指标:1.1 道德").await;
    assert_eq!(answer.chips.len(), 2);
    assert_eq!(answer.chips[0].without, "道德");
    let own = Scope::Units(["jyj".parse().unwrap()].into());
    let question = Question { typed: "道德讲堂".into(), limit: 10, ..Question::default() };
    let answer = search(&world.archive, &own, &question).await.unwrap();
    assert_eq!((answer.total, answer.hits[0].evidence.id), (1, photo));
    let units = &answer.facets.iter().find(|it| it.field == "unit").unwrap().counts;
    assert_eq!(units.len(), 1, "counts come from what may be seen");
}

#[tokio::test]
async fn rebuild_equals_catch_up_and_a_broken_index_heals() {
    let (world, plan, photo) = filled().await;
    let caught_up = (world.found("老人").await, world.ask("道德讲堂").await.facets);
    Processing::lock(&world.archive).unwrap().unwrap().remake_index(|_, _| ()).await.unwrap();
    assert_eq!((world.found("老人").await, world.ask("道德讲堂").await.facets), caught_up);
    std::fs::write(world.archive.index_folder().join("meta.json"), "broken").unwrap();
    world.index().await;
    assert_eq!(
        world.found("老人").await,
        [plan, photo].into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    std::fs::remove_dir_all(world.archive.index_folder()).unwrap();
    world.index().await;
    assert_eq!(world.found("老人").await.len(), 2);
    world.archive.dispose(&world.act(), plan, "本人要求").await.unwrap();
    world.index().await;
    assert_eq!(world.found("老人").await, [photo], "what was disposed of is not found");
    assert_eq!(world.archive.index().await.unwrap().ids().unwrap(), [photo]);
}

#[tokio::test]
async fn one_process_reads_and_indexes_at_a_time() {
    let (world, ..) = filled().await;
    let held = Processing::lock(&world.archive).unwrap();
    assert!(held.is_some() && Processing::lock(&world.archive).unwrap().is_none());
    drop(held);
    assert!(Processing::lock(&world.archive).unwrap().is_some());
}

#[tokio::test]
async fn what_was_given_to_another_unit_is_not_shown_to_the_first_one_though_it_is_indexed_so() {
    let (world, plan, _) = filled().await;
    let first = Scope::Units(["wmb".parse().unwrap()].into());
    assert_eq!(world.ask_as(&first, "志愿服务").await.hits.len(), 1);
    let other = "jyj".parse().unwrap();
    review::assign(world.archive.ledger(), &world.act(), &[plan], Some(&other), None).await.unwrap();
    assert_eq!(world.ask_as(&first, "志愿服务").await.hits.len(), 0);
    assert_eq!(every(&world.archive, &first, "志愿服务", world.now).await.unwrap().len(), 0);
}
