//! Names of things: digests, evidence numbers, unit, scheme and requirement ids.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// The SHA-256 of a blob, which is its name. Displays as 64 hex digits; [`Digest::short`] gives 12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Wraps 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the first 12 hex digits, for lists; where it is evidence, show all 64.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::invalid(format!("“{text}” is not a SHA-256: 64 hex digits are expected."));
        if text.len() != 64 || !text.is_ascii() {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "A SHA-256 as 64 hex digits."
        })
    }
}

/// Defines a number that names one thing; it is the number of the entry that brought the thing about.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "integer", "format": "int64", "minimum": 0 })
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                let digits = text.trim().trim_start_matches('#');
                match digits.parse() {
                    Ok(number) if number > 0 => Ok(Self(number)),
                    _ => Err(Error::invalid(format!("“{text}” is not a number such as 1234 or #1234.")).zh(format!("“{text}”不是 1234 或 #1234 这样的编号。"))),
                }
            }
        }
    )*};
}

numbers! {
    /// The number of one evidence: the number of the entry that filed it.
    EvidenceId
    /// The number of one submission: the number of the entry that opened it.
    SubmissionId
    /// The number of an entry of the ledger, from 1 without gaps.
    EntryId
}

/// Defines a text that names one thing: 1 to 64 characters, none of them white space, control, `/` or `|`.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                if is_name(text) {
                    return Ok(Self(text.to_owned()));
                }
                Err(Error::invalid(format!(
                    "“{text}” cannot be an id: use 1 to 64 characters without spaces, “/” or “|”."
                )))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^\\s/|]+$"
                })
            }
        }
    )*};
}

names! {
    /// The id of a unit, stable for the life of the archive, such as `zjj`.
    UnitId
    /// The id of a scheme, one generation of a rulebook, such as `2017`.
    SchemeId
    /// The id of a requirement, kept across versions of its scheme.
    RequirementId
    /// The code of a kind of evidence, such as `photo`; the words for it are data of the scheme.
    KindCode
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/' || c == '|')
}

/// Where an indicator stands in its scheme's tree: the numbers of its levels, as `1.3.2` in URLs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorPath(Vec<u16>);

impl IndicatorPath {
    /// Makes a path of at least one level, each from 1 (0 is allowed for annexes such as veto lists).
    pub fn new(levels: Vec<u16>) -> Self {
        Self(levels)
    }

    /// Returns the numbers from the root down.
    pub fn levels(&self) -> &[u16] {
        &self.0
    }

    /// Returns whether `self` is `above` or lies below it.
    pub fn is_within(&self, above: &Self) -> bool {
        self.0.starts_with(&above.0)
    }

    /// Returns the path one level up, none for a root.
    pub fn parent(&self) -> Option<Self> {
        (self.0.len() > 1).then(|| Self(self.0[..self.0.len() - 1].to_vec()))
    }

    /// Returns the path of the n-th child.
    #[must_use]
    pub fn child(&self, number: u16) -> Self {
        let mut levels = self.0.clone();
        levels.push(number);
        Self(levels)
    }
}

impl fmt::Display for IndicatorPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, level) in self.0.iter().enumerate() {
            let dot = if n == 0 { "" } else { "." };
            write!(f, "{dot}{level}")?;
        }
        Ok(())
    }
}

impl FromStr for IndicatorPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let levels: Option<Vec<u16>> = text.split('.').map(|it| it.parse().ok()).collect();
        levels.map(Self).ok_or_else(|| {
            Error::invalid(format!("“{text}” is not the path of an indicator, such as 1.3.2."))
        })
    }
}

impl Serialize for IndicatorPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IndicatorPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for IndicatorPath {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IndicatorPath".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^[0-9]+([.][0-9]+)*$",
            "description": "Where an indicator stands in its scheme's tree, such as `1.3.2`."
        })
    }
}
