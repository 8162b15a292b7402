//! Videos and recordings by `ffprobe` and `ffmpeg`, where they are installed: what our own reader does not know, and a
//! few pictures. Both run in the cage. What they write is ours to read: numbers, and pixels without a codec.

use std::fs::File;
use std::time::Duration;

use image::{DynamicImage, RgbImage};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use serde_json::Value;

use crate::cage::{Budget, Keeper, Outcome};
use crate::domain::finding::{Code, Finding};
use crate::domain::reading::{Facts, Reading, Status};
use crate::error::Result;
use crate::extract::{Extraction, look, photo, status_detail};

/// Where in a video its pictures are taken, in hundredths of its length.
const MOMENTS: [u64; 3] = [10, 45, 80];

/// A program takes more memory than a reader of ours: it holds what it decodes and the libraries of every codec.
const BUDGET: Budget = Budget {
    memory_bytes: 1 << 30,
    cpu: Duration::from_secs(30),
    wall: Duration::from_secs(60),
    output_bytes: 8 << 20,
};

/// Completes what was read of a video or recording, or says that it was not.
///
/// # Errors
///
/// Only when no child could be started.
pub(super) fn complete(keeper: &Keeper, file: &File, extraction: &mut Extraction) -> Result<()> {
    let reading = &mut extraction.reading;
    let is_media = ["video/", "audio/"].iter().any(|it| reading.facts.media_type.starts_with(it));
    if !is_media || !matches!(reading.status, Status::Ok | Status::Unsupported) {
        return Ok(());
    }
    let (Some(ffprobe), Some(ffmpeg)) = (keeper.find("ffprobe"), keeper.find("ffmpeg")) else {
        unchecked(reading);
        return Ok(());
    };
    let unseen = reading.facts.media_type.starts_with("video/") && reading.facts.width.is_none();
    if unseen || reading.facts.duration_ms.is_none() {
        let args = ["-v", "error", "-of", "json", "-show_format", "-show_streams", "/dev/stdin"];
        match keeper.run_program(ffprobe, &args, file, BUDGET)? {
            Outcome::Done(told) => known(reading, &told),
            other => failed(reading, &other),
        }
    }
    if reading.status == Status::Ok && reading.facts.width.is_some() {
        let pictures = pictures(keeper, &ffmpeg, file, reading.facts.duration_ms.unwrap_or(0))?;
        show(extraction, &pictures);
    }
    Ok(())
}

fn unchecked(reading: &mut Reading) {
    if reading.status == Status::Unsupported {
        reading.findings.retain(|it| it.code != Code::I04);
        reading.findings.push(Finding::new(Code::I06, ""));
    } else if reading.facts.width.is_some() {
        reading.findings.push(Finding::new(Code::I06, "画面未核查"));
    }
}

fn failed(reading: &mut Reading, outcome: &Outcome<Vec<u8>>) {
    reading.status = match outcome {
        Outcome::Timeout => Status::Timeout,
        Outcome::OutOfMemory => Status::Oom,
        // It says no more than that it is none of the formats it knows, or damaged.
        _ => Status::Corrupt,
    };
    reading.findings.retain(|it| it.code != Code::I04);
    reading.findings.push(Finding::new(Code::E02, status_detail(reading.status)));
}

/// Takes over what `ffprobe` tells beyond what is known.
fn known(reading: &mut Reading, told: &[u8]) {
    let told: Value = serde_json::from_slice(told).unwrap_or_default();
    let streams = told["streams"].as_array().map(Vec::as_slice).unwrap_or_default();
    if streams.is_empty() {
        return failed(reading, &Outcome::Done(vec![]));
    }
    let facts = &mut reading.facts;
    // The cover of a recording is no video.
    let film =
        streams.iter().find(|it| it["codec_type"] == "video" && it["disposition"]["attached_pic"] != 1);
    if let Some(film) = film {
        let side = |it: &Value| it.as_u64().and_then(|it| u32::try_from(it).ok()).filter(|it| *it > 0);
        let turned = film["side_data_list"].as_array().into_iter().flatten();
        let turned = turned.filter_map(|it| it["rotation"].as_i64()).any(|it| it % 180 != 0);
        let (width, height) = (side(&film["width"]), side(&film["height"]));
        (facts.width, facts.height) = if turned { (height, width) } else { (width, height) };
    }
    let seconds = told["format"]["duration"].as_str().and_then(|it| it.parse::<f64>().ok());
    let length = seconds.filter(|it| (0.0..1e8).contains(it)).map(|it| (it * 1e3).round() as u64);
    facts.duration_ms = facts.duration_ms.or(length);
    let made = told["format"]["tags"]["creation_time"].as_str().and_then(|it| it.parse::<Timestamp>().ok());
    if facts.captured_at.is_none() {
        photo::captured(facts, made.map(|it| TimeZone::fixed(offset(8)).to_datetime(it)));
    }
    reading.status = Status::Ok;
    reading.findings.retain(|it| it.code != Code::I04);
}

/// Takes some pictures of a video, small and upright.
fn pictures(
    keeper: &Keeper,
    ffmpeg: &std::path::Path,
    file: &File,
    duration_ms: u64,
) -> Result<Vec<DynamicImage>> {
    const SMALL: &str = "scale=w='min(320,iw)':h='min(320,ih)':force_original_aspect_ratio=decrease";
    let mut res = Vec::new();
    for hundredths in MOMENTS {
        let at = format!("{:.3}", (duration_ms * hundredths / 100) as f64 / 1e3);
        let taking = ["-v", "error", "-nostdin", "-threads", "1", "-ss", &at, "-i", "/dev/stdin"];
        let giving = ["-an", "-frames:v", "1", "-vf", SMALL, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"];
        match keeper.run_program(ffmpeg.to_owned(), &[taking.as_slice(), &giving].concat(), file, BUDGET)? {
            Outcome::Done(picture) => res.extend(bare(&picture)),
            // What is too slow or too large at one place is so at the next.
            Outcome::Timeout | Outcome::OutOfMemory => break,
            _ => {}
        }
    }
    Ok(res)
}

/// Reads a portable pixmap: `P6`, width, height and 255 as words, then three bytes a pixel.
fn bare(bytes: &[u8]) -> Option<DynamicImage> {
    let mut words = bytes.splitn(5, |it| it.is_ascii_whitespace());
    let mut number = || std::str::from_utf8(words.next()?).ok()?.parse::<u32>().ok();
    let head = number();
    let (width, height, most) = (number()?, number()?, number()?);
    let sound = head.is_none() && bytes.starts_with(b"P6") && most == 255 && width.max(height) <= 1000;
    let pixels = words.next()?;
    let n_bytes = width as usize * height as usize * 3;
    sound.then(|| RgbImage::from_raw(width, height, pixels.get(..n_bytes)?.to_vec()))?.map(DynamicImage::from)
}

/// Keeps the looks, and the first picture that shows something as the thumbnail.
fn show(extraction: &mut Extraction, pictures: &[DynamicImage]) {
    let Facts { look, .. } = &mut extraction.reading.facts;
    let looks: Vec<_> = pictures.iter().map(look::of).collect();
    let poster = looks.iter().position(Option::is_some).unwrap_or(0);
    let written: String = looks.iter().flatten().map(ToString::to_string).collect();
    *look = Some(written).filter(|it| !it.is_empty());
    match pictures.get(poster).map(photo::thumbnail) {
        Some(Ok(jpeg)) => extraction.thumbnail = Some(jpeg),
        _ => {
            extraction.reading.status = Status::Partial;
            extraction.reading.findings.push(Finding::new(Code::W27, "画面未能读出"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixmaps_are_read_and_what_is_not_one_is_not() {
        let mut map = b"P6\n2 1\n255\n".to_vec();
        map.extend([255, 0, 0, 10, 32, 13]);
        let read = bare(&map).unwrap().to_rgb8();
        assert_eq!((read.dimensions(), read.get_pixel(1, 0).0), ((2, 1), [10, 32, 13]));
        for bad in [&map[..map.len() - 1], b"", b"P6\n", b"P5\n2 1\n255\n123456", b"P6\n99999 99999\n255\n1"]
        {
            assert!(bare(bad).is_none());
        }
    }

    #[test]
    fn what_the_program_tells_is_taken_over_as_far_as_it_makes_sense() {
        let read = |told: &str| {
            let facts = Facts { media_type: "video/x-msvideo".into(), ..Facts::default() };
            let findings = vec![Finding::new(Code::I04, "")];
            let mut reading = Reading {
                extractor: "video".into(),
                version: 1,
                status: Status::Unsupported,
                facts,
                findings,
            };
            known(&mut reading, told.as_bytes());
            reading
        };
        let whole = read(
            r#"{"streams": [{"codec_type": "audio"}, {"codec_type": "video", "width": 640, "height": 360,
            "side_data_list": [{"rotation": -90}]}], "format": {"duration": "12.500000",
            "tags": {"creation_time": "2017-03-14T23:30:00.000000Z"}}}"#,
        );
        let facts = &whole.facts;
        assert_eq!((whole.status, whole.findings.len(), facts.duration_ms), (Status::Ok, 0, Some(12_500)));
        assert_eq!((facts.width, facts.height), (Some(360), Some(640)));
        assert_eq!(facts.captured_at, Some(jiff::civil::date(2017, 3, 15).at(7, 30, 0, 0)));
        let cover = r#"{"streams": [{"codec_type": "audio"}, {"codec_type": "video", "width": 9, "height": 9,
            "disposition": {"attached_pic": 1}}], "format": {"duration": "inf"}}"#;
        let cover = read(cover);
        assert_eq!((cover.status, cover.facts.width, cover.facts.duration_ms), (Status::Ok, None, None));
        for nothing in ["", "{}", r#"{"streams": []}"#, "[1]"] {
            let read = read(nothing);
            assert_eq!((read.status, read.findings[0].code), (Status::Corrupt, Code::E02), "{nothing}");
        }
    }
}
