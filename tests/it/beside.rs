//! What lies beside the project and not in it. A test that lacks it says so where `tests/run` counts it.

use std::io::Write;
use std::path::PathBuf;

/// The folder of a name beside the project: in `../shared`, or next to the folder that `JUANZONG_DATA` names.
///
/// Where there is none a line is written to the side of errors itself, for what a test prints is kept from view when
/// it passes.
pub fn beside(name: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the data is named from outside, as for the benchmarks")]
    let named = std::env::var_os("JUANZONG_DATA").map(PathBuf::from);
    let next = named.iter().filter_map(|it| Some(it.parent()?.join(name)));
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    let found = next.chain([shared]).find(|it| it.is_dir());
    if found.is_none() {
        // On a line of its own, whatever stands on this one.
        let line = format!("\nNOT RUN: there is no ../shared/{name} beside the project\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    found
}
