//! What a file is, by its content; its name only decides between kinds of plain text.

use std::collections::HashSet;
use std::io::{Read, Seek};

use file_format::{FileFormat, Kind};
use office_oxide::DocumentFormat;
use office_oxide::cfb::CfbReader;

use crate::domain::finding::{Code, Finding};
use crate::extract::office::{old_powerpoint, old_word};
use crate::extract::video;
use crate::intake::bundle::package;
use crate::intake::bundle::sniff::BEGINNING;
use crate::intake::{encoding, mail};

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Empty,
    Plain,
    Json,
    Xml,
    Html,
    Mail(mail::Form),
    /// A web page in the form of a mail.
    SavedPage,
    Rtf,
    Odf,
    Ofd,
    Office(DocumentFormat),
    OldWord,
    /// PowerPoint 4.
    OldPowerPoint,
    Pdf,
    Photo,
    /// A picture of words and lines.
    Metafile,
    Video,
    Encrypted,
    /// Named like a format we read, and beyond recognition.
    Torn,
    Other,
}

impl Family {
    /// Returns the name of the reader, as stored with the reading.
    pub(super) fn extractor(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Html | Self::SavedPage => "html",
            Self::Mail(_) => "mail",
            Self::Json | Self::Xml => "markup",
            Self::Rtf => "rtf",
            Self::Odf => "odf",
            Self::Ofd => "ofd",
            Self::Office(_) | Self::OldWord | Self::OldPowerPoint | Self::Encrypted => "office",
            Self::Pdf => "pdf",
            Self::Photo => "photo",
            Self::Metafile => "metafile",
            Self::Video => "video",
            Self::Empty | Self::Torn | Self::Other => "sniff",
        }
    }
}

/// What was found out.
pub(super) struct Sniffed {
    pub(super) family: Family,
    pub(super) media_type: String,
    /// The extension, lower case, without the dot.
    pub(super) extension: String,
    /// The name would make a person open it with the wrong program.
    pub(super) misnamed: bool,
    /// It is a program or a script.
    runs: bool,
}

impl Sniffed {
    /// Says what is amiss with it before it is read.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let Self { extension, media_type, .. } = self;
        let mut res = Vec::new();
        if self.misnamed {
            res.push(Finding::new(Code::W17, format!("{extension} → {media_type}")));
        }
        if self.runs {
            let what = if PROGRAMS.contains(&extension.as_str()) { extension } else { media_type };
            res.push(Finding::new(Code::E05, what.as_str()));
        }
        if ["wps", "et", "dps", "pages", "key", "numbers"].contains(&extension.as_str()) {
            res.push(Finding::new(Code::W20, format!(".{extension}")));
        }
        res
    }
}

/// Extensions that Windows, or a person by one click, runs.
const PROGRAMS: &[&str] = &[
    "exe", "dll", "com", "scr", "pif", "cpl", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf",
    "wsh", "hta", "reg", "lnk", "sh", "jar", "apk",
];

/// Media types of programs, whatever their name.
const RUNNABLE: &[&str] = &[
    "executable",
    "x-msi",
    "java-archive",
    "android.package",
    "x-mach-binary",
    "x-java-applet",
    "x-ms-shortcut",
];

/// Finds out what a file is, and leaves it at its beginning.
pub(super) fn sniff<R: Read + Seek>(file: &mut R, name: &str) -> Sniffed {
    let extension = name.rsplit_once('.').map(|(_, it)| it.to_lowercase()).unwrap_or_default();
    let (mut family, media_type) = family(file, &extension);
    if family == Family::Other && is_torn(&extension, &media_type) {
        family = Family::Torn;
    }
    let runs = PROGRAMS.contains(&extension.as_str()) || RUNNABLE.iter().any(|it| media_type.contains(it));
    let misnamed = expected(&extension).is_some_and(|it| !it.iter().any(|it| media_type.contains(it)))
        && !matches!(family, Family::Empty | Family::Encrypted | Family::Torn)
        && media_type != UNKNOWN;
    // Whoever reads next would find the end of the file otherwise; a failure shows there.
    file.rewind().unwrap_or_default();
    Sniffed { family, media_type, extension, misnamed, runs }
}

const UNKNOWN: &str = "application/octet-stream";
pub(super) const ZIP: &str = "application/zip";
const COMPOUND: &str = "application/x-cfb";

/// A torn office file is still an archive without its parts, or nothing known at all.
fn is_torn(extension: &str, media_type: &str) -> bool {
    match extension {
        "docx" | "docm" | "dotx" | "xlsx" | "xlsm" | "xlsb" | "pptx" | "odt" | "ods" | "odp" | "ofd"
        | "pdf" | "jpg" | "jpeg" | "png" | "gif" | "mp4" | "mov" => {
            [UNKNOWN, ZIP, COMPOUND].contains(&media_type)
        }
        "doc" | "xls" | "ppt" | "wps" | "et" | "dps" => media_type == ZIP,
        _ => false,
    }
}

fn family<R: Read + Seek>(file: &mut R, extension: &str) -> (Family, String) {
    let mut head = Vec::new();
    let read = file.rewind().and_then(|()| file.by_ref().take(8 << 10).read_to_end(&mut head));
    if read.is_ok_and(|n| n == 0) {
        return (Family::Empty, "application/x-empty".into());
    }
    let format = file.rewind().ok().and_then(|()| FileFormat::from_reader(&mut *file).ok());
    let format = format.unwrap_or_default();
    let media_type = format.media_type().to_owned();
    if head.starts_with(b"PK\x03\x04") {
        let plain_zip =
            || (Family::Other, if media_type == UNKNOWN { ZIP.into() } else { media_type.clone() });
        return zipped(file).unwrap_or_else(plain_zip);
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return compound(file).unwrap_or((Family::Torn, COMPOUND.into()));
    }
    if head.starts_with(&old_word::SIGN) {
        return (Family::OldWord, "application/msword".into());
    }
    // Some writers put a few bytes before the header, and readers look for it there.
    if format == FileFormat::PortableDocumentFormat
        || head[..head.len().min(1024)].windows(5).any(|it| it == b"%PDF-")
    {
        return (Family::Pdf, "application/pdf".into());
    }
    if let Some(found) = letter(&head, extension) {
        return found;
    }
    match format.kind() {
        Kind::Image if ["image/emf", "image/wmf"].contains(&media_type.as_str()) => {
            (Family::Metafile, media_type)
        }
        Kind::Image => (Family::Photo, media_type),
        Kind::Video => (Family::Video, media_type),
        Kind::Audio => (Family::Video, media_type),
        // Of one without tracks nobody knows whether it is a film, and the reader says what is wrong with it.
        _ if media_type == video::WITHOUT_TRACKS => (Family::Video, media_type),
        _ if looks_like_text(&head) || is_table_with_zeros(&head, extension) => {
            text(&head, extension, format, media_type)
        }
        _ => (Family::Other, media_type),
    }
}

/// Tells mails and pages saved like mails by the headers they begin with.
fn letter(head: &[u8], extension: &str) -> Option<(Family, String)> {
    let beginning = head.get(..usize::try_from(BEGINNING).ok()?).unwrap_or(head);
    if mail::is_page(extension, beginning) {
        return Some((Family::SavedPage, "multipart/related".into()));
    }
    let form = mail::form(extension, beginning)?;
    let media_type = if form == mail::Form::Box { "application/mbox" } else { "message/rfc822" };
    Some((Family::Mail(form), media_type.into()))
}

/// Returns which office document these bytes are, if any.
pub(super) fn office<R: Read + Seek>(bytes: &mut R) -> Option<DocumentFormat> {
    match zipped(bytes).or_else(|| compound(bytes))?.0 {
        Family::Office(format) => Some(format),
        _ => None,
    }
}

/// Tells the formats that are zip archives by the names inside.
fn zipped<R: Read + Seek>(file: &mut R) -> Option<(Family, String)> {
    const OOXML: &str = "application/vnd.openxmlformats-officedocument";
    let mut archive = zip::ZipArchive::new(file).ok()?;
    let names: HashSet<String> = archive.file_names().flatten().map(|it| package::plain(&it)).collect();
    let has = |name: &str| match name.strip_suffix('/') {
        Some(_) => names.iter().any(|it| it.starts_with(name)),
        None => names.contains(name),
    };
    let office = |format, kind: &str| Some((Family::Office(format), format!("{OOXML}.{kind}")));
    let other = |media_type: &str| Some((Family::Other, media_type.to_owned()));
    // Any archive may happen to hold a file or a folder of such a name.
    let has_other_xml = || names.iter().any(|it| it.ends_with(".xml") && it != "ofd.xml");
    let is_package = has("[content_types].xml") || has("_rels/.rels");
    if has("ofd.xml") && has_other_xml() {
        return Some((Family::Ofd, "application/ofd".into()));
    }
    if has("content.xml") && (has("mimetype") || has("meta-inf/manifest.xml")) {
        return Some((Family::Odf, open_document(&mut archive)));
    }
    match () {
        () if is_package && has("word/") => office(DocumentFormat::Docx, "wordprocessingml.document"),
        () if is_package && has("xl/") => office(DocumentFormat::Xlsx, "spreadsheetml.sheet"),
        () if is_package && has("ppt/") => office(DocumentFormat::Pptx, "presentationml.presentation"),
        () if is_package && has("visio/") => other("application/vnd.ms-visio.drawing"),
        () => package::program(&names).and_then(other),
    }
}

/// Returns what an OpenDocument says it is.
fn open_document<R: Read + Seek>(archive: &mut zip::ZipArchive<&mut R>) -> String {
    let mut said = String::new();
    // One that does not say so is a text.
    if let Ok(part) = archive.by_name("mimetype") {
        part.take(128).read_to_string(&mut said).unwrap_or_default();
    }
    let said = said.trim();
    let known = ["application/vnd.oasis.opendocument.", "application/vnd.sun.xml."];
    match known.iter().any(|it| said.starts_with(it)) && said.is_ascii() {
        true => said.to_owned(),
        false => "application/vnd.oasis.opendocument.text".into(),
    }
}

/// Tells the formats that are compound files by the streams inside; a file that is torn has none to tell.
fn compound<R: Read + Seek>(file: &mut R) -> Option<(Family, String)> {
    file.rewind().ok()?;
    let compound = CfbReader::new(file).ok()?;
    let streams = [
        ("EncryptedPackage", Family::Encrypted, "application/x-ole-encrypted"),
        ("WordDocument", Family::Office(DocumentFormat::Doc), "application/msword"),
        ("Workbook", Family::Office(DocumentFormat::Xls), "application/vnd.ms-excel"),
        ("Book", Family::Office(DocumentFormat::Xls), "application/vnd.ms-excel"),
        ("PowerPoint Document", Family::Office(DocumentFormat::Ppt), "application/vnd.ms-powerpoint"),
        (old_powerpoint::STREAM, Family::OldPowerPoint, "application/vnd.ms-powerpoint"),
        ("__properties_version1.0", Family::Mail(mail::Form::Outlook), "application/vnd.ms-outlook"),
    ];
    let found = streams.into_iter().find(|(stream, ..)| compound.has_stream(stream));
    let (_, family, media_type) = found.unwrap_or(("", Family::Other, COMPOUND));
    Some((family, media_type.to_owned()))
}

fn text(head: &[u8], extension: &str, format: FileFormat, media_type: String) -> (Family, String) {
    let start = String::from_utf8_lossy(&head[..head.len().min(1024)]).to_ascii_lowercase();
    if start.trim_start().starts_with("{\\rtf") {
        return (Family::Rtf, "text/rtf".into());
    }
    if start.contains("<!doctype html")
        || start.contains("<html")
        || extension == "html"
        || extension == "htm"
    {
        return (Family::Html, "text/html".into());
    }
    let plain = |media: &str| (Family::Plain, media.to_owned());
    match (format.kind(), extension) {
        (_, "json") => (Family::Json, "application/json".into()),
        (_, "xml") => (Family::Xml, "application/xml".into()),
        _ if start.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with("<?xml") => {
            let known = media_type.contains("xml") && media_type != "text/xml";
            (Family::Xml, if known { media_type } else { "application/xml".into() })
        }
        (_, "csv") => plain("text/csv"),
        (_, "md") => plain("text/markdown"),
        (_, "txt" | "log" | "text") => plain("text/plain"),
        (_, extension) if PROGRAMS.contains(&extension) => plain("text/plain"),
        // A named text format, such as a mail, has its own structure, and is not plain.
        _ if !matches!(
            format,
            FileFormat::PlainText | FileFormat::ArbitraryBinaryData | FileFormat::Empty
        ) =>
        {
            (Family::Other, media_type)
        }
        (_, "svg" | "eml" | "mht" | "mhtml") => (Family::Other, media_type),
        _ => plain("text/plain"),
    }
}

/// Text has no zero bytes (but for UTF-16 with its mark) and hardly any control characters.
fn looks_like_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) || encoding::wide(head).is_some() {
        return true;
    }
    let odd = head.iter().filter(|b| matches!(b, 0x01..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)).count();
    !head.contains(&0) && odd * 100 <= head.len()
}

/// Some programs fill the cells of a table with zeros, which no reader shows.
fn is_table_with_zeros(head: &[u8], extension: &str) -> bool {
    let rest: Vec<u8> = head.iter().copied().filter(|it| *it != 0).collect();
    ["csv", "txt"].contains(&extension) && rest.len() * 2 > head.len() && looks_like_text(&rest)
}

/// Returns what the media type of a file with this extension contains; `None` where a name promises nothing.
fn expected(extension: &str) -> Option<&'static [&'static str]> {
    Some(match extension {
        "doc" | "docx" | "docm" | "dot" | "dotx" | "wps" => &["msword", "wordprocessingml", "rtf"],
        "rtf" => &["rtf"],
        "odt" | "ott" => &["opendocument.text"],
        "ods" | "ots" => &["opendocument.spreadsheet"],
        "odp" | "otp" => &["opendocument.presentation"],
        "json" => &["json"],
        "xml" => &["xml", "html"],
        "xls" | "xlsx" | "xlsm" | "xlsb" | "et" => &["ms-excel", "spreadsheetml"],
        "ppt" | "pptx" | "pps" | "ppsx" | "dps" => &["ms-powerpoint", "presentationml"],
        "pdf" => &["pdf"],
        "ofd" => &["ofd"],
        "jpg" | "jpeg" | "png" | "gif" | "bmp" | "webp" | "tif" | "tiff" | "heic" => &["image/"],
        "mp4" | "mov" | "avi" | "wmv" | "mkv" | "flv" => &["video/", "mp4", "application/vnd.rn-realmedia"],
        "mp3" | "wav" | "m4a" | "wma" => &["audio/", "video/", "mp4"],
        "txt" | "csv" | "md" => &["text/", "xml", "json"],
        "html" | "htm" => &["html", "xml"],
        "zip" => &["zip"],
        _ => return None,
    })
}
