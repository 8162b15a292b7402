//! The fields of the query language, and the names people call them by.

/// What a filter looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 指标: the standard proved, or one above it.
    Indicator,
    /// 单位: whose it is.
    Unit,
    /// 类型: its kind.
    Kind,
    /// 日期: its date.
    Date,
    /// 状态: how its claim stands.
    State,
    /// 问题: what is amiss with it.
    Finding,
    /// 标题: its title.
    Title,
    /// 文号: its document number.
    Number,
    /// 文件名: the names of its files.
    FileName,
    /// 正文: the text of its files.
    Body,
    /// 图说: its caption.
    Caption,
    /// 来源: the path it came by.
    Source,
    /// 摄影: who took the picture.
    Photographer,
    /// 报纸: where it was published.
    Paper,
    /// 大小: how large it is.
    Size,
    /// 格式: the format of its files.
    Format,
    /// 标签: a word that people put on it.
    Tag,
}

impl Field {
    /// Every field with the words for it: that of the screen first, then English and pinyin.
    pub const NAMES: &'static [(Self, &'static [&'static str])] = &[
        (Self::Indicator, &["指标", "indicator", "standard", "标准", "zhibiao", "zb"]),
        (Self::Unit, &["单位", "unit", "danwei", "dw"]),
        (Self::Kind, &["类型", "kind", "type", "leixing", "lx"]),
        (Self::Date, &["日期", "date", "riqi", "rq"]),
        (Self::State, &["状态", "state", "status", "zhuangtai", "zt"]),
        (Self::Finding, &["问题", "finding", "疑点", "wenti", "wt"]),
        (Self::Title, &["标题", "title", "题名", "biaoti", "bt"]),
        (Self::Number, &["文号", "number", "wenhao", "wh"]),
        (Self::FileName, &["文件名", "filename", "name", "wenjianming", "wjm"]),
        (Self::Body, &["正文", "body", "text", "zhengwen", "zw"]),
        (Self::Caption, &["图说", "caption", "tushuo", "ts"]),
        (Self::Source, &["来源", "source", "laiyuan", "ly"]),
        (Self::Photographer, &["摄影", "photographer", "sheying", "sy"]),
        (Self::Paper, &["报纸", "paper", "baozhi", "bz"]),
        (Self::Size, &["大小", "size", "daxiao", "dx"]),
        (Self::Format, &["格式", "format", "geshi", "gs"]),
        (Self::Tag, &["标签", "tag", "biaoqian", "bq"]),
    ];

    /// Returns whether it holds text rather than a value of a list, a day or a number.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::Number
                | Self::FileName
                | Self::Body
                | Self::Caption
                | Self::Source
                | Self::Photographer
                | Self::Paper
        )
    }

    /// Returns the word of the screen.
    pub fn word(self) -> &'static str {
        Self::NAMES.iter().find(|it| it.0 == self).and_then(|it| it.1.first()).copied().unwrap_or_default()
    }

    /// Returns the field whose name and colon stand here, with their length, where a value follows.
    pub(super) fn at(text: &str) -> Option<(Self, usize)> {
        let (at, colon) = text.char_indices().take(16).find(|it| matches!(it.1, ':' | '\u{ff1a}'))?;
        let name = text[..at].to_lowercase();
        let field = Self::NAMES.iter().find(|it| it.1.contains(&name.as_str()))?.0;
        let length = at + colon.len_utf8();
        text[length..].starts_with(|c: char| !c.is_whitespace() && c != '|').then_some((field, length))
    }
}
