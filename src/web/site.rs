//! The site: the archive, who runs it, and what is kept warm between requests.

use std::sync::{Arc, Mutex};

use jiff::civil::Date;

use crate::archive::Archive;
use crate::completeness::{self, Completeness};
use crate::domain::actor::{Act, Scope};
use crate::domain::id::{EntryId, SchemeId};
use crate::dossier::layout::Layout;
use crate::error::{Error, Result};
use crate::ledger::fold::Fold;
use crate::web::work::Work;

/// What every handler works with.
pub struct Site {
    /// The archive.
    pub archive: Arc<Archive>,
    /// The name that entries carry: until accounts exist, that of who runs the server.
    pub(super) actor: String,
    /// The values of `Host` that mean this server.
    pub(super) hosts: Vec<String>,
    /// What goes on in the background.
    pub(super) work: Work,
    assessed: Mutex<Vec<Assessed>>,
    layouts: Mutex<Vec<(String, Arc<Layout>)>>,
}

/// An assessment with the state and day it is of.
struct Assessed {
    entry: EntryId,
    day: Date,
    /// The state of a past day. That of today is the archive's own, which must be free to go on.
    fold: Option<Arc<Fold>>,
    all: Arc<Completeness>,
}

/// How many assessments and dossier plans are kept; a few people look at a few schemes.
const KEPT: usize = 8;

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

impl Site {
    /// Makes the site of an archive that answers to these values of `Host`.
    pub fn new(archive: Arc<Archive>, actor: impl Into<String>, hosts: Vec<String>) -> Arc<Self> {
        Arc::new(Self {
            archive,
            actor: actor.into(),
            hosts,
            work: Work::default(),
            assessed: Mutex::default(),
            layouts: Mutex::default(),
        })
    }

    /// Returns how a scheme stands at the end of a day, as far as an actor may see; counted anew only where an entry or a
    /// day was added.
    pub(super) async fn completeness(
        &self,
        scheme: &SchemeId,
        as_of: Option<Date>,
        act: &Act,
    ) -> Result<(Arc<Fold>, Arc<Completeness>)> {
        let fold = self.archive.fold().await?;
        let today = fold.today(act.now);
        let day = as_of.unwrap_or(today);
        if act.scope != Scope::All {
            let fold = self.archive.fold_as_of(day, act.now).await?;
            let all = completeness::assess(&fold, scheme, &act.scope, day)?;
            return Ok((fold, Arc::new(all)));
        }
        let entry = fold.head.map_or(EntryId(0), |it| it.entry);
        let same = |it: &&Assessed| it.entry == entry && it.day == day && it.all.scheme.id == *scheme;
        if let Some(known) = lock(&self.assessed)?.iter().find(same) {
            return Ok((known.fold.clone().unwrap_or(fold), Arc::clone(&known.all)));
        }
        let past = day < today;
        let fold = if past { self.archive.fold_as_of(day, act.now).await? } else { fold };
        let all = Arc::new(completeness::assess(&fold, scheme, &Scope::All, day)?);
        let mut kept = lock(&self.assessed)?;
        // What is older than the last entry is not asked for again, and would hold its state in memory.
        kept.retain(|it| it.entry == entry);
        kept.insert(0, Assessed { entry, day, fold: past.then(|| Arc::clone(&fold)), all: Arc::clone(&all) });
        kept.truncate(KEPT);
        Ok((fold, all))
    }

    /// Returns the layout of a dossier that was planned lately.
    pub(super) fn layout(&self, key: &str) -> Result<Option<Arc<Layout>>> {
        Ok(lock(&self.layouts)?.iter().find(|it| it.0 == key).map(|it| Arc::clone(&it.1)))
    }

    /// Keeps the layout of a dossier, so that the ranges of a download need no new plan.
    pub(super) fn keep_layout(&self, key: String, layout: &Arc<Layout>) -> Result<()> {
        let mut kept = lock(&self.layouts)?;
        kept.insert(0, (key, Arc::clone(layout)));
        kept.truncate(KEPT);
        Ok(())
    }
}

fn lock<T>(of: &Mutex<T>) -> Result<std::sync::MutexGuard<'_, T>> {
    of.lock().map_err(|_| Error::internal("A request before this one ended badly; restart the server."))
}
