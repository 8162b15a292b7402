//! Every story of the archive, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cage;
mod extract;
