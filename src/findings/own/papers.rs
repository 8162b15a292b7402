//! Papers held against who sent them and what came with them.

use crate::domain::city;
use crate::domain::evidence::{Evidence, Part, Role};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::UnitId;
use crate::domain::reading::Facts;
use crate::findings::own::beside;
use crate::ledger::fold::Fold;

pub(super) fn findings(fold: &Fold, evidence: &Evidence, res: &mut Vec<Finding>) {
    res.extend(issued_elsewhere(fold, evidence));
    res.extend(unnumbered(fold, evidence));
    res.extend(missing_attachments(fold, evidence));
    res.extend(another_place(fold, evidence));
}

/// What hangs on how units are called.
pub(in crate::findings) fn by_names(fold: &Fold, evidence: &Evidence) -> impl Iterator<Item = Finding> {
    issued_elsewhere(fold, evidence).into_iter().chain(another_place(fold, evidence))
}

fn facts<'a>(fold: &'a Fold, evidence: &'a Evidence) -> impl Iterator<Item = (&'a Part, &'a Facts)> {
    fold.readings_of(evidence).map(|it| (it.0, &it.1.facts))
}

/// W03: neither the unit, nor a body above it, nor a department of it issued the paper.
fn issued_elsewhere(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    if !matches!(evidence.kind.as_str(), "policy" | "report" | "document" | "statement" | "meeting") {
        return None;
    }
    let unit = evidence.unit.as_ref()?;
    let main = facts(fold, evidence).filter(|it| it.0.role != Role::Attachment);
    let issuer = evidence.issuer.clone().or_else(|| main.filter_map(|it| it.1.issuer.clone()).next())?;
    let own = family(fold, unit);
    let mut names = own.iter().filter_map(|it| fold.units.get(it)).flat_map(|it| it.names().skip(1));
    let ours = names.any(|name| issuer.split('、').any(|body| is_same_body(name, body)));
    (!ours).then(|| Finding::new(Code::W03, issuer))
}

/// The unit, the units above it and its departments.
fn family<'a>(fold: &'a Fold, unit: &'a UnitId) -> Vec<&'a UnitId> {
    let mut res = fold.units.with_departments(unit);
    let mut above = fold.units.get(unit).and_then(|it| it.parent.as_ref());
    while let Some(parent) = above.filter(|it| !res.contains(it)) {
        res.push(parent);
        above = fold.units.get(parent).and_then(|it| it.parent.as_ref());
    }
    res
}

/// Whether a name may stand for a body: 市住建局 for 濮阳市住房和城乡建设局. Offices shorten names by leaving characters out,
/// so the characters of the one are sought in the other in their order; what stands for the whole city is left out.
fn is_same_body(name: &str, body: &str) -> bool {
    let plain =
        |text: &str| fast2s::convert(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (name, body) = (plain(name), plain(body));
    let core = |name: &str| {
        let name = name.strip_prefix("中共").unwrap_or(name);
        name.trim_start_matches(['市', '县', '区', '省', '州']).to_owned()
    };
    let (name, body) = (core(&name), core(&body));
    // The office of a committee signs for the committee, and the other way round.
    let short = name.strip_suffix("办公室").or_else(|| name.strip_suffix('办')).unwrap_or(&name);
    [name.as_str(), short].iter().any(|it| within(it, &body)) || within(&body, &name)
}

/// Whether the characters of a name, at least two, stand in a body in their order.
fn within(name: &str, body: &str) -> bool {
    let mut rest = body.chars();
    name.chars().count() >= 2 && name.chars().all(|c| rest.any(|it| it == c))
}

/// E09: a policy document whose whole text was read and that bears no number. Rules of a house are issued without one.
fn unnumbered(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    const HOUSE: &[&str] = &["制度", "守则", "公约", "章程", "须知", "规范", "职责", "流程", "手册"];
    if evidence.kind.as_str() != "policy" || evidence.document_number.is_some() {
        return None;
    }
    let mut titles = vec![evidence.title.as_str()];
    for part in evidence.parts.iter().filter(|it| it.role != Role::Rendition) {
        let reading = fold.readings.get(&part.blob.sha256)?;
        let whole = reading.facts.characters.is_some() && reading.facts.picture_pages.is_none();
        let numbered =
            reading.facts.document_number.is_some() || reading.findings.iter().any(|it| it.code == Code::W01);
        let partial = reading.findings.iter().any(|it| it.code == Code::W27);
        if !whole || numbered || partial {
            return None;
        }
        titles.extend(reading.facts.title.as_deref());
    }
    let of_house =
        |title: &&str| HOUSE.iter().any(|it| title.trim_end_matches(['》', ')', '）']).ends_with(it));
    (!titles.iter().any(of_house)).then(|| Finding::new(Code::E09, ""))
}

pub(super) fn names_attachments(fold: &Fold, evidence: &Evidence) -> bool {
    facts(fold, evidence).any(|it| !it.1.attachments.is_empty())
}

/// W11: attachments that the text names, and that lie neither in the piece nor beside it.
fn missing_attachments(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    let named: Vec<&str> =
        facts(fold, evidence).flat_map(|it| &it.1.attachments).map(String::as_str).collect();
    if named.is_empty() {
        return None;
    }
    let mut there: Vec<String> = evidence.parts.iter().skip(1).map(|it| bare(stem(&it.name))).collect();
    for piece in beside(fold, evidence) {
        there.push(bare(&piece.title));
        there.extend(piece.parts.iter().map(|it| bare(stem(&it.name))));
        there.extend(facts(fold, piece).filter_map(|it| it.1.title.as_deref()).map(bare));
    }
    // A file that is called just 附件2 may be any of them.
    if there.iter().any(|it| it.strip_prefix("附件").is_some_and(|n| n.chars().all(char::is_numeric))) {
        return None;
    }
    let lies_there = |name: &str| {
        let name = bare(name);
        there.iter().any(|it| it.contains(&name) || (it.chars().count() >= 4 && name.contains(it.as_str())))
    };
    let missing: Vec<&str> = named.into_iter().filter(|it| !lies_there(it)).collect();
    (!missing.is_empty()).then(|| Finding::new(Code::W11, missing.join("、")))
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |it| it.0)
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// W31: the text speaks of another city and never of the archive's own, which the names of its units tell.
fn another_place(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    if matches!(evidence.kind.as_str(), "press" | "photo" | "video" | "audio") {
        return None;
    }
    let names = || fold.units.0.iter().flat_map(|it| it.names().skip(1));
    let place = facts(fold, evidence).find_map(|(_, facts)| {
        let own = |place: &String| {
            let city = place.trim_end_matches('市');
            names().any(|it| it.contains(city))
        };
        facts.places.first().filter(|_| !facts.places.iter().any(own))
    })?;
    let known = names().any(|it| !city::named(it).is_empty());
    known.then(|| Finding::new(Code::W31, place.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::own::world::{World, named};

    fn told(kind: &str, facts: Facts) -> Vec<String> {
        let mut world = World::new();
        let id = world.file(kind, "材料.txt", facts, &[]);
        told_of(&world, id)
    }

    fn told_of(world: &World, id: crate::domain::id::EvidenceId) -> Vec<String> {
        let mut res = Vec::new();
        findings(&world.fold, world.piece(id), &mut res);
        res.iter().map(|it| format!("{:?} {}", it.code, it.detail)).collect()
    }

    #[test]
    fn names_of_one_body_are_the_same_however_shortened() {
        for (name, body) in [
            ("市教育局", "濮阳市教育局"),
            ("市住建局", "云汀市住房和城乡建设局"),
            ("市文明办", "云汀市精神文明建设委员会"),
            ("市文明办", "云汀市精神文明建设指导委员会办公室"),
            ("团市委", "共青团云汀市委员会"),
            ("市卫健委", "雲汀市衛生健康委員會"),
            ("濮阳市教育局", "教育局"),
            ("第一人民医院", "云汀市第一人民医院"),
            ("市人社局", "云汀市人力资源和社会保障局"),
        ] {
            assert!(is_same_body(name, body), "{name} {body}");
        }
        for (name, body) in [
            ("市教育局", "濮阳市公安局"),
            ("市文明办", "濮阳市教育局"),
            ("市卫健委", "濮阳市人民政府"),
            ("办", "濮阳市人民政府办公室"),
        ] {
            assert!(!is_same_body(name, body), "{name} {body}");
        }
    }

    #[test]
    fn a_paper_of_another_body_is_told() {
        let issued = |issuer: &str| Facts { issuer: Some(issuer.into()), ..Facts::default() };
        assert_eq!(told("report", issued("濮阳市公安局")), ["W03 濮阳市公安局"]);
        for own in ["濮阳市教育局", "濮阳市教育体育局", "濮阳市教育局德育科", "濮阳市公安局、濮阳市教育局"]
        {
            assert!(told("report", issued(own)).is_empty(), "{own}");
        }
        for kind in ["press", "photo", "table"] {
            assert!(told(kind, issued("濮阳日报社")).is_empty(), "{kind}");
        }
        let mut world = World::new();
        let department = Evidence { unit: Some("jyj-dy".parse().unwrap()), ..named("总结.docx") };
        let id = world.put(department, issued("濮阳市教育局"));
        assert!(told_of(&world, id).is_empty(), "the unit above it");
        let nobody = Evidence { unit: None, ..named("总结.docx") };
        let id = world.put(nobody, issued("濮阳市教育局"));
        assert!(told_of(&world, id).is_empty());
    }

    #[test]
    fn a_policy_document_without_a_number_is_told() {
        let read =
            |title: &str| Facts { characters: Some(300), title: Some(title.into()), ..Facts::default() };
        assert_eq!(told("policy", read("学雷锋活动方案")), ["E09 "]);
        assert!(told("policy", read("医院控烟制度")).is_empty());
        assert!(told("report", read("学雷锋活动方案")).is_empty());
        assert!(
            told("policy", Facts { characters: None, ..read("扫描件") }).is_empty(),
            "a scan is not known"
        );
        assert!(told("policy", Facts { picture_pages: Some(1), ..read("方案") }).is_empty());
        assert!(
            told("policy", Facts { document_number: Some("甲〔2017〕1号".into()), ..read("方案") })
                .is_empty()
        );
        let mut world = World::new();
        let said = Evidence {
            kind: "policy".parse().unwrap(),
            document_number: Some("甲〔2017〕1号".into()),
            ..named("方案.docx")
        };
        let id = world.put(said, read("方案"));
        assert!(told_of(&world, id).is_empty());
    }

    #[test]
    fn attachments_that_did_not_come_are_told() {
        let names = |all: &[&str]| Facts {
            attachments: all.iter().map(|&it| it.into()).collect(),
            ..Facts::default()
        };
        let named = names(&["责任分解表", "联络员名册"]);
        assert_eq!(told("document", named.clone()), ["W11 责任分解表、联络员名册"]);
        let with = |other: &str| {
            let mut world = World::new();
            let id = world.file("document", "通知.docx", named.clone(), &[]);
            world.file("document", other, Facts::default(), &[]);
            told_of(&world, id)
        };
        assert_eq!(with("附件1：责任分解表（2017）.xlsx"), ["W11 联络员名册"]);
        assert_eq!(with("其他.xlsx"), ["W11 责任分解表、联络员名册"]);
        assert!(with("附件2.xlsx").is_empty());
        assert!(told("document", names(&[])).is_empty());
    }

    #[test]
    fn a_text_that_speaks_only_of_another_city_is_told() {
        let places =
            |all: &[&str]| Facts { places: all.iter().map(|&it| it.into()).collect(), ..Facts::default() };
        assert_eq!(told("policy", places(&["鹤壁市", "安阳市"])), ["W31 鹤壁市"]);
        assert!(told("policy", places(&["鹤壁市", "濮阳市"])).is_empty());
        assert!(told("press", places(&["鹤壁市"])).is_empty());
        let mut world = World::new();
        std::sync::Arc::make_mut(&mut world.fold.units).0.retain(|it| it.id.as_str() == "wmb");
        let id = world.file("policy", "方案.docx", places(&["鹤壁市"]), &[]);
        assert!(told_of(&world, id).is_empty(), "where the archive is, is not known");
    }
}
