//! What the service itself makes of a text that came out of the cage: facts, findings, the sketch.
#![no_main]

use juanzong::domain::number;
use juanzong::domain::reading::Status;
use juanzong::extract::fuzzing;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for media_type in ["text/plain", "application/vnd.ms-excel"] {
        let reading = fuzzing::finished(text, media_type);
        assert_eq!(reading.status, Status::Ok);
        assert!(reading.facts.dates.iter().all(|it| it.from <= it.to));
        let number = reading.facts.document_number;
        assert!(number.is_none_or(|it| number::normalise(&it) == Some(it)));
    }
});
