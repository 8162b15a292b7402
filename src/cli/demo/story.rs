//! What is told of the invented city at the end, in a paragraph or as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::completeness::{Completeness, Sum};
use crate::domain::duty::State;
use crate::domain::id::EvidenceId;
use crate::domain::submission::Filing;
use crate::ledger::fold::Fold;

/// The requirement whose seventh report is one of the six again.
const SIX_OF_SEVEN: &str = "lf-baodao";

/// What is told at the end, drawn from the archive itself.
pub(super) struct Story {
    units: usize,
    standards: usize,
    requirements: usize,
    filings: BTreeMap<Filing, u64>,
    evidence: usize,
    unassigned: usize,
    doubtful: usize,
    sum: Sum,
    reports: (u32, u32, usize),
}

impl Story {
    pub(super) fn of(fold: &Fold, all: &Completeness) -> Self {
        let mut filings = BTreeMap::new();
        for (filing, n) in
            fold.submissions.values().filter_map(|it| it.receipt.as_ref()).flat_map(|it| &it.counts)
        {
            *filings.entry(*filing).or_default() += n;
        }
        let reports = all.duties.iter().find(|it| it.duty.key.requirement.as_str() == SIX_OF_SEVEN);
        let counted = |ids: &[(EvidenceId, &str)]| {
            let pieces = ids.iter().filter_map(|it| fold.evidence.get(&it.0));
            pieces.map(|it| it.sightings.len().saturating_sub(it.parts.len()) + 1).sum()
        };
        Self {
            units: fold.units.0.len(),
            standards: all.scheme.standards().count(),
            requirements: all.scheme.indicators.iter().map(|it| it.requirements.len()).sum(),
            filings,
            evidence: fold.evidence.len(),
            unassigned: fold.evidence.values().filter(|it| it.unit.is_none()).count(),
            doubtful: fold.readings.values().filter(|it| !it.findings.is_empty()).count() + all.amiss.len(),
            sum: all.sum(None),
            reports: reports.map_or((0, 0, 0), |it| {
                (it.assessment.accepted, it.assessment.need, counted(&it.assessment.counted))
            }),
        }
    }

    fn files(&self) -> u64 {
        self.filings.iter().filter(|it| *it.0 != Filing::Container).map(|it| it.1).sum()
    }

    pub(super) fn json(&self, root: &Path) -> serde_json::Value {
        let states: serde_json::Map<_, _> =
            State::ALL.iter().map(|it| (it.word().to_owned(), json!(self.sum.n(*it)))).collect();
        json!({
            "archive": root, "units": self.units, "standards": self.standards, "requirements": self.requirements,
            "files": self.files(), "filings": self.filings, "evidence": self.evidence, "unassigned": self.unassigned,
            "findings": self.doubtful, "states": states,
        })
    }

    pub(super) fn paragraph(&self, english: bool) -> String {
        let join = |list: Vec<String>| list.join(if english { ", " } else { "、" });
        let filings = join(self.filings.iter().map(|(it, n)| format!("{} {n}", it.label(english))).collect());
        let states = State::ALL.iter().filter(|it| self.sum.n(**it) > 0);
        let states = states
            .map(|it| format!("{} {} {}", it.glyph(), it.label(english), self.sum.n(*it)))
            .collect::<Vec<_>>();
        let states = states.join("  ");
        let Self { units, standards, requirements, evidence, unassigned, doubtful, .. } = self;
        let (k, need, sent) = self.reports;
        let files = self.files();
        match english {
            false => format!(
                "云汀市是虚构的城市。{units} 个单位,按 {standards} 条测评标准、{requirements} 条材料要求,报来 {files} 个文件:{filings}。\n\
                 归成 {evidence} 件材料,其中 {unassigned} 件未归属;材料疑点 {doubtful} 处。创建办审过一遍,应报材料现在是:\n  {states}\n\
                 日报社要报 {need} 篇报道,报来 {sent} 篇,全部通过,仍是 {k}/{need}:有一篇报了两遍。"
            ),
            true => format!(
                "Yunting is an invented city. Its {units} units, under {standards} standards and {requirements} \
                 requirements, sent {files} files: {filings}.\nThey are {evidence} pieces, {unassigned} of no known unit, with \
                 {doubtful} findings. After a first review the duties are:\n  {states}\n\
                 The paper owes {need} reports and sent {sent}; all were accepted and it is still {k}/{need}: one came twice."
            ),
        }
    }
}
