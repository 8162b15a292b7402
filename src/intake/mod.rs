//! What was offered: folders, files and containers at the door, and what their names say.
//!
//! Read `door` for the whole: it walks what is offered and shows a [`Visitor`] each file with its bytes. `folder`
//! walks, `bundle` opens containers in the cage, `mail` reads letters there, `names` and `encoding` decode what is not UTF-8, `recognise` tells unit,
//! standard, kind and date from a path, `scheme_file` reads schemes and units with precise errors.
//!
//! **Invariant:** nothing offered is lost without a word: every file is shown, turned away with a reason, or named in
//! a finding. **Invariant:** no name from outside becomes a path of ours.

pub mod bundle;

pub mod door;

pub mod encoding;

pub mod folder;

pub mod mail;

pub mod names;

pub mod recognise;

pub mod scheme_file;

pub use door::{Place, Visitor, receive};
pub use recognise::{Hints, Recognised, Recogniser, recognise};

#[cfg(test)]
mod tests;
