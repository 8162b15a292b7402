//! The cage: whatever a child does, it is a result, and the keeper lives.
#![cfg(all(target_os = "linux", debug_assertions))]

use std::fs::File;
use std::io::{Read, Write};
use std::time::Duration;

use juanzong::cage::{Budget, Frame, Keeper, Outcome};

fn keeper() -> Keeper {
    Keeper::of(env!("CARGO_BIN_EXE_juanzong"))
}

fn tight() -> Budget {
    Budget {
        memory_bytes: 256 << 20,
        cpu: Duration::from_secs(1),
        wall: Duration::from_secs(5),
        output_bytes: 1 << 20,
    }
}

fn trial(what: &str, budget: Budget) -> Outcome<String> {
    let input = File::open("/dev/null").unwrap();
    let outcome = keeper().run("trial", &input, &what, budget).unwrap();
    outcome.map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn bytes_go_in_and_come_out() {
    let mut file = tempfile::tempfile().unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    file.write_all(&bytes).unwrap();
    assert_eq!(keeper().run("trial", &file, &"echo", tight()).unwrap(), Outcome::Done(bytes.clone()));
    // The caller's own position has not moved, and a second child sees it all again.
    let mut rest = Vec::new();
    file.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty());
    assert_eq!(keeper().run("trial", &file, &"echo", tight()).unwrap(), Outcome::Done(bytes));
}

#[test]
fn a_stream_of_any_length_passes_in_pieces() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(280 << 20).unwrap();
    // The program itself, unoptimised, lies in the address space too.
    let budget = Budget { memory_bytes: 256 << 20, output_bytes: u64::MAX, ..tight() };
    let mut frames = keeper().stream("trial", &file, &"echo", budget).unwrap();
    let mut sum = 0;
    for frame in &mut frames {
        let Frame::Bytes(bytes) = frame else { panic!("a note") };
        assert!(bytes.len() <= 64 << 10);
        sum += bytes.len();
    }
    assert_eq!((sum, frames.ending()), (280 << 20, Outcome::Done(())));
}

#[test]
fn a_memory_bomb_runs_out_of_memory() {
    assert_eq!(trial("allocate", Budget { cpu: Duration::from_secs(10), ..tight() }), Outcome::OutOfMemory);
}

#[test]
fn an_endless_loop_runs_out_of_time() {
    assert_eq!(trial("spin", tight()), Outcome::Timeout);
    assert_eq!(trial("hang", Budget { wall: Duration::from_millis(200), ..tight() }), Outcome::Timeout);
}

#[test]
fn an_output_bomb_is_stopped() {
    assert_eq!(trial("flood", tight()), Outcome::TooMuch);
}

#[test]
fn a_death_is_a_result() {
    for (misdeed, words) in [
        ("panic", "index out of bounds"),
        ("abort", "signal: 6"),
        ("recurse", "overflowed its stack"),
        ("nothing of the kind", ""),
    ] {
        match trial(misdeed, tight()) {
            Outcome::Crash(how) => assert!(how.contains(words), "{misdeed}: {how}"),
            Outcome::Refused(_) if words.is_empty() => {}
            other => panic!("{misdeed}: {other:?}"),
        }
    }
    assert_eq!(trial("refuse", tight()), Outcome::Refused("The material is torn.".into()));
    assert!(matches!(
        keeper().run("no such job", &File::open("/dev/null").unwrap(), &(), tight()).unwrap(),
        Outcome::Crash(_)
    ));
    assert_eq!(trial("thread", tight()), Outcome::Done("done".into()));
}

#[test]
fn files_network_and_programs_are_out_of_reach() {
    let holds = keeper().holds().unwrap();
    assert!(holds.memory && holds.time, "{holds:?}");
    if !holds.seccomp {
        // An older kernel has fewer walls; `status` says so.
        return;
    }
    for misdeed in ["open", "create", "list", "connect", "bind", "start"] {
        assert_eq!(trial(misdeed, tight()), Outcome::Done("PermissionDenied".into()), "{misdeed}");
    }
}

#[test]
fn a_child_cannot_change_what_it_reads() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"as it was").unwrap();
    let outcome = keeper().run("trial", &file, &"overwrite", tight()).unwrap();
    assert_ne!(outcome, Outcome::Done(b"done".to_vec()));
    assert_eq!(keeper().run("trial", &file, &"echo", tight()).unwrap(), Outcome::Done(b"as it was".to_vec()));
}

#[test]
fn letting_go_of_a_stream_ends_its_child() {
    let input = File::open("/dev/null").unwrap();
    drop(keeper().stream("trial", &input, &"hang", tight()).unwrap());
    let ending = keeper().stream("trial", &input, &"spin", tight()).unwrap().ending();
    assert!(matches!(ending, Outcome::Crash(_)));
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let nobody = Keeper::of("/no/such/program");
    assert!(nobody.run("trial", &File::open("/dev/null").unwrap(), &"echo", tight()).is_err());
}

/// Runs a program of the machine over a file.
fn program(path: &str, args: &[&str], input: &File, budget: Budget) -> Outcome<String> {
    let outcome = keeper().run_program(path.into(), args, input, budget).unwrap();
    outcome.map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn a_program_reads_its_file_and_nothing_else() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"what was sent").unwrap();
    let (file, budget) = (file.reopen().unwrap(), Budget::default());
    let cat = |path: &str| program("/bin/cat", &[path], &file, budget);
    assert_eq!(cat("/dev/stdin"), Outcome::Done("what was sent".into()));
    assert_eq!(
        program("/usr/bin/tail", &["-c", "4", "/dev/stdin"], &file, budget),
        Outcome::Done("sent".into())
    );
    if keeper().holds().unwrap().landlock > 0 {
        assert!(matches!(cat("/etc/hostname"), Outcome::Crash(how) if how.contains("ermission denied")));
    }
    let python = |code: &str| program("/usr/bin/python3", &["-c", code], &file, budget);
    assert_eq!(python("print(1 + 1)"), Outcome::Done("2\n".into()));
    for misdeed in [
        "import socket; socket.socket()",
        "import os; os.fork()",
        "open('/tmp/juanzong-trial', 'w')",
        "open('/dev/stdin', 'r+')",
    ] {
        assert!(matches!(python(misdeed), Outcome::Crash(how) if how.contains("ermi")), "{misdeed}");
    }
}

#[test]
fn a_program_is_held_to_its_budget() {
    let nothing = File::open("/dev/null").unwrap();
    let python = |code: &str, budget| program("/usr/bin/python3", &["-c", code], &nothing, budget);
    assert_eq!(python("while True: pass", tight()), Outcome::Timeout);
    let late = Budget { wall: Duration::from_millis(500), ..tight() };
    assert_eq!(python("import time; time.sleep(60)", late), Outcome::Timeout);
    assert_eq!(python("print('x' * (4 << 20))", tight()), Outcome::TooMuch);
    assert!(
        matches!(python("x = bytes(1 << 30)", tight()), Outcome::Crash(how) if how.contains("MemoryError"))
    );
    assert!(matches!(program("/no/such/program", &[], &nothing, tight()), Outcome::Crash(_)));
}
