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
    let mut answer = Value::Null;
    for _ in 0..200 {
        let page = server.get("/api/v1/search?q=%E7%A9%BA%E5%B7%A2%E8%80%81%E4%BA%BA");
        answer = serde_json::from_str(page.split("\r\n\r\n").nth(1).unwrap()).unwrap_or_default();
        if answer["entry"].as_i64() == Some(head) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(answer["total"], 20, "{answer}");
    assert_eq!(run(&world, &["search", "空巢老人"])[0]["total"], 20, "a command searches beside it too");
    assert!(server.end().success(), "it ends gracefully");
    let lines = run(&world, &["audit"]);
    assert!(lines.iter().all(|it| it["verdict"] == "pass" || it["check"] == "derived"), "{lines:?}");
}
