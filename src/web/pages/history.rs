//! History as sentences: what an entry says that somebody did.

use std::collections::BTreeSet;

use crate::domain::evidence::{Ruling, Standing};
use crate::domain::id::{IndicatorPath, SchemeId};
use crate::domain::tag::Tag;
use crate::ledger::entry::Entry;
use crate::ledger::event::Event;
use crate::ledger::fold::Fold;

/// Returns what an entry tells, as the rest of a sentence that begins with the actor.
pub(in crate::web) fn sentence(fold: &Fold, entry: &Entry, english: bool) -> String {
    let Some(event) = &entry.event else {
        let (zh, en) = ("（内容已按处置要求清空）", "(emptied by a disposal)");
        return (if english { en } else { zh }).to_owned();
    };
    let told = Told { fold, english };
    match event {
        Event::Filed { evidence } => {
            let path = evidence.sightings.first().map_or("", |it| &it.path);
            told.say(format!("归档，来自 {path}"), format!("filed it from {path}"))
        }
        Event::Sighted { sighting, .. } => {
            told.say(format!("再次报送 {}", sighting.path), format!("sent it again as {}", sighting.path))
        }
        Event::Read { reading, .. } => told.say(
            format!("读取：{}", reading.status.label(false)),
            format!("read it: {}", reading.status.label(true)),
        ),
        Event::Assigned { unit, .. } => {
            let unit = fold.units.label(unit);
            told.say(format!("归属到 {unit}"), format!("gave it to {unit}"))
        }
        Event::Claimed { claim, .. } => {
            let code = told.code(&claim.scheme, &claim.indicator);
            told.say(format!("对应到 {code}"), format!("said that it proves {code}"))
        }
        Event::Edited { edit, .. } => told.edited(edit),
        Event::Judged { scheme, indicator, standing, .. } => {
            told.judged(&told.code(scheme, indicator), standing)
        }
        Event::Described { scheme, indicator, note, .. } => {
            let code = told.code(scheme, indicator);
            told.say(
                format!("填写 {code} 的印证说明：{note}"),
                format!("described what it proves for {code}: {note}"),
            )
        }
        Event::Ruled { code, ruling, .. } => told.ruled(code.as_str(), ruling.as_ref()),
        Event::Tagged { add, remove, .. } => told.tagged(add, remove),
        Event::Absorbed { evidence, absorbed } => told
            .say(format!("把 #{absorbed} 并入 #{evidence}"), format!("made #{absorbed} part of #{evidence}")),
        Event::SplitOff { evidence, parts } => told.say(
            format!("从 #{evidence} 分出 {} 个文件，另立一件", parts.len()),
            format!("split {} files off #{evidence}", parts.len()),
        ),
        Event::Restated { .. } => told.say("重新著录", "wrote it down anew"),
        Event::Disposed { reason, .. } => {
            told.say(format!("处置：{reason}"), format!("disposed of it: {reason}"))
        }
        other => other.verb().to_owned(),
    }
}

struct Told<'a> {
    fold: &'a Fold,
    english: bool,
}

impl Told<'_> {
    fn say(&self, zh: impl Into<String>, en: impl Into<String>) -> String {
        if self.english { en.into() } else { zh.into() }
    }

    fn code(&self, scheme: &SchemeId, indicator: &IndicatorPath) -> String {
        let known = self.fold.scheme(scheme).map(|it| it.full_code(indicator));
        known.unwrap_or_else(|| indicator.to_string())
    }

    fn edited(&self, edit: &crate::ledger::event::Edit) -> String {
        let mut what: Vec<String> = Vec::new();
        what.extend(edit.title.as_ref().map(|it| self.say(format!("标题“{it}”"), format!("title “{it}”"))));
        what.extend(edit.kind.as_ref().map(|it| {
            let label = self.fold.kinds().label(it, self.english).to_owned();
            self.say(format!("类型“{label}”"), format!("kind “{label}”"))
        }));
        what.extend(
            edit.document_number.as_ref().map(|it| self.say(format!("文号 {it}"), format!("number {it}"))),
        );
        what.extend(edit.issuer.as_ref().map(|it| self.say(format!("责任者 {it}"), format!("issuer {it}"))));
        what.extend(edit.caption.iter().map(|(field, text)| format!("{field}={text}")));
        what.extend(
            edit.dates.iter().map(|it| self.say(format!("日期 {}", it.from), format!("date {}", it.from))),
        );
        self.say(format!("更正：{}", what.join(";")), format!("corrected {}", what.join("; ")))
    }

    fn tagged(&self, add: &BTreeSet<Tag>, remove: &BTreeSet<Tag>) -> String {
        let told = |zh: &str, en: &str, tags: &BTreeSet<Tag>| {
            let words: Vec<&str> = tags.iter().map(Tag::as_str).collect();
            let (word, between) =
                if self.english { (format!("{en} "), ", ") } else { (zh.to_owned(), "、") };
            (!words.is_empty()).then(|| format!("{word}{}", words.join(between)))
        };
        let both = [told("加标签：", "tagged it", add), told("去标签：", "took off the tag", remove)];
        both.into_iter().flatten().collect::<Vec<_>>().join(if self.english { "; " } else { "；" })
    }

    fn ruled(&self, code: &str, ruling: Option<&Ruling>) -> String {
        match ruling {
            Some(Ruling { fit: true, reason, .. }) => {
                self.say(format!("核定 {code} 可用：{reason}"), format!("cleared {code}: {reason}"))
            }
            Some(Ruling { reason, .. }) => {
                self.say(format!("因 {code} 不予编入：{reason}"), format!("withheld it for {code}: {reason}"))
            }
            None => self.say(format!("重新打开 {code}"), format!("opened {code} again")),
        }
    }

    fn judged(&self, code: &str, standing: &Standing) -> String {
        match standing {
            Standing::Pending => self.say(format!("重新审核 {code}"), format!("reopened {code}")),
            Standing::Accepted => self.say(format!("通过 {code}"), format!("accepted it for {code}")),
            Standing::Returned { reason, .. } => {
                self.say(format!("退回 {code}：{reason}"), format!("returned it for {code}: {reason}"))
            }
            Standing::Withdrawn { reason } => {
                self.say(format!("撤回 {code} {reason}"), format!("withdrew it from {code} {reason}"))
            }
        }
    }
}
