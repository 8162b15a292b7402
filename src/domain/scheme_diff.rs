//! What importing a newer version of a scheme would change, shown before it is changed.

use crate::domain::scheme::{Indicator, Requirement, Scheme};

/// One change, by requirement id or indicator path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `+` added, `-` removed, `~` changed.
    pub sign: char,
    /// What: an indicator's path or a requirement's id, with its title.
    pub what: String,
    /// What of it changed, each as `field: old → new`.
    pub fields: Vec<String>,
}

/// Returns the changes from one version to the next: of the scheme itself, its indicators, its requirements.
pub fn diff(old: &Scheme, new: &Scheme) -> Vec<Change> {
    let mut res = Vec::new();
    let own = |it: &Scheme| {
        let mut own = it.clone();
        own.indicators.clear();
        own
    };
    compared(&mut res, format!("scheme {}", new.id), &own(old), &own(new));
    let bare = |it: &Indicator| Indicator { requirements: vec![], ..it.clone() };
    for indicator in &new.indicators {
        let what = format!("{} {}", indicator.path, indicator.title);
        match old.indicator(&indicator.path) {
            Some(before) => compared(&mut res, what, &bare(before), &bare(indicator)),
            None => res.push(Change { sign: '+', what, fields: vec![] }),
        }
    }
    let gone = old.indicators.iter().filter(|it| new.indicator(&it.path).is_none());
    res.extend(gone.map(|it| Change {
        sign: '-',
        what: format!("{} {}", it.path, it.title),
        fields: vec![],
    }));
    for (indicator, requirement) in requirements(new) {
        let what = format!("{} {}", requirement.id, requirement.title);
        match old.requirement(&requirement.id) {
            None => res.push(Change { sign: '+', what, fields: vec![] }),
            Some((before, was)) => {
                let n_before = res.len();
                compared(&mut res, what.clone(), was, requirement);
                if before.path != indicator.path {
                    let moved = format!("standard: {} → {}", before.path, indicator.path);
                    match res.get_mut(n_before) {
                        Some(change) => change.fields.push(moved),
                        None => res.push(Change { sign: '~', what, fields: vec![moved] }),
                    }
                }
            }
        }
    }
    let gone = requirements(old).filter(|it| new.requirement(&it.1.id).is_none());
    res.extend(gone.map(|it| Change {
        sign: '-',
        what: format!("{} {}", it.1.id, it.1.title),
        fields: vec![],
    }));
    res
}

fn requirements(scheme: &Scheme) -> impl Iterator<Item = (&Indicator, &Requirement)> {
    scheme.indicators.iter().flat_map(|it| it.requirements.iter().map(move |r| (it, r)))
}

/// Compares two values field by field, as their JSON has them.
fn compared<T: serde::Serialize>(res: &mut Vec<Change>, what: String, old: &T, new: &T) {
    let json = |it: &T| match serde_json::to_value(it) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (json(old), json(new));
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    let shown = |it: Option<&serde_json::Value>| match it {
        None | Some(serde_json::Value::Null) => "–".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let differing = keys.into_iter().filter(|it| old.get(*it) != new.get(*it));
    let fields: Vec<String> =
        differing.map(|it| format!("{it}: {} → {}", shown(old.get(it)), shown(new.get(it)))).collect();
    if !fields.is_empty() {
        res.push(Change { sign: '~', what, fields });
    }
}
