//! The visitor: who asks, in which language, and when. The clock of the web is looked at here.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use serde::Deserialize;

use crate::domain::actor::{Act, Scope};
use crate::domain::evidence::Evidence;
use crate::domain::id::SubmissionId;
use crate::domain::submission::Submission;
use crate::ledger::fold::Fold;
use crate::web::site::Site;

/// The cookie that keeps the language chosen.
pub(super) const LANGUAGE: &str = "lang";

/// Who asks, in which language, from where, and when.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    /// Whether the visitor reads English.
    pub english: bool,
    /// Who acts, within what scope, now.
    pub act: Act,
    /// The path and query asked for, to come back to.
    pub here: String,
    /// What a verb just did, so that the page says so and offers to take it back.
    pub done: Option<Done>,
}

/// What a verb just did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Done {
    /// The verb.
    #[serde(rename = "done")]
    pub verb: String,
    /// The numbers of the pieces, joined by commas.
    #[serde(default)]
    pub was: String,
    /// The standard of the claim.
    #[serde(default)]
    pub on: String,
    /// Its scheme.
    #[serde(default)]
    pub of: String,
}

impl Visitor {
    /// Returns the pieces that the visitor may see, in the order of their numbers.
    pub(super) fn seen<'a>(
        &self,
        fold: &'a Fold,
    ) -> impl DoubleEndedIterator<Item = &'a Arc<Evidence>> + use<'a, '_> {
        fold.evidence.values().filter(|it| self.act.scope.sees(it))
    }

    /// Returns the pieces of a submission that the visitor may see.
    fn filed<'a>(&self, fold: &'a Fold, with: SubmissionId) -> Vec<&'a Arc<Evidence>> {
        self.seen(fold).filter(|it| it.sightings.iter().any(|it| it.submission == with)).collect()
    }

    /// Returns the submissions that the visitor may see, the latest first: whoever sees only some pieces sees those of
    /// which there are such, and nothing of the names of others.
    pub(super) fn submissions<'a>(&self, fold: &'a Fold) -> Vec<Cow<'a, Submission>> {
        let latest = fold.submissions.values().rev();
        if self.act.scope == Scope::All {
            return latest.map(|it| Cow::Borrowed(it.as_ref())).collect();
        }
        let sightings = self.seen(fold).flat_map(|it| &it.sightings);
        let seen: BTreeSet<SubmissionId> = sightings.map(|it| it.submission).collect();
        latest.filter(|it| seen.contains(&it.id)).map(|it| Cow::Owned(nameless(it))).collect()
    }

    /// Returns one of these with its pieces.
    pub(super) fn submission<'a>(
        &self,
        fold: &'a Fold,
        id: SubmissionId,
    ) -> Option<(Cow<'a, Submission>, Vec<&'a Arc<Evidence>>)> {
        let (found, whole) = (self.filed(fold, id), fold.submissions.get(&id)?);
        match (&self.act.scope, found.is_empty()) {
            (Scope::All, _) => Some((Cow::Borrowed(whole.as_ref()), found)),
            (_, false) => Some((Cow::Owned(nameless(whole)), found)),
            (_, true) => None,
        }
    }

    /// Returns the Chinese or the English of two texts.
    pub(super) fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.english { en } else { zh }
    }
}

/// Takes out of a submission what names the material of others.
fn nameless(it: &Submission) -> Submission {
    Submission { offered: vec![], containers: vec![], turned_away: vec![], ..it.clone() }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Self::Rejection> {
        #[expect(clippy::disallowed_methods, reason = "the web looks at the clock here and hands it down")]
        let now = jiff::Timestamp::now();
        Ok(Self {
            english: reads_english(&parts.headers),
            act: Act::of(site.actor.clone(), now),
            here: here(&parts.uri),
            done: Query::try_from_uri(&parts.uri).ok().map(|it: Query<Done>| it.0),
        })
    }
}

/// The path and query, without what only tells that something was done.
fn here(uri: &Uri) -> String {
    let told = |it: &&str| !["done=", "was=", "on=", "of="].iter().any(|name| it.starts_with(name));
    let kept: Vec<&str> =
        uri.query().unwrap_or_default().split('&').filter(|it| !it.is_empty()).filter(told).collect();
    if kept.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), kept.join("&")) }
}

/// Returns whether a request is by someone who reads English: as chosen, else the language the browser puts first of
/// the two there are. Chinese is the first language of the house.
pub(super) fn reads_english(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
    let chosen = cookies
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .find(|it| it.0 == LANGUAGE)
        .map(|it| it.1 == "en");
    chosen.unwrap_or_else(|| {
        let wished = headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        prefers_english(wished)
    })
}

fn prefers_english(wished: &str) -> bool {
    let weight = |language: &str| {
        let weigh = |it: &str| {
            let (tag, rest) = it.split_once(';').unwrap_or((it, ""));
            let is_it = tag.trim().get(..2).is_some_and(|it| it.eq_ignore_ascii_case(language));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |it| it.parse::<f32>().ok());
            is_it.then_some(weight?)
        };
        wished.split(',').filter_map(weigh).fold(0.0, f32::max)
    };
    weight("en") > weight("zh")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{Digest, EntryId};
    use crate::domain::submission::{Filing, TurnedAway};
    use crate::ledger::entry::Entry;
    use crate::ledger::event::Event;

    #[test]
    fn the_heavier_of_the_two_languages_is_taken() {
        for (wished, english) in [
            ("", false),
            ("*", false),
            ("fr", false),
            ("en-US,en;q=0.9", true),
            ("zh-CN,zh;q=0.9,en;q=0.8", false),
            ("en-GB,en;q=0.9,zh;q=0.1", true),
            ("fr,en;q=0.5", true),
            ("zh;q=x", false),
        ] {
            assert_eq!(prefers_english(wished), english, "{wished}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, "en".parse().unwrap());
        headers.insert(COOKIE, "a=b; lang=zh".parse().unwrap());
        assert!(!reads_english(&headers));
    }

    #[test]
    fn who_sees_one_unit_reads_no_name_of_what_others_sent_with_it() {
        let mut fold = Fold::default();
        let piece = |unit: &str| {
            let unit: serde_json::Value = unit.into();
            let evidence = serde_json::json!({
                "id": 0, "unit": unit, "kind": "document", "kind_source": "said", "title": "通知",
                "document_number": null, "issuer": null, "caption": {}, "dates": [], "parts": [], "claims": [],
                "filed_at": "2017-03-01T00:00:00Z", "filed_by": "clerk",
                "sightings": [{ "submission": 1, "path": "来/通知.txt", "at": "2017-03-01T00:00:00Z" }],
            });
            Event::Filed { evidence: serde_json::from_value(evidence).unwrap() }
        };
        let submission = SubmissionId(1);
        let empty =
            TurnedAway { path: "来/别人.txt".into(), raw: None, filing: Filing::Empty, finding: None };
        let events = [
            Event::SubmissionOpened { offered: vec!["来".into()] },
            piece("jyj"),
            Event::TurnedAway { submission, files: vec![empty] },
            Event::SubmissionOpened { offered: vec!["别人".into()] },
        ];
        for (id, event) in (1..).zip(events) {
            let (verb, hash) = (event.verb().into(), Digest::new([0; 32]));
            let at = jiff::Timestamp::UNIX_EPOCH;
            let event = Some(event);
            fold.apply(&Entry { id: EntryId(id), at, actor: "clerk".into(), verb, event, hash });
        }
        let visitor = |scope| Visitor {
            english: false,
            act: Act { scope, ..Act::of("clerk", jiff::Timestamp::UNIX_EPOCH) },
            here: "/".into(),
            done: None,
        };
        let names = |it: &Submission| it.offered.len() + it.containers.len() + it.turned_away.len();
        let of = |unit: &str| visitor(Scope::Units([unit.parse().unwrap()].into()));
        let seen: Vec<usize> = of("jyj").submissions(&fold).iter().map(|it| names(it)).collect();
        assert_eq!(seen, [0], "the one with a piece of its own, without names");
        assert_eq!(of("jyj").submission(&fold, submission).map(|it| names(&it.0)), Some(0));
        assert!(of("wmb").submissions(&fold).is_empty() && of("wmb").submission(&fold, submission).is_none());
        let all: Vec<usize> = visitor(Scope::All).submissions(&fold).iter().map(|it| names(it)).collect();
        assert_eq!(all, [1, 2]);
    }
}
