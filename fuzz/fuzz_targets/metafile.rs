//! Pictures of words, old and enhanced.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    juanzong::extract::fuzzing::read("file.emf", bytes).expect("the disk holds a file");
});
