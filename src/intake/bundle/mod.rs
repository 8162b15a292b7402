//! Containers: archives and mails, opened by a child of the cage, their members streamed out one after another.
//!
//! Read `child` for what the child does with any of them and `tray` for how members leave it, then one file a family:
//! `zip`, `sevenz`, `rar`, `tar` (which takes compressed streams too) and `letters`. `sniff` tells by content what is a
//! container, and `opened` is the side of the keeper: it decodes names, checks paths and hands the bytes on.
//!
//! **Invariant:** a member of any size passes in constant memory (a mail is held whole), and every member listed ends
//! with its bytes or with a fault; one that breaks does not take along those before it.

use encoding_rs::Encoding;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::finding::{Code, Finding};

mod child;
mod joined;
mod letters;
mod opened;
pub mod package;
mod rar;
mod sevenz;
pub mod sniff;
mod tar;
mod tray;
mod zip;

pub use child::child;
pub use opened::{Bundle, MemberReader, Turn, escapes};

/// The name of the job.
pub const JOB: &str = "bundle";

/// What a container may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Members.
    pub members: u64,
    /// Bytes of all members unpacked.
    pub bytes: u64,
    /// Unpacked to packed size: of one member, where it is larger than 10 MiB, and of the whole, where it is larger
    /// than 1 GiB.
    pub ratio: u64,
    /// Containers within containers.
    pub depth: u8,
}

impl Limits {
    /// Returns the limits on everything in a container of so many bytes, the containers within it included.
    ///
    /// Without this a container of containers would be allowed its limits once for each of them.
    pub fn within(self, packed_bytes: u64) -> Self {
        Self { bytes: self.bytes.min(packed_bytes.saturating_mul(self.ratio).max(1 << 30)), ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { members: 100_000, bytes: 100 << 30, ratio: 200, depth: 5 }
    }
}

/// When a file was last changed, as far as where it comes from says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Modified {
    /// An instant.
    At(Timestamp),
    /// What a clock on the wall showed, somewhere: old archives do not say where.
    Wall(DateTime),
}

impl Modified {
    /// Returns the day; what a wall clock showed is taken for the time of the archive.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::At(it) => zone.to_datetime(it).date(),
            Self::Wall(it) => it.date(),
        }
    }

    /// Reads seconds since 1970; none where they are unset.
    fn unix(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().filter(|_| seconds > 0).map(Self::At)
    }

    /// Reads the date and time of DOS, two-second steps since 1980.
    fn dos(date: u16, time: u16) -> Option<Self> {
        let part = |from: u16, shift: u16, bits: u16| i8::try_from((from >> shift) & ((1 << bits) - 1)).ok();
        let year = 1980 + i16::try_from(date >> 9).ok()?;
        let (month, day) = (part(date, 5, 4)?, part(date, 0, 5)?);
        let (hour, minute, second) = (part(time, 11, 5)?, part(time, 5, 6)?, part(time, 0, 5)? * 2);
        let wall = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        // The first day of DOS is what a writer without a clock puts.
        (year > 1980 || month > 1 || day > 1).then_some(Self::Wall(wall))
    }

    /// Reads steps of 100 ns since 1601, as Windows counts.
    pub(in crate::intake) fn windows(steps: u64) -> Option<Self> {
        const SECONDS_TO_1970: i64 = 11_644_473_600;
        Self::unix(i64::try_from(steps / 10_000_000).ok()? - SECONDS_TO_1970)
    }
}

/// What the child sends between the bytes.
#[derive(Serialize, Deserialize)]
enum Note {
    /// A member as listed: its raw name in base64, whether that is marked as UTF-8, and whether a backslash in it
    /// separates folders, as under DOS and Windows.
    Listed { raw: String, utf8: bool, dos: bool },
    /// The list is complete.
    Open,
    /// The bytes of the n-th member listed follow.
    Begin(usize, Option<Modified>),
    /// They end; the fault, if they are not whole.
    End(Option<Fault>),
    /// It is a document that happens to be an archive.
    Document,
    /// What is amiss with the container as a whole; sent last.
    Amiss(Finding),
}

/// Why the bytes of a member are not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Fault {
    Encrypted,
    Damaged,
    Bomb,
    Link,
}

impl Fault {
    fn finding(self) -> Finding {
        match self {
            Self::Encrypted => Finding::new(Code::E03, ""),
            Self::Damaged => Finding::new(Code::E02, "在压缩包中已损坏"),
            Self::Bomb => Finding::new(Code::E12, BEYOND),
            Self::Link => Finding::new(Code::E14, ""),
        }
    }
}

/// What a finding says of bytes that are more than is allowed.
pub(in crate::intake) const BEYOND: &str = "解压后超出允许的大小";

/// What a finding says of one volume of several.
const VOLUME: &str = "分卷压缩包不完整，请合并后报送";

/// What the job is told.
#[derive(Serialize, Deserialize)]
struct Orders {
    limits: Limits,
    /// The name of the container, which a compressed stream gives to what is in it.
    name: String,
}

/// Returns the encoding of a Windows code page.
pub(in crate::intake) fn code_page(number: u32) -> Option<&'static Encoding> {
    let label = match number {
        936 | 54936 => "gb18030",
        950 => "big5",
        932 => "shift_jis",
        949 => "euc-kr",
        65001 => "utf-8",
        20127 => "windows-1252",
        20866 => "koi8-r",
        874 => "windows-874",
        1250..=1258 => return Encoding::for_label(format!("windows-{number}").as_bytes()),
        28591..=28599 => return Encoding::for_label(format!("iso-8859-{}", number - 28590).as_bytes()),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn clocks_of_archives_are_read() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let day = |it: Option<Modified>| it.map(|it| it.day(&shanghai));
        let (dos_date, dos_time) = ((2017 - 1980) << 9 | 3 << 5 | 15, 23 << 11 | 59 << 5 | 29);
        let late = date(2017, 3, 15).at(23, 59, 58, 0);
        assert_eq!(Modified::dos(dos_date, dos_time), Some(Modified::Wall(late)));
        assert_eq!(day(Modified::dos(dos_date, dos_time)), Some(date(2017, 3, 15)));
        // 23:30 on the 14th in UTC.
        assert_eq!(day(Modified::unix(1_489_534_200)), Some(date(2017, 3, 15)));
        assert_eq!(
            Modified::windows((1_489_534_200 + 11_644_473_600) * 10_000_000),
            Modified::unix(1_489_534_200)
        );
        for unset in
            [Modified::dos(0, 0), Modified::dos(1 << 5 | 1, 0), Modified::unix(0), Modified::windows(0)]
        {
            assert_eq!(unset, None);
        }
    }

    #[test]
    fn a_container_within_is_not_allowed_the_limits_anew() {
        let limits = Limits { bytes: 100 << 30, ..Limits::default() };
        assert_eq!(limits.within(1 << 20).bytes, 1 << 30);
        assert_eq!(limits.within(1 << 30).bytes, 100 << 30);
        assert_eq!(code_page(936).map(Encoding::name), Some("gb18030"));
        assert_eq!(code_page(1251).map(Encoding::name), Some("windows-1251"));
        assert_eq!(code_page(0), None);
    }
}
