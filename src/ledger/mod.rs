//! What happened, in order: the only truth of the archive.
//!
//! Read [`event`] for what can happen, [`entry`] for the chain, [`fold`] and its `apply` for what entries make of
//! the archive. [`Ledger::act`] is the one way to append: it opens a transaction, loads the part of the state the
//! act touches, lets the act decide and record, writes entries and changed rows, and commits.
//!
//! **Invariant:** entries are never edited or deleted; [`Ledger::dispose`] empties payloads, and the chain still
//! verifies. **Invariant:** every table but those of the entries can be dropped and folded again
//! ([`Ledger::refold`]). There is no other writer of a table than `tables`.

pub mod event;

pub mod entry;

pub mod fold;

mod named;

mod apply;

mod pool;

mod tables;

mod act;

mod disposal;

mod read;

mod saved;

mod columns;

pub use act::{Desk, Touches};
pub use apply::stem;
pub use pool::Ledger;
pub use read::{ChainFault, History};
pub use saved::SavedSearch;

#[cfg(test)]
mod tests;
