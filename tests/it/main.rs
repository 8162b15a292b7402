//! Every story of the archive, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub, missing_docs)]

mod architecture;

mod licences;

mod cage;

mod extract;

mod facts;

mod world;

mod dice;

mod tables;

mod beside;

mod web;

mod server;

mod browser;

mod browser_search;

mod running;

mod media;

mod likeness;

mod filing;

mod bundle;

mod families;

mod mail;

mod crash;

mod refiling;

mod renaming;

mod review;

mod findings;

mod completeness;

mod backup;

mod custody;

mod disposal;

mod invariants;

mod cli;

mod seed;

mod large;

mod search;

mod search_language;

mod search_pages;

mod search_facets;

mod rights;

mod tags;

mod scheme;

mod schema;

mod api;

mod dossier;

mod demo;
