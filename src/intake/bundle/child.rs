//! Inside the cage: finds out which family a container is of, and has it read.

use std::io;

use crate::cage::{Output, Task};
use crate::domain::finding::{Code, Finding};
use crate::error::Result;
use crate::intake::bundle::sniff::{self, Family};
use crate::intake::bundle::tray::{Done, Tray, Trouble};
use crate::intake::bundle::{Note, Orders, VOLUME, letters, rar, sevenz, tar, zip};

/// The job of the child.
///
/// # Errors
/// Only where the keeper no longer listens; what is wrong with the container is a note.
pub fn child(task: Task, output: &mut Output) -> Result<()> {
    let orders: Orders = task.args()?;
    let tray = Tray::new(std::mem::replace(output, Output::new(io::sink())), orders.limits);
    let ended = read(task, &orders, &tray);
    *output = tray.output();
    match ended {
        Ok(()) => Ok(()),
        Err(Trouble::Document) => output.note(&Note::Document),
        Err(Trouble::Amiss(finding)) => {
            let volume = sniff::is_volume(&orders.name) && finding.code == Code::E02;
            output.note(&Note::Amiss(if volume { Finding::new(Code::E02, VOLUME) } else { finding }))
        }
        Err(Trouble::CutOff(error)) => Err(error),
    }
}

fn read(task: Task, orders: &Orders, tray: &Tray) -> Done {
    let mut input = task.input;
    match sniff::of_file(&orders.name, &mut input) {
        Some(Family::Zip) => zip::read(input, tray),
        Some(Family::SevenZip) => sevenz::read(input, tray),
        Some(Family::Rar) => rar::read(input, tray),
        Some(Family::Tar) => tar::read(&input, tray),
        Some(Family::Packed(packing)) => tar::read_packed(&input, packing, &orders.name, tray),
        Some(Family::Letter(form)) => letters::read(input, form, tray),
        Some(Family::Volume) => Err(Trouble::volume()),
        None => Err(Trouble::damaged("压缩包无法打开")),
    }
}
