//! What is proposed, with which reasons, and what is not.

use super::*;

fn facts<'a>(name: &'a str, code: Option<&'a str>) -> Facts<'a> {
    Facts {
        name,
        fiscal_code: code,
        birth_date: None,
    }
}

#[test]
fn an_equal_code_is_certain_whatever_the_names() {
    let s = score(
        &facts("rossi maria", Some("RSSMRA80A41F205X")),
        &facts("bianchi maria", Some("RSSMRA80A41F205X")),
    );
    assert_eq!((s.percent, s.likelihood()), (100, Likelihood::Certain));
}

#[test]
fn one_different_character_is_very_probable() {
    let s = score(
        &facts("rossi maria", Some("RSSMRA80A41F205X")),
        &Facts {
            birth_date: Some(jiff::civil::date(1980, 1, 1)),
            ..facts("rossi maria", Some("RSSMRA80A41F205Y"))
        },
    );
    assert_eq!(s.code, CodeMatch::OneDifferent);
    assert_eq!(s.percent, 88.max(s.percent));
    assert!(matches!(
        s.likelihood(),
        Likelihood::Possible | Likelihood::VeryProbable
    ));
}

#[test]
fn omocodia_suggests_and_never_proves() {
    let s = score(
        &facts("rossi maria", Some("RSSMRA80A41H501Y")),
        &facts("maria rossi", Some("RSSMRA80A41H50MQ")),
    );
    assert_eq!(
        (s.code, s.name),
        (CodeMatch::SameBase, NameMatch::OtherOrder)
    );
    assert_eq!(s.likelihood(), Likelihood::VeryProbable);
    assert_ne!(s.percent, 100);
}

#[test]
fn without_the_day_of_birth_nothing_but_the_same_words_is_proposed() {
    for (a, b) in [
        ("rossi maria", "rosi maria"),
        ("rossi maria", "rossi maria anna"),
        (
            "della giovannarossi mariaantonietta",
            "della giovannarossi mariantonietta",
        ),
        ("rossi maria", "rossi mario"),
    ] {
        for (x, y) in [
            (None, None),
            (Some("RSSMRA80A41H501Y"), None),
            (None, Some("RSSMRA80A41H501Y")),
            (Some("RSSMRA80A41H501Y"), Some("02180610137")),
        ] {
            let s = score(&facts(a, x), &facts(b, y));
            assert_eq!(s.likelihood(), Likelihood::Unlikely, "{a} {b} {s:?}");
        }
    }
    let same = score(&facts("rossi maria", None), &facts("maria rossi", None));
    assert_eq!(same.likelihood(), Likelihood::Possible);
}

#[test]
fn a_code_tells_under_which_days_of_birth_to_look() {
    let keys = birth_keys("RSSMRA80A41H50MQ").unwrap();
    let days = [1980, 2080].map(|year| jiff::civil::date(year, 1, 1));
    assert_eq!(keys.days, days);
    assert_eq!(keys.parts, ["80A01", "80A41"]);
    assert_eq!(birth_keys("02180610137"), None);
}

#[test]
fn namesakes_with_other_codes_and_births_are_not_proposed() {
    let s = score(
        &facts("rossi maria", Some("RSSMRA80A41H501Y")),
        &facts("rossi maria", Some("RSSMRA85T10A562S")),
    );
    assert_eq!(s.likelihood(), Likelihood::Unlikely);
}

#[test]
fn without_codes_an_equal_name_is_possible_and_a_similar_one_is_not() {
    let same = score(&facts("rossi maria", None), &facts("maria rossi", None));
    let near = score(&facts("rossi maria", None), &facts("russo mario", None));
    assert_eq!(same.likelihood(), Likelihood::Possible);
    assert_eq!(near.likelihood(), Likelihood::Unlikely);
}

#[test]
fn differing_characters_are_told_apart() {
    assert_eq!(
        differing("ABCX", Some("ABCY")),
        [("ABC".to_owned(), false), ("X".to_owned(), true)]
    );
    assert_eq!(differing("ABC", None), [("ABC".to_owned(), false)]);
}

#[test]
fn the_codes_looked_up_hold_one_change_and_the_relatives() {
    let near = near_codes("RSSMRA80A41H501Y");
    assert!(near.iter().any(|c| c == "RSSMRA80A41H501X"));
    assert!(near.iter().any(|c| c == "RSSMRA80A41H50MQ"));
    assert!(near.iter().any(|c| c == "RSSMRAULAQMHRLMI"));
    assert!(near_codes("02180610137").is_empty());
}
