//! A real plan of a real city: traditional script with pinyin left behind, years masked, partly garbled.

use juanzong::archive::filing::{self, Offering};
use juanzong::domain::finding::Code;
use juanzong::domain::id::EvidenceId;
use juanzong::domain::submission::Filing;
use juanzong::extract::clean;

use crate::beside::beside;
use crate::dice::Dice;
use crate::world::{World, filings};

/// The plan filed and indexed among other material, its number, and its text as read.
async fn filed() -> Option<(World, EvidenceId, String)> {
    let folder = beside("seed")?;
    let plan = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let plan = plan.filter(|it| it.extension().is_some_and(|it| it == "txt")).min().expect("a text");
    let world = World::new().await;
    for n in 0..30 {
        let text = format!("第{n}号简报:志愿者清扫街道,社区组织观影。亮化{n}处。");
        world.write(&format!("材料/教育局/2)/简报{n}.txt"), text);
    }
    world.file("材料").await;
    let offering = Offering { paths: vec![plan], ..Offering::default() };
    let mut lines = Vec::new();
    filing::file(&world.archive, &world.act(), &offering, &Default::default(), |it| lines.push(it))
        .await
        .unwrap();
    assert_eq!(filings(&lines), [Filing::Filed]);
    world.index().await;
    let text = world.archive.text(&lines[0].sha256.unwrap()).unwrap();
    Some((world, lines[0].evidence.unwrap(), text))
}

#[tokio::test]
async fn the_plan_is_found_by_what_people_type() {
    let Some((world, plan, _)) = filed().await else { return };
    for typed in
        ["道德讲堂", "志愿服务", "空巢老人", "督导", "学雷锋 志愿服务", "\"空巢老人\"", "創建全國文明城市"]
    {
        let answer = world.ask(typed).await;
        assert!(answer.total > 0, "{typed}");
        assert_eq!(world.found(typed).await, [plan], "{typed}");
        let snippet = &answer.hits[0].snippet;
        assert!(!snippet.marks.is_empty(), "{typed} is not marked in “{}”", snippet.text);
    }
}

#[tokio::test]
async fn any_fragment_copied_out_of_the_plan_finds_it() {
    let Some((world, plan, text)) = filed().await else { return };
    let chars: Vec<char> = text.chars().collect();
    let mut dice = Dice::new(20_130_403);
    let mut n_asked = 0;
    while n_asked < 400 {
        let length = usize::try_from(dice.roll(11)).unwrap() + 2;
        let at = usize::try_from(dice.roll((chars.len() - length) as u64)).unwrap();
        let fragment: String = chars[at..at + length].iter().collect();
        // Punctuation alone is nothing to be found by; a line break is not copied into a search field.
        if fragment.contains('\n') || fragment.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            continue;
        }
        n_asked += 1;
        let answer = world.ask(&fragment).await;
        assert_eq!(answer.hits.first().map(|it| it.evidence.id), Some(plan), "“{fragment}”");
        assert!(!answer.hits[0].near, "“{fragment}” is found only nearly");
    }
}

#[tokio::test]
async fn what_is_garbled_is_told_and_not_taken_for_text() {
    let Some((world, plan, text)) = filed().await else { return };
    let fold = world.fold().await;
    let reading = fold.readings_of(&fold.evidence[&plan]).next().unwrap().1;
    let garbled = clean::garbled(&text);
    assert!(!garbled.is_empty(), "the plan has spans half a character off");
    let doubt = reading.findings.iter().find(|it| it.code == Code::W09).expect("they are a finding");
    assert!(doubt.detail.contains("难以辨认") && doubt.detail.contains("夹带拼音"), "{}", doubt.detail);
    let n_garbled: usize = garbled.iter().map(|it| text[it.clone()].chars().count()).sum();
    let n_all = text.chars().count();
    assert!(n_garbled * 20 < n_all, "{n_garbled} of {n_all} characters are called garbled");
}
