//! Whether a scheme holds together: what is wrong with it, each fault with its place, all at once.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::domain::id::KindCode;
use crate::domain::kind::Kinds;
use crate::domain::scheme::{Indicator, Limits, Provider, Requirement, Scheme};
use crate::domain::unit::Units;
use crate::domain::window::periods;

/// A step down from the root of a scheme file to the place of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key.
    Key(&'static str),
    /// A place in a list, from 0.
    Nth(usize),
}

/// Something wrong, its place, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The way to it.
    pub at: Vec<Step>,
    /// A sentence that says what is wrong and what to do.
    pub message: String,
}

/// Checks a scheme against itself and the units of the archive. Groups are expanded on `today` where it gives no day.
pub fn check(scheme: &Scheme, units: &Units, today: Date) -> Vec<Fault> {
    let mut checker =
        Checker { scheme, units, day: scheme.groups_on.unwrap_or(today), faults: Vec::new(), at: Vec::new() };
    checker.scheme();
    checker.faults
}

struct Checker<'a> {
    scheme: &'a Scheme,
    units: &'a Units,
    day: Date,
    faults: Vec<Fault>,
    at: Vec<Step>,
}

impl Checker<'_> {
    fn fault(&mut self, key: &'static str, message: String) {
        let mut at = self.at.clone();
        at.push(Step::Key(key));
        self.faults.push(Fault { at, message });
    }

    fn scheme(&mut self) {
        let scheme = self.scheme;
        if scheme.levels.is_empty() {
            self.fault(
                "levels",
                "A scheme needs at least one level; write what its levels are called.".into(),
            );
        }
        let (mut paths, mut ids) = (HashSet::new(), HashSet::new());
        for (n, indicator) in scheme.indicators.iter().enumerate() {
            self.at = vec![Step::Key("indicator"), Step::Nth(n)];
            if !paths.insert(indicator.path.clone()) {
                self.fault(
                    "path",
                    format!("The path {} is used twice; give each indicator its own.", indicator.path),
                );
            }
            if let Some(parent) = indicator.path.parent().filter(|it| !paths.contains(it)) {
                let message =
                    format!("{} has no parent {parent} before it; write the parent first.", indicator.path);
                self.fault("path", message);
            }
            self.indicator(indicator);
            for (k, requirement) in indicator.requirements.iter().enumerate() {
                self.at.truncate(2);
                self.at.extend([Step::Key("requirement"), Step::Nth(k)]);
                if !ids.insert(requirement.id.clone()) {
                    let message = format!(
                        "The id {} is used twice; requirement ids are unique in a scheme.",
                        requirement.id
                    );
                    self.fault("id", message);
                }
                self.requirement(indicator, requirement);
            }
        }
    }

    fn indicator(&mut self, indicator: &Indicator) {
        let depth = indicator.path.levels().len();
        if depth > self.scheme.levels.len() {
            let message = format!(
                "{} is {depth} levels deep, but `levels` names {}.",
                indicator.path,
                self.scheme.levels.len()
            );
            self.fault("path", message);
        }
        if !indicator.requirements.is_empty() && !self.scheme.is_standard(&indicator.path) {
            let message =
                format!("{} has indicators below it; requirements stand on standards only.", indicator.path);
            self.fault("requirement", message);
        }
        if let Some(name) = &indicator.lead {
            self.named("lead", name);
        }
        for name in &indicator.units {
            self.named("units", name);
        }
        let owed =
            !indicator.requirements.is_empty() && indicator.lead.is_none() && indicator.units.is_empty();
        if owed && indicator.requirements.iter().any(|it| it.units.is_empty()) {
            self.fault("path", format!("Nobody owes {}; name `lead` or `units`.", indicator.path));
        }
    }

    fn named(&mut self, key: &'static str, name: &str) {
        if !self.units.expand(name, self.day).is_empty() {
            return;
        }
        let near = self.units.0.iter().flat_map(|it| it.names()).filter(|it| similar(it, name)).take(3);
        let near: Vec<String> = near.map(|it| format!("“{it}”")).collect();
        let hint = if near.is_empty() {
            "add it to the units".into()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        self.fault(key, format!("“{name}” is neither a unit nor a group; {hint}"));
    }

    fn requirement(&mut self, indicator: &Indicator, requirement: &Requirement) {
        if requirement.min == 0 {
            self.fault(
                "min",
                "At least 1 must be asked; leave the requirement out where nothing is owed.".into(),
            );
        }
        if requirement.max.is_some_and(|max| max < requirement.min) {
            self.fault("max", format!("max is less than min ({}); swap them.", requirement.min));
        }
        for kind in &requirement.kinds {
            self.kind(kind);
        }
        for name in &requirement.units {
            self.named("units", name);
        }
        if requirement.provider == Provider::Lead && indicator.lead.is_none() && requirement.units.is_empty()
        {
            self.fault("provider", "`lead` needs a leading unit; name `lead` on the standard.".into());
        }
        let window =
            self.scheme.window_of(requirement).resolve(self.scheme.test_on, self.scheme.cycle.as_ref());
        let found = window.and_then(|it| periods(requirement.cadence, it, &requirement.periods));
        if let Err(error) = found {
            let key = if requirement.window.is_some() { "window" } else { "id" };
            self.fault(key, error.message().to_owned());
        }
        self.limits(&requirement.limits);
        let mut labels = HashSet::new();
        for period in &requirement.periods {
            if !labels.insert(&period.label) || period.from > period.to {
                self.fault(
                    "periods",
                    format!("The period “{}” is named twice or ends before it begins.", period.label),
                );
            }
        }
    }

    fn limits(&mut self, limits: &Limits) {
        const LONGEST: usize = 8;
        let is_word = |it: &String| {
            (1..=LONGEST).contains(&it.chars().count()) && it.chars().all(char::is_alphanumeric)
        };
        for odd in limits.formats.iter().filter(|it| !is_word(it)) {
            let message = format!("“{odd}” is no format; write the ending of a file name, such as \"jpg\".");
            self.fault("limits", message);
        }
        if limits.pixels == Some(0) || limits.bytes == Some(0) || limits.words == Some(0) {
            self.fault("limits", "A limit of 0 leaves nothing; leave it out where there is none.".into());
        }
    }

    fn kind(&mut self, kind: &KindCode) {
        let kinds = Kinds::with(&self.scheme.kinds);
        if kinds.all().iter().any(|it| it.code == *kind) {
            return;
        }
        let hint = match kinds.named(kind.as_str()) {
            Some(meant) => format!("write its code “{}”.", meant.code),
            None => {
                let codes: Vec<&str> = kinds.all().iter().map(|it| it.code.as_str()).collect();
                format!("the kinds are {}; others are added as [[kind]].", codes.join(", "))
            }
        };
        self.fault("kinds", format!("“{kind}” is not the code of a kind; {hint}"));
    }
}

/// Whether two names share most of their characters.
fn similar(a: &str, b: &str) -> bool {
    let shared = a.chars().filter(|c| b.contains(*c)).count();
    let longer = a.chars().count().max(b.chars().count());
    longer > 1 && shared * 3 >= longer * 2
}
