//! Values of filters that are no words: spans of days, sizes.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::dates::in_name;

/// A span of days, either end open.
pub type Days = (Option<Date>, Option<Date>);

/// Reads the value of a date filter: `2023`, `2023-05`, `2023年5月3日`, `2023-01..2023-06`, `>=2023-05`, `<2023`, `近30天`,
/// `近3个月`, `本月`, `上月`, `今年`, `去年`, `上半年`, `2023年第二季度`.
pub fn dates(value: &str, today: Date) -> Option<Days> {
    let value = value.trim();
    if let Some((from, to)) = value.split_once("..").or_else(|| value.split_once('至')) {
        let from = if from.is_empty() { None } else { Some(span(from, today)?.0) };
        let to = if to.is_empty() { None } else { Some(span(to, today)?.1) };
        return Some((from, to));
    }
    let after = |it: &str| span(it, today);
    if let Some(from) = value.strip_prefix(">=").or_else(|| value.strip_prefix('≥')) {
        return Some((Some(after(from)?.0), None));
    }
    if let Some(to) = value.strip_prefix("<=").or_else(|| value.strip_prefix('≤')) {
        return Some((None, Some(after(to)?.1)));
    }
    if let Some(from) = value.strip_prefix('>') {
        return Some((Some(after(from)?.1.tomorrow().ok()?), None));
    }
    if let Some(to) = value.strip_prefix('<') {
        return Some((None, Some(after(to)?.0.yesterday().ok()?)));
    }
    let (from, to) = span(value, today)?;
    Some((Some(from), Some(to)))
}

fn span(text: &str, today: Date) -> Option<(Date, Date)> {
    let text = text.trim();
    relative(text, today).or_else(|| numbers(text)).or_else(|| in_name(text)).or_else(|| {
        // A half or a quarter without its year is one of this year.
        in_name(&format!("{}年{text}", today.year())).filter(|_| text.ends_with(['年', '度']))
    })
}

/// Reads spans told from today.
fn relative(text: &str, today: Date) -> Option<(Date, Date)> {
    let month = |day: Date| (day.first_of_month(), day.last_of_month());
    let year = |day: Date| (day.first_of_year(), day.last_of_year());
    Some(match text {
        "今天" | "today" => (today, today),
        "昨天" | "yesterday" => (today.yesterday().ok()?, today.yesterday().ok()?),
        "本月" | "这个月" => month(today),
        "上月" | "上个月" => month(today.checked_sub(1.month()).ok()?),
        "今年" | "本年" => year(today),
        "去年" | "上年" => year(today.checked_sub(1.year()).ok()?),
        "前年" => year(today.checked_sub(2.years()).ok()?),
        _ => {
            let rest = text.strip_prefix('近').or_else(|| text.strip_prefix("最近"))?;
            let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|it| (1..=4).contains(it))?;
            let (n, unit) = (rest[..end].parse::<i64>().ok()?, &rest[end..]);
            let back = match unit {
                "天" | "日" => n.days(),
                "周" | "星期" => n.weeks(),
                "月" | "个月" => n.months(),
                "年" => n.years(),
                _ => return None,
            };
            // The last seven days are today and the six before it.
            (today.checked_sub(back).ok()?.tomorrow().ok()?, today)
        }
    })
}

/// Reads `2023`, `2023-05`, `2023/5/3`, `2023年5月3日`.
fn numbers(text: &str) -> Option<(Date, Date)> {
    let tidy: String =
        text.chars().map(|c| if matches!(c, '/' | '.' | '年' | '月') { '-' } else { c }).collect();
    let numbers: Option<Vec<i16>> =
        tidy.trim_end_matches(['日', '-']).split('-').map(|it| it.parse().ok()).collect();
    match *numbers?.as_slice() {
        [year] => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
        [year, month] => {
            let first = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        [year, month, day] => {
            let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
            Some((day, day))
        }
        _ => None,
    }
}

/// A span of sizes in bytes, either end open, both included; one that ends before it begins holds nothing.
pub type Sizes = (Option<u64>, Option<u64>);

/// Reads the value of a size filter: `>10M`, `<=500k`, `1M..5M`, `0`. Units are of 1,024.
pub fn sizes(value: &str) -> Option<Sizes> {
    let value = value.trim();
    if let Some((from, to)) = value.split_once("..") {
        let end = |it: &str| if it.is_empty() { Some(None) } else { bytes(it).map(Some) };
        return Some((end(from)?, end(to)?));
    }
    if let Some(from) = value.strip_prefix(">=").or_else(|| value.strip_prefix('≥')) {
        return Some((Some(bytes(from)?), None));
    }
    if let Some(to) = value.strip_prefix("<=").or_else(|| value.strip_prefix('≤')) {
        return Some((None, Some(bytes(to)?)));
    }
    if let Some(from) = value.strip_prefix('>') {
        return Some((Some(bytes(from)?.checked_add(1)?), None));
    }
    if let Some(to) = value.strip_prefix('<') {
        return Some(match bytes(to)?.checked_sub(1) {
            Some(most) => (None, Some(most)),
            // Nothing is less than nothing.
            None => (Some(1), Some(0)),
        });
    }
    let exact = bytes(value)?;
    Some((Some(exact), Some(exact)))
}

fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.strip_suffix("IB").or_else(|| text.strip_suffix('B')).unwrap_or(&text);
    let unit: u64 = match text.chars().next_back()? {
        'K' => 1 << 10,
        'M' | '兆' => 1 << 20,
        'G' => 1 << 30,
        'T' => 1 << 40,
        _ => 1,
    };
    let number = if unit == 1 { text } else { text.trim_end_matches(['K', 'M', 'G', 'T', '兆']) };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 3 || !part.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let thousandths: u64 = format!("{part:0<3}").parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(unit)?.checked_add(unit.checked_mul(thousandths)? / 1_000)
}
