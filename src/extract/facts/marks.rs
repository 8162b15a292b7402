//! Marks that stand at the head of a paper: secrecy (GB/T 9704-2012: top left, `机密★1年`), internal use, a copy.

/// Returns the mark of secrecy as written. A word in running text or in a title is none.
pub(super) fn secrecy(text: &str) -> Option<String> {
    const HEAD: usize = 15;
    text.lines().map(str::trim).filter(|it| !it.is_empty()).take(HEAD).find_map(mark_of)
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
        "内部文件",
        "内部材料",
        "内部参考",
        "内部刊物",
        "仅限内部使用",
        "注意保存",
        "妥善保管",
        "不得外传",
        "请勿外传",
        "内部资料注意保存",
    ];
    const URGENT: &[&str] = &["特急", "加急", "特提", "平急", "急件"];
    if line.len() > 90 {
        return None;
    }
    let apart = line.split_whitespace().all(|it| it.chars().count() == 1);
    let joined: String = if apart { line.split_whitespace().collect() } else { bare(line).to_owned() };
    let joined = ["密级:", "密级："].iter().find_map(|it| joined.strip_prefix(it)).unwrap_or(&joined).trim();
    let words =
        joined.split(|c: char| c.is_whitespace() || "，,、;；。!！·".contains(c)).filter(|it| !it.is_empty());
    let mut marks = Vec::new();
    for word in words {
        let word = bare(word);
        if is_secret(word) || INTERNAL.contains(&word) {
            marks.push(word);
        } else if !URGENT.contains(&word) && !word.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
    }
    (!marks.is_empty()).then(|| marks.join(" "))
}

/// `绝密`, `机密★1年`, `秘密★长期`.
fn is_secret(word: &str) -> bool {
    let rest = ["绝密", "机密", "秘密"].iter().find_map(|it| word.strip_prefix(it));
    rest.is_some_and(|rest| {
        let term = rest.strip_prefix(['★', '☆', '*']);
        rest.is_empty()
            || term.is_some_and(|it| {
                it.chars().count() <= 8
                    && it.chars().all(|c| c.is_ascii_digit() || "年月个长期启封解密前一二三五十".contains(c))
            })
    })
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
            ("密级：公开\n标题", None),
            ("关于做好保密工作的通知\n不得泄露国家秘密、工作秘密。", None),
            ("机密档案管理办法\n秘密是指", None),
            ("商业秘密", None),
            ("秘密文件的管理", None),
        ] {
            assert_eq!(secrecy(text).as_deref(), meant, "{text}");
        }
        let late = format!("{}机密★1年", "正文\n".repeat(20));
        assert_eq!(secrecy(&late), None);
    }

    #[test]
    fn a_copy_says_so_and_a_demand_for_copies_does_not() {
        assert!(is_copy("证书\n（复印件）\n") && is_copy("此件与原件相符"));
        assert!(!is_copy("请提供身份证复印件一份。") && !is_copy("一、身份证复印件"));
    }
}
