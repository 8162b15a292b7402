//! Tags on pieces: put on and taken off by people, one piece or many at once.

use std::collections::BTreeSet;

use crate::domain::actor::Act;
use crate::domain::id::EvidenceId;
use crate::domain::tag::{MOST, Tag};
use crate::error::{Error, Result};
use crate::ledger::event::Event;
use crate::ledger::{Desk, Ledger, Touches};
use crate::review::claims::seen;

/// Which tags are put on and taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tagging {
    /// Those that are put on.
    pub add: BTreeSet<Tag>,
    /// Those that are taken off.
    pub remove: BTreeSet<Tag>,
}

impl Tagging {
    /// Reads what was typed: words, or several of them set apart by commas.
    ///
    /// # Errors
    /// `Invalid` for a word that is no tag.
    pub fn typed(add: &[String], remove: &[String]) -> Result<Self> {
        let tags = |typed: &[String]| -> Result<BTreeSet<Tag>> {
            let lists: Result<Vec<Vec<Tag>>> = typed.iter().map(|it| Tag::list(it)).collect();
            Ok(lists?.into_iter().flatten().collect())
        };
        Ok(Self { add: tags(add)?, remove: tags(remove)? })
    }
}

/// Puts tags on pieces and takes others off, all or none; what stands so already is no entry. Returns how many pieces
/// changed.
///
/// # Errors
/// `Invalid` where no tag is given, one is both put on and taken off, or a piece would have more than 20; `NotFound`
/// for a piece out of sight.
pub async fn tag(ledger: &Ledger, act: &Act, pieces: &[EvidenceId], tagging: &Tagging) -> Result<usize> {
    if tagging.add.is_empty() && tagging.remove.is_empty() {
        return Err(Error::invalid("No tag was given; name one to put on or to take off.")
            .zh("没有填写标签，请填写要加上或去掉的标签。"));
    }
    if let Some(both) = tagging.add.intersection(&tagging.remove).next() {
        return Err(Error::invalid(format!("“{both}” cannot be put on and taken off at once; choose one."))
            .zh(format!("“{both}”不能同时加上又去掉，请选其一。")));
    }
    let decide = |desk: &mut Desk| {
        let mut n_changed = 0;
        for id in pieces {
            let known = seen(desk, act, *id)?.tags.clone();
            let add: BTreeSet<Tag> = tagging.add.difference(&known).cloned().collect();
            let remove: BTreeSet<Tag> = tagging.remove.intersection(&known).cloned().collect();
            let n_tags = known.len() + add.len() - remove.len();
            if n_tags > MOST && !add.is_empty() {
                return Err(Error::invalid(format!(
                    "Evidence #{id} would have {n_tags} tags; {MOST} are the most, take some off first."
                ))
                .zh(format!("#{id} 的标签将有 {n_tags} 个，最多 {MOST} 个，请先去掉几个。")));
            }
            if !add.is_empty() || !remove.is_empty() {
                desk.record(Event::Tagged { evidence: *id, add, remove })?;
                n_changed += 1;
            }
        }
        Ok(n_changed)
    };
    Ok(ledger.act(act.now, &act.actor, Touches::evidence(pieces.iter().copied()), decide).await?.0)
}
