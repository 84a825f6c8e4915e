//! Theme and density of the person's screen.
//!
//! Both are kept in one cookie, so that the server writes the attributes of
//! `<html>` and nothing flashes: `data-theme` (absent for automatic) and
//! `data-density` (absent for comfortable).

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlDocument;

/// The name of the cookie; its value is `<theme>.<density>`.
pub const COOKIE: &str = "delega_aspetto";

/// The colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light («chiaro»).
    Light,
    /// Dark («scuro»).
    Dark,
}

impl Theme {
    /// The word in the cookie and in a form.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "chiaro",
            Self::Dark => "scuro",
        }
    }

    /// The theme of a word; unknown words mean automatic.
    pub fn from_key(key: &str) -> Self {
        match key {
            "chiaro" => Self::Light,
            "scuro" => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// The value of `data-theme` on `<html>`.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The height of rows and controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// «Comoda».
    #[default]
    Comfortable,
    /// «Compatta».
    Compact,
}

impl Density {
    /// The word in the cookie and in a form.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Comfortable => "comoda",
            Self::Compact => "compatta",
        }
    }

    /// The density of a word; unknown words mean comfortable.
    pub fn from_key(key: &str) -> Self {
        if key == "compatta" {
            Self::Compact
        } else {
            Self::Comfortable
        }
    }

    /// The value of `data-density` on `<html>`.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Comfortable => None,
            Self::Compact => Some("compact"),
        }
    }
}

/// Theme and density together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// The colours.
    pub theme: Theme,
    /// The height of rows.
    pub density: Density,
}

impl Appearance {
    /// Reads the value of a `Cookie` header (or of `document.cookie`).
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map(|(_, value)| {
                let (theme, density) = value.split_once('.').unwrap_or((value, ""));
                Self {
                    theme: Theme::from_key(theme),
                    density: Density::from_key(density),
                }
            })
            .unwrap_or_default()
    }

    /// Reads the browser's cookie. In the browser only.
    pub fn current() -> Self {
        Self::from_cookies(
            &html_document()
                .and_then(|d| d.cookie().ok())
                .unwrap_or_default(),
        )
    }

    /// Shows it at once and keeps it for a year. In the browser only.
    pub fn apply(self) {
        let Some(document) = html_document() else {
            return;
        };
        let value = format!("{}.{}", self.theme.key(), self.density.key());
        let _ = document.set_cookie(&format!(
            "{COOKIE}={value}; Path=/; Max-Age=31536000; SameSite=Lax"
        ));
        if let Some(root) = document.document_element() {
            for (name, value) in [
                ("data-theme", self.theme.attribute()),
                ("data-density", self.density.attribute()),
            ] {
                let _ = match value {
                    Some(value) => root.set_attribute(name, value),
                    None => root.remove_attribute(name),
                };
            }
        }
    }
}

fn html_document() -> Option<HtmlDocument> {
    document().dyn_into::<HtmlDocument>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_read_among_others_and_nonsense_means_the_defaults() {
        let read = Appearance::from_cookies("a=1; delega_aspetto=scuro.compatta; b=2");
        assert_eq!((read.theme, read.density), (Theme::Dark, Density::Compact));
        assert_eq!(
            Appearance::from_cookies("delega_aspetto=%22"),
            Appearance::default()
        );
        assert_eq!(Appearance::from_cookies(""), Appearance::default());
    }
}
