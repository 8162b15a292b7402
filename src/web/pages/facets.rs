//! Facets: what the hits are, counted; each value a way to narrow the search, each choice a way back.

use std::cmp::Reverse;
use std::collections::HashMap;

use maud::{Markup, html};

use crate::domain::evidence::Standing;
use crate::domain::finding::Code;
use crate::domain::id::{IndicatorPath, SchemeId, UnitId};
use crate::domain::scheme::{Indicator, Scheme};
use crate::index::Facet;
use crate::index::query::{self, Field, Node};
use crate::ledger::fold::Fold;
use crate::search::suggest::quoted;
use crate::search::{Answer, indicators};
use crate::web::pages::links;
use crate::web::visitor::Visitor;

/// Values of a facet that are shown at first.
const SHOWN: usize = 12;

/// A filter of the query as it stands: its field, its value, and the query without it.
struct Chosen {
    field: Field,
    value: String,
    without: String,
}

struct View<'a> {
    fold: &'a Fold,
    visitor: &'a Visitor,
    typed: &'a str,
    chosen: Vec<Chosen>,
}

/// All facets of an answer that have something to tell.
pub(in crate::web) fn all(fold: &Fold, visitor: &Visitor, typed: &str, answer: &Answer) -> Markup {
    let chosen = answer.chips.iter().filter_map(|it| match query::parse(&it.shown).root {
        Node::All(nodes) => match nodes.as_slice() {
            [Node::Filter(filter)] => {
                Some(Chosen { field: filter.field, value: filter.value.clone(), without: it.without.clone() })
            }
            _ => None,
        },
        _ => None,
    });
    let view = View { fold, visitor, typed, chosen: chosen.collect() };
    let of = |field: &str| answer.facets.iter().find(|it| it.field == field);
    html! {
        @for field in ["indicator", "unit", "kind", "year", "state", "finding", "tag", "format"] {
            @if let Some(it) = of(field) { (view.facet(it)) }
        }
    }
}

impl View<'_> {
    fn chosen(&self, field: Field) -> Vec<&Chosen> {
        self.chosen.iter().filter(|it| it.field == field).collect()
    }

    fn facet(&self, it: &Facet) -> Markup {
        let (field, zh, en) = match it.field {
            "indicator" => (Field::Indicator, "指标", "Indicator"),
            "unit" => (Field::Unit, "单位", "Unit"),
            "kind" => (Field::Kind, "类型", "Kind"),
            "year" => (Field::Date, "年份", "Year"),
            "state" => (Field::State, "状态", "State"),
            "format" => (Field::Format, "格式", "Format"),
            "tag" => (Field::Tag, "标签", "Tag"),
            _ => (Field::Finding, "疑点", "Finding"),
        };
        let chosen = self.chosen(field);
        let body =
            if field == Field::Indicator { self.tree(it, &chosen) } else { self.list(it, field, &chosen) };
        html! {
            @if !it.counts.is_empty() || !chosen.is_empty() {
                details open[!chosen.is_empty() || field != Field::Format] { summary { (self.visitor.say(zh, en)) }
                    @for it in &chosen {
                        a.chip href=(links::search(&it.without)) title=(self.visitor.say("去掉这一条", "Take it away")) { (it.value) " ×" }
                    }
                    (body)
                }
            }
        }
    }

    /// Where to go for a value: added to the query, or in place of what is chosen where the value lies within that.
    /// None where another value would widen what is found, which no count here could tell.
    fn to(&self, field: Field, chosen: &[&Chosen], value: &str) -> Option<String> {
        let rest = match (chosen, field) {
            ([], _) => self.typed,
            ([one], Field::Unit | Field::Kind | Field::Indicator) => &one.without,
            _ => return None,
        };
        Some(links::search(&query::narrow(rest, &format!("{}:{value}", field.word()))))
    }

    fn list(&self, it: &Facet, field: Field, chosen: &[&Chosen]) -> Markup {
        let named = |(value, n): &(String, u64)| {
            Some((label(self.fold, it.field, value, self.visitor)?, self.n_found(it, value, *n)))
        };
        let mut counts: Vec<((String, String), u64)> = it.counts.iter().filter_map(named).collect();
        counts.sort_by_key(|it| Reverse(it.1));
        let (first, rest) = counts.split_at(counts.len().min(SHOWN));
        let items = |some: &[((String, String), u64)]| {
            html! { ul { @for ((value, shown), n) in some { li {
                @match self.to(field, chosen, value) { Some(to) => a href=(to) { (shown) }, None => (shown) }
                " " span.n { (n) }
            } } } }
        };
        html! {
            (items(first))
            @if !rest.is_empty() {
                details { summary { (self.visitor.say("另有 ", "")) (rest.len()) (self.visitor.say(" 项", " more")) } (items(rest)) }
            }
        }
    }

    /// How many hits a value leads to: those of a unit are also those of its departments.
    fn n_found(&self, it: &Facet, value: &str, n: u64) -> u64 {
        let Some(unit) = value.parse::<UnitId>().ok().filter(|_| it.field == "unit") else { return n };
        let within = self.fold.units.with_departments(&unit);
        let below =
            it.counts.iter().filter(|(of, _)| of != value && within.iter().any(|it| it.as_str() == of));
        n + below.map(|it| it.1).sum::<u64>()
    }

    /// The indicators of each scheme as a tree, of which only what has hits is shown; once one is chosen, the way to it
    /// and what lies below it.
    fn tree(&self, it: &Facet, chosen: &[&Chosen]) -> Markup {
        let mut counts: HashMap<(SchemeId, IndicatorPath), u64> = HashMap::new();
        for (value, n) in &it.counts {
            let known = value.split_once('|').and_then(|(s, p)| Some((s.parse().ok()?, p.parse().ok()?)));
            counts.extend(known.map(|it: (SchemeId, IndicatorPath)| (it, *n)));
        }
        let meant = chosen.iter().flat_map(|it| indicators(self.fold, it.value.trim())).collect();
        let branch = Branch { view: self, counts, chosen, meant };
        let schemes = self.fold.schemes.values().map(|it| it.scheme.as_ref());
        let known: Vec<&Scheme> = schemes.filter(|s| branch.counts.keys().any(|it| it.0 == s.id)).collect();
        html! {
            @for scheme in &known {
                @if known.len() > 1 { p.meta { (scheme.title) } }
                (branch.below(scheme, None))
            }
        }
    }
}

/// What a tree of indicators is drawn from.
struct Branch<'a> {
    view: &'a View<'a>,
    counts: HashMap<(SchemeId, IndicatorPath), u64>,
    chosen: &'a [&'a Chosen],
    meant: Vec<(SchemeId, IndicatorPath)>,
}

impl Branch<'_> {
    /// Whether a node lies on the way to what is chosen, or below it.
    fn is_shown(&self, scheme: &Scheme, path: &IndicatorPath) -> bool {
        let is_on = |(of, meant): &(SchemeId, IndicatorPath)| {
            *of == scheme.id && (meant.is_within(path) || path.is_within(meant))
        };
        self.meant.is_empty() || self.meant.iter().any(is_on)
    }

    fn below(&self, scheme: &Scheme, above: Option<&IndicatorPath>) -> Markup {
        let children = scheme.indicators.iter().filter(|it| it.path.parent().as_ref() == above);
        let count = |it: &Indicator| self.counts.get(&(scheme.id.clone(), it.path.clone())).copied();
        let counted = children.filter_map(|it| Some((it, count(it)?)));
        html! { ul.branch { @for (it, n) in counted.filter(|it| self.is_shown(scheme, &it.0.path)) { li {
            @if scheme.is_standard(&it.path) { (self.node(scheme, it, n)) }
            @else {
                details open[self.meant.iter().any(|(of, path)| *of == scheme.id && path.is_within(&it.path))] {
                    summary { (self.node(scheme, it, n)) }
                    (self.below(scheme, Some(&it.path)))
                }
            }
        } } } }
    }

    fn node(&self, scheme: &Scheme, it: &Indicator, n: u64) -> Markup {
        let is_meant = self.meant.iter().any(|(of, path)| *of == scheme.id && *path == it.path);
        // The same path may be a node of several schemes.
        let several = self.view.fold.schemes.len() > 1;
        let value = if several { format!("{}/{}", scheme.id, it.path) } else { it.path.to_string() };
        let to = self.view.to(Field::Indicator, self.chosen, &value);
        let name = format!("{} {}", it.code, it.title);
        // A way back up finds more than is counted here.
        let is_above = self.meant.iter().any(|(of, path)| *of == scheme.id && path.is_within(&it.path));
        html! {
            @match to.filter(|_| !is_meant) { Some(to) => a href=(to) { (name) }, None => b { (name) } }
            @if is_meant || !is_above { " " span.n { (n) } }
        }
    }
}

/// What a value of a facet is typed as, and shown as.
fn label(fold: &Fold, field: &str, value: &str, visitor: &Visitor) -> Option<(String, String)> {
    let own = |shown: &str| Some((quoted(value), shown.to_owned()));
    match field {
        "year" if value == "-" => None,
        "unit" if value == "-" => own(visitor.say("未归属", "Unassigned")),
        "unit" => own(fold.units.label(&value.parse().ok()?)),
        "kind" => own(fold.kinds().label(&value.parse().ok()?, visitor.english)),
        "state" => own(Standing::named(value).filter(|_| !visitor.english).map_or(value, |it| it.1)),
        "finding" => {
            let code = Code::ALL.iter().find(|it| it.as_str() == value)?;
            Some((value.to_owned(), format!("{value} {}", code.sentence(visitor.english))))
        }
        _ => own(value),
    }
}
