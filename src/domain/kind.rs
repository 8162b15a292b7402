//! Kinds of evidence: the usual ones of the field, and the words a scheme adds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::KindCode;

/// A kind of evidence, such as 规范文件 or 活动照片.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its code, such as `photo`.
    pub code: KindCode,
    /// Its word on the Chinese screen.
    pub zh: String,
    /// Its word on the English screen.
    pub en: String,
    /// Other words for it in folder names and on the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Media types it is proposed for, by prefix such as `image/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<String>,
}

/// Code, Chinese, English, aliases, media type prefixes.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// The usual kinds. The classes are those of the online reporting system
/// since 2015 (规范文件, 说明报告, 实景图片, 统计表格) and of the lists that cities draw from it.
const USUAL: &[Row] = &[
    (
        "policy",
        "规范文件",
        "Policy document",
        &[
            "文件",
            "规范性文件",
            "红头文件",
            "通知",
            "方案",
            "制度",
            "规范",
            "规定",
            "办法",
            "意见",
            "决定",
            "细则",
        ],
        &[],
    ),
    ("report", "说明报告", "Explanatory report", &["报告", "总结", "情况说明", "说明"], &[]),
    ("photo", "照片", "Photo", &["图片", "活动照片", "实景图片", "活动图片", "照片资料"], &["image/"]),
    ("video", "视频", "Video", &["录像", "音像资料", "视频资料"], &["video/"]),
    ("audio", "音频", "Audio", &["录音"], &["audio/"]),
    ("press", "报道", "Press report", &["报纸", "剪报", "新闻报道", "媒体报道", "报刊"], &[]),
    (
        "table",
        "统计表",
        "Statistical table",
        &["统计表格", "表格", "报表", "台账"],
        &[
            "application/vnd.openxmlformats-officedocument.spreadsheetml",
            "application/vnd.ms-excel",
            "text/csv",
        ],
    ),
    ("roster", "名册", "Roster", &["名单", "推荐表"], &[]),
    ("meeting", "会议材料", "Meeting papers", &["会议", "会议纪要", "简报"], &[]),
    ("statement", "声明", "Statement", &["承诺", "承诺书"], &[]),
    (
        "document",
        "文字材料",
        "Document",
        &["文字资料", "材料"],
        &[
            "application/pdf",
            "application/ofd",
            "application/msword",
            "application/rtf",
            "application/vnd",
            "text/",
        ],
    ),
    ("other", "其他", "Other", &["其它"], &[""]),
];

/// The kinds known to an archive, those of its schemes before the usual ones.
#[derive(Clone, Debug)]
pub struct Kinds(Vec<Kind>);

impl Kinds {
    /// Puts the kinds of schemes before the usual ones; the first of a code holds.
    pub fn with<'a>(added: impl IntoIterator<Item = &'a Kind>) -> Self {
        let mut res: Vec<Kind> = Vec::new();
        for kind in added.into_iter().cloned().chain(USUAL.iter().filter_map(usual)) {
            if !res.iter().any(|it| it.code == kind.code) {
                res.push(kind);
            }
        }
        Self(res)
    }

    /// Returns every kind.
    pub fn all(&self) -> &[Kind] {
        &self.0
    }

    /// Returns the kind a word means: its code, a word of the screen, or an alias.
    pub fn named(&self, word: &str) -> Option<&Kind> {
        let word = word.trim();
        let said = |it: &&Kind| {
            it.code.as_str().eq_ignore_ascii_case(word)
                || it.zh == word
                || it.en.eq_ignore_ascii_case(word)
                || it.aliases.iter().any(|alias| alias == word)
        };
        self.0.iter().find(said)
    }

    /// Returns the kind proposed for a media type.
    pub fn proposed(&self, media_type: &str) -> Option<&Kind> {
        self.0.iter().find(|it| it.media.iter().any(|prefix| media_type.starts_with(prefix.as_str())))
    }

    /// Returns the word of the screen for a code; the code itself where it is not known.
    pub fn label<'a>(&'a self, code: &'a KindCode, english: bool) -> &'a str {
        match self.0.iter().find(|it| it.code == *code) {
            Some(kind) if english => &kind.en,
            Some(kind) => &kind.zh,
            None => code.as_str(),
        }
    }
}

fn usual((code, zh, en, aliases, media): &Row) -> Option<Kind> {
    let words = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect();
    Some(Kind {
        code: code.parse().ok()?,
        zh: (*zh).to_owned(),
        en: (*en).to_owned(),
        aliases: words(aliases),
        media: words(media),
    })
}
