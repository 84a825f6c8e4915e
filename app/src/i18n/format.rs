//! Numbers, days and moments: one formatter on both sides, never the browser's.

use domain::Locale;
use jiff::{Timestamp, civil::Date};

/// A whole number with its thousands apart: `1.206` (it), `1’206` (de), `1 206` (fr), `1,206` (en).
pub fn number(locale: Locale, n: u64) -> String {
    let separator = match locale {
        Locale::It => '.',
        Locale::De => '’',
        Locale::Fr => '\u{202f}',
        Locale::En => ',',
    };
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(d);
    }
    out
}

/// `31/12/2026` in Italian, French and English, `31.12.2026` in German (Swiss units).
pub fn day(locale: Locale, d: Date) -> String {
    let dot = if locale == Locale::De { '.' } else { '/' };
    format!("{:02}{dot}{:02}{dot}{:04}", d.day(), d.month(), d.year())
}

/// Day and time of a moment, in the zone of Italy and Switzerland (both keep Central
/// European Time). The zone rules of the European Union since 1996 are written out here:
/// the wasm carries no time-zone database.
pub fn moment(locale: Locale, at: Timestamp) -> String {
    let local = central_european(at);
    format!(
        "{}, {:02}:{:02}",
        day(locale, local.date()),
        local.hour(),
        local.minute()
    )
}

/// Civil time in Rome and Zurich: UTC+1, and UTC+2 from the last Sunday of March 01:00 UTC
/// to the last Sunday of October 01:00 UTC.
fn central_european(at: Timestamp) -> jiff::civil::DateTime {
    let utc = jiff::tz::Offset::UTC.to_datetime(at);
    let year = utc.year();
    let change = |month: i8| {
        let last = jiff::civil::date(year, month, 31);
        let back = last.weekday().to_sunday_zero_offset();
        jiff::civil::date(year, month, 31 - back).at(1, 0, 0, 0)
    };
    let summer = utc >= change(3) && utc < change(10);
    jiff::tz::Offset::constant(if summer { 2 } else { 1 }).to_datetime(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_as_each_language_writes_them() {
        assert_eq!(number(Locale::It, 1_234_567), "1.234.567");
        assert_eq!(number(Locale::De, 999), "999");
        assert_eq!(number(Locale::En, 1000), "1,000");
    }

    #[test]
    fn both_changes_of_summer_time_fall_on_the_second() {
        let at = |s: &str| moment(Locale::It, s.parse().unwrap());
        assert_eq!(at("2026-03-29T00:59:59Z"), "29/03/2026, 01:59");
        assert_eq!(at("2026-03-29T01:00:00Z"), "29/03/2026, 03:00");
        assert_eq!(at("2026-10-25T00:59:59Z"), "25/10/2026, 02:59");
        assert_eq!(at("2026-10-25T01:00:00Z"), "25/10/2026, 02:00");
    }
}
