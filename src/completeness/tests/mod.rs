//! What counts, told by a small scheme: design §2, line by line.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::duty::DutyKey;
use crate::domain::evidence::{Blob, Claim, DateKind, KindSource, Part, Provenance, Role};
use crate::domain::id::Digest;
use crate::domain::reading::{Facts, Reading, Status};
use crate::domain::scheme::{Indicator, Measure, Provider};
use crate::domain::unit::{Membership, Unit, Units};
use crate::domain::window::{Cadence, Window};
use crate::ledger::entry::{Entry, GENESIS};
use crate::ledger::event::Event;

mod limits;

fn requirement(id: &str, kind: &str, min: u32) -> Requirement {
    let json = serde_json::json!({ "id": id, "title": id, "kinds": [kind], "min": min });
    serde_json::from_value(json).unwrap()
}

fn unit(id: &str, parent: Option<&str>) -> Unit {
    Unit {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        short: None,
        aliases: vec![],
        former: vec![],
        parent: parent.map(|it| it.parse().unwrap()),
        groups: vec![Membership {
            name: "市直各单位".into(), from: Some(date(2016, 1, 1)), until: None
        }],
        contacts: vec![],
    }
}

/// A scheme of one standard, a test in 2017-08 that looks at 2016-08 to 2017-07, and the requirements given.
fn fold(requirements: Vec<Requirement>) -> Fold {
    let indicator = Indicator {
        path: "1".parse().unwrap(),
        code: "Ⅰ-1".into(),
        title: "学雷锋".into(),
        text: String::new(),
        methods: vec![],
        points: None,
        veto: false,
        lead: Some("wmb".into()),
        units: vec!["jyj".into()],
        requirements,
    };
    let scheme = Scheme {
        id: "2017".parse().unwrap(),
        title: "测评体系".into(),
        levels: vec!["测评标准".into()],
        test_on: Some(date(2017, 8, 15)),
        deadline: Some(date(2017, 4, 30).at(17, 0, 0, 0)),
        window: Window::Rolling { months: 12, before_test: 1 },
        cycle: None,
        groups_on: None,
        accept_own: false,
        kinds: vec![],
        indicators: vec![indicator],
    };
    let mut fold = Fold::default();
    fold.timezone = "Asia/Shanghai".into();
    fold.units = Arc::new(Units(vec![unit("wmb", None), unit("jyj", None), unit("jyj-1", Some("jyj"))]));
    tell(&mut fold, Event::SchemeImported { scheme: Box::new(scheme) });
    fold
}

fn tell(fold: &mut Fold, event: Event) {
    let head = fold.head.unwrap_or(GENESIS);
    let entry = Entry {
        id: crate::domain::id::EntryId(head.entry.0 + 1),
        at: Timestamp::UNIX_EPOCH,
        actor: "clerk".into(),
        verb: event.verb().into(),
        event: Some(event),
        hash: Digest::new([0; 32]),
    };
    fold.apply(&entry);
}

/// Files a piece with a byte that names its content, a day it was made, and a standing.
fn file(fold: &mut Fold, unit: &str, kind: &str, (content, day): (u8, Option<Date>), standing: Standing) {
    let blob = Blob { sha256: Digest::new([content; 32]), bytes: 1, crc32: 0 };
    let dated = |on: Date| Dated { kind: DateKind::Made, from: on, to: on, provenance: Provenance::Document };
    let mut claim = Claim::new("2017".parse().unwrap(), "1".parse().unwrap());
    claim.standing = standing;
    let evidence = Evidence {
        id: EvidenceId(0),
        unit: Some(unit.parse().unwrap()),
        kind: kind.parse().unwrap(),
        kind_source: KindSource::Said,
        title: "材料".into(),
        document_number: None,
        issuer: None,
        caption: BTreeMap::new(),
        dates: day.map(dated).into_iter().collect(),
        parts: vec![Part { blob, role: Role::Main, name: "a.jpg".into(), name_raw: None }],
        claims: vec![claim],
        rulings: vec![],
        tags: std::collections::BTreeSet::new(),
        sightings: vec![],
        filed_at: Timestamp::UNIX_EPOCH,
        filed_by: "clerk".into(),
    };
    tell(fold, Event::Filed { evidence: Box::new(evidence) });
}

/// Every duty as `unit period state k/n+p`.
fn shown(fold: &Fold, as_of: Date) -> Vec<String> {
    let all = assess(fold, &"2017".parse().unwrap(), &Scope::All, as_of).unwrap();
    let line = |it: &Assessed| {
        let a = &it.assessment;
        let key = &it.duty.key;
        format!("{} {} {} {}/{}+{}", key.unit, key.period, a.state.word(), a.accepted, a.need, a.pending)
    };
    all.duties.iter().map(line).collect()
}

fn lead(mut requirement: Requirement) -> Requirement {
    requirement.provider = Provider::Lead;
    requirement
}

const DAY: Date = date(2017, 4, 1);
const IN: Option<Date> = Some(date(2017, 3, 5));

/// How a photo looks, the same a little changed, turned by a quarter and mirrored, and how a stranger looks.
const PHOTO: [u64; 4] =
    [0xb31f_fc30_9ff1_8c31, 0x9cc9_4630_8809_2c60, 0xc9bf_c9cc_6606_0799, 0x7c9c_7772_78c6_6006];
const CHANGED: [u64; 4] = [PHOTO[0] ^ 1, PHOTO[1], PHOTO[2], PHOTO[3] ^ 3];
const TURNED: [u64; 4] =
    [0x019e_cd64_3eb3_0fc8, 0x306e_23f0_98f3_cc67, 0x0f4b_58c4_0406_363a, 0xd318_9ef1_8c61_0e7e];
const MIRRORED: [u64; 4] =
    [0x9001_8d79_ce70_86e1, 0x34a3_939b_dfdc_e52d, 0x0f19_cc30_e6f0_3b89, 0xf3e4_0f32_83d9_4c86];
const STRANGER: [u64; 4] =
    [0x9ef4_a46d_6c3c_e739, 0xcf6d_6633_8b19_4e18, 0xc27c_ce78_8618_4c07, 0x3773_3803_99d9_fc86];

#[test]
fn photos_of_one_day_that_look_the_same_count_once_and_pieces_do_not() {
    let photo =
        || Requirement { measure: Measure::Photo, date: DateKind::Activity, ..requirement("r", "photo", 3) };
    let other_day = Some(date(2017, 3, 6));
    let cases = [
        (photo(), CHANGED, IN, "2/3+0"),
        (photo(), TURNED, IN, "2/3+0"),
        (photo(), MIRRORED, IN, "2/3+0"),
        (photo(), MIRRORED, other_day, "3/3+0"),
        (photo(), CHANGED, other_day, "3/3+0"),
        (requirement("r", "photo", 3), CHANGED, IN, "3/3+0"),
    ];
    for (requirement, second, day, counted) in cases {
        let mut fold = fold(vec![lead(requirement)]);
        for (content, look, day) in [(1, PHOTO, IN), (2, second, day), (3, STRANGER, IN)] {
            file(&mut fold, "wmb", "photo", (content, None), Standing::Accepted);
            let dated = |on: Date| Dated {
                kind: DateKind::Activity,
                from: on,
                to: on,
                provenance: Provenance::Capture,
            };
            let facts = Facts {
                media_type: "image/jpeg".into(),
                look: Some(crate::domain::likeness::Look(look).to_string()),
                dates: day
                    .map(|on| [dated(on), Dated { kind: DateKind::Made, ..dated(on) }])
                    .into_iter()
                    .flatten()
                    .collect(),
                ..Facts::default()
            };
            let reading = Reading {
                extractor: "photo".into(),
                version: 1,
                status: Status::Ok,
                facts,
                findings: vec![],
            };
            tell(&mut fold, Event::Read { blob: Digest::new([content; 32]), reading: Box::new(reading) });
        }
        assert!(shown(&fold, DAY)[0].ends_with(counted), "{counted}: {:?}", shown(&fold, DAY));
    }
}

#[test]
fn six_distinct_and_a_duplicate_of_seven_is_six_of_seven() {
    let mut fold = fold(vec![requirement("r", "press", 7)]);
    for n in 1..=6 {
        file(&mut fold, "wmb", "press", (n, IN), Standing::Accepted);
    }
    file(&mut fold, "wmb", "press", (6, IN), Standing::Accepted);
    assert_eq!(shown(&fold, DAY)[0], "wmb once partial 6/7+0");
}

#[test]
fn the_edges_of_a_rolling_window() {
    let days = [date(2016, 7, 31), date(2016, 8, 1), date(2017, 7, 31), date(2017, 8, 1)];
    let counted: Vec<bool> = days
        .into_iter()
        .map(|day| {
            let mut fold = fold(vec![lead(requirement("r", "policy", 1))]);
            file(&mut fold, "wmb", "policy", (1, Some(day)), Standing::Accepted);
            shown(&fold, DAY) == ["wmb once accepted 1/1+0"]
        })
        .collect();
    assert_eq!(counted, [false, true, true, false]);
}

#[test]
fn out_of_the_window_or_undated_is_said_and_not_counted() {
    let mut fold = fold(vec![lead(requirement("r", "policy", 1))]);
    file(&mut fold, "wmb", "policy", (1, Some(date(2015, 1, 1))), Standing::Pending);
    file(&mut fold, "wmb", "policy", (2, None), Standing::Pending);
    file(&mut fold, "wmb", "photo", (3, IN), Standing::Pending);
    file(&mut fold, "jyj", "policy", (4, IN), Standing::Pending);
    let all = assess(&fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
    let codes: Vec<Code> = all.amiss.iter().map(|it| it.finding.code).collect();
    assert_eq!(codes, [Code::E01, Code::E13, Code::E06, Code::E10]);
    assert_eq!(shown(&fold, DAY), ["wmb once missing 0/1+0"]);
}

#[test]
fn a_number_read_from_the_document_fills_its_field() {
    let mut numbered = lead(requirement("r", "policy", 1));
    numbered.fields = vec!["document_number".into()];
    let mut fold = fold(vec![numbered]);
    file(&mut fold, "wmb", "policy", (1, IN), Standing::Pending);
    let codes = |fold: &Fold| {
        let all = assess(fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
        all.amiss.iter().map(|it| it.finding.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&fold), [Code::E08]);
    let reading = serde_json::json!({
        "extractor": "office", "version": 1, "status": "ok", "findings": [],
        "facts": { "media_type": "application/pdf", "document_number": "吉文明〔2017〕3号" }
    });
    let reading = Box::new(serde_json::from_value(reading).unwrap());
    tell(&mut fold, Event::Read { blob: Digest::new([1; 32]), reading });
    assert_eq!(codes(&fold), []);
}

#[test]
fn a_year_alone_puts_nothing_into_a_part_of_it() {
    let year = |fold: &mut Fold, n: u8, year: i16| {
        file(fold, "wmb", "policy", (n, None), Standing::Pending);
        let reading = serde_json::json!({
            "extractor": "office", "version": 1, "status": "ok", "findings": [],
            "facts": { "media_type": "application/pdf", "dates": [{
                "kind": "made", "from": date(year, 1, 1), "to": date(year, 12, 31), "provenance": "document" }] }
        });
        let reading = Box::new(serde_json::from_value(reading).unwrap());
        tell(fold, Event::Read { blob: Digest::new([n; 32]), reading });
    };
    let mut rolling = fold(vec![lead(requirement("r", "policy", 1))]);
    for (n, it) in (1..).zip([2015, 2016, 2017]) {
        year(&mut rolling, n, it);
    }
    let all = assess(&rolling, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
    let codes: Vec<Code> = all.amiss.iter().map(|it| it.finding.code).collect();
    assert_eq!(codes, [Code::E01, Code::E13, Code::E13]);
    let mut fixed = lead(requirement("r", "policy", 1));
    fixed.window = Some(Window::Fixed { from: date(2017, 1, 1), to: date(2017, 12, 31) });
    let mut whole = fold(vec![fixed]);
    year(&mut whole, 1, 2017);
    assert_eq!(shown(&whole, DAY), ["wmb once pending 0/1+1"]);
}

#[test]
fn future_months_are_not_owed() {
    let mut monthly = lead(requirement("r", "table", 1));
    monthly.cadence = Cadence::Month;
    let mut fold = fold(vec![monthly]);
    file(&mut fold, "wmb", "table", (1, Some(date(2017, 3, 20))), Standing::Accepted);
    let all = assess(&fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
    let sum = all.sum(None);
    assert_eq!((sum.n(State::NotYet), sum.n(State::Missing), sum.n(State::Accepted)), (3, 8, 1));
    assert_eq!((sum.accepted, sum.need), (1, 9));
}

#[test]
fn any_is_owed_once_and_each_by_all() {
    let mut any = requirement("r", "policy", 1);
    any.provider = Provider::Any;
    let mut once = fold(vec![any]);
    file(&mut once, "jyj-1", "policy", (1, IN), Standing::Accepted);
    assert_eq!(shown(&once, DAY), ["wmb once accepted 1/1+0"], "a department of a named unit serves too");
    let mut each = fold(vec![requirement("r", "policy", 1)]);
    file(&mut each, "jyj-1", "policy", (1, IN), Standing::Pending);
    assert_eq!(shown(&each, DAY), ["wmb once missing 0/1+0", "jyj once pending 0/1+1"]);
    let mut group = requirement("r", "policy", 1);
    group.units = vec!["市直各单位".into()];
    assert_eq!(shown(&fold(vec![group]), DAY).len(), 3, "a group is expanded");
}

#[test]
fn the_first_state_that_holds() {
    let back = || Standing::Returned { reason: "缺公章".into(), deadline: None };
    let state = |standings: Vec<Standing>, decided: DutyStanding| {
        let mut fold = fold(vec![lead(requirement("r", "policy", 2))]);
        for (n, standing) in (1..).zip(standings) {
            file(&mut fold, "wmb", "policy", (n, IN), standing);
        }
        let key = DutyKey {
            scheme: "2017".parse().unwrap(),
            requirement: "r".parse().unwrap(),
            unit: "wmb".parse().unwrap(),
            period: "once".into(),
        };
        tell(&mut fold, Event::DutyDecided { duty: key, standing: decided });
        shown(&fold, DAY).remove(0).split(' ').nth(2).unwrap().to_owned()
    };
    let (yes, open) = (|| Standing::Accepted, DutyStanding::default);
    let waived = DutyStanding::Waived { reason: "机构撤销".into(), by: "clerk".into() };
    let objected = DutyStanding::Objected { reason: "非本单位职责".into() };
    assert_eq!(state(vec![yes(), yes()], waived), "waived");
    assert_eq!(state(vec![], objected), "objected");
    assert_eq!(state(vec![yes(), yes(), back()], open()), "accepted");
    assert_eq!(state(vec![yes(), back()], open()), "returned");
    assert_eq!(state(vec![yes(), Standing::Pending, back()], open()), "pending");
    assert_eq!(state(vec![Standing::Pending], open()), "partial");
    assert_eq!(state(vec![Standing::Withdrawn { reason: String::new() }], open()), "missing");
}

#[test]
fn a_surplus_fills_no_other_duty() {
    let mut fold = fold(vec![lead(requirement("a", "policy", 1)), lead(requirement("b", "report", 1))]);
    for n in 1..=5 {
        file(&mut fold, "wmb", "policy", (n, IN), Standing::Accepted);
    }
    let all = assess(&fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
    let matrix = all.matrix(1, None);
    assert_eq!(
        (matrix.total.accepted, matrix.total.need, matrix.total.state()),
        (1, 2, Some(State::Partial))
    );
}

#[test]
fn a_scope_sees_only_its_own() {
    let fold = fold(vec![requirement("r", "policy", 1)]);
    let scope = Scope::Units(["jyj".parse().unwrap()].into());
    let all = assess(&fold, &"2017".parse().unwrap(), &scope, DAY).unwrap();
    assert_eq!(all.duties.len(), 1);
}

proptest! {
    /// More evidence never opens a gap.
    #[test]
    fn assess_is_monotone(pieces in proptest::collection::vec((1_u8..9, 0_u8..2, 0_i8..28), 0..12)) {
        let mut fold = fold(vec![lead(requirement("r", "policy", 5))]);
        let mut gap = u64::MAX;
        for (content, accepted, day) in pieces {
            let standing = if accepted == 1 { Standing::Accepted } else { Standing::Pending };
            file(&mut fold, "wmb", "policy", (content, Some(date(2016, 7, 1 + day))), standing.clone());
            file(&mut fold, "wmb", "policy", (content, Some(date(2016, 8, 1 + day))), standing);
            let all = assess(&fold, &"2017".parse().unwrap(), &Scope::All, DAY).unwrap();
            let sum = all.sum(None);
            prop_assert!(sum.gap() <= gap);
            prop_assert!(sum.accepted + sum.pending <= sum.need);
            gap = sum.gap();
        }
    }
}
