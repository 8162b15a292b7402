//! Where to find it: a disposable index of what the ledger and the texts say.
//!
//! Read [`fold`] and [`analyzer`] for how text is made findable, [`query`] for what can be asked, [`document`] for what is
//! indexed, `embedded` for the engine and `writer` for what is put into it, [`highlight`] for where an answer stands in a text.
//!
//! **Invariant:** any fragment of a text, of one character or more, in either script, finds it. **Invariant:** the
//! index can be thrown away; it says which entry it has reached and by which dictionary it was made.

pub mod fold;

pub mod analyzer;

pub mod query;

pub mod document;

mod fields;

mod dense;

mod matching;

mod facets;

mod embedded;

mod suggesting;

mod writer;

pub mod highlight;

pub use document::{Asked, Document, Facet, Found, Hit, Narrowing, Sort, Want};
pub use embedded::{Index, Opened, damaged, swap_in};
pub use matching::{Weights, is_question};
pub use writer::Writer;

#[cfg(test)]
mod tests;
