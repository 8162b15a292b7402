//! The gap list as a table: what is still owed, one duty a row.

use crate::completeness::{Assessed, Completeness};
use crate::domain::id::{IndicatorPath, UnitId};
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;

/// The list as CSV with a byte order mark, so that spreadsheets of the office read it as UTF-8.
///
/// # Errors
/// `Internal` where it cannot be written.
pub fn csv(
    fold: &Fold,
    all: &Completeness,
    (unit, below): (Option<&UnitId>, Option<&IndicatorPath>),
) -> Result<String> {
    let failed = |it: csv::Error| Error::internal("The list cannot be written as CSV.").with_source(it);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["单位", "指标", "标准", "材料要求", "时段", "状态", "应报", "已通过", "待审", "缺", "截止"];
    writer.write_record(header).map_err(failed)?;
    let within = |it: &&Assessed| below.is_none_or(|path| it.duty.indicator.is_within(path));
    for it in all.gaps(unit).into_iter().filter(within) {
        let a = &it.assessment;
        let indicator = all.scheme.indicator(&it.duty.indicator);
        let deadline = it.duty.deadline.map(|it| it.strftime("%Y-%m-%d %H:%M").to_string());
        writer
            .write_record([
                fold.units.label(&it.duty.key.unit),
                &all.scheme.full_code(&it.duty.indicator),
                indicator.map_or("", |it| &it.title),
                all.requirement(&it.duty).map_or("", |it| &it.title),
                &it.duty.period.label.replace("once", ""),
                a.state.label(false),
                &a.need.to_string(),
                &a.accepted.to_string(),
                &a.pending.to_string(),
                &a.gap().to_string(),
                &deadline.unwrap_or_default(),
            ])
            .map_err(failed)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|it| Error::internal("The list cannot be written as CSV.").with_source(it.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}
