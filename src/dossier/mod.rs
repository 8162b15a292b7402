//! Dossier: what is handed over. A plan is a [`Manifest`](manifest::Manifest), and the bytes are a function of it.
//!
//! Read [`manifest`] for what is sworn to, `names` for what files are called in it, [`layout`] for the members of the
//! bag, [`container`] for where each of them stands in the zip, [`mod@write`] for the bytes, `pages` for what people see,
//! and [`verify`] for how a
//! dossier is checked that came back from outside, which [`report`] tells.
//!
//! **Invariant:** same plan, same bytes, and any range of them can be produced alone. **Invariant:** blobs are never
//! held in memory. **Invariant:** nothing is rounded up; pending pieces are marked, gaps and what was withheld are told.

pub mod manifest;

pub mod plan;

mod names;

mod pages;

mod bag;

pub mod container;

pub mod layout;

pub mod write;

pub mod preview;

pub mod report;

pub mod verify;
