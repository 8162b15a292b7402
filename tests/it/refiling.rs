//! Refiling: what comes again is known, what went back is pending again, and what meets its twin becomes one with it.

use juanzong::archive::filing::{self, Offering};
use juanzong::domain::evidence::Sighting;
use juanzong::domain::id::EvidenceId;
use juanzong::domain::submission::Filing;
use juanzong::review::{self, Decision};

use crate::world::{World, filings, scheme_id, sent_back};

const NOTICE: &str = "材料/教育局/1)/关于学习的通知 2017-03-01.txt";

#[tokio::test]
async fn a_returned_or_withdrawn_claim_is_pending_again_and_no_other_changes() {
    let withdrawn = Decision::Withdraw { reason: "报错了".into() };
    let cases = [
        (Some(sent_back("缺公章")), "returned", "pending"),
        (Some(withdrawn), "withdrawn", "pending"),
        (Some(Decision::Accept), "accepted", "accepted"),
        (None, "pending", "pending"),
    ];
    for (decision, before, after) in cases {
        let world = World::new().await;
        world.write(NOTICE, "通知");
        let (lines, _) = world.file("材料").await;
        let piece = lines[0].evidence.unwrap();
        if let Some(decision) = &decision {
            world.judge(piece, decision).await;
        }
        assert_eq!(world.standing(piece).await, before);
        let (again, _) = world.file("材料").await;
        assert_eq!((filings(&again), again[0].evidence), (vec![Filing::Known], Some(piece)));
        assert_eq!(world.standing(piece).await, after, "it was {before}");
        let history = world.history(piece).await;
        assert_eq!(history.last().unwrap(), "sighted by clerk", "by an entry");
        assert_eq!(
            history.len(),
            2 + usize::from(decision.is_some()),
            "what was decided stays in the history"
        );
    }
}

#[tokio::test]
async fn a_new_standard_is_one_more_claim_and_leaves_the_others() {
    let world = World::new().await;
    world.write(NOTICE, "通知");
    let (lines, _) = world.file("材料").await;
    let piece = lines[0].evidence.unwrap();
    world.judge(piece, &sent_back("缺公章")).await;
    let offering = Offering {
        paths: vec![world.path("材料")],
        standard: Some((scheme_id(), "1.2".parse().unwrap())),
        ..Offering::default()
    };
    filing::file(&world.archive, &world.act(), &offering, &Default::default(), |_| ()).await.unwrap();
    assert_eq!(claims(&world, piece).await, ["1.1 returned", "1.2 pending"]);
}

#[tokio::test]
async fn who_sends_returned_bytes_again_is_told_why_they_were_returned() {
    let world = World::new().await;
    world.write(NOTICE, "通知").write("U盘/通知.txt", "通知");
    let (lines, _) = world.file("材料").await;
    assert_eq!(lines[0].sent_back, []);
    world.judge(lines[0].evidence.unwrap(), &sent_back("缺公章")).await;
    let told = |lines: &[filing::Line]| {
        lines[0].sent_back.iter().map(|it| it.sentence("Ⅰ-1 1)", false)).collect::<Vec<_>>()
    };
    let unit = Some("jyj".parse().unwrap());
    let offering = Offering { paths: vec![world.path("U盘")], unit, ..Offering::default() };
    let mut lines = vec![];
    filing::file(&world.archive, &world.act(), &offering, &Default::default(), |it| lines.push(it))
        .await
        .unwrap();
    assert_eq!(
        told(&lines),
        ["文件与退回的内容完全相同（Ⅰ-1 1) 退回原因：缺公章）；仍为退回，请改正后报送。"],
        "no standard was said"
    );
    let (sender, rehearsed) = std::sync::mpsc::channel();
    let offering = Offering { paths: vec![world.path("材料")], ..Offering::default() };
    filing::rehearse(&world.archive, &world.act(), &offering, move |it| sender.send(it).unwrap())
        .await
        .unwrap();
    let pending = ["文件与退回的内容完全相同（Ⅰ-1 1) 退回原因：缺公章）；已重新列为待审。"];
    assert_eq!(told(&rehearsed.iter().collect::<Vec<_>>()), pending, "a dry run says it too");
    let (lines, _) = world.file("材料").await;
    assert_eq!(told(&lines), pending);
    let (lines, _) = world.file("材料").await;
    assert_eq!(told(&lines), [""; 0], "it is pending already");
    let fold = world.fold().await;
    let kept = |it: &Sighting| it.sent_back.iter().map(|it| it.reopened).collect::<Vec<_>>();
    let kept: Vec<_> = fold.evidence[&lines[0].evidence.unwrap()].sightings.iter().map(kept).collect();
    assert_eq!(kept, [vec![], vec![false], vec![true], vec![]], "the ledger keeps what was told");
}

async fn claims(world: &World, piece: EvidenceId) -> Vec<String> {
    let fold = world.fold().await;
    let claims = fold.evidence[&piece].claims.iter();
    claims.map(|it| format!("{} {}", it.indicator, it.standing.word())).collect()
}

#[tokio::test]
async fn assigning_what_the_unit_has_already_merges_by_an_entry() {
    let world = World::new().await;
    let known = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
    let stray = world.piece("U盘/新建文件夹/扫描件.txt", "通知").await;
    assert_ne!(known, stray);
    let (unit, on) = ("jyj".parse().unwrap(), (scheme_id(), "1.1".parse().unwrap()));
    let ledger = world.archive.ledger();
    let now = review::assign(ledger, &world.act(), &[stray], Some(&unit), Some(&on)).await.unwrap();
    assert_eq!(now, [known]);
    let fold = world.fold().await;
    assert_eq!((fold.evidence.len(), fold.current(stray).unwrap().id), (1, known));
    let paths: Vec<&str> = fold.evidence[&known].sightings.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths.len(), 2, "{paths:?}");
    assert_eq!(fold.evidence[&known].parts.len(), 1, "the same bytes are one part");
    assert_eq!(world.history(known).await, ["filed by clerk", "absorbed by clerk"]);
    assert_eq!(world.duty("jyj", "lf-wj").await, "pending 0/1+1");
}

#[tokio::test]
async fn merging_with_what_went_back_opens_it_again() {
    let world = World::new().await;
    let known = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
    world.judge(known, &sent_back("缺公章")).await;
    // Filed under a folder of the standard alone, its unit unknown.
    let stray = world.piece("1)/扫描件.txt", "通知").await;
    assert_eq!(claims(&world, stray).await, ["1.1 pending"]);
    let unit = "jyj".parse().unwrap();
    review::assign(world.archive.ledger(), &world.act(), &[stray], Some(&unit), None).await.unwrap();
    assert_eq!(claims(&world, known).await, ["1.1 pending"], "it came again, as when it is filed again");
}

#[tokio::test]
async fn saying_the_standard_again_opens_what_was_withdrawn_and_not_what_was_returned() {
    let on = (scheme_id(), "1.1".parse().unwrap());
    let withdrawn = Decision::Withdraw { reason: String::new() };
    for (back, after) in [(withdrawn, "pending"), (sent_back("缺公章"), "returned")] {
        let world = World::new().await;
        let piece = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
        world.judge(piece, &back).await;
        review::assign(world.archive.ledger(), &world.act(), &[piece], None, Some(&on)).await.unwrap();
        assert_eq!(world.standing(piece).await, after);
    }
}

#[tokio::test]
async fn a_member_of_a_container_is_the_piece_it_was_outside_it() {
    let world = World::new().await;
    let piece = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
    std::fs::create_dir_all(world.path("来/教育局")).unwrap();
    let name = "1)/通知.txt".as_bytes();
    crate::world::zip_of(&world.path("来/教育局/材料.zip"), &[(name, "通知".as_bytes())]);
    for _ in 0..2 {
        let (lines, _) = world.file("来").await;
        assert_eq!(
            (filings(&lines), lines[0].evidence),
            (vec![Filing::Known, Filing::Container], Some(piece))
        );
    }
    assert_eq!(world.fold().await.evidence.len(), 1);
}
