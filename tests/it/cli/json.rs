//! What programs read: one JSON object a line, its fields as promised.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Terminal, fields};
use crate::world::zip_of;

#[test]
fn intake_tells_each_file_then_each_reading_then_the_receipt() {
    let terminal = Terminal::set_up();
    let text = "关于学习的通知\n创(chuàng)建全國(guó)文明城市\n";
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", text);
    terminal.write("材料/教育局/1)/空.txt", "").write("材料/教育局/1)/Thumbs.db", "x");
    zip_of(&terminal.path("材料/包.zip"), &[(b"a.txt", b"inside")]);
    let (lines, code) = terminal.json("intake 材料");
    assert_eq!(code, 0);
    let files: Vec<&Value> = lines.iter().filter(|it| it.get("path").is_some()).collect();
    let named = ["bytes", "evidence", "findings", "path", "sha256", "standard", "unit", "verdict"];
    assert!(files.iter().all(|it| fields(it) == named), "{files:#?}");
    let told: Vec<String> = files.iter().map(|it| format!("{} {}", it["path"], it["verdict"])).collect();
    let expected = [
        r#""材料/包.zip/a.txt" "filed""#,
        r#""材料/包.zip" "container""#,
        r#""材料/教育局/1)/Thumbs.db" "junk""#,
        r#""材料/教育局/1)/关于学习的通知 2017-03-02.txt" "filed""#,
        r#""材料/教育局/1)/空.txt" "empty""#,
    ];
    assert_eq!(told, expected);
    let notice = files[3];
    assert_eq!((&notice["unit"], &notice["standard"]), (&json!("jyj"), &json!("1.1")));
    assert_eq!(notice["bytes"], text.len());
    assert_eq!(notice["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(notice["findings"], json!([]));
    let empty = &files[4]["findings"][0];
    assert_eq!(fields(empty), ["code", "detail", "message", "remedy", "severity"]);
    assert_eq!((&empty["code"], &empty["severity"]), (&json!("E04"), &json!("error")));
    let read: Vec<&Value> = lines.iter().filter(|it| it.get("status").is_some()).collect();
    assert!(read.iter().all(|it| fields(it) == ["evidence", "findings", "status"]), "{read:#?}");
    let own = read.iter().find(|it| it["evidence"] == notice["evidence"]).unwrap();
    assert_eq!((&own["status"], &own["findings"][0]["code"]), (&json!("ok"), &json!("W09")));
    assert_eq!(lines.len(), files.len() + read.len() + 1);
    let receipt = &lines.last().unwrap()["receipt"];
    assert_eq!(receipt["counts"], json!({ "filed": 2, "container": 1, "junk": 1, "empty": 1 }));
    assert_eq!((&receipt["unassigned"], &receipt["broken_off"]), (&json!(1), &json!(false)));
    let (again, _) = terminal.json("intake --no-wait 材料");
    assert!(again.last().unwrap()["receipt"]["counts"]["known"] == 2, "{again:#?}");
}

#[test]
fn a_name_that_is_not_utf_8_comes_with_its_raw_bytes() {
    let terminal = Terminal::set_up();
    let name = encoding_rs::GBK.encode("关于学习的通知.txt").0.into_owned();
    terminal.write("材料/教育局/1)/a.txt", "a");
    let folder = terminal.path("材料/教育局/1)");
    std::fs::write(folder.join(OsStr::from_bytes(&name)), "学习").unwrap();
    let (lines, _) = terminal.json("intake 材料");
    let raw = lines.iter().find(|it| it.get("path_raw").is_some()).unwrap();
    assert_eq!(raw["path"], "材料/教育局/1)/关于学习的通知.txt");
    let bytes = STANDARD.decode(raw["path_raw"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, ["材料/教育局/1)/".as_bytes(), &name].concat());
    assert_eq!(raw["findings"][0]["code"], "W28");
    assert_eq!(lines.iter().filter(|it| it.get("path_raw").is_some()).count(), 1);
    let mut extract = terminal.command("--json extract");
    let output = extract.arg(folder.join(OsStr::from_bytes(&name))).output().unwrap();
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let bytes = STANDARD.decode(line["path_raw"].as_str().unwrap()).unwrap();
    assert!(bytes.ends_with(&name));
}

#[test]
fn each_part_of_a_path_is_read_by_itself() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    // 图片 in GBK is valid UTF-8 by chance, 材料 in UTF-8 is valid GBK.
    let paths = [
        [gbk("教育局"), gbk("图片"), gbk("学习.jpg")],
        ["教育局".into(), gbk("图片"), gbk("志愿服务.jpg")],
        [gbk("教育局"), "材料".into(), gbk("通知.txt")],
        ["教育局".into(), "2)".into(), gbk("学雷锋.txt")],
    ];
    let shown = paths.map(|parts| {
        let path = parts.join(&b'/');
        juanzong::intake::folder::shown(std::path::Path::new(OsStr::from_bytes(&path))).0
    });
    let expected =
        ["教育局/图片/学习.jpg", "教育局/图片/志愿服务.jpg", "教育局/材料/通知.txt", "教育局/2)/学雷锋.txt"];
    assert_eq!(shown, expected);
}

#[test]
fn extract_tells_what_the_bytes_say_and_files_nothing() {
    let terminal = Terminal::set_up();
    terminal.write("通知.txt", "关于学习的通知\n2017年3月2日\n").write("坏.pdf", "%PDF-1.4\nnothing");
    let (lines, code) = terminal.json("extract 通知.txt 坏.pdf");
    assert_eq!((lines.len(), code), (2, 0));
    let named = ["extractor", "facts", "findings", "path", "status", "text"];
    assert!(lines.iter().all(|it| fields(it) == named), "{lines:#?}");
    assert_eq!((&lines[0]["path"], &lines[0]["status"]), (&json!("通知.txt"), &json!("ok")));
    assert_eq!(lines[0]["text"], "关于学习的通知\n2017年3月2日\n");
    assert_eq!(lines[0]["facts"]["title"], "关于学习的通知");
    assert!(lines[0]["extractor"].as_str().unwrap().starts_with("plain/"));
    assert_eq!((&lines[1]["status"], &lines[1]["findings"][0]["code"]), (&json!("corrupt"), &json!("E02")));
    assert_eq!(terminal.type_("extract 没有.txt").code, 3);
    assert_eq!(terminal.json("status").0[0]["evidence"], 0);
}

#[test]
fn search_tells_hits_with_the_place_that_answers() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2017-03-02.txt", "推進志愿服務(wù),關(guān)愛空巢老人");
    let (lines, _) = terminal.json("intake 材料");
    let (found, code) = terminal.json("search 志愿服务");
    assert_eq!((found.len(), code), (1, 0));
    let answer = &found[0];
    assert_eq!(answer["total"], 1);
    assert!(answer["entry"].as_i64().unwrap() > 0);
    let hit = &answer["hits"][0];
    for name in ["evidence", "sha256", "title", "name", "unit", "standards", "state", "score", "snippet"] {
        assert!(hit.get(name).is_some(), "{name}: {hit}");
    }
    assert_eq!((&hit["evidence"], &hit["sha256"]), (&lines[0]["evidence"], &lines[0]["sha256"]));
    assert_eq!((&hit["unit"], &hit["state"]), (&json!("jyj"), &json!(["pending"])));
    assert_eq!(hit["standards"], json!(["Ⅰ-1 1)"]));
    assert_eq!(hit["name"], "关于学习的通知 2017-03-02.txt");
    assert!(hit["snippet"].as_str().unwrap().contains("志愿服務"));
    assert!(hit["score"].as_f64().unwrap() > 0.0);
    let (found, code) = terminal.json("search 没有这样的话");
    assert_eq!((code, &found[0]["hits"]), (0, &json!([])), "nothing found is no failure");
}

#[test]
fn check_tells_gaps_then_the_sum() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/关于学习的通知 2015-03-02.txt", "学习");
    terminal.did("intake 材料");
    let (lines, code) = terminal.json("check");
    assert_eq!(code, 1);
    let gap = &lines[0];
    assert_eq!(
        (&gap["unit"], &gap["requirement"], &gap["state"]),
        (&json!("wmb"), &json!("lf-wj"), &json!("missing"))
    );
    assert_eq!((&gap["need"], &gap["accepted"], &gap["gap"]), (&json!(1), &json!(0), &json!(1)));
    let doubtful = lines.iter().find(|it| it.get("title").is_some() && it.get("findings").is_some()).unwrap();
    assert_eq!((&doubtful["findings"][0]["code"], &doubtful["unit"]), (&json!("E09"), &json!("jyj")));
    let amiss = lines.iter().find(|it| it.get("counts").is_some()).unwrap();
    assert_eq!((&amiss["counts"], &amiss["findings"][0]["code"]), (&json!(false), &json!("E01")));
    let sum = lines.last().unwrap();
    assert_eq!((&sum["open"], &sum["owed"], &sum["gap"]), (&json!(2), &json!(2), &json!(2)));
}
