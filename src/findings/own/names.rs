//! What a file name tells: a draft or a copy, a format of one office program, a name that Windows does not take.

use crate::domain::evidence::Evidence;
use crate::domain::finding::{Code, Finding};

pub(super) fn findings(evidence: &Evidence, res: &mut Vec<Finding>) {
    for part in &evidence.parts {
        let (stem, ending) = part.name.rsplit_once('.').unwrap_or((&part.name, ""));
        res.extend(draft(stem).map(|mark| Finding::new(Code::I03, mark)));
        if part.name.contains("复印件") {
            res.push(Finding::new(Code::W04, part.name.clone()));
        }
        if let Some(why) = refused(&part.name) {
            res.push(Finding::new(Code::W21, why));
        }
        if ["wps", "et", "dps"].contains(&ending.to_ascii_lowercase().as_str()) && !has_print(evidence) {
            res.push(Finding::new(Code::W20, format!(".{ending}")));
        }
    }
}

/// A print (版式文件) of it lies in the same piece.
fn has_print(evidence: &Evidence) -> bool {
    let ending = |name: &str| name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase());
    evidence.parts.iter().filter_map(|it| ending(&it.name)).any(|it| it == "pdf" || it == "ofd")
}

/// Returns the mark of a draft or of a copy. 关于修改…的决定 and 营业执照副本 are not such marks.
fn draft(stem: &str) -> Option<String> {
    const WORDS: &[&str] = &[
        "初稿",
        "征求意见稿",
        "送审稿",
        "讨论稿",
        "修改稿",
        "修订稿",
        "草稿",
        "未定稿",
        "代拟稿",
        "修改版",
        "一稿",
        "二稿",
        "三稿",
    ];
    const AT_THE_END: &[&str] =
        &["修改", "改", "最终版", "最新", "定稿2", "- 副本", "-副本", "_副本", " - Copy"];
    if let Some(word) = WORDS.iter().find(|it| stem.contains(*it)) {
        return Some((*word).to_owned());
    }
    let bare =
        stem.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || "()（）".contains(c));
    let apart = |mark: &str| {
        let before = bare.strip_suffix(mark).and_then(|it| it.chars().next_back());
        !mark.ends_with(['改', '版', '新']) || before.is_some_and(|c| !c.is_alphanumeric())
    };
    if let Some(mark) = AT_THE_END.iter().find(|it| bare.ends_with(*it) && apart(it)) {
        return Some(mark.trim_start_matches(['-', '_', ' ']).to_owned());
    }
    if stem.starts_with("复件 ") {
        return Some("复件".to_owned());
    }
    again(stem).map(str::to_owned)
}

/// `(1)`, as browsers and chats add it to what was there already.
fn again(stem: &str) -> Option<&str> {
    let stem = stem.trim_end();
    let open = stem.rfind(['(', '（'])?;
    let mark = &stem[open..];
    let inner = mark.trim_matches(['(', '（', ')', '）']);
    let counted = matches!(inner.len(), 1 | 2) && inner.bytes().all(|b| b.is_ascii_digit());
    // `第二十期(12)` counts issues; a name that is only a number is one of a row.
    (counted && stem.ends_with([')', '）']) && !stem[..open].trim().is_empty()).then_some(mark)
}

/// Returns why Windows does not take a name.
fn refused(name: &str) -> Option<String> {
    const LONGEST: usize = 200;
    const DEVICES: &[&str] = &["CON", "PRN", "AUX", "NUL"];
    if name.len() > LONGEST {
        return Some(format!("{} 字节", name.len()));
    }
    if let Some(c) = name.chars().find(|c| r#"<>:"/\|?*"#.contains(*c)) {
        return Some(format!("含“{c}”"));
    }
    if name.chars().any(char::is_control) {
        return Some("含控制字符".into());
    }
    if name.ends_with(['.', ' ']) {
        return Some("以点或空格结尾".into());
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let port =
        |it: &str| stem.strip_prefix(it).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
    let device = DEVICES.contains(&stem.as_str()) || port("COM") || port("LPT");
    device.then(|| format!("{stem} 是 Windows 的设备名"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::own::world::named;

    fn codes(name: &str) -> Vec<(Code, String)> {
        let mut res = Vec::new();
        findings(&named(name), &mut res);
        res.into_iter().map(|it| (it.code, it.detail)).collect()
    }

    #[test]
    fn drafts_and_copies_are_told_by_their_names() {
        for (name, mark) in [
            ("活动方案(初稿).docx", "初稿"),
            ("活动方案征求意见稿.docx", "征求意见稿"),
            ("活动方案-修改.docx", "修改"),
            ("活动方案_改2.docx", "改"),
            ("活动方案 - 副本.docx", "副本"),
            ("活动方案 - 副本 (2).docx", "副本"),
            ("复件 活动方案.doc", "复件"),
            ("活动方案(1).docx", "(1)"),
            ("活动方案（12）.docx", "（12）"),
        ] {
            assert_eq!(codes(name), [(Code::I03, mark.to_owned())], "{name}");
        }
        for name in [
            "关于修改管理办法的决定.docx",
            "营业执照副本.jpg",
            "整改.docx",
            "1)组织领导.docx",
            "(1).jpg",
            "工作总结(2017).docx",
            "老旧小区改.docx",
            "活动方案.docx",
        ] {
            assert_eq!(codes(name), [], "{name}");
        }
    }

    #[test]
    fn names_that_windows_refuses_and_formats_of_one_program_are_told() {
        let refused = |name: &str| codes(name).first().map(|it| it.0) == Some(Code::W21);
        let long = format!("{}.pdf", "长".repeat(70));
        for name in
            ["a:b.pdf", "问?.doc", "con.txt", "LPT1", "COM3.docx", "a .", "带\u{7}声.doc", long.as_str()]
        {
            assert!(refused(name), "{name}");
        }
        for name in ["关于“学雷锋”的通知.pdf", "COMMON.doc", "COM10.doc", "console.txt", "nul值表.xlsx"]
        {
            assert_eq!(codes(name), [], "{name}");
        }
        assert_eq!(codes("汇总.ET"), [(Code::W20, ".ET".into())]);
        assert_eq!(codes("身份证复印件.jpg"), [(Code::W04, "身份证复印件.jpg".into())]);
        let mut both = named("汇总.et");
        both.parts.extend(named("汇总.pdf").parts);
        let mut res = Vec::new();
        findings(&both, &mut res);
        assert_eq!(res, []);
    }
}
