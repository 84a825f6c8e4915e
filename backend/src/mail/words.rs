//! Small matters of language in mails: moments, and Italian prepositions.

use domain::Locale;
use jiff::{Timestamp, tz::TimeZone};

const MONTHS: [[&str; 12]; 4] = [
    [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

/// «29 novembre 2026, ore 14:30»: nobody takes the month for the day.
pub fn moment(locale: Locale, at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let (day, month, year) = (
        local.day(),
        usize::from(local.month().unsigned_abs()) - 1,
        local.year(),
    );
    let (hour, minute) = (local.hour(), local.minute());
    match locale {
        Locale::It => format!(
            "{day} {} {year}, ore {hour:02}:{minute:02}",
            MONTHS[0][month]
        ),
        Locale::De => format!(
            "{day}. {} {year}, {hour:02}:{minute:02} Uhr",
            MONTHS[1][month]
        ),
        Locale::Fr => format!(
            "{} {} {year} à {hour} h {minute:02}",
            if day == 1 {
                "1er".into()
            } else {
                day.to_string()
            },
            MONTHS[2][month]
        ),
        Locale::En => format!("{day} {} {year}, {hour:02}:{minute:02}", MONTHS[3][month]),
    }
}

/// «dell'IC Esempio», «del Liceo Volta», «della Scuola Manzoni», otherwise «di …».
pub fn italian_of(name: &str) -> String {
    let first: String = name
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .replace('.', "")
        .to_lowercase();
    match first.as_str() {
        "ic" | "iis" | "is" | "isis" | "isiss" | "itis" | "iti" | "itc" | "itt" | "ite"
        | "itet" | "iti-ipsia" | "ipsia" | "ipsar" | "ipsseoa" | "istituto" | "ente"
        | "ufficio" | "ospedale" | "asilo" | "accademia" | "educandato" => {
            format!("dell'{name}")
        }
        "liceo" | "convitto" | "circolo" | "centro" | "comune" | "cantone" | "dipartimento"
        | "polo" | "conservatorio" | "cpia" | "servizio" => format!("del {name}"),
        "scuola" | "direzione" | "fondazione" | "provincia" | "clinica" => format!("della {name}"),
        _ => format!("di {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_in_each_language_in_local_time() {
        let at = "2026-11-29T13:30:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Rome").unwrap();
        assert_eq!(moment(Locale::It, at, &zone), "29 novembre 2026, ore 14:30");
        assert_eq!(
            moment(Locale::De, at, &zone),
            "29. November 2026, 14:30 Uhr"
        );
        assert_eq!(moment(Locale::Fr, at, &zone), "29 novembre 2026 à 14 h 30");
        assert_eq!(moment(Locale::En, at, &zone), "29 November 2026, 14:30");
    }

    #[test]
    fn the_name_of_an_institution_takes_its_preposition() {
        assert_eq!(italian_of("IC Esempio"), "dell'IC Esempio");
        assert_eq!(italian_of("Liceo Volta"), "del Liceo Volta");
        assert_eq!(italian_of("Cantone Ticino"), "del Cantone Ticino");
        assert_eq!(italian_of("Montessori"), "di Montessori");
    }
}
