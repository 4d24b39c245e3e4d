//! Calendar days: those of the Netherlands, on whatever machine they are chosen or read. A last day then is the same day for who gives
//! access and for who has it, and ends at midnight where the organisations are. Days are counted from 1970.

const DAY: u64 = 24 * 60 * 60;
const HOUR: u64 = 60 * 60;

/// The day in which a moment falls (seconds since 1970).
pub fn of(moment: u64) -> u64 {
    moment.saturating_add(ahead(moment)) / DAY
}

/// The first moment after a day: what may be until that day ends then.
pub fn end(day: u64) -> u64 {
    let midnight = day.saturating_add(1).saturating_mul(DAY);
    // The clocks change by night, hours after midnight, so an hour too late tells the same.
    midnight - ahead(midnight - HOUR)
}

/// The last day of what ends at this moment.
pub fn last(until: u64) -> u64 {
    of(until.saturating_sub(1))
}

/// By how much the clock there is ahead of UTC: two hours from the last Sunday of March to the last of October, at 1:00 UTC, else
/// one (directive 2000/84/EC).
fn ahead(moment: u64) -> u64 {
    let day = moment.saturating_sub(HOUR) / DAY;
    let (month, date) = month(day);
    // A month of 31 days has its last Sunday on the 25th or later; 1 January 1970 was a Thursday.
    let last_sunday_came = date >= 25 + (day + 4) % 7;
    let summer = match month {
        3 => last_sunday_came,
        10 => !last_sunday_came,
        _ => (4..10).contains(&month),
    };
    if summer { 2 * HOUR } else { HOUR }
}

/// The month and its day, of a day counted from 1970. Years begin in March here, so that the day that leap years add comes last: 153 days
/// are five months in a row, and 719,468 days before 1970 such a year began, and with it a round of four centuries.
fn month(day: u64) -> (u64, u64) {
    let of_round = day.wrapping_add(719_468) % 146_097;
    let year = (of_round - of_round / 1_460 + of_round / 36_524 - of_round / 146_096) / 365;
    let of_year = of_round - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    ((month + 2) % 12 + 1, of_year - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-12-31, counted from 1970.
    const NEW_YEARS_EVE: u64 = 20_818;

    #[test]
    fn a_day_ends_at_midnight_in_the_netherlands() {
        // 2026-12-31T23:00:00Z, and 2026-07-31T22:00:00Z.
        assert_eq!(end(NEW_YEARS_EVE), 1_798_758_000);
        assert_eq!(end(20_665), 1_785_535_200);
    }

    #[test]
    fn a_day_lasts_from_one_midnight_to_the_next() {
        for day in 1..80_000 {
            assert_eq!((of(end(day) - 1), of(end(day)), last(end(day))), (day, day + 1, day));
            let hours = (end(day) - end(day - 1)) / HOUR;
            assert!((23..=25).contains(&hours) && end(day).is_multiple_of(HOUR), "{day} has {hours} hours");
        }
    }

    #[test]
    fn clocks_change_on_the_last_sundays_of_march_and_october() {
        // 2024: 31 March and 27 October; 2026: 29 March and 25 October; 2027: 28 March and 31 October.
        for (day, hours) in [(19_813, 23), (20_023, 25), (20_541, 23), (20_751, 25), (20_905, 23), (21_122, 25)] {
            assert_eq!((end(day) - end(day - 1)) / HOUR, hours, "{day}");
        }
        // 2026-03-29T00:59:59Z is 1:59:59 there, a second later it is 3:00.
        let change = 1_774_746_000;
        assert_eq!((ahead(change - 1), ahead(change)), (HOUR, 2 * HOUR));
        assert_eq!((ahead(1_792_890_000 - 1), ahead(1_792_890_000)), (2 * HOUR, HOUR));
    }

    #[test]
    fn no_moment_is_too_far_away() {
        assert_eq!(of(u64::MAX), u64::MAX / DAY);
        assert!(end(u64::MAX) > end(80_000) && last(0) == 0);
    }
}
