//! The demo: a city large enough to look alive, with something in every state and everything that goes wrong.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jiff::civil::date;
use juanzong::archive::Archive;
use juanzong::audit;
use juanzong::completeness::{self, Completeness};
use juanzong::domain::actor::Scope;
use juanzong::domain::duty::State;
use juanzong::domain::evidence::Evidence;
use juanzong::domain::finding::Code;
use juanzong::domain::id::SchemeId;
use juanzong::domain::verdict::Verdict;
use juanzong::ledger::fold::Fold;
use juanzong::search::{Question, search};
use serde_json::Value;

use crate::world::{World, keeper};

/// Runs the demo as a person would and returns how it ended and what it printed.
fn run(keep: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(keeper().program);
    let ran = command.args(["demo", "--no-serve", "--keep"]).arg(keep).args(more).output().unwrap();
    let said = String::from_utf8(if ran.status.success() { ran.stdout } else { ran.stderr }).unwrap();
    (ran.status.code(), said)
}

struct City {
    archive: Arc<Archive>,
    fold: Arc<Fold>,
    all: Completeness,
}

impl City {
    /// The city as the demo left it, on the day it was made for: later fewer of its months lie ahead.
    async fn open(root: &Path) -> Self {
        let archive = Archive::open(root, keeper()).await.unwrap();
        let fold = archive.fold().await.unwrap();
        let scheme: SchemeId = "2027".parse().unwrap();
        let all = completeness::assess(&fold, &scheme, &Scope::All, date(2026, 11, 24)).unwrap();
        Self { archive, fold, all }
    }

    /// The pieces that came with a path that ends so.
    fn came_as(&self, file: &str) -> Vec<&Arc<Evidence>> {
        let came = |it: &&Arc<Evidence>| it.sightings.iter().any(|s| s.path.ends_with(file));
        self.fold.evidence.values().filter(came).collect()
    }

    fn codes(&self, file: &str) -> Vec<Code> {
        let piece = self.came_as(file)[0];
        self.fold.readings_of(piece).flat_map(|(_, it)| it.findings.iter().map(|it| it.code)).collect()
    }

    fn amiss(&self, file: &str) -> Vec<Code> {
        let piece = self.came_as(file)[0].id;
        self.all.amiss.iter().filter(|it| it.evidence == piece).map(|it| it.finding.code).collect()
    }
}

#[tokio::test]
async fn the_demo_shows_a_city_with_something_in_every_state() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("city");
    let (code, said) = run(&root, &["--json"]);
    assert_eq!(code, Some(0), "{said}");
    let told: Value = serde_json::from_str(&said).expect("one object and nothing else");
    for (what, least) in [("units", 12), ("standards", 20), ("requirements", 40), ("files", 80)] {
        assert!(told[what].as_u64().unwrap() >= least, "{what}: {told}");
    }
    let city = City::open(&root).await;
    let sum = city.all.sum(None);
    for state in State::ALL {
        assert!(sum.n(state) > 0, "{} is not shown: {:?}", state.word(), sum.states);
    }
    six_of_seven(&city);
    what_comes_twice_or_in_pages(&city);
    what_goes_wrong(&city);
    what_is_found(&city).await;
    let checks = audit::audit(&city.archive, |_, _| {}).await.unwrap();
    assert!(checks.iter().all(|it| it.verdict == Verdict::Pass || it.check == "derived"), "{checks:?}");
    city.archive.ledger().close().await;

    // Named again it is served again, and nothing is filed anew; what is something else is left alone.
    let (code, again) = run(&root, &["--json"]);
    assert_eq!((code, serde_json::from_str::<Value>(&again).unwrap()), (Some(0), told));
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    let (code, refused) = run(dir.path(), &["--lang", "en"]);
    assert_eq!(code, Some(4), "{refused}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    let world = World::new().await;
    world.archive.ledger().close().await;
    let (code, refused) = run(&world.root(), &["--lang", "en"]);
    assert_eq!(code, Some(4), "{refused}");
}

/// Six reports and one of them once more, all accepted, and the only duty of its kind.
fn six_of_seven(city: &City) {
    let alike: Vec<_> = city.all.duties.iter().filter(|it| it.duty.need == 7).collect();
    let [only] = alike.as_slice() else { panic!("{} duties ask for seven", alike.len()) };
    let a = &only.assessment;
    assert_eq!((a.accepted, a.pending, a.state), (6, 0, State::Partial));
    let twice = city.came_as("补报/2026-07-21 志愿服务站里的夏天(再次报送).jpg");
    assert_eq!(twice[0].sightings.len(), 2);
    assert!(twice[0].claims.iter().all(|it| it.standing.word() == "accepted"));
}

fn what_comes_twice_or_in_pages(city: &City) {
    let photo = city.came_as("照片/重阳节看望空巢老人.jpg")[0].first().unwrap().blob.sha256;
    let holders: Vec<&str> =
        city.fold.holders_of(&photo).filter_map(|it| it.unit.as_ref()).map(|it| it.as_str()).collect();
    assert_eq!(holders, ["tsw", "fl", "mzj"]);
    assert_eq!(city.fold.blobs().iter().filter(|it| **it == photo).count(), 1);
    let pages: Vec<&str> = city.came_as("02_版面.jpg")[0].parts.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(pages, ["01_报头.jpg", "02_版面.jpg", "03_正文.jpg"]);
}

fn what_goes_wrong(city: &City) {
    let names = &city.fold.submissions.values().next().unwrap().containers[0].members;
    let names: Vec<&str> = names.iter().map(|it| it.name.as_str()).collect();
    let expected = [
        "Ⅱ-1 1)组织领导/通知/云妇字〔2026〕6号 关于开展巾帼志愿服务活动的通知.txt",
        "Ⅱ-1 2)关爱空巢老人/图片/重阳节志愿活动.jpg",
        "Ⅱ-1 2)关爱空巢老人/图片/2026-05-08 巧手关爱.jpg",
        "Ⅱ-3 2)未成年人思想道德建设/方案/家庭教育进社区工作方案.txt",
        "学习/志愿服务学习笔记.txt",
    ];
    assert_eq!(names, expected, "names in GBK without a mark");
    assert_eq!(city.codes("老旧小区改造情况报告(终稿).docx"), [Code::E02]);
    assert!(city.codes("联席会议签到表(扫描).pdf").contains(&Code::W10));
    assert_eq!(city.amiss("2025-12-05 国际志愿者日活动方案.txt"), [Code::E01]);
    assert_eq!(city.amiss("2026-02-27 春节后回访.jpg"), [Code::E01], "two days before the window");
    assert!(city.came_as("重阳节活动总结.docx").is_empty() && city.came_as("Thumbs.db").is_empty());
    assert_eq!(city.came_as("U盘/新建文件夹/DSC00231.jpg")[0].unit, None);
}

async fn what_is_found(city: &City) {
    for (typed, file) in [
        ("志愿服务", "关爱空巢老人志愿服务工作方案.docx"),
        ("道德讲堂 何秀兰", "道德讲堂场次统计表(2026年10月).xlsx"),
        ("控烟监督员", "医院控烟制度.txt"),
        ("护河志愿服务队 叶茂林", "身邊好人推薦表(推荐表) 2026-06.docx"),
        ("云妇字〔2026〕6号", "关于开展巾帼志愿服务活动的通知.txt"),
        ("心理健康教师", "2026-05-15 未成年人思想道德建设联席会议.pptx"),
        ("首问负责制", "门诊窗口服务规范制度.pdf"),
        ("最美志愿服务组织", "2026-10-20 “雷锋就在身边”专栏.html"),
    ] {
        let question = Question { typed: typed.into(), limit: 100, ..Question::default() };
        let answer = search(&city.archive, &Scope::All, &question).await.unwrap();
        let piece = city.came_as(file)[0].id;
        assert!(
            answer.hits.iter().any(|it| it.evidence.id == piece && !it.near),
            "{typed}: {}",
            answer.total
        );
    }
}
