//! Web pages: their text in reading order, and their title.

use std::io::Read;

use encoding_rs::Encoding;
use html2text::render::TrivialDecorator;

use crate::extract::found::{Found, Trouble};
use crate::extract::plain;
use crate::extract::text::Text;
use crate::intake::encoding;

/// Wider than any line: lines are broken where the page breaks them, not where a terminal would.
const WIDTH: usize = 1 << 20;

pub(super) fn read(input: impl Read, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let (bytes, cut) = plain::bytes(input)?;
    let page = encoding::decode(&bytes, declared(&bytes));
    let found = read_page(&page, text)?;
    Ok(Found { missing: cut.then(|| "网页过大,只读取了前一部分".into()), ..found })
}

/// Reads a page that is decoded already.
pub(super) fn read_page(page: &str, text: &mut Text<'_>) -> Result<Found, Trouble> {
    let mut found = Found::default();
    if let Some(title) = title(page).and_then(|it| rendered(&format!("<p>{it}</p>")).ok()) {
        let title = title.trim();
        if !title.is_empty() {
            text.push(title)?;
            text.push("\n")?;
            found.facts.title = Some(title.to_owned());
        }
    }
    text.push(&rendered(page)?)?;
    Ok(found)
}

fn rendered(page: &str) -> Result<String, Trouble> {
    html2text::config::with_decorator(TrivialDecorator::new())
        .raw_mode(true)
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(page.as_bytes(), WIDTH)
        .map_err(|e| Trouble::Corrupt(e.to_string()))
}

/// Finds `charset=` in the first kilobytes.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset")?;
    let label = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label: String =
        label.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    Encoding::for_label(label.as_bytes())
}

fn title(page: &str) -> Option<&str> {
    let lower = page.get(..page.floor_char_boundary(64 << 10))?.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    page.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_text() {
        let page = "<html><head><title>文明&amp;创建</title><style>p{}</style></head><body><h1>标题</h1><p>第一段\n接着</p><script>no()</script><table><tr><td>甲</td><td>乙</td></tr></table></body></html>";
        assert_eq!(title(page), Some("文明&amp;创建"));
        let text = rendered(page).unwrap_or_default();
        assert!(text.contains("标题") && text.contains("甲") && text.contains("第一段"), "{text}");
        assert!(!text.contains("no()") && !text.contains("p{}"), "{text}");
        assert_eq!(declared(b"<meta charset=\"gb2312\">").map(Encoding::name), Some("GBK"));
    }
}
