//! What paths say, and what the door shows of folders and containers.

use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::finding::Code;
use crate::domain::kind::Kinds;
use crate::domain::scheme::Scheme;
use crate::domain::unit::{Unit, Units};

fn hints() -> Hints {
    let unit = |id: &str, name: &str, alias: &str, parent: Option<&str>| -> Unit {
        let json = serde_json::json!({ "id": id, "name": name, "aliases": [alias], "parent": parent });
        serde_json::from_value(json).unwrap()
    };
    let scheme: Scheme = serde_json::from_value(serde_json::json!({
        "id": "2017", "title": "体系", "levels": ["类别", "项目", "标准"],
        "indicator": [
            { "path": "1", "code": "Ⅰ-1", "title": "重点工作" },
            { "path": "1.3", "code": "Ⅱ-3", "title": "志愿服务" },
            { "path": "1.3.1", "code": "1)", "title": "组织机制", "units": ["twsw"] },
            { "path": "1.3.2", "code": "2)", "title": "关爱空巢老人", "units": ["mzj"] },
            { "path": "2", "code": "Ⅰ-2", "title": "公共环境" },
            { "path": "2.3", "code": "Ⅱ-3", "title": "社区环境" },
            { "path": "2.3.1", "code": "1)", "title": "六个一", "units": ["zjj"] }
        ]
    }))
    .unwrap();
    Hints {
        unit: None,
        standard: None,
        kind: None,
        units: Arc::new(Units(vec![
            unit("twsw", "共青团市委", "团市委", None),
            unit("mzj", "市民政局", "民政局", None),
            unit("zjj", "市住房和城乡建设局", "住建局", None),
            unit("yy", "市人民医院", "人民医院", None),
            unit("yy-db", "市人民医院党办", "党办", Some("yy")),
        ])),
        schemes: vec![Arc::new(scheme)],
        kinds: Kinds::with([]),
        today: date(2017, 3, 1),
    }
}

/// The path as `unit standard kind title dates codes`.
fn check(path: &str, expected: &str) {
    let it = recognise(&hints(), path, None);
    let unit = it.unit.map_or("-".into(), |it| it.to_string());
    let standard = it.standard.map_or("-".into(), |it| it.1.to_string());
    let dates: Vec<String> = it.dates.iter().map(|it| format!("{}", it.from)).collect();
    let codes: Vec<&str> = it.findings.iter().map(|it| it.code.as_str()).collect();
    let shown =
        format!("{unit} {standard} {} {} {} {}", it.kind.0, it.title, dates.join(","), codes.join(","));
    assert_eq!(shown.trim(), expected, "{path}");
}

#[test]
fn units_and_standards_in_any_spelling() {
    check("报送/01_团市委报送材料/Ⅰ-1/Ⅱ—3/1)/方案.docx", "twsw 1.3.1 policy 方案");
    check("住建局/II-3 社区环境/2017-03-05 六个一.jpg", "zjj 2.3.1 photo 2017-03-05 六个一 2017-03-05 W19");
    check("民政局(第二批)/1.3.2/总结 (1).doc", "mzj 1.3.2 report 总结");
    check("民政局/2)关爱空巢老人/图片/a.png", "mzj 1.3.2 photo a");
    check("市民政局/关爱空巢老人/a.xlsx", "mzj 1.3.2 table a");
    check("人民医院/党办/x.bin", "yy-db - other x  W25");
}

#[test]
fn a_unit_recognised_by_another_name_is_told_and_one_cut_short_is_not() {
    let told = |path: &str| {
        let found = recognise(&hints(), path, None);
        let told = found.findings.into_iter().find(|it| it.code == Code::W19).map(|it| it.detail);
        assert_eq!(told.is_some(), found.alias.is_some());
        told
    };
    assert_eq!(told("01_住建局报送材料/a.txt").unwrap(), "住建局 → 市住房和城乡建设局");
    assert_eq!(told("2017/住建局(第二批)/a.txt").unwrap(), "住建局 → 市住房和城乡建设局");
    for own in [
        "市住房和城乡建设局/a.txt",
        "zjj/a.txt",
        "民政局/a.txt",
        "团市委/a.txt",
        "人民医院/党办/a.txt",
        "谁/a.txt",
    ] {
        assert_eq!(told(own), None, "{own}");
    }
    let said = Hints { unit: Some("zjj".parse().unwrap()), ..hints() };
    assert_eq!(recognise(&said, "住建局/a.txt", None).alias, None);
}

#[test]
fn a_clash_is_asked_and_narrowed_by_what_the_unit_owes() {
    check("住建局/Ⅱ-3/a.txt", "zjj 2.3.1 document a  W19");
    check("Ⅱ-3/a.txt", "- - document a  W24,W25");
    check("不知道/随便/a.txt", "- - document a  W24,W25");
    let found = recognise(&hints(), "Ⅱ-3/a.txt", None);
    assert!(found.findings[1].detail.contains("Ⅰ-2 Ⅱ-3 1) 六个一"), "{:?}", found.findings);
}

#[test]
fn kinds_from_folder_and_file_names() {
    check(
        "团市委/规范文件/关于开展志愿服务活动总结的通知.pdf",
        "twsw - policy 关于开展志愿服务活动总结的通知  W25",
    );
    check("团市委/关于印发总结的通知.pdf", "twsw - policy 关于印发总结的通知  W25");
    check("团市委/03.剪报.jpg", "twsw - press 剪报  W25");
    check("住建局/物业管理办法(试行).docx", "zjj - policy 物业管理办法(试行)  W19,W25");
    check("住建局/关于整治的意见(2017).docx", "zjj - policy 关于整治的意见(2017)  W19,W25");
    check("住建局/规范/1.txt", "zjj - policy 1  W19,W25");
    check("住建局/群众意见箱.docx", "zjj - document 群众意见箱  W19,W25");
    check("住建局/窗口规范化服务.docx", "zjj - document 窗口规范化服务  W19,W25");
}

/// A visitor that writes down what it is shown.
#[derive(Default)]
struct Notes(Vec<String>);

impl Visitor for Notes {
    type Spool = Vec<u8>;

    fn spool(&mut self, reader: &mut dyn Read) -> crate::error::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|it| crate::error::Error::invalid(it.to_string()))?;
        Ok(bytes)
    }

    fn open(&self, spool: &Vec<u8>) -> crate::error::Result<File> {
        let mut file = tempfile::tempfile().unwrap();
        std::io::copy(&mut Cursor::new(spool), &mut file).unwrap();
        Ok(file)
    }

    fn file(
        &mut self,
        place: Place,
        spool: Vec<u8>,
        _: Option<crate::domain::finding::Finding>,
    ) -> crate::error::Result<()> {
        self.0.push(format!("{} {}", place.path, spool.len()));
        Ok(())
    }

    fn container(&mut self, place: Place, _: Vec<u8>, opened: door::Opened) -> crate::error::Result<()> {
        self.0.push(format!("{} holds {} failed {}", place.path, opened.members.len(), opened.failed));
        Ok(())
    }

    fn turned(
        &mut self,
        place: Place,
        filing: crate::domain::submission::Filing,
        finding: crate::domain::finding::Finding,
    ) -> crate::error::Result<()> {
        self.0.push(format!("{} {} {}", place.path, filing.word(), finding.code.as_str()));
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        false
    }
}

#[test]
fn a_folder_is_shown_in_order_and_links_do_not_lead_out() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("住建局");
    std::fs::create_dir_all(root.join("b")).unwrap();
    std::fs::write(root.join("b/1.txt"), "x").unwrap();
    std::fs::write(root.join("Thumbs.db"), "x").unwrap();
    std::fs::write(root.join("~$方案.docx"), "x").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", root.join("link")).unwrap();
        std::os::unix::fs::symlink(&root, root.join("loop")).unwrap();
    }
    let keeper = crate::cage::Keeper::of("unused");
    let offers = [door::Offer { path: root, shown: None, encoding: encoding_rs::UTF_8 }];
    let mut notes = Notes::default();
    receive(&mut notes, &keeper, bundle::Limits::default(), &offers).unwrap();
    let expected = [
        "住建局/Thumbs.db junk W18",
        "住建局/b/1.txt 1",
        "住建局/link unreadable E14",
        "住建局/loop unreadable E14",
        "住建局/~$方案.docx junk W18",
    ];
    assert_eq!(notes.0, expected);
}

#[cfg(unix)]
#[test]
fn what_became_a_pipe_or_a_link_is_told_and_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.txt");
    let code = |it: &std::path::Path| folder::open(it).map(drop).map_err(|it| it.code);
    std::fs::write(&path, "x").unwrap();
    assert_eq!(code(&path), Ok(()));
    std::fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(code(&path), Err(Code::E14));
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
    assert_eq!(code(&path), Err(Code::E14));
    assert_eq!(code(dir.path()), Err(Code::E14));
    assert_eq!(code(&dir.path().join("gone")), Err(Code::E02));
}

proptest! {
    #[test]
    fn a_name_that_does_not_escape_stays_below(name in "[a-z./\\\\:]{0,20}") {
        if !bundle::escapes(&name) {
            let path = name.replace('\\', "/");
            let mut depth = 0_i32;
            for part in path.split('/') {
                prop_assert!(part != "..");
                depth += i32::from(!part.is_empty() && part != ".");
            }
            prop_assert!(depth >= 0 && !path.starts_with('/'));
        }
    }

    #[test]
    fn recognition_is_total(path in "\\PC{0,40}") {
        recognise(&hints(), &path, None);
    }
}
