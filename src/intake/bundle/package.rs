//! Zip archives that are documents or programs: told by what their own root says of them, as any archive may happen to
//! hold a file of such a name.

use std::collections::HashSet;
use std::io::{Read, Seek};

use zip::ZipArchive;

/// The parts that speak of the whole are short.
const LONGEST: u64 = 4 << 20;

/// Returns whether members of these names may be parts of a document; whether they are only [`is_document`] can tell.
pub(super) fn may_be_document<'a>(mut names: impl Iterator<Item = &'a [u8]>) -> bool {
    let marks = [
        "[content_types].xml",
        "ofd.xml",
        "mimetype",
        "meta-inf/manifest.mf",
        "meta-inf/manifest.xml",
        "meta-inf/container.xml",
        "androidmanifest.xml",
    ];
    names.any(|it| marks.contains(&plain(&String::from_utf8_lossy(it)).as_str()))
}

/// Returns whether a zip archive is a document or a program: an Office package by its root relationships (ECMA-376-2,
/// 9.3), OpenDocument and EPUB by the media type they begin with or their list of parts, OFD by its root, a program by
/// what runs in it.
pub(super) fn is_document<R: Read + Seek>(input: R) -> bool {
    let Ok(mut archive) = ZipArchive::new(input) else { return false };
    let names: Vec<String> = archive.file_names().flatten().map(|it| it.into_owned()).collect();
    let parts: HashSet<String> = names.iter().map(|it| plain(it)).filter(|it| !it.ends_with('/')).collect();
    let mut part = |name: &str| {
        let n = names.iter().position(|it| plain(it) == name)?;
        let mut bytes = Vec::new();
        archive.by_index(n).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
        // Some write UTF-16; every other byte of what is looked for is zero then.
        bytes.retain(|it| *it != 0);
        Some(String::from_utf8_lossy(&bytes).to_lowercase())
    };
    let has = |name: &str| parts.contains(name);
    let leads_on =
        |root: Option<String>| root.is_some_and(|it| values(&it).any(|it| parts.contains(&plain(it))));
    if has("[content_types].xml") && leads_on(part("_rels/.rels")) {
        return part("[content_types].xml").is_some_and(|it| declares(&it, &parts));
    }
    let begun = names.first().is_some_and(|it| it == "mimetype");
    leads_on(part("ofd.xml"))
        || begun && part("mimetype").is_some_and(|it| it.trim_start().starts_with("application/"))
        || leads_on(part("meta-inf/container.xml"))
        || has("content.xml") && leads_on(part("meta-inf/manifest.xml"))
        || program(&parts).is_some()
}

/// Returns the media type of the program that a zip archive is, if any, by the [`plain`] names of its members: for
/// Android or for Java.
pub fn program(parts: &HashSet<String>) -> Option<&'static str> {
    let has = |it: &str| parts.contains(it);
    if has("androidmanifest.xml") && (has("classes.dex") || has("resources.arsc")) {
        return Some("application/vnd.android.package-archive");
    }
    let runs = has("meta-inf/manifest.mf") && parts.iter().any(|it| it.ends_with(".class"));
    runs.then_some("application/java-archive")
}

/// Whether the list of types knows all members; a file that was laid beside the parts is none of them. What Office has
/// thrown away lies in a folder that no list knows (ECMA-376-2, 2006, annex C).
fn declares(types: &str, parts: &HashSet<String>) -> bool {
    let known: HashSet<String> = values(types).map(plain).collect();
    let ending = |it: &str| it.rsplit_once('.').map(|it| it.1.to_owned());
    let is_other = |it: &&String| *it != "[content_types].xml" && !it.starts_with("[trash]/");
    parts
        .iter()
        .filter(is_other)
        .all(|it| known.contains(it) || ending(it).is_some_and(|it| known.contains(&it)))
}

/// The attributes and the words of a part of markup.
fn values(part: &str) -> impl Iterator<Item = &str> {
    part.split(['"', '\'', '<', '>']).map(str::trim).filter(|it| !it.is_empty())
}

/// Makes one name of all that writers write for it.
pub fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    let name = name.strip_prefix("./").unwrap_or(&name);
    name.trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn is_document_of(members: &[(&str, &str)]) -> bool {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        assert!(may_be_document(members.iter().map(|it| it.0.as_bytes())));
        is_document(writer.finish().unwrap())
    }

    #[test]
    fn programs_are_told_by_what_runs_in_them() {
        let parts = |names: &[&str]| names.iter().map(|it| plain(it)).collect();
        let android = Some("application/vnd.android.package-archive");
        assert_eq!(program(&parts(&["AndroidManifest.xml", "classes.dex", "META-INF/MANIFEST.MF"])), android);
        assert_eq!(program(&parts(&[".\\AndroidManifest.xml", "/resources.arsc"])), android);
        assert_eq!(program(&parts(&["META-INF/MANIFEST.MF", "a/B.class"])), Some("application/java-archive"));
        assert_eq!(program(&parts(&["AndroidManifest.xml", "a/B.class", "META-INF/MANIFEST.MF/x"])), None);
    }

    #[test]
    fn a_root_that_leads_on_makes_a_document() {
        let types = (
            "[Content_Types].xml",
            r#"<Default Extension="rels"/><Override PartName="/word/document.xml"/>"#,
        );
        let rels = ("_rels/.rels", r#"<Relationship Target="/word/document.xml"/>"#);
        let (body, trash) = (("word/document.xml", ""), ("[trash]/0000.dat", ""));
        assert!(is_document_of(&[types, rels, body, trash]));
        assert!(!is_document_of(&[types, rels, body, ("名单.xls", "")]));
        assert!(!is_document_of(&[types, rels]));
        assert!(is_document_of(&[("mimetype", "application/epub+zip"), ("a", "")]));
        assert!(!is_document_of(&[("a", ""), ("mimetype", "application/epub+zip")]));
        let root = ("OFD.xml", "<ofd:DocRoot> Doc_0/Document.xml</ofd:DocRoot>");
        assert!(is_document_of(&[root, ("Doc_0\\Document.xml", "")]));
        assert!(!is_document_of(&[root, ("Doc_0.xml", "")]));
        let manifest = ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0");
        assert!(
            is_document_of(&[manifest, ("a/B.class", "")]) && !is_document_of(&[manifest, ("a.docx", "")])
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_document_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!is_document(Cursor::new(bytes)));
        }
    }
}
