//! By what name the unit of a piece was recognised.

use crate::domain::evidence::Evidence;
use crate::domain::finding::{Code, Finding};
use crate::ledger::fold::Fold;

/// W19: whenever it came, its unit was known only by an alias or a former name. What was said, or came under the unit's
/// own name as well, is beyond doubt.
pub(super) fn findings(fold: &Fold, evidence: &Evidence) -> Option<Finding> {
    let unit = evidence.unit.as_ref()?;
    let by = |it: &crate::domain::evidence::Sighting| it.alias.clone().filter(|it| it.unit == *unit);
    let aliases: Option<Vec<_>> = evidence.sightings.iter().map(by).collect();
    let alias = aliases?.into_iter().next()?;
    Some(Finding::new(Code::W19, alias.told(&fold.units)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::{Alias, Sighting};
    use crate::findings::own::world::{World, named};

    #[test]
    fn a_unit_known_only_by_another_name_is_told() {
        let world = World::new();
        let told = |it: &Evidence| findings(&world.fold, it).map(|it| it.detail);
        let mut piece = named("通知.docx");
        assert_eq!(told(&piece), None, "what was filed before this was recorded");
        let alias = Alias { unit: "jyj".parse().unwrap(), name: "市教体局".into() };
        piece.sightings[0].alias = Some(alias);
        assert_eq!(told(&piece).unwrap(), "市教体局 → 濮阳市教育局");
        let said = Sighting { alias: None, ..piece.sightings[0].clone() };
        piece.sightings.push(said);
        assert_eq!(told(&piece), None, "it came under its own name too");
        piece.sightings.pop();
        piece.unit = Some("wmb".parse().unwrap());
        assert_eq!(told(&piece), None, "somebody assigned it");
        piece.unit = None;
        assert_eq!(told(&piece), None);
    }
}
