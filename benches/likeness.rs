//! How far apart copies and strangers are, and how long it takes to find the near ones among all.
//!
//! `cargo bench --bench likeness [FOLDER]` compares drawn photos, and the pictures below a folder as well.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, Rgb, RgbImage};
use image_hasher::{HashAlg, HasherConfig};
use juanzong::domain::id::Digest;
use juanzong::domain::likeness::{Likeness, Look, Sketch};
use juanzong::domain::reading::Facts;
use juanzong::extract::look;

fn main() {
    robustness("drawn photos", &(0..120).map(|n| drawn(&mut Dice(n + 1))).collect::<Vec<_>>());
    if let Some(folder) = std::env::args().skip(1).find(|it| !it.starts_with('-')) {
        robustness("pictures of the folder", &pictures(Path::new(&folder)));
    }
    lookups();
}

/// Numbers that are the same each time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, most: u32) -> u32 {
        (self.roll() % u64::from(most)) as u32
    }
}

/// A photo: soft light and dark patches in three sizes, things before them, the noise of a sensor.
fn drawn(dice: &mut Dice) -> DynamicImage {
    let (width, height) = if dice.below(3) == 0 { (480, 640) } else { (640, 480) };
    let mut patches: Vec<RgbImage> = Vec::new();
    for cells in [3, 7, 17] {
        let small = RgbImage::from_fn(cells, cells, |_, _| Rgb([0; 3].map(|_| dice.below(256) as u8)));
        patches.push(image::imageops::resize(&small, width, height, FilterType::CatmullRom));
    }
    let mut photo = RgbImage::from_fn(width, height, |x, y| {
        let of = |n: usize, channel: usize| u32::from(patches[n].get_pixel(x, y).0[channel]);
        Rgb([0, 1, 2].map(|it| ((of(0, it) * 4 + of(1, it) * 2 + of(2, it)) / 7) as u8))
    });
    for _ in 0..8 + dice.below(16) {
        let (x, y) = (dice.below(width), dice.below(height));
        let (wide, high) = (10 + dice.below(width / 4), 10 + dice.below(height / 4));
        let paint = Rgb([0; 3].map(|_| dice.below(256) as u8));
        for y in y..(y + high).min(height) {
            for x in x..(x + wide).min(width) {
                photo.put_pixel(x, y, paint);
            }
        }
    }
    for pixel in photo.pixels_mut() {
        pixel.0 = pixel.0.map(|it| it.saturating_add(dice.below(9) as u8).saturating_sub(4));
    }
    DynamicImage::from(photo)
}

fn pictures(folder: &Path) -> Vec<DynamicImage> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let mut seen = std::collections::BTreeSet::new();
    files
        .filter(|it| it.file_type().is_file() && it.metadata().is_ok_and(|it| it.len() < 8 << 20))
        .filter_map(|it| std::fs::read(it.path()).ok().filter(|it| seen.insert(it.clone())))
        .filter_map(|it| image::load_from_memory(&it).ok())
        .filter(|it| look::of(it).is_some())
        .collect()
}

fn jpeg(photo: &DynamicImage, quality: u8) -> DynamicImage {
    let mut bytes = Cursor::new(Vec::new());
    photo.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    image::load_from_memory(bytes.get_ref()).unwrap()
}

fn cropped(photo: &DynamicImage, percent: u32) -> DynamicImage {
    let (width, height) = photo.dimensions();
    let (left, top) = (width * percent / 100, height * percent / 100);
    photo.crop_imm(left, top, width - 2 * left, height - 2 * top)
}

fn resized(photo: &DynamicImage, by: u32) -> DynamicImage {
    photo.resize_exact(photo.width() / by, photo.height() / by, FilterType::Triangle)
}

type Copying = (&'static str, fn(&DynamicImage) -> DynamicImage);

const COPIES: &[Copying] = &[
    ("JPEG 90", |it| jpeg(it, 90)),
    ("JPEG 60", |it| jpeg(it, 60)),
    ("JPEG 30", |it| jpeg(it, 30)),
    ("size 1/2", |it| resized(it, 2)),
    ("size 1/6", |it| resized(it, 6)),
    ("1/3, JPEG 50", |it| jpeg(&resized(it, 3), 50)),
    ("+25 bright", |it| it.brighten(25)),
    ("+15 contrast", |it| it.adjust_contrast(15.0)),
    ("1 % cut", |it| cropped(it, 1)),
    ("2 % cut", |it| cropped(it, 2)),
    ("5 % cut", |it| cropped(it, 5)),
    ("5 %, 1/3, 50", |it| jpeg(&resized(&cropped(it, 5), 3), 50)),
];

type Looking = (&'static str, Box<dyn Fn(&DynamicImage) -> Vec<u8>>);

fn lookings() -> Vec<Looking> {
    let of = |name, alg, (width, height): (u32, u32), dct: bool| -> Looking {
        let config = HasherConfig::new().hash_alg(alg).hash_size(width, height);
        let hasher = if dct { config.preproc_dct() } else { config }.to_hasher();
        (
            name,
            Box::new(move |it: &DynamicImage| hasher.hash_image(&it.thumbnail(320, 320)).as_bytes().to_vec()),
        )
    };
    let ours = |it: &DynamicImage| {
        look::of(it).map_or(vec![], |it| it.0.iter().flat_map(|it| it.to_be_bytes()).collect())
    };
    vec![
        ("ours", Box::new(ours)),
        of("gradient 16x16", HashAlg::Gradient, (16, 16), false),
        of("double gradient 22x22", HashAlg::DoubleGradient, (22, 22), false),
        of("double gradient 16x16", HashAlg::DoubleGradient, (16, 16), false),
        of("mean 16x16", HashAlg::Mean, (16, 16), false),
        of("DCT mean 16x16", HashAlg::Mean, (16, 16), true),
        of("DCT median 16x16", HashAlg::Median, (16, 16), true),
        of("DCT gradient 16x16", HashAlg::Gradient, (16, 16), true),
        of("blockhash 16x16", HashAlg::Blockhash, (16, 16), false),
    ]
}

fn distance(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// Prints, for each way of looking, how far copies are (median / 95 of 100 / most) and how near strangers come.
fn robustness(name: &str, photos: &[DynamicImage]) {
    println!(
        "\n{} {name}: distance of copies, median/95 %/most, and of different ones, least/1 ‰/median",
        photos.len()
    );
    print!("{:<22}", "");
    COPIES.iter().for_each(|(copying, _)| print!(" {copying:>13}"));
    println!(" {:>13} within {}", "different", Look::NEAR);
    let copies: Vec<Vec<DynamicImage>> =
        COPIES.iter().map(|(_, copy)| photos.iter().map(copy).collect()).collect();
    for (name, look) in lookings() {
        let looks: Vec<Vec<u8>> = photos.iter().map(&look).collect();
        print!("{name:<22}");
        for copies in &copies {
            let far = copies.iter().zip(&looks).map(|(copy, original)| distance(&look(copy), original));
            let far = sorted(far);
            let at = |share: usize| far[(far.len() - 1) * share / 100];
            print!(" {:>13}", format!("{}/{}/{}", at(50), at(95), at(100)));
        }
        let pairs = (0..looks.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        let strangers = sorted(pairs.map(|(a, b)| distance(&looks[a], &looks[b])));
        let at = |n: usize| strangers[n];
        let apart = format!("{}/{}/{}", at(0), at(strangers.len() / 1000), at(strangers.len() / 2));
        let near = strangers.iter().filter(|it| **it <= Look::NEAR).count();
        println!(" {apart:>13} {near} of {}", strangers.len());
    }
    turning(photos);
}

/// Prints how far turned and mirrored copies are, and how near strangers come, in whatever way they lie.
fn turning(photos: &[DynamicImage]) {
    const WAYS: &[Copying] = &[
        ("180°", |it| it.rotate180()),
        ("90°", |it| it.rotate90()),
        ("270°", |it| it.rotate270()),
        ("mirrored", |it| it.fliph()),
        ("180°, 1/3, 50", |it| jpeg(&resized(&it.rotate180(), 3), 50)),
        ("90°, 1/3, 50", |it| jpeg(&resized(&it.rotate90(), 3), 50)),
        ("mirrored, 2 %", |it| cropped(&it.fliph(), 2)),
        ("180°, 5 %", |it| cropped(&it.rotate180(), 5)),
    ];
    let least = |a: &Look, b: &Look| a.turned().iter().map(|it| it.distance(b)).min().unwrap_or(256);
    let looks: Vec<Look> = photos.iter().filter_map(look::of).collect();
    for (name, turn) in WAYS {
        let far = sorted(
            photos.iter().zip(&looks).map(|(photo, own)| least(own, &look::of(&turn(photo)).unwrap())),
        );
        let at = |share: usize| far[(far.len() - 1) * share / 100];
        println!("{name:<22} {}/{}/{}", at(50), at(95), at(100));
    }
    let pairs = || (0..looks.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    for (name, lying) in [("strangers, as they lie", 1), ("strangers, turned", 4), ("and mirrored", 8)] {
        // The ways without a mirror: none, half, and the two quarters.
        let ways: &[usize] = if lying == 4 { &[0, 3, 5, 6] } else { &[0, 1, 2, 3, 4, 5, 6, 7] };
        let apart = |a: usize, b: usize| {
            let turned = looks[a].turned();
            ways.iter().take(lying).map(|it| turned[*it].distance(&looks[b])).min().unwrap_or(256)
        };
        let far = sorted(pairs().map(|(a, b)| apart(a, b)));
        let near = far.iter().filter(|it| **it <= Look::NEAR).count();
        let at = |n: usize| far[n];
        println!(
            "{name:<22} {}/{}/{}, {near} of {} near",
            at(0),
            at(far.len() / 1000),
            at(far.len() / 2),
            far.len()
        );
    }
}

fn sorted(numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut res: Vec<u32> = numbers.collect();
    res.sort_unstable();
    res
}

fn lookups() {
    let mut dice = Dice(7);
    let (mut all, mut read) = (Likeness::default(), Vec::new());
    let since = Instant::now();
    for n in 0..160_000_u64 {
        let mut name = [0; 32];
        name[..8].copy_from_slice(&n.to_be_bytes());
        let mut facts = Facts::default();
        if n < 100_000 {
            facts.look = Some(random_look(&mut dice).to_string());
        } else {
            facts.sketch = Some(random_sketch(&mut dice).to_string());
        }
        all.add(Digest::new(name), &facts);
        read.push((Digest::new(name), facts));
    }
    println!("\n100,000 looks and 60,000 sketches taken up in {:.0} ms", ms(since.elapsed()));
    println!("they take {:.1} MB", all.bytes() as f64 / 1e6);
    let n = 200;
    let since = Instant::now();
    (0..n).for_each(|_| drop(std::hint::black_box(all.looking_like(&random_look(&mut dice)))));
    println!("a look is held against 100,000 in {:.2} ms", ms(since.elapsed()) / f64::from(n));
    let since = Instant::now();
    (0..n).for_each(|_| drop(std::hint::black_box(all.reading_like(&random_sketch(&mut dice)))));
    println!("a sketch is held against 60,000 in {:.2} ms", ms(since.elapsed()) / f64::from(n));
    let since = Instant::now();
    drop(std::hint::black_box(all.clone()));
    println!("all of it is copied in {:.1} ms", ms(since.elapsed()));
    let since = Instant::now();
    read.iter().for_each(|(blob, facts)| all.remove(blob, facts));
    println!("all of it is taken out in {:.0} ms", ms(since.elapsed()));
}

fn random_look(dice: &mut Dice) -> Look {
    Look([0; 4].map(|_| dice.roll() << 32 | dice.roll() & 0xffff_ffff))
}

fn random_sketch(dice: &mut Dice) -> Sketch {
    Sketch([0; 64].map(|_| dice.roll() as u16))
}

fn ms(elapsed: Duration) -> f64 {
    elapsed.as_secs_f64() * 1e3
}
