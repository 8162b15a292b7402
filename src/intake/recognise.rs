//! What a path says: unit and standard from folder names, kind and date from folder and file names.

use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::code::{self, Resolved};
use crate::domain::dates;
use crate::domain::evidence::{Alias, DateKind, Dated, KindSource, Provenance};
use crate::domain::finding::{Code, Finding};
use crate::domain::id::{IndicatorPath, KindCode, SchemeId, UnitId};
use crate::domain::kind::Kinds;
use crate::domain::media;
use crate::domain::scheme::{Indicator, Scheme};
use crate::domain::unit::{Units, same_name};

/// What is known before a path is looked at: said by a flag or a form, and the words of the archive.
#[derive(Clone, Debug)]
pub struct Hints {
    /// The unit it is from.
    pub unit: Option<UnitId>,
    /// The standard it proves.
    pub standard: Option<(SchemeId, IndicatorPath)>,
    /// Its kind.
    pub kind: Option<KindCode>,
    /// The units of the archive.
    pub units: Arc<Units>,
    /// The current schemes.
    pub schemes: Vec<Arc<Scheme>>,
    /// The kinds of evidence.
    pub kinds: Kinds,
    /// Today, for the groups of units.
    pub today: Date,
}

/// What was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The unit, if one and only one.
    pub unit: Option<UnitId>,
    /// What it was recognised by, where that is an alias or a former name.
    pub alias: Option<Alias>,
    /// The standard, if one and only one.
    pub standard: Option<(SchemeId, IndicatorPath)>,
    /// The kind and how it is known.
    pub kind: (KindCode, KindSource),
    /// A title, from the file name.
    pub title: String,
    /// Dates the names speak of.
    pub dates: Vec<Dated>,
    /// What was not recognised.
    pub findings: Vec<Finding>,
}

/// Recognises what a path says, its parts separated by `/`.
pub fn recognise(hints: &Hints, path: &str, modified: Option<Date>) -> Recognised {
    Recogniser::new(hints).recognise(path, modified)
}

/// Recognises one path after another. Files of one folder come in a row, so what its folders say is worked out once.
#[derive(Debug)]
pub struct Recogniser<'a> {
    hints: &'a Hints,
    last: Option<Said>,
}

/// What the folders of a path say.
#[derive(Clone, Debug)]
struct Said {
    folders: Vec<String>,
    unit: Option<UnitId>,
    alias: Option<Alias>,
    /// How many folders stand above what is in that of the unit.
    n_above: usize,
    standard: Option<(SchemeId, IndicatorPath)>,
    /// What the first spelling that means several standards may mean.
    clash: String,
    findings: Vec<Finding>,
}

impl<'a> Recogniser<'a> {
    /// Makes one that knows the words of the archive.
    pub fn new(hints: &'a Hints) -> Self {
        Self { hints, last: None }
    }

    /// As [`recognise`].
    pub fn recognise(&mut self, path: &str, modified: Option<Date>) -> Recognised {
        let mut folders: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        let name = folders.pop().unwrap_or(path);
        let hints = self.hints;
        let said = match self.last.take() {
            Some(last) if last.folders == folders => last,
            _ => said(hints, &folders),
        };
        let Said { unit, alias, mut standard, mut clash, mut findings, .. } = said.clone();
        let below = folders.get(said.n_above..).unwrap_or_default();
        if standard.is_none()
            && let Some((code, _)) = code::split(name)
        {
            standard = only(candidates(hints, unit.as_ref(), code), code, &mut clash);
        }
        if standard.is_none() {
            findings.push(Finding::new(Code::W25, if clash.is_empty() { below.join("/") } else { clash }));
        }
        let kind = find_kind(hints, below, name);
        let mut dates: Vec<Dated> = find_date(&kind.0, &folders, name).into_iter().collect();
        let file_time =
            |on| Dated { kind: DateKind::Made, from: on, to: on, provenance: Provenance::FileTime };
        dates.extend(modified.map(file_time));
        self.last = Some(said);
        Recognised { unit, alias, standard, kind, title: title(name), dates, findings }
    }
}

fn said(hints: &Hints, folders: &[&str]) -> Said {
    let mut findings = Vec::new();
    let (unit, n_above) = match &hints.unit {
        Some(unit) => (Some(unit.clone()), 0),
        None => find_unit(hints, folders, &mut findings),
    };
    let alias =
        unit.as_ref().filter(|_| n_above > 0).and_then(|it| other_name(hints, it, folders[n_above - 1]));
    findings.extend(alias.as_ref().map(|it| Finding::new(Code::W19, it.told(&hints.units))));
    let below = folders.get(n_above..).unwrap_or_default();
    let mut clash = String::new();
    let standard = match &hints.standard {
        Some(standard) => Some(standard.clone()),
        None => find_standard(hints, unit.as_ref(), below, &mut clash),
    };
    let folders = folders.iter().map(|it| (*it).to_owned()).collect();
    Said { folders, unit, alias, n_above, standard, clash, findings }
}

/// The first folder that names a unit; returns also which folder comes after it.
fn find_unit(hints: &Hints, folders: &[&str], findings: &mut Vec<Finding>) -> (Option<UnitId>, usize) {
    for (n, folder) in folders.iter().enumerate() {
        let mut found = hints.units.named(folder);
        if found.is_empty() {
            found = spellings(folder)
                .iter()
                .map(|it| hints.units.named(it))
                .find(|it| !it.is_empty())
                .unwrap_or_default();
        }
        match found.as_slice() {
            [] => {}
            [unit] => {
                return deeper(hints, &unit.id, &folders[n + 1..])
                    .map_or((Some(unit.id.clone()), n + 1), |(id, skipped)| (Some(id), n + 1 + skipped));
            }
            several => {
                let names: Vec<&str> = several.iter().map(|it| it.name.as_str()).collect();
                findings.push(Finding::new(Code::W24, format!("{folder}: {}", names.join("、"))));
                return (None, n + 1);
            }
        }
    }
    findings.push(Finding::new(Code::W24, folders.join("/")));
    (None, 0)
}

/// The name in a folder that a unit was recognised by, where it is another than its own.
fn other_name(hints: &Hints, unit: &UnitId, folder: &str) -> Option<Alias> {
    let known = hints.units.get(unit)?;
    let spelled = [folder.to_owned()].into_iter().chain(spellings(folder));
    let name = spelled.into_iter().find(|it| known.names().any(|name| same_name(name, it)))?;
    known.is_other_name(&name).then(|| Alias { unit: unit.clone(), name })
}

/// A folder of a department right below that of its unit is meant, not the unit.
fn deeper(hints: &Hints, unit: &UnitId, folders: &[&str]) -> Option<(UnitId, usize)> {
    let folder = folders.first()?;
    let named = |it: &String| hints.units.named(it).into_iter().find(|it| it.parent.as_ref() == Some(unit));
    let found = [(*folder).to_owned()].iter().chain(&spellings(folder)).find_map(named)?;
    Some((found.id.clone(), 1))
}

/// A folder name without the number before it and the words after it that offices add.
fn spellings(folder: &str) -> Vec<String> {
    const AFTER: &[&str] = &[
        "迎检材料",
        "创建材料",
        "申报材料",
        "报送材料",
        "上报材料",
        "报送资料",
        "材料",
        "资料",
        "报送",
        "上报",
        "汇总",
    ];
    let mut name = without_number(folder);
    if let Some(at) = name.find(['(', '\u{ff08}', '[', '【', '_']).filter(|&at| at > 0) {
        name = name[..at].trim_end();
    }
    let mut res = vec![name.to_owned()];
    for after in AFTER {
        if let Some(cut) = name.strip_suffix(after).filter(|it| !it.is_empty()) {
            res.push(cut.trim_end().to_owned());
        }
    }
    res
}

/// Takes `01_`, `3、`, `(2)` or `5.` off the beginning of a name.
fn without_number(name: &str) -> &str {
    let trimmed = name.trim().trim_start_matches(['(', '\u{ff08}']);
    let rest = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == trimmed.len() {
        return name.trim();
    }
    let cut = rest.trim_start_matches(['.', '、', '_', '-', ' ', ')', '\u{ff09}', '.']);
    if cut.is_empty() || cut.len() == rest.len() { name.trim() } else { cut.trim() }
}

/// The standard the folders below the unit mean, taken together or one alone, deepest first.
fn find_standard(
    hints: &Hints,
    unit: Option<&UnitId>,
    folders: &[&str],
    clash: &mut String,
) -> Option<(SchemeId, IndicatorPath)> {
    let coded: Vec<&str> = folders.iter().copied().filter(|it| code::split(it).is_some()).collect();
    let codes: Vec<&str> = coded.iter().filter_map(|it| code::split(it)).map(|it| it.0.trim()).collect();
    let words = coded.last().and_then(|it| code::split(it)).map_or("", |it| it.1);
    let together = (!codes.is_empty()).then(|| format!("{} {words}", codes.join("/")));
    let alone = folders.iter().rev().map(|it| (*it).to_owned());
    together.into_iter().chain(alone).find_map(|it| only(candidates(hints, unit, &it), &it, clash))
}

/// The only candidate; of several the first clash is noted.
fn only(
    candidates: Vec<(&Arc<Scheme>, &Indicator)>,
    spelling: &str,
    clash: &mut String,
) -> Option<(SchemeId, IndicatorPath)> {
    match candidates.as_slice() {
        [] => None,
        [(scheme, indicator)] => Some((scheme.id.clone(), indicator.path.clone())),
        several => {
            if clash.is_empty() {
                let shown = |it: &(&Arc<Scheme>, &Indicator)| {
                    format!("{} {}", it.0.full_code(&it.1.path), it.1.title)
                };
                let shown: Vec<String> = several.iter().take(6).map(shown).collect();
                *clash = format!("{spelling}: {}", shown.join(" / "));
            }
            None
        }
    }
}

/// The standards a spelling may mean; several are narrowed to those the unit owes, and those that ask for material.
fn candidates<'a>(
    hints: &'a Hints,
    unit: Option<&UnitId>,
    spelled: &str,
) -> Vec<(&'a Arc<Scheme>, &'a Indicator)> {
    let mut res: Vec<(&Arc<Scheme>, &Indicator)> = Vec::new();
    for scheme in &hints.schemes {
        let found = match code::resolve(scheme, spelled) {
            Resolved::One(one) => vec![one],
            Resolved::Several(several) => several,
            Resolved::Unknown => vec![],
        };
        for indicator in found {
            let below = scheme.indicators.iter().filter(|it| it.path.is_within(&indicator.path));
            res.extend(below.filter(|it| scheme.is_standard(&it.path)).map(|it| (scheme, it)));
        }
    }
    if res.len() > 1
        && let Some(unit) = unit
    {
        let owed: Vec<_> = res.iter().copied().filter(|it| owes(hints, unit, it.1)).collect();
        if !owed.is_empty() {
            res = owed;
        }
    }
    res
}

fn owes(hints: &Hints, unit: &UnitId, indicator: &Indicator) -> bool {
    let names = indicator
        .lead
        .iter()
        .chain(&indicator.units)
        .chain(indicator.requirements.iter().flat_map(|it| &it.units));
    names.into_iter().any(|name| {
        let named = hints.units.expand(name, hints.today);
        named.iter().any(|it| hints.units.with_departments(&it.id).contains(&unit))
    })
}

fn find_kind(hints: &Hints, folders: &[&str], name: &str) -> (KindCode, KindSource) {
    if let Some(kind) = &hints.kind {
        return (kind.clone(), KindSource::Said);
    }
    let media_type = media::by_name(name);
    let said = folders.iter().rev().find_map(|it| {
        hints.kinds.named(it).or_else(|| spellings(it).iter().find_map(|it| hints.kinds.named(it)))
    });
    if let Some(kind) = said {
        return (kind.code.clone(), KindSource::Name);
    }
    let stem = title(name);
    let seen = media_type.starts_with("image/")
        || media_type.starts_with("video/")
        || media_type.starts_with("audio/");
    let tabular = hints.kinds.proposed(media_type).is_some_and(|it| it.code.as_str() == "table");
    let mut best: Option<(usize, &KindCode)> = None;
    for kind in hints.kinds.all() {
        // A picture is a picture whatever its name tells of, unless it shows a newspaper.
        if (seen || tabular) && kind.code.as_str() != "press" && !(tabular && kind.code.as_str() == "roster")
        {
            continue;
        }
        for word in kind.aliases.iter().chain([&kind.zh]).filter(|it| it.chars().count() > 1) {
            // The word a title ends with says what it is: 关于…活动方案的通知 is a notice.
            let place = stem.rfind(word.as_str()).map(|at| at + word.len());
            // 规范化 and 意见箱 are no papers.
            let inside = |end: &usize| stem[*end..].starts_with(char::is_alphabetic);
            let place = place.filter(|end| !(["规范", "意见"].contains(&word.as_str()) && inside(end)));
            if place.is_some_and(|at| best.is_none_or(|it| it.0 < at)) {
                best = place.map(|at| (at, &kind.code));
            }
        }
    }
    if let Some((_, kind)) = best {
        return (kind.clone(), KindSource::Name);
    }
    let proposed = hints.kinds.proposed(media_type).or_else(|| hints.kinds.all().last());
    let code = proposed.map(|it| it.code.clone()).or_else(|| "other".parse().ok());
    (code.unwrap_or_else(|| hints.kinds.all()[0].code.clone()), KindSource::Proposed)
}

fn find_date(kind: &KindCode, folders: &[&str], name: &str) -> Option<Dated> {
    let (from, to) =
        dates::in_name(name).or_else(|| folders.iter().rev().find_map(|it| dates::in_name(it)))?;
    Some(Dated { kind: DateKind::spoken_of(kind, from, to), from, to, provenance: Provenance::Name })
}

/// The name without its ending, the number before it and the marks of copies after it.
fn title(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |it| it.0);
    let mut cut = stem.trim();
    loop {
        let before = cut;
        for mark in [" - 副本", "-副本", "副本", " - Copy"] {
            cut = cut.strip_suffix(mark).unwrap_or(cut).trim_end();
        }
        if let Some(open) = cut.rfind(['(', '\u{ff08}']) {
            let inner = cut[open..].trim_matches(['(', ')', '\u{ff08}', '\u{ff09}']);
            if cut.ends_with([')', '\u{ff09}'])
                && !inner.is_empty()
                && inner.len() < 3
                && inner.chars().all(|c| c.is_ascii_digit())
            {
                cut = cut[..open].trim_end();
            }
        }
        if cut == before {
            break;
        }
    }
    let cut = if dates::in_name(cut).is_some() { cut } else { without_number(cut) };
    if cut.is_empty() { stem.to_owned() } else { cut.to_owned() }
}
