//! Windows and periods: the rule a scheme gives, and the dates it resolves to.

use jiff::ToSpan;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The rule for when material must date from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    /// Any date serves, such as for rules that stay in force.
    #[default]
    None,
    /// Between two days, both included.
    Fixed {
        /// The first day.
        #[schemars(with = "String")]
        from: Date,
        /// The last day.
        #[schemars(with = "String")]
        to: Date,
    },
    /// A number of whole months that ends some months before the month of the test: a test in 2017-08 with
    /// 12 months ending 1 month before looks at 2016-08 to 2017-07 (测评开始前1月上溯一个年度).
    Rolling {
        /// How many months.
        months: u32,
        /// How many months before the month of the test the last one lies.
        #[serde(default = "one")]
        before_test: u32,
    },
    /// The scheme's creation cycle (以本轮创建周期为准).
    Cycle,
}

fn one() -> u32 {
    1
}

/// How often something is owed within the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// Once for the whole window.
    #[default]
    Once,
    /// In every month.
    Month,
    /// In every quarter.
    Quarter,
    /// In every year.
    Year,
    /// In each of the periods that the requirement names.
    Named,
}

/// The dates a rule resolves to, with the label that is part of a duty's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// `once`, `2017-03`, `2017-Q1`, `2017`, or the name of the period.
    pub label: String,
    /// The first day; none where the window has no beginning.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day; none where it has no end.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

impl Period {
    /// Returns whether a span of days overlaps the period; for a single day, whether it lies inside.
    ///
    /// A covered span counts for the period it begins in, so that a table of one month never counts for two.
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Returns whether the period has any limit.
    pub fn is_bounded(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// Returns whether the period has begun by the end of a day.
    pub fn has_begun(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day)
    }

    /// Returns the dates as `2016-08-01..2017-07-31`, open ends left out.
    pub fn dates(&self) -> String {
        let day = |it: Option<Date>| it.map(|it| it.to_string()).unwrap_or_default();
        format!("{}..{}", day(self.from), day(self.to))
    }
}

impl Window {
    /// Resolves the rule to its first and last day.
    ///
    /// # Errors
    /// `Invalid` where the rule needs a test date or a cycle that the scheme does not give.
    pub fn resolve(
        &self,
        test_on: Option<Date>,
        cycle: Option<&Period>,
    ) -> Result<(Option<Date>, Option<Date>)> {
        match self {
            Self::None => Ok((None, None)),
            Self::Fixed { from, to } if from <= to => Ok((Some(*from), Some(*to))),
            Self::Fixed { from, to } => Err(Error::invalid(format!(
                "The window ends on {to}, before it begins on {from}; swap the two days."
            ))),
            Self::Cycle => match cycle {
                Some(cycle) => Ok((cycle.from, cycle.to)),
                None => Err(Error::invalid(
                    "A window of rule `cycle` needs `cycle = { label, from, to }` in the scheme.",
                )),
            },
            Self::Rolling { months, before_test } => {
                let Some(test_on) = test_on else {
                    return Err(Error::invalid(
                        "A rolling window needs `test_on`, the day of the test, in the scheme.",
                    ));
                };
                rolling(test_on, *months, *before_test)
            }
        }
    }
}

fn rolling(test_on: Date, months: u32, before_test: u32) -> Result<(Option<Date>, Option<Date>)> {
    let odd = |source| {
        Error::invalid("The rolling window leaves the calendar; use fewer months.").with_source(source)
    };
    if months == 0 || months > 1_200 || before_test > 1_200 {
        return Err(Error::invalid("A rolling window spans 1 to 1200 months; correct `months`."));
    }
    let test_month = test_on.first_of_month();
    let end_month = test_month.checked_sub(i64::from(before_test).months()).map_err(odd)?;
    let from = end_month.checked_sub((i64::from(months) - 1).months()).map_err(odd)?;
    Ok((Some(from), Some(end_month.last_of_month())))
}

/// Cuts a resolved window into the periods of a cadence. An unbounded window has the one period `once`.
///
/// # Errors
/// `Invalid` where a repeated cadence has no bounded window to repeat in.
pub fn periods(
    cadence: Cadence,
    window: (Option<Date>, Option<Date>),
    named: &[Period],
) -> Result<Vec<Period>> {
    let (from, to) = window;
    match cadence {
        Cadence::Once => return Ok(vec![Period { label: "once".into(), from, to }]),
        Cadence::Named if named.is_empty() => {
            return Err(Error::invalid("Cadence `named` needs `periods = [{ label, from, to }]`."));
        }
        Cadence::Named => return Ok(named.to_vec()),
        Cadence::Month | Cadence::Quarter | Cadence::Year => {}
    }
    let (Some(from), Some(to)) = (from, to) else {
        return Err(Error::invalid("A repeated cadence needs a window with a first and a last day."));
    };
    let mut res = Vec::new();
    let mut day = from;
    while day <= to {
        let (label, last) = step(cadence, day);
        res.push(Period { label, from: Some(day), to: Some(last.min(to)) });
        match last.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    Ok(res)
}

fn step(cadence: Cadence, day: Date) -> (String, Date) {
    let (year, month) = (day.year(), day.month());
    match cadence {
        Cadence::Quarter => {
            let quarter = (month - 1) / 3 + 1;
            let last = Date::new(year, quarter * 3, 1).map(Date::last_of_month).unwrap_or(day);
            (format!("{year}-Q{quarter}"), last)
        }
        Cadence::Year => (format!("{year}"), day.last_of_year()),
        Cadence::Month | Cadence::Once | Cadence::Named => {
            (format!("{year}-{month:02}"), day.last_of_month())
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_test_in_august_looks_at_the_year_to_july() {
        let window = Window::Rolling { months: 12, before_test: 1 };
        let dates = window.resolve(Some(date(2017, 8, 15)), None).unwrap();
        assert_eq!(dates, (Some(date(2016, 8, 1)), Some(date(2017, 7, 31))));
        let months = periods(Cadence::Month, dates, &[]).unwrap();
        assert_eq!(months.len(), 12);
        assert_eq!((months[0].label.as_str(), months[11].label.as_str()), ("2016-08", "2017-07"));
        assert!(!months[0].holds(date(2016, 7, 31)) && months[0].holds(date(2016, 8, 1)));
    }

    #[test]
    fn quarters_are_cut_by_the_window() {
        let dates = (Some(date(2017, 2, 10)), Some(date(2017, 7, 31)));
        let quarters = periods(Cadence::Quarter, dates, &[]).unwrap();
        let shown: Vec<String> = quarters.iter().map(|it| format!("{} {}", it.label, it.dates())).collect();
        assert_eq!(
            shown,
            [
                "2017-Q1 2017-02-10..2017-03-31",
                "2017-Q2 2017-04-01..2017-06-30",
                "2017-Q3 2017-07-01..2017-07-31"
            ]
        );
    }

    #[test]
    fn a_repeated_cadence_needs_a_bounded_window() {
        assert!(periods(Cadence::Month, (None, None), &[]).is_err());
        assert!(Window::Rolling { months: 12, before_test: 1 }.resolve(None, None).is_err());
    }
}
