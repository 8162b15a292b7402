//! Indexing: bringing the index up to the ledger, and making it again beside the old one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::archive::{Archive, Processing};
use crate::domain::evidence::Evidence;
use crate::domain::finding::Code;
use crate::domain::id::{EntryId, EvidenceId};
use crate::domain::media;
use crate::error::{Error, Kind, Result};
use crate::findings;
use crate::index::{Document, Index, Opened, Writer, damaged, swap_in};
use crate::ledger::fold::Fold;

/// After so many pieces it is told how far indexing is.
const STRETCH: usize = 100;

/// Bytes of text that may wait for the engine.
const MOST_WAITING: usize = 32 << 20;

impl Archive {
    /// Returns the index, as it lies on disk.
    ///
    /// # Errors
    /// `Unavailable` where it is still being made; `Corrupt` where it cannot be read.
    pub async fn index(&self) -> Result<Arc<Index>> {
        if let Some(index) = self.opened() {
            return Ok(index);
        }
        match Index::open(&self.index_folder(), &words(self.fold().await?.as_ref())) {
            Opened::Ready(index) => Ok(self.keep(*index)),
            Opened::Broken(why) => {
                tracing::warn!(why, "the index cannot be read");
                self.doubt();
                Err(damaged())
            }
            Opened::Missing | Opened::Stale => {
                let message =
                    "The index is not ready; it is made by a running server or by `juanzong rebuild`.";
                Err(Error::unavailable(message)
                    .zh("索引还没有建好：运行中的服务会建立它，请稍后刷新；或运行 juanzong rebuild。"))
            }
        }
    }

    /// Does what asks the index on a thread of its own. Where it fails in a way that speaks of damage, the index is looked
    /// through by whoever keeps it up.
    ///
    /// # Errors
    /// Those of the work; `Internal` where it broke off.
    pub async fn asking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = tokio::task::spawn_blocking(work).await;
        let gone = |it| Error::internal("The searching thread ended unexpectedly.").with_source(it);
        let done = done.map_err(gone).flatten();
        if done.as_ref().is_err_and(|it| matches!(it.kind(), Kind::Corrupt | Kind::Internal)) {
            self.doubt();
        }
        done
    }

    /// Lets the index be looked through: what finds nothing may be what is damaged.
    pub fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    /// Returns whether the index was doubted since this was asked last.
    pub fn take_doubt(&self) -> bool {
        self.doubted.swap(false, Ordering::Relaxed)
    }

    fn opened(&self) -> Option<Arc<Index>> {
        self.index.lock().ok()?.clone()
    }

    fn keep(&self, index: Index) -> Arc<Index> {
        let index = Arc::new(index);
        if let Ok(mut place) = self.index.lock() {
            *place = Some(Arc::clone(&index));
        }
        index
    }

    fn forget(&self) {
        if let Ok(mut place) = self.index.lock() {
            *place = None;
        }
    }

    /// Makes the document of a piece: what names it, and the texts of its parts.
    ///
    /// # Errors
    /// Those of the store.
    pub fn document(&self, fold: &Fold, evidence: &Evidence) -> Result<Document> {
        let mut res = Document {
            evidence: evidence.id.0,
            unit: evidence.unit.as_ref().map(|it| it.as_str().to_owned()),
            kind: evidence.kind.as_str().to_owned(),
            titles: vec![evidence.title.clone()],
            numbers: evidence.document_number.iter().cloned().collect(),
            names: evidence.parts.iter().map(|it| it.name.clone()).collect(),
            captions: evidence.issuer.iter().cloned().collect(),
            sources: vec![evidence.filed_by.clone()],
            date: date_of(fold, evidence),
            bytes: evidence.bytes(),
            tags: evidence.tags.iter().map(|it| it.as_str().to_owned()).collect(),
            ..Document::default()
        };
        res.sources.extend(evidence.sightings.iter().map(|it| it.path.clone()));
        for (field, text) in &evidence.caption {
            let list = if field.contains("摄影") { &mut res.photographers } else { &mut res.captions };
            list.push(format!("{field}:{text}"));
        }
        for (_, reading) in fold.readings_of(evidence) {
            let facts = &reading.facts;
            res.titles.extend(facts.title.clone());
            res.numbers.extend(facts.document_number.clone());
            res.captions.extend(facts.issuer.clone());
            res.papers.extend(facts.publication.iter().flat_map(|it| it.fields.values().cloned()));
        }
        for part in &evidence.parts {
            res.formats.push(media::format_of(fold.media_type(part), &part.name));
            res.texts.push(self.text(&part.blob.sha256)?);
        }
        let told = findings::told(fold, evidence);
        let open = told.iter().filter(|it| it.is_open()).map(|it| it.finding.code.as_str().to_owned());
        res.findings = open.collect();
        for list in
            [&mut res.titles, &mut res.numbers, &mut res.formats, &mut res.findings, &mut res.captions]
        {
            list.sort_unstable();
            list.dedup();
        }
        let claim = |it: &crate::domain::evidence::Claim| {
            (it.scheme.clone(), it.indicator.clone(), it.standing.word().to_owned())
        };
        res.claims = evidence.claims.iter().map(claim).collect();
        Ok(res)
    }
}

/// The date a piece is sorted by: the one from the strongest source, the first day of a span. A year alone, as a document
/// number tells it, is no day.
pub fn date_of(fold: &Fold, evidence: &Evidence) -> Option<jiff::civil::Date> {
    let dates = fold.dates_of(evidence);
    let sound = dates.iter().filter(|it| it.provenance != crate::domain::evidence::Provenance::FileTime);
    let sound = sound.filter(|it| it.from.until(it.to).is_ok_and(|it| it.get_days() < 364));
    sound.min_by_key(|it| it.provenance).map(|it| it.from)
}

/// The words of an archive that the analysis should know: names of units and titles of indicators.
fn words(fold: &Fold) -> Vec<String> {
    let units = fold.units.0.iter().flat_map(|it| it.names().skip(1).map(str::to_owned).collect::<Vec<_>>());
    let titles = fold.schemes.values().flat_map(|it| it.scheme.indicators.iter().map(|it| it.title.clone()));
    let mut res: Vec<String> = units.chain(titles).collect();
    res.sort_unstable();
    res.dedup();
    res
}

impl Processing {
    /// Brings the index up to the last entry, as [`index_new`](Self::index_new), and closes it.
    ///
    /// # Errors
    /// Those of ledger, store and index.
    pub async fn index_all(&self, tell: impl FnMut(usize, usize) + Send) -> Result<usize> {
        let n_touched = self.index_new(tell).await?;
        if let Some(writer) = self.kept() {
            blocking(|| writer.finish()).await?;
        }
        Ok(n_touched)
    }

    /// Brings the index up to the last entry; makes it again where it is missing, damaged or of another dictionary.
    /// `tell` hears how many pieces of how many are done. Returns how many were indexed. The index stays open for
    /// writing, so that nobody waits for what the engine tidies up meanwhile.
    ///
    /// # Errors
    /// Those of ledger, store and index.
    pub async fn index_new(&self, tell: impl FnMut(usize, usize) + Send) -> Result<usize> {
        let archive = self.archive();
        let fold = archive.fold().await?;
        let head = fold.head.map_or(EntryId(0), |it| it.entry);
        let words = words(&fold);
        let writer = match self.kept().filter(|it| it.index().is_in_place(&words)) {
            Some(writer) => writer,
            None => match Index::open(&archive.index_folder(), &words) {
                Opened::Ready(index) if index.reached()? == head => return Ok(0),
                Opened::Ready(index) => Writer::open(archive.keep(*index))?,
                Opened::Missing | Opened::Stale => return self.rebuild_index(fold, head, tell).await,
                Opened::Broken(why) => {
                    tracing::warn!(why, "the index is damaged and made again");
                    return self.rebuild_index(fold, head, tell).await;
                }
            },
        };
        let reached = writer.index().reached()?;
        if reached > head {
            tracing::warn!("the index is ahead of the ledger and made again");
            return self.rebuild_index(fold, head, tell).await;
        }
        self.catch_up(writer, fold, (reached, head), tell).await
    }

    /// Returns whether an index is in its place.
    pub fn has_index(&self) -> bool {
        Index::lies_in(&self.archive().index_folder())
    }

    /// Makes the index again where a file of it is no longer as it was written, which the engine does not look for by
    /// itself: it would find less, and not tell.
    ///
    /// # Errors
    /// Those of ledger, store and index.
    pub async fn mend_index(&self, tell: impl FnMut(usize, usize) + Send) -> Result<()> {
        let is_sound = match self.archive().index().await {
            Ok(index) => blocking(move || Ok(index.is_sound())).await?,
            // One that is missing or of another dictionary is made again by whoever indexes next.
            Err(error) => error.kind() != Kind::Corrupt,
        };
        if !is_sound {
            tracing::warn!("a file of the index is damaged and the index made again");
            self.remake_index(tell).await?;
        }
        Ok(())
    }

    /// Indexes what entries touched since one that was reached.
    async fn catch_up(
        &self,
        mut writer: Writer,
        fold: Arc<Fold>,
        (reached, head): (EntryId, EntryId),
        mut tell: impl FnMut(usize, usize) + Send,
    ) -> Result<usize> {
        if reached == head {
            self.keep(writer);
            return Ok(0);
        }
        let mut touched = self.archive().ledger().touched_since(reached).await?;
        // The index knows units by their ids; only what is amiss may hang on their names.
        let renamed = self.archive().ledger().has_set_units_since(reached).await?;
        let archive = Arc::clone(self.archive());
        let work = move || {
            if renamed {
                let bears = bearing(writer.index(), &findings::BY_NAMES)?;
                touched.extend(findings::leaning_on_names(&fold, bears));
            }
            let leaning = findings::leaning(&fold, &touched, bearing(writer.index(), &findings::BESIDE)?);
            let touched: Vec<EvidenceId> = touched.union(&leaning).copied().collect();
            fill(&archive, &fold, (&mut writer, reached), (&touched, head), &mut |_, _| ())?;
            let is_purged = touched.iter().any(|it| fold.disposed.contains_key(it));
            let kept = if is_purged { writer.purge().map(|()| None) } else { Ok(Some(writer)) };
            Ok((touched.len(), kept?))
        };
        // After a fault the index is opened anew, and made again where that is needed.
        let (n_touched, writer) = blocking(work).await?;
        if let Some(writer) = writer {
            self.keep(writer);
        }
        tell(n_touched, n_touched);
        Ok(n_touched)
    }

    /// Makes the index again beside the old one, which is asked until the new one takes its place.
    ///
    /// # Errors
    /// Those of ledger, store and index.
    pub async fn remake_index(&self, tell: impl FnMut(usize, usize) + Send) -> Result<usize> {
        let fold = self.archive().fold().await?;
        let head = fold.head.map_or(EntryId(0), |it| it.entry);
        self.rebuild_index(fold, head, tell).await
    }

    async fn rebuild_index(
        &self,
        fold: Arc<Fold>,
        head: EntryId,
        mut tell: impl FnMut(usize, usize) + Send,
    ) -> Result<usize> {
        // The one that is thrown away needs no tidying.
        drop(self.kept());
        self.remake_texts(&fold).await?;
        let n_pieces = fold.evidence.len();
        let (sender, mut progress) = tokio::sync::mpsc::channel(16);
        let archive = Arc::clone(self.archive());
        let work = blocking(move || {
            let beside = archive.index_folder().with_extension("new");
            let mut writer = Writer::open(Arc::new(Index::create(&beside, &words(&fold))?))?;
            let ids: Vec<EvidenceId> = fold.evidence.keys().copied().collect();
            // Nobody waits for the last tick.
            fill(&archive, &fold, (&mut writer, EntryId(0)), (&ids, head), &mut |n, of| {
                sender.try_send((n, of)).unwrap_or_default();
            })?;
            writer.finish()?;
            swap_in(&beside, &archive.index_folder())?;
            archive.forget();
            Ok(())
        });
        let tick = async {
            while let Some((n, of)) = progress.recv().await {
                tell(n, of);
            }
        };
        let (done, ()) = tokio::join!(work, tick);
        done?;
        Ok(n_pieces)
    }
}

/// Whether the index tells a finding of a piece, one of some codes.
fn bearing(index: &Index, codes: &[Code]) -> Result<impl Fn(EvidenceId, Code) -> bool + use<>> {
    let told: Result<BTreeMap<Code, BTreeSet<EvidenceId>>> =
        codes.iter().map(|code| Ok((*code, index.bearing(*code)?))).collect();
    let told = told?;
    Ok(move |id, code| told.get(&code).is_some_and(|it| it.contains(&id)))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let gone = |it| Error::internal("The indexing thread ended unexpectedly.").with_source(it);
    tokio::task::spawn_blocking(work).await.map_err(gone)?
}

/// Indexes pieces, or takes out those that are gone, and commits as the state of an entry.
fn fill(
    archive: &Archive,
    fold: &Fold,
    (writer, before): (&mut Writer, EntryId),
    (ids, head): (&[EvidenceId], EntryId),
    tell: &mut dyn FnMut(usize, usize),
) -> Result<()> {
    let mut waiting = 0;
    for (n, id) in ids.iter().enumerate() {
        match fold.evidence.get(id) {
            None => writer.apply(&[*id], &[])?,
            Some(evidence) => {
                let document = archive.document(fold, evidence)?;
                waiting += document.texts.iter().map(String::len).sum::<usize>();
                writer.apply(&[], &[document])?;
            }
        }
        // The engine takes what waits only at its own pace, and a token takes some forty times the room of its text.
        if waiting > MOST_WAITING {
            writer.commit(before)?;
            waiting = 0;
        }
        if (n + 1).is_multiple_of(STRETCH) || n + 1 == ids.len() {
            tell(n + 1, ids.len());
        }
    }
    writer.commit(head)
}
