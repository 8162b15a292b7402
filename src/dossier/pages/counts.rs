//! Sums over a manifest. Each is counted from the list itself; what could not be counted is told apart.

use crate::domain::duty::State;
use crate::dossier::manifest::{Manifest, Row};

/// What a dossier holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub pieces: usize,
    pub pending: usize,
    pub files: usize,
    pub bytes: u64,
    /// Pages of the pieces whose pages are known.
    pub pages: u64,
    /// Pieces whose pages are not known; pictures, sound and film have none.
    pub uncounted: usize,
    pub photos: usize,
    pub videos: usize,
}

/// How the duties stand.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Owed {
    /// Duties in the denominator.
    pub duties: usize,
    pub accepted: usize,
    pub objected: usize,
    pub waived: usize,
    pub not_yet: usize,
    /// Material still to be accepted, by measure word, in the order the words first occur.
    pub gaps: Vec<(String, u64)>,
    /// How many units have a gap.
    pub units: usize,
}

pub(super) fn held(manifest: &Manifest) -> Held {
    let mut res = Held { pieces: manifest.pieces.len(), ..Held::default() };
    let mut seen = std::collections::HashSet::new();
    for part in manifest.parts().filter(|it| seen.insert(it.sha256)) {
        res.files += 1;
        res.bytes += part.bytes;
        res.photos += usize::from(part.media_type.starts_with("image/"));
        res.videos += usize::from(part.media_type.starts_with("video/"));
    }
    for piece in &manifest.pieces {
        res.pending += usize::from(piece.is_pending());
        let has_pages = |media: &str| !["image/", "video/", "audio/"].iter().any(|it| media.starts_with(it));
        if piece.parts.iter().any(|it| has_pages(&it.media_type)) {
            match piece.n_pages() {
                Some(n) => res.pages += u64::from(n),
                None => res.uncounted += 1,
            }
        }
    }
    res
}

pub(super) fn owed<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Owed {
    let mut res = Owed::default();
    let mut units = std::collections::BTreeSet::new();
    for row in rows {
        match row.state {
            State::Waived => res.waived += 1,
            State::NotYet => res.not_yet += 1,
            State::Objected => res.objected += 1,
            State::Accepted => res.accepted += 1,
            State::Returned | State::Pending | State::Partial | State::Missing => {}
        }
        res.duties += usize::from(row.state.is_owed());
        if row.state.is_open() && row.gap > 0 {
            units.insert(&row.unit);
            match res.gaps.iter_mut().find(|it| it.0 == row.measure) {
                Some(known) => known.1 += u64::from(row.gap),
                None => res.gaps.push((row.measure.clone(), row.gap.into())),
            }
        }
    }
    res.units = units.len();
    res
}

impl Owed {
    /// Returns how many duties are not met.
    pub(super) fn open(&self) -> usize {
        self.duties - self.accepted
    }

    /// Returns what is missing in words: `3 件、5 张`.
    pub(super) fn gap(&self) -> String {
        self.gaps.iter().map(|(measure, n)| format!("{n} {measure}")).collect::<Vec<_>>().join("、")
    }

    /// Returns the answer to “is it complete?” as one sentence.
    pub(super) fn sentence(&self) -> String {
        match (self.duties, self.open()) {
            (0, _) => "范围内没有应报材料，完整性未核查。".to_owned(),
            (n, 0) => format!("应报 {n} 项，全部已通过。"),
            (n, open) => format!(
                "应报 {n} 项，已通过 {} 项，{open} 项未通过（缺 {}），涉及 {} 个单位。",
                self.accepted,
                self.gap(),
                self.units
            ),
        }
    }
}

/// Returns a size as people say it; exact below 1 KB.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 30), ("MB", 20), ("KB", 10)];
    match UNITS.iter().find(|it| bytes >> it.1 > 0) {
        None => format!("{bytes} 字节"),
        // Tenths in whole numbers: the same on every machine.
        Some((unit, shift)) => {
            let tenths = (u128::from(bytes) * 10) >> shift;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
    }
}
