//! Invented users in bulk, for measuring: the same seed gives the same people.
//!
//! Names are as skewed as real ones (the commonest surname stands for nearly 3 % of all),
//! 7 % have no mailbox, groups follow a school's shares. Addresses end in `.example`.

mod names;

use domain::person::check_character;
use jiff::{Timestamp, ToSpan, civil::Date};
use names::{GIVEN_NAMES, SURNAMES};
use std::fmt::Write as _;

/// A repeatable stream of numbers (SplitMix64): stable across releases, unlike the
/// generators of libraries.
pub struct Dice(u64);

impl Dice {
    /// Starts the stream.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between 0 and `n`, `n` left out.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// Picks with weights 1/(rank + shift): few names are very common, most are rare.
struct Skewed {
    bounds: Vec<u64>,
}

impl Skewed {
    fn new(n: usize, shift: u64) -> Self {
        let mut sum = 0;
        let bounds = (0..n as u64)
            .map(|rank| {
                sum += 1_000_000 / (rank + shift);
                sum
            })
            .collect();
        Self { bounds }
    }

    fn pick(&self, dice: &mut Dice) -> usize {
        let at = dice.below(*self.bounds.last().unwrap_or(&1));
        self.bounds.partition_point(|b| *b <= at)
    }
}

/// The groups of a seeded user, as places in the organisation's list of the nine groups.
const SHARES: [(u64, &[&str]); 7] = [
    (52, &["alunni"]),
    (36, &["tutori"]),
    (5, &["docenti"]),
    (3, &["docenti", "tutori"]),
    (2, &["personale-ata"]),
    (1, &["ufficio-didattica", "ufficio-personale"]),
    (1, &["esterni"]),
];

/// Makes users one after the other.
pub struct People {
    dice: Dice,
    surnames: Skewed,
    given_names: Skewed,
    now: Timestamp,
}

/// A made-up user, ready for COPY.
pub struct Made {
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Nome utente».
    pub username: String,
    /// «Mail utente».
    pub email: Option<String>,
    /// «Codice fiscale».
    pub fiscal_code: Option<String>,
    /// `active` or `inactive`.
    pub state: &'static str,
    /// «Scadenza password».
    pub password_end: Option<Timestamp>,
    /// Codes of groups.
    pub groups: &'static [&'static str],
}

impl People {
    /// The same `seed` and `now` give the same people.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            dice: Dice::new(seed),
            surnames: Skewed::new(SURNAMES.len() * 12, 6),
            given_names: Skewed::new(GIVEN_NAMES.len(), 8),
            now,
        }
    }

    /// The user number `n` (from 1) of an organisation.
    pub fn make(&mut self, n: u64) -> Made {
        let rank = self.surnames.pick(&mut self.dice);
        let surname = surname(rank);
        let (given_name, female) = GIVEN_NAMES[self.given_names.pick(&mut self.dice)];
        let (share, dice) = (self.dice.below(100), &mut self.dice);
        let mut left = share;
        let groups = SHARES
            .iter()
            .find(|(s, _)| {
                let here = left < *s;
                left = left.saturating_sub(*s);
                here
            })
            .map_or(SHARES[0].1, |(_, g)| *g);
        let born = born(dice, groups[0]);
        let fiscal_code =
            (!dice.percent(2)).then(|| fiscal_code(&surname, given_name, female, born, dice));
        let email = (!dice.percent(7)).then(|| address(&surname, given_name, n));
        let password_end = dice.percent(70).then(|| {
            let days = i64::try_from(dice.below(700)).unwrap_or(0) - 250;
            self.now
                .saturating_add((days * 24).hours())
                .unwrap_or(self.now)
        });
        let state = if dice.percent(5) {
            "inactive"
        } else {
            "active"
        };
        Made {
            surname,
            given_name: given_name.to_owned(),
            username: format!("{n:07}"),
            email,
            fiscal_code,
            state,
            password_end,
            groups,
        }
    }
}

/// The commonest are single surnames; the long tail is made of double ones.
fn surname(rank: usize) -> String {
    match rank.checked_sub(SURNAMES.len()) {
        None => SURNAMES[rank].to_owned(),
        Some(tail) => {
            let first = SURNAMES[tail % SURNAMES.len()];
            let second = SURNAMES[(tail * 7 + tail / SURNAMES.len() + 3) % SURNAMES.len()];
            format!("{first} {second}")
        }
    }
}

fn born(dice: &mut Dice, group: &str) -> Date {
    let year = match group {
        "alunni" => 2007 + dice.below(14),
        _ => 1960 + dice.below(38),
    };
    let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
    jiff::civil::date(year as i16, month as i8, day as i8)
}

fn address(surname: &str, given_name: &str, n: u64) -> String {
    let plain = |s: &str| {
        s.chars()
            .filter_map(plain_letter)
            .collect::<String>()
            .to_lowercase()
    };
    format!("{}.{}{n}@scuola.example", plain(given_name), plain(surname))
}

/// ASCII letter for a letter with accent; nothing for apostrophes and spaces.
fn plain_letter(c: char) -> Option<char> {
    Some(match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ë' => 'e',
        'ì' | 'í' | 'î' => 'i',
        'ò' | 'ó' | 'ö' => 'o',
        'ù' | 'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ć' | 'č' | 'ç' => 'c',
        c if c.is_ascii_alphabetic() => c,
        _ => return None,
    })
}

/// A code that passes every check (DM 23.12.1976), with an invented place of birth.
fn fiscal_code(
    surname: &str,
    given_name: &str,
    female: bool,
    born: Date,
    dice: &mut Dice,
) -> String {
    const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
    let mut code = three(surname, false) + &three(given_name, true);
    let day = i32::from(born.day()) + if female { 40 } else { 0 };
    let month = char::from(MONTHS[usize::from(born.month().unsigned_abs()) - 1]);
    let _ = write!(code, "{:02}{month}{day:02}", born.year() % 100);
    let _ = write!(
        code,
        "{}{:03}",
        char::from(b'A' + u8::try_from(dice.below(12)).unwrap_or(0)),
        dice.below(1000)
    );
    let last = check_character(code.as_bytes());
    code.push(char::from(last));
    code
}

fn three(name: &str, given: bool) -> String {
    let letters: Vec<char> = name
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(plain_letter)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let vowel = |c: &char| "AEIOU".contains(*c);
    let mut consonants: Vec<char> = letters.iter().copied().filter(|c| !vowel(c)).collect();
    if given && consonants.len() >= 4 {
        consonants.remove(1);
    }
    consonants
        .into_iter()
        .chain(letters.iter().copied().filter(vowel))
        .chain("XXX".chars())
        .take(3)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::person::FiscalCode;

    #[test]
    fn the_same_seed_makes_the_same_people_with_valid_codes() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let (mut a, mut b) = (People::new(7, now), People::new(7, now));
        for n in 1..500 {
            let (x, y) = (a.make(n), b.make(n));
            assert_eq!(
                (&x.surname, &x.email, &x.fiscal_code),
                (&y.surname, &y.email, &y.fiscal_code)
            );
            if let Some(code) = x.fiscal_code {
                assert_eq!(FiscalCode::parse(&code).unwrap().as_str(), code);
            }
        }
    }

    #[test]
    fn the_commonest_surname_stands_for_about_three_people_in_a_hundred() {
        let mut people = People::new(1, "2026-11-22T00:00:00Z".parse().unwrap());
        let rossi = (1..=20_000)
            .filter(|n| people.make(*n).surname == "Rossi")
            .count();
        assert!((400..900).contains(&rossi), "{rossi}");
    }
}
