//! A small world for stories: a temporary archive of a real folder, filled through the real verbs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use juanzong::archive::filing::{Filed, Line, Offering};
use juanzong::archive::{Archive, Processing, filing};
use juanzong::cage::Keeper;
use juanzong::completeness::{self, Completeness};
use juanzong::domain::actor::{Act, Scope};
use juanzong::domain::id::{EvidenceId, SchemeId};
use juanzong::domain::scheme::Scheme;
use juanzong::domain::submission::Filing;
use juanzong::domain::unit::Unit;
use juanzong::error::Result;
use juanzong::ledger::Touches;
use juanzong::ledger::event::Event;
use juanzong::ledger::fold::Fold;
use juanzong::review::{self, Decision};
use juanzong::search::suggest::{Suggestion, suggest};
use juanzong::search::{Answer, Question, search};
use serde_json::json;

/// An archive of its own, gone when it is dropped.
pub struct World {
    dir: tempfile::TempDir,
    pub archive: Arc<Archive>,
    /// The instant of the next act; it stands still unless a story moves it.
    pub now: Timestamp,
    n_offered: AtomicUsize,
}

/// What starts the children of the cage: the real binary, and the programs of the machine.
pub fn keeper() -> Keeper {
    let programs = juanzong::config::Environment::read().programs;
    Keeper::of(env!("CARGO_BIN_EXE_juanzong")).with_programs_of(programs)
}

impl World {
    /// An archive with two units, a hospital with a department, and a scheme of three standards.
    pub async fn new() -> Self {
        Self::within(tempfile::tempdir().unwrap()).await
    }

    /// The same in a folder of the story's choice.
    pub async fn within(dir: tempfile::TempDir) -> Self {
        let now: Timestamp = "2017-04-01T02:00:00Z".parse().unwrap();
        let root = dir.path().join("archive");
        Archive::create(&root, "Asia/Shanghai", &Act::of("clerk", now)).await.unwrap();
        let archive = Archive::open(&root, keeper()).await.unwrap();
        let world = Self { dir, archive, now, n_offered: AtomicUsize::new(0) };
        for unit in units() {
            world.tell(Event::UnitSet { unit }).await;
        }
        world.tell(Event::SchemeImported { scheme: Box::new(scheme()) }).await;
        world
    }

    /// Moves the clock to ten in the morning of a day.
    pub fn on(&mut self, day: &str) {
        self.now = format!("{day}T02:00:00Z").parse().unwrap();
    }

    /// Who acts.
    pub fn act(&self) -> Act {
        Act::of("clerk", self.now)
    }

    /// A path in the world's own folder, beside the archive.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The archive's folder.
    pub fn root(&self) -> PathBuf {
        self.path("archive")
    }

    /// Records one event.
    pub async fn tell(&self, event: Event) {
        let act = self.act();
        self.archive
            .ledger()
            .act(act.now, &act.actor, Touches::default(), |desk| desk.record(event))
            .await
            .unwrap();
    }

    /// Writes a file below a folder to be offered.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// Files what lies under a path.
    pub async fn file(&self, path: &str) -> (Vec<Line>, Filed) {
        self.try_file(path).await.unwrap()
    }

    /// Files what lies under a path, which may fail.
    pub async fn try_file(&self, path: &str) -> Result<(Vec<Line>, Filed)> {
        let offering = Offering { paths: vec![self.path(path)], ..Offering::default() };
        let mut lines = Vec::new();
        let stop = Arc::new(AtomicBool::new(false));
        let filed = filing::file(&self.archive, &self.act(), &offering, &stop, |it| lines.push(it)).await?;
        Ok((lines, filed))
    }

    /// Files one file, in a folder of its own, and returns the number of its piece.
    pub async fn piece(&self, path: &str, bytes: impl AsRef<[u8]>) -> EvidenceId {
        let folder = format!("来{}", self.n_offered.fetch_add(1, Ordering::Relaxed));
        self.write(&format!("{folder}/{path}"), bytes);
        let (lines, _) = self.file(&folder).await;
        lines[0].evidence.unwrap()
    }

    /// Reads all blobs that are new.
    pub async fn read(&self) {
        let processing = Processing::lock(&self.archive).unwrap().expect("nobody else reads");
        while processing.read_some(self.now, |_| {}).await.unwrap() > 0 {}
    }

    /// Reads what is new and brings the index up.
    pub async fn index(&self) {
        self.read().await;
        let processing = Processing::lock(&self.archive).unwrap().expect("nobody else indexes");
        processing.index_all(|_, _| ()).await.unwrap();
    }

    /// What is suggested within a scope.
    pub async fn suggested(&self, scope: &Scope, typed: &str) -> Vec<Suggestion> {
        suggest(&self.archive, scope, typed).await.unwrap()
    }

    /// Searches as someone who may see all.
    pub async fn ask(&self, typed: &str) -> Answer {
        self.ask_as(&Scope::All, typed).await
    }

    /// Searches within a scope.
    pub async fn ask_as(&self, scope: &Scope, typed: &str) -> Answer {
        let question = Question { typed: typed.into(), limit: 100, now: self.now, ..Question::default() };
        search(&self.archive, scope, &question).await.unwrap()
    }

    /// The numbers of the pieces that are as asked, in order; what is only near is left out.
    pub async fn found(&self, typed: &str) -> Vec<EvidenceId> {
        let hits = self.ask(typed).await.hits;
        let mut ids: Vec<EvidenceId> = hits.iter().filter(|it| !it.near).map(|it| it.evidence.id).collect();
        ids.sort_unstable();
        ids
    }

    /// The state now.
    pub async fn fold(&self) -> Arc<Fold> {
        self.archive.fold().await.unwrap()
    }

    /// How the scheme stands today.
    pub async fn completeness(&self) -> Completeness {
        let fold = self.fold().await;
        completeness::assess(&fold, &scheme_id(), &Scope::All, fold.today(self.now)).unwrap()
    }

    /// How the scheme stood at the end of a day.
    pub async fn as_of(&self, day: Date) -> Completeness {
        let fold = self.archive.fold_as_of(day, self.now).await.unwrap();
        completeness::assess(&fold, &scheme_id(), &Scope::All, day).unwrap()
    }

    /// The states of the duties of a unit today.
    pub async fn duties(&self, unit: &str) -> Vec<String> {
        duties_of(&self.completeness().await, unit)
    }

    /// The state of the first duty of a unit for a requirement, as `state k/n+p`.
    pub async fn duty(&self, unit: &str, requirement: &str) -> String {
        let all = self.duties(unit).await;
        let own = all.iter().find(|it| it.split(' ').next() == Some(requirement)).unwrap();
        own.splitn(3, ' ').nth(2).unwrap().to_owned()
    }

    /// What the entries say of a piece, as `verb by actor`.
    pub async fn history(&self, id: EvidenceId) -> Vec<String> {
        let entries = self.archive.ledger().history(id).await.unwrap();
        entries.iter().map(|it| format!("{} by {}", it.verb, it.actor)).collect()
    }

    /// The standing of the only claim of a piece.
    pub async fn standing(&self, id: EvidenceId) -> &'static str {
        self.fold().await.evidence[&id].claims[0].standing.word()
    }

    /// Decides on the only claim of a piece.
    pub async fn judge(&self, id: EvidenceId, decision: &Decision) {
        review::judge(self.archive.ledger(), &self.act(), &[id], None, decision).await.unwrap();
    }

    /// Accepts every pending claim.
    pub async fn accept_all(&self) {
        let fold = self.fold().await;
        let pending =
            fold.evidence.values().filter(|it| it.claims.iter().any(|it| it.standing.word() == "pending"));
        let ids: Vec<EvidenceId> = pending.map(|it| it.id).collect();
        review::judge(self.archive.ledger(), &self.act(), &ids, None, &Decision::Accept).await.unwrap();
    }
}

/// The states of the duties of a unit, as `requirement period state k/n+p`.
pub fn duties_of(all: &Completeness, unit: &str) -> Vec<String> {
    let own = all.duties.iter().filter(|it| it.duty.key.unit.as_str() == unit);
    own.map(|it| {
        let (key, a) = (&it.duty.key, &it.assessment);
        let state = a.state.word();
        format!("{} {} {state} {}/{}+{}", key.requirement, key.period, a.accepted, a.need, a.pending)
    })
    .collect()
}

/// A return with a reason.
pub fn sent_back(reason: &str) -> Decision {
    Decision::Return { reason: reason.into(), deadline: None }
}

/// The outcomes of lines, in order.
pub fn filings(lines: &[Line]) -> Vec<Filing> {
    lines.iter().map(|it| it.filing).collect()
}

pub fn scheme_id() -> SchemeId {
    "2017".parse().unwrap()
}

pub fn units() -> Vec<Unit> {
    let units = json!([
        { "id": "wmb", "name": "市文明办", "aliases": ["文明办"] },
        { "id": "jyj", "name": "市教育局", "aliases": ["教育局"], "groups": [{ "name": "市直各单位" }] },
        { "id": "yy", "name": "市人民医院", "groups": [{ "name": "市直各单位" }] },
        { "id": "yy-db", "name": "市人民医院党办", "aliases": ["党办"], "parent": "yy" }
    ]);
    serde_json::from_value(units).unwrap()
}

pub fn scheme() -> Scheme {
    let scheme = json!({
        "id": "2017", "title": "全国文明城市测评体系", "levels": ["测评项目", "测评标准"],
        "test_on": "2017-08-15", "deadline": "2017-04-30T17:00:00",
        "window": { "rule": "rolling", "months": 12 },
        "indicator": [
            { "path": "1", "code": "Ⅰ-1", "title": "学雷锋活动" },
            { "path": "1.1", "code": "1)", "title": "组织领导", "lead": "wmb", "units": ["市直各单位"], "requirement": [
                { "id": "lf-wj", "title": "领导机构文件", "kinds": ["policy"], "provider": "each" },
                { "id": "lf-bd", "title": "至少7篇报道", "kinds": ["press"], "min": 7, "date": "publication", "provider": "lead" }
            ] },
            { "path": "1.2", "code": "2)", "title": "主题活动", "lead": "jyj", "requirement": [
                { "id": "lf-zp", "title": "照片", "kinds": ["photo"], "measure": "photo", "min": 3, "date": "activity" }
            ] },
            { "path": "1.3", "code": "3)", "title": "身边好人", "lead": "yy", "requirement": [
                { "id": "hr", "title": "每月推荐表", "kinds": ["roster"], "cadence": "month", "date": "covered" }
            ] }
        ]
    });
    serde_json::from_value(scheme).unwrap()
}

/// A zip with raw names, as old programs of Windows write it: no UTF-8 flag.
pub fn zip_of(path: &Path, members: &[(&[u8], &[u8])]) {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let offset = u32::try_from(bytes.len()).unwrap();
        let mut header = Vec::new();
        for n in [20_u16, 0, 0, 0, 0x4a21] {
            header.extend(n.to_le_bytes());
        }
        header.extend(crc32fast::hash(content).to_le_bytes());
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        header.extend(size);
        header.extend(size);
        header.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        header.extend(0_u16.to_le_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&header);
        bytes.extend(*name);
        bytes.extend(*content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&header);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(*name);
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    std::fs::write(path, bytes).unwrap();
}
