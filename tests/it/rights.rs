//! Rights inside the index: whoever may see one unit's material is told just what an archive of that material alone would
//! tell. Random archives, each answer held against that of an archive without the others.

use std::collections::BTreeSet;

use juanzong::domain::actor::Scope;
use juanzong::domain::evidence::Evidence;
use juanzong::domain::id::UnitId;
use juanzong::index::Facet;
use juanzong::ledger::event::Edit;
use juanzong::review::{self, Decision, Tagging};
use juanzong::search::similar::{Wanted, answering, like};
use juanzong::search::{every, export};

use crate::dice::Dice;
use crate::world::{World, scheme};

const WORDS: [&str; 12] = [
    "志愿服务",
    "空巢老人",
    "道德讲堂",
    "公益广告",
    "学雷锋",
    "组织领导",
    "主题活动",
    "身边好人",
    "慰问",
    "总结",
    "通知",
    "方案",
];

const UNITS: [&str; 3] = ["文明办", "教育局", "市人民医院"];

const TAGS: [&str; 3] = ["重点", "待补", "核过"];

/// What is filed: whose, under which standard, its name, its text, and what is done to it.
struct Piece {
    unit: usize,
    standard: u64,
    name: String,
    text: String,
    number: Option<String>,
    tag: Option<&'static str>,
    decided: u64,
}

fn pieces(dice: &mut Dice, n: usize) -> Vec<Piece> {
    let one = |n: usize, dice: &mut Dice| {
        let mut words = |most: u64| -> String {
            (0..=dice.roll(most)).map(|_| WORDS[dice.roll(12) as usize]).collect::<Vec<_>>().join("和")
        };
        let (name, text) = (words(2), words(8));
        let unit = dice.roll(3) as usize;
        // Each unit has a word nobody else has, and each piece one of its own: a text that is the same in two is told apart.
        let own = ["甲子", "乙丑", "丙寅"][unit];
        Piece {
            unit,
            standard: 1 + dice.roll(3),
            name: format!("{name}{n}号{own}"),
            text: format!("{text}，{own}第{n}件。\n2017年{}月1日\n", 1 + dice.roll(6)),
            number: (dice.roll(3) == 0).then(|| format!("吉{own}字〔2017〕{n}号")),
            tag: Some(dice.roll(4) as usize).and_then(|it| TAGS.get(it).copied()),
            decided: dice.roll(3),
        }
    };
    (0..n).map(|it| one(it, dice)).collect()
}

async fn filed(pieces: impl Iterator<Item = &Piece>) -> World {
    let world = World::new().await;
    let (ledger, act) = (world.archive.ledger(), world.act());
    for it in pieces {
        let path = format!("{}/{})/{}.txt", UNITS[it.unit], it.standard, it.name);
        let id = world.piece(&path, &it.text).await;
        let edit = Edit { document_number: it.number.clone(), ..Edit::default() };
        if it.number.is_some() {
            review::edit(ledger, &act, &[id], &edit).await.unwrap();
        }
        if let Some(tag) = it.tag {
            let tagging = Tagging { add: [tag.parse().unwrap()].into(), ..Tagging::default() };
            review::tag(ledger, &act, &[id], &tagging).await.unwrap();
        }
        let claimed = !world.fold().await.evidence[&id].claims.is_empty();
        if it.decided == 0 && claimed {
            world.judge(id, &Decision::Accept).await;
        }
    }
    world.index().await;
    world
}

fn titles<'a>(pieces: impl IntoIterator<Item = &'a std::sync::Arc<Evidence>>) -> BTreeSet<String> {
    pieces.into_iter().map(|it| it.title.clone()).collect()
}

/// All that a search tells, without scores, and without numbers, which count what others filed in between.
async fn told(world: &World, scope: &Scope, typed: &str) -> String {
    let answer = world.ask_as(scope, typed).await;
    let hits: BTreeSet<String> = answer
        .hits
        .iter()
        .map(|it| format!("{} {} {:?} {:?}", it.evidence.title, it.near, it.snippet, it.title_marks))
        .collect();
    let facets: Vec<&Facet> = answer.facets.iter().filter(|it| !it.counts.is_empty()).collect();
    let fold = world.fold().await;
    let all = every(&world.archive, scope, typed, world.now).await.unwrap();
    let table = String::from_utf8(export::csv(&fold, &all).unwrap()).unwrap();
    // The number and the digest of a row aside.
    let rows: BTreeSet<&str> = table.lines().map(|it| it.split_once(',').map_or(it, |it| it.1)).collect();
    format!("{} {} {hits:#?} {facets:#?} {rows:#?}", answer.total, answer.near)
}

/// What is like each of a unit's pieces, and what may answer its duties.
async fn offered(world: &World, scope: &Scope) -> Vec<BTreeSet<String>> {
    let fold = world.fold().await;
    let mut seen: Vec<_> = fold.evidence.values().filter(|it| scope.sees(it)).collect();
    seen.sort_by_key(|it| it.title.clone());
    let mut res = Vec::new();
    for piece in seen.into_iter().take(4) {
        res.push(titles(&like(&world.archive, scope, piece, 500).await.unwrap()));
    }
    let scheme = scheme();
    let units: Vec<UnitId> = world.fold().await.units.0.iter().map(|it| it.id.clone()).collect();
    for standard in scheme.standards() {
        for requirement in &standard.requirements {
            let wanted = Wanted { scheme: &scheme, indicator: &standard.path, requirement, units: &units };
            res.push(titles(&answering(&world.archive, scope, wanted, 500).await.unwrap()));
        }
    }
    res
}

const TYPED: [&str; 18] = [
    "",
    "志愿服务",
    "空巢老人 慰问",
    "学雷锋和志愿服务的道德讲堂活动总结怎么写",
    "甲子",
    "乙丑",
    "单位:教育局",
    "单位:文明办 志愿服务",
    "状态:已通过",
    "指标:1 状态:待审",
    "指标:1.1",
    "标签:重点",
    "-标签:重点 通知",
    "文号:吉",
    "日期:2017-03",
    "问题:有",
    "(方案 | 总结) -慰问",
    "~“空朝老人”",
];

#[tokio::test]
async fn who_sees_one_unit_is_told_what_its_material_alone_would_tell() {
    for (seed, n) in [(1, 9), (2, 24), (3, 40)] {
        let all = pieces(&mut Dice::new(seed), n);
        let world = filed(all.iter()).await;
        for (unit, id) in [(0, "wmb"), (1, "jyj")] {
            let scope = Scope::Units([id.parse().unwrap()].into());
            let alone = filed(all.iter().filter(|it| it.unit == unit)).await;
            for typed in TYPED {
                let (seen, own) = (told(&world, &scope, typed).await, told(&alone, &scope, typed).await);
                assert_eq!(seen, own, "seed {seed}, {id}: {typed}");
            }
            assert_eq!(offered(&world, &scope).await, offered(&alone, &scope).await, "seed {seed}, {id}");
            for typed in
                ["志愿", "吉甲", "吉乙", "吉丙", "标签:", "标签:重", "乙丑", "丙寅", "人民", "zzld", "通知"]
            {
                let seen = world.suggested(&scope, typed).await;
                assert_eq!(seen, alone.suggested(&scope, typed).await, "{seed} {id}: {typed}");
            }
            let everything = told(&world, &scope, "").await;
            let others = ["甲子", "乙丑", "丙寅"].into_iter().enumerate().filter(|it| it.0 != unit);
            assert!(others.into_iter().all(|it| !everything.contains(it.1)), "seed {seed}, {id}");
        }
    }
}
