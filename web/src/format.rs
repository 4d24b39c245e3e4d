//! Dates, sizes and numbers, by the browser's own `Intl`. A day is one of the Netherlands' (`zegel_vault::days`), the same on each
//! machine; a time of day is what this machine's clock says.

use crate::language::Language;
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;
use zegel_vault::days;

const MILLISECONDS: f64 = 86_400_000.0;

/// A day, such as "5 maart 2026", of a moment in seconds since 1970.
pub(crate) fn day(language: Language, seconds: u64) -> String {
    counted(language, days::of(seconds))
}

/// The last day of what ends at this moment.
pub(crate) fn last_day(language: Language, until: u64) -> String {
    counted(language, days::last(until))
}

/// A day that is counted from 1970.
pub(crate) fn counted(language: Language, days: u64) -> String {
    let parts = [("day", "numeric"), ("month", "long"), ("year", "numeric"), UTC];
    date(language, days as f64 * MILLISECONDS, &parts)
}

/// A day and a time.
pub(crate) fn moment(language: Language, seconds: u64) -> String {
    let parts =
        [("weekday", "short"), ("day", "numeric"), ("month", "long"), ("hour", "2-digit"), ("minute", "2-digit")];
    date(language, seconds as f64 * 1000.0, &parts)
}

/// Today with its weekday.
pub(crate) fn today(language: Language, seconds: u64) -> String {
    let parts = [("weekday", "long"), ("day", "numeric"), ("month", "long"), UTC];
    date(language, days::of(seconds) as f64 * MILLISECONDS, &parts)
}

/// A day that is written `YYYY-MM-DD`; the text itself if it is something else.
pub(crate) fn written_day(language: Language, text: &str) -> String {
    day_number(text).map_or_else(|| text.to_owned(), |days| counted(language, days))
}

/// The day of a moment, as `YYYY-MM-DD`.
pub(crate) fn iso_day(seconds: u64) -> String {
    let midnight = Date::new(&JsValue::from_f64(days::of(seconds) as f64 * MILLISECONDS));
    midnight.to_iso_string().slice(0, 10).into()
}

/// When a last day ends that is written `YYYY-MM-DD`.
pub(crate) fn end_of_day(text: &str) -> Option<u64> {
    day_number(text).map(days::end)
}

/// A day that is written `YYYY-MM-DD`, counted from 1970.
pub(crate) fn day_number(text: &str) -> Option<u64> {
    let at = Date::parse(&format!("{text}T00:00:00Z"));
    // Not a number is not above zero.
    (at > 0.0).then_some((at / MILLISECONDS) as u64)
}

/// A size such as "1,4 MB".
pub(crate) fn size(language: Language, bytes: u64) -> String {
    let (unit, scale) = match bytes {
        0..1_000 => ("B", 1.0),
        1_000..1_000_000 => ("kB", 1e3),
        1_000_000..1_000_000_000 => ("MB", 1e6),
        _ => ("GB", 1e9),
    };
    // One digit where it says something; the browser sets the decimal sign.
    let digits = if scale < 1e6 { 1.0 } else { 10.0 };
    let rounded = (bytes as f64 / scale * digits).round() / digits;
    let number = js_sys::Number::from(rounded).to_locale_string(language.locale());
    format!("{number}\u{a0}{unit}")
}

/// How a day is shown: at the midnight of UTC from which it is counted.
const UTC: (&str, &str) = ("timeZone", "UTC");

fn date(language: Language, at: f64, parts: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in parts {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    let date = Date::new(&JsValue::from_f64(at));
    date.to_locale_string(language.locale(), &options).into()
}
