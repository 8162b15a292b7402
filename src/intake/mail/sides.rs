//! The two sides of a mail that says the same twice, as plain text and as a page: what each says that the other does not.

use std::collections::HashSet;

use mail_parser::decoders::html::html_to_text;

use crate::intake::mail::Body;

/// Chooses the side to read: the plain one, unless the page says more. Then the page is read, with the lines of the
/// text before it that the page has not, such as “please view this mail as a page”.
pub(super) fn chosen(plain: String, page: Option<String>) -> (Body, String) {
    let Some(page) = page.filter(|it| !it.trim().is_empty()) else {
        return (Body::Plain(plain), String::new());
    };
    // Cells stand apart whatever tags part them.
    let shown = html_to_text(&page.replace('<', " <"));
    if plain.trim().is_empty() {
        // A page that shows nothing but pictures is still what was sent.
        return (Body::Html(page), String::new());
    }
    let said = said(&plain);
    if tokens(&shown).all(|it| said.contains(&it)) {
        return (Body::Plain(plain), String::new());
    }
    let shown = self::said(&shown);
    let missing = plain.lines().filter(|line| !tokens(line).all(|it| shown.contains(&it)));
    let aside = missing.map(|it| format!("{}\n", it.trim())).collect();
    (Body::Html(page), aside)
}

/// What a text says, wherever its lines are broken.
fn said(text: &str) -> HashSet<String> {
    let whole: String = text.split_whitespace().collect();
    let single = text.chars().filter(|it| !it.is_ascii()).map(String::from);
    tokens(text).chain(tokens(&whole)).chain(single).collect()
}

/// Words of letters and digits, and pairs of neighbouring characters of all other scripts.
fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    let ascii = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let others = text.split(|c: char| c.is_ascii() || !c.is_alphanumeric()).filter(|it| !it.is_empty());
    let pairs = others.flat_map(|run| {
        let following = run.chars().skip(1).map(Some).chain((run.chars().count() == 1).then_some(None));
        run.chars().zip(following).map(|(a, b)| [Some(a), b].into_iter().flatten().collect())
    });
    ascii.map(str::to_ascii_lowercase).chain(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(plain: &str, page: &str) -> (&'static str, String) {
        let (body, aside) = chosen(plain.into(), Some(page.into()));
        (if matches!(body, Body::Html(_)) { "page" } else { "text" }, aside)
    }

    #[test]
    fn the_page_is_read_where_it_says_more() {
        let table = "<p>各单位：</p><p>现将<b>名单</b>发给你们。</p><table><tr><td>教育局</td><td>120</td></tr></table>";
        assert_eq!(read("各单位：\n现将名单发给\n你们。", table), ("page", String::new()));
        assert_eq!(read("各单位：\n现将名单发给\n你们。\n教育局 120", table), ("text", String::new()));
        assert_eq!(read("请以网页查看", "<p>关于开展活动的通知</p>"), ("page", "请以网页查看\n".into()));
        assert_eq!(read(" \n", "<p>通知</p>").0, "page");
        assert_eq!(read("通知", " ").0, "text");
        assert_eq!(read("甲", "<td>甲</td><td>乙</td>").0, "page");
    }
}
