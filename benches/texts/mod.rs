//! The texts beside the project, as they are and mixed into as many documents as are wanted, and what is asked of them.

#![allow(dead_code)]

use std::path::PathBuf;

use serde_json::Value;

/// Texts with the questions asked of them.
pub(crate) struct Texts {
    pub(crate) folder: PathBuf,
    pub(crate) docs: Vec<Value>,
    pub(crate) queries: Vec<Value>,
}

impl Texts {
    /// Reads them; none, with a line that says so, where they are not there.
    pub(crate) fn read() -> Option<Self> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/search");
        let folder = std::env::var_os("JUANZONG_DATA").map_or(beside, PathBuf::from);
        if !folder.join("docs.jsonl").is_file() {
            println!(
                "NOT RUN: the texts are not at {}; name their folder in JUANZONG_DATA.",
                folder.display()
            );
            return None;
        }
        let rows = |name: &str| -> Vec<Value> {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
        };
        Some(Self { docs: rows("docs.jsonl"), queries: rows("queries.jsonl"), folder })
    }

    /// Title and text of the one at a place.
    pub(crate) fn at(&self, n: usize) -> (&str, &str) {
        let it = &self.docs[n % self.docs.len()];
        (it["title"].as_str().unwrap_or_default(), it["text"].as_str().unwrap())
    }

    /// Document `n` of many: the first half of one text and the second of another, or, `n_large` times, many together.
    pub(crate) fn varied(&self, n: usize, n_documents: usize) -> (String, String) {
        const LARGE: usize = 20;
        let (title, one) = self.at(n);
        if n % (n_documents / LARGE).max(1) == 7 {
            let mut all = String::new();
            for k in n.. {
                if all.len() > 1 << 20 {
                    break;
                }
                all.push_str(self.at(k * 31).1);
                all.push('\n');
            }
            return (format!("汇编 {title}"), all);
        }
        let half = |it: &str| it.floor_char_boundary(it.len() / 2);
        let (_, other) = self.at(n * 13 + n / self.docs.len());
        (title.to_owned(), format!("{}\n{}", &one[..half(one)], &other[half(other)..]))
    }

    /// A few characters of 200 questions, from a place on.
    fn few(&self, field: &str, (from, n): (usize, usize)) -> Vec<String> {
        let step = (self.queries.len() / 200).max(1);
        let asked = self.queries.iter().step_by(step).take(200).map(|it| it[field].as_str().unwrap().chars());
        asked.map(|it| it.filter(|c| c.is_alphanumeric()).skip(from).take(n).collect()).collect()
    }

    /// Two words of two characters each from 200 questions.
    pub(crate) fn two_words(&self, field: &str) -> Vec<String> {
        let (one, other) = (self.few(field, (2, 2)), self.few(field, (6, 2)));
        one.iter().zip(other).map(|(one, other)| format!("{one} {other}")).collect()
    }

    /// What is asked, by class, in both scripts: a character, two, two words, four in a row, a question, a narrowed word,
    /// alternatives with an exclusion.
    pub(crate) fn classes(&self) -> Vec<(&'static str, Vec<String>)> {
        let both = |make: &dyn Fn(&str) -> Vec<String>| [make("q"), make("q_alt")].concat();
        let narrowed = |field: &str| -> Vec<String> {
            let filters = ["状态:已通过", "指标:2.1", "单位:市财政局", "类型:照片", "日期:2016-08..2016-10"];
            let words = self.few(field, (2, 2));
            words.iter().zip(filters.iter().cycle()).map(|(it, filter)| format!("{it} {filter}")).collect()
        };
        let either = |field: &str| -> Vec<String> {
            let (one, other) = (self.few(field, (2, 2)), self.few(field, (6, 2)));
            one.iter().zip(other).map(|(one, other)| format!("{one} | {other} -规定")).collect()
        };
        let large = (0..20).map(|n| self.at(n * 31).1.chars().skip(n).take(4).collect());
        vec![
            ("one character", both(&|it| self.few(it, (2, 1)))),
            ("two characters", both(&|it| self.few(it, (2, 2)))),
            ("two words", both(&|it| self.two_words(it))),
            ("four in a row", both(&|it| self.few(it, (2, 4)))),
            ("long question", both(&|it| self.few(it, (2, 200)))),
            ("narrowed", both(&narrowed)),
            ("either, one excluded", both(&either)),
            ("fragment of the large", large.collect()),
        ]
    }
}
