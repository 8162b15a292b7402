//! What a template leaves behind: placeholders that nobody filled in (W30), and the words of the site it came from (W32).

use crate::domain::finding::{Code, Finding};

/// Returns W30 with the first placeholders and how many there are.
pub(super) fn placeholders(text: &str) -> Option<Finding> {
    const EXAMPLES: usize = 4;
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut others = 0;
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let Some(length) = placeholder(&chars, at) else {
                at += 1;
                continue;
            };
            let written: String = chars[at..at + length].iter().collect();
            let room = found.len() < EXAMPLES;
            match found.iter_mut().find(|it| it.0 == written) {
                Some(known) => known.1 += 1,
                None if room => found.push((written, 1)),
                None => others += 1,
            }
            at += length;
        }
    }
    let mut told: Vec<String> = found.iter().map(|(it, n)| format!("“{it}” {n} 处")).collect();
    if others > 0 {
        told.push(format!("其他 {others} 处"));
    }
    (!told.is_empty()).then(|| Finding::new(Code::W30, told.join("、")))
}

/// Of a run of signs no more is looked at from any place, so that a text of nothing else is read in one go.
const LONGEST: usize = 20;

/// Returns how many characters of a placeholder begin here.
fn placeholder(chars: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|it| chars.get(it)).copied().unwrap_or(' ');
    match chars.get(at)? {
        c if is_cross(*c) || matches!(c, 'x' | '*') => crosses(chars, at, before),
        '1' | '2' => year(chars, at, before),
        '_' | '＿' => blank_for_a_day(chars, at),
        ':' | '：' => dots(chars, at),
        '【' | '[' | '（' | '(' | '单' | '点' => to_do(chars, at),
        _ => None,
    }
}

fn is_cross(c: char) -> bool {
    matches!(c, 'X' | '×' | '╳' | 'Ｘ')
}

/// `XXX`, and `XX`, `xx` or `**` before what it stands for. A name whose owner is not to be told (张××) is no placeholder.
fn crosses(chars: &[char], at: usize, before: char) -> Option<usize> {
    const NOUNS: &str = "市县区省局委办镇乡村街社单部医学公年月日人元号";
    const PLACES: &str = "市县省镇局";
    let sign = chars.get(at)?;
    let run = chars.get(at..)?.iter().take(LONGEST).take_while(|c| *c == sign).count();
    let after = chars.get(at + run).copied().unwrap_or(' ');
    let latin = |c: char| c.is_ascii_alphanumeric();
    if latin(before) || latin(after) || matches!(before, '*' | '-' | '.') {
        return None;
    }
    let meant = match (sign, run) {
        ('x', 2..=4) => NOUNS.contains(after),
        ('x', _) => false,
        ('*', 2..=4) => PLACES.contains(after),
        ('*', _) => false,
        ('X', 1) => "市县省".contains(after),
        (_, 2) => NOUNS.contains(after),
        (_, n) => (3..=7).contains(&n),
    };
    meant.then_some(run)
}

/// `201*`, `20XX`, `20**`: a year whose last figures are masked.
fn year(chars: &[char], at: usize, before: char) -> Option<usize> {
    let four = chars.get(at..at + 4)?;
    let century = matches!(four, ['2', '0', ..] | ['1', '9', ..]);
    let digits = four.iter().take_while(|c| c.is_ascii_digit()).count();
    let mask = |c: &char| matches!(c, '*' | '＊' | 'x') || is_cross(*c);
    let rest = chars.get(at + 4).copied().unwrap_or(' ');
    let apart = !before.is_ascii_alphanumeric() && !rest.is_ascii_alphanumeric() && !mask(&rest);
    (century && digits < 4 && four[digits..].iter().all(mask) && apart).then_some(4)
}

/// `____年`: a line to write on before what is counted.
fn blank_for_a_day(chars: &[char], at: usize) -> Option<usize> {
    let run = chars.get(at..)?.iter().take(LONGEST).take_while(|c| matches!(c, '_' | '＿')).count();
    let after = chars.get(at + run)?;
    (run >= 2 && "年月日人元号".contains(*after)).then_some(run + 1)
}

/// `成员：……`: dots where names should stand.
fn dots(chars: &[char], at: usize) -> Option<usize> {
    let rest = chars.get(at + 1..)?;
    let dots = rest.iter().take(LONGEST).take_while(|c| **c == '…').count();
    let points = rest.iter().take(LONGEST).take_while(|c| **c == '.').count();
    let length = dots.max(points);
    // A law that is cited in part goes on behind the dots.
    let last = rest.get(length).is_none_or(|c| c.is_whitespace());
    ((dots > 0 || points >= 3) && last).then_some(1 + length)
}

/// `【待填】` and what forms say where nothing was written.
fn to_do(chars: &[char], at: usize) -> Option<usize> {
    const WORDS: &[&str] = &[
        "【待填",
        "[待填",
        "（待填",
        "(待填",
        "【待补充",
        "[待补充",
        "（待补充",
        "(待补充",
        "【请填写",
        "（请填写",
        "(请填写",
        "【此处填写",
        "（此处填写",
        "(此处填写",
        "单击此处输入",
        "点击此处输入",
        "点击此处添加",
        "单击此处添加",
        "单击或点击此处输入",
    ];
    let fits = |word: &&&str| word.chars().enumerate().all(|(n, c)| chars.get(at + n) == Some(&c));
    WORDS.iter().find(fits).map(|word| {
        let length = word.chars().count();
        let closed = chars.get(at + length).is_some_and(|c| "】]）)".contains(*c));
        length + usize::from(closed)
    })
}

/// What sites of templates write around the texts they give away.
const SITES: &[&str] = &[
    "范文网",
    "范文大全",
    "范文参考",
    "范文下载",
    "百度文库",
    "豆丁网",
    "道客巴巴",
    "人人文库",
    "原创力文档",
    "金锄头文库",
    "精品文档",
    "欢迎下载",
    "文档下载",
    "下载文档",
    "下载本文",
    "文章来源于网络",
    "本文来源于网络",
    "内容来源于网络",
    "资料来源于网络",
    "来源于互联网",
    "如有侵权",
    "侵权请联系",
    "请联系删除",
    "联系我们删除",
    "可自行编辑",
    "双击可删除",
    "网络整理",
    "友情提示:本文",
    "友情提示：本文",
    "仅供您参考",
    "联系我们及时删除",
    "建议您自主创作",
    "小编为",
    "小编整理",
    "本文档由用户",
    "用户提供并上传",
    "第一文库网",
    "写写帮文库",
    "爱问共享",
    "学习啦",
];

/// Returns W32 with the words of template sites that the text carries.
pub(super) fn boilerplate(text: &str, is_page: bool) -> Option<Finding> {
    // In a plan of work these words may be meant; by themselves on a line, or of this very text, they are not.
    const OF_ITSELF: &[&str] =
        &["本文", "本资料", "本文档", "本范文", "以上内容", "以上资料", "内容", "资料"];
    let mut words: Vec<&str> = SITES.iter().copied().filter(|it| said(text, it)).collect();
    if text.contains("仅供参考") {
        let of_itself = |line: &str| {
            let line = line.trim().trim_matches(|c: char| !c.is_alphanumeric());
            line == "仅供参考"
                || (line.len() <= 120
                    && OF_ITSELF.iter().any(|it| line.contains(it))
                    && line.contains("仅供参考"))
        };
        words.extend(text.lines().any(of_itself).then_some("仅供参考"));
    }
    // A page of the web has the disclaimer of its own site, and rules for sites may ask for one.
    let disclaimer = text.match_indices("免责声明").any(|(at, word)| {
        let rest = text[at + word.len()..].trim_start_matches(['】', '*', ' ', '\u{3000}']);
        let heads = text[..at].trim_end_matches(['【', '*', ' ', '\u{3000}']);
        rest.starts_with([':', '：'])
            || ((heads.is_empty() || heads.ends_with('\n')) && rest.starts_with('\n'))
    });
    words.extend((!is_page && disclaimer).then_some("免责声明"));
    (!words.is_empty()).then(|| Finding::new(Code::W32, words.join("、")))
}

/// 规范文, 示范文 and 师范文 are other words.
fn said(text: &str, word: &str) -> bool {
    let other = |at: usize| word.starts_with("范文") && text[..at].ends_with(['规', '示', '师', '模', '防']);
    text.match_indices(word).any(|(at, _)| !other(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfilled(text: &str) -> String {
        placeholders(text).map(|it| it.detail).unwrap_or_default()
    }

    #[test]
    fn what_was_left_open_is_found() {
        for (text, told) in [
            ("201*年创建全国文明城市\n201*年1月，201*年", "“201*” 3 处"),
            ("成立XXX市中心医院领导小组，组长：XXX", "“XXX” 2 处"),
            ("组长：×××副组长：×××……成员：……", "“×××” 2 处、“：……” 1 处"),
            ("20**年工作，20XX年，19××年", "“20**” 1 处、“20XX” 1 处、“19××” 1 处"),
            ("在XX市委领导下，××县", "“XX” 1 处、“××” 1 处"),
            ("在X省X市，**县、xx年我县", "“X” 2 处、“**” 1 处、“xx” 1 处"),
            ("自____年__月__日起", "“____年” 1 处、“__月” 1 处、“__日” 1 处"),
            ("单位：【待填】，人数（待补充）", "“【待填】” 1 处、“（待补充）” 1 处"),
        ] {
            assert_eq!(unfilled(text), told, "{text}");
        }
    }

    #[test]
    fn what_only_looks_open_is_not() {
        for text in [
            "2017年3月15日",
            "面积3×4米，10×20×30",
            "张××，男，1980年生",
            "XXL码、XXXL码",
            "第XXX届",
            "电话138****5678",
            "证号4109012019****",
            "20*5=100",
            "他说：“……”",
            "等等……",
            "snake__case",
            "A_B",
            "(一)单位",
            "他一再说：好……",
            "点击量",
            "单位：市文明办",
        ] {
            let wrong = text == "第XXX届";
            assert_eq!(unfilled(text).is_empty(), !wrong, "{text}: {}", unfilled(text));
        }
    }

    #[test]
    fn the_words_of_template_sites_are_found_and_office_words_are_not() {
        let told = |text: &str| boilerplate(text, false).map(|it| it.detail).unwrap_or_default();
        assert_eq!(
            told("正文\n免责声明：本文来源于网络，如有侵权请联系删除。"),
            "本文来源于网络、如有侵权、侵权请联系、请联系删除、免责声明"
        );
        let site =
            "友情提示:本文中给出的范例仅供您参考拓展思维使用。\n来源:网络整理 免责声明:本文仅限学习分享。";
        assert_eq!(told(site), "网络整理、友情提示:本文、仅供您参考、免责声明");
        assert_eq!(told("第一范文网"), "范文网");
        assert_eq!(told("(本文仅供参考)"), "仅供参考");
        assert_eq!(told("仅供参考。"), "仅供参考");
        for text in [
            "规范文大全面启动",
            "示范文参考",
            "报价仅供参考，以合同为准",
            "网站应当公布免责声明的条款",
            "全国文明城市",
            "相关规范文件下载方式另行通知",
        ] {
            assert_eq!(told(text), "", "{text}");
        }
        assert_eq!(boilerplate("免责声明：本站转载", true), None);
    }
}
