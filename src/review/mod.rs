//! Review: what people decide about claims, pieces and duties.
//!
//! Every verb takes the act (who, within what scope, when), decides inside one transaction of the ledger, and does
//! all or nothing. Accepted can be reopened; nothing is ever taken out of the history.

mod claims;

mod pieces;

mod duties;

mod rulings;

mod tags;

pub use claims::{Decision, On, describe, judge};
pub use duties::{Duties, decide_duty};
pub use pieces::{assign, edit, join, split};
pub use rulings::{Rule, rule};
pub use tags::{Tagging, tag};
