//! Names of members of containers, parted by NUL: any bytes give a name, and what differs from them keeps them.
#![no_main]

use juanzong::intake::bundle::escapes;
use juanzong::intake::names::{Vote, composed, decode, encoding_of, is_same, is_utf_8};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let names = || bytes.split(|it| *it == 0);
    let chosen = encoding_of(names());
    let mut vote = Vote::default();
    names().for_each(|it| vote.count(it));
    assert_eq!(vote.decide(), chosen);
    for name in names() {
        let _either = is_utf_8(name, chosen);
        let named = decode(name, chosen);
        assert_eq!(named.raw.as_deref().unwrap_or(named.shown.as_bytes()), name);
        assert_eq!(composed(&named.shown), named.shown, "composed once is composed");
        // Every encoding chosen reads ASCII as ASCII.
        if name.is_ascii() && escapes(&String::from_utf8_lossy(name)) {
            assert!(escapes(&named.shown));
        }
        assert_eq!(escapes(&named.shown), escapes(&named.shown.replace('/', "\\")));
        if let Ok(text) = std::str::from_utf8(name) {
            let own = decode(name, encoding_of([name].into_iter()));
            assert!(own.raw.is_none_or(|it| it == name));
            assert!(is_same(name, composed(text).trim_end_matches('/')));
        }
    }
});
