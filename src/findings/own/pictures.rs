//! Photos too small to show anything, whatever the scheme asks.

use crate::domain::evidence::Evidence;
use crate::domain::finding::{Code, Finding};
use crate::ledger::fold::Fold;

/// Photos are handed in one to a page of A4 (210 × 297 mm). Across it that is 595 points of 1/72 inch: below one pixel a
/// point a photo is a thumbnail. What a receiving system asks beyond that is a limit of the scheme.
const LEAST: u32 = 595;

/// W06: a photo whose longer side does not fill the width of a page.
pub(super) fn findings(fold: &Fold, evidence: &Evidence, res: &mut Vec<Finding>) {
    if evidence.kind.as_str() != "photo" {
        return;
    }
    res.extend(fold.readings_of(evidence).filter_map(|(part, reading)| {
        let facts = &reading.facts;
        facts.longer_side().filter(|it| *it < LEAST)?;
        let sides = format!("{}×{}", facts.width?, facts.height?);
        Some(Finding::new(Code::W06, format!("{} {sides}", part.name)))
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::Facts;
    use crate::findings::own::world::World;

    fn told(kind: &str, media_type: &str, (width, height): (u32, u32)) -> Vec<String> {
        let mut world = World::new();
        let (width, height) = (Some(width), Some(height));
        let facts = Facts { media_type: media_type.into(), width, height, ..Facts::default() };
        let id = world.file(kind, "植树.jpg", facts, &[]);
        let mut res = Vec::new();
        findings(&world.fold, world.piece(id), &mut res);
        res.iter().map(|it| format!("{:?} {}", it.code, it.detail)).collect()
    }

    #[test]
    fn a_photo_that_is_a_thumbnail_is_told() {
        assert_eq!(told("photo", "image/jpeg", (240, 180)), ["W06 植树.jpg 240×180"]);
        assert_eq!(told("photo", "image/jpeg", (446, 594)).len(), 1);
        assert!(told("photo", "image/jpeg", (595, 100)).is_empty());
        assert!(told("photo", "image/jpeg", (480, 640)).is_empty(), "however it is turned");
        assert!(told("press", "image/jpeg", (240, 180)).is_empty(), "a clipping may be a few lines");
        assert!(told("photo", "video/mp4", (240, 180)).is_empty());
    }
}
