//! The comparison of prepared and stated data (domain decision 7).

use super::{Difference, DiscrepancyClass, DiscrepancyField, Hint, Identity};
use crate::{email::is_private_provider, import::fold};

/// Names that differ by at most this many characters are a slip of the keyboard.
const SLIP: usize = 2;

/// What the differences suggest: the gravest of them. `None` where nothing differs.
pub fn compare(prepared: &Identity, stated: &Identity) -> Option<DiscrepancyClass> {
    differences(prepared, stated)
        .iter()
        .filter_map(|d| d.hint.class())
        .max()
}

/// Field by field, in the order of the page.
pub fn differences(prepared: &Identity, stated: &Identity) -> Vec<Difference> {
    let line = |field, prepared: &str, stated: &str, hint| Difference {
        field,
        prepared: prepared.to_owned(),
        stated: stated.to_owned(),
        hint,
    };
    let (given, surname) = names(prepared, stated);
    vec![
        line(
            DiscrepancyField::GivenName,
            &prepared.given_name,
            &stated.given_name,
            given,
        ),
        line(
            DiscrepancyField::Surname,
            &prepared.surname,
            &stated.surname,
            surname,
        ),
        line(
            DiscrepancyField::Email,
            &prepared.email,
            &stated.email,
            email(&prepared.email, &stated.email),
        ),
    ]
}

/// Whether two names are one but for accents, capitals, apostrophes and hyphens.
pub fn same_name(a: &str, b: &str) -> bool {
    words(a) == words(b)
}

/// Names of one field put into the other are no other person: «Nome» and «Cognome» are
/// taken together where they do not fit one by one.
fn names(prepared: &Identity, stated: &Identity) -> (Hint, Hint) {
    let given = name(&prepared.given_name, &stated.given_name);
    let surname = name(&prepared.surname, &stated.surname);
    if given != Hint::Other && surname != Hint::Other {
        return (given, surname);
    }
    let whole = |i: &Identity| {
        let mut all = words(&i.given_name);
        all.extend(words(&i.surname));
        all.sort();
        all
    };
    if whole(prepared) == whole(stated) {
        (Hint::Spelling, Hint::Spelling)
    } else {
        (given, surname)
    }
}

fn name(prepared: &str, stated: &str) -> Hint {
    if prepared.trim() == stated.trim() {
        return Hint::Same;
    }
    let (a, b) = (words(prepared), words(stated));
    if a.concat() == b.concat() {
        return Hint::Spelling;
    }
    let within = |few: &[String], many: &[String]| {
        !few.is_empty() && few.len() < many.len() && few.iter().all(|w| many.contains(w))
    };
    if within(&a, &b) || within(&b, &a) {
        return Hint::SecondName;
    }
    let (a, b) = (a.concat(), b.concat());
    // In «Ada» and «Ugo» three characters differ of three: short names need more in common.
    let allowed = SLIP.min(a.chars().count().min(b.chars().count()) / 2);
    if distance(&a, &b) <= allowed {
        Hint::Slip
    } else {
        Hint::Other
    }
}

fn email(prepared: &str, stated: &str) -> Hint {
    let (a, b) = (prepared.trim().to_lowercase(), stated.trim().to_lowercase());
    if a == b {
        return Hint::Same;
    }
    let domain = |address: &str| address.rsplit('@').next().unwrap_or_default().to_owned();
    if is_private_provider(&domain(&b)) {
        Hint::PrivateMailbox
    } else if domain(&a) == domain(&b) && distance(&a, &b) <= SLIP {
        Hint::Slip
    } else {
        Hint::OtherMailbox
    }
}

/// Lower-case words without accents and marks.
fn words(name: &str) -> Vec<String> {
    name.replace(['\'', '’', '‘', '`', '´', 'ʼ'], "")
        .replace(['-', '‐', '–'], " ")
        .split_whitespace()
        .map(fold)
        .filter(|w| !w.is_empty())
        .collect()
}

/// Characters to add, drop, change or swap with the next one until the texts are the same.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let at = |i: usize, j: usize| i * width + j;
            table[at(i, j)] = if i == 0 || j == 0 {
                i.max(j)
            } else {
                let other = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (table[at(i - 1, j)] + 1)
                    .min(table[at(i, j - 1)] + 1)
                    .min(table[at(i - 1, j - 1)] + other);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(table[at(i - 2, j - 2)] + 1);
                }
                best
            };
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(given_name: &str, surname: &str, email: &str) -> Identity {
        Identity {
            surname: surname.into(),
            given_name: given_name.into(),
            email: email.into(),
        }
    }

    fn suggested(given_name: &str, surname: &str, email: &str) -> Option<DiscrepancyClass> {
        compare(
            &person("Lea", "Bianchi", "lea.bianchi@ospedale.ch"),
            &person(given_name, surname, email),
        )
    }

    #[test]
    fn what_is_the_same_opens_nothing() {
        assert_eq!(suggested("Lea", "Bianchi", "LEA.bianchi@ospedale.ch"), None);
    }

    #[test]
    fn a_second_name_an_accent_or_a_slip_is_negligible() {
        for (given, surname) in [
            ("Lea Maria", "Bianchi"),
            ("Léa", "Bianchi"),
            ("lea", "BIANCHI"),
            ("Lea", "Biancchi"),
            ("Lea", "Biacnhi"),
            ("Lea", "Rossi-Bianchi"),
            ("L'ea", "Bianchi"),
            ("Bianchi", "Lea"),
        ] {
            assert_eq!(
                suggested(given, surname, "lea.bianchi@ospedale.ch"),
                Some(DiscrepancyClass::Negligible),
                "{given} {surname}"
            );
        }
        assert_eq!(
            suggested("Lea", "Bianchi", "lea.biancih@ospedale.ch"),
            Some(DiscrepancyClass::Negligible)
        );
    }

    #[test]
    fn a_private_mailbox_or_another_employers_is_the_wrong_address() {
        for email in [
            "lea88@gmail.com",
            "lea.bianchi@bluewin.ch",
            "lea.bianchi@clinica.ch",
        ] {
            assert_eq!(
                suggested("Lea", "Bianchi", email),
                Some(DiscrepancyClass::WrongEmail),
                "{email}"
            );
        }
    }

    #[test]
    fn another_name_is_another_person_whatever_the_address() {
        for (given, surname, email) in [
            ("Ugo", "Verdi", "lea.bianchi@ospedale.ch"),
            ("Ugo", "Bianchi", "lea.bianchi@ospedale.ch"),
            ("Lea", "Neri", "lea88@gmail.com"),
        ] {
            assert_eq!(
                suggested(given, surname, email),
                Some(DiscrepancyClass::OtherPerson),
                "{given} {surname} {email}"
            );
        }
    }

    #[test]
    fn what_is_stated_is_checked_field_by_field() {
        let errors = person(" ", &"x".repeat(101), "lea@").check().unwrap_err();
        assert_eq!(
            errors.of("given_name"),
            Some(&crate::user::FieldError::Required)
        );
        assert_eq!(
            errors.of("surname"),
            Some(&crate::user::FieldError::TooLong(100))
        );
        assert_eq!(
            errors.of("email"),
            Some(&crate::user::FieldError::NotAnEmail)
        );
        let good = person(" Lea  Maria ", "Bianchi", " lea@ospedale.ch ")
            .check()
            .unwrap();
        assert_eq!(good, person("Lea Maria", "Bianchi", "lea@ospedale.ch"));
    }

    proptest! {
        #[test]
        fn nobody_differs_from_themselves(given in "\\PC{0,30}", surname in "\\PC{0,30}", email in "[a-z]{1,9}@[a-z]{1,9}\\.ch") {
            let one = person(&given, &surname, &email);
            prop_assert_eq!(compare(&one, &one), None);
        }

        #[test]
        fn the_distance_is_the_same_both_ways(a in "[a-d]{0,8}", b in "[a-d]{0,8}") {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
        }
    }
}
