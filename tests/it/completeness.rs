//! Completeness: what counts for a duty, what does not and why, and how it stood on a past day.

use std::time::{Duration, SystemTime};

use jiff::civil::date;
use juanzong::domain::actor::Act;
use juanzong::domain::duty::{DutyStanding, State};
use juanzong::domain::evidence::{DateKind, Dated, Provenance};
use juanzong::domain::finding::Code;
use juanzong::domain::submission::Filing;
use juanzong::error::Kind;
use juanzong::ledger::event::{Edit, Event};
use juanzong::review::{self, Decision, Duties};

use crate::world::{World, duties_of, filings, scheme, scheme_id, sent_back, units};

#[tokio::test]
async fn three_pages_are_one_piece() {
    let world = World::new().await;
    for name in ["报头", "版面", "正文"] {
        world.write(&format!("材料/文明办/1)/剪报/2017-03-05 {name}.jpg"), name);
    }
    let (lines, _) = world.file("材料").await;
    assert_eq!(world.duty("wmb", "lf-bd").await, "partial 0/7+3");
    let ids: Vec<_> = lines.iter().filter_map(|it| it.evidence).collect();
    review::join(world.archive.ledger(), &world.act(), &ids).await.unwrap();
    assert_eq!(world.duty("wmb", "lf-bd").await, "partial 0/7+1");
    assert_eq!(world.fold().await.evidence[&ids[0]].parts.len(), 3);
    let (again, _) = world.file("材料").await;
    assert_eq!(filings(&again), [Filing::Known; 3], "a page that was joined is known");
    assert_eq!(world.duty("wmb", "lf-bd").await, "partial 0/7+1");
}

#[tokio::test]
async fn six_distinct_and_a_duplicate_of_seven_all_accepted_show_six() {
    let world = World::new().await;
    for n in 1..=6 {
        world.write(&format!("材料/文明办/1)/剪报/2017-03-0{n} 报道{n}.jpg"), format!("{n}"));
    }
    world.write("材料/文明办/1)/剪报/2017-03-07 报道7.jpg", "6");
    world.file("材料").await;
    world.accept_all().await;
    assert_eq!(world.duty("wmb", "lf-bd").await, "partial 6/7+0");
    world.piece("文明办/1)/剪报/2017-03-08 报道8.jpg", "8").await;
    assert_eq!(world.duty("wmb", "lf-bd").await, "pending 6/7+1", "enough was sent; it is not accepted yet");
    world.accept_all().await;
    assert_eq!(world.duty("wmb", "lf-bd").await, "accepted 7/7+0");
}

/// One file, the duty it was meant for, how that stands then, and what is said of the file.
const COUNTED: &[(&str, &str, &str, Option<Code>)] = &[
    ("教育局/2)/2016-07-31 活动.jpg", "jyj lf-zp", "missing 0/3+0", Some(Code::E01)),
    ("教育局/2)/2016-08-01 活动.jpg", "jyj lf-zp", "partial 0/3+1", None),
    ("教育局/2)/活动.jpg", "jyj lf-zp", "missing 0/3+0", Some(Code::E13)),
    ("教育局/2)/2017-03-05 活动总结.docx", "jyj lf-zp", "missing 0/3+0", Some(Code::E06)),
    ("教育局/1)/关于学习的通知 2017-03-01.doc", "jyj lf-wj", "pending 0/1+1", None),
    ("教育局/1)/关于学习的通知 2015-03-01.doc", "jyj lf-wj", "missing 0/1+0", Some(Code::E01)),
    ("文明办/2)/2017-03-05 活动.jpg", "jyj lf-zp", "missing 0/3+0", Some(Code::E10)),
    ("党办/1)/关于学习的通知 2017-03-01.doc", "yy lf-wj", "pending 0/1+1", None),
    ("市人民医院/党办/1)/关于学习的通知 2017-03-01.doc", "yy lf-wj", "pending 0/1+1", None),
    ("党办/3)/推荐表 2017-03.xlsx", "yy hr 2017-03", "pending 0/1+1", None),
    ("市人民医院/3)/推荐表 2017-03-05.xlsx", "yy hr 2017-03", "pending 0/1+1", None),
    ("新建文件夹/2017-03-05 活动.jpg", "jyj lf-zp", "missing 0/3+0", None),
];

#[tokio::test]
async fn what_counts_and_what_does_not_and_why() {
    // 2017-03-05: the time of the file itself lies in every window here, and places nothing.
    let inside = SystemTime::UNIX_EPOCH + Duration::from_secs(1_488_686_400);
    for (path, duty, stands, code) in COUNTED {
        let world = World::new().await;
        world.write(&format!("来/{path}"), "bytes");
        let file = std::fs::File::options().write(true).open(world.path(&format!("来/{path}"))).unwrap();
        file.set_modified(inside).unwrap();
        let (lines, _) = world.file("来").await;
        let fold = world.fold().await;
        let dates = &fold.evidence[&lines[0].evidence.unwrap()].dates;
        let own =
            dates.iter().find(|it| it.provenance == Provenance::FileTime).expect("its own time is kept");
        assert_eq!(own.from, date(2017, 3, 5), "{path}");
        let all = world.completeness().await;
        let (unit, requirement) = duty.split_once(' ').unwrap();
        let duties = duties_of(&all, unit);
        let found = duties.iter().find(|it| it.starts_with(requirement)).unwrap();
        assert!(found.ends_with(stands), "{path}: {found}");
        let codes: Vec<Code> = all.amiss.iter().map(|it| it.finding.code).collect();
        assert_eq!(codes, code.iter().copied().collect::<Vec<_>>(), "{path}");
        assert!(all.amiss.iter().all(|it| it.counts_not && !it.finding.line(false).is_empty()), "{path}");
    }
}

#[tokio::test]
async fn months_that_have_not_begun_are_not_owed() {
    let mut world = World::new().await;
    let count = async |world: &World| {
        let sum = world.completeness().await.sum(Some(&"yy".parse().unwrap()));
        (sum.n(State::NotYet), sum.n(State::Missing), sum.owed(), sum.need)
    };
    // Twelve months from 2016-08 on, and the one notice.
    assert_eq!(count(&world).await, (3, 10, 10, 10));
    world.on("2017-05-01");
    assert_eq!(count(&world).await, (2, 11, 11, 11));
    world.piece("市人民医院/3)/推荐表 2017-07.xlsx", "early").await;
    world.accept_all().await;
    let all = world.completeness().await;
    let july = all.duties.iter().find(|it| it.duty.key.period == "2017-07").unwrap();
    assert_eq!((july.assessment.state, july.assessment.accepted), (State::NotYet, 1));
    let sum = all.sum(None);
    assert_eq!(sum.accepted, 0, "what is sent early fills no duty that is owed today");
    world.on("2017-07-01");
    assert_eq!(world.completeness().await.sum(None).accepted, 1);
}

#[tokio::test]
async fn waived_leaves_the_denominator_and_objected_stays_in_it_apart() {
    let world = World::new().await;
    let owed = async || {
        let sum = world.completeness().await.sum(None);
        (sum.owed(), sum.open(), sum.need, sum.n(State::Waived), sum.n(State::Objected))
    };
    let before = owed().await;
    assert_eq!(before, (14, 14, 22, 0, 0));
    let decide = async |unit: &str, requirement: &str, standing: DutyStanding| {
        let duties = Duties {
            scheme: scheme_id(),
            requirement: requirement.parse().unwrap(),
            unit: unit.parse().unwrap(),
            period: None,
        };
        review::decide_duty(world.archive.ledger(), &world.act(), &duties, standing).await.unwrap()
    };
    let waived = DutyStanding::Waived { reason: "机构撤销".into(), by: "clerk".into() };
    let objected = DutyStanding::Objected { reason: "非本单位职责".into() };
    decide("wmb", "lf-bd", waived).await;
    assert_eq!(owed().await, (13, 13, 15, 1, 0), "seven are owed no more");
    decide("jyj", "lf-wj", objected).await;
    assert_eq!(owed().await, (13, 13, 15, 1, 1), "until it is decided it is owed");
    assert!(world.duty("jyj", "lf-wj").await.starts_with("objected"));
    let months = decide("yy", "hr", DutyStanding::Waived { reason: "停办".into(), by: "clerk".into() }).await;
    assert_eq!(months.len(), 12);
    assert_eq!(owed().await, (4, 4, 6, 13, 1), "a month to come is waived as well");
    for (unit, requirement) in [("wmb", "lf-bd"), ("jyj", "lf-wj"), ("yy", "hr")] {
        decide(unit, requirement, DutyStanding::Open).await;
    }
    assert_eq!(owed().await, before);
}

#[tokio::test]
async fn what_goes_back_is_missing_again_and_accepted_can_be_reopened() {
    let world = World::new().await;
    let id = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
    let steps = [
        (sent_back("缺公章"), "returned 0/1+0"),
        (Decision::Reopen, "pending 0/1+1"),
        (Decision::Accept, "accepted 1/1+0"),
        (Decision::Reopen, "pending 0/1+1"),
        (Decision::Accept, "accepted 1/1+0"),
        (sent_back("盖章不清"), "returned 0/1+0"),
        (Decision::Withdraw { reason: "另报".into() }, "missing 0/1+0"),
        (Decision::Reopen, "pending 0/1+1"),
    ];
    for (decision, stands) in steps {
        world.judge(id, &decision).await;
        assert_eq!(world.duty("jyj", "lf-wj").await, stands, "{decision:?}");
    }
    world.judge(id, &sent_back("缺公章")).await;
    world.piece("教育局/1)/关于学习的通知(盖章) 2017-03-01.txt", "通知,盖章").await;
    assert_eq!(world.duty("jyj", "lf-wj").await, "pending 0/1+1", "enough was sent since");
}

#[tokio::test]
async fn nobody_accepts_their_own_unless_the_scheme_says_so() {
    let world = World::new().await;
    let own = world.piece("市人民医院/1)/通知 2017-03-01.txt", "a").await;
    let department = world.piece("党办/1)/通知 2017-03-02.txt", "b").await;
    let foreign = world.piece("教育局/1)/通知 2017-03-01.txt", "c").await;
    let hospital = Act { unit: Some("yy".parse().unwrap()), ..Act::of("院办", world.now) };
    let accept = async |act: &Act, id| {
        let judged = review::judge(world.archive.ledger(), act, &[id], None, &Decision::Accept).await;
        judged.map_err(|it| it.kind()).map(drop)
    };
    assert_eq!(accept(&hospital, own).await, Err(Kind::Denied));
    assert_eq!(
        accept(&hospital, department).await,
        Err(Kind::Denied),
        "it counts for the hospital's own duty"
    );
    assert_eq!(accept(&hospital, foreign).await, Ok(()));
    let mut lenient = scheme();
    lenient.accept_own = true;
    world.tell(Event::SchemeImported { scheme: Box::new(lenient) }).await;
    assert_eq!(accept(&hospital, own).await, Ok(()));
    assert_eq!(accept(&hospital, department).await, Ok(()));
}

#[tokio::test]
async fn a_past_day_is_told_as_it_was_at_its_end() {
    let mut world = World::new().await;
    let mut told = vec![(date(2017, 4, 1), world.completeness().await)];
    world.on("2017-04-02");
    let ids = [
        world.piece("教育局/2)/2017-03-05 a.jpg", "a").await,
        world.piece("教育局/2)/2017-03-06 b.jpg", "b").await,
        world.piece("教育局/1)/关于学习的通知.txt", "关于学习的通知\n市教育局\n2017年3月1日\n").await,
    ];
    told.push((date(2017, 4, 2), world.completeness().await));
    world.on("2017-04-03");
    world.read().await;
    told.push((date(2017, 4, 3), world.completeness().await));
    world.on("2017-04-04");
    world.accept_all().await;
    told.push((date(2017, 4, 4), world.completeness().await));
    world.on("2017-04-05");
    world.judge(ids[0], &sent_back("模糊")).await;
    let late = Dated {
        kind: DateKind::Activity,
        from: date(2015, 1, 1),
        to: date(2015, 1, 1),
        provenance: Provenance::Person,
    };
    let edit = Edit { dates: vec![late], ..Edit::default() };
    review::edit(world.archive.ledger(), &world.act(), &[ids[1]], &edit).await.unwrap();
    told.push((date(2017, 4, 5), world.completeness().await));
    world.on("2017-04-30");
    let mut joined = units()[3].clone();
    joined.groups = serde_json::from_value(serde_json::json!([{ "name": "市直各单位" }])).unwrap();
    world.tell(Event::UnitSet { unit: joined }).await;
    let mut newer = scheme();
    newer.indicators[1].requirements[1].min = 5;
    world.tell(Event::SchemeImported { scheme: Box::new(newer) }).await;
    told.push((date(2017, 4, 30), world.completeness().await));
    world.on("2017-05-20");
    told.push((date(2017, 5, 1), world.as_of(date(2017, 5, 1)).await));
    for (day, then) in &told {
        assert_eq!(world.as_of(*day).await, *then, "{day}");
    }
    // The days do differ, and a day without an act differs by its windows alone.
    let shown: Vec<_> = told.iter().map(|it| (duties_of(&it.1, "jyj"), it.1.sum(None))).collect();
    assert!(shown.windows(2).all(|it| it[0] != it[1]), "{shown:#?}");
    assert_eq!(told[6].1.sum(None).n(State::NotYet) + 1, told[5].1.sum(None).n(State::NotYet));
}

#[tokio::test]
async fn a_day_ends_at_midnight_of_the_archive() {
    let mut world = World::new().await;
    let id = world.piece("教育局/1)/关于学习的通知 2017-03-01.txt", "通知").await;
    world.now = "2017-04-02T15:59:59.999999Z".parse().unwrap();
    world.judge(id, &Decision::Accept).await;
    world.now = "2017-04-02T16:00:00Z".parse().unwrap();
    world.judge(id, &Decision::Reopen).await;
    world.on("2017-04-10");
    let states = [date(2017, 4, 1), date(2017, 4, 2), date(2017, 4, 3)];
    let mut shown = Vec::new();
    for day in states {
        shown.push(duties_of(&world.as_of(day).await, "jyj")[0].clone());
    }
    assert_eq!(shown, ["lf-wj once pending 0/1+1", "lf-wj once accepted 1/1+0", "lf-wj once pending 0/1+1"]);
}
