//! Words of a document that nobody sees: those a tracked change took away, and those that are set to be hidden.
//!
//! They are told from the text read without them. Words hidden beside others stand on a line of their own: a mark of
//! secrecy is known by its line, and what is seen beside it was said before.

use std::collections::{HashMap, HashSet};

/// What stands before lines that nobody sees: those a tracked change took words from, and hidden words.
pub(super) const UNSEEN: [&str; 2] = ["[修订前] ", "[隐藏文字] "];

/// Returns the lines of a run of words that nobody sees, each behind the mark that says so.
pub(super) fn marked(mark: &str, run: &str) -> String {
    let lines = run.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.map(|it| format!("{mark}{it}\n")).collect()
}

/// Returns the lines nobody sees, marked: of a text as it is now, before its changes, and with its hidden words besides.
pub(super) fn lines(now: &str, before: &str, all: &str) -> Vec<String> {
    let [changed, hidden] = UNSEEN;
    let mut kept: HashSet<&str> = now.lines().collect();
    let mut lines: Vec<String> =
        spoken(before).filter(|it| !kept.contains(it)).map(|it| format!("{changed}{it}")).collect();
    kept.extend(before.lines());
    lines.extend(hidden_from(before, all, &kept).iter().map(|it| format!("{hidden}{it}")));
    lines
}

fn spoken(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|it| !it.trim().is_empty())
}

/// Returns the words that stand in `all` only, going through both texts side by side.
fn hidden_from<'a>(before: &'a str, all: &'a str, kept: &HashSet<&str>) -> Vec<&'a str> {
    let visible: Vec<&str> = spoken(before).collect();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    visible.iter().enumerate().for_each(|(at, it)| places.entry(it).or_default().push(at));
    let (mut at, mut res) = (0, Vec::new());
    let mut all = spoken(all).peekable();
    while let Some(line) = all.next() {
        if kept.contains(line) {
            let later = places.get(line).and_then(|it| it.get(it.partition_point(|it| *it < at)));
            at = later.map_or(at, |it| it + 1);
            continue;
        }
        // A line is hidden as a whole if the one below it is what is seen next.
        let mut next = |at: usize| all.peek().is_some() && all.peek() == visible.get(at);
        let is_whole = next(at) && !next(at + 1);
        let beside = visible.get(at).filter(|_| !is_whole);
        match beside.and_then(|it| runs(it, line)) {
            Some(runs) => {
                at += 1;
                res.extend(runs.into_iter().map(str::trim).filter(|it| !it.is_empty()));
            }
            None => res.push(line),
        }
    }
    res
}

/// Returns the runs of words that are hidden in a line of which the rest is seen; `None` where it is not.
fn runs<'a>(seen: &str, line: &'a str) -> Option<Vec<&'a str>> {
    /// So many characters tell where the seen words go on.
    const ENOUGH: usize = 4;
    if let Some(alone) = run(seen, line) {
        return Some(vec![alone]);
    }
    let (mut seen, mut rest, mut runs) = (seen, line, Vec::new());
    loop {
        let n_same = shared(seen.chars(), rest.chars());
        (seen, rest) = (&seen[n_same..], &rest[n_same..]);
        if rest.is_empty() || seen.is_empty() {
            runs.push(rest);
            return seen.is_empty().then_some(runs);
        }
        let enough = seen.char_indices().nth(ENOUGH).map_or(seen.len(), |it| it.0);
        let (hidden, behind) = rest.split_at(rest.find(&seen[..enough])?);
        runs.push(hidden);
        rest = behind;
    }
}

/// Returns the one run that is hidden in a line.
fn run<'a>(seen: &str, line: &'a str) -> Option<&'a str> {
    let length = line.len().checked_sub(seen.len()).filter(|it| *it > 0)?;
    let end = shared(seen.chars().rev(), line.chars().rev());
    // `机密★1年机关` begins as `机关` does: what may stand at the beginning stands there.
    if end == seen.len() {
        return line.get(..length);
    }
    let start = shared(seen.chars(), line.chars());
    (start + end >= seen.len()).then(|| line.get(start..start + length)).flatten()
}

/// Returns how many bytes two texts share.
fn shared(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|it| it.0 == it.1).map(|it| it.0.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hidden_beside_others_stand_alone() {
        let hidden = |before: &str, all: &str| lines(before, before, all).join("|");
        assert_eq!(hidden("机关通知\n正文", "机密★1年机关通知\n正文"), "[隐藏文字] 机密★1年");
        assert_eq!(hidden("通知2017年\n正文", "通知2017年机密★1年\n正文"), "[隐藏文字] 机密★1年");
        assert_eq!(hidden("通知\n如下", "通知\n机密★1年\n如下"), "[隐藏文字] 机密★1年");
        assert_eq!(
            hidden("关于讲堂活动的通知", "机密★1年关于讲堂活动（内部）的通知 13812345678"),
            "[隐藏文字] 机密★1年|[隐藏文字] （内部）|[隐藏文字] 13812345678"
        );
    }

    #[test]
    fn a_line_that_comes_twice_is_told_from_itself() {
        let before = "通知\n第一\n通知\n第二";
        assert_eq!(
            lines(before, before, "通知\n隐\n第一\n通知机密★1年\n第二\n全隐"),
            ["[隐藏文字] 隐", "[隐藏文字] 机密★1年", "[隐藏文字] 全隐"]
        );
        // A hidden line may begin as the line below it.
        assert_eq!(lines("通知", "通知", "通知如下\n通知"), ["[隐藏文字] 通知如下"]);
        // What a change took is no part of what is hidden.
        assert_eq!(lines("共28场", "共1728场", "共1728场（密）"), ["[修订前] 共1728场", "[隐藏文字] （密）"]);
    }

    proptest::proptest! {
        #[test]
        fn hidden_words_are_all_told(pieces in proptest::collection::vec("[甲乙]{0,2}[丙丁]{0,2}[甲乙]{0,2}", 0..12)) {
            let all = pieces.join("\n");
            let is_hidden = |c: &char| "丙丁".contains(*c);
            let before: String = all.chars().filter(|it| !is_hidden(it)).collect();
            let told: String = lines(&before, &before, &all).iter().map(|it| it[UNSEEN[1].len()..].to_owned()).collect();
            proptest::prop_assert_eq!(told, all.chars().filter(is_hidden).collect::<String>());
        }

        #[test]
        fn a_line_is_what_is_seen_and_what_is_hidden(start in "[甲乙丙]{0,4}", hidden in "[甲乙丙]{1,4}", end in "[甲乙丙]{0,4}") {
            let (seen, line) = (format!("{start}{end}"), format!("{start}{hidden}{end}"));
            let told = runs(&seen, &line).map(|it| it.concat().chars().count());
            proptest::prop_assert_eq!(told, Some(hidden.chars().count()));
        }
    }
}
