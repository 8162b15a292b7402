//! Lists of old Word documents: the two streams they lie in are pieces of the input.
#![no_main]

use std::io::{Cursor, Write};

use cfb::CompoundFile;
use juanzong::extract::fuzzing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((length, rest)) = bytes.split_first_chunk() else { return };
    let (main, table) = rest.split_at(rest.len().min(u16::from_le_bytes(*length).into()));
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).expect("memory holds a file");
    for (name, bytes) in [("/WordDocument", main), ("/1Table", table), ("/0Table", table)] {
        let mut stream = file.create_stream(name).expect("a name of its own");
        stream.write_all(bytes).expect("memory holds a stream");
    }
    file.flush().expect("memory holds a file");
    fuzzing::numbered(&file.into_inner().into_inner()).expect("the disk holds a file");
});
