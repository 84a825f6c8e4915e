//! From settings to a working [`Backend`].

use crate::settings::Settings;
use anyhow::{Context, Result};
use backend::{Backend, Clock, Core, Entropy, credentials::Hasher};
use std::sync::Arc;

/// Connections of one process.
const CONNECTIONS: u32 = 16;

/// Opens the database, brings its schema up to date and puts the services on it.
///
/// # Errors
/// What is missing, and what to do about it.
pub async fn backend(settings: &Settings) -> Result<Backend> {
    let url = settings.database_url.as_ref().context("set DELEGA_DATABASE_URL")?.expose().to_owned();
    let pool = backend::db::connect(&url, CONNECTIONS).await.context("the database cannot be reached")?;
    backend::db::migrate(&pool).await.context("the schema cannot be brought up to date")?;
    let entropy = Entropy::Os;
    let slots = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Backend::new(Core {
        pool,
        clock: Clock::System,
        hasher: Hasher::new(slots, entropy.clone()),
        entropy,
        settings: Arc::new(settings.for_backend()),
    }))
}
