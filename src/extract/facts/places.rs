//! The cities a text speaks of.

use crate::domain::city;

/// Returns the cities at prefecture level that the text names, as `濮阳市`, the most frequent first. One named once may be
/// a guest; a text speaks of a city where it names it more often.
pub(super) fn places(text: &str) -> Vec<String> {
    const MOST: usize = 8;
    let mut counts: Vec<(usize, &str)> = city::named(text).into_iter().map(|it| (it.1, it.0)).collect();
    counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    if counts.first().is_none_or(|it| it.0 < 2) {
        return vec![];
    }
    counts.into_iter().take(MOST).map(|it| format!("{}市", it.1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_speaks_of_what_it_names_more_than_once() {
        assert_eq!(
            places("濮阳市委、濮阳市政府；鹤壁市、鹤壁市、鹤壁市；安阳市"),
            ["鹤壁市", "濮阳市", "安阳市"]
        );
        assert!(places("赴鹤壁市、安阳市学习").is_empty());
    }
}
