//! The one error of the house: a closed kind, a message for the person who asked, and a source for the log.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// The result of every verb that can be refused or can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the few classes that HTTP status and exit code tell apart.
///
/// It is matched without a wildcard in exactly two places, `web/error.rs` and `cli/mod.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request itself is wrong; saying it differently would help.
    Invalid,
    /// The thing named does not exist.
    NotFound,
    /// The request does not fit what is already there.
    Conflict,
    /// The actor may not do this.
    Denied,
    /// A limit of size or number was passed.
    TooLarge,
    /// This build, platform or format cannot do it.
    Unsupported,
    /// Stored bytes are not what they should be.
    Corrupt,
    /// Something outside is missing or busy; trying again may help.
    Unavailable,
    /// A fault of the program.
    Internal,
}

impl Kind {
    /// What is said in Chinese before a sentence that exists in English only, in the order of the kinds.
    const ZH: [&str; 9] = [
        "输入有误",
        "没有找到",
        "与现有内容冲突",
        "不允许这样做",
        "超出上限",
        "这里做不到",
        "保存的内容已损坏",
        "暂时做不到，可稍后再试",
        "程序出错，请查看日志",
    ];

    fn zh(self) -> &'static str {
        Self::ZH.get(self as usize).copied().unwrap_or_default()
    }
}

/// An act that did not happen, and why.
///
/// `Display` is the message alone, fit for the person who asked; `{:#}` adds the chain of sources, for the log.
pub struct Error {
    kind: Kind,
    message: Cow<'static, str>,
    zh: Option<Cow<'static, str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {
        $($(#[$doc])* pub fn $name(message: impl Into<Cow<'static, str>>) -> Self {
            Self::new(Kind::$kind, message)
        })*
    };
}

impl Error {
    /// Makes an error of a kind with a message fit for the person who asked.
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into(), zh: None, source: None }
    }

    constructors! {
        /// The request is wrong.
        invalid => Invalid;
        /// The thing named does not exist.
        not_found => NotFound;
        /// The request does not fit what is there.
        conflict => Conflict;
        /// The actor may not do this.
        denied => Denied;
        /// A limit was passed.
        too_large => TooLarge;
        /// It cannot be done here.
        unsupported => Unsupported;
        /// Stored bytes are damaged.
        corrupt => Corrupt;
        /// Something outside is missing or busy.
        unavailable => Unavailable;
        /// A fault of the program.
        internal => Internal;
    }

    /// Gives the sentence in Chinese too, for what a person is likely to meet on a page.
    #[must_use]
    pub fn zh(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.zh = Some(message.into());
        self
    }

    /// Keeps the cause for the log; it is never shown to the person who asked.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Puts what was being done before the message, as in `reading the scheme: …`.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = Cow::Owned(format!("{doing}: {}", self.message));
        self.zh = self.zh.map(|it| Cow::Owned(format!("{doing}:{it}")));
        self
    }

    /// Returns the class of the error.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the sentence for the person who asked.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the sentence in English or Chinese. Where there is none in Chinese, its kind is told, and the English in
    /// brackets.
    pub fn message_in(&self, english: bool) -> Cow<'_, str> {
        match &self.zh {
            _ if english => Cow::Borrowed(&self.message),
            Some(zh) => Cow::Borrowed(zh),
            None => Cow::Owned(format!("{}（{}）", self.kind.zh(), self.message)),
        }
    }

    /// Classifies an error of the file system, naming the path it concerns.
    pub fn io(doing: &str, path: &std::path::Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match source.kind() {
            Io::NotFound => Kind::NotFound,
            Io::PermissionDenied => Kind::Denied,
            Io::StorageFull | Io::QuotaExceeded | Io::ResourceBusy | Io::TimedOut => Kind::Unavailable,
            Io::InvalidInput | Io::NotADirectory | Io::IsADirectory => Kind::Invalid,
            _ => Kind::Internal,
        };
        let zh = format!("无法访问 {}：{}", path.display(), in_chinese(&source));
        Self::new(kind, format!("{doing} {}: {source}", path.display())).zh(zh).with_source(source)
    }
}

/// What a library or the system says, by words it is known by, and what that is in Chinese. The first that fits counts.
const CAUSES: &[(&[&str], &str)] = &[
    (&["password", "encrypt", "decrypt"], "已加密"),
    (
        &[
            "memory limit",
            "out of memory",
            "cannot allocate",
            "limits are exceeded",
            "dimensions",
            "too large",
        ],
        "尺寸过大，读取所需内存超出上限",
    ),
    (&["no such file", "cannot find the"], "找不到文件"),
    (&["permission denied", "access is denied"], "没有读取权限"),
    (&["input/output error", "i/o error", "device not"], "磁盘或U盘读取出错"),
    (&["no space", "disk full", "quota"], "磁盘已满"),
    (&["too many open files", "resource temporarily"], "系统资源不足"),
    (&["is a directory", "not a directory"], "不是文件"),
    (&["file name too long", "name too long"], "文件名过长"),
    (&["stale", "timed out", "connection", "broken pipe"], "连接中断"),
    (
        &[
            "failed to fill",
            "unexpected end",
            "unexpected eof",
            "end of file",
            "truncated",
            "incomplete",
            "too short",
            "not enough",
        ],
        "文件不完整",
    ),
    (&["checksum", "crc"], "校验不符，内容已损坏"),
    (
        &["signature", "magic", "header", "not a ", "end of central directory", "invalid zip"],
        "文件头有误，不是完整的此类文件",
    ),
    (&["utf-8", "utf8", "utf-16", "encoding"], "文字编码有误"),
    (&["unsupported", "not supported", "unimplemented", "not implemented"], "含有不支持的内容"),
    (&["missing", "not found", "not present", "no such"], "缺少必要的部分，内容不完整"),
    (
        &["duplicate", "invalid", "malformed", "corrupt", "format error", "expected"],
        "内容不合格式，可能已损坏",
    ),
];

/// Says in Chinese what a foreign error says, and what it said in brackets; what is Chinese already stays as it is.
pub fn in_chinese(foreign: &impl fmt::Display) -> String {
    /// So much of what was said is kept; some libraries show what they read.
    const MOST: usize = 120;
    let said = foreign.to_string();
    let said = said.trim();
    if is_chinese(said) || said.is_empty() {
        return said.to_owned();
    }
    let lower = said.to_lowercase();
    let cause = CAUSES.iter().find(|(words, _)| words.iter().any(|it| lower.contains(it)));
    let cut: String = said.chars().take(MOST).collect();
    let more = if cut.len() < said.len() { "…" } else { "" };
    format!("{}（{cut}{more}）", cause.map_or("内容有误，读不出", |it| it.1))
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if f.alternate() {
            let mut next = self.source();
            while let Some(source) = next {
                write!(f, " | {source}")?;
                next = source.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self:#}", self.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|it| it as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_foreign_is_said_in_chinese_with_the_foreign_in_brackets() {
        for (said, meant) in [
            ("Memory limit exceeded", "尺寸过大，读取所需内存超出上限（Memory limit exceeded）"),
            ("failed to fill whole buffer", "文件不完整（failed to fill whole buffer）"),
            ("Permission denied (os error 13)", "没有读取权限（Permission denied (os error 13)）"),
            ("The PNG header is odd", "文件头有误，不是完整的此类文件（The PNG header is odd）"),
            (
                "required tag `ImageWidth` not found",
                "缺少必要的部分，内容不完整（required tag `ImageWidth` not found）",
            ),
            ("invalid utf-8 sequence", "文字编码有误（invalid utf-8 sequence）"),
            ("Unsupported version", "含有不支持的内容（Unsupported version）"),
            ("something nobody knows", "内容有误，读不出（something nobody knows）"),
            ("图片过大(9×9),未生成缩略图", "图片过大(9×9),未生成缩略图"),
            ("", ""),
        ] {
            assert_eq!(in_chinese(&said), meant);
        }
        assert!(in_chinese(&"x".repeat(1000)).chars().count() < 150);
    }

    #[test]
    fn an_error_without_chinese_words_tells_its_kind_in_chinese() {
        let plain = Error::not_found("There is no x.");
        assert_eq!(plain.message_in(false), "没有找到（There is no x.）");
        assert_eq!(plain.message_in(true), "There is no x.");
        assert_eq!(Error::internal("x").message_in(false), "程序出错，请查看日志（x）");
        assert_eq!(Error::invalid("x").zh("某").message_in(false), "某");
        let fault = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let denied = Error::io("opening", std::path::Path::new("/a"), fault);
        assert_eq!(denied.message_in(false), "无法访问 /a：没有读取权限（permission denied）");
    }
}
