//! What every request can reach.

use crate::settings::Settings;
use axum::extract::FromRef;
use backend::Backend;
use leptos::config::LeptosOptions;
use std::{path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Facts of this installation, the same for every request.
#[derive(Clone, Debug)]
pub struct Site {
    /// Address under which people reach Delega, without a final slash.
    pub base_url: String,
    /// Folder with `pkg/` and `hash.txt`.
    pub root: PathBuf,
    /// Started with `--demo`.
    pub demo: bool,
    /// Folder of the mails that are not sent, for the demo's mailbox.
    pub mail_folder: PathBuf,
}

impl Site {
    /// From settings.
    pub fn new(settings: &Settings, demo: bool) -> Self {
        Self {
            base_url: settings.base_url.clone(),
            root: settings.site_root.clone(),
            demo,
            mail_folder: settings.mail_folder(),
        }
    }

    /// Whether people come over TLS: cookies and headers are stricter then.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// The router's state.
#[derive(Clone)]
pub struct AppState {
    /// The services.
    pub backend: Backend,
    /// This installation.
    pub site: Arc<Site>,
    /// Cancelled when the process is asked to stop: streams end then.
    pub stop: CancellationToken,
    leptos: LeptosOptions,
}

impl AppState {
    /// Puts both together.
    pub fn new(backend: Backend, site: Site, stop: CancellationToken) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("delega")
            .site_root(site.root.to_string_lossy())
            .hash_files(true)
            // An absolute path: Leptos would look beside the executable.
            .hash_file(site.root.join("hash.txt").to_string_lossy().into())
            .build();
        Self {
            backend,
            site: Arc::new(site),
            stop,
            leptos,
        }
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Backend {
    fn from_ref(state: &AppState) -> Self {
        state.backend.clone()
    }
}

impl FromRef<AppState> for Arc<Site> {
    fn from_ref(state: &AppState) -> Self {
        state.site.clone()
    }
}
