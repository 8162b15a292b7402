//! A document that is a zip archive of parts, whatever letter case and slashes its writer used.

use std::collections::HashMap;
use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::extract::found::Trouble;

/// No part is longer when unpacked: text of that length is nobody's document.
const LONGEST_PART: u64 = 64 << 20;

/// All parts read of one document together are no longer.
const LONGEST: u64 = 192 << 20;

/// The parts of a document by their names.
pub(super) struct Package<R> {
    archive: ZipArchive<R>,
    parts: HashMap<String, usize>,
    /// How many bytes may still be unpacked.
    room: u64,
    locked: bool,
}

impl<R: Read + Seek> Package<R> {
    pub(super) fn open(input: R) -> Result<Self, Trouble> {
        let mut archive = ZipArchive::new(input).map_err(|e| Trouble::Corrupt(e.to_string()))?;
        let (mut parts, mut locked) = (HashMap::new(), false);
        for n in 0..archive.len() {
            let Ok(entry) = archive.by_index_raw(n) else { continue };
            locked |= entry.encrypted();
            parts.entry(plain(entry.name().as_deref().unwrap_or_default())).or_insert(n);
        }
        Ok(Self { archive, parts, room: LONGEST, locked })
    }

    /// Some part is locked with a password.
    pub(super) fn is_locked(&self) -> bool {
        self.locked
    }

    /// The names of all parts as [`plain`] makes them, in order.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.parts.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&plain(name))
    }

    /// Returns a part; `None` where there is none of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let Some(n) = self.parts.get(&plain(name)).copied() else { return Ok(None) };
        let mut entry = match self.archive.by_index(n) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(why)) if why == ZipError::PASSWORD_REQUIRED => {
                return Err(Trouble::Encrypted);
            }
            Err(e) => return Err(Trouble::Corrupt(format!("{name}: {e}"))),
        };
        let most = LONGEST_PART.min(self.room);
        let mut bytes = Vec::new();
        let read = entry.by_ref().take(most + 1).read_to_end(&mut bytes);
        self.room = self.room.saturating_sub(bytes.len() as u64);
        // What was unpacked before the damage is worth reading.
        if read.is_err() && bytes.is_empty() {
            return Err(Trouble::Corrupt(format!("{name}: 数据损坏")));
        }
        if bytes.len() as u64 > most { Err(Trouble::Enough) } else { Ok(Some(bytes)) }
    }
}

/// Makes one name of all that writers write for it: lower case, forward slashes, no way up and none in front.
fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    let mut steps: Vec<&str> = Vec::new();
    for step in name.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Returns where a part named within another lies: beside it, or from the top if it begins with a slash.
pub(super) fn beside(part: &str, location: &str) -> String {
    if location.starts_with(['/', '\\']) {
        return plain(location);
    }
    let part = plain(part);
    let folder = part.rsplit_once('/').map_or("", |it| it.0);
    plain(&format!("{folder}/{location}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_whatever_was_written() {
        assert_eq!(plain("/Doc_0\\Pages/./Page_0//Content.xml"), "doc_0/pages/page_0/content.xml");
        assert_eq!(plain("../../etc/passwd"), "etc/passwd");
        assert_eq!(beside("Doc_0/Document.xml", "Pages/P.xml"), "doc_0/pages/p.xml");
        assert_eq!(beside("Doc_0/Signs/S.xml", "../Res/a.png"), "doc_0/res/a.png");
        assert_eq!(beside("Doc_0/Document.xml", "/Doc_0/Res.xml"), "doc_0/res.xml");
    }
}
