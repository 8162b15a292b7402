//! A city of the size we plan for, made up: 95 units, 260 standards, 2,500 duties, and as many pieces as are wanted.

#![allow(dead_code)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use juanzong::archive::Archive;
use juanzong::cage::Keeper;
use juanzong::domain::actor::Act;
use juanzong::domain::evidence::{
    Blob, Claim, DateKind, Dated, Evidence, KindSource, Part, Provenance, Role, Sighting, Standing,
};
use juanzong::domain::id::{Digest, EvidenceId, SchemeId, SubmissionId};
use juanzong::domain::reading::{Facts, Reading, Status};
use juanzong::domain::scheme::Scheme;
use juanzong::domain::unit::Unit;
use juanzong::ledger::Touches;
use juanzong::ledger::event::Event;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) const UNITS: usize = 95;
pub(crate) const STANDARDS: usize = 260;

/// The instant of everything that happens.
pub(crate) fn now() -> Timestamp {
    "2017-04-20T02:00:00Z".parse().unwrap()
}

pub(crate) fn scheme_id() -> SchemeId {
    "2017".parse().unwrap()
}

/// The file names of a unit, as the scheme names it: in full, not by its id.
fn unit_name(n: usize) -> String {
    const OF: [&str; 19] = [
        "教育",
        "住房和城乡建设",
        "城市管理",
        "公安",
        "民政",
        "司法",
        "财政",
        "交通运输",
        "水务",
        "农业",
        "商务",
        "文化广电",
        "卫生健康",
        "审计",
        "环境保护",
        "体育",
        "统计",
        "旅游",
        "粮食",
    ];
    format!("{}{}局", ["市", "东城区", "西城区", "南城区", "北城区"][n / OF.len() % 5], OF[n % OF.len()])
}

pub(crate) fn units() -> Vec<Unit> {
    let unit = |n: usize| {
        let name = unit_name(n);
        json!({ "id": format!("u{n}"), "name": name, "aliases": [name.replace('局', "委")] })
    };
    serde_json::from_value(Value::Array((0..UNITS).map(unit).collect())).unwrap()
}

/// The units that owe standard `n`: nine or ten, so that there are 2,500 duties.
fn owing(n: usize) -> impl Iterator<Item = usize> {
    (0..if n < 160 { 10 } else { 9 }).map(move |k| (n * 7 + k * 11) % UNITS)
}

pub(crate) fn scheme() -> Scheme {
    let mut indicators = Vec::new();
    for n in 0..STANDARDS {
        let (a, b, c) = (n / 40 + 1, n / 8 % 5 + 1, n % 8 + 1);
        if n.is_multiple_of(40) {
            indicators.push(
                json!({ "path": a.to_string(), "code": format!("Ⅰ-{a}"), "title": format!("测评项目{a}") }),
            );
        }
        if n.is_multiple_of(8) {
            indicators.push(
                json!({ "path": format!("{a}.{b}"), "code": format!("Ⅱ-{b}"), "title": format!("测评指标{a}.{b}") }),
            );
        }
        let photos = n.is_multiple_of(3);
        indicators.push(json!({
            "path": format!("{a}.{b}.{c}"), "code": format!("{c})"), "title": format!("测评标准{n}"),
            "units": owing(n).map(unit_name).collect::<Vec<_>>(),
            "requirement": [{
                "id": format!("r{n}"), "title": format!("材料{n}"), "min": if photos { 8 } else { 12 },
                "measure": if photos { "photo" } else { "piece" }, "kinds": [if photos { "photo" } else { "report" }],
                "date": if photos { "activity" } else { "made" },
            }],
        }));
    }
    let scheme = json!({
        "id": "2017", "title": "全国文明城市测评体系", "levels": ["测评项目", "测评指标", "测评标准"],
        "test_on": "2017-08-15", "deadline": "2017-04-30T17:00:00",
        "window": { "rule": "rolling", "months": 12 }, "indicator": indicators,
    });
    serde_json::from_value(scheme).unwrap()
}

/// Piece `n`, which proves a standard its unit owes; two of three are accepted, some pending, some returned.
pub(crate) fn piece(n: usize, title: &str, blob: Digest) -> Evidence {
    let standard = n % STANDARDS;
    let owing: Vec<usize> = owing(standard).collect();
    let unit = owing[n / STANDARDS % owing.len()];
    let photo = standard.is_multiple_of(3);
    let (a, b, c) = (standard / 40 + 1, standard / 8 % 5 + 1, standard % 8 + 1);
    let mut claim = Claim::new(scheme_id(), format!("{a}.{b}.{c}").parse().unwrap());
    claim.standing = match n % 9 {
        0..6 => Standing::Accepted,
        6 => Standing::Returned { reason: "缺少印章".into(), deadline: None },
        _ => Standing::Pending,
    };
    let on = jiff::civil::date(2016, 8 + (n % 5) as i8, 1 + (n % 28) as i8);
    let kind = if photo { DateKind::Activity } else { DateKind::Made };
    let name = format!("{title}{n}.{}", if photo { "jpg" } else { "txt" });
    Evidence {
        id: EvidenceId(0),
        unit: Some(format!("u{unit}").parse().unwrap()),
        kind: if photo { "photo" } else { "report" }.parse().unwrap(),
        kind_source: KindSource::Name,
        title: title.into(),
        document_number: None,
        issuer: None,
        caption: [("地点".to_owned(), "人民广场".to_owned())].into(),
        dates: vec![Dated { kind, from: on, to: on, provenance: Provenance::Name }],
        parts: vec![Part {
            blob: Blob { sha256: blob, bytes: 400_000, crc32: 0 },
            role: Role::Main,
            name: name.clone(),
            name_raw: None,
        }],
        claims: vec![claim],
        rulings: vec![],
        tags: std::collections::BTreeSet::new(),
        sightings: vec![Sighting {
            submission: SubmissionId(1),
            path: format!("报送/{unit}/{name}"),
            at: now(),
            alias: None,
            sent_back: vec![],
        }],
        filed_at: now(),
        filed_by: "clerk".into(),
    }
}

/// What is read of piece `n`.
pub(crate) fn reading(n: usize) -> Reading {
    let photo = (n % STANDARDS).is_multiple_of(3);
    let media_type = if photo { "image/jpeg" } else { "text/plain" }.to_owned();
    Reading {
        extractor: "bench".into(),
        version: juanzong::extract::VERSION,
        status: Status::Ok,
        facts: Facts {
            media_type,
            width: photo.then_some(4000),
            height: photo.then_some(3000),
            ..Facts::default()
        },
        findings: vec![],
    }
}

/// The digest of what stands for the bytes of piece `n`.
pub(crate) fn blob(n: usize) -> Digest {
    Digest::new(Sha256::digest(format!("piece {n}")).into())
}

/// Makes the archive of a city in a folder, with its units and its scheme.
pub(crate) async fn found(root: &std::path::Path) -> Arc<Archive> {
    Archive::create(root, "Asia/Shanghai", &Act::of("clerk", now())).await.unwrap();
    let archive = Archive::open(root, Keeper::of("none")).await.unwrap();
    let mut events: Vec<Event> = units().into_iter().map(|unit| Event::UnitSet { unit }).collect();
    events.push(Event::SchemeImported { scheme: Box::new(scheme()) });
    tell(&archive, events).await;
    archive
}

/// Files pieces with what was read of them, some thousands in a transaction.
pub(crate) async fn fill(archive: &Archive, pieces: impl Iterator<Item = (Evidence, Reading)>) {
    let mut pieces = pieces.peekable();
    while pieces.peek().is_some() {
        let mut events = Vec::new();
        for (evidence, reading) in pieces.by_ref().take(4_000) {
            let blob = evidence.parts[0].blob.sha256;
            events.push(Event::Filed { evidence: Box::new(evidence) });
            events.push(Event::Read { blob, reading: Box::new(reading) });
        }
        tell(archive, events).await;
    }
}

/// Records events in one transaction.
pub(crate) async fn tell(archive: &Archive, events: Vec<Event>) {
    let record =
        |desk: &mut juanzong::ledger::Desk| events.into_iter().try_for_each(|it| desk.record(it).map(drop));
    archive.ledger().act(now(), "clerk", Touches::default(), record).await.unwrap();
}

/// How long something took, and how long this process was on a processor meanwhile: on a machine shared with others
/// the second is what can be compared.
#[derive(Clone, Copy, Default)]
pub(crate) struct Took {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// A moment to measure from.
pub(crate) struct Since(Instant, Duration);

impl Since {
    pub(crate) fn now() -> Self {
        let cpu = on_cpu();
        Self(Instant::now(), cpu)
    }

    pub(crate) fn took(&self) -> Took {
        let wall = self.0.elapsed();
        Took { wall, cpu: on_cpu().saturating_sub(self.1) }
    }
}

/// The time on a processor of all threads that this process has now; none where the system does not say.
fn on_cpu() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|it| {
        let said = std::fs::read_to_string(it.path().join("schedstat")).ok()?;
        said.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// Prints the times at some shares of all, in milliseconds, on the clock and on the processor. Returns the last one.
pub(crate) fn print_times(what: &str, times: &[Took], shares: &[(&str, f64)]) -> f64 {
    let sorted = |of: fn(&Took) -> Duration| {
        let mut all: Vec<Duration> = times.iter().map(of).collect();
        all.sort_unstable();
        all
    };
    let (wall, cpu) = (sorted(|it| it.wall), sorted(|it| it.cpu));
    let at =
        |times: &[Duration], share| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    print!("  {what:<26}");
    for (name, share) in shares {
        print!("{name:>8}{:>9.2} ms ({:.2} cpu)", at(&wall, *share), at(&cpu, *share));
    }
    println!();
    shares.last().map_or(0.0, |it| at(&wall, it.1))
}

/// The most memory a process ever held, in MB; none where the system does not say.
pub(crate) fn peak(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? >> 10)
}
