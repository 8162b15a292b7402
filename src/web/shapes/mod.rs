//! Shapes: what is told of things as JSON, the same by the API and by the command line with `--json`.
//!
//! One shape a thing, made from values of the library; nothing here decides or counts. `words` takes the descriptions
//! of the domain's own types over into that of the API.

mod archive;

mod doubts;

mod dossier;

mod duties;

mod intake;

mod matrix;

mod pieces;

mod searched;

pub(super) mod words;

pub use archive::{
    OneSubmission, OneUnit, Reason, Refusal, SchemeRow, Schemes, Serving, Status, SubmissionRow, Submissions,
    Units,
};
pub use dossier::{Download, Plan};
pub use doubts::{Amiss, Doubtful, Finding, Judged, findings};
pub use duties::{Counted, Duties, Duty, Explained, Gaps, Tally};
pub use intake::{Intake, Line, Received};
pub use matrix::{Cell, Column, Matrix, Row};
pub use pieces::{
    Brief, File, History, Listed, OneEntry, Piece, Pieces, Reading, Section, Text, Told, Whole,
};
pub use searched::{Chip, Count, Facet, Found, Hit, Passage, Searched, Suggested, Suggestion};
