//! The engine against brute force, and the promises of the index.

use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::id::EntryId;
use crate::index::fold::folded;
use crate::index::query::{Term, parse};

fn document(evidence: i64, text: &str) -> Document {
    Document { evidence, kind: "report".into(), texts: vec![text.into()], ..Document::default() }
}

fn index(documents: &[Document]) -> (tempfile::TempDir, Arc<Index>) {
    let dir = tempfile::tempdir().unwrap();
    let index = Arc::new(Index::create(&dir.path().join("index"), &["市住房和城乡建设局".into()]).unwrap());
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    writer.apply(&[], documents).unwrap();
    writer.commit(EntryId(7)).unwrap();
    writer.finish().unwrap();
    (dir, index)
}

fn both(a: Want, b: Want) -> Asked {
    Asked { want: Want::All(vec![a, b]), scope: None }
}

fn asked(typed: &str) -> Asked {
    Asked::typed(typed)
}

fn find(index: &Index, typed: &str) -> Vec<i64> {
    let found = index.search(&asked(typed), (0, 1000), Sort::Relevance).unwrap();
    let mut ids: Vec<i64> = found.hits.iter().filter(|it| !it.near).map(|it| it.evidence.0).collect();
    assert_eq!(ids.len(), found.total);
    ids.sort_unstable();
    ids
}

const SEED: &str = "把學(xué)雷鋒志愿服務(wù)活動作為重要實踐抓手。開辦的道德講堂,關(guān)愛空巢老人,強化督導(dǎo)測評。\n\
    亮化提升！耙圆鸫俳ā保逡磺巴瓿扇1150萬平方米拆遷任務(wù)";

#[test]
fn dirty_traditional_text_is_found_by_simplified_words_and_by_any_fragment_of_itself() {
    let (_dir, index) = index(&[document(1, SEED), document(2, "别的材料")]);
    for typed in
        ["道德讲堂", "志愿服务", "空巢老人", "督导", "服務(wù)活動", "xué)雷鋒", "雷锋志愿", "1150万"]
    {
        assert_eq!(find(&index, typed), [1], "{typed}");
    }
    let chars: Vec<char> = SEED.chars().collect();
    for length in [1, 2, 3, 5, 9, 14] {
        for start in (0..chars.len() - length).step_by(3) {
            let fragment: String = chars[start..start + length].iter().collect();
            if !folded(&fragment).is_empty() && !fragment.contains(['"', '“', '”', '《', '》']) {
                let term = Term { text: fragment.clone(), exact: true, ..Term::default() };
                let exact = Asked { want: Want::Text(term), scope: None };
                let found = index.search(&exact, (0, 10), Sort::Relevance).unwrap();
                assert!(found.hits.iter().any(|it| it.evidence.0 == 1), "{fragment}");
            }
        }
    }
}

#[test]
fn filters_never_match_across_two_claims() {
    let claim = |path: &str, state: &str| ("2017".parse().unwrap(), path.parse().unwrap(), state.to_owned());
    let mut one = document(1, "甲");
    one.claims = vec![claim("1.3.1", "accepted"), claim("2.1", "pending")];
    one.unit = Some("zjj".into());
    one.date = Some(date(2017, 3, 5));
    let (_dir, index) = index(&[one, document(2, "甲")]);
    let narrowed = |path: &str, state: &str| {
        let within = Narrowing {
            indicators: Some(vec![("2017".parse().unwrap(), path.parse().unwrap())]),
            states: Some(vec![state.into()]),
            ..Narrowing::default()
        };
        let asked = both(Want::In(Box::new(within)), asked("甲").want);
        index.search(&asked, (0, 10), Sort::Relevance).unwrap().total
    };
    assert_eq!((narrowed("1", "accepted"), narrowed("1.3", "accepted"), narrowed("2", "pending")), (1, 1, 1));
    assert_eq!(
        (narrowed("1", "pending"), narrowed("2", "accepted"), narrowed("1.31", "accepted")),
        (0, 0, 0)
    );
    let units = |unit: &str| Asked { scope: Some(vec![unit.into()]), ..asked("甲") };
    assert_eq!(index.search(&units("zjj"), (0, 10), Sort::Date).unwrap().total, 1);
    assert_eq!(index.search(&units("jyj"), (0, 10), Sort::Date).unwrap().total, 0);
    let within = |from| {
        let dates = Narrowing { dates: Some((from, Some(date(2017, 12, 31)))), ..Narrowing::default() };
        index.search(&Asked { want: Want::In(Box::new(dates)), scope: None }, (0, 10), Sort::Date).unwrap()
    };
    let found = within(None);
    assert_eq!(found.total, 1, "an undated piece lies in no span");
    assert_eq!(within(Some(date(-5, 1, 1))).total, 1, "nor in one that begins before our era");
    let facet = |field: &str| found.facets.iter().find(|it| it.field == field).unwrap().counts.clone();
    assert_eq!(facet("unit"), [("zjj".to_owned(), 1)]);
    assert_eq!(facet("state").len(), 2);
}

#[test]
fn signs_alone_find_nothing_and_no_page_is_too_far() {
    let (_dir, index) = index(&[document(1, "志愿服务"), document(2, "别的材料")]);
    for typed in ["🙂", "(", "* ?", "\"\"", "“。”"] {
        assert_eq!(find(&index, typed), [0; 0], "{typed}");
    }
    assert_eq!(find(&index, "志愿 🙂"), [1], "beside words they are passed over");
    assert_eq!(find(&index, ""), [1, 2]);
    for (offset, limit) in [(usize::MAX, 1), (0, usize::MAX), (usize::MAX, usize::MAX), (1, 0)] {
        let found = index.search(&asked("志愿"), (offset, limit), Sort::Date).unwrap();
        assert_eq!(found.total, 1, "{offset} {limit}");
    }
}

#[test]
fn exclusion_updates_near_hits_and_the_entry_reached() {
    let (_dir, index) =
        index(&[document(1, "志愿服务总结"), document(2, "志愿服务方案"), document(3, "公益广告")]);
    assert_eq!(find(&index, "志愿服务 -总结"), [2]);
    assert_eq!(find(&index, "志愿 方案"), [2]);
    let near = index.search(&asked("志愿总结会"), (0, 10), Sort::Relevance).unwrap();
    assert!(near.total == 0 && near.near > 0 && near.hits[0].near && near.hits[0].evidence.0 == 1);
    assert_eq!(index.search(&asked("\"志愿总结会\""), (0, 10), Sort::Relevance).unwrap().near, 0);
    assert_eq!(index.reached().unwrap(), EntryId(7));
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    writer.apply(&[crate::domain::id::EvidenceId(3)], &[document(1, "换了内容")]).unwrap();
    writer.commit(EntryId(9)).unwrap();
    assert_eq!((find(&index, "总结"), find(&index, "换了"), index.count().unwrap()), (vec![], vec![1], 2));
    assert_eq!(index.ids().unwrap().len(), 2);
}

#[test]
fn a_missing_a_stale_and_a_broken_index_are_told() {
    let (dir, first) = index(&[document(1, "甲")]);
    let (folder, words) = (dir.path().join("index"), ["市住房和城乡建设局".to_owned()]);
    drop(first);
    assert!(matches!(Index::open(&folder, &words), Opened::Ready(_)));
    assert!(matches!(Index::open(&folder, &[]), Opened::Stale));
    assert!(matches!(Index::open(&dir.path().join("no"), &words), Opened::Missing));
    std::fs::write(folder.join("meta.json"), "{").unwrap();
    assert!(matches!(Index::open(&folder, &words), Opened::Broken(_)));
    let again = Arc::new(Index::create(&dir.path().join("new"), &words).unwrap());
    let mut writer = Writer::open(Arc::clone(&again)).unwrap();
    writer.commit(EntryId(1)).unwrap();
    writer.finish().unwrap();
    drop(again);
    swap_in(&dir.path().join("new"), &folder).unwrap();
    assert!(matches!(Index::open(&folder, &words), Opened::Ready(_)));
}

#[test]
fn tags_that_fit_are_told_with_what_may_be_seen_of_them_however_rare() {
    let tagged = |n: i64, unit: &str, tags: &[&str]| {
        let tags = tags.iter().map(|it| (*it).to_owned()).collect();
        Document { unit: Some(unit.into()), tags, ..document(n, "材料") }
    };
    let mut documents: Vec<Document> = (0..600).map(|n| tagged(n, "jyj", &[&format!("号{n}")])).collect();
    documents.extend([tagged(600, "jyj", &["重点", "号5"]), tagged(601, "zjj", &["重点", "重點"])]);
    documents.push(tagged(602, "zjj", &["重复"]));
    let (_dir, index) = index(&documents);
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    writer.apply(&[crate::domain::id::EvidenceId(602)], &[]).unwrap();
    writer.commit(EntryId(8)).unwrap();
    writer.finish().unwrap();
    let told = |unit: Option<&str>, needle: &str| {
        let found = index.tags(unit.map(|it| vec![it.to_owned()]), |it| it.contains(needle)).unwrap();
        found.into_iter().map(|(tag, n)| format!("{tag} {n}")).collect::<Vec<_>>()
    };
    assert_eq!(told(None, "重"), ["重点 2", "重點 1"], "what is gone has no tag");
    assert_eq!(told(Some("jyj"), "重"), ["重点 1"], "another's spelling is not told");
    assert_eq!(told(None, "号5").first().unwrap(), "号5 2");
    assert_eq!(told(None, "号").len(), 600);
    assert_eq!(told(Some("zjj"), "号"), [""; 0]);
    assert_eq!(
        index.newest(&asked("材料"), 2).unwrap().iter().map(|it| it.0).collect::<Vec<_>>(),
        [601, 600]
    );
}

#[test]
fn highlights_cross_scripts_and_injected_pinyin() {
    let mark = |text: &str, typed: &str| -> Vec<String> {
        highlight::marks(text, &parse(typed).root.sought())
            .into_iter()
            .map(|it| text[it].to_owned())
            .collect()
    };
    assert_eq!(mark(SEED, "志愿服务"), ["志愿服務"]);
    assert_eq!(mark(SEED, "学雷锋"), ["學(xué)雷鋒"]);
    assert_eq!(mark("甲乙丙丁", "\"乙丙\" 丁"), ["乙丙丁"]);
    let long = format!("{}志愿服务在此{}", "前".repeat(500), "后".repeat(500));
    let snippet = highlight::snippet(&long, &parse("志愿服务").root.sought(), 60);
    assert_eq!(&snippet.text[snippet.marks[0].clone()], "志愿服务");
    assert_eq!(snippet.text.chars().count(), 60);
}

#[test]
fn a_long_text_is_read_to_the_place_that_answers() {
    let query = parse("志愿服务 空巢老人");
    let terms = query.root.sought();
    for n_before in [0, 4_000, 4_770, 4_780, 5_430, 5_450, 5_460, 5_470, 9_000, 60_000] {
        // One of the terms alone is no answer, unless the other is far.
        let alone = if n_before < 10_000 { "空巢老人前" } else { "" };
        let before = format!("{alone}{}", "前。".repeat(n_before / 2));
        let long = format!("{before}志願服務,空巢老人{}", "后".repeat(40_000));
        let found = highlight::find(long.as_bytes(), &terms, 60, usize::MAX).unwrap();
        let marked: Vec<&str> = found.marks.iter().map(|it| &found.text[it.clone()]).collect();
        assert!(marked.ends_with(&["志願服務", "空巢老人"]), "{n_before}: {marked:?}");
        assert_eq!(long[found.at..found.at + found.text.len()], found.text, "{n_before}");
        assert_eq!(found.text.chars().count(), 60, "{n_before}");
    }
    let absent = highlight::find("甲".repeat(90_000).as_bytes(), &terms, 60, usize::MAX).unwrap();
    assert_eq!((absent.at, absent.marks.len(), absent.text.chars().count()), (0, 0, 60));
}

#[test]
fn a_commit_of_another_process_is_seen_by_the_next_search() {
    let (dir, index) = index(&[document(1, "甲")]);
    let words = ["市住房和城乡建设局".to_owned()];
    let Opened::Ready(other) = Index::open(&dir.path().join("index"), &words) else { panic!("it is ready") };
    assert_eq!((find(&other, "甲"), other.reached().unwrap()), (vec![1], EntryId(7)));
    let mut writer = Writer::open(Arc::clone(&index)).unwrap();
    writer.apply(&[], &[document(2, "甲")]).unwrap();
    writer.commit(EntryId(8)).unwrap();
    let found = other.search(&asked("甲"), (0, 10), Sort::Relevance).unwrap();
    assert_eq!((found.total, found.entry), (2, Some(EntryId(8))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The engine finds just the texts that hold a fragment, whatever its length, script, digits or line breaks.
    #[test]
    fn a_fragment_finds_what_brute_force_finds(
        texts in proptest::collection::vec("[志愿誌願服務务学學1a2 ,。\n]{1,24}", 1..12),
        from in 0_usize..20, length in 1_usize..8, which in 0_usize..12,
    ) {
        let documents: Vec<Document> = (1..).zip(&texts).map(|(n, it)| document(n, it)).collect();
        let (_dir, index) = index(&documents);
        let source: Vec<char> = folded(&texts[which % texts.len()]).chars().collect();
        let fragment: String = source.iter().skip(from % source.len().max(1)).take(length).collect();
        prop_assume!(!fragment.is_empty());
        let truth: Vec<i64> =
            (1..).zip(&texts).filter(|(_, it)| folded(it).contains(&fragment)).map(|(n, _)| n).collect();
        prop_assert_eq!(find(&index, &format!("\"{fragment}\"")), truth);
    }
}

#[test]
fn an_index_that_went_is_told_in_words() {
    let (dir, index) = index(&[document(1, "甲")]);
    std::fs::remove_dir_all(dir.path().join("index")).unwrap();
    let error = index.search(&asked("甲"), (0, 10), Sort::Relevance).unwrap_err();
    assert!(error.message_in(false).contains("索引不在原处"), "{error}");
}
