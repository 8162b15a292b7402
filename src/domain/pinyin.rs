//! Names by the first letters of their pinyin, as people type them: `zjj` for 住建局.

use pinyin::ToPinyinMulti;

/// Returns whether letters are the initials of a name, or the first of them. A character with several readings has the
/// initial of each; what is no Chinese character stands for itself, and signs are passed over.
pub fn begins(name: &str, letters: &str) -> bool {
    let mut typed = letters.chars().map(|c| c.to_ascii_lowercase()).peekable();
    if typed.peek().is_none() {
        return false;
    }
    for (c, readings) in name.chars().zip(name.to_pinyin_multi()) {
        let Some(&wanted) = typed.peek() else { return true };
        let fits = match readings {
            Some(readings) => readings.into_iter().any(|it| it.plain().starts_with(wanted)),
            None if c.is_alphanumeric() => c.to_ascii_lowercase() == wanted,
            None => continue,
        };
        if !fits {
            return false;
        }
        typed.next();
    }
    typed.peek().is_none()
}

/// Returns whether letters are all the initials of a name, a leading 市, 县 or 区 aside.
pub fn is(name: &str, letters: &str) -> bool {
    let own = name.strip_prefix(['市', '县', '區', '区']).unwrap_or(name);
    let n_letters = letters.chars().count();
    let whole =
        |it: &str| it.chars().filter(|c| c.is_alphanumeric()).count() == n_letters && begins(it, letters);
    whole(name) || whole(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_their_initials() {
        for (name, letters) in [
            ("住建局", "zjj"),
            ("市教育局", "sjyj"),
            ("市教育局", "jyj"),
            ("建设银行", "jsyh"),
            ("110指挥中心", "110zhzx"),
        ] {
            assert!(is(name, letters), "{name} {letters}");
        }
        for (name, letters) in
            [("住建局", "zj"), ("住建局", "zjjx"), ("教育局", "wjw"), ("教育局", ""), ("", "j")]
        {
            assert!(!is(name, letters), "{name} {letters}");
        }
        assert!(begins("关爱空巢老人", "GAK") && begins("“讲文明”活动", "jwm") && !begins("关爱", "gak"));
    }
}
