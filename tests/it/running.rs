//! Commands beside a running server: what they file is read and indexed by the server, and neither waits for ever.

use std::process::Command;

use serde_json::Value;

use crate::server::Server;
use crate::world::{World, keeper};

fn run(world: &World, arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(keeper().program)
        .args(["--json", "--archive"])
        .arg(world.root())
        .args(arguments)
        .current_dir(world.path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// What a server finds once its index knows an entry and all it finds; the last answer where that takes too long.
async fn found(server: &Server, head: i64) -> Value {
    let mut answer = Value::Null;
    for _ in 0..600 {
        let page = server.get("/api/v1/search?q=%E7%A9%BA%E5%B7%A2%E8%80%81%E4%BA%BA");
        answer = serde_json::from_str(page.split("\r\n\r\n").nth(1).unwrap()).unwrap_or_default();
        if answer["entry"].as_i64() >= Some(head) && answer["total"] != 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    answer
}

/// Spoils the middle of the files of an index that tell where words stand.
fn spoil(index: &std::path::Path) {
    for file in std::fs::read_dir(index).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "term" || it == "idx") {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 4..bytes.len() / 2;
            bytes[middle].fill(0xff);
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

#[tokio::test]
async fn an_index_that_went_or_was_damaged_is_made_again_though_nothing_is_filed() {
    let world = World::new().await;
    world.piece("文明办/1)/通知.txt", "关于空巢老人的通知\n").await;
    world.index().await;
    let head = world.fold().await.head.unwrap().entry.0;
    world.archive.ledger().close().await;
    let index = world.root().join("index");
    spoil(&index);
    let server = Server::start(&world.root());
    assert_eq!(found(&server, head).await["total"], 1, "damage is mended when a server starts");
    std::fs::remove_dir_all(&index).unwrap();
    assert_eq!(found(&server, head).await["total"], 1, "an index that went is made again beside it");
    assert!(server.end().success());
}

/// Overwrites all that an index holds, in its place: whoever has the files open sees it.
fn ruin(index: &std::path::Path) {
    use std::io::Write as _;
    for file in std::fs::read_dir(index).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "term" || it == "idx" || it == "pos" || it == "fast") {
            let n_bytes = std::fs::metadata(&path).unwrap().len();
            let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.write_all(&vec![0xff; usize::try_from(n_bytes).unwrap()]).unwrap();
        }
    }
}

#[tokio::test]
async fn an_index_that_is_damaged_while_it_is_asked_is_made_again() {
    let world = World::new().await;
    world.piece("文明办/1)/通知.txt", "关于空巢老人的通知\n").await;
    world.index().await;
    let head = world.fold().await.head.unwrap().entry.0;
    world.archive.ledger().close().await;
    let server = Server::start(&world.root());
    assert_eq!(found(&server, head).await["total"], 1);
    ruin(&world.root().join("index"));
    let told = |lines: Vec<Value>| lines.into_iter().find(|it| it["check"] == "index").unwrap();
    let audit = Command::new(keeper().program)
        .args(["--json", "--archive"])
        .arg(world.root())
        .arg("audit")
        .output()
        .unwrap();
    let lines = String::from_utf8(audit.stdout).unwrap();
    let lines = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(told(lines)["verdict"], "fail", "an audit looks through the files");
    assert_eq!(found(&server, head).await["total"], 1, "asking it shows the damage, and that mends it");
    assert!(server.end().success());
    assert_eq!(told(run(&world, &["audit"]))["verdict"], "pass");
}

#[tokio::test]
async fn a_command_files_while_a_server_reads() {
    let world = World::new().await;
    world.archive.ledger().close().await;
    let server = Server::start(&world.root());
    assert!(server.get("/healthz").contains("\"status\":\"ok\""));
    for n in 0..20 {
        world.write(&format!("来/文明办/1)/通知{n}.txt"), format!("关于空巢老人的通知第{n}号"));
    }
    let lines = run(&world, &["intake", "来"]);
    let filed = lines.iter().filter(|it| it["verdict"] == "filed").count();
    let read = lines.iter().filter(|it| it["status"] == "ok").count();
    assert_eq!((filed, read), (20, 20), "the second lines come from what the server read");
    assert_eq!(lines.last().unwrap()["receipt"]["counts"]["filed"], 20);
    // The index follows within a turn of the server; a search says which entry it reached.
    let head = run(&world, &["status"])[0]["entry"].as_i64().unwrap();
    let answer = found(&server, head).await;
    assert_eq!(answer["total"], 20, "{answer}");
    assert_eq!(run(&world, &["search", "空巢老人"])[0]["total"], 20, "a command searches beside it too");
    assert!(server.end().success(), "it ends gracefully");
    let lines = run(&world, &["audit"]);
    assert!(lines.iter().all(|it| it["verdict"] == "pass" || it["check"] == "derived"), "{lines:?}");
}
