//! The look of a picture, by which its copies are found whatever a chat program made of them.

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
    let hasher = HasherConfig::with_bytes_type::<[u8; 32]>().hash_alg(HashAlg::Gradient).hash_size(16, 16);
    let small = picture.thumbnail(320, 320);
    let hash = hasher.to_hasher().hash_image(&small).into_inner();
    let (words, _) = hash.as_chunks::<8>();
    let mut words = words.iter().map(|it| u64::from_be_bytes(*it));
    Some(Look([(); 4].map(|()| words.next().unwrap_or_default())))
}

/// Returns whether most of a picture is of one tone, as a blank page or one of text is: such pages all look alike.
fn is_plain(picture: &DynamicImage) -> bool {
    let grey = picture.resize_exact(17, 16, image::imageops::FilterType::Triangle).to_luma8();
    let steps = grey.rows().flat_map(|row| {
        let tones: Vec<u8> = row.map(|it| it.0[0]).collect();
        tones.windows(2).map(|it| it[0].abs_diff(it[1])).collect::<Vec<_>>()
    });
    steps.filter(|it| *it < 2).count() > 128
}
