//! Reading single cells as offices write them.

use super::{Column, Problem, RowError};
use jiff::civil::Date;

/// Lower case, no accents, one blank between words: how headers and names of groups are compared.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            // Combining accents, zero-width characters and the mark of a required field.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '*' => continue,
            c => c,
        };
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else {
            gap = true;
        }
    }
    out
}

/// Reads a date: `31/12/2026`, `31.12.2026`, `31-12-2026`, `2026-12-31`, a time after it ignored.
///
/// # Errors
/// [`Problem::DateShape`] or, for a day that no calendar has, [`Problem::NoSuchDay`].
pub fn read_date(text: &str) -> Result<Date, Problem> {
    let text = text.trim();
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let [a, b, c] = parts.as_slice() else {
        return Err(Problem::DateShape);
    };
    let number = |part: &str, digits: usize| -> Result<i16, Problem> {
        if part.is_empty() || part.len() > digits || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::DateShape);
        }
        part.parse().map_err(|_| Problem::DateShape)
    };
    let (year, month, day) = if a.len() == 4 {
        (number(a, 4)?, number(b, 2)?, number(c, 2)?)
    } else if c.len() == 4 {
        (number(c, 4)?, number(b, 2)?, number(a, 2)?)
    } else {
        return Err(Problem::DateShape);
    };
    if year < 1800 {
        return Err(Problem::NoSuchDay);
    }
    let small = |n: i16| i8::try_from(n).map_err(|_| Problem::NoSuchDay);
    Date::new(year, small(month)?, small(day)?).map_err(|_| Problem::NoSuchDay)
}

/// Reads a school year (`2026/2027`, `2026/27`, `a.s. 2026-27`, `2026`) as its first
/// calendar year.
///
/// # Errors
/// [`Problem::SchoolYear`].
pub fn read_school_year(text: &str) -> Result<i16, Problem> {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect();
    let number = |part: &str| part.parse::<i16>().map_err(|_| Problem::SchoolYear);
    let first = match parts.as_slice() {
        [first] if first.len() == 4 => number(first)?,
        [first, second] if first.len() == 4 => {
            let start = number(first)?;
            let next = match second.len() {
                4 => number(second)?,
                2 => {
                    start - start % 100 + number(second)? + if start % 100 == 99 { 100 } else { 0 }
                }
                _ => return Err(Problem::SchoolYear),
            };
            if next != start + 1 {
                return Err(Problem::SchoolYear);
            }
            start
        }
        _ => return Err(Problem::SchoolYear),
    };
    if (1990..=2200).contains(&first) {
        Ok(first)
    } else {
        Err(Problem::SchoolYear)
    }
}

/// Reads «Si» or «No».
///
/// # Errors
/// [`Problem::NotYesOrNo`].
pub fn read_flag(text: &str) -> Result<bool, Problem> {
    match fold(text).as_str() {
        "si" | "s" | "ja" | "oui" | "yes" | "y" | "true" | "vero" | "1" | "x" | "attivo" => {
            Ok(true)
        }
        "no" | "n" | "nein" | "non" | "false" | "falso" | "0" | "inattivo" | "non attivo" => {
            Ok(false)
        }
        _ => Err(Problem::NotYesOrNo),
    }
}

/// The cells of a row by column, and what was wrong with them so far.
pub(super) struct Cells<'a, F: Fn(Column) -> Option<&'a str>> {
    pub(super) get: F,
    pub(super) errors: Vec<RowError>,
}

impl<'a, F: Fn(Column) -> Option<&'a str>> Cells<'a, F> {
    pub(super) fn new(get: F) -> Self {
        Self {
            get,
            errors: Vec::new(),
        }
    }

    /// The cell without blanks around it; `None` where the column is absent or the cell empty.
    pub(super) fn raw(&self, column: Column) -> Option<&'a str> {
        (self.get)(column)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// One line of text of at most `max` characters. Line breaks inside (a cell written on
    /// two lines) become blanks.
    pub(super) fn text(&mut self, column: Column, max: u32) -> Option<String> {
        let raw = self.raw(column)?;
        let line = raw
            .split(['\r', '\n', '\t', '\u{a0}', ' '])
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        if line.chars().any(char::is_control) {
            self.error(column, Problem::ControlCharacters);
            return None;
        }
        if line.chars().count() > max as usize {
            self.error(column, Problem::TooLong(max));
            return None;
        }
        Some(line)
    }

    pub(super) fn required(&mut self, column: Column, max: u32) -> String {
        if self.raw(column).is_none() {
            self.error(column, Problem::Missing);
        }
        self.text(column, max).unwrap_or_default()
    }

    /// A cell read by `read`; what it refuses is noted.
    pub(super) fn read<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let raw = self.raw(column)?;
        read(raw)
            .map_err(|problem| self.error(column, problem))
            .ok()
    }

    pub(super) fn error(&mut self, column: Column, problem: Problem) {
        let value = (self.get)(column).unwrap_or_default();
        self.errors.push(RowError::new(column, value, problem));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_offices_write_them() {
        let day = jiff::civil::date(2026, 12, 31);
        for text in [
            "31/12/2026",
            "31.12.2026",
            "31-12-2026",
            "2026-12-31",
            " 31/12/2026 00:00:00",
            "2026-12-31T00:00:00",
        ] {
            assert_eq!(read_date(text), Ok(day), "{text}");
        }
        assert_eq!(read_date("1/2/1980"), Ok(jiff::civil::date(1980, 2, 1)));
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_from_a_text_that_is_no_date() {
        assert_eq!(read_date("31/02/2010"), Err(Problem::NoSuchDay));
        assert_eq!(read_date("12/31/2026"), Err(Problem::NoSuchDay));
        assert_eq!(read_date("29/02/2025"), Err(Problem::NoSuchDay));
        for text in [
            "ieri",
            "31/12/26",
            "31122026",
            "//2026",
            "-1/2/2020",
            "٣١/١٢/2026",
        ] {
            assert_eq!(read_date(text), Err(Problem::DateShape), "{text}");
        }
    }

    #[test]
    fn school_years_are_read_in_their_usual_spellings() {
        for text in [
            "2026/2027",
            "2026/27",
            "a.s. 2026/27",
            "A.S. 2026-2027",
            "2026",
        ] {
            assert_eq!(read_school_year(text), Ok(2026), "{text}");
        }
        assert_eq!(read_school_year("1999/00"), Ok(1999));
        for text in ["2026/2028", "26/27", "2026/2026", "", "prima"] {
            assert_eq!(read_school_year(text), Err(Problem::SchoolYear), "{text}");
        }
    }

    #[test]
    fn headers_are_compared_without_case_accents_and_marks() {
        assert_eq!(fold("  ID  Unità* "), "id unita");
        assert_eq!(fold("\u{feff}Codice_Fiscale:"), "codice fiscale");
        assert_eq!(fold("CODICE-FISCALE"), "codice fiscale");
    }
}
