//! Days and terms as people write them: `2026-01-31`, `"6 months"`, `"15 working days"`, `"2 of 3"`.

use core::fmt::{Display, Formatter, Result as FmtResult};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// 1970-01-01.
    pub const EPOCH: Self = Self { year: 1970, month: 1, day: 1 };

    /// A day from 1900 to 2199, if there is such a day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let there = (1900..2200).contains(&year) && (1..=12).contains(&month) && day >= 1;
        (there && day <= days_of_month(year, month)).then_some(Self { year, month, day })
    }

    /// The day so many days after 1970-01-01, if it is before 2200.
    pub fn since_1970(days: u32) -> Option<Self> {
        let (mut left, mut year) = (days, 1970);
        while left >= days_of_year(year) {
            left -= days_of_year(year);
            year += 1;
            if year == 2200 {
                return None;
            }
        }
        let mut month = 1;
        while left >= u32::from(days_of_month(year, month)) {
            left -= u32::from(days_of_month(year, month));
            month += 1;
        }
        Self::new(year, month, u8::try_from(left + 1).ok()?)
    }

    /// The same day a year later; 28 February for a 29th.
    pub fn next_year(self) -> Self {
        let year = self.year + 1;
        Self { year, month: self.month, day: self.day.min(days_of_month(year, self.month)) }
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days_of_year(year: u16) -> u32 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What a term is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Days that are neither in a weekend nor a public holiday.
    WorkingDays,
    /// Weeks.
    Weeks,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

impl Unit {
    const ALL: [Self; 7] =
        [Self::Minutes, Self::Hours, Self::Days, Self::WorkingDays, Self::Weeks, Self::Months, Self::Years];

    /// One and many.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Minutes => ("minute", "minutes"),
            Self::Hours => ("hour", "hours"),
            Self::Days => ("day", "days"),
            Self::WorkingDays => ("working day", "working days"),
            Self::Weeks => ("week", "weeks"),
            Self::Months => ("month", "months"),
            Self::Years => ("year", "years"),
        }
    }

    /// Its word in the file.
    pub fn name(self) -> &'static str {
        self.words().1
    }
}

/// A length of time as people agree on it: a number and a unit. When it is over depends on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// Why a text is no term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotATerm {
    Negative,
    Malformed,
}

impl Term {
    pub(super) const fn new(count: u32, unit: Unit) -> Self {
        Self { count, unit }
    }

    /// A number, one space, a unit in one or many: `1 month`, `72 hours`.
    pub(super) fn read(text: &str) -> Result<Self, NotATerm> {
        let (count, unit) = text.split_once(' ').ok_or(NotATerm::Malformed)?;
        let unit = Unit::ALL.into_iter().find(|known| known.words().0 == unit || known.words().1 == unit);
        let unit = unit.ok_or(NotATerm::Malformed)?;
        if count.starts_with('-') {
            return Err(NotATerm::Negative);
        }
        if !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotATerm::Malformed);
        }
        Ok(Self { count: count.parse().map_err(|_| NotATerm::Malformed)?, unit })
    }

    /// How many days it lasts at most, whatever the calendar says: who waits for so long has waited for all of it.
    pub fn most_days(self) -> u16 {
        let count = u64::from(self.count);
        let days = match self.unit {
            Unit::Minutes => count.div_ceil(1_440),
            Unit::Hours => count.div_ceil(24),
            Unit::Days => count,
            // Of any seven days in a row five are working days at most, and one week is short by holidays.
            Unit::WorkingDays => (count * 7).div_ceil(5) + 7,
            Unit::Weeks => count * 7,
            Unit::Months => count * 31,
            Unit::Years => count * 366,
        };
        u16::try_from(days).unwrap_or(u16::MAX)
    }

    /// Its length in minutes, for comparing terms in different units: a month counts as a twelfth of 365.25 days, a
    /// working day as a fifth of a week. Never used to say when a term is over.
    pub(super) fn nominal_minutes(self) -> u64 {
        let minutes = match self.unit {
            Unit::Minutes => 1,
            Unit::Hours => 60,
            Unit::Days => 1_440,
            Unit::WorkingDays => 2_016,
            Unit::Weeks => 10_080,
            Unit::Months => 43_830,
            Unit::Years => 525_960,
        };
        u64::from(self.count) * minutes
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        let (one, many) = self.unit.words();
        write!(f, "{} {}", self.count, if self.count == 1 { one } else { many })
    }
}

/// So many of so many people: `2 of 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quorum {
    /// How many are needed, at least one.
    pub needed: u8,
    /// Of how many, at most [`Quorum::MOST`].
    pub of: u8,
}

impl Quorum {
    /// The most people.
    pub const MOST: u8 = 16;

    /// `needed of of`, if so many can be found among them.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (needed, of) = text.split_once(" of ")?;
        let (needed, of) = (needed.parse().ok()?, of.parse().ok()?);
        ((1..=of).contains(&needed) && of <= Self::MOST).then_some(Self { needed, of })
    }
}

impl Display for Quorum {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        write!(f, "{} of {}", self.needed, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_from_1970_across_leap_years() {
        for (days, written) in [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_779, "2026-11-22")] {
            assert_eq!(Day::since_1970(days).map(|day| day.to_string()).as_deref(), Some(written));
        }
        assert_eq!(Day::since_1970(u32::MAX), None);
    }

    #[test]
    fn a_day_that_does_not_exist_is_none() {
        assert_eq!(Day::new(2027, 2, 29), None);
        assert_eq!(Day::new(2026, 13, 1), None);
        assert_eq!(Day::new(2026, 4, 31), None);
        assert_eq!(Day::new(2028, 2, 29).map(|day| day.next_year().to_string()).as_deref(), Some("2029-02-28"));
    }

    #[test]
    fn a_term_is_read_as_it_is_written() {
        for text in ["1 month", "6 months", "15 working days", "72 hours", "0 days"] {
            assert_eq!(Term::read(text).map(|term| term.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(Term::read("-6 months"), Err(NotATerm::Negative));
        for text in ["six months", "6", "6months", "+6 months", "6  months", "1.5 years", "99999999999 days", "6 moons"]
        {
            assert_eq!(Term::read(text), Err(NotATerm::Malformed), "{text}");
        }
    }

    #[test]
    fn terms_compare_across_units() {
        let minutes = |text| Term::read(text).map(Term::nominal_minutes);
        assert_eq!(minutes("12 months"), minutes("1 year"));
        assert_eq!(minutes("3 days"), minutes("72 hours"));
        assert!(minutes("15 working days").unwrap() < minutes("1 month").unwrap());
        assert!(minutes("30 days").unwrap() < minutes("1 month").unwrap());
    }

    #[test]
    fn a_quorum_can_be_met() {
        assert_eq!(Quorum::read("2 of 3"), Some(Quorum { needed: 2, of: 3 }));
        for text in ["0 of 3", "4 of 3", "2 of 17", "2/3", "two of three"] {
            assert_eq!(Quorum::read(text), None, "{text}");
        }
    }
}
