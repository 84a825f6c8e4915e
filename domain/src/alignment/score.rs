//! How well a user and a record of the registry fit. Only an equal codice fiscale is
//! certain; everything else is a proposal with its reasons.

use crate::person::{FiscalCode, MONTHS};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is compared of a user or of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Surname and given names, folded (lower case, no accents, no apostrophes).
    pub name: &'a str,
    /// «Codice fiscale» as stored.
    pub fiscal_code: Option<&'a str>,
    /// Date of birth, where it is known apart from the code.
    pub birth_date: Option<Date>,
}

/// How two codici fiscali compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeMatch {
    /// Equal.
    Same,
    /// Equal once omocodia is decoded: only a hint, such codes belong to different persons.
    SameBase,
    /// One character differs.
    OneDifferent,
    /// One of the two is missing or provisional.
    Unknown,
    /// Different.
    Different,
}

/// How two dates of birth compare. A user's is read from the codice fiscale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BirthMatch {
    /// Equal.
    Same,
    /// One of the two is not known.
    Unknown,
    /// Different.
    Different,
}

/// How two names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameMatch {
    /// The same words in the same order.
    Same,
    /// The same words in another order.
    OtherOrder,
    /// Similar.
    Similar,
    /// Different.
    Different,
}

/// A score in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likelihood {
    /// Below 75: not proposed.
    Unlikely,
    /// «possibile»: 75–89.
    Possible,
    /// «molto probabile»: 90 and more.
    VeryProbable,
    /// «certa»: the codes are equal.
    Certain,
}

/// How well two fit, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// 0–100; 100 only where the codes are equal.
    pub percent: u8,
    /// The codes.
    pub code: CodeMatch,
    /// The dates of birth.
    pub birth: BirthMatch,
    /// The names.
    pub name: NameMatch,
}

impl Score {
    /// The score in words.
    pub const fn likelihood(&self) -> Likelihood {
        match (self.code, self.percent) {
            (CodeMatch::Same, _) => Likelihood::Certain,
            (_, 90..) => Likelihood::VeryProbable,
            (_, 75..) => Likelihood::Possible,
            _ => Likelihood::Unlikely,
        }
    }
}

/// Share of the score that equal names give; the rest is the code's and the birth date's.
const NAME: f64 = 57.0;

/// How well `user` and `person` fit.
pub fn score(user: &Facts<'_>, person: &Facts<'_>) -> Score {
    let code = compare_codes(user.fiscal_code, person.fiscal_code);
    let birth = compare_births(user, person);
    let likeness = likeness(user.name, person.name);
    let name = if user.name == person.name {
        NameMatch::Same
    } else if likeness > 0.999 {
        NameMatch::OtherOrder
    } else if likeness >= 0.6 {
        NameMatch::Similar
    } else {
        NameMatch::Different
    };
    let facts = match (code, birth) {
        (CodeMatch::Same, _) => 43.0,
        (CodeMatch::SameBase, BirthMatch::Same) => 39.0,
        (CodeMatch::SameBase, BirthMatch::Unknown) => 36.0,
        (CodeMatch::SameBase, BirthMatch::Different) => 30.0,
        (CodeMatch::OneDifferent, BirthMatch::Same) => 35.0,
        (CodeMatch::OneDifferent, BirthMatch::Unknown) => 31.0,
        (CodeMatch::OneDifferent, BirthMatch::Different) => 28.0,
        (CodeMatch::Unknown, BirthMatch::Same) => 33.0,
        (CodeMatch::Unknown, BirthMatch::Unknown) => 18.0,
        (CodeMatch::Different, BirthMatch::Same) => 22.0,
        _ => 0.0,
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 100"
    )]
    let percent = if code == CodeMatch::Same {
        100
    } else {
        (NAME * likeness + facts).round().clamp(0.0, 99.0) as u8
    };
    Score {
        percent,
        code,
        birth,
        name,
    }
}

fn compare_codes(a: Option<&str>, b: Option<&str>) -> CodeMatch {
    let (Some(a), Some(b)) = (a, b) else {
        return CodeMatch::Unknown;
    };
    if a == b {
        return CodeMatch::Same;
    }
    // A provisional code says nothing of the person.
    if a.len() != 16 || b.len() != 16 {
        return CodeMatch::Unknown;
    }
    if a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() == 1 {
        return CodeMatch::OneDifferent;
    }
    match (FiscalCode::parse(a), FiscalCode::parse(b)) {
        (Ok(a), Ok(b)) if a.base() == b.base() => CodeMatch::SameBase,
        _ => CodeMatch::Different,
    }
}

fn compare_births(user: &Facts<'_>, person: &Facts<'_>) -> BirthMatch {
    let birth = |facts: &Facts<'_>| {
        facts
            .birth_date
            .map(|d| {
                (
                    d.day(),
                    d.month(),
                    i8::try_from(d.year().rem_euclid(100)).unwrap_or(0),
                )
            })
            .or_else(|| {
                let (day, month, year) = FiscalCode::parse(facts.fiscal_code?).ok()?.birth()?;
                Some((
                    i8::try_from(day).ok()?,
                    i8::try_from(month).ok()?,
                    i8::try_from(year).ok()?,
                ))
            })
    };
    match (birth(user), birth(person)) {
        (Some(a), Some(b)) if a == b => BirthMatch::Same,
        (Some(_), Some(_)) => BirthMatch::Different,
        _ => BirthMatch::Unknown,
    }
}

/// How a day of birth may stand in a record, told from a codice fiscale: as a date, where
/// the century is open, or as the five characters of another codice fiscale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BirthKeys {
    /// The day in each century that is likely.
    pub days: Vec<Date>,
    /// `80A01` for men and `80A41` for women.
    pub parts: [String; 2],
}

/// Under which keys records with the day of birth of this code are found. `None` where the
/// code bears none: then a name alone is proposed only where the words are the same, in
/// whatever order. [`score`] gives nothing else [`Likelihood::Possible`].
pub fn birth_keys(code: &str) -> Option<BirthKeys> {
    let (day, month, year) = FiscalCode::parse(code).ok()?.birth()?;
    let date = |century: i16| {
        let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
        Date::new(century + i16::from(year), month, day).ok()
    };
    let letter = char::from(*MONTHS.get(usize::from(month.checked_sub(1)?))?);
    Some(BirthKeys {
        days: [1900, 2000].into_iter().filter_map(date).collect(),
        parts: [0, 40].map(|sex| format!("{year:02}{letter}{:02}", day + sex)),
    })
}

/// 0 to 1: how much of two names is shared, whatever the order of their words. A second
/// name that only one of them has counts half.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, mut b): (Vec<&str>, Vec<&str>) = (
        a.split_whitespace().collect(),
        b.split_whitespace().collect(),
    );
    let length = |w: &str| w.chars().count() as f64;
    let (mut shared, mut all) = (0.0, 0.0);
    for word in a {
        let best = b
            .iter()
            .enumerate()
            .map(|(i, other)| (i, word_likeness(word, other)))
            .max_by(|x, y| x.1.total_cmp(&y.1));
        match best {
            Some((i, like)) if like >= 0.6 => {
                let both = length(word) + length(b.swap_remove(i));
                shared += both * like;
                all += both;
            }
            _ => all += length(word) / 2.0,
        }
    }
    all += b.iter().map(|w| length(w)).sum::<f64>() / 2.0;
    if all == 0.0 { 0.0 } else { shared / all }
}

fn word_likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 1.0;
    }
    1.0 - distance(&a, &b) as f64 / longer as f64
}

/// Insertions, deletions and replacements that lead from one word to the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// Codes worth looking up beside `code`: every code that differs in one character, and the
/// omocodic relatives. Empty for a code that is not of sixteen characters.
pub fn near_codes(code: &str) -> Vec<String> {
    if code.len() != 16 || !code.is_ascii() {
        return Vec::new();
    }
    let mut near = Vec::with_capacity(700);
    for i in 0..16 {
        for c in (b'A'..=b'Z').chain(b'0'..=b'9') {
            let mut bytes = code.as_bytes().to_vec();
            if bytes[i] != c {
                bytes[i] = c;
                near.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    if let Ok(code) = FiscalCode::parse(code) {
        near.extend(code.relatives().into_iter().map(FiscalCode::into_string));
    }
    near
}

/// The characters of `code`, each with whether it differs from the one at its place in
/// `other`. Nothing differs where there is nothing to compare with.
pub fn differing(code: &str, other: Option<&str>) -> Vec<(String, bool)> {
    let other: Option<Vec<char>> = other.map(|o| o.chars().collect());
    let mut parts: Vec<(String, bool)> = Vec::new();
    for (i, c) in code.chars().enumerate() {
        let differs = other.as_ref().is_some_and(|o| o.get(i) != Some(&c));
        match parts.last_mut() {
            Some((text, d)) if *d == differs => text.push(c),
            _ => parts.push((c.to_string(), differs)),
        }
    }
    parts
}

#[cfg(test)]
mod tests;
