//! `kill -9` of the real binary at random moments: what was acknowledged is there, and nothing is there by halves.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use juanzong::archive::Archive;
use juanzong::audit;
use juanzong::domain::verdict::Verdict;
use serde_json::Value;

use crate::dice::Dice;
use crate::world::{World, keeper};

const ROUNDS: usize = 24;
const FILES: usize = 60;

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let world = World::new().await;
    let root = world.root();
    world.archive.ledger().close().await;
    let mut dice = Dice::new(20_170_815);
    let mut acknowledged: HashMap<String, String> = HashMap::new();
    let mut n_killed = 0;
    for round in 0..ROUNDS {
        for n in 0..FILES {
            let size = usize::try_from(dice.roll(60_000)).unwrap() + 1;
            let text = format!("第{round}轮第{n}件 ").repeat(size / 20 + 1);
            world.write(&format!("来/文明办/1)/{round}-{n}.txt"), text);
        }
        let stop_at = usize::try_from(dice.roll(80)).unwrap();
        let patience = Duration::from_millis(dice.roll(900) + 50);
        let (told, was_running) = killed_intake(&root, &world.path("来"), stop_at, patience);
        n_killed += usize::from(was_running);
        for line in told {
            // The last line may be cut short: it was not acknowledged.
            let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
            if let (Some(path), Some(sha256)) = (line["path"].as_str(), line["sha256"].as_str()) {
                acknowledged.insert(path.to_owned(), sha256.to_owned());
            }
        }
    }
    assert!(n_killed >= 20, "only {n_killed} of {ROUNDS} were killed while they ran");
    assert!(!acknowledged.is_empty());
    let archive = Archive::open(&root, keeper()).await.unwrap();
    let fold = archive.fold().await.unwrap();
    for (path, sha256) in &acknowledged {
        let digest = sha256.parse().unwrap();
        let there = fold.holders_of(&digest).any(|it| it.sightings.iter().any(|it| it.path == *path));
        assert!(there, "{path} was acknowledged and is not in the ledger");
        assert_eq!(archive.store().rehash(&digest).unwrap(), digest, "{path}");
    }
    let checks = audit::audit(&archive, |_, _| {}).await.unwrap();
    for check in checks.iter().filter(|it| matches!(it.check, "chain" | "projections" | "blobs")) {
        assert_eq!(check.verdict, Verdict::Pass, "{check:?}");
    }
    let (digests, strangers) = archive.store().digests().unwrap();
    assert!(strangers.is_empty(), "{strangers:?}");
    for digest in digests {
        assert_eq!(archive.store().rehash(&digest).unwrap(), digest, "a half-file stands under a name");
    }
}

/// Runs an intake and kills it after so many lines, or when none came for so long. Returns the lines, and whether it
/// was still running.
fn killed_intake(root: &Path, folder: &Path, stop_at: usize, patience: Duration) -> (Vec<String>, bool) {
    let mut child = Command::new(keeper().program)
        .args(["--json", "--archive"])
        .arg(root)
        .args(["intake", "--no-wait"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let (sender, lines) = channel();
    let reader = std::thread::spawn(move || {
        let read = BufReader::new(stdout).lines().map_while(Result::ok);
        read.for_each(|it| sender.send(it).unwrap_or_default());
    });
    let mut told = Vec::new();
    while told.len() < stop_at {
        match lines.recv_timeout(patience) {
            Ok(line) => told.push(line),
            Err(_) => break,
        }
    }
    let was_running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    told.extend(lines.try_iter());
    (told, was_running)
}
