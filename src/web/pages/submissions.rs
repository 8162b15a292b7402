//! Submissions: what was offered at the door, by whom, and its receipt.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use maud::{Markup, html};

use crate::domain::evidence::Evidence;
use crate::domain::finding::Severity;
use crate::domain::id::SubmissionId;
use crate::domain::media::size;
use crate::domain::submission::{Receipt, SentBack, Submission};
use crate::error::Error;
use crate::findings;
use crate::ledger::fold::Fold;
use crate::web::error::Refused;
use crate::web::pages::cards::{Extra, card, pager};
use crate::web::pages::shell::{Shell, Tab, finding, instant};
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
    let all = visitor.submissions(&fold);
    let body = html! {
        h1 { (visitor.say("报送记录", "Submissions")) " " span.n { (all.len()) } }
        ul.plain { @for it in all.iter().skip(turn.offset).take(A_PAGE) { li {
            p { a href={ "/submissions/" (it.id) } { "#" (it.id) } " " (it.offered.join("、"))
                " " span.meta { (instant(&fold, it.opened_at)) " · " (it.by) } }
            p { (outcome(it, &visitor)) }
        } } }
        (pager(&visitor, all.len(), (turn.offset, A_PAGE), &|n| links::with("/submissions", &[("offset", &n.to_string())])))
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
    let (it, mut found) = visitor.submission(&fold, id).ok_or_else(missing)?;
    // What has to be put right comes first.
    found.sort_by_cached_key(|it| Reverse(worst(&fold, it)));
    let to = |n: usize| links::with(&format!("/submissions/{id}"), &[("offset", &n.to_string())]);
    let body = html! {
        h1 { (visitor.say("报送回执", "Receipt")) " #" (id) }
        p.meta { (instant(&fold, it.opened_at)) " · " (it.by) " · " (it.offered.join("、")) }
        p { (outcome(&it, &visitor)) }
        @if let Some(digest) = it.receipt.as_ref().and_then(|it| it.list_sha256) {
            p.meta { (visitor.say("清单摘要 ", "List ")) code { (digest) } }
        }
        (turned_away(&it, &visitor))
        (containers(&it, &visitor))
        @if !found.is_empty() { h2 { (visitor.say("材料", "Pieces")) " " span.n { (found.len()) } } }
        ul.cards { @for it in found.iter().skip(turn.offset).take(A_PAGE) {
            @let below = Some(amiss(&fold, &visitor, it, id));
            (card(&fold, &visitor, it, Extra { below, ..Extra::default() }))
        } }
        (pager(&visitor, found.len(), (turn.offset, A_PAGE), &to))
    };
    let title = format!("{} #{id}", visitor.say("报送回执", "Receipt"));
    Ok(Shell::new(&site, &visitor, &fold, Tab::Upload, title).page(body))
}

/// How bad what is still to be looked at is; what is merely said is nothing.
fn worst(fold: &Fold, it: &Evidence) -> Option<Severity> {
    let told = findings::told(fold, it);
    let open = told.iter().filter(|it| it.is_open()).map(|it| it.finding.code.severity());
    open.max().filter(|it| *it > Severity::Info)
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

/// The files that became no piece, each with the reason.
fn turned_away(it: &Submission, visitor: &Visitor) -> Markup {
    html! {
        @if !it.turned_away.is_empty() {
            h2 { (visitor.say("没有归档的文件", "Files that were not filed")) " " span.n { (it.turned_away.len()) } }
            ul.plain { @for it in &it.turned_away { li {
                b { (it.filing.label(visitor.english)) } " " (it.path)
                @if let Some(it) = &it.finding { " " (finding(it, visitor.english)) }
            } } }
            @if it.turned_away.len() == Submission::MOST_TURNED_AWAY { p.meta { (visitor.say("只逐一记下这些，其余见总数。", "Only these were written down one by one; the counts have the rest.")) } }
        }
    }
}

fn containers(it: &Submission, visitor: &Visitor) -> Markup {
    // What could not be opened comes first.
    let (amiss, sound): (Vec<_>, Vec<_>) = it.containers.iter().partition(|it| it.finding.is_some());
    html! {
        @if !it.containers.is_empty() {
            h2 { (visitor.say("压缩包、邮件", "Containers")) " " span.n { (it.containers.len()) } }
            ul.plain { @for it in amiss.iter().chain(&sound) { li {
                (it.path) " " span.meta { (size(it.bytes)) " · " (it.members.len()) " " (visitor.say("个成员", "members"))
                @if it.kept { " · " (visitor.say("有成员未能取出，原包已保留", "a member failed; the container is kept")) } }
                @if let Some(it) = &it.finding { " " (finding(it, visitor.english)) }
            } } }
        }
    }
}
