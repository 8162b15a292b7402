//! Where things are: the URLs of the site, which are nouns and stay as they are.

use std::fmt::Display;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::duty::DutyKey;
use crate::domain::id::{EvidenceId, IndicatorPath, SchemeId, UnitId};

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// Escapes a text as one segment of a path or one value of a query.
pub(in crate::web) fn escaped(text: impl Display) -> String {
    utf8_percent_encode(&text.to_string(), KEPT).to_string()
}

/// Returns a path with the parameters that have a value.
pub(in crate::web) fn with(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|it| !it.1.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The front page of a scheme.
pub(in crate::web) fn scheme(id: &SchemeId) -> String {
    format!("/s/{}", escaped(id))
}

/// A page of a scheme.
pub(in crate::web) fn within(id: &SchemeId, page: &str) -> String {
    format!("/s/{}/{page}", escaped(id))
}

/// A unit under a scheme.
pub(in crate::web) fn unit(id: &SchemeId, unit: &UnitId) -> String {
    within(id, &format!("units/{}", escaped(unit)))
}

/// An indicator.
pub(in crate::web) fn indicator(id: &SchemeId, path: &IndicatorPath) -> String {
    within(id, &format!("indicators/{path}"))
}

/// One duty.
pub(in crate::web) fn duty(key: &DutyKey) -> String {
    let (requirement, unit, period) = (escaped(&key.requirement), escaped(&key.unit), escaped(&key.period));
    within(&key.scheme, &format!("duties/{requirement}/{unit}/{period}"))
}

/// A piece.
pub(in crate::web) fn evidence(id: EvidenceId) -> String {
    format!("/evidence/{id}")
}

/// A part of a piece, counted from 1.
pub(in crate::web) fn part(id: EvidenceId, n: usize) -> String {
    format!("/evidence/{id}/parts/{n}")
}

/// The thumbnail of a part.
pub(in crate::web) fn thumbnail(id: EvidenceId, n: usize) -> String {
    format!("/evidence/{id}/parts/{n}/thumbnail")
}

/// What is searched for.
pub(in crate::web) fn search(typed: &str) -> String {
    with("/search", &[("q", typed)])
}

/// Returns a place to come back to: a path of this server, else the front page.
pub(in crate::web) fn back(asked: &str) -> &str {
    // Browsers drop tabs and turn backslashes: only what is plainly a path of ours is gone back to.
    let plain = asked.bytes().all(|it| (0x21..=0x7e).contains(&it) && it != b'\\');
    let own = asked.starts_with('/') && !asked.starts_with("//") && plain;
    if own { asked } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_back_to() {
        assert_eq!(back("/s/2017?level=2"), "/s/2017?level=2");
        for other in [
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/a\r\nb",
            "",
            "/\t/evil.example",
            "/\u{0}",
            "/\u{7f}",
            "/é",
        ] {
            assert_eq!(back(other), "/", "{other}");
        }
        assert_eq!(
            with("/search", &[("q", "指标:Ⅱ-3"), ("sort", "")]),
            "/search?q=%E6%8C%87%E6%A0%87%3A%E2%85%A1-3"
        );
    }
}
