//! Finding things by what people call them: standards, units, kinds.

use crate::domain::code::{self, Resolved};
use crate::domain::id::{IndicatorPath, KindCode, SchemeId, UnitId};
use crate::error::{Error, Result};
use crate::ledger::fold::{Fold, Imported};

impl Fold {
    /// Finds the one standard a spelling means among the current schemes, or in the scheme named.
    ///
    /// # Errors
    /// `Invalid` where it means none or several; the candidates are listed.
    pub fn standard_named(
        &self,
        scheme: Option<&SchemeId>,
        spelled: &str,
    ) -> Result<(SchemeId, IndicatorPath)> {
        // A scheme that is named may be one of an earlier year.
        let named = |it: &&Imported| match scheme {
            Some(id) => it.scheme.id == *id,
            None => !it.retired,
        };
        let schemes = self.schemes.values().filter(named).map(|it| &it.scheme);
        let mut found: Vec<(SchemeId, IndicatorPath)> = Vec::new();
        let mut shown = Vec::new();
        for it in schemes {
            let indicators = match code::resolve(it, spelled) {
                Resolved::One(one) => vec![one],
                Resolved::Several(several) => several,
                Resolved::Unknown => vec![],
            };
            for indicator in indicators {
                found.push((it.id.clone(), indicator.path.clone()));
                shown.push(format!("{} {} [{}]", it.full_code(&indicator.path), indicator.title, it.id));
            }
        }
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Error::invalid(format!("“{spelled}” is no standard; see `juanzong scheme show`."))
                .zh(format!("“{spelled}”不是测评标准，请从列表中选择。"))),
            _ => {
                shown.truncate(8);
                Err(Error::invalid(format!(
                    "“{spelled}” could be {}; write more of the code.",
                    shown.join(", or ")
                ))
                .zh(format!("“{spelled}”可能是 {}，请写完整些。", shown.join("、"))))
            }
        }
    }

    /// Finds the one unit a name means: its id, name, alias or former name.
    ///
    /// # Errors
    /// `NotFound` where it means none; `Invalid` where it means several.
    pub fn unit_named(&self, name: &str) -> Result<UnitId> {
        match self.units.named(name).as_slice() {
            [one] => Ok(one.id.clone()),
            [] => Err(Error::not_found(format!("There is no unit “{name}”; see `juanzong unit list`."))
                .zh(format!("没有“{name}”这个单位，请从单位列表中选择。"))),
            several => {
                let shown: Vec<String> =
                    several.iter().map(|it| format!("{} ({})", it.id, it.name)).collect();
                Err(Error::invalid(format!("“{name}” could be {}; use the id.", shown.join(", or ")))
                    .zh(format!("“{name}”可能是 {}，请用编号。", shown.join("、"))))
            }
        }
    }

    /// Finds the kind of evidence a word means: its code, a word of the screen, or an alias.
    ///
    /// # Errors
    /// `NotFound` where it means none; the kinds are listed.
    pub fn kind_named(&self, word: &str) -> Result<KindCode> {
        let kinds = self.kinds();
        if let Some(kind) = kinds.named(word) {
            return Ok(kind.code.clone());
        }
        let known: Vec<&str> = kinds.all().iter().map(|it| it.zh.as_str()).collect();
        Err(Error::not_found(format!(
            "“{word}” is not a kind of evidence; the kinds are {}.",
            known.join("、")
        ))
        .zh(format!("没有“{word}”这种材料类型；可用的有 {}。", known.join("、"))))
    }
}
