//! Videos and recordings of the formats of phones and cameras: how long, how large, when and where.
//! For the others, and for pictures, see `media`.

use std::fs::File;

use nom_exif::{EntryValue, MediaParser, MediaSource, TrackInfoTag};

use crate::domain::reading::Facts;
use crate::extract::found::{Found, Trouble};
use crate::extract::photo;

/// What a film is called that shows no track from outside.
pub(super) const WITHOUT_TRACKS: &str = "application/mp4";

pub(super) fn read(input: File, media_type: &str) -> Result<Found, Trouble> {
    // A container the reader does not know is filed without facts; one it knows and cannot follow is damaged.
    let source = MediaSource::seekable(input).map_err(|_| Trouble::Unsupported)?;
    let track =
        MediaParser::new().parse_track(source).map_err(|_| Trouble::Corrupt("影音数据结构损坏".into()))?;
    let mut facts = Facts::default();
    let number = |tag| track.get(tag).and_then(EntryValue::try_as_integer);
    facts.width = number(TrackInfoTag::Width).and_then(|it| u32::try_from(it).ok()).filter(|it| *it > 0);
    facts.height = number(TrackInfoTag::Height).and_then(|it| u32::try_from(it).ok()).filter(|it| *it > 0);
    facts.duration_ms = number(TrackInfoTag::DurationMs).and_then(|it| u64::try_from(it).ok());
    if media_type == WITHOUT_TRACKS && facts.duration_ms.is_none_or(|it| it == 0) {
        return Err(Trouble::Corrupt("其中没有画面和声音".into()));
    }
    photo::captured(&mut facts, track.get(TrackInfoTag::CreateDate).and_then(photo::moment));
    facts.place = track.gps_info().and_then(photo::place);
    Ok(Found { facts, ..Found::default() })
}
