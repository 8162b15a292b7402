//! What an office document says of itself beside its text: its title, subject, keywords, remarks, authors and company.
//! Nobody sees them on a page, and whoever is handed the file can read them.

use std::fs::File;
use std::io::Seek;

use office_oxide::cfb::{CfbReader, read_document_properties};

use crate::domain::finding::Finding;
use crate::extract::facts;
use crate::extract::package::Package;
use crate::extract::xml::{self, Mark};

/// The parts of a package that hold them (ECMA-376-2, 11; ECMA-376-1, 15.2.12; ISO/IEC 26300-1, 4.3).
const PARTS: [&str; 4] = ["docprops/core.xml", "docprops/app.xml", "docprops/custom.xml", "meta.xml"];

/// Returns what they give away; those that cannot be read give nothing away here.
pub(in crate::extract) fn given_away(input: &mut File) -> Vec<Finding> {
    facts::from_properties(&of(input).unwrap_or_default())
}

/// Returns them, one a line.
fn of(input: &mut File) -> Option<String> {
    input.rewind().ok()?;
    if let Ok(mut compound) = CfbReader::new(&mut *input) {
        let own = read_document_properties(&mut compound)?;
        let all = [
            own.title,
            own.subject,
            own.author,
            own.keywords,
            own.comments,
            own.last_author,
            own.category,
            own.manager,
            own.company,
        ];
        return Some(all.into_iter().flatten().map(decoded).collect::<Vec<_>>().join("\n"));
    }
    let mut package = Package::open(input).ok()?;
    let mut lines = String::new();
    for part in PARTS {
        let Ok(Some(bytes)) = package.part(part) else { continue };
        let mut open = String::new();
        let _broken = xml::marks(&xml::decode(&bytes), |mark| {
            match mark {
                Mark::Open(tag) => open = tag.name().to_owned(),
                Mark::Words(words) if is_words(&open) => {
                    lines.push_str(&words);
                    lines.push('\n');
                }
                Mark::Words(_) | Mark::Close(_) => {}
            }
            Ok(())
        });
    }
    Some(lines)
}

/// Decodes what stands in UTF-8 (code page 65001), of which the reader makes a character of each byte.
fn decoded(words: String) -> String {
    let bytes: Option<Vec<u8>> = words.chars().map(|it| u8::try_from(it).ok()).collect();
    bytes.and_then(|it| String::from_utf8(it).ok()).unwrap_or(words)
}

/// Others are dates, counts and the names of programs.
fn is_words(tag: &str) -> bool {
    const TAGS: &[&str] = &[
        "title",
        "subject",
        "creator",
        "keywords",
        "description",
        "lastModifiedBy",
        "category",
        "contentStatus",
        "Company",
        "Manager",
        "lpwstr",
        "lpstr",
        "keyword",
        "initial-creator",
        "user-defined",
    ];
    TAGS.contains(&tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_made_of_bytes_are_put_together() {
        let apart: String = "机密★1年".bytes().map(char::from).collect();
        assert_eq!(decoded(apart), "机密★1年");
        assert_eq!((decoded("café".into()), decoded("机密".into())), ("café".into(), "机密".into()));
    }
}
