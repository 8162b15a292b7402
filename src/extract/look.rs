//! The look of a picture, by which its copies are found whatever a chat program made of them.

use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView};
use image_hasher::{HashAlg, HasherConfig};

use crate::domain::likeness::Look;

/// A smaller picture is an icon.
const LEAST_SIDE: u32 = 64;

/// Returns the look of a picture; none of one that is too small or too plain to be told from others.
pub fn of(picture: &DynamicImage) -> Option<Look> {
    let (width, height) = picture.dimensions();
    if width.min(height) < LEAST_SIDE || is_plain(picture) {
        return None;
    }
    // 132 steps to the right and 132 down, of which the last eight are left out. The blurring filter lets a cropped
    // copy stay near.
    let hasher = HasherConfig::new().hash_alg(HashAlg::DoubleGradient).hash_size(22, 22);
    let hash =
        hasher.resize_filter(FilterType::Gaussian).to_hasher().hash_image(&picture.thumbnail(320, 320));
    let (words, _) = hash.as_bytes().as_chunks::<8>();
    Some(Look(words.first_chunk()?.map(u64::from_be_bytes)))
}

/// Returns whether most of a picture is of one tone, as a blank page or one of text is: such pages all look alike.
fn is_plain(picture: &DynamicImage) -> bool {
    let grey = picture.resize_exact(17, 16, FilterType::Triangle).to_luma8();
    let steps = grey.rows().flat_map(|row| {
        let tones: Vec<u8> = row.map(|it| it.0[0]).collect();
        tones.windows(2).map(|it| it[0].abs_diff(it[1])).collect::<Vec<_>>()
    });
    steps.filter(|it| *it < 2).count() > 128
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    /// Patches of light and dark, others for each seed.
    fn photo(seed: u32, width: u32, height: u32) -> DynamicImage {
        let tone = |n: u32| {
            let n = (n ^ seed.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
            ((n ^ (n >> 13)).wrapping_mul(0xc2b2_ae35) >> 24) as u8
        };
        let patches = RgbImage::from_fn(9, 7, |x, y| Rgb([tone(x * 31 + y * 1009); 3]));
        DynamicImage::from(patches).resize_exact(width, height, FilterType::CatmullRom)
    }

    fn apart(one: &DynamicImage, other: &DynamicImage) -> u32 {
        of(one).unwrap().distance(&of(other).unwrap())
    }

    #[test]
    fn copies_look_alike_and_strangers_do_not() {
        let original = photo(1, 640, 480);
        for copy in [
            photo(1, 213, 160),
            original.brighten(20),
            original.crop_imm(13, 10, 614, 460),
            original.adjust_contrast(15.0),
        ] {
            assert!(apart(&original, &copy) <= Look::NEAR);
        }
        for seed in 2..12 {
            assert!(apart(&original, &photo(seed, 640, 480)) > 2 * Look::NEAR - 20, "{seed}");
        }
    }

    #[test]
    fn a_copy_turned_or_mirrored_looks_alike_and_a_stranger_still_does_not() {
        let original = photo(1, 640, 480);
        let near = |other: &DynamicImage| of(&original).unwrap().near_turned(&of(other).unwrap());
        let ways = |it: &DynamicImage| {
            [
                it.rotate90(),
                it.rotate180(),
                it.rotate270(),
                it.fliph(),
                it.flipv(),
                it.fliph().rotate90(),
                it.flipv().rotate90(),
            ]
        };
        for (n, turned) in ways(&original).iter().enumerate() {
            assert!(near(turned).is_some_and(|it| it < 16), "{n}: {:?}", near(turned));
            assert!(
                of(turned).unwrap().distance(&of(&original).unwrap()) > Look::NEAR,
                "{n} is turned indeed"
            );
            assert!(near(&turned.brighten(20).resize_exact(200, 150, FilterType::Triangle)).is_some(), "{n}");
        }
        for seed in 2..12 {
            assert!(ways(&photo(seed, 640, 480)).iter().all(|it| near(it).is_none()), "{seed}");
        }
    }

    #[test]
    fn icons_blank_pages_and_lines_of_text_have_no_look() {
        assert_eq!(of(&photo(1, 63, 640)), None);
        let mut page = RgbImage::from_pixel(600, 800, Rgb([255; 3]));
        assert_eq!(of(&DynamicImage::from(page.clone())), None);
        (100..500).for_each(|x| (100..112).for_each(|y| page.put_pixel(x, y, Rgb([0; 3]))));
        assert_eq!(of(&DynamicImage::from(page)), None);
        assert!(of(&photo(1, 64, 64)).is_some());
    }
}
