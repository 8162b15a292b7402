//! Media types by file name ending, for what has not been read yet; and sizes in words.

/// Ending and media type of what offices send.
const TYPES: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("mht", "multipart/related"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("rtf", "application/rtf"),
    ("pdf", "application/pdf"),
    ("ofd", "application/ofd"),
    ("doc", "application/msword"),
    ("wps", "application/vnd.ms-works"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("et", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("dps", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("eml", "message/rfc822"),
    ("msg", "application/vnd.ms-outlook"),
    ("zip", "application/zip"),
    ("7z", "application/x-7z-compressed"),
    ("rar", "application/vnd.rar"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("webp", "image/webp"),
    ("heic", "image/heic"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("avi", "video/x-msvideo"),
    ("mkv", "video/x-matroska"),
    ("wmv", "video/x-ms-wmv"),
    ("flv", "video/x-flv"),
    ("webm", "video/webm"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("wav", "audio/wav"),
];

/// Returns whether files of this type hold others, which are filed each by itself where they can be got at.
pub fn is_container(media_type: &str) -> bool {
    const TYPES: [&str; 8] = [
        "application/zip",
        "application/x-7z-compressed",
        "application/vnd.rar",
        "application/x-tar",
        "application/gzip",
        "application/x-xz",
        "application/zstd",
        "application/x-bzip2",
    ];
    TYPES.contains(&media_type)
}

/// Returns the media type a file name's ending stands for, `application/octet-stream` where it is not known.
pub fn by_name(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    TYPES.iter().find(|it| it.0 == ending).map_or("application/octet-stream", |it| it.1)
}

/// Words for several formats together.
const GROUPS: &[(&str, &[&str])] = &[
    ("word", &["doc", "docx", "wps", "rtf", "odt"]),
    ("excel", &["xls", "xlsx", "et", "csv", "ods"]),
    ("ppt", &["ppt", "pptx", "dps", "odp"]),
    ("图片", &["jpg", "png", "gif", "bmp", "tiff", "webp", "heic"]),
    ("视频", &["mp4", "mov", "avi", "mkv", "wmv", "flv", "webm"]),
    ("音频", &["mp3", "m4a", "wav"]),
];

/// Endings that mean the same format as another.
const SAME: &[(&str, &str)] = &[("jpeg", "jpg"), ("htm", "html"), ("tif", "tiff")];

/// Returns the format of a file as one short word: by its media type where that is known, else as its name ends.
pub fn format_of(media_type: &str, name: &str) -> String {
    let ending = name.rsplit_once('.').map(|it| it.1.to_lowercase()).unwrap_or_default();
    let ending = SAME.iter().find(|it| it.0 == ending).map_or(ending.as_str(), |it| it.1);
    // Several endings share a media type: the one of the name is kept where it is one of them.
    let mut known = TYPES.iter().filter(|it| it.1 == media_type).map(|it| it.0);
    let by_type = known.clone().find(|it| *it == ending).or_else(|| known.next());
    let format = by_type.unwrap_or(ending);
    let format = SAME.iter().find(|it| it.0 == format).map_or(format, |it| it.1);
    if format.is_empty() || format.chars().count() > 12 { "-".to_owned() } else { format.to_owned() }
}

/// Returns the formats a word means: itself, or those of a group such as 图片.
pub fn formats_of(word: &str) -> Vec<String> {
    let word = word.trim().trim_start_matches('.').to_lowercase();
    let word = SAME.iter().find(|it| it.0 == word).map_or(word.as_str(), |it| it.1);
    let group = GROUPS.iter().find(|it| it.0 == word);
    group.map_or_else(|| vec![word.to_owned()], |it| it.1.iter().map(|&it| it.to_owned()).collect())
}

/// Returns a number of bytes as people say it.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut whole = bytes;
    let mut tenths = 0;
    let mut unit = 0;
    while whole >= 1000 && unit + 1 < UNITS.len() {
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit += 1;
    }
    if unit == 0 { format!("{whole} B") } else { format!("{whole}.{tenths} {}", UNITS[unit]) }
}
