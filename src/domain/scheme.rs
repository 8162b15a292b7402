//! Scheme: a rulebook of one generation, a tree of indicators with the requirements on its leaves.
//!
//! These types are the format of a scheme file as well (`schema/scheme.schema.json` is made from them).

use std::collections::HashMap;

use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::evidence::DateKind;
use crate::domain::id::{IndicatorPath, KindCode, RequirementId, SchemeId};
use crate::domain::kind::Kind;
use crate::domain::window::{Cadence, Period, Window};

/// A rulebook of one generation, such as the 2017 edition of a city's evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Its id, used in URLs and on the command line, such as `2017`.
    pub id: SchemeId,
    /// Its title in full.
    pub title: String,
    /// What its levels are called, from the root down; the last one is the standard.
    pub levels: Vec<String>,
    /// The day the test begins; rolling windows count back from it.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_on: Option<Date>,
    /// When material must be in, with the hour, in the archive's time zone.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime>,
    /// The window of every requirement that names none.
    #[serde(default)]
    pub window: Window,
    /// The dates of the creation cycle, for windows of rule `cycle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Period>,
    /// The day on which groups of units are expanded; today where it is not given.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups_on: Option<Date>,
    /// Whether a unit may accept its own material.
    #[serde(default)]
    pub accept_own: bool,
    /// Kinds of evidence beyond the usual ones, or other words for them.
    #[serde(default, rename = "kind", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// The nodes of the tree, parents before children.
    #[serde(rename = "indicator")]
    pub indicators: Vec<Indicator>,
}

/// A node of the tree. Leaves are the standards (测评标准).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its place in the tree, such as `1.3.2`.
    #[schemars(with = "String")]
    pub path: IndicatorPath,
    /// Its own code as printed in the rulebook, such as `Ⅰ-1`, `Ⅱ-3` or `2)`.
    pub code: String,
    /// Its short title.
    pub title: String,
    /// The words of the standard.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// How it is tested, such as 材料审核, 问卷调查, 实地考察.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// The points it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// Whether one failure here rules the city out (申报条件, 负面清单).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub veto: bool,
    /// The leading unit (牵头单位): an id, or a name or alias of a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// The responsible units (责任单位): ids, names, aliases, or names of groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// What it asks to be shown.
    #[serde(default, rename = "requirement", skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
}

/// How material is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 件: distinct pieces.
    #[default]
    Piece,
    /// 张: distinct photos.
    Photo,
    /// 场: distinct events, told apart by the caption field 活动 or else by the day.
    Event,
    /// 人: distinct persons named in the caption field 人物.
    Person,
}

impl Measure {
    /// Returns the Chinese measure word, or the English noun.
    pub fn label(self, english: bool) -> &'static str {
        match (self, english) {
            (Self::Piece, false) => "件",
            (Self::Photo, false) => "张",
            (Self::Event, false) => "场",
            (Self::Person, false) => "人",
            (Self::Piece, true) => "pieces",
            (Self::Photo, true) => "photos",
            (Self::Event, true) => "events",
            (Self::Person, true) => "persons",
        }
    }
}

/// Who must deliver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Every unit named owes its own.
    #[default]
    Each,
    /// One is owed between all of them; it stands with the leading unit, or else the first one named.
    Any,
    /// Only the leading unit owes.
    Lead,
}

/// What a standard asks to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its id, kept across versions of the scheme.
    pub id: RequirementId,
    /// What is wanted, in words for the liaison.
    pub title: String,
    /// The kinds of evidence that serve; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindCode>,
    /// How it is counted.
    #[serde(default)]
    pub measure: Measure,
    /// How many are owed in each period.
    #[serde(default = "one")]
    pub min: u32,
    /// How many the selected dossier takes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// The window, where it differs from the scheme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Which date of a piece is looked at.
    #[serde(default = "made")]
    pub date: DateKind,
    /// How often it is owed within the window.
    #[serde(default)]
    pub cadence: Cadence,
    /// The periods of cadence `named`, such as festivals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<Period>,
    /// When it must be in, where that differs from the scheme's deadline; periods are due ten days after they end.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime>,
    /// Fields that must be filled: `document_number`, `issuer`, or a caption element such as 时间, 地点, 人物.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Who must deliver.
    #[serde(default)]
    pub provider: Provider,
    /// The units of this requirement, where they differ from the standard's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// Limits of the receiving system.
    #[serde(default, skip_serializing_if = "Limits::is_none")]
    pub limits: Limits,
}

fn one() -> u32 {
    1
}

fn made() -> DateKind {
    DateKind::Made
}

/// Limits of a receiving system on one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Formats taken, by their endings such as `jpg`, or by the word for several: `图片`, `视频`, `音频`, `word`, `excel`,
    /// `ppt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// Pixels at least on the longer side of a picture, however it is turned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<u32>,
    /// Bytes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Characters of text at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u64>,
}

impl Limits {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Scheme {
    /// Returns the indicator at a path.
    pub fn indicator(&self, path: &IndicatorPath) -> Option<&Indicator> {
        self.indicators.iter().find(|it| it.path == *path)
    }

    /// Returns whether nothing stands below an indicator.
    pub fn is_standard(&self, path: &IndicatorPath) -> bool {
        !self.indicators.iter().any(|it| it.path != *path && it.path.is_within(path))
    }

    /// Returns the standards in order, the leaves of the tree.
    pub fn standards(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().filter(|it| self.is_standard(&it.path))
    }

    /// Returns the codes from the root down to an indicator, as printed: `Ⅰ-1 Ⅱ-3 2)`.
    pub fn full_code(&self, path: &IndicatorPath) -> String {
        let codes: Vec<&str> = (1..=path.levels().len())
            .filter_map(|n| self.ancestor(path, n))
            .map(|it| it.code.as_str())
            .collect();
        codes.join(" ")
    }

    /// Returns the requirement of an id with the standard it stands on.
    pub fn requirement(&self, id: &RequirementId) -> Option<(&Indicator, &Requirement)> {
        self.indicators.iter().find_map(|it| it.requirements.iter().find(|r| r.id == *id).map(|r| (it, r)))
    }

    /// Returns every requirement by its id, for those who look up many.
    pub fn requirements(&self) -> HashMap<&RequirementId, &Requirement> {
        self.indicators.iter().flat_map(|it| &it.requirements).map(|it| (&it.id, it)).collect()
    }

    /// Returns the window of a requirement, its own or the scheme's.
    pub fn window_of<'a>(&'a self, requirement: &'a Requirement) -> &'a Window {
        requirement.window.as_ref().unwrap_or(&self.window)
    }

    fn ancestor(&self, path: &IndicatorPath, n_levels: usize) -> Option<&Indicator> {
        self.indicator(&IndicatorPath::new(path.levels()[..n_levels].to_vec()))
    }
}
