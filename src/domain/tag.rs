//! Tags (标签): free words that people put on pieces to find them again.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::error::{Error, Result};

/// One tag: 1 to 20 characters on one line, in NFC, without the commas that set tags apart and without quotation marks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tag(String);

/// Characters of a tag.
const LONGEST: usize = 20;

/// Tags of a piece at most.
pub const MOST: usize = 20;

impl Tag {
    /// Returns the tag as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what was typed: tags set apart by commas of either script.
    ///
    /// # Errors
    /// `Invalid` for a word that is no tag.
    pub fn list(typed: &str) -> Result<Vec<Self>> {
        let words = typed.split(is_comma).map(str::trim).filter(|it| !it.is_empty());
        words.map(str::parse).collect()
    }
}

fn is_comma(c: char) -> bool {
    matches!(c, ',' | ';' | '\u{ff0c}' | '\u{ff1b}' | '、' | '\n' | '\r')
}

/// Signs that show nothing, or turn around what stands beside them.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl FromStr for Tag {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let tag: String = text.trim().nfc().collect();
        let unseen = |c: char| c.is_control() || is_unseen(c);
        let odd = |c: char| is_comma(c) || unseen(c) || "\"“”「」『』《》".contains(c);
        // Signs are passed over where tags are looked for, so that one of signs alone would never be found.
        let says_something = tag.contains(char::is_alphanumeric);
        if !says_something || tag.chars().count() > LONGEST || tag.contains(odd) {
            let shown: String = tag.chars().filter(|c| !unseen(*c)).take(40).collect();
            let message = format!(
                "“{shown}” is not a tag: 1 to {LONGEST} characters on one line, with a letter or digit among them, \
                 without commas and quotation marks."
            );
            let zh = format!(
                "“{shown}”不能作标签：标签为 1 至 {LONGEST} 个字，一行，要有汉字、字母或数字，不含逗号、引号。"
            );
            return Err(Error::invalid(message).zh(zh));
        }
        Ok(Self(tag))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_short_word_in_one_form() {
        for (typed, kept) in [
            (" 重点 ", "重点"),
            ("cafe\u{301}", "café"),
            ("二十个字二十个字二十个字二十个字二十个字", "二十个字二十个字二十个字二十个字二十个字"),
        ] {
            assert_eq!(typed.parse::<Tag>().unwrap().as_str(), kept);
        }
        for typed in [
            "",
            " ",
            "重点,待补",
            "两\n行",
            "“重点”",
            "★",
            "-",
            "重\u{200b}点",
            "\u{202e}反",
            &"字".repeat(21),
        ] {
            let refused = typed.parse::<Tag>().unwrap_err();
            assert!(refused.message().contains("1 to 20 characters"), "{typed}");
        }
    }

    #[test]
    fn a_list_is_set_apart_by_commas_of_either_script() {
        let words = |typed| Tag::list(typed).unwrap().iter().map(Tag::to_string).collect::<Vec<_>>();
        assert_eq!(words("重点，待补 材料、 ;x"), ["重点", "待补 材料", "x"]);
        assert_eq!(words(" ， "), [""; 0]);
    }
}
