//! Review: what is decided, who may decide it, what the history says, and that a refused act leaves nothing.

use std::sync::Arc;

use jiff::civil::date;
use juanzong::domain::actor::{Act, Scope};
use juanzong::domain::duty::DutyStanding;
use juanzong::domain::evidence::{DateKind, Dated, KindSource, Provenance, Role, Standing};
use juanzong::domain::id::{EvidenceId, UnitId};
use juanzong::domain::submission::Head;
use juanzong::error::{Kind, Result};
use juanzong::ledger::event::{Edit, Event};
use juanzong::ledger::fold::Fold;
use juanzong::review::{self, Decision, Duties, On};

use crate::world::{World, scheme_id, sent_back};

fn id(unit: &str) -> UnitId {
    unit.parse().unwrap()
}

fn on(indicator: &str) -> On {
    (scheme_id(), indicator.parse().unwrap())
}

fn duties(unit: &str, requirement: &str, period: Option<&str>) -> Duties {
    let period = period.map(str::to_owned);
    Duties { scheme: scheme_id(), requirement: requirement.parse().unwrap(), unit: id(unit), period }
}

/// Someone of a unit, who sees only it.
fn liaison(world: &World, unit: &str) -> Act {
    Act {
        unit: Some(id(unit)),
        scope: Scope::Units([id(unit)].into()),
        ..Act::of(format!("{unit}联络员"), world.now)
    }
}

#[tokio::test]
async fn the_history_says_who_did_what_when() {
    let mut world = World::new().await;
    let piece = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
    let steps = [
        ("主任", Decision::Return { reason: " 缺公章 ".into(), deadline: Some(date(2017, 4, 20)) }),
        ("联络员", Decision::Reopen),
        ("主任", Decision::Accept),
        ("主任", Decision::Reopen),
        ("联络员", Decision::Withdraw { reason: "另报".into() }),
    ];
    for (n, (actor, decision)) in (2..).zip(&steps) {
        world.on(&format!("2017-04-0{n}"));
        let act = Act::of(*actor, world.now);
        review::judge(world.archive.ledger(), &act, &[piece], None, decision).await.unwrap();
    }
    let history = world.archive.ledger().history(piece).await.unwrap();
    let shown: Vec<String> = history
        .iter()
        .map(|it| {
            let day = it.at.strftime("%m-%d");
            let standing = match &it.event {
                Some(Event::Judged { standing, .. }) => standing.word(),
                _ => "",
            };
            format!("{day} {} {} {standing}", it.actor, it.verb)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "04-01 clerk filed ",
            "04-02 主任 judged returned",
            "04-03 联络员 judged pending",
            "04-04 主任 judged accepted",
            "04-05 主任 judged pending",
            "04-06 联络员 judged withdrawn",
        ]
    );
    let Some(Event::Judged { standing: Standing::Returned { reason, deadline }, .. }) = &history[1].event
    else {
        panic!("{:?}", history[1])
    };
    assert_eq!((reason.as_str(), *deadline), ("缺公章", Some(date(2017, 4, 20))));
    assert!(history.windows(2).all(|it| it[0].id < it[1].id));
}

#[tokio::test]
async fn all_or_none_of_several_are_decided() {
    let world = World::new().await;
    let a = world.piece("教育局/1)/通知 2017-03-01.txt", "a").await;
    let b = world.piece("教育局/1)/通知 2017-03-02.txt", "b").await;
    world.judge(b, &Decision::Accept).await;
    let ledger = world.archive.ledger();
    let refused = review::judge(ledger, &world.act(), &[a, b], None, &Decision::Accept).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "one of them is accepted already");
    assert_eq!(world.standing(a).await, "pending");
    let judged = review::judge(ledger, &world.act(), &[a, b], None, &sent_back("重报")).await.unwrap();
    assert_eq!(judged, [(a, on("1.1")), (b, on("1.1"))]);
}

#[tokio::test]
async fn pieces_are_joined_split_assigned_and_corrected_by_entries() {
    let world = World::new().await;
    let ledger = world.archive.ledger();
    let act = world.act();
    let mut pages = Vec::new();
    for n in 1..=3 {
        pages.push(world.piece(&format!("文明办/1)/剪报/2017-03-05 第{n}版.jpg"), [n]).await);
    }
    let whole = review::join(ledger, &act, &pages).await.unwrap();
    let roles: Vec<Role> = world.fold().await.evidence[&whole].parts.iter().map(|it| it.role).collect();
    assert_eq!((whole, roles), (pages[0], vec![Role::Page; 3]));
    assert_eq!(world.fold().await.current(pages[2]).unwrap().id, whole, "old numbers lead to it");
    world.judge(whole, &Decision::Accept).await;
    let split = review::split(ledger, &act, whole, &[3]).await.unwrap();
    let fold = world.fold().await;
    assert_eq!(fold.evidence[&split].parts[0].role, Role::Main);
    assert_eq!(fold.evidence[&split].title, "2017-03-05 第3版");
    assert_eq!(world.standing(whole).await, "accepted");
    assert_eq!(world.standing(split).await, "pending", "alone it was not judged");
    let given = review::assign(ledger, &act, &[split], Some(&id("jyj")), Some(&on("1.2"))).await.unwrap();
    assert_eq!(given, [split]);
    let caption = [("地点", "中心广场"), ("人物", "李明")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let day = date(2017, 3, 7);
    let dated = Dated { kind: DateKind::Activity, from: day, to: day, provenance: Provenance::Person };
    let edit = Edit {
        title: Some("学雷锋".into()),
        kind: Some("photo".parse().unwrap()),
        document_number: Some("濮创建〔2017〕2号".into()),
        issuer: Some("市创建办".into()),
        caption: caption.into(),
        dates: vec![dated],
    };
    review::edit(ledger, &act, &[split], &edit).await.unwrap();
    let less = Edit {
        issuer: Some(String::new()),
        caption: [("人物".to_owned(), String::new())].into(),
        ..Edit::default()
    };
    review::edit(ledger, &act, &[split], &less).await.unwrap();
    let fold = world.fold().await;
    let piece = &fold.evidence[&split];
    assert_eq!(
        (piece.title.as_str(), piece.kind.as_str(), piece.kind_source),
        ("学雷锋", "photo", KindSource::Said)
    );
    assert_eq!((piece.issuer.as_deref(), piece.caption.len()), (None, 1));
    assert_eq!(piece.document_number.as_deref(), Some("濮创建〔2017〕2号"), "what is not named stays");
    assert_eq!(world.duty("jyj", "lf-zp").await, "partial 0/3+1", "its new kind and day place it");
    let expected =
        ["split_off by clerk", "assigned by clerk", "claimed by clerk", "edited by clerk", "edited by clerk"];
    assert_eq!(world.history(split).await, expected);
    let expected =
        ["filed by clerk", "absorbed by clerk", "absorbed by clerk", "judged by clerk", "split_off by clerk"];
    assert_eq!(world.history(whole).await, expected);
}

#[tokio::test]
async fn a_page_that_joins_later_was_not_judged_with_the_rest() {
    let world = World::new().await;
    let ledger = world.archive.ledger();
    let a = world.piece("文明办/1)/剪报/2017-03-05 第1版.jpg", "1").await;
    let b = world.piece("文明办/1)/剪报/2017-03-05 第2版.jpg", "2").await;
    let c = world.piece("文明办/1)/剪报/2017-03-05 第3版.jpg", "3").await;
    world.judge(a, &Decision::Accept).await;
    world.judge(b, &Decision::Accept).await;
    review::join(ledger, &world.act(), &[a, b]).await.unwrap();
    assert_eq!(world.standing(a).await, "accepted", "each of them was accepted");
    review::join(ledger, &world.act(), &[a, c]).await.unwrap();
    assert_eq!(world.standing(a).await, "pending");
}

#[tokio::test]
async fn a_claim_is_pinned_and_described() {
    let world = World::new().await;
    let ledger = world.archive.ledger();
    let piece = world.piece("文明办/1)/2017-03-05 活动.jpg", "photo").await;
    assert!(
        world.completeness().await.amiss.iter().all(|it| it.counts_not),
        "no requirement asks for a photo"
    );
    let pin = "lf-bd".parse().unwrap();
    let said = (Some(&pin), " 头版头条 ", "第1版");
    review::describe(ledger, &world.act(), piece, None, said).await.unwrap();
    assert_eq!(world.duty("wmb", "lf-bd").await, "partial 0/7+1");
    let fold = world.fold().await;
    let claim = &fold.evidence[&piece].claims[0];
    assert_eq!((claim.note.as_str(), claim.pages.as_str()), ("头版头条", "第1版"));
    let foreign = "lf-zp".parse().unwrap();
    let refused = review::describe(ledger, &world.act(), piece, None, (Some(&foreign), "", "")).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn an_objection_is_decided_by_the_office() {
    let world = World::new().await;
    let ledger = world.archive.ledger();
    let own = liaison(&world, "yy");
    let month = duties("yy", "hr", Some("2017-03"));
    let objected = DutyStanding::Objected { reason: "当月无推荐".into() };
    let waived = |by: &str| DutyStanding::Waived { reason: "当月无推荐".into(), by: by.into() };
    review::decide_duty(ledger, &own, &month, objected).await.unwrap();
    let stands = async || {
        let all = world.duties("yy").await;
        all.into_iter()
            .filter(|it| it.starts_with("hr 2017-03") || it.starts_with("hr 2017-02"))
            .collect::<Vec<_>>()
    };
    assert_eq!(stands().await, ["hr 2017-02 missing 0/1+0", "hr 2017-03 objected 0/1+0"]);
    let refused = review::decide_duty(ledger, &own, &month, waived("yy")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Denied, "nobody waives their own duty");
    review::decide_duty(ledger, &world.act(), &month, waived("clerk")).await.unwrap();
    assert_eq!(stands().await, ["hr 2017-02 missing 0/1+0", "hr 2017-03 waived 0/1+0"]);
    review::decide_duty(ledger, &world.act(), &month, DutyStanding::Open).await.unwrap();
    assert_eq!(stands().await[1], "hr 2017-03 missing 0/1+0");
}

fn kind<T>(result: Result<T>) -> Option<Kind> {
    result.err().map(|it| it.kind())
}

/// What was done and is to be refused, how it ended, and how it should have.
type Refused = (&'static str, Option<Kind>, Kind);

/// Checks that all of it was refused as it should be, and that nothing of it was kept.
async fn left_nothing(world: &World, (head, before): (Head, Arc<Fold>), refused: &[Refused]) {
    for (what, found, expected) in refused {
        assert_eq!(*found, Some(*expected), "{what}");
    }
    assert_eq!(world.archive.ledger().head().await.unwrap(), head);
    assert_eq!(world.fold().await, before);
}

async fn as_it_stands(world: &World) -> (Head, Arc<Fold>) {
    (world.archive.ledger().head().await.unwrap(), world.fold().await)
}

#[tokio::test]
async fn refused_decisions_leave_nothing() {
    let world = World::new().await;
    let ledger = world.archive.ledger();
    let act = world.act();
    let a = world.piece("教育局/1)/通知 2017-03-01.txt", "a").await;
    let other = world.piece("文明办/1)/通知 2017-03-01.txt", "b").await;
    let stray = world.piece("U盘/说明.txt", "c").await;
    let gone = world.piece("教育局/1)/通知 2017-03-02.txt", "d").await;
    review::join(ledger, &act, &[a, gone]).await.unwrap();
    let both = world.piece("教育局/1)/通知 2017-03-03.txt", "e").await;
    review::assign(ledger, &act, &[both], None, Some(&on("1.2"))).await.unwrap();
    let withdrawn = world.piece("教育局/1)/通知 2017-03-04.txt", "f").await;
    world.judge(withdrawn, &Decision::Withdraw { reason: String::new() }).await;
    let before = as_it_stands(&world).await;
    let (none, yes) = (EvidenceId(9999), Decision::Accept);
    let jyj = liaison(&world, "jyj");
    let unsaid = DutyStanding::Objected { reason: " ".into() };
    let waived = DutyStanding::Waived { reason: "因故".into(), by: "jyj".into() };
    let judge = async |act: &Act, piece, on: Option<&On>, decision: &Decision| {
        kind(review::judge(ledger, act, &[piece], on, decision).await)
    };
    let refused = [
        ("no such piece", judge(&act, none, None, &yes).await, Kind::NotFound),
        ("it became part of another", judge(&act, gone, None, &yes).await, Kind::NotFound),
        ("it proves nothing yet", judge(&act, stray, None, &yes).await, Kind::Invalid),
        ("it proves two standards", judge(&act, both, None, &yes).await, Kind::Invalid),
        ("not filed under that standard", judge(&act, a, Some(&on("1.3")), &yes).await, Kind::NotFound),
        ("a return says why", judge(&act, a, None, &sent_back(" ")).await, Kind::Invalid),
        ("it is pending already", judge(&act, a, None, &Decision::Reopen).await, Kind::Conflict),
        ("it was withdrawn", judge(&act, withdrawn, None, &yes).await, Kind::Conflict),
        ("one's own", judge(&jyj, a, None, &yes).await, Kind::Denied),
        ("another's", judge(&jyj, other, None, &sent_back("看看")).await, Kind::NotFound),
        ("an objection says why", decide(&world, &act, "jyj", unsaid).await, Kind::Invalid),
        ("one's own duty", decide(&world, &jyj, "jyj", waived.clone()).await, Kind::Denied),
        ("another's duty", decide(&world, &jyj, "wmb", waived.clone()).await, Kind::NotFound),
        ("it owes nothing there", decide(&world, &act, "yy-db", waived).await, Kind::NotFound),
    ];
    left_nothing(&world, before, &refused).await;
}

#[tokio::test]
async fn refused_changes_of_pieces_leave_nothing() {
    let world = World::new().await;
    let ledger = world.archive.ledger();
    let act = world.act();
    let a = world.piece("教育局/1)/通知 2017-03-01.txt", "a").await;
    let page = world.piece("教育局/1)/通知 2017-03-02.txt", "b").await;
    review::join(ledger, &act, &[a, page]).await.unwrap();
    let other = world.piece("文明办/1)/通知 2017-03-01.txt", "c").await;
    let before = as_it_stands(&world).await;
    let jyj = liaison(&world, "jyj");
    let join = async |ids: &[EvidenceId]| kind(review::join(ledger, &act, ids).await);
    let split = async |parts: &[usize]| kind(review::split(ledger, &act, a, parts).await);
    let assign = async |act: &Act, piece, unit: Option<&str>, on: Option<On>| {
        kind(review::assign(ledger, act, &[piece], unit.map(id).as_ref(), on.as_ref()).await)
    };
    let edit =
        async |act: &Act, ids: &[EvidenceId], edit: Edit| kind(review::edit(ledger, act, ids, &edit).await);
    let titled = |title: &str| Edit { title: Some(title.into()), ..Edit::default() };
    let odd = Edit { kind: Some("no-such-kind".parse().unwrap()), ..Edit::default() };
    let (from, to) = (date(2017, 3, 2), date(2017, 3, 1));
    let backwards = Dated { kind: DateKind::Made, from, to, provenance: Provenance::Person };
    let backwards = Edit { dates: vec![backwards], ..Edit::default() };
    let refused = [
        ("one alone", join(&[a]).await, Kind::Invalid),
        ("one twice", join(&[a, a]).await, Kind::Invalid),
        ("of two units", join(&[a, other]).await, Kind::Conflict),
        ("all parts leave", split(&[1, 2]).await, Kind::Invalid),
        ("no part leaves", split(&[]).await, Kind::Invalid),
        ("part 0", split(&[0]).await, Kind::Invalid),
        ("part 3 of 2", split(&[3]).await, Kind::Invalid),
        ("to nobody", assign(&act, a, None, None).await, Kind::Invalid),
        ("unknown unit", assign(&act, a, Some("nobody"), None).await, Kind::NotFound),
        ("no such standard", assign(&act, a, None, Some(on("9"))).await, Kind::NotFound),
        ("no leaf", assign(&act, a, None, Some(on("1"))).await, Kind::NotFound),
        ("another's", assign(&jyj, other, Some("jyj"), None).await, Kind::NotFound),
        ("to another", assign(&jyj, a, Some("wmb"), None).await, Kind::Denied),
        ("nothing to correct", edit(&act, &[a], Edit::default()).await, Kind::Invalid),
        ("an empty title", edit(&act, &[a], titled(" ")).await, Kind::Invalid),
        ("an unknown kind", edit(&act, &[a], odd).await, Kind::Invalid),
        ("a date backwards", edit(&act, &[a], backwards).await, Kind::Invalid),
        ("one of them another's", edit(&jyj, &[a, other], titled("改")).await, Kind::NotFound),
    ];
    left_nothing(&world, before, &refused).await;
}

async fn decide(world: &World, act: &Act, unit: &str, standing: DutyStanding) -> Option<Kind> {
    kind(review::decide_duty(world.archive.ledger(), act, &duties(unit, "lf-wj", None), standing).await)
}
