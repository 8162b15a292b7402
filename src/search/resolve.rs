//! From names and codes as typed to what the index knows. What means nothing is text, so that nothing typed is lost.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::actor::Scope;
use crate::domain::code::{self, Resolved};
use crate::domain::evidence::Standing;
use crate::domain::finding::Code;
use crate::domain::id::{IndicatorPath, SchemeId};
use crate::domain::media;
use crate::index::fold::folded;
use crate::index::query::{Field, Filter, Node, Query, values};
use crate::index::{Asked, Narrowing, Want};
use crate::ledger::fold::Fold;
use crate::search::suggest::{indicators_by_initials, units_by_initials};

/// Resolves what was typed, within what may be seen.
pub(super) fn resolve(fold: &Fold, query: &Query, scope: &Scope, today: Date) -> Asked {
    Asked { want: Resolver { fold, today }.node(&query.root), scope: seen(scope) }
}

/// The units whose material may be seen; none for all.
pub(super) fn seen(scope: &Scope) -> Option<Vec<String>> {
    match scope {
        Scope::All => None,
        Scope::Units(units) => Some(units.iter().map(|it| it.as_str().to_owned()).collect()),
    }
}

struct Resolver<'a> {
    fold: &'a Fold,
    today: Date,
}

/// What the filters that stand side by side narrow to, by field.
type Within = BTreeMap<Field, Narrowing>;

impl Resolver<'_> {
    fn node(&self, node: &Node) -> Want {
        match node {
            Node::Term(term) => Want::Text(term.clone()),
            Node::Filter(filter) => match self.narrowing(filter) {
                Some(narrowing) => Want::In(Box::new(narrowing)),
                None => filter.into(),
            },
            Node::Any(nodes) => Want::Any(nodes.iter().map(|it| self.node(it)).collect()),
            Node::Not(inner) => Want::Not(Box::new(self.node(inner))),
            Node::All(nodes) => self.all(nodes),
        }
    }

    /// What stands side by side. Filters of one field widen each other, those of different fields narrow; 指标 and 状态
    /// mean the same claim.
    fn all(&self, nodes: &[Node]) -> Want {
        let mut within: Within = BTreeMap::new();
        let mut wants = Vec::new();
        for node in nodes {
            let narrowing =
                if let Node::Filter(it) = node { self.narrowing(it).map(|n| (it.field, n)) } else { None };
            match narrowing {
                Some((field, one)) => widen(within.entry(field).or_default(), one),
                None => wants.push(self.node(node)),
            }
        }
        let claim = Narrowing {
            indicators: within.remove(&Field::Indicator).and_then(|it| it.indicators),
            states: within.remove(&Field::State).and_then(|it| it.states),
            ..Narrowing::default()
        };
        if claim != Narrowing::default() {
            wants.push(Want::In(Box::new(claim)));
        }
        wants.extend(within.into_values().map(|it| Want::In(Box::new(it))));
        Want::All(wants)
    }

    /// What a filter narrows to; none where its field is one of text or its value means nothing.
    fn narrowing(&self, filter: &Filter) -> Option<Narrowing> {
        let mut res = Narrowing::default();
        let value = filter.value.trim();
        // Several values of a list are set apart by commas; a name that holds one is quoted.
        let several = |c: char| matches!(c, ',' | '，' | '、') && !filter.exact;
        for value in value.split(several).map(str::trim).filter(|it| !it.is_empty()) {
            widen(&mut res, self.one(filter.field, value)?);
        }
        (res != Narrowing::default()).then_some(res)
    }

    fn one(&self, field: Field, value: &str) -> Option<Narrowing> {
        let mut res = Narrowing::default();
        let some = |all: Vec<String>| Some(all).filter(|it| !it.is_empty());
        match field {
            Field::Indicator => {
                res.indicators = Some(indicators(self.fold, value)).filter(|it| !it.is_empty());
            }
            Field::Unit => res.units = some(self.units(value)),
            Field::Kind => {
                res.kinds = self.fold.kinds().named(value).map(|it| vec![it.code.as_str().to_owned()]);
            }
            Field::State => res.states = Standing::named(value).map(|it| vec![it.0.to_owned()]),
            Field::Date => res.dates = values::dates(value, self.today),
            Field::Finding => res.findings = some(codes(value)),
            Field::Size => res.sizes = values::sizes(value),
            Field::Format => res.formats = Some(media::formats_of(value)),
            Field::Tag => res.tags = Some(vec![folded(value)]).filter(|it| it != &[""]),
            _ => return None,
        }
        (res != Narrowing::default()).then_some(res)
    }

    fn units(&self, value: &str) -> Vec<String> {
        if matches!(value, "-" | "未归属" | "unassigned") {
            return vec!["-".into()];
        }
        let today = Date::MAX;
        let named = self.fold.units.expand(value, today);
        let all = named.iter().flat_map(|it| self.fold.units.with_departments(&it.id));
        let all: Vec<String> = all.map(|it| it.as_str().to_owned()).collect();
        if !all.is_empty() {
            return all;
        }
        units_by_initials(self.fold, value).iter().map(|it| it.as_str().to_owned()).collect()
    }
}

/// Returns the indicators that a code, a title or initials mean, in every scheme; `2017/1.3` is of one scheme only.
pub fn indicators(fold: &Fold, value: &str) -> Vec<(SchemeId, IndicatorPath)> {
    let of_one = value.split_once('/').and_then(|(id, value)| {
        let id: SchemeId = id.parse().ok()?;
        fold.schemes.contains_key(&id).then_some((id, value))
    });
    let spelled = of_one.as_ref().map_or(value, |it| it.1);
    let mut res = Vec::new();
    for scheme in fold.schemes.values().map(|it| &it.scheme) {
        if of_one.as_ref().is_some_and(|it| it.0 != scheme.id) {
            continue;
        }
        let found = match code::resolve(scheme, spelled) {
            Resolved::One(one) => vec![one],
            Resolved::Several(several) => several,
            Resolved::Unknown => vec![],
        };
        res.extend(found.into_iter().map(|it| (scheme.id.clone(), it.path.clone())));
    }
    if res.is_empty() { indicators_by_initials(fold, value) } else { res }
}

fn widen(narrowing: &mut Narrowing, more: Narrowing) {
    fn list<T>(known: &mut Option<Vec<T>>, more: Option<Vec<T>>) {
        if let Some(more) = more {
            known.get_or_insert_default().extend(more);
        }
    }
    list(&mut narrowing.indicators, more.indicators);
    list(&mut narrowing.states, more.states);
    list(&mut narrowing.units, more.units);
    list(&mut narrowing.kinds, more.kinds);
    list(&mut narrowing.findings, more.findings);
    list(&mut narrowing.formats, more.formats);
    list(&mut narrowing.tags, more.tags);
    narrowing.dates = more.dates.or(narrowing.dates);
    narrowing.sizes = more.sizes.or(narrowing.sizes);
}

/// The codes a word means: one of them, `有` for any, or words of what they say.
fn codes(value: &str) -> Vec<String> {
    let means = |it: &&Code| {
        it.as_str().eq_ignore_ascii_case(value)
            || matches!(value, "有" | "any")
            || (value.chars().nth(1).is_some() && it.sentence(false).contains(value))
    };
    Code::ALL.iter().filter(means).map(|it| it.as_str().to_owned()).collect()
}
