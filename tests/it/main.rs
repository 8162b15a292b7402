//! Every story of the archive, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub, missing_docs)]

mod architecture;

mod licences;

mod cage;

mod extract;

mod world;

mod web;

mod filing;

mod bundle;

mod crash;

mod search;

mod scheme;

mod dossier;
