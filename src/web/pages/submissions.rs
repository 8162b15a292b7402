//! Submissions: what was offered at the door, by whom, and its receipt.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use crate::domain::evidence::Evidence;
use crate::domain::finding::Severity;
use crate::domain::id::SubmissionId;
use crate::domain::media::size;
use crate::domain::submission::{Receipt, SentBack, Submission};
use crate::error::Error;
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::shell::{Shell, Tab, instant};
use crate::web::pages::units::Turn;
use crate::web::pages::{doubts, links};
use crate::web::site::Site;
use crate::web::visitor::Visitor;

const A_PAGE: usize = 100;

/// Every submission, the latest first.
pub(in crate::web) async fn list(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Query(turn): Query<Turn>,
) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let all = fold.submissions.values().rev().skip(turn.offset).take(A_PAGE);
    let body = html! {
        h1 { (visitor.say("报送记录", "Submissions")) " " span.n { (fold.submissions.len()) } }
        div.scroll { table { tbody { @for it in all { tr {
            td.n { a href={ "/submissions/" (it.id) } { "#" (it.id) } }
            td.n { (instant(&fold, it.opened_at)) }
            td { (it.by) }
            td { (it.offered.join("、")) }
            td { (outcome(it, &visitor)) }
        } } } } }
        (pager(&visitor, fold.submissions.len(), (turn.offset, A_PAGE), &|n| links::with("/submissions", &[("offset", &n.to_string())])))
    };
    let title = visitor.say("报送记录", "Submissions");
    Ok(Shell::new(&site, &visitor, &fold, Tab::Upload, title).page(body))
}

fn outcome(it: &Submission, visitor: &Visitor) -> Markup {
    html! {
        @match &it.receipt {
            Some(receipt) => (counts(receipt, visitor)),
            None => span.meta { (visitor.say("没有回执：进行中，或被中断；再次报送会接着完成", "no receipt: it runs, or was broken off; send it again to go on")) },
        }
    }
}

/// The counts of a receipt in words.
pub(in crate::web) fn counts(receipt: &Receipt, visitor: &Visitor) -> Markup {
    html! {
        @for (filing, n) in &receipt.counts { span.chip { (filing.label(visitor.english)) " " b.n { (n) } } " " }
        span.meta { (size(receipt.bytes)) }
        @if receipt.broken_off { " " b { (visitor.say("中途中断", "broken off")) } }
    }
}

/// One submission with its receipt and what was filed of it.
pub(in crate::web) async fn page(
    State(site): State<Arc<Site>>,
    visitor: Visitor,
    Path(id): Path<SubmissionId>,
    Query(turn): Query<Turn>,
) -> Result<Markup, Refused> {
    let fold = site.archive.fold().await?;
    let missing =
        || Error::not_found(format!("There is no submission #{id}.")).zh(format!("没有报送记录 #{id}。"));
    let it = fold.submissions.get(&id).ok_or_else(missing)?;
    let of = |it: &&Arc<Evidence>| it.sightings.iter().any(|it| it.submission == id);
    let found: Vec<&Arc<Evidence>> = visitor.seen(&fold).filter(of).collect();
    let to = |n: usize| links::with(&format!("/submissions/{id}"), &[("offset", &n.to_string())]);
    let body = html! {
        h1 { (visitor.say("报送回执", "Receipt")) " #" (id) }
        p.meta { (instant(&fold, it.opened_at)) " · " (it.by) " · " (it.offered.join("、")) }
        p { (outcome(it, &visitor)) }
        @if let Some(digest) = it.receipt.as_ref().and_then(|it| it.list_sha256) {
            p.meta { (visitor.say("清单摘要 ", "List ")) code { (digest) } }
        }
        (containers(&fold, it, &visitor))
        ul.cards { @for it in found.iter().skip(turn.offset).take(A_PAGE) {
            @let below = Some(amiss(&fold, &visitor, it, id));
            (card(&fold, &visitor, it, Extra { below, ..Extra::default() }))
        } }
        (pager(&visitor, found.len(), (turn.offset, A_PAGE), &to))
    };
    let title = format!("{} #{id}", visitor.say("报送回执", "Receipt"));
    Ok(Shell::new(&site, &visitor, &fold, Tab::Upload, title).page(body))
}

/// What had been returned when a piece came with a submission, and what is still to be looked at.
fn amiss(fold: &Fold, visitor: &Visitor, it: &Evidence, with: SubmissionId) -> Markup {
    let seen = it.sightings.iter().filter(|it| it.submission == with);
    html! {
        @for it in seen.flat_map(|it| &it.sent_back) {
            p { span.meta { (visitor.say("报送时：", "When it was sent: ")) } (returned(fold, visitor, it)) }
        }
        @if let Some(open) = doubts::open(visitor, fold, it, Severity::Info) { (open) }
    }
}

/// Why the same bytes had been returned, to who sent them again.
pub(in crate::web) fn returned(fold: &Fold, visitor: &Visitor, it: &SentBack) -> Markup {
    let code = fold.code_of(&it.scheme, &it.indicator);
    html! { span.finding.f-warn { (it.sentence(&code, visitor.english)) } }
}

fn containers(_: &Fold, it: &Submission, visitor: &Visitor) -> Markup {
    html! {
        @if !it.containers.is_empty() {
            h2 { (visitor.say("压缩包、邮件", "Containers")) }
            ul.plain { @for it in &it.containers { li {
                (it.path) " " span.meta { (size(it.bytes)) " · " (it.members.len()) " " (visitor.say("个成员", "members"))
                @if it.kept { " · " (visitor.say("有成员未能取出，原包已保留", "a member failed; the container is kept")) } }
            } } }
        }
    }
}
