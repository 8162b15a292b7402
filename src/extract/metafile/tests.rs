//! Metafiles built record by record.

use proptest::prelude::*;

use super::*;

/// An enhanced metafile of these records.
fn emf(records: &[Vec<u8>]) -> Vec<u8> {
    let mut head = vec![0; 80];
    head[32..36].copy_from_slice(b" EMF");
    [&record(1, &head)[..], &records.concat(), &record(14, &[0; 12])].concat()
}

fn record(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

fn longs(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|it| it.to_le_bytes()).collect()
}

fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|it| it.to_le_bytes()).collect()
}

/// A string at a place, in UTF-16, whose characters are each so wide.
fn string(x: i32, y: i32, words: &str, width: i32) -> Vec<u8> {
    let n = i32::try_from(words.encode_utf16().count()).unwrap();
    let characters: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let head = longs(&[0, 0, 0, 0, 1, 0, 0, x, y, n, 76, 0, 0, 0, 0, 0, 76 + n * 2]);
    record(84, &[head, characters, longs(&vec![width; usize::try_from(n).unwrap()])].concat())
}

fn font(number: i32, height: i32, tenths: i32, charset: u8) -> Vec<u8> {
    let mut body = longs(&[number, height, 0, tenths, 0, 400]);
    body.extend([0, 0, 0, charset]);
    body.resize(320, 0);
    [record(82, &body), record(37, &longs(&[number]))].concat()
}

#[test]
fn runs_that_touch_are_words_and_lines() {
    let file = emf(&[
        font(1, -10, 0, 134),
        string(0, 0, "文明", 10),
        string(20, 0, "城市", 10),
        string(44, 0, "2017", 5),
        string(100, 0, "教育局", 10),
        string(0, 12, "A", 5),
        string(5, 12, "p", 5),
        string(10, 12, "r ", 5),
        string(20, 14, "1", 5),
        string(100, 40, "next", 5),
    ]);
    assert_eq!(text(&file).as_deref(), Some("文明城市 2017\t教育局\nApr 1\nnext"));
}

#[test]
fn letters_set_apart_are_still_a_word() {
    let letters = [(0, "T"), (14, "o"), (28, "o"), (42, "k"), (56, "i"), (70, "t")];
    let drawn: Vec<_> = letters.iter().map(|(x, letter)| string(*x, 0, letter, 10)).collect();
    let file = emf(&[&[font(1, -20, 0, 0)], &drawn[..], &[string(86, 0, "Tika", 10)]].concat());
    assert_eq!(text(&file).as_deref(), Some("Tookit Tika"));
}

#[test]
fn what_was_drawn_twice_to_be_bold_is_said_once() {
    let file = emf(&[font(1, 20, 0, 0), string(0, 0, "title", 10), string(1, 0, "title", 10)]);
    assert_eq!(text(&file).as_deref(), Some("title"));
    let glyphs = emf(&[font(1, 20, 0, 0), string(0, 0, "l", 5), string(5, 0, "l", 5)]);
    assert_eq!(text(&glyphs).as_deref(), Some("ll"));
}

#[test]
fn places_are_where_turns_windows_and_alignment_put_them() {
    let shift = |x: f32| record(36, &[floats(&[1.0, 0.0, 0.0, 1.0, x, 0.0]), longs(&[4])].concat());
    let shifted = [shift(0.0), string(0, 0, "one", 10), shift(30.0), string(0, 0, "word", 10)];
    assert_eq!(text(&emf(&shifted)).as_deref(), Some("oneword"));
    let windows = [
        record(17, &longs(&[8])),
        record(9, &longs(&[100, 100])),
        record(11, &longs(&[1000, 1000])),
        string(0, 0, "big", 10),
        record(33, &[]),
        record(9, &longs(&[1000, 1000])),
        string(300, 0, "ger", 10),
        record(34, &longs(&[-1])),
        string(38, 0, "est", 10),
    ];
    assert_eq!(text(&emf(&windows)).as_deref(), Some("bigger est"));
    let from_the_right = [record(22, &longs(&[2])), string(50, 0, "left", 10), string(90, 0, "most", 10)];
    assert_eq!(text(&emf(&from_the_right)).as_deref(), Some("leftmost"));
    let going_on = [
        record(27, &longs(&[7, 7])),
        record(22, &longs(&[1])),
        string(0, 0, "going", 10),
        string(0, 0, "on", 10),
    ];
    assert_eq!(text(&emf(&going_on)).as_deref(), Some("goingon"));
    let upwards = [font(1, 10, 900, 0), string(0, 100, "up", 10), string(0, 80, "wards", 10)];
    assert_eq!(text(&emf(&upwards)).as_deref(), Some("upwards"));
}

#[test]
fn strings_of_bytes_and_short_ones_are_read_in_the_code_page_of_their_font() {
    let narrow = |body: &[u8], n| {
        let head = longs(&[0, 0, 0, 0, 1, 0, 0, 0, 0, n, 76, 0, 0, 0, 0, 0, 0]);
        record(83, &[&head[..], body].concat())
    };
    let small =
        |x, options, n, body: &[u8]| record(108, &[&longs(&[x, 50, n, options, 1, 0, 0])[..], body].concat());
    let many = [
        longs(&[0, 0, 0, 0, 1, 0, 0, 2]),
        longs(&[0, 80, 1, 120, 0, 0, 0, 0, 0, 124]),
        longs(&[10, 80, 1, 122, 0, 0, 0, 0, 0, 0]),
        "两段".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        longs(&[10]),
    ];
    let file = emf(&[
        font(1, 10, 0, 134),
        narrow(&[0xCE, 0xC4, 0xC3, 0xF7], 4),
        small(0, 0x300, 5, b"small"),
        small(500, 0x100, 1, &[0x87, 0x65]),
        record(97, &many.concat()),
        string(0, 999, "\u{F0A7}", 10),
        font(1, 10, 0, 2),
        string(0, 9999, "n", 10),
    ]);
    assert_eq!(text(&file).as_deref(), Some("文明\nsmall\t文\n两段"));
    // Numbers of glyphs are no characters.
    assert_eq!(text(&emf(&[small(0, 0x310, 5, b"small")])).as_deref(), Some(""));
}

#[test]
fn the_newer_records_are_read_where_the_older_say_nothing() {
    let plus = |kind: u16, flags: u16, body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap();
        let head = [
            &kind.to_le_bytes()[..],
            &flags.to_le_bytes(),
            &(length + 12).to_le_bytes(),
            &length.to_le_bytes(),
        ];
        [&head.concat()[..], body].concat()
    };
    let wide = |words: &str| words.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let drawn = [longs(&[0, 0, 4]), floats(&[1.0, 2.0, 3.0, 4.0]), wide("志愿服务")].concat();
    let driven = [longs(&[0, 1, 0, 2]), wide("活动"), floats(&[1.0, 9.0, 2.0, 9.0])].concat();
    let glyphs = [longs(&[0, 0, 0, 2]), wide("乱码"), floats(&[1.0, 9.0, 2.0, 9.0])].concat();
    let records = [plus(0x401C, 0, &drawn), plus(0x4036, 0, &driven), plus(0x4036, 0, &glyphs)].concat();
    let length = i32::try_from(records.len()).unwrap() + 4;
    let comment = record(70, &[&longs(&[length])[..], b"EMF+", &records].concat());
    assert_eq!(text(&emf(std::slice::from_ref(&comment))).as_deref(), Some("志愿服务\n活动"));
    assert_eq!(text(&emf(&[comment, string(0, 0, "older", 5)])).as_deref(), Some("older"));
}

/// A metafile of 16-bit words of these records.
fn wmf(records: &[Vec<u8>]) -> Vec<u8> {
    let head = [1, 9, 0x300, 0, 0, 0, 0, 0, 0_u16];
    [head.iter().flat_map(|it| it.to_le_bytes()).collect(), records.concat(), old(0, &[])].concat()
}

fn old(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() / 2 + 3).unwrap();
    [&length.to_le_bytes(), &kind.to_le_bytes()[..], body].concat()
}

fn shorts(numbers: &[i16]) -> Vec<u8> {
    numbers.iter().flat_map(|it| it.to_le_bytes()).collect()
}

#[test]
fn old_metafiles_are_read_font_by_font() {
    let font = |charset: u8| {
        let name = [&[0, 0, 0, charset, 0, 0, 0, 0][..], b"SimSun\0\0"].concat();
        old(0x02FB, &[shorts(&[-12, 0, 0, 0, 400]), name].concat())
    };
    let file = wmf(&[
        old(0x02FC, &shorts(&[0, 0, 0, 0])),
        font(134),
        font(136),
        old(0x012D, &shorts(&[1])),
        old(0x0521, &[shorts(&[4]), vec![0xCE, 0xC4, 0xC3, 0xF7], shorts(&[10, 0])].concat()),
        // The pen takes the number of the brush that is gone, and then nothing is between the font and its own.
        old(0x01F0, &shorts(&[0])),
        old(0x02FA, &shorts(&[0, 0, 0, 0, 0])),
        old(0x012D, &shorts(&[2])),
        old(0x0A32, &[shorts(&[40, 0, 2, 4, 0, 0, 9, 9]), vec![0xA4, 0xE5], shorts(&[6, 6])].concat()),
        old(0x0A32, &[shorts(&[40, 12, 1, 0]), b"1\0".to_vec(), shorts(&[6])].concat()),
    ]);
    assert_eq!(text(&file).as_deref(), Some("文明\n文1"));
    let placed = [&[0xD7, 0xCD, 0xC6, 0x9A][..], &[0; 18], &file].concat();
    assert_eq!(text(&placed).as_deref(), Some("文明\n文1"));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, &placed).unwrap();
    assert_eq!(text(&packer.finish().unwrap()).as_deref(), Some("文明\n文1"));
}

#[test]
fn characters_named_over_and_over_are_read_for_a_while_only() {
    let n = 20_000;
    let strings = (0..n).flat_map(|y| longs(&[0, y * 99, 1 << 15, 40, 0, 0, 0, 0, 0, 0]));
    let body = [longs(&[0, 0, 0, 0, 1, 0, 0, n]), strings.collect()].concat();
    let read = text(&emf(&[record(96, &body)])).unwrap();
    assert!(read.len() <= crate::extract::text::MOST * 3);
}

#[test]
fn other_files_are_none() {
    for bytes in [&b""[..], b"%PDF-1.4", b"\x01\0\x09\0\0\0", &[0; 100], b"\x1f\x8b"] {
        assert_eq!(text(bytes), None);
    }
}

proptest! {
    #[test]
    fn any_records_have_a_text(
        records in prop::collection::vec((0_u32..120, prop::collection::vec(any::<u8>(), 0..120)), 0..12),
        cut in 0_usize..400,
    ) {
        let wide: Vec<Vec<u8>> = records.iter().map(|(kind, body)| record(*kind, body)).collect();
        let file = emf(&wide);
        prop_assert!(text(&file).is_some());
        text(&file[..file.len().saturating_sub(cut)]);
        const KINDS: [u16; 16] = [
            0x020B, 0x020C, 0x020D, 0x020E, 0x0103, 0x012E, 0x0214, 0x001E, 0x0127, 0x012D, 0x01F0, 0x02FB, 0x02FA,
            0x0521, 0x0A32, 0x0626,
        ];
        let old: Vec<Vec<u8>> = (records.iter())
            .map(|(kind, body)| old(KINDS[*kind as usize % 16], &body[..body.len() / 2 * 2]))
            .collect();
        prop_assert!(text(&wmf(&old)).is_some());
    }
}
