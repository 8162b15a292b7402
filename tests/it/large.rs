//! Large files pass through in constant memory: what is needed for 5 GiB is what is needed for one MiB.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::world::{World, keeper};

/// Runs the real binary and returns the most memory it or any child of its cage held, in KiB.
///
/// Python waits for it and asks the system: what a process held is known for certain only when it has ended.
fn peak(root: &Path, words: &[&str]) -> u64 {
    let script = "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let mut command = Command::new("python3");
    command.args(["-c", script]).arg(keeper().program).arg("--archive").arg(root).args(words);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn five_gibibytes_take_no_more_memory_than_one_mebibyte() {
    const MIB: u64 = 1 << 20;
    const LONG: u64 = 5 << 30;
    // Beside the build and not where the system keeps small things, which may be memory.
    let world = World::within(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()).await;
    let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents/clip.mp4");
    let mut peaks = Vec::new();
    for (name, size) in [("短", MIB), ("长", LONG)] {
        let path = world.path(&format!("{name}/教育局/2)/2017-03-05 {name}片.mp4"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(&clip, &path).unwrap();
        // The rest is a hole: it costs the disk nothing and is read as zeros.
        File::options().write(true).open(&path).unwrap().set_len(size).unwrap();
        peaks.push(peak(&world.root(), &["intake", world.path(name).to_str().unwrap()]));
    }
    let fold = world.fold().await;
    let sizes: Vec<u64> = fold.evidence.values().map(|it| it.bytes()).collect();
    assert_eq!(sizes, [MIB, LONG]);
    assert!(fold.readings.values().all(|it| it.facts.duration_ms == Some(12_500)), "it was read as well");
    assert!(peaks[1] < peaks[0] + 32 * 1024, "{peaks:?} KiB");
}
