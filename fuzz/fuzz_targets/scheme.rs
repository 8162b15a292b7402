//! Scheme and unit files: a value or faults, each with a place within the file.
#![no_main]

use juanzong::domain::unit::Units;
use juanzong::intake::scheme_file::{Problem, read_scheme, read_units};

const TODAY: jiff::civil::Date = jiff::civil::date(2017, 3, 15);

fn look(text: &str, problems: &[Problem]) {
    assert!(!problems.is_empty());
    let n_lines = text.matches('\n').count() + 1;
    for problem in problems {
        assert!((1..=n_lines).contains(&problem.line), "{problem}");
        assert!(!problem.message.is_empty());
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    // Units above the mark, the scheme below it.
    let (units, scheme) = text.split_once("\n#####\n").unwrap_or(("", text));
    let units = read_units(units, "units.toml").map(Units).unwrap_or_else(|problems| {
        look(units, &problems);
        Units(Vec::new())
    });
    if let Err(problems) = read_scheme(scheme, "scheme.toml", &units, TODAY) {
        look(scheme, &problems);
    }
    if let Err(problems) = read_units(scheme, "units.toml") {
        look(scheme, &problems);
    }
});
