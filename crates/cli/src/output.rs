//! What is printed: results on standard output, everything else on standard error.

use std::{
    cell::Cell,
    io::{self, IsTerminal as _, Write as _},
};

use jiff::{
    Span,
    civil::{Date, date},
};
use serde::Serialize;
use zegel_vault::{
    days,
    ports::Progress,
    view::{Alarm, Purpose},
};

use crate::failure::Failure;

/// How results are printed.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// As one JSON value, or as lines for people.
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a result: `value` as JSON, or these lines.
    pub(crate) fn result(self, value: &impl Serialize, lines: impl FnOnce() -> Vec<String>) -> Result<(), Failure> {
        if self.json {
            let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Usage(error.to_string()))?;
            return print(&text);
        }
        lines().iter().try_for_each(|line| print(line))
    }

    /// Prints one line of a result that grows, for people; JSON comes at the end.
    pub(crate) fn line(self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { print(line) }
    }

    /// Prints one result of many that come over time: `value` as a line of JSON, or this line.
    pub(crate) fn event(self, value: &impl Serialize, line: &str) -> Result<(), Failure> {
        if !self.json {
            return print(line);
        }
        print(&serde_json::to_string(value).map_err(|error| Failure::Usage(error.to_string()))?)
    }

    /// Says something that is not the result.
    pub(crate) fn note(self, text: &str) {
        // Where nobody reads standard error there is nobody to tell.
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Says why the program ends.
    pub(crate) fn failure(self, failure: &Failure) {
        let Some(sentences) = failure.sentences() else { return };
        if self.json {
            self.note(&serde_json::json!({ "error": failure.key(), "message": sentences }).to_string());
        } else {
            self.note(&format!("zegel: {sentences}"));
        }
    }

    /// Follows work on one file, if somebody watches.
    pub(crate) fn progress(self, name: &str) -> Meter {
        let watched = !self.json && io::stderr().is_terminal();
        Meter { name: shown(name), watched, percent: Cell::new(None) }
    }
}

fn print(line: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{line}").map_err(|_| Failure::NobodyListens)
}

/// How far one file has come.
pub(crate) struct Meter {
    name: String,
    watched: bool,
    percent: Cell<Option<u64>>,
}

impl Progress for Meter {
    fn bytes(&self, done: u64, total: u64) {
        // Below a few megabytes it is over before it can be read.
        if !self.watched || total < 4 << 20 {
            return;
        }
        let percent = done.saturating_mul(100) / total;
        if self.percent.replace(Some(percent)) != Some(percent) {
            let end = if done >= total { "\n" } else { "" };
            let _ = write!(io::stderr(), "\r{}: {} %{end}", self.name, percent);
        }
    }
}

/// A name from outside, made harmless for a terminal: nothing that moves the cursor or turns the direction of reading.
pub(crate) fn shown(name: &str) -> String {
    let harmless = |c: char| {
        let turns =
            matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns { char::REPLACEMENT_CHARACTER } else { c }
    };
    name.chars().map(harmless).collect()
}

/// A text of several lines, made harmless; its lines stay.
pub(crate) fn shown_text(text: &str) -> String {
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}

/// A size for people.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// From which days are counted.
const EPOCH: Date = date(1970, 1, 1);

/// A day, in seconds.
const DAY: u64 = 24 * 60 * 60;

/// A day that is counted from 1970.
pub(crate) fn counted_day(days: impl Into<u64>) -> String {
    day(days.into().saturating_mul(DAY))
}

/// A day as it is counted from 1970; none before.
pub(crate) fn counted(date: Date) -> Option<u64> {
    EPOCH.until(date).ok().and_then(|span| u64::try_from(span.get_days()).ok())
}

/// The last day of what ends at a moment.
pub(crate) fn last_day(until: u64) -> String {
    counted_day(days::last(until))
}

/// A moment, as a day.
pub(crate) fn day(seconds: u64) -> String {
    let days = i64::try_from(days::of(seconds)).ok().and_then(|days| Span::new().try_days(days).ok());
    let date = days.and_then(|days| EPOCH.checked_add(days).ok());
    date.map_or_else(|| "a day beyond any calendar".to_owned(), |date| date.to_string())
}

/// An alarm, as a sentence.
pub(crate) fn alarm(alarm: &Alarm) -> String {
    let text = match alarm {
        Alarm::Fork(log) => format!("{log} has two histories and is read-only now; compare with a colleague"),
        Alarm::Rollback(log) => {
            format!("the relay showed less of {log} than before, or other things; tell its operator")
        }
        Alarm::Refused(log, why) => format!("{log} holds an entry that no rule allows: {why}"),
        Alarm::FalseWrap(log) => format!("{log} holds a wrapped key that is not what it says"),
        Alarm::Unreadable(log, author) => format!("{log} holds an entry by {author} that does not open"),
        Alarm::NewDevice(name) => format!("{name} has a new device; if they know nothing of it, tell a director"),
        Alarm::OwnNewDevice => {
            "you have a new device; if that was not you, end it with `zegel device revoke` and renew your keys"
                .to_owned()
        }
        Alarm::Renewed(name) => format!("{name} has new keys; compare words with them again, face to face or by voice"),
        Alarm::Resealed(log, who) => {
            format!("{log} holds a record that {who} sealed again with other words; compare it with a colleague")
        }
        Alarm::RegisteredTwice(name) => format!("two people used the invitation of {name}; admit neither"),
        Alarm::ReceiverTwice(link) => {
            format!(
                "two people made keys of their own with the link {link} of a share; agree with neither and revoke it"
            )
        }
        Alarm::Unconfirmed(log, count) => format!("{log} holds {count} entries by a removed device"),
        Alarm::Recovered(log) => format!("the recovery sheets were used on {log}; ask the directors who did, and why"),
        Alarm::Policy(why) => {
            format!("the directory holds a policy that cannot be in force ({why}); a director must set it anew")
        }
        Alarm::PutBack(to) => format!(
            "the relay was put back to how it was on {}; this device hands back what it has; see `zegel restored`",
            day(*to)
        ),
        Alarm::Restored(who, on, given_up) => {
            let up = if *given_up > 0 {
                format!(", and gave up the end of {given_up} dossiers or shares")
            } else {
                String::new()
            };
            format!("{who} confirmed on {} that the relay was put back to an earlier state{up}", counted_day(*on))
        }
        Alarm::Withheld(log, who, on) => format!(
            "the relay shows less of {log} than the device of {who} saw on {}; ask them, and tell the relay's operator",
            counted_day(*on)
        ),
        Alarm::Contradicted(log, who, on) => format!(
            "the relay showed the device of {who} something else in {log} on {}; compare it with them before you go on",
            counted_day(*on)
        ),
        Alarm::Claimed(log, who, purpose, opens) => {
            let how = match purpose {
                Purpose::Emergency => "claimed it as an emergency contact; it opens for them",
                Purpose::BreakGlass => "broke the glass; it opens for them",
                Purpose::Release => {
                    "is gone, say their trustees; its client reads it, or without one it may be destroyed,"
                }
            };
            format!("{log}: {who} {how} from {}", day(*opens))
        }
        Alarm::Clock(seconds) => {
            format!("this machine's clock and the relay's are {} seconds apart; set the clock", seconds.unsigned_abs())
        }
    };
    format!("Warning: {}", shown(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_move_the_cursor_or_turn_the_line() {
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c\n"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}");
        assert_eq!(shown("Łukasz 😀 'é'"), "Łukasz 😀 'é'");
    }

    #[test]
    fn sizes_are_short() {
        let sizes: Vec<String> = [0, 999, 1000, 999_949, 999_950, 3_221_225_472].into_iter().map(size).collect();
        assert_eq!(sizes, ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "3.2 GB"]);
    }

    #[test]
    fn days_are_of_the_calendar() {
        // Up to midnight in the Netherlands, which is 23:00 UTC.
        assert_eq!((day(1_798_757_999), day(1_798_758_000)), ("2026-12-31".into(), "2027-01-01".into()));
        assert_eq!(day(u64::MAX), "a day beyond any calendar");
    }
}
