//! Who is asking, what they may see, and when: parameters of every verb, never looked up below the edge.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::evidence::Evidence;
use crate::domain::id::UnitId;

/// The units whose material someone may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of them, and what is unassigned.
    #[default]
    All,
    /// Only these.
    Units(BTreeSet<UnitId>),
}

impl Scope {
    /// Returns whether a unit is within; what is unassigned is seen only by those who see all.
    pub fn holds(&self, unit: Option<&UnitId>) -> bool {
        match self {
            Self::All => true,
            Self::Units(units) => unit.is_some_and(|it| units.contains(it)),
        }
    }

    /// Returns whether a piece is within.
    pub fn sees(&self, evidence: &Evidence) -> bool {
        self.holds(evidence.unit.as_ref())
    }
}

/// Who does something, within what scope, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The name that entries carry.
    pub actor: String,
    /// What the actor may see and change.
    pub scope: Scope,
    /// The unit the actor speaks for, if any: nobody accepts their own material unless the scheme says so.
    pub unit: Option<UnitId>,
    /// The instant of the act.
    pub now: Timestamp,
}

impl Act {
    /// Makes the act of someone who may do everything.
    pub fn of(actor: impl Into<String>, now: Timestamp) -> Self {
        Self { actor: actor.into(), scope: Scope::All, unit: None, now }
    }
}
