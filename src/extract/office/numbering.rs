//! The numbers Word draws before paragraphs, such as 第三条 or （一）, which stand in no text of the file; others count and
//! draw as it does.
//!
//! Source of the rules: ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (number formats).

use std::collections::{HashMap, HashSet};

use office_oxide::Document;
use office_oxide::docx::formatting::{NumberingRef, ParagraphProperties};
use office_oxide::docx::paragraph::{ParagraphContent, Run, RunContent};
use office_oxide::docx::{
    BlockElement, DocxDocument, NumberFormat, NumberingDefinitions, Paragraph, StyleSheet,
};

/// No number is longer than a line; a pattern may be.
const LONGEST: usize = 100;

/// Lists have nine levels.
const LEVELS: usize = 9;

/// Tables within tables.
const DEEPEST: u8 = 30;

/// Returns the text of a document with its numbers, where it has any.
pub(in crate::extract) fn text(document: &Document) -> String {
    let numbered = document.as_docx().and_then(|it| Some((it.numbering.as_ref()?, it)));
    match numbered.filter(|(numbering, _)| !numbering.instances.is_empty()) {
        Some((numbering, document)) => {
            let mut copy: DocxDocument = document.clone();
            let mut lists = Lists::new(numbering, document.styles.as_ref());
            lists.blocks(&mut copy.body.elements, 0);
            copy.plain_text()
        }
        None => document.plain_text(),
    }
}

/// How far every list has counted.
pub(in crate::extract) struct Lists<'a> {
    numbering: &'a NumberingDefinitions,
    styles: Option<&'a StyleSheet>,
    /// What a style says of lists, by its identifier.
    by_style: HashMap<String, Option<NumberingRef>>,
    /// The last number of each level, by definition: lists of one definition count on.
    counted: HashMap<u32, [Option<u32>; LEVELS]>,
    /// Lists and levels that have begun anew, which they do once.
    begun: HashSet<(u32, usize)>,
    /// Lists and levels that draw the numbers of all levels in digits.
    pub(in crate::extract) legal: HashSet<(u32, usize)>,
}

impl<'a> Lists<'a> {
    pub(in crate::extract) fn new(
        numbering: &'a NumberingDefinitions,
        styles: Option<&'a StyleSheet>,
    ) -> Self {
        Self {
            numbering,
            styles,
            by_style: HashMap::new(),
            counted: HashMap::new(),
            begun: HashSet::new(),
            legal: HashSet::new(),
        }
    }

    fn blocks(&mut self, blocks: &mut [BlockElement], depth: u8) {
        for block in blocks {
            match block {
                BlockElement::Paragraph(paragraph) => self.paragraph(paragraph),
                BlockElement::Table(table) if depth < DEEPEST => {
                    let cells = table.rows.iter_mut().flat_map(|it| &mut it.cells);
                    cells.for_each(|it| self.blocks(&mut it.content, depth + 1));
                }
                BlockElement::Table(_) => {}
            }
        }
    }

    fn paragraph(&mut self, paragraph: &mut Paragraph) {
        let Some(properties) = &paragraph.properties else { return };
        // A paragraph whose end nobody sees goes on in the next, and is not counted.
        if properties.run_properties.as_ref().is_some_and(|it| it.hidden == Some(true)) {
            return;
        }
        let Some(place) = self.place(properties) else { return };
        let Some(label) = self.label(place.num_id, usize::from(place.ilvl)) else { return };
        let run = Run { properties: None, content: vec![RunContent::Text(label)] };
        paragraph.content.insert(0, ParagraphContent::Run(run));
    }

    /// Finds the list of a paragraph: its own, or that of its style.
    fn place(&mut self, properties: &ParagraphProperties) -> Option<NumberingRef> {
        if properties.numbering_ref.is_some() {
            return properties.numbering_ref.clone();
        }
        let (styles, id) = (self.styles?, properties.style_id.as_ref()?);
        if !self.by_style.contains_key(id) {
            let only = ParagraphProperties { style_id: Some(id.clone()), ..Default::default() };
            let said = styles.effective_paragraph_properties(Some(&only)).numbering_ref;
            self.by_style.insert(id.clone(), said);
        }
        self.by_style.get(id).cloned().flatten()
    }

    /// Counts one more on this level of this list, and returns what is drawn; `None` where nothing is.
    pub(in crate::extract) fn label(&mut self, list: u32, level: usize) -> Option<String> {
        let own = self.numbering.resolve_level(list, u8::try_from(level).ok()?)?;
        let instance = self.numbering.instances.get(&list)?;
        let counted = self.counted.entry(instance.abstract_num_id).or_default();
        let anew =
            instance.start_overrides.get(&(level as u8)).filter(|_| !self.begun.contains(&(list, level)));
        let start = |level: usize| self.numbering.resolve_level(list, level as u8).map(|it| it.start);
        if anew.is_some() {
            self.begun.insert((list, level));
        }
        count(counted, level, anew.copied(), start)?;
        if own.format == NumberFormat::Bullet {
            return None;
        }
        let mut label = String::new();
        let mut pattern = own.level_text.chars().take(LONGEST).peekable();
        while let Some(c) = pattern.next() {
            let above = pattern.peek().filter(|_| c == '%').and_then(|it| it.to_digit(10));
            let Some(above) = above.and_then(|it| it.checked_sub(1)) else {
                label.push(c);
                continue;
            };
            pattern.next();
            let Some(it) = self.numbering.resolve_level(list, above as u8) else { continue };
            let number = counted.get(above as usize).copied().flatten().unwrap_or(it.start);
            let is_legal = self.legal.contains(&(list, level));
            label.push_str(&drawn(number, if is_legal { &NumberFormat::Decimal } else { &it.format }));
        }
        closed(&label)
    }
}

/// Counts one more on a level, or begins it anew; one that has not begun begins at its start. `None` where there is no such
/// level.
pub(in crate::extract) fn count(
    counted: &mut [Option<u32>],
    level: usize,
    anew: Option<u32>,
    start: impl Fn(usize) -> Option<u32>,
) -> Option<()> {
    let (last, below) = counted.get_mut(level..)?.split_first_mut()?;
    *last = anew.or_else(|| last.map(|it| it.saturating_add(1))).or_else(|| start(level)).or(Some(1));
    below.iter_mut().for_each(|it| *it = None);
    // Levels above that were passed over have begun with it: after 1.1 comes 2.
    for (above, last) in counted.iter_mut().enumerate().take(level) {
        *last = last.or_else(|| start(above));
    }
    Some(())
}

/// Sets a number apart from the words behind it; `None` where there is none.
pub(in crate::extract) fn closed(label: &str) -> Option<String> {
    let label = label.trim();
    let is_closed = label.ends_with(['、', '）', '．', '。', '：', '，']);
    (!label.is_empty()).then(|| if is_closed { label.to_owned() } else { format!("{label} ") })
}

/// Draws a number; one beyond what a format has signs for is drawn in digits.
pub(in crate::extract) fn drawn(n: u32, format: &NumberFormat) -> String {
    let drawn = match format {
        NumberFormat::Decimal => None,
        NumberFormat::Bullet | NumberFormat::None => Some(String::new()),
        NumberFormat::LowerLetter => letter(n).map(|it| it.to_lowercase()),
        NumberFormat::UpperLetter => letter(n),
        NumberFormat::LowerRoman => roman(n).map(|it| it.to_lowercase()),
        NumberFormat::UpperRoman => roman(n),
        NumberFormat::Other(name) => other(n, name),
    };
    drawn.unwrap_or_else(|| n.to_string())
}

fn other(n: u32, name: &str) -> Option<String> {
    let of = |signs: &str| signs.chars().nth(n.checked_sub(1)? as usize).map(String::from);
    match name {
        "chineseCounting" | "taiwaneseCounting" if n > 99 => Some(by_place(n, '○')),
        "chineseCounting" | "taiwaneseCounting" | "chineseCountingThousand" | "taiwaneseCountingThousand" => {
            counted(n, "一二三四五六七八九", "千百十", true)
        }
        "chineseLegalSimplified" => counted(n, "壹贰叁肆伍陆柒捌玖", "仟佰拾", true),
        "ideographLegalTraditional" => counted(n, "壹貳參肆伍陸柒捌玖", "仟佰拾", true),
        "japaneseCounting" => counted(n, "一二三四五六七八九", "千百十", false),
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => Some(by_place(n, '〇')),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => of("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
        "decimalEnclosedParen" => of("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
        "decimalEnclosedFullstop" => of("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
        "ideographEnclosedCircle" => of("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
        "ideographTraditional" => of("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => of("子丑寅卯辰巳午未申酉戌亥"),
        "decimalZero" => Some(format!("{n:02}")),
        "decimalFullWidth" | "decimalFullWidth2" => {
            Some(n.to_string().chars().filter_map(|c| char::from_u32(c as u32 + 0xFEE0)).collect())
        }
        _ => None,
    }
}

/// A to Z, then AA to ZZ, as Word counts.
fn letter(n: u32) -> Option<String> {
    let (n, times) = ((n.checked_sub(1)?) % 26, (n - 1) / 26 + 1);
    let letter = char::from_u32('A' as u32 + n)?;
    (times <= 30).then(|| letter.to_string().repeat(times as usize))
}

fn roman(n: u32) -> Option<String> {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let (mut rest, mut res) = ((1..4000).contains(&n).then_some(n)?, String::new());
    for (worth, sign) in SIGNS {
        res.push_str(&sign.repeat((rest / worth) as usize));
        rest %= worth;
    }
    Some(res)
}

/// Puts one sign for each digit.
fn by_place(n: u32, zero: char) -> String {
    let sign = |c: char| match c.to_digit(10).unwrap_or(0) {
        0 => zero,
        digit => "一二三四五六七八九".chars().nth(digit as usize - 1).unwrap_or(zero),
    };
    n.to_string().chars().map(sign).collect()
}

/// Counts with signs for thousands, hundreds and tens, as in 一百零五; or as in 百五, where that is not `full`.
fn counted(n: u32, digits: &str, places: &str, full: bool) -> Option<String> {
    let (mut rest, mut res, mut worth) = ((1..10_000).contains(&n).then_some(n)?, String::new(), 1000);
    let mut skipped = false;
    for place in places.chars().map(Some).chain([None]) {
        let digit = rest / worth;
        rest %= worth;
        worth = (worth / 10).max(1);
        let Some(sign) = digit.checked_sub(1).and_then(|it| digits.chars().nth(it as usize)) else {
            skipped = true;
            continue;
        };
        if skipped && full && !res.is_empty() {
            res.push('零');
        }
        skipped = false;
        // Ten is 十, not 一十, where nothing stands before it.
        let is_bare =
            digit == 1 && place.is_some() && (!full || res.is_empty() && place == places.chars().last());
        res.extend((!is_bare).then_some(sign));
        res.extend(place);
    }
    Some(res)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn drawn_as(format: &str, numbers: &[u32]) -> String {
        let drawn: Vec<_> = numbers.iter().map(|n| drawn(*n, &NumberFormat::Other(format.into()))).collect();
        drawn.join(" ")
    }

    #[test]
    fn numbers_are_drawn_as_word_draws_them() {
        let some = [1, 10, 11, 20, 99, 100, 105, 110, 1_001];
        assert_eq!(
            drawn_as("chineseCountingThousand", &some),
            "一 十 十一 二十 九十九 一百 一百零五 一百一十 一千零一"
        );
        assert_eq!(drawn_as("chineseCounting", &some), "一 十 十一 二十 九十九 一○○ 一○五 一一○ 一○○一");
        assert_eq!(drawn_as("japaneseCounting", &some), "一 十 十一 二十 九十九 百 百五 百十 千一");
        assert_eq!(drawn_as("ideographDigital", &[3, 10]), "三 一〇");
        assert_eq!(drawn_as("decimalEnclosedCircle", &[1, 20, 21]), "① ⑳ 21");
        assert_eq!(drawn_as("chineseLegalSimplified", &[12]), "拾贰");
        assert_eq!(drawn(28, &NumberFormat::LowerLetter), "bb");
        assert_eq!(drawn(1994, &NumberFormat::UpperRoman), "MCMXCIV");
    }

    #[test]
    fn any_number_is_drawn() {
        for n in [0, 1, 9_999, 10_000, u32::MAX] {
            for format in
                ["chineseCounting", "chineseCountingThousand", "japaneseCounting", "decimalZero", "?"]
            {
                assert!(!drawn(n, &NumberFormat::Other(format.into())).is_empty(), "{n} {format}");
            }
            for format in [NumberFormat::UpperLetter, NumberFormat::LowerRoman, NumberFormat::Decimal] {
                assert!(!drawn(n, &format).is_empty(), "{n}");
            }
        }
    }

    const HEAD: &str = "<?xml version='1.0'?><w:numbering xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>";

    fn labels(levels: &str, instances: &str, paragraphs: &[(u32, usize)]) -> Vec<String> {
        let levels = levels.split('|').enumerate().map(|(n, it)| {
            let (format, text) = it.split_once(' ').unwrap_or_default();
            format!("<w:lvl w:ilvl='{n}'><w:start w:val='1'/><w:numFmt w:val='{format}'/><w:lvlText w:val='{text}'/></w:lvl>")
        });
        let xml = format!(
            "{HEAD}<w:abstractNum w:abstractNumId='0'>{}</w:abstractNum>{instances}</w:numbering>",
            levels.collect::<String>()
        );
        let numbering = NumberingDefinitions::parse(xml.replace('\'', "\"").as_bytes()).unwrap();
        let mut lists = Lists::new(&numbering, None);
        paragraphs.iter().map(|it| lists.label(it.0, it.1).unwrap_or_default()).collect()
    }

    const ONE: &str = "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>";

    #[test]
    fn levels_count_within_the_one_above() {
        let levels = "chineseCounting %1、|chineseCounting （%2）|decimal %3.|decimal %3.%4|bullet •";
        let rows = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 3), (1, 0), (1, 1), (1, 4)];
        let expected = ["一、", "（一）", "（二）", "1. ", "1.1 ", "二、", "（一）", ""];
        assert_eq!(labels(levels, ONE, &rows), expected);
    }

    #[test]
    fn a_level_that_is_passed_over_has_begun() {
        let rows = [(1, 1), (1, 1), (1, 0), (1, 1), (1, 2), (1, 1)];
        let expected = ["1.1 ", "1.2 ", "2. ", "2.1 ", "（一）", "2.2 "];
        assert_eq!(labels("decimal %1.|decimal %1.%2|chineseCounting （%3）", ONE, &rows), expected);
    }

    #[test]
    fn a_level_may_draw_all_numbers_in_digits() {
        let xml = "<w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"%1、\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.%2\"/></w:lvl></w:abstractNum>";
        let numbering = format!("{HEAD}{xml}{ONE}</w:numbering>").replace('\'', "\"");
        let numbering = NumberingDefinitions::parse(numbering.as_bytes()).unwrap();
        let drawn = |legal: &[(u32, usize)]| {
            let mut lists = Lists::new(&numbering, None);
            lists.legal = legal.iter().copied().collect();
            [0, 1].map(|level| lists.label(1, level).unwrap_or_default())
        };
        assert_eq!(drawn(&[]), ["一、", "一.1 "]);
        assert_eq!(drawn(&[(1, 1)]), ["一、", "1.1 "]);
    }

    #[test]
    fn lists_of_one_definition_count_on_unless_they_begin_anew() {
        let anew = "<w:num w:numId='2'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='3'><w:abstractNumId w:val='0'/>\
            <w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>";
        let rows = [(1, 0), (2, 0), (3, 0), (3, 0)];
        let expected = ["第1条 ", "第2条 ", "第5条 ", "第6条 "];
        assert_eq!(labels("decimal 第%1条", &format!("{ONE}{anew}"), &rows), expected);
    }

    #[test]
    fn what_makes_no_sense_draws_nothing_or_digits() {
        let wild = "<w:num w:numId='2'><w:abstractNumId w:val='7'/></w:num><w:num w:numId='3'><w:abstractNumId w:val='0'/>\
            <w:lvlOverride w:ilvl='0'><w:startOverride w:val='4294967295'/></w:lvlOverride></w:num>";
        let rows = [(2, 0), (9, 0), (1, 8), (1, 200), (3, 0), (3, 0)];
        let expected = ["", "", "", "", "4294967295.%% ", "4294967295.%% "];
        assert_eq!(labels("upperRoman %1.%7%%", &format!("{ONE}{wild}"), &rows), expected);
    }

    #[test]
    fn the_text_of_a_document_has_its_numbers() {
        let mut writer = office_oxide::docx::write::DocxWriter::new();
        writer.add_list(&["总则", "分则"], true);
        let mut bytes = Cursor::new(Vec::new());
        writer.write_to(&mut bytes).unwrap();
        let document =
            Document::from_reader(Cursor::new(bytes.into_inner()), office_oxide::DocumentFormat::Docx)
                .unwrap();
        assert_eq!(text(&document), "1. 总则\n2. 分则");
    }
}
