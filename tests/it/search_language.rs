//! The query language on real pieces: fields, either, groups, one wrong character, numbers in wild spellings, the ladder.

use juanzong::domain::evidence::{DateKind, Dated, Provenance};
use juanzong::domain::id::EvidenceId;
use juanzong::ledger::event::Edit;
use juanzong::review;

use crate::world::World;

/// A notice with a number, a photo with a caption, a long report.
async fn filed() -> (World, [EvidenceId; 3]) {
    let world = World::new().await;
    let notice = world
        .piece(
            "文明办/1)/关于开展道德讲堂活动的通知.txt",
            "吉县创文字〔2017〕2号\n关于开展道德讲堂活动的通知\n各单位:请认真组织。\n2017年3月1日\n",
        )
        .await;
    let photo =
        world.piece("教育局/2)/IMG_2017.jpg", include_bytes!("../../fixtures/documents/photo.jpg")).await;
    let report = world
        .piece(
            "教育局/2)/总结.txt",
            format!("志愿服务活动总结\n{}\n2017年3月9日\n", "关爱空巢老人。".repeat(900)),
        )
        .await;
    let caption = [("地点", "中心广场"), ("摄影者", "何秀兰"), ("人物", "志愿者")];
    let day = jiff::civil::date(2017, 3, 5);
    let edit = Edit {
        caption: caption.into_iter().map(|(field, text)| (field.to_owned(), text.to_owned())).collect(),
        dates: vec![Dated { kind: DateKind::Activity, from: day, to: day, provenance: Provenance::Person }],
        ..Edit::default()
    };
    review::edit(world.archive.ledger(), &world.act(), &[photo], &edit).await.unwrap();
    world.index().await;
    (world, [notice, photo, report])
}

#[tokio::test]
async fn a_field_is_looked_in_alone() {
    let (world, [notice, photo, report]) = filed().await;
    for (typed, expected) in [
        ("标题:道德讲堂", vec![notice]),
        ("标题:认真组织", vec![]),
        ("正文:认真组织", vec![notice]),
        ("正文:中心广场", vec![]),
        ("图说:中心广场", vec![photo]),
        ("ts:中心广场", vec![photo]),
        ("摄影:何秀兰", vec![photo]),
        ("图说:何秀兰", vec![]),
        ("文件名:IMG_2017", vec![photo]),
        ("格式:jpg", vec![photo]),
        ("格式:图片,word", vec![photo]),
        ("格式:txt", vec![notice, report]),
        ("大小:>10k", vec![report]),
        ("大小:<1k 格式:txt", vec![notice]),
        ("来源:教育局", vec![photo, report]),
        ("来源:clerk 类型:照片", vec![photo]),
        ("-格式:txt", vec![photo]),
        ("问题:有 文号:吉县", vec![]),
        ("没有这个字段:志愿", vec![]),
    ] {
        assert_eq!(world.found(typed).await, expected, "{typed}");
    }
}

#[tokio::test]
async fn either_of_two_and_groups() {
    let (world, [notice, photo, report]) = filed().await;
    for (typed, expected) in [
        ("道德讲堂 | 空巢老人", vec![notice, report]),
        ("(道德讲堂 或 空巢老人) -总结", vec![notice]),
        ("（中心广场｜总结） 单位:教育局", vec![photo, report]),
        ("单位:文明办 | 格式:jpg", vec![notice, photo]),
        ("单位:文明办,教育局 -(道德讲堂 | 总结)", vec![photo]),
        ("-(-总结)", vec![report]),
        ("(总结", vec![report]),
    ] {
        assert_eq!(world.found(typed).await, expected, "{typed}");
    }
}

#[tokio::test]
async fn a_document_number_is_found_in_every_spelling() {
    let (world, [notice, ..]) = filed().await;
    for typed in [
        "吉县创文字〔2017〕2号",
        "吉县创文字[2017]2号",
        "吉县创文字【2017】第2号",
        "吉县创文字（2017）02号",
        "吉县创文字20172号",
        "文号:吉县创文字(2017)02号",
        "wh:吉县创文字",
        "吉县创文字 2017",
    ] {
        assert_eq!(world.ask(typed).await.hits.first().map(|it| it.evidence.id), Some(notice), "{typed}");
        assert_eq!(world.found(typed).await, [notice], "{typed}");
    }
    for typed in ["2号", "〔2017〕", "文号:2017"] {
        assert!(world.found(typed).await.contains(&notice), "{typed}");
    }
}

#[tokio::test]
async fn one_wrong_character_is_forgiven_where_that_is_said() {
    let (world, [_, _, report]) = filed().await;
    assert_eq!(world.found("\"关爱空朝老人\"").await, []);
    for typed in ["~\"关爱空朝老人\"", "～“关爱空巢老入”", "~“爱空巢老人。关受空巢”", "~《关爱空巢老人》"]
    {
        assert_eq!(world.found(typed).await, [report], "{typed}");
    }
    assert_eq!(world.found("~“关受空朝老人”").await, [], "two are too many");
}

#[tokio::test]
async fn signs_with_nothing_behind_them_ask_for_nothing() {
    let (world, [notice, photo, report]) = filed().await;
    for typed in ["--", "-\"", "-。", "-“”", "大小:<0", "大小:5k..1k", "(-、)"] {
        assert_eq!(world.found(typed).await, [], "{typed}");
    }
    assert_eq!(world.found("-。 -道德讲堂").await, [photo, report]);
    assert_eq!(world.found("道德讲堂 -、").await, [notice]);
}

#[tokio::test]
async fn what_is_near_follows_what_is_as_asked() {
    let (world, [notice, _, report]) = filed().await;
    let answer = world.ask("志愿服务总结").await;
    let shown: Vec<(EvidenceId, bool)> = answer.hits.iter().map(|it| (it.evidence.id, it.near)).collect();
    assert_eq!((answer.total, shown.first()), (0, Some(&(report, true))), "nothing holds just this");
    let answer = world.ask("活动总结").await;
    let shown: Vec<(EvidenceId, bool)> = answer.hits.iter().map(|it| (it.evidence.id, it.near)).collect();
    assert_eq!(shown, [(report, false), (notice, true)]);
    assert_eq!((answer.total, answer.near), (1, 1));
    let kinds = answer.facets.iter().find(|it| it.field == "format").unwrap();
    assert_eq!(kinds.counts, [("txt".to_owned(), 2)], "counts are of all that is listed");
    assert_eq!(world.ask("“活动总结”").await.near, 0, "what is quoted is meant as it stands");
}

#[tokio::test]
async fn days_are_counted_from_today() {
    let (mut world, [notice, photo, report]) = filed().await;
    world.on("2017-03-20");
    assert_eq!(world.found("日期:近15天").await, [report]);
    assert_eq!(world.found("日期:本月").await, [notice, photo, report]);
    assert_eq!(world.found("日期:上半年").await, [notice, photo, report]);
    assert_eq!(world.found("日期:去年").await, []);
    assert_eq!(world.found("日期:昨儿").await, [], "a day that is none is text");
}
