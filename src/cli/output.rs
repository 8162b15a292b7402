//! Everything that is printed: lines, tables in display columns, JSON, progress, errors.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::config::Environment;
use crate::error::{Error, Kind, Result};

/// Where a command prints.
#[derive(Clone, Debug)]
pub struct Output {
    /// Whether results are printed as one JSON object a line.
    pub json: bool,
    /// Whether the person reads English.
    pub english: bool,
    colour: bool,
}

/// The colours of states, by what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Good,
    /// To be looked at.
    Warn,
    /// Not in order.
    Bad,
    /// Of less weight.
    Quiet,
}

impl Output {
    /// Makes the output of a run.
    pub fn new(json: bool, language: Option<&str>, environment: &Environment) -> Self {
        let english = language.map_or(environment.english, |it| it == "en");
        Self { json, english, colour: environment.colour && io::stdout().is_terminal() }
    }

    /// Returns the Chinese or the English of two texts.
    pub fn either<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.english { en } else { zh }
    }

    /// Prints a line to a person; nothing where JSON is printed.
    ///
    /// # Errors
    /// `Unavailable` where nobody listens.
    pub fn line(&self, text: impl AsRef<str>) -> Result<()> {
        if self.json { Ok(()) } else { print(&tame(text.as_ref())) }
    }

    /// Prints a text as it is, whatever the form of the output.
    ///
    /// # Errors
    /// `Unavailable` where nobody listens.
    pub fn raw(&self, text: &str) -> Result<()> {
        write(text.as_bytes())
    }

    /// Prints a value as one line of JSON; nothing where a person reads.
    ///
    /// # Errors
    /// `Unavailable` where nobody listens.
    pub fn json(&self, value: &impl Serialize) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string(value);
        print(&text.map_err(|it| Error::internal("The result cannot be written as JSON.").with_source(it))?)
    }

    /// Prints rows under a header, aligned by display columns: a Chinese character takes two.
    ///
    /// # Errors
    /// `Unavailable` where nobody listens.
    pub fn table(&self, header: &[&str], rows: &[Vec<String>]) -> Result<()> {
        if self.json {
            return Ok(());
        }
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|it| plain(it)).collect()).collect();
        let width = |n: usize| {
            let cells = rows.iter().filter_map(|row| row.get(n)).map(|it| it.width());
            cells.chain(header.get(n).map(|it| it.width())).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        let row = |cells: &mut dyn Iterator<Item = &str>| {
            let mut line = String::new();
            for (cell, width) in cells.zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
            }
            line.trim_end().to_owned()
        };
        self.line(self.toned(Tone::Quiet, &row(&mut header.iter().copied())))?;
        rows.iter().try_for_each(|it| self.line(row(&mut it.iter().map(String::as_str))))
    }

    /// Returns a text in the colour of a tone, where there is colour.
    pub fn toned(&self, tone: Tone, text: &str) -> String {
        if !self.colour || self.json {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => 32,
            Tone::Warn => 33,
            Tone::Bad => 31,
            Tone::Quiet => 90,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Prints what went wrong, on the side of errors.
    pub fn error(&self, error: &Error) {
        let text = if self.json {
            let kind = format!("{:?}", error.kind()).to_lowercase();
            serde_json::json!({ "error": { "kind": kind, "message": error.message() } }).to_string()
        } else {
            format!("{}{}", self.either("错误:", "error: "), tame(&error.message_in(self.english)))
        };
        tracing::debug!("{error:#}");
        // There is nobody left to tell where this fails.
        writeln!(io::stderr(), "{text}").unwrap_or_default();
    }

    /// Prints a note beside the results, on the side of errors; nothing where JSON is printed.
    pub fn note(&self, text: &str) {
        if !self.json {
            writeln!(io::stderr(), "{}", tame(text)).unwrap_or_default();
        }
    }

    /// Returns a bar for long work: a bar on a terminal, nothing elsewhere.
    pub fn progress(&self, n_bytes: u64) -> ProgressBar {
        if !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let template = "{bar:30} {percent}% {bytes}/{total_bytes} {bytes_per_sec} ETA {eta} {msg}";
        let bar = ProgressBar::new(n_bytes);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        bar
    }

    /// Returns a bar that counts things rather than bytes.
    pub fn counter(&self, n_things: u64) -> ProgressBar {
        if !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(n_things);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} ETA {eta} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        bar
    }
}

/// Returns a text on one line, with the characters made visible that would steer a terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

/// Returns whether a character turns the direction of writing, so that `exe.gpj` reads as a picture.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Makes visible what would steer a terminal, but for our own colours and the ends of lines.
fn tame(text: &str) -> String {
    let ours = |at: usize| TONES.iter().any(|it| text[at..].starts_with(it));
    let kept = |at: usize, c: char| matches!(c, '\n' | '\t') || !(c.is_control() || turns(c)) || ours(at);
    text.char_indices().map(|(at, c)| if kept(at, c) { c } else { '\u{fffd}' }).collect()
}

/// The beginnings and the end of our own colours.
const TONES: [&str; 5] = ["\u{1b}[32m", "\u{1b}[33m", "\u{1b}[31m", "\u{1b}[90m", "\u{1b}[0m"];

fn print(line: &str) -> Result<()> {
    write(format!("{line}\n").as_bytes())
}

fn write(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|fault| {
        let kind = match fault.kind() {
            io::ErrorKind::BrokenPipe => BROKEN_PIPE,
            io::ErrorKind::StorageFull => Kind::Unavailable,
            _ => Kind::Internal,
        };
        Error::new(kind, "The output could not be written.").with_source(fault)
    })
}

/// How a reader who left early is told: it is no failure of ours.
const BROKEN_PIPE: Kind = Kind::Unavailable;

/// Returns whether an error only says that nobody reads the output any more.
pub fn is_broken_pipe(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|it| it.downcast_ref::<io::Error>());
    source.is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
}
