//! Settings: defaults, then an optional file, then `DELEGA_*` variables; checked at start.

use anyhow::{Context, Result, bail, ensure};
use backend::{mail::Transport, settings::MailRoute};
use figment::{
    Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};
use serde::{Deserialize, Deserializer, de};
use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The file that is read where it exists.
pub const FILE: &str = "delega.toml";

const PREFIX: &str = "DELEGA_";

/// A value that never shows itself, whatever prints the settings.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one who needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Everything the composition root is told from outside.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// An outside Postgres; without it Delega runs one of its own.
    pub database_url: Option<Secret>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address under which people reach Delega, without a final slash.
    pub base_url: String,
    /// `smtp://user:password@host:port?tls=required` or `smtps://…`; without it mails go
    /// into a folder.
    pub smtp_url: Option<Secret>,
    /// From address of mails.
    pub mail_from: String,
    /// Folder for mails where there is no SMTP server.
    pub mail_dir: Option<PathBuf>,
    /// Where the embedded database and the folder of mails live.
    pub data_dir: PathBuf,
    /// At least 32 characters; demanded in production.
    pub secret_key: Option<Secret>,
    /// Log filter, such as `info` or `warn,server=debug`.
    pub log: String,
    /// Seconds a send can be called back.
    #[serde(deserialize_with = "number")]
    pub send_hold_seconds: u64,
    /// The built client: `pkg/` and `hash.txt`.
    pub site_root: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            base_url: String::new(),
            smtp_url: None,
            mail_from: "Delega <noreply@delega.example>".into(),
            mail_dir: None,
            data_dir: "var".into(),
            secret_key: None,
            log: "info".into(),
            send_hold_seconds: 60,
            site_root: "target/site".into(),
        }
    }
}

impl Settings {
    /// Reads `file` (or [`FILE`] where it exists) and the process' environment.
    ///
    /// # Errors
    /// A file that is named and absent, an unknown key, a value of the wrong form: always
    /// with the name of the key and where it stands.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        Self::from_sources(
            file,
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))),
        )
    }

    /// The same from given variables: for tests.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn from_sources(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self> {
        let mut sources = Figment::new();
        match file {
            Some(file) => {
                ensure!(
                    file.is_file(),
                    "the settings file {} does not exist",
                    file.display()
                );
                sources = sources.merge(Toml::file_exact(file));
            }
            None if Path::new(FILE).is_file() => sources = sources.merge(Toml::file_exact(FILE)),
            None => {}
        }
        let sources = sources.merge(Variables(variables.collect()));
        let mut settings: Self = sources.extract().map_err(explain)?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&mut self) -> Result<()> {
        if self.base_url.is_empty() {
            self.base_url = format!("http://{}", self.listen);
        }
        self.base_url = self.base_url.trim_end_matches('/').to_owned();
        let url: axum::http::Uri = self
            .base_url
            .parse()
            .ok()
            .context("DELEGA_BASE_URL is not an address such as https://delega.example.ch")?;
        ensure!(
            matches!(url.scheme_str(), Some("http" | "https"))
                && url.authority().is_some()
                && matches!(url.path(), "" | "/"),
            "DELEGA_BASE_URL must be http:// or https:// with a host and no path"
        );
        if let Some(url) = &self.database_url {
            ensure!(
                ["postgres://", "postgresql://"]
                    .iter()
                    .any(|scheme| url.expose().starts_with(scheme)),
                "DELEGA_DATABASE_URL must begin with postgres://"
            );
        }
        if let Some(url) = &self.smtp_url {
            ensure!(
                ["smtp://", "smtps://"]
                    .iter()
                    .any(|scheme| url.expose().starts_with(scheme)),
                "DELEGA_SMTP_URL must begin with smtp:// or smtps://"
            );
            // Found out now, not when the first mail waits.
            Transport::new(&MailRoute::Smtp(url.expose().to_owned())).context("DELEGA_SMTP_URL")?;
        }
        if let Some(key) = &self.secret_key {
            ensure!(
                key.expose().chars().count() >= 32,
                "DELEGA_SECRET_KEY needs at least 32 characters; make one with: openssl rand -hex 32"
            );
        }
        if self.send_hold_seconds > 24 * 60 * 60 {
            bail!("DELEGA_SEND_HOLD_SECONDS is more than a day");
        }
        let here = std::env::current_dir().context("the working directory cannot be read")?;
        for path in [
            Some(&mut self.data_dir),
            Some(&mut self.site_root),
            self.mail_dir.as_mut(),
        ]
        .into_iter()
        .flatten()
        {
            *path = here.join(&*path);
        }
        Ok(())
    }

    /// Whether people reach Delega over TLS.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The folder of the mails that are not sent by SMTP.
    pub fn mail_folder(&self) -> PathBuf {
        self.mail_dir
            .clone()
            .unwrap_or_else(|| self.data_dir.join("posta"))
    }

    /// What the services need to know.
    pub fn for_backend(&self) -> backend::Settings {
        backend::Settings {
            base_url: self.base_url.clone(),
            mail_from: self.mail_from.clone(),
            mail: match &self.smtp_url {
                Some(url) => backend::settings::MailRoute::Smtp(url.expose().to_owned()),
                None => backend::settings::MailRoute::Folder(self.mail_folder()),
            },
            send_hold: Duration::from_secs(self.send_hold_seconds),
        }
    }
}

/// `DELEGA_*` as they stand. Not figment's own reader: it would turn a key of digits into
/// a number and a password with brackets into a list. Empty means not set.
struct Variables(Vec<(String, String)>);

impl Provider for Variables {
    fn metadata(&self) -> Metadata {
        Metadata::named("the environment")
            .interpolater(|_, keys| format!("{PREFIX}{}", keys.join(".").to_ascii_uppercase()))
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        let dict: Dict = self
            .0
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .filter_map(|(name, value)| {
                Some((
                    name.strip_prefix(PREFIX)?.to_ascii_lowercase(),
                    Value::from(value.clone()),
                ))
            })
            .collect();
        Ok(Profile::Default.collect(dict))
    }
}

/// A number, also as text: variables are text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u64),
        Text(String),
    }
    match Form::deserialize(deserializer).map_err(|_| de::Error::custom("not a whole number"))? {
        Form::Number(n) => Ok(n),
        Form::Text(t) => t
            .trim()
            .parse()
            .map_err(|_| de::Error::custom("not a whole number")),
    }
}

/// All faults at once, each with its key and place, and never with the value: it may be
/// a secret.
fn explain(errors: figment::Error) -> anyhow::Error {
    use figment::error::Kind;
    let mut lines = Vec::new();
    for e in errors {
        let place =
            e.metadata
                .as_ref()
                .map(|m| match m.source.as_ref().and_then(|s| s.file_path()) {
                    Some(path) => format!(" in {}", path.display()),
                    None => format!(" in {}", m.name),
                });
        let key = match &e.kind {
            Kind::UnknownField(name, _) => name.clone(),
            _ => e.path.join("."),
        };
        let key = format!("{PREFIX}{}", key.to_ascii_uppercase());
        let place = place.unwrap_or_default();
        lines.push(match &e.kind {
            Kind::UnknownField(_, known) => {
                let known: Vec<_> = known.iter().map(|k| k.to_ascii_uppercase()).collect();
                format!(
                    "{key}{place} is no setting; there are: {}",
                    known.join(", ")
                )
            }
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
                format!("{key}{place} should be {expected}")
            }
            Kind::Message(text) if !e.path.is_empty() => format!("{key}{place}: {text}"),
            other => format!("settings{place}: {other}"),
        });
    }
    anyhow::anyhow!(lines.join("\n"))
}
