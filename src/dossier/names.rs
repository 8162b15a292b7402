//! Names of files that open on every system: Windows-safe, short enough, and unique however letters are folded.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::domain::id::Digest;
use crate::dossier::manifest::{Manifest, Piece};

/// UTF-16 units of a whole path at most are 200: top folder, `/data/`, folder, `/`, file.
const TOP: usize = 60;
const FOLDER: usize = 50;
const FILE: usize = 80;
const ENDING: usize = 12;
const UNIT: usize = 16;

/// Returns the name of the top folder, which is also that of the zip.
pub(super) fn top(manifest: &Manifest) -> String {
    let day = manifest.made_on().strftime("%Y%m%d").to_string();
    let title = safe(&manifest.title, TOP - day.len() - 1);
    format!("{title}-{day}")
}

/// Sets the path in the bag of every part and thumbnail. Parts of the same bytes share the first one's.
pub(super) fn assign(manifest: &mut Manifest) {
    let folders: HashMap<_, _> = manifest
        .indicators
        .iter()
        .map(|it| (it.path.clone(), safe(&format!("{}-{}", it.path, it.title), FOLDER)))
        .collect();
    let width = manifest.pieces.len().to_string().len().max(3);
    let mut taken = HashSet::new();
    let mut places: HashMap<Digest, String> = HashMap::new();
    for (n, piece) in manifest.pieces.iter_mut().enumerate() {
        let first = piece.proofs.first().map(|it| &it.indicator);
        let folder = match first {
            Some(path) => folders.get(path).cloned().unwrap_or_else(|| safe(&path.to_string(), FOLDER)),
            None => "其他".to_owned(),
        };
        for m in 0..piece.parts.len() {
            let name = file_name(piece, m, &format!("{:0width$}", n + 1));
            let part = &mut piece.parts[m];
            let place = places
                .entry(part.sha256)
                .or_insert_with(|| unique(&format!("data/{folder}"), &name, &mut taken));
            part.member.clone_from(place);
            if let Some(thumbnail) = &mut part.thumbnail {
                thumbnail.member = format!("thumbnails/{}.jpg", &thumbnail.sha256.to_string()[..32]);
            }
        }
    }
}

/// `012-2-住建局-关于….pdf`: number in the dossier, number of the part where there are several, unit, title.
fn file_name(piece: &Piece, part: usize, number: &str) -> (String, String) {
    let ending = ending(&piece.parts[part].name);
    let title = match &ending {
        Some(it) => piece.title.strip_suffix(&format!(".{it}")).unwrap_or(&piece.title),
        None => &piece.title,
    };
    let part = if piece.parts.len() > 1 { format!("-{}", part + 1) } else { String::new() };
    let unit = safe(&piece.unit, UNIT);
    let ending = ending.map(|it| format!(".{it}")).unwrap_or_default();
    (safe(&format!("{number}{part}-{unit}-{title}"), FILE - ENDING - 1), ending)
}

/// Returns the ending of a file name where it looks like one.
fn ending(name: &str) -> Option<String> {
    let ending = name.rsplit_once('.')?.1;
    let plain = (1..=ENDING).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
    plain.then(|| ending.to_owned())
}

/// Makes a name that no other in the dossier equals, also where case or composition of letters is not told apart.
fn unique(folder: &str, (stem, ending): &(String, String), taken: &mut HashSet<String>) -> String {
    let mut path = format!("{folder}/{stem}{ending}");
    for n in 2_u64.. {
        if taken.insert(folded(&path)) {
            break;
        }
        let tail = format!("~{n}");
        path = format!("{folder}/{}{tail}{ending}", safe(stem, FILE - ENDING - 1 - tail.len()));
    }
    path
}

/// Returns what two names have in common that some system takes for one.
pub(super) fn folded(path: &str) -> String {
    path.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Makes a name of at most so many UTF-16 units that Windows takes, and that hides nothing from a reader.
pub(super) fn safe(text: &str, limit: usize) -> String {
    let mut name = String::new();
    let mut units = 0;
    for c in text.nfc() {
        let c = match c {
            // `%` besides, which BagIt would have escaped in its lists, and `~`, which marks second names.
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '%' | '~' => '_',
            c if c.is_whitespace() => ' ',
            // A direction mark can make `fdp.exe` read as `exe.pdf`.
            c if c.is_control() || is_hidden(c) => continue,
            c => c,
        };
        if c == ' ' && (name.is_empty() || name.ends_with(' ')) {
            continue;
        }
        units += c.len_utf16();
        if units > limit {
            break;
        }
        name.push(c);
    }
    let name = name.trim_end_matches([' ', '.']).trim_start_matches(['.', ' ']);
    match name {
        "" => "_".to_owned(),
        it if is_device(it) => format!("_{it}").chars().take(limit).collect(),
        it => it.to_owned(),
    }
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}' | '\u{2028}' | '\u{2029}')
}

/// Names that are devices on Windows, whatever their ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |it: &str| {
        stem.strip_prefix(it).is_some_and(|rest| {
            rest.chars().count() == 1 && rest.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c))
        })
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str())
        || numbered("COM")
        || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nasty_names_become_safe() {
        for (nasty, fine) in [
            ("a/b\\c:*?\"<>|%~d", "a_b_c_________d"),
            ("  关于\t\n通知  . .", "关于 通知"),
            ("\u{202E}fdp.exe", "fdp.exe"),
            ("NUL", "_NUL"),
            ("con.txt", "_con.txt"),
            ("COM¹", "_COM¹"),
            ("comrade", "comrade"),
            ("...", "_"),
            ("", "_"),
            ("\u{65}\u{301}", "\u{e9}"),
        ] {
            assert_eq!(safe(nasty, 60), fine, "{nasty:?}");
        }
        assert_eq!(safe(&"𠮷".repeat(50), 9), "𠮷".repeat(4));
    }

    #[test]
    fn what_some_system_takes_for_one_name_is_told_apart() {
        let mut taken = HashSet::new();
        let mut name = |stem: &str| unique("data/1", &(stem.to_owned(), ".jpg".to_owned()), &mut taken);
        assert_eq!(name("Photo"), "data/1/Photo.jpg");
        assert_eq!(name("photo"), "data/1/photo~2.jpg");
        assert_eq!(name("PHOTO"), "data/1/PHOTO~3.jpg");
        assert_eq!(name("\u{e9}"), "data/1/\u{e9}.jpg");
        assert_eq!(name("\u{c9}"), "data/1/\u{c9}~2.jpg");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_name_windows_takes(text in any::<String>(), limit in 2_usize..80) {
            let name = safe(&text, limit);
            prop_assert!(!name.is_empty() && name.encode_utf16().count() <= limit, "{name:?}");
            prop_assert!(!name.ends_with([' ', '.']) && !name.starts_with([' ', '.']), "{name:?}");
            prop_assert!(!name.chars().any(|c| c.is_control() || "<>:\"/\\|?*%".contains(c)), "{name:?}");
            prop_assert!(!is_device(&name));
            prop_assert_eq!(safe(&name, limit), name);
        }
    }
}
