//! What can be amiss with material: a closed list of codes, each with its severity, wording and remedy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// Should be looked at.
    Warn,
    /// The material does not serve as it is.
    Error,
}

/// The stable code of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Code {
    /// Its date lies outside the window.
    E01,
    /// It cannot be read: damaged, or its reading failed.
    E02,
    /// It is encrypted.
    E03,
    /// It has no bytes.
    E04,
    /// It is no file: a link, a pipe, a device.
    E05,
    /// Its kind is not what the requirement asks.
    E06,
    /// A required field is missing.
    E08,
    /// The unit does not owe this standard.
    E10,
    /// A name in a container escapes its folder.
    E11,
    /// A container is beyond the limits.
    E12,
    /// It carries no date that the window could be checked against.
    E13,
    /// Much of the text is garbled.
    W09,
    /// It has no text; a scan waits for OCR.
    W10,
    /// Its name says another type than its content.
    W17,
    /// It is a junk file of some program.
    W18,
    /// It is an archive of this program.
    W19,
    /// Its unit was not recognised.
    W24,
    /// Its standard was not recognised or is not unique.
    W25,
    /// The same bytes were filed by another unit.
    W26,
    /// Only part of it could be read.
    W27,
    /// A name was not UTF-8 and is shown decoded.
    W28,
    /// Text in this format is not read yet.
    I04,
}

impl Code {
    /// Every code, in order.
    pub const ALL: &'static [Self] = &[
        Self::E01,
        Self::E02,
        Self::E03,
        Self::E04,
        Self::E05,
        Self::E06,
        Self::E08,
        Self::E10,
        Self::E11,
        Self::E12,
        Self::E13,
        Self::W09,
        Self::W10,
        Self::W17,
        Self::W18,
        Self::W19,
        Self::W24,
        Self::W25,
        Self::W26,
        Self::W27,
        Self::W28,
        Self::I04,
    ];

    /// Returns the code as written, such as `E04`.
    pub fn as_str(self) -> &'static str {
        self.wording().0
    }

    /// Returns the severity, which the first letter of the code says.
    pub fn severity(self) -> Severity {
        match self.as_str().as_bytes().first() {
            Some(b'E') => Severity::Error,
            Some(b'W') => Severity::Warn,
            _ => Severity::Info,
        }
    }

    /// Returns the sentence that says what is amiss, in Chinese or English.
    pub fn sentence(self, english: bool) -> &'static str {
        self.wording().1[usize::from(english)]
    }

    /// Returns the sentence that says what to do, in Chinese or English.
    pub fn remedy(self, english: bool) -> &'static str {
        self.wording().1[2 + usize::from(english)]
    }

    fn wording(self) -> (&'static str, &'static [&'static str; 4]) {
        // Every code has a row, which a test holds.
        WORDING.iter().find(|it| it.0 == self).map_or(("", &[""; 4]), |it| (it.1, &it.2))
    }
}

/// The one place for the words: code, what is amiss and what to do, each in Chinese and English.
const WORDING: &[(Code, &str, [&str; 4])] = &[
    (
        Code::E01,
        "E01",
        [
            "日期不在材料时段内。",
            "Its date lies outside the window.",
            "请核对日期；确属其他时段的，请另报时段内的材料。",
            "Check the date, or send material from inside the window.",
        ],
    ),
    (
        Code::E02,
        "E02",
        [
            "文件无法读取。",
            "The file cannot be read.",
            "请在本机打开确认后重新报送。",
            "Open it on your computer, then send it again.",
        ],
    ),
    (
        Code::E03,
        "E03",
        [
            "文件已加密。",
            "The file is encrypted.",
            "请取消密码后重新报送。",
            "Remove the password and send it again.",
        ],
    ),
    (
        Code::E04,
        "E04",
        [
            "文件是空的（0 字节）。",
            "The file is empty (0 bytes).",
            "请重新导出后报送。",
            "Export it again and send it.",
        ],
    ),
    (
        Code::E05,
        "E05",
        [
            "这不是文件，而是链接、管道或设备。",
            "This is no file but a link, a pipe or a device.",
            "请报送文件本身。",
            "Send the file itself.",
        ],
    ),
    (
        Code::E06,
        "E06",
        [
            "材料类型与要求不符。",
            "Its kind is not what is asked.",
            "请更正类型，或报送要求的类型。",
            "Correct its kind, or send the kind that is asked.",
        ],
    ),
    (
        Code::E08,
        "E08",
        ["必填要素缺失。", "A required field is missing.", "请补充缺失的要素。", "Add the missing field."],
    ),
    (
        Code::E10,
        "E10",
        [
            "该单位不承担此项标准。",
            "This unit does not owe this standard.",
            "请核对对应的标准，或提出异议。",
            "Check the standard, or object.",
        ],
    ),
    (
        Code::E11,
        "E11",
        [
            "压缩包内的路径越界，已拒收该文件。",
            "A path in the archive escapes its folder and was refused.",
            "请重新压缩后报送。",
            "Pack it again and send it.",
        ],
    ),
    (
        Code::E12,
        "E12",
        [
            "压缩包超出限制，未予展开。",
            "The archive is beyond the limits and was not unpacked.",
            "请解压后分批报送。",
            "Unpack it and send the files in parts.",
        ],
    ),
    (
        Code::E13,
        "E13",
        [
            "没有可供核对时段的日期。",
            "No date that the window could be checked against.",
            "请补充日期。",
            "Add its date.",
        ],
    ),
    (
        Code::W09,
        "W09",
        ["部分文字是乱码。", "Part of the text is garbled.", "请报送原始文件。", "Send the original file."],
    ),
    (
        Code::W10,
        "W10",
        [
            "没有可检索的文字。",
            "It has no text to search.",
            "如是扫描件，请附可编辑的原稿。",
            "If it is a scan, add the editable original.",
        ],
    ),
    (
        Code::W17,
        "W17",
        [
            "扩展名与内容不符。",
            "Its name says another type than its content.",
            "请按实际格式改名。",
            "Rename it to its real format.",
        ],
    ),
    (
        Code::W18,
        "W18",
        [
            "系统或程序的临时文件，未归档。",
            "A temporary file of some program; it was not filed.",
            "无需处理。",
            "Nothing to do.",
        ],
    ),
    (
        Code::W19,
        "W19",
        [
            "这是卷宗的档案库，未再归档。",
            "This is an archive of juanzong; it was not filed again.",
            "请报送原来的材料文件夹。",
            "Offer the folders its material came from.",
        ],
    ),
    (
        Code::W24,
        "W24",
        [
            "未能识别报送单位。",
            "Its unit was not recognised.",
            "请在“未归属”列表中指定单位。",
            "Assign it to a unit in the list of unassigned material.",
        ],
    ),
    (
        Code::W25,
        "W25",
        [
            "未能识别对应的测评标准。",
            "Its standard was not recognised.",
            "请指定标准。",
            "Say which standard it proves.",
        ],
    ),
    (
        Code::W26,
        "W26",
        [
            "其他单位已报送同一文件。",
            "The same bytes were filed by another unit.",
            "请核对是否各自的材料。",
            "Check that it really is this unit's own material.",
        ],
    ),
    (
        Code::W27,
        "W27",
        [
            "只读出了部分内容。",
            "Only part of it could be read.",
            "请核对原件是否完整。",
            "Check that the original is complete.",
        ],
    ),
    (
        Code::W28,
        "W28",
        [
            "文件名编码不是 UTF-8，已按推断显示。",
            "Its name is not UTF-8 and is shown decoded.",
            "请核对名称。",
            "Check the name.",
        ],
    ),
    (
        Code::I04,
        "I04",
        [
            "暂不提取此格式的文字。",
            "Text in this format is not read yet.",
            "可按标题和图说检索。",
            "It is found by title and caption.",
        ],
    ),
];

/// One thing amiss: the code, what it concerns, and the particulars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The stable code.
    pub code: Code,
    /// Particulars such as a name, a page or a share; empty when the code says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Finding {
    /// Makes a finding with its particulars.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// Returns the whole as one line: code, sentence, particulars, remedy.
    pub fn line(&self, english: bool) -> String {
        let detail = if self.detail.is_empty() { String::new() } else { format!(" [{}]", self.detail) };
        format!(
            "{} {}{detail} {}",
            self.code.as_str(),
            self.code.sentence(english),
            self.code.remedy(english)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words() {
        for code in Code::ALL {
            assert_eq!(format!("{code:?}"), code.as_str());
            assert!(!code.sentence(true).is_empty() && !code.remedy(false).is_empty());
        }
        assert_eq!(Code::ALL.len(), WORDING.len());
    }
}
