//! Lines of text, put together from runs of characters by where each begins and ends.

use crate::extract::text;

/// A place, or the way from one to another, on the page; y grows downwards.
pub(super) type Point = (f64, f64);

/// Characters drawn at once.
pub(super) struct Run {
    pub(super) words: String,
    pub(super) start: Point,
    pub(super) end: Point,
    /// Which way it is read: a vector of length 1.
    pub(super) way: Point,
    /// How high its characters are.
    pub(super) height: f64,
    /// Where it ends was guessed.
    pub(super) guessed: bool,
}

/// How wide the narrowest space is, in heights of a character: a quarter in most fonts, while letters set apart are less
/// far from each other.
const SPACE: f64 = 0.23;

/// What was drawn so far.
pub(super) struct Lines {
    text: String,
    last: Option<Run>,
    /// How many bytes of runs may still be looked at.
    room: usize,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self { text: String::new(), last: None, room: text::MOST }
    }

    /// Asks for leave to look at a run of this many bytes: records may name the same characters over and over.
    pub(super) fn admits(&mut self, n_bytes: usize) -> bool {
        let room = self.room.checked_sub(n_bytes);
        self.room = room.unwrap_or(0);
        room.is_some()
    }

    pub(super) fn add(&mut self, mut run: Run) {
        // Fonts of symbols draw signs that are no characters.
        run.words.retain(|it| !(it.is_control() || ('\u{E000}'..='\u{F8FF}').contains(&it)));
        if run.words.is_empty() {
            return;
        }
        if let Some(last) = &self.last {
            let Some(joint) = joint(last, &run) else { return };
            let spaced =
                self.text.ends_with(char::is_whitespace) || run.words.starts_with(char::is_whitespace);
            self.text.push_str(if spaced && joint != "\n" { "" } else { joint });
        }
        self.text.push_str(&run.words);
        self.last = Some(run);
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Returns the lines that hold any words.
    pub(super) fn finish(self) -> String {
        let lines = self.text.lines().map(str::trim).filter(|it| !it.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Returns what stands between two runs, measured in heights of a character; `None` if the second only makes the first
/// bolder, or is its shadow.
fn joint(last: &Run, run: &Run) -> Option<&'static str> {
    let height = last.height.max(run.height);
    let moved = minus(run.start, last.start);
    if run.words == last.words && moved.0.hypot(moved.1) <= height * 0.2 {
        return None;
    }
    let step = minus(run.start, last.end);
    let along = step.0 * last.way.0 + step.1 * last.way.1;
    let across = (step.0 * last.way.1 - step.1 * last.way.0).abs();
    let same_way = run.way.0 * last.way.0 + run.way.1 * last.way.1 > 0.7;
    let slack = if last.guessed { last.words.chars().count() as f64 * height * 0.2 } else { height * 0.5 };
    if !(same_way && across <= height * 0.5 && along >= -slack) {
        return Some("\n");
    }
    Some(match along {
        _ if along > height * 1.5 => "\t",
        _ if along > height * SPACE || last.guessed => " ",
        _ => "",
    })
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    (a.0 - b.0, a.1 - b.1)
}
