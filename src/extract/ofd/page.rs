//! One page of an OFD document: its pieces of text by their places, as lines.

use crate::extract::xml::{Mark, Tag};

/// What stands on a page.
#[derive(Default)]
pub(super) struct Page {
    pieces: Vec<Piece>,
    /// Remarks of annotations, which have no place.
    remarks: Vec<String>,
    /// The templates it lies over, by identifier.
    pub(super) templates: Vec<String>,
    pub(super) pictures: u32,
}

/// A piece of text on one line; places and sizes in millimetres, from the upper left corner.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    left: f64,
    right: f64,
    base: f64,
    size: f64,
    words: String,
}

impl Page {
    /// Adds what a template shows.
    pub(super) fn lay_over(&mut self, below: Self) {
        self.pieces.extend(below.pieces);
        self.pictures += below.pictures;
    }

    /// Returns the text line by line from the top, each from the left.
    pub(super) fn words(self) -> String {
        let mut pieces = self.pieces;
        pieces.sort_by(|a, b| a.base.total_cmp(&b.base));
        let mut lines: Vec<Vec<Piece>> = Vec::new();
        for piece in pieces {
            match lines.last_mut() {
                Some(line) if line.first().is_some_and(|it| is_beside(it, &piece)) => line.push(piece),
                _ => lines.push(vec![piece]),
            }
        }
        let mut words = String::new();
        for mut line in lines {
            line.sort_by(|a, b| a.left.total_cmp(&b.left));
            let start = words.len();
            let (mut end, mut blank): (Option<f64>, Option<f64>) = (None, None);
            for piece in line {
                if piece.words.trim().is_empty() {
                    blank = Some(piece.left);
                    continue;
                }
                // Characters are set one by one; a gap of half a character is a space, and so is any that was set.
                let is_wide = end.is_some_and(|end| piece.left - end > piece.size / 2.0);
                let is_set = blank.take().is_some_and(|left| piece.left - left > piece.size / 8.0);
                if (is_wide || is_set && words.len() > start) && !words.ends_with(' ') {
                    words.push(' ');
                }
                words.push_str(&piece.words);
                end = Some(piece.right);
            }
            words.truncate(words.trim_end_matches(' ').len().max(start));
            if words.len() > start {
                words.push('\n');
            }
        }
        for remark in self.remarks {
            words.push_str(&remark);
            words.push('\n');
        }
        words
    }
}

fn is_beside(first: &Piece, piece: &Piece) -> bool {
    (piece.base - first.base).abs() <= first.size.min(piece.size) / 2.0
}

/// Gathers a page from the marks of its part.
#[derive(Default)]
pub(super) struct Content {
    pub(super) page: Page,
    object: Object,
    code: Option<Code>,
    remark: Option<String>,
    /// The corner of the annotation that the objects stand in.
    corner: (f64, f64),
}

/// A TextObject: where it stands and how its own space is turned.
#[derive(Default)]
struct Object {
    corner: (f64, f64),
    width: f64,
    turn: Option<[f64; 6]>,
    size: f64,
    at: (f64, f64),
}

/// A TextCode: its characters and the steps between them.
struct Code {
    words: String,
    across: Vec<f64>,
    down: Vec<f64>,
}

impl Content {
    pub(super) fn see(&mut self, mark: &Mark<'_>) {
        match mark {
            Mark::Open(tag) => self.open(tag),
            Mark::Words(more) => {
                for words in self.code.iter_mut().map(|it| &mut it.words).chain(&mut self.remark) {
                    words.push_str(more);
                }
            }
            Mark::Close("TextCode") => {
                if let Some(code) = self.code.take() {
                    self.page.pieces.extend(self.object.pieces(&code, self.corner));
                }
            }
            Mark::Close("Remark") => {
                let remark = self.remark.take().filter(|it| !it.trim().is_empty());
                self.page.remarks.extend(remark);
            }
            Mark::Close("Appearance") => self.corner = (0.0, 0.0),
            Mark::Close(_) => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let list = |name: &str| tag.get(name).map(|it| numbers(&it)).unwrap_or_default();
        let corner = || match list("Boundary")[..] {
            [x, y, ..] => (x, y),
            _ => (0.0, 0.0),
        };
        match tag.name() {
            "Template" => self.page.templates.extend(tag.get("TemplateID")),
            "ImageObject" => self.page.pictures += 1,
            "Appearance" => self.corner = corner(),
            "Remark" => self.remark = Some(String::new()),
            "TextObject" => {
                let size = list("Size").first().copied().filter(|it| *it > 0.0).unwrap_or(3.0);
                let (turn, width) = (list("CTM").try_into().ok(), list("Boundary").get(2).copied());
                let width = width.unwrap_or_default();
                self.object = Object { corner: corner(), width, turn, size, at: (0.0, 0.0) };
            }
            "TextCode" => {
                let at = &mut self.object.at;
                at.0 = list("X").first().copied().unwrap_or(at.0);
                at.1 = list("Y").first().copied().unwrap_or(at.1);
                let steps = |name: &str| tag.get(name).map(|it| steps(&it)).unwrap_or_default();
                self.code =
                    Some(Code { words: String::new(), across: steps("DeltaX"), down: steps("DeltaY") });
            }
            _ => {}
        }
    }
}

impl Object {
    /// Cuts a run of characters where it goes to another line or leaves a wide gap. A run that goes to another line only
    /// because the first is full says one thing, such as a number in a narrow cell, and stays whole.
    fn pieces(&self, code: &Code, corner: (f64, f64)) -> Vec<Piece> {
        // Set from top to bottom, it is one piece all the same.
        let upright = !code.across.iter().any(|it| it.abs() > 0.01);
        let (mut x, mut y) = self.at;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut cut = true;
        let words = code.words.trim_end_matches(['\n', '\r', ' ']);
        let blank = code.words[words.len()..].starts_with(' ').then_some(' ');
        let chars: Vec<char> = words.chars().chain(blank).collect();
        let mut line = 0;
        // Steps that are left out are like the last one.
        let last = code.across.last().copied().filter(|it| *it > 0.0);
        for (n, c) in chars.iter().copied().enumerate() {
            let width = self.width_of(c);
            let (left, base) = self.placed(x, y, corner);
            let (right, _) = self.placed(x + width, y, corner);
            match pieces.last_mut() {
                Some(piece) if !cut => {
                    piece.words.push(c);
                    piece.right = piece.right.max(right);
                }
                _ => pieces.push(Piece { left, right, base, size: self.scaled(), words: c.into() }),
            }
            let usual = last.unwrap_or(if upright { 0.0 } else { width });
            let across = code.across.get(n).copied().unwrap_or(usual);
            let down = code.down.get(n).copied().unwrap_or(0.0);
            cut = !upright && (down.abs() > self.size / 2.0 || across - width > self.size || across < 0.0);
            if across < 0.0 && down > self.size / 2.0 {
                let (before, after) = chars.split_at(n + 1);
                let room = self.corner.0 + corner.0 + self.width - right;
                cut &= !self.goes_on(before.get(line..).unwrap_or_default(), after, room);
                line = n + 1;
            }
            x += across;
            y += down;
        }
        pieces
    }

    /// Whether a line of so much room left is full, so that what comes after it is no line of its own.
    fn goes_on(&self, line: &[char], after: &[char], room: f64) -> bool {
        let Some(first) = after.first().copied().filter(|_| self.width > 0.0) else { return false };
        let is_word = |it: &char| it.is_ascii_graphic();
        let broken = line.last().is_some_and(is_word) && is_word(&first);
        let needed = match broken {
            true => self.width_of(first),
            false => after.iter().take_while(|it| is_word(it)).map(|it| self.width_of(*it)).sum(),
        };
        let scale = self.turn.map_or(1.0, |it| it[0]);
        // Numbers below each other may be as wide as what they stand in.
        room < needed.max(self.width_of(first)) * scale && !(broken && line.iter().all(is_word))
    }

    fn width_of(&self, c: char) -> f64 {
        if c.is_ascii() { self.size / 2.0 } else { self.size }
    }

    fn placed(&self, x: f64, y: f64, corner: (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.turn.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let (left, top) = (self.corner.0 + corner.0, self.corner.1 + corner.1);
        (left + a * x + c * y + e, top + b * x + d * y + f)
    }

    /// The height of its characters on the page.
    fn scaled(&self) -> f64 {
        let [.., c, d, _, _] = self.turn.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let size = self.size * c.hypot(d);
        if size.is_finite() && size > 0.0 { size } else { self.size }
    }
}

fn numbers(list: &str) -> Vec<f64> {
    list.split_whitespace().filter_map(|it| it.parse().ok()).filter(|it: &f64| it.is_finite()).collect()
}

/// Reads the steps between characters, in which `g 3 2.5` stands for three steps of 2.5.
fn steps(list: &str) -> Vec<f64> {
    /// No run of characters is longer.
    const MOST: usize = 100_000;
    let mut res = Vec::new();
    let mut words = list.split_whitespace();
    while let Some(word) = words.next() {
        let (n, step) = match word {
            "g" => (words.next().and_then(|it| it.parse().ok()).unwrap_or(0), words.next()),
            word => (1, Some(word)),
        };
        let step = step.and_then(|it| it.parse().ok()).filter(|it: &f64| it.is_finite()).unwrap_or(0.0);
        res.extend(std::iter::repeat_n(step, n.min(MOST - res.len().min(MOST))));
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::xml;

    fn words(objects: &str) -> String {
        let mut content = Content::default();
        let read = xml::marks(objects, |mark| {
            content.see(&mark);
            Ok(())
        });
        assert!(read.is_ok());
        content.page.words()
    }

    #[test]
    fn pieces_stand_in_reading_order() {
        let objects = "<TextObject Boundary='20 30 50 5' Size='4'><TextCode X='0' Y='4'>第二行</TextCode></TextObject>\
            <TextObject Boundary='20 10 9 5' Size='4'><TextCode X='0' Y='4' DeltaX='4 4'>关于开</TextCode></TextObject>\
            <TextObject Boundary='32 10 9 5' Size='4'><TextCode X='0' Y='4.1' DeltaX='g 1 4'>展的</TextCode></TextObject>\
            <TextObject Boundary='60 10 9 5' Size='4'><TextCode X='0' Y='4'>通知</TextCode></TextObject>";
        assert_eq!(words(objects), "关于开展的 通知\n第二行\n");
    }

    #[test]
    fn a_space_that_was_set_is_one_however_narrow() {
        let end = "<TextObject Boundary='0 0 9 5' Size='4'><TextCode X='0' Y='4' DeltaX='2.6'>X </TextCode></TextObject>\
            <TextObject Boundary='3.5 0 9 5' Size='4'><TextCode X='0' Y='4' DeltaX='g 2 2'>725</TextCode></TextObject>";
        assert_eq!(words(end), "X 725\n");
        let alone = "<TextObject Boundary='0 0 9 5' Size='4'><TextCode X='0' Y='4' DeltaX='2'>of</TextCode></TextObject>\
            <TextObject Boundary='3 0 1 5' Size='4'><TextCode X='0' Y='4'> </TextCode></TextObject>\
            <TextObject Boundary='4 0 9 5' Size='4'><TextCode X='0' Y='4' DeltaX='2'>us  </TextCode></TextObject>\
            <TextObject Boundary='0 20 1 5' Size='4'><TextCode X='0' Y='4'> </TextCode></TextObject>";
        assert_eq!(words(alone), "of us\n");
        // A line of spaces that words are set over.
        let under = "<TextObject Boundary='4 0 9 5' Size='4'><TextCode X='0' Y='4'>   </TextCode></TextObject>\
            <TextObject Boundary='0 0 9 5' Size='4'><TextCode X='0' Y='4'>文</TextCode></TextObject>\
            <TextObject Boundary='4 0 9 5' Size='4'><TextCode X='0' Y='4'>明</TextCode></TextObject>";
        assert_eq!(words(under), "文明\n");
    }

    #[test]
    fn steps_left_out_are_like_the_last() {
        let right = "<TextObject Boundary='0 0 9 5' Size='3'><TextCode X='0' Y='4' DeltaX='1.9'>1234567890</TextCode></TextObject>\
            <TextObject Boundary='19 0 9 5' Size='3'><TextCode X='0' Y='4'>元</TextCode></TextObject>";
        assert_eq!(words(right), "1234567890元\n");
    }

    #[test]
    fn a_run_over_several_lines_is_cut_and_one_from_top_to_bottom_is_not() {
        let rows = "<TextObject Boundary='0 0 19 9' Size='4'><TextCode X='0' Y='4' DeltaX='4 -4 4' DeltaY='0 5 0'>甲乙丙丁</TextCode></TextObject>";
        assert_eq!(words(rows), "甲乙\n丙丁\n");
        let full = "<TextObject Boundary='0 0 22.5 12' Size='4'><TextCode X='0' Y='4' DeltaX='g 3 4 g 4 2 -20 g 9 2' DeltaY='g 7 0 5'>面积共36794.86亩</TextCode></TextObject>";
        assert_eq!(words(full), "面积共36794.86亩\n");
        let column = "<TextObject Boundary='0 0 6.5 12' Size='4'><TextCode X='0' Y='4' DeltaX='g 2 2 -4 g 2 2' DeltaY='g 2 0 5'>100200</TextCode></TextObject>";
        assert_eq!(words(column), "100\n200\n");
        let upright = "<TextObject Boundary='0 0 9 9' Size='4'><TextCode X='0' Y='4' DeltaY='g 2 4'>购买方</TextCode></TextObject>";
        assert_eq!(words(upright), "购买方\n");
        assert_eq!(steps("g 2 1.5 3 g x"), [1.5, 1.5, 3.0]);
        assert_eq!(steps("g 99999999999 1").len(), 100_000);
    }
}
