//! Units: who owes. They belong to the archive, not to a scheme, under stable ids with dated names.

use std::collections::HashMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::UnitId;

/// A responsible unit (责任单位).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its stable id, such as `zjj`.
    pub id: UnitId,
    /// Its full name today.
    pub name: String,
    /// Its short name for tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    /// Other names it is known by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Names it had before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerName>,
    /// The unit it is a department of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitId>,
    /// Groups it belongs to, such as 市直各单位.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Membership>,
    /// Who to call, each from a day on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
}

/// A name a unit had until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The last day it was used.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Membership of a group, from a day to a day where these are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The name of the group.
    pub name: String,
    /// The first day.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Someone of a unit, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The person's name.
    pub name: String,
    /// What the person does: 分管领导, 联络员, 资料员.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub duty: String,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// The first day.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

impl Unit {
    /// Returns the short name, or else the name.
    pub fn label(&self) -> &str {
        self.short.as_deref().unwrap_or(&self.name)
    }

    /// Returns whether a name is another than that of the unit: an alias or a former name that is more than its name
    /// cut short, as 教育局 is of 濮阳市教育局.
    pub fn is_other_name(&self, name: &str) -> bool {
        let name = folded(name);
        let own = [self.id.as_str(), self.name.as_str()].into_iter().chain(self.short.as_deref());
        own.map(folded).all(|it| !it.contains(&name))
    }

    /// Returns every name it goes by: id, name, short name, aliases, former names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [self.id.as_str(), self.name.as_str()]
            .into_iter()
            .chain(self.short.as_deref())
            .chain(self.aliases.iter().map(String::as_str))
            .chain(self.former.iter().map(|it| it.name.as_str()))
    }
}

/// The units of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units(pub Vec<Unit>);

impl Units {
    /// Returns the unit of an id.
    pub fn get(&self, id: &UnitId) -> Option<&Unit> {
        self.0.iter().find(|it| it.id == *id)
    }

    /// Returns the label of an id, the id itself where it is not known.
    pub fn label<'a>(&'a self, id: &'a UnitId) -> &'a str {
        self.get(id).map_or(id.as_str(), Unit::label)
    }

    /// Returns the units a name means: by id first, else by any name they go by. More than one is a clash to be asked.
    pub fn named(&self, name: &str) -> Vec<&Unit> {
        self.directory().named(name)
    }

    /// Expands a name into units at a day: a unit itself, or the members of a group. Empty where it means nothing.
    pub fn expand(&self, name: &str, day: Date) -> Vec<&Unit> {
        self.directory().expand(name, day)
    }

    /// Returns the units by every name, for those who look up many: each name is folded once.
    pub fn directory(&self) -> Directory<'_> {
        let mut res = Directory { named: HashMap::new(), members: HashMap::new() };
        for unit in &self.0 {
            for name in unit.names() {
                let named = res.named.entry(folded(name)).or_default();
                if named.last().is_none_or(|it: &&Unit| it.id != unit.id) {
                    named.push(unit);
                }
            }
            for membership in &unit.groups {
                res.members.entry(folded(&membership.name)).or_default().push((unit, membership));
            }
        }
        res
    }

    /// Returns the unit itself and every department below it.
    pub fn with_departments(&self, id: &UnitId) -> Vec<&UnitId> {
        let mut res: Vec<&UnitId> = self.0.iter().filter(|it| it.id == *id).map(|it| &it.id).collect();
        let mut n_seen = 0;
        while n_seen < res.len() {
            let above = res[n_seen];
            n_seen += 1;
            for unit in &self.0 {
                if unit.parent.as_ref() == Some(above) && !res.contains(&&unit.id) {
                    res.push(&unit.id);
                }
            }
        }
        res
    }
}

/// The units of an archive by every name they go by and every group they belong to.
#[derive(Clone, Debug)]
pub struct Directory<'a> {
    named: HashMap<String, Vec<&'a Unit>>,
    members: HashMap<String, Vec<(&'a Unit, &'a Membership)>>,
}

impl<'a> Directory<'a> {
    /// As [`Units::named`].
    pub fn named(&self, name: &str) -> Vec<&'a Unit> {
        let found = self.named.get(&folded(name)).cloned().unwrap_or_default();
        match found.iter().find(|it| it.id.as_str().eq_ignore_ascii_case(name.trim())) {
            Some(unit) => vec![unit],
            None => found,
        }
    }

    /// As [`Units::expand`].
    pub fn expand(&self, name: &str, day: Date) -> Vec<&'a Unit> {
        let units = self.named(name);
        if !units.is_empty() {
            return units;
        }
        let mut res: Vec<&Unit> = Vec::new();
        for (unit, membership) in self.members.get(&folded(name)).into_iter().flatten() {
            if membership.holds(day) && res.last().is_none_or(|it| it.id != unit.id) {
                res.push(unit);
            }
        }
        res
    }
}

impl Membership {
    fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// Returns whether two names are the same but for white space, width and brackets: names arrive typed by many hands.
pub fn same_name(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

fn folded(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
