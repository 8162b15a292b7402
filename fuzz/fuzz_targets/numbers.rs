//! 文号 and dates as they are written in names and texts.
#![no_main]

use juanzong::domain::{dates, number};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(normal) = number::normalise(text) {
        assert_eq!(number::normalise(&normal).as_ref(), Some(&normal));
        let own = number::own(&normal).expect("a number alone on its line is the document's own");
        assert!(own.is_standard() && own.number == Some(normal.clone()));
        assert!(number::year(&normal).is_some_and(|it| dates::whole_year(it).is_some()));
    }
    if let Some(own) = number::own(text) {
        assert!(own.number.is_none_or(|it| number::normalise(&it) == Some(it)));
        assert!(text.contains(own.written.trim()));
    }
    assert!(dates::in_name(text).is_none_or(|(from, to)| from <= to));
    if let Some(day) = dates::made(text) {
        let line = format!("{}年{}月{}日", day.year(), day.month(), day.day());
        assert_eq!(dates::made(&line), Some(day));
        assert_eq!(dates::in_name(&line), Some((day, day)));
    }
    for line in text.lines() {
        assert!(dates::signed(line).is_none_or(|(before, _)| line.contains(before)));
    }
});
