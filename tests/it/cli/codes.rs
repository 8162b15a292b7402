//! How commands end: each class of error has its exit code and a sentence that says what to do.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use super::Terminal;
use crate::tables::Tables;

/// Types a line that is refused, and checks how.
fn refused(terminal: &Terminal, line: &str, code: i32, says: &str) {
    let chinese = terminal.type_(line);
    assert_eq!((chinese.code, chinese.out.as_str()), (code, ""), "{line}: {}", chinese.err);
    assert!(chinese.err.starts_with("错误:"), "{line}: {}", chinese.err);
    let ended = terminal.type_(&format!("--lang en {line}"));
    assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{line}: {}", ended.err);
    assert!(ended.err.starts_with("error: ") && ended.err.contains(says), "{line}: {}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{line}: {}", ended.err);
    let ended = terminal.type_(&format!("--json {line}"));
    let error: Value = serde_json::from_str(&ended.err).unwrap();
    assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{line}");
    assert!(error["error"]["message"].as_str().unwrap().contains(says), "{line}: {error}");
    let kinds = [
        (2, "invalid"),
        (3, "notfound"),
        (4, "conflict"),
        (5, "denied"),
        (6, "toolarge"),
        (7, "unsupported"),
    ];
    let kinds = kinds.into_iter().chain([(8, "corrupt"), (9, "unavailable")]);
    assert_eq!(
        Some(error["error"]["kind"].as_str().unwrap()),
        kinds.into_iter().find(|it| it.0 == code).map(|it| it.1)
    );
}

#[test]
fn what_is_typed_wrongly_is_2_and_what_is_not_there_is_3() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/通知 2017-03-02.txt", "学习").write("坏.toml", "id = 3\n");
    terminal.did("intake 材料");
    for line in ["", "search", "no-such-command", "check --no-such-flag", "accept", "--lang fr check"] {
        assert_eq!(terminal.type_(line).code, 2, "{line}");
    }
    assert_eq!(terminal.type_("scheme check 坏.toml").code, 2);
    refused(&terminal, "accept x", 2, "");
    refused(&terminal, "accept 9-5", 2, "12-15");
    refused(&terminal, "join 6", 2, "");
    refused(&terminal, "reopen", 2, "--requirement");
    refused(&terminal, "intake 材料 --standard 9)", 2, "scheme show");
    refused(&terminal, "--archive 别处 status", 3, "juanzong init");
    refused(&terminal, "show 999", 3, "juanzong search");
    refused(&terminal, "accept 999", 3, "juanzong search");
    refused(&terminal, "intake 没有", 3, "没有");
    refused(&terminal, "check --unit 没有局", 3, "unit list");
    refused(&terminal, "--scheme 1999 check", 3, "scheme list");
    refused(&terminal, "dossier verify 没有.zip", 3, "没有.zip");
    refused(&terminal, "restore 没有", 3, "");
}

#[test]
fn what_does_not_fit_is_4_and_what_may_not_be_is_5() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/通知 2017-03-02.txt", "学习").write("别的/a.txt", "x");
    let (lines, _) = terminal.json("intake 材料");
    let id = lines[0]["evidence"].as_i64().unwrap();
    refused(&terminal, "init", 4, "empty");
    refused(&terminal, "backup 别的", 4, "no backup");
    terminal.did(&format!("accept {id}"));
    refused(&terminal, &format!("accept {id}"), 4, "already");
    std::fs::create_dir_all(terminal.path("怪/ledger.sqlite")).unwrap();
    refused(&terminal, "--archive 怪 status", 5, "rights");
}

#[tokio::test]
async fn what_is_too_large_is_6_what_is_newer_is_7_and_what_is_damaged_is_8() {
    let terminal = Terminal::set_up();
    terminal.write("大.toml", "#".repeat((4 << 20) + 1));
    refused(&terminal, "scheme import 大.toml", 6, "4 MiB");
    terminal.did("--archive 残 init");
    std::fs::remove_dir(terminal.path("残/sha256")).unwrap();
    refused(&terminal, "--archive 残 status", 8, "restore");
    terminal.did("--archive 坏 init");
    std::fs::write(terminal.path("坏/ledger.sqlite"), "no database at all".repeat(1000)).unwrap();
    refused(&terminal, "--archive 坏 status", 8, "damaged");
    terminal.did("--archive 新 init");
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
        values (99, 'of a later year', 1, x'00', 0)";
    Tables::open(&terminal.path("新")).await.run(newer).await;
    refused(&terminal, "--archive 新 status", 7, "newer");
}

#[test]
fn what_is_busy_is_9_and_what_does_not_verify_is_1() {
    let terminal = Terminal::set_up();
    terminal.write("材料/教育局/1)/通知 2017-03-02.txt", "学习").write("假.zip", "PK nothing");
    terminal.did("intake 材料");
    let lock = std::fs::File::open(terminal.path("juanzong-archive/processing.lock")).unwrap();
    lock.lock().unwrap();
    refused(&terminal, "rebuild", 9, "Another process");
    terminal.did("intake 材料");
    lock.unlock().unwrap();
    terminal.did("rebuild");
    terminal.did("audit");
    assert_eq!(terminal.type_("dossier verify 假.zip").code, 1);
    let blobs = walkdir::WalkDir::new(terminal.path("juanzong-archive/sha256")).into_iter();
    let blob = blobs.map(Result::unwrap).find(|it| it.file_type().is_file()).unwrap();
    std::fs::write(blob.path(), "changed").unwrap();
    assert_eq!(terminal.type_("audit").code, 1);
}

#[test]
fn two_current_schemes_are_told_apart_by_name() {
    let terminal = Terminal::set_up();
    terminal.write("新.toml", super::SCHEME.replace("id = \"2017\"", "id = \"2020\""));
    terminal.did("scheme import 新.toml");
    refused(&terminal, "check", 2, "--scheme");
    assert_eq!(terminal.type_("--scheme 2020 check").code, 1);
    assert_eq!(terminal.type_("check --scheme 2017").code, 1);
    terminal.did("--scheme 2017 scheme retire");
    assert_eq!(terminal.type_("check").code, 1, "one is current again");
    assert!(terminal.did("scheme list").contains("已停用"));
}

/// More than are filed in one batch and the next, so that some are left when it stops.
const FILES: u64 = 900;

#[test]
fn ctrl_c_keeps_what_was_begun_and_is_130() {
    let terminal = Terminal::set_up();
    for n in 0..FILES {
        terminal.write(&format!("材料/教育局/1)/{n}.txt"), format!("第{n}件"));
    }
    let mut command = terminal.command("--json intake --no-wait 材料");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut told = String::new();
    lines.read_line(&mut told).unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    lines.read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let receipt: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(receipt["receipt"]["broken_off"], true);
    let n_told = told.lines().count() as u64 - 1;
    assert_eq!(receipt["receipt"]["counts"]["filed"], n_told);
    assert!(n_told < FILES);
    let (again, code) = terminal.json("intake --no-wait 材料");
    let counts = &again.last().unwrap()["receipt"]["counts"];
    assert_eq!(
        (code, counts["known"].as_u64(), counts["filed"].as_u64()),
        (0, Some(n_told), Some(FILES - n_told))
    );
}

#[test]
fn ctrl_c_ends_the_reading_too_and_all_that_was_filed_stays() {
    const READ: usize = 150;
    let terminal = Terminal::set_up();
    for n in 0..READ {
        terminal.write(&format!("材料/教育局/1)/{n}.txt"), format!("第{n}件"));
    }
    let mut child = terminal.command("--json intake 材料").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut told = String::new();
    while !told.contains("\"status\"") {
        assert!(lines.read_line(&mut told).unwrap() > 0, "{told}");
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    lines.read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let receipt: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&receipt["receipt"]["broken_off"], &receipt["receipt"]["counts"]["filed"]),
        (&false.into(), &READ.into())
    );
    let n_read = told.matches("\"status\"").count();
    assert!(n_read < READ, "{n_read}");
    let (rest, code) = terminal.json("rebuild");
    assert_eq!((code, rest.last().unwrap()["read"].as_u64()), (0, Some((READ - n_read) as u64)), "{rest:?}");
}

#[test]
fn the_next_step_can_be_typed_as_it_is_shown() {
    let terminal = Terminal::set_up();
    terminal.write("U盘/a.txt", "a");
    let told = terminal.did("intake U盘");
    assert!(
        told.ends_with("下一步: juanzong --archive juanzong-archive assign 6 --unit 单位 --standard 指标\n"),
        "{told}"
    );
    std::fs::rename(terminal.path("juanzong-archive"), terminal.path("it's")).unwrap();
    let told = terminal.did("--lang en --archive it's intake U盘");
    let next = r"juanzong --archive 'it'\''s' assign 6 --unit UNIT --standard STANDARD";
    assert!(told.ends_with(&format!("Next: {next}\n")), "{told}");
}

#[test]
fn what_is_turned_away_for_one_reason_is_summed_for_people_and_listed_for_machines() {
    let terminal = Terminal::set_up();
    for n in 0..20 {
        terminal.write(&format!("U盘/{n}/Thumbs.db"), "x");
    }
    let told = terminal.did("intake U盘");
    assert_eq!(told.matches("Thumbs.db").count(), 5, "{told}");
    assert!(told.contains("临时文件  共 20 个，另外 15 个未逐一列出：W18"), "{told}");
    let told = terminal.did("intake --dry-run U盘");
    assert!(told.contains("共 20 个，另外 15 个未逐一列出：W18"), "{told}");
    let (lines, _) = terminal.json("intake U盘");
    assert_eq!(lines.iter().filter(|it| it["verdict"] == "junk").count(), 20);
}
