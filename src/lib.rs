//! juanzong (卷宗): an evidence archive for inspections, from what a unit sends to what an inspector opens.
//!
//! The chapters stand in reading order, and a chapter uses only those above it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod error;

pub mod domain;

pub mod cage;

pub mod intake;

pub mod store;

pub mod extract;

pub mod ledger;

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
