//! The cookies the product sets: one place for their names and attributes.

use crate::state::{Appearance, Density, Theme};
use domain::{Locale, session};

/// Name of the language's cookie.
pub const LANGUAGE: &str = "delega_lang";

/// Name of the session's cookie. Behind TLS the prefix binds it to this host.
pub fn session_name(base_url: &str) -> &'static str {
    if is_https(base_url) {
        "__Host-delega"
    } else {
        "delega"
    }
}

/// A `Set-Cookie` value that carries a session until the browser closes or it ends.
pub fn session(base_url: &str, token: &str) -> String {
    format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Lax{}",
        session_name(base_url),
        secure(base_url)
    )
}

/// `Set-Cookie` values for how a person likes the screens, so that the first page after
/// signing in already looks like theirs.
pub fn preferences(base_url: &str, kept: &session::Preferences) -> Vec<String> {
    let look = appearance(kept);
    let value = format!("{}.{}", look.theme.key(), look.density.key());
    let mut cookies = vec![lasting(base_url, crate::state::appearance::COOKIE, &value)];
    cookies.extend(kept.locale.map(|l| language(base_url, l)));
    cookies
}

/// A `Set-Cookie` value for the language.
pub fn language(base_url: &str, locale: Locale) -> String {
    lasting(base_url, LANGUAGE, locale.code())
}

fn lasting(base_url: &str, name: &str, value: &str) -> String {
    format!(
        "{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{}",
        secure(base_url)
    )
}

/// Preferences as the screen's attributes.
fn appearance(kept: &session::Preferences) -> Appearance {
    Appearance {
        theme: match kept.theme {
            session::Theme::Auto => Theme::Auto,
            session::Theme::Light => Theme::Light,
            session::Theme::Dark => Theme::Dark,
        },
        density: match kept.density {
            session::Density::Comfortable => Density::Comfortable,
            session::Density::Compact => Density::Compact,
        },
    }
}

pub(super) fn secure(base_url: &str) -> &'static str {
    if is_https(base_url) { "; Secure" } else { "" }
}

fn is_https(base_url: &str) -> bool {
    base_url.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_tls_the_cookie_is_bound_to_the_host_and_never_readable_by_scripts() {
        assert_eq!(
            session("https://delega.example", "7.abc"),
            "__Host-delega=7.abc; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            session("http://127.0.0.1:3000", "7.abc"),
            "delega=7.abc; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn preferences_become_the_attributes_of_the_first_page() {
        let kept = session::Preferences {
            theme: session::Theme::Dark,
            locale: Some(Locale::De),
            ..Default::default()
        };
        let cookies = preferences("http://127.0.0.1:3000", &kept);
        assert!(cookies[0].starts_with("delega_aspetto=scuro.comoda;"));
        assert!(cookies[1].starts_with("delega_lang=de;"));
    }
}
