//! What holds while a metafile is drawn: the font, how text is set, and how its numbers become places on the page.

use crate::extract::metafile::lines::{Lines, Point, Run, minus};

/// Scenes saved within each other; no program goes deeper than a few.
const DEEPEST: usize = 1000;

/// The character set of fonts of signs.
const SIGNS: u8 = 2;

#[derive(Clone, Copy)]
pub(super) struct Font {
    pub(super) height: f64,
    /// How far the line is turned, counterclockwise, in radians.
    pub(super) tilt: f64,
    pub(super) charset: u8,
}

impl Font {
    /// Makes a font of what records say: a height that is negative without the space between lines, and tenths of a
    /// degree.
    pub(super) fn new(height: f64, tenths: f64, charset: u8) -> Self {
        Self { height: height.abs(), tilt: (tenths / 10.0).to_radians(), charset }
    }
}

impl Default for Font {
    fn default() -> Self {
        Self { height: 0.0, tilt: 0.0, charset: 1 }
    }
}

/// Where the numbers of a picture, or those of the page, begin, and how far they reach.
#[derive(Clone, Copy, Default)]
pub(super) struct Window {
    pub(super) origin: Point,
    pub(super) extent: Option<Point>,
}

/// A linear map and a shift: x′ = a·x + c·y + e, y′ = b·x + d·y + f.
pub(super) type Turn = [f64; 6];

const UNTURNED: Turn = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// What is saved and restored as a whole.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub(super) font: Font,
    /// Bits: 1, text begins where the last ended; 2 and 4, it ends at its place, or has it in its middle (both).
    pub(super) align: u32,
    /// Where a line would go on.
    pub(super) at: Point,
    pub(super) turn: Turn,
    pub(super) mode: u32,
    pub(super) inner: Window,
    pub(super) outer: Window,
}

impl Scene {
    fn place(&self, (x, y): Point) -> Point {
        let [a, b, c, d, e, f] = self.turn;
        let (x, y) = (a * x + c * y + e, b * x + d * y + f);
        let (width, height) = match self.mode {
            // In these, y grows upwards; they differ in the unit.
            2..=6 => (1.0, -1.0),
            7 | 8 => self.scale(),
            _ => (1.0, 1.0),
        };
        let (inner, outer) = (self.inner.origin, self.outer.origin);
        ((x - inner.0) * width + outer.0, (y - inner.1) * height + outer.1)
    }

    fn scale(&self) -> Point {
        let part = |inner: f64, outer: Option<f64>| match outer {
            _ if inner == 0.0 => 1.0,
            Some(outer) => outer / inner,
            // Whoever shows the picture decides how large it is.
            None => inner.signum(),
        };
        let (inner, outer) = (self.inner.extent.unwrap_or((1.0, 1.0)), self.outer.extent);
        (part(inner.0, outer.map(|it| it.0)), part(inner.1, outer.map(|it| it.1)))
    }
}

pub(super) struct Canvas {
    pub(super) scene: Scene,
    saved: Vec<Scene>,
    pub(super) lines: Lines,
}

impl Canvas {
    /// `mode` is that of mapping at the beginning: 1 takes numbers for places, 8 those of its windows.
    pub(super) fn new(mode: u32) -> Self {
        let scene = Scene {
            font: Font::default(),
            align: 0,
            at: (0.0, 0.0),
            turn: UNTURNED,
            mode,
            inner: Window::default(),
            outer: Window::default(),
        };
        Self { scene, saved: Vec::new(), lines: Lines::new() }
    }

    pub(super) fn save(&mut self) {
        if self.saved.len() < DEEPEST {
            self.saved.push(self.scene);
        }
    }

    /// Goes back to a scene: to that saved so many before if the number is negative, else to that of this number.
    pub(super) fn restore(&mut self, n: f64) {
        let n_saved = self.saved.len();
        let kept =
            if n < 0.0 { n_saved.saturating_sub((-n) as usize) } else { (n as usize).saturating_sub(1) };
        if let Some(scene) = self.saved.get(kept) {
            self.scene = *scene;
            self.saved.truncate(kept);
        }
    }

    /// Turns what is drawn from here on ([MS-EMF] 2.1.24): not at all, before or after what held so far, or only so.
    pub(super) fn turn(&mut self, turn: Turn, how: u32) {
        self.scene.turn = match how {
            1 => UNTURNED,
            2 => product(turn, self.scene.turn),
            3 => product(self.scene.turn, turn),
            _ => turn,
        };
    }

    /// Draws a run of characters, which is so long where the record tells.
    pub(super) fn draw(&mut self, at: Point, mut words: String, length: Option<f64>) {
        let scene = self.scene;
        let at = if scene.align & 1 == 1 { scene.at } else { at };
        let (sin, cos) = scene.font.tilt.sin_cos();
        let origin = scene.place(at);
        let (right, below) =
            (minus(scene.place((at.0 + 1.0, at.1)), origin), minus(scene.place((at.0, at.1 + 1.0)), origin));
        let unit = right.0.hypot(right.1);
        let way = (right.0 * cos + right.1 * sin, right.1 * cos - right.0 * sin);
        let way = (way.0 / unit, way.1 / unit);
        // A font that was not told is of the usual size.
        let size = if scene.font.height > 0.0 { scene.font.height } else { 16.0 };
        let told = length.filter(|it| *it > 0.0);
        let length = told
            .unwrap_or_else(|| words.chars().map(|it| if it.is_ascii() { size / 2.0 } else { size }).sum());
        let before = match scene.align & 6 {
            2 => length,
            6 => length / 2.0,
            _ => 0.0,
        };
        let along = |n: f64| (origin.0 + way.0 * n * unit, origin.1 + way.1 * n * unit);
        if scene.align & 7 == 1 {
            self.scene.at = (at.0 + cos * length, at.1 - sin * length);
        }
        // The letters of a font of signs stand for arrows, boxes and the like.
        if scene.font.charset == SIGNS {
            words.retain(|it| !it.is_alphabetic());
        }
        self.lines.add(Run {
            words,
            start: along(-before),
            end: along(length - before),
            way,
            height: size * below.0.hypot(below.1),
            guessed: told.is_none(),
        });
    }
}

/// Does the first, then the second.
fn product(first: Turn, second: Turn) -> Turn {
    let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (first, second);
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}
