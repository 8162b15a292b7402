//! Rich text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // What does not begin so is no rich text.
    let file = [b"{\\rtf1".as_slice(), bytes].concat();
    juanzong::extract::fuzzing::read("file.rtf", &file).expect("the disk holds a file");
});
