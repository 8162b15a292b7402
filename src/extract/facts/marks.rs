//! Marks that stand at the head of a paper: secrecy (GB/T 9704-2012: top left, `机密★1年`), internal use, a copy.

use crate::extract::facts::seen;

/// Returns the mark of secrecy as written. A word in running text or in a title is none.
///
/// A mark stands on a line of its own: above a paper, or further down, where a cover or another paper came before it; or
/// with its star beside other words at the head of a page. Below the head of the whole a bare level among others is a
/// list of levels, and a word about keeping a paper is one for its readers.
pub(super) fn secrecy(text: &str) -> Option<String> {
    const HEAD: usize = 15;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    // What is no short line is not looked at more closely.
    let mark = |at: usize| lines.get(at).and_then(|it| mark_of(it));
    let is_listed = |at: usize| {
        let other = |it: Option<String>| {
            it.is_some_and(|it| is_secret(&it) && Some(it.as_str()) != mark(at).as_deref())
        };
        other(at.checked_sub(1).and_then(mark)) || other(mark(at + 1))
    };
    (0..lines.len()).find_map(|at| {
        let own = mark(at)
            .filter(|it| at < HEAD || it.contains('★') || (it.split(' ').any(is_level) && !is_listed(at)));
        own.or_else(|| starred(lines.get(at)?))
    })
}

/// A level of secrecy, or `内部…`.
fn is_level(word: &str) -> bool {
    is_secret(word) || word.starts_with("内部")
}

/// The mark with its star that stands beside other words at the head of a page: `机密★10年    第 3 页`.
fn starred(line: &str) -> Option<String> {
    const MOST: usize = 60;
    let is_star = |c: char| STARS.contains(c);
    if !line.contains(is_star) || line.chars().count() > MOST {
        return None;
    }
    let tight = tight(line);
    let marks = tight.split(|c: char| c.is_whitespace() || c == '|').map(bare).filter(|it| it.contains('★'));
    marks.filter(|it| is_secret(it)).map(str::to_owned).next()
}

/// Returns the mark of secrecy that a file name or title bears: `【机密】方案`, `机密★1年 通知`.
pub(super) fn in_name(name: &str) -> Option<String> {
    let tight = tight(name);
    let words = tight.split(|c: char| c.is_whitespace() || "【】〔〕[]（）()「」《》_-".contains(c));
    // A word without brackets or star may be what the paper is about.
    words.filter(|it| is_secret(it) && (it.contains('★') || is_bracketed(name, it))).map(str::to_owned).next()
}

fn is_bracketed(name: &str, word: &str) -> bool {
    const BRACKETS: [(&str, &str); 5] = [("【", "】"), ("〔", "〕"), ("[", "]"), ("（", "）"), ("(", ")")];
    BRACKETS.iter().any(|(open, close)| name.contains(&format!("{open}{word}{close}")))
}

/// Returns whether a line says that this is a copy.
pub(super) fn is_copy(text: &str) -> bool {
    const WORDS: &[&str] =
        &["复印件", "此复印件与原件一致", "与原件一致", "此件与原件相符", "与原件核对无误"];
    let short = |it: &&str| it.len() <= 60;
    text.lines().map(bare).filter(short).any(|it| WORDS.contains(&it))
}

/// A line that holds nothing but marks: of secrecy, of urgency, the number of the copy.
fn mark_of(line: &str) -> Option<String> {
    const INTERNAL: &[&str] = &[
        "内部资料",
        "内部使用",
        "仅供内部使用",
        "内部文件",
        "内部材料",
        "内部参考",
        "内部刊物",
        "仅限内部使用",
        "注意保存",
        "妥善保管",
        "不得外传",
        "严禁外传",
        "请勿外传",
        "内部资料注意保存",
    ];
    /// What may stand beside a mark.
    const BESIDE: &[&str] = &["保密期限", "编号", "份号", "№", "No."];
    const URGENT: &[&str] = &["特急", "加急", "特提", "平急", "急件"];
    if line.len() > 90 {
        return None;
    }
    let apart = line.split_whitespace().all(|it| it.chars().count() == 1);
    let joined = tight(&if apart { line.split_whitespace().collect() } else { line.to_owned() });
    let joined = ["密级", "密 级"].iter().find_map(|it| joined.strip_prefix(it)).unwrap_or(&joined);
    let joined = joined.trim_start_matches([':', '：', ' ', '\t']);
    let words =
        joined.split(|c: char| c.is_whitespace() || "，,、;；。!！·".contains(c)).filter(|it| !it.is_empty());
    let mut marks = Vec::new();
    for word in words {
        let word = bare(word);
        let told_beside =
            BESIDE.iter().any(|it| word.starts_with(it)) || (!marks.is_empty() && is_term(word));
        if is_secret(word) || INTERNAL.contains(&word) {
            marks.push(word);
        } else if !URGENT.contains(&word) && !told_beside && !is_page(word) {
            return None;
        }
    }
    // One paper has one level: several are what some rule speaks of.
    let n_levels = marks.iter().filter(|it| is_secret(it)).count();
    (!marks.is_empty() && n_levels < 2).then(|| marks.join(" "))
}

/// What tells the page or the copy: `3`, `— 3 —`, `第3页`, `第`, `共5页`, `3/5`.
fn is_page(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || "第共页-－–—/".contains(c))
}

/// Draws a term to its mark, whatever star stands between them, and leaves out what is not seen:
/// `【机密】 ＊ 1年` is `机密★1年`.
fn tight(line: &str) -> String {
    let starred: String = seen(line).map(|c| if STARS.contains(c) { '★' } else { c }).collect();
    let sides: Vec<&str> = starred.split('★').map(bare).collect();
    sides.join("★")
}

const STARS: &str = "★☆*＊⭐✩⋆";

/// `绝密`, `机密级`, `机密★1年`, `秘密★长期`.
fn is_secret(word: &str) -> bool {
    let rest = ["绝密", "机密", "秘密", "工作秘密"].iter().find_map(|it| word.strip_prefix(it));
    let rest = rest.map(|it| it.strip_prefix('级').unwrap_or(it));
    rest.is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('★').is_some_and(|it| it.is_empty() || is_term(it))
    })
}

/// How long a secret is kept: `1年`, `长期`.
fn is_term(word: &str) -> bool {
    (2..=12).contains(&word.chars().count())
        && word.chars().all(|c| c.is_ascii_digit() || "年月日个长期永久启封用解密前一二三五十".contains(c))
        && !word.chars().all(|c| c.is_ascii_digit())
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches(|c| "()（）[]【】〔〕《》“”<>".contains(c)).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mark_is_a_mark() {
        for (text, meant) in [
            ("机密★1年\n濮阳市文件", Some("机密★1年")),
            ("000012\n秘 密 ★ 长 期\n特急", Some("秘密★长期")),
            ("绝密  特急\n文件", Some("绝密")),
            ("密级：秘密\n标题", Some("秘密")),
            ("(内部资料，注意保存)\n标题", Some("内部资料 注意保存")),
            ("【内部使用】\n标题", Some("内部使用")),
            ("机密 ★ 1年", Some("机密★1年")),
            ("机密★ 1年", Some("机密★1年")),
            ("【机密】＊3年", Some("机密★3年")),
            ("机\u{200b}密★1年", Some("机密★1年")),
            ("绝密级★长期", Some("绝密级★长期")),
            ("机密级", Some("机密级")),
            ("机密 10年", Some("机密")),
            ("密级：机密 保密期限：1年", Some("机密")),
            ("机密★3年 №000012", Some("机密★3年")),
            ("密 级：秘密", Some("秘密")),
            ("密级\t机密", Some("机密")),
            ("机密★2027年12月31日", Some("机密★2027年12月31日")),
            ("工作秘密★3年", Some("工作秘密★3年")),
            ("内部资料 严禁外传", Some("内部资料 严禁外传")),
            ("密级：公开\n标题", None),
            ("密级\t编号：001", None),
            ("★★★★★", None),
            ("机密★件", None),
            ("长期", None),
            ("关于做好保密工作的通知\n不得泄露国家秘密、工作秘密。", None),
            ("机密档案管理办法\n秘密是指", None),
            ("商业秘密", None),
            ("秘密文件的管理", None),
        ] {
            assert_eq!(secrecy(text).as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        for (mark, meant) in [
            ("机密★10年", Some("机密★10年")),
            ("绝密", Some("绝密")),
            ("秘密★", Some("秘密★")),
            ("秘 密", Some("秘密")),
            ("密级：机密", Some("机密")),
            ("【内部资料】", Some("内部资料")),
            ("内部资料 注意保存", Some("内部资料 注意保存")),
            ("绝密 特急", Some("绝密")),
            ("机密★10年\t第 3 页 共 5 页", Some("机密★10年")),
            ("秘密  — 3 —", Some("秘密")),
            ("濮阳市教育局文件    机密★10年", Some("机密★10年")),
            ("| 秘密 ☆ 5年 | 第3页 |", Some("秘密★5年")),
            ("绝密★启用前", Some("绝密★启用前")),
            ("加急", None),
            ("特急", None),
            ("注意保存", None),
            ("妥善保管", None),
            ("第 3 页", None),
            ("保守国家秘密", None),
            ("商业秘密", None),
            ("国家秘密★", None),
            ("密级分为：", None),
            ("绝密\n机密\n秘密", None),
            ("标为“机密★10年”的文件由专人保管。", None),
            ("秘密级、机密级、绝密级", None),
            ("国家秘密标志形式为“密级★保密期限”，如机密★10年，绝密★长期等。", None),
            ("★★★★★ 五星级 机密", None),
        ] {
            let late = format!("{}{mark}\n正文\n", "正文\n".repeat(20));
            assert_eq!(secrecy(&late).as_deref(), meant, "{mark}");
        }
    }

    #[test]
    fn a_copy_says_so_and_a_demand_for_copies_does_not() {
        assert!(is_copy("证书\n（复印件）\n") && is_copy("此件与原件相符"));
        assert!(!is_copy("请提供身份证复印件一份。") && !is_copy("一、身份证复印件"));
    }
}
