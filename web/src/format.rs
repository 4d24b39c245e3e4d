//! Dates, sizes and numbers, by the browser's own `Intl`.

use crate::language::Language;
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

/// A day, such as "5 maart 2026", of a moment in seconds since 1970.
pub(crate) fn day(language: Language, seconds: u64) -> String {
    date(language, seconds, &[("day", "numeric"), ("month", "long"), ("year", "numeric")])
}

/// A day that is counted from 1970.
pub(crate) fn counted(language: Language, days: u64) -> String {
    // At noon, so that it is the same day in every time zone that people live in.
    day(language, days * 86_400 + 43_200)
}

/// A day and a time.
pub(crate) fn moment(language: Language, seconds: u64) -> String {
    let parts =
        [("weekday", "short"), ("day", "numeric"), ("month", "long"), ("hour", "2-digit"), ("minute", "2-digit")];
    date(language, seconds, &parts)
}

/// Today with its weekday.
pub(crate) fn today(language: Language, seconds: u64) -> String {
    date(language, seconds, &[("weekday", "long"), ("day", "numeric"), ("month", "long")])
}

/// A day that is written `YYYY-MM-DD`; the text itself if it is something else.
pub(crate) fn written_day(language: Language, text: &str) -> String {
    let at = Date::parse(&format!("{text}T12:00:00"));
    if at.is_nan() { text.to_owned() } else { day(language, (at / 1000.0) as u64) }
}

/// A moment as `YYYY-MM-DD` in the local time zone.
pub(crate) fn iso_day(seconds: u64) -> String {
    let date = Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// The last second of a day that is written `YYYY-MM-DD`, in the local time zone.
pub(crate) fn end_of_day(text: &str) -> Option<u64> {
    let at = Date::parse(&format!("{text}T23:59:59"));
    (!at.is_nan() && at > 0.0).then_some((at / 1000.0) as u64)
}

/// A day that is written `YYYY-MM-DD`, counted from 1970.
pub(crate) fn day_number(text: &str) -> Option<u64> {
    let at = Date::parse(&format!("{text}T00:00:00Z"));
    (!at.is_nan() && at > 0.0).then_some((at / 86_400_000.0) as u64)
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

fn date(language: Language, seconds: u64, parts: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in parts {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    let date = Date::new(&JsValue::from_f64(seconds as f64 * 1000.0));
    date.to_locale_string(language.locale(), &options).into()
}
