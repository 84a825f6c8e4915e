//! Settings: layers, names, and what is never shown.

use server::Settings;
use std::{io::Write, path::Path};

fn read(file: Option<&Path>, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let variables = variables
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Settings::from_sources(file, variables).map_err(|e| format!("{e:#}"))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn variables_win_over_the_file_and_the_file_over_the_defaults() {
    let file = file("send_hold_seconds = 5\nlisten = \"127.0.0.1:4000\"\n");
    let settings = read(
        Some(file.path()),
        &[("DELEGA_LISTEN", "127.0.0.1:5000"), ("HOME", "/x")],
    )
    .unwrap();
    assert_eq!(settings.send_hold_seconds, 5);
    assert_eq!(settings.base_url, "http://127.0.0.1:5000");
    let defaults = read(None, &[]).unwrap();
    assert_eq!(
        (defaults.send_hold_seconds, defaults.base_url.as_str()),
        (60, "http://127.0.0.1:3000")
    );
    assert!(defaults.data_dir.is_absolute() && defaults.data_dir.ends_with("var"));
}

#[test]
fn a_key_that_is_no_setting_is_an_error_that_names_it() {
    let error = read(None, &[("DELEGA_DEMO", "1")]).unwrap_err();
    assert!(
        error.contains("DELEGA_DEMO") && error.contains("DATABASE_URL"),
        "{error}"
    );
    let file = file("smtp_ulr = \"x\"\n");
    let error = read(Some(file.path()), &[]).unwrap_err();
    assert!(
        error.contains("SMTP_ULR") && error.contains(&file.path().display().to_string()),
        "{error}"
    );
}

#[test]
fn a_wrong_value_is_named_by_its_key_and_never_repeated() {
    for (key, value) in [
        ("DELEGA_LISTEN", "geheim"),
        ("DELEGA_SEND_HOLD_SECONDS", "geheim"),
        ("DELEGA_BASE_URL", "ftp://geheim"),
        ("DELEGA_BASE_URL", "https://x.example/geheim"),
        ("DELEGA_DATABASE_URL", "mysql://u:geheim@h/d"),
        ("DELEGA_SMTP_URL", "http://u:geheim@h"),
        ("DELEGA_SECRET_KEY", "geheim"),
    ] {
        let error = read(None, &[(key, value)]).unwrap_err();
        assert!(error.contains(key) && !error.contains("geheim"), "{error}");
    }
}

#[test]
fn digits_are_a_key_and_emptiness_is_no_value() {
    let settings = read(
        None,
        &[
            ("DELEGA_SECRET_KEY", "12345678901234567890123456789012"),
            ("DELEGA_SMTP_URL", ""),
        ],
    )
    .unwrap();
    assert_eq!(settings.secret_key.unwrap().expose().len(), 32);
    assert!(settings.smtp_url.is_none());
}

#[test]
fn nothing_secret_is_printed() {
    let settings = read(
        None,
        &[
            ("DELEGA_SECRET_KEY", "geheim-geheim-geheim-geheim-geheim"),
            ("DELEGA_SMTP_URL", "smtps://u:geheim@h"),
            ("DELEGA_DATABASE_URL", "postgres://u:geheim@h/d"),
        ],
    )
    .unwrap();
    assert!(!format!("{settings:?}").contains("geheim"));
}

#[test]
fn a_mail_server_that_makes_no_sense_is_told_at_the_start_without_its_password() {
    for (url, word) in [
        ("smtp://u:geheim@h", "tls=required"),
        ("smtps://u:geheim@h?ca=/non/esiste.pem", "authority"),
    ] {
        let told = read(None, &[("DELEGA_SMTP_URL", url)]).unwrap_err();
        assert!(told.contains(word) && !told.contains("geheim"), "{told}");
    }
}

#[test]
fn a_settings_file_that_is_named_must_exist() {
    assert!(
        read(Some(Path::new("/none/delega.toml")), &[])
            .unwrap_err()
            .contains("/none/delega.toml")
    );
}
