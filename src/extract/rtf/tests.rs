//! What is read of rich text, and what is not.

use encoding_rs::GBK;

use super::*;

fn words(rtf: &[u8]) -> String {
    let mut words = String::new();
    assert!(read_bytes(rtf, false, &mut Text::within(&mut words, Default::default())).is_ok());
    words
}

#[test]
fn fonts_and_code_pages_decide_how_bytes_are_read() {
    let gbk = br"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fnil\fcharset134 SimSun;}{\f2\fcharset136 PMingLiU;}}{\f1\'b5\'b3\'bd\'a8}\par\f2\'a4\'e5\f0 caf\'e9}";
    assert_eq!(words(gbk), "党建\n文café");
    let page = br"{\rtf1\ansi\ansicpg936 \'ce\'c4\'c3\'f7}";
    assert_eq!(words(page), "文明");
    // The second byte may be written as the letter it looks like.
    assert_eq!(words(br"{\rtf1\ansicpg936 \'81@\'d5Z}"), GBK.decode(b"\x81@\xd5Z").0);
}

#[test]
fn unicode_is_read_and_its_spare_characters_are_not() {
    assert_eq!(words(br"{\rtf1\uc1\u25991?\u26126\'3f{\uc2\u20826\'b5\'b3}\uc0\u24314 !}"), "文明党建!");
    assert_eq!(words(br"{\rtf1\u-10179?\u-8704?}"), "\u{1f600}");
    assert_eq!(words(br"{\rtf1{\upr{old}{\*\ud{\u25991?}}}}"), "文");
}

#[test]
fn only_the_words_of_the_document_are_text() {
    let rtf = br"{\rtf1{\*\generator Riched20;}{\stylesheet{\s0 Normal;}}{\info{\title T}}{\pict\pngblip 89504e47}{\field{\*\fldinst PAGE}{\fldrslt 3}}{\v hidden}{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}}\trowd a\cell b\cell\row{\*\unknown x}\bin3 }}}end}tail";
    assert_eq!(words(rtf), "3box\n[隐藏文字] hidden\na\tb\t\nend");
}

#[test]
fn words_that_nobody_sees_follow_their_line() {
    let rtf =
        br"{\rtf1\ansicpg936 {\v\'bb\'fa}{\b\v\'c3\'dc}\'ce\'c4{\deleted 17}28\v x\par y\v0\par end{\v z}}";
    assert_eq!(
        words(rtf),
        "文28\n[隐藏文字] 机密\n[修订前] 17\n[隐藏文字] x\n[隐藏文字] y\nend\n[隐藏文字] z\n"
    );
}

#[test]
fn a_million_braces_are_only_braces() {
    assert_eq!(words(&b"{".repeat(1_000_000)), "");
    assert_eq!(words(&b"}".repeat(1_000_000)), "");
}

#[test]
fn pictures_may_be_spelt_in_digits_or_given_as_they_are() {
    let picture = include_bytes!("../../../fixtures/documents/picture.wmf");
    let digits: String = picture.iter().map(|it| format!("{it:02X}\r\n")).collect();
    let spelt = format!(r"{{\rtf1 own{{\pict{{\*\blipuid ab12}}\wmetafile8 {digits}}}\par}}");
    let length = picture.len();
    let before = format!(r"{{\rtf1 own{{\pict\wmetafile8\bin{length} ");
    let given = [before.as_bytes(), picture, br"}\par}"];
    for rtf in [spelt.as_bytes(), &given.concat()] {
        assert_eq!(words(rtf), "own\n\n学雷锋志愿活动\n2017年3月5日 人民广场\n");
    }
    assert_eq!(words(br"{\rtf1 own{\pict\emfblip 01000}{\*\objdata 0105}}"), "own");
}
