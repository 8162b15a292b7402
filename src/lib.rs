//! juanzong (卷宗): an evidence archive for inspections, from what a unit sends to what an inspector opens.
//!
//! The chapters stand in reading order, and a chapter uses only those above it. [`domain`] has the words as plain
//! values, [`cage`] the child process that touches foreign bytes; then comes the way of a file:
//!
//! 1. [`intake`] shows what was offered, one file after another: [`intake::receive`] walks folders and opens containers,
//!    [`intake::recognise`](mod@intake::recognise) reads unit, standard, kind and date from the path.
//! 2. [`store`] keeps the bytes under their SHA-256: [`Store::stage`](store::Store::stage) hashes while it copies, and
//!    [`Store::publish`](store::Store::publish) makes a batch durable.
//! 3. [`archive::filing::file`] joins the two and records an entry a file; only then is the file acknowledged.
//! 4. [`ledger`] holds the entries, the only truth: [`Ledger::act`](ledger::Ledger::act) is the one way to append, and
//!    [`Fold::apply`](ledger::fold::Fold::apply) is what entries make of the archive.
//! 5. [`extract`] reads the bytes in the cage: text, facts and findings of any file.
//! 6. [`findings::of`] says what is amiss with a piece, alone and beside the rest.
//! 7. [`archive::Processing`] reads what is new, one process at a time, and brings the [`index`] up to the ledger.
//!
//! What people ask of it: [`search::search`] finds pieces, [`review`] decides on claims, pieces and duties,
//! [`completeness::assess`] tells what is still owed, [`dossier::plan::plan`] and
//! [`Layout::write`](dossier::layout::Layout::write) hand it over, [`audit::audit`] holds it all against itself. [`web`]
//! and [`cli`] are how they ask.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod error;

pub mod domain;

pub mod cage;

pub mod intake;

pub mod store;

pub mod extract;

pub mod ledger;

pub mod findings;

pub mod index;

pub mod config;

pub mod archive;

pub mod search;

pub mod review;

pub mod completeness;

pub mod dossier;

pub mod audit;

pub mod web;

pub mod cli;

/// Every job a child of the cage can be given, by name.
pub const JOBS: &[(&str, cage::Job)] = &[
    (extract::child::JOB, extract::child::child),
    (intake::bundle::JOB, intake::bundle::child),
    (dossier::verify::JOB, dossier::verify::child),
    #[cfg(debug_assertions)]
    ("trial", cage::trial::child),
];
