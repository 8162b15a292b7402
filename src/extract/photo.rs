//! Pictures: their size, when and where they were taken, their look, and a thumbnail.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, RgbImage};
use jiff::ToSpan;
use jiff::civil::DateTime;
use nom_exif::{EntryValue, Exif, ExifTag, GPSInfo, MediaParser, MediaSource};

use crate::domain::evidence::{DateKind, Dated, Provenance};
use crate::domain::reading::{Facts, Place};
use crate::extract::found::{Found, Trouble};
use crate::extract::look;

/// A picture of more pixels is not decoded: 60 million are 180 MB.
const MOST_PIXELS: u64 = 60_000_000;

/// The longer side of a thumbnail.
const THUMBNAIL: u32 = 320;

pub(super) fn read(mut input: File, media_type: &str) -> Result<Found, Trouble> {
    let mut facts = exif(&input);
    input.rewind()?;
    let is_heif = ["image/heic", "image/heif"].contains(&media_type);
    let decoded = if is_heif { decode_heif(input, &mut facts) } else { decode(input, &mut facts) };
    let (missing, thumbnail) = match decoded {
        Ok(picture) => {
            facts.look = look::of(&picture).map(|it| it.to_string());
            (None, Some(thumbnail(&picture)?))
        }
        // Its facts are worth keeping even where its pixels are not read.
        Err(Undecoded::Unsupported) if facts != Facts::default() => {
            (Some("此格式的图片暂不生成缩略图".into()), None)
        }
        Err(Undecoded::Unsupported) => return Err(Trouble::Unsupported),
        Err(Undecoded::Broken(why)) if facts.width.is_none() => return Err(Trouble::Corrupt(why)),
        Err(Undecoded::Broken(why)) => (Some(why), None),
    };
    Ok(Found { missing, facts, thumbnail, ..Found::default() })
}

enum Undecoded {
    Unsupported,
    Broken(String),
}

impl From<ImageError> for Undecoded {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Unsupported(_) => Self::Unsupported,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<heic_rs::Error> for Undecoded {
    fn from(error: heic_rs::Error) -> Self {
        match error {
            heic_rs::Error::Unsupported(_) => Self::Unsupported,
            other => Self::Broken(other.to_string()),
        }
    }
}

/// Learns the size, and returns the picture made small, both upright.
fn decode(input: File, facts: &mut Facts) -> Result<DynamicImage, Undecoded> {
    let reader = ImageReader::new(BufReader::new(input));
    let reader = reader.with_guessed_format().map_err(|e| Undecoded::Broken(e.to_string()))?;
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let sideways = matches!(
        turn,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let shown = if sideways { (height, width) } else { (width, height) };
    measure(shown, facts)?;
    let mut small = made_small(&DynamicImage::from_decoder(decoder)?);
    small.apply_orientation(turn);
    Ok(small)
}

/// The same for the format of phones, whose orientation its own header tells.
fn decode_heif(mut input: File, facts: &mut Facts) -> Result<DynamicImage, Undecoded> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|e| Undecoded::Broken(e.to_string()))?;
    let known = heic_rs::probe(&bytes)?;
    measure((known.width, known.height), facts)?;
    let options = heic_rs::DecodeOptions::default().with_max_pixels(Some(MOST_PIXELS)).with_threads(Some(1));
    let heic_rs::Image { data, width, height, .. } = heic_rs::decode(&bytes, &options)?;
    let picture = RgbImage::from_raw(width, height, data);
    let torn = || Undecoded::Broken("图片数据不完整".into());
    Ok(made_small(&DynamicImage::from(picture.ok_or_else(torn)?)))
}

/// Notes the size, and refuses a picture that is too large to be decoded.
fn measure((width, height): (u32, u32), facts: &mut Facts) -> Result<(), Undecoded> {
    (facts.width, facts.height) = (Some(width), Some(height));
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Undecoded::Broken(format!("图片过大({width}×{height}),未生成缩略图")));
    }
    Ok(())
}

fn made_small(picture: &DynamicImage) -> DynamicImage {
    let longer = picture.width().max(picture.height()).min(THUMBNAIL);
    picture.thumbnail(longer, longer)
}

/// Returns a picture made small as a JPEG.
pub(super) fn thumbnail(small: &DynamicImage) -> Result<Vec<u8>, Trouble> {
    let mut jpeg = Cursor::new(Vec::new());
    let written = DynamicImage::from(small.to_rgb8()).write_to(&mut jpeg, image::ImageFormat::Jpeg);
    written.map_err(|e| Trouble::Corrupt(e.to_string()))?;
    Ok(jpeg.into_inner())
}

fn exif(input: &File) -> Facts {
    let mut facts = Facts::default();
    let read = || {
        let source = MediaSource::seekable(input.try_clone().ok()?).ok()?;
        Some(Exif::from(MediaParser::new().parse_exif(source).ok()?))
    };
    let Some(exif) = read() else { return facts };
    let taken = [ExifTag::DateTimeOriginal, ExifTag::CreateDate].into_iter().find_map(|it| exif.get(it));
    captured(&mut facts, taken.and_then(moment));
    facts.place = exif.gps_info().and_then(place);
    facts
}

/// Keeps when the camera took it, by the camera's own clock, unless that clock was never set.
pub(super) fn captured(facts: &mut Facts, taken: Option<DateTime>) {
    facts.captured_at = taken.filter(|it| !is_unset(*it));
    if let Some(day) = facts.captured_on() {
        // What is shown happened on the day the picture was made.
        facts.dates.extend([DateKind::Made, DateKind::Activity].map(|kind| Dated {
            kind,
            from: day,
            to: day,
            provenance: Provenance::Capture,
        }));
    }
}

/// Returns the moment by the clock on the wall. Video headers carry UTC, and the wall is taken to be in China: without
/// that, what happened before eight in the morning would fall on the day before.
pub(super) fn moment(taken: &EntryValue) -> Option<DateTime> {
    const CHINA: i64 = 8;
    let taken = taken.as_datetime()?;
    let is_utc = taken.aware().is_some_and(|it| it.offset().local_minus_utc() == 0);
    let written: DateTime = taken.into_naive().to_string().parse().ok()?;
    let written = written.with().subsec_nanosecond(0).build().ok()?;
    if is_utc { written.checked_add(CHINA.hours()).ok() } else { Some(written) }
}

/// The first moment of a clock that nobody has set: 1904 in QuickTime, 1970 in Unix, and no camera is older than 1990.
fn is_unset(moment: DateTime) -> bool {
    moment.year() < 1990
}

pub(super) fn place(gps: &GPSInfo) -> Option<Place> {
    let e6 = |degrees: f64, most: f64| {
        let within = degrees.is_finite() && degrees.abs() <= most;
        within.then_some((degrees * 1e6).round() as i32)
    };
    let place = Place {
        latitude_e6: e6(gps.latitude_decimal()?, 90.0)?,
        longitude_e6: e6(gps.longitude_decimal()?, 180.0)?,
    };
    // A receiver without a fix writes zero for both.
    (place != Place { latitude_e6: 0, longitude_e6: 0 }).then_some(place)
}
