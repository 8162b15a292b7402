//! Misdeeds with which the tests try the walls; not part of a release build.

use std::fs::File;
use std::io::Write;
use std::net::{TcpStream, UdpSocket};
use std::process::Command;

use crate::cage::{Output, Task};
use crate::error::{Error, Result};

/// Does the misdeed its argument names, and writes what came of it.
pub fn child(mut task: Task, output: &mut Output) -> Result<()> {
    let what: String = task.args()?;
    let came_of_it = match what.as_str() {
        "echo" => std::io::copy(&mut task.input, output).map(drop),
        "spin" => spin(),
        "hang" => hang(),
        "allocate" => allocate(),
        "flood" => flood(output),
        "panic" => {
            fall(&[]);
            Ok(())
        }
        "abort" => std::process::abort(),
        "recurse" => {
            recurse(0);
            Ok(())
        }
        "refuse" => return Err(Error::corrupt("The material is torn.")),
        "open" => File::open("/etc/hostname").map(drop),
        "create" => File::create("/tmp/juanzong-trial").map(drop),
        "list" => std::fs::read_dir("/").map(drop),
        "connect" => TcpStream::connect("127.0.0.1:9").map(drop),
        "bind" => UdpSocket::bind("127.0.0.1:0").map(drop),
        "start" => Command::new("/bin/true").status().map(drop),
        "overwrite" => task.input.write_all(b"x"),
        "thread" => std::thread::Builder::new().spawn(|| ()).map(drop),
        _ => return Err(Error::invalid("There is no such trial.")),
    };
    if what != "echo" {
        let word = came_of_it.map_or_else(|e| format!("{:?}", e.kind()), |()| "done".into());
        output.bytes(word.as_bytes())?;
    }
    Ok(())
}

fn spin() -> std::io::Result<()> {
    let mut n = 0_u64;
    loop {
        n = std::hint::black_box(n.wrapping_add(1));
    }
}

/// Waits for ever, using no processor time.
fn hang() -> std::io::Result<()> {
    loop {
        std::thread::park();
    }
}

fn allocate() -> std::io::Result<()> {
    let mut kept = Vec::new();
    loop {
        kept.push(std::hint::black_box(vec![1_u8; 1 << 20]));
    }
}

fn flood(output: &mut Output) -> std::io::Result<()> {
    loop {
        output.write_all(&[0; 4096])?;
    }
}

fn fall(nothing: &[u8]) -> u8 {
    std::hint::black_box(nothing)[std::hint::black_box(0)]
}

fn recurse(n: u64) -> u64 {
    if n == u64::MAX { n } else { std::hint::black_box(recurse(std::hint::black_box(n) + 1) + 1) }
}
