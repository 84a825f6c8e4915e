//! All SQL, one module a table or read model. Only the lists of users and persons
//! (`search.rs`) build statements at run time; everything else is checked against the schema when it is compiled.

pub mod alignment;
pub mod audit;
pub mod authorisations;
pub mod credentials;
pub mod desk;
pub mod diagnosis;
pub mod discrepancies;
pub mod forgotten;
pub mod grants;
pub mod groups;
pub mod import;
pub mod installation;
pub mod jobs;
pub mod letters;
pub mod organisations;
pub mod outbox;
pub mod persons;
pub mod redemptions;
pub mod registrations;
pub mod review;
pub mod seed;
pub mod sending;
pub mod sessions;
pub mod terms;
pub mod units;
pub mod users;
pub mod views;

use std::time::Duration;

/// The schema of this release; public for tests that prepare databases of their own.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Brings the schema up to this release. Safe to run at every start and side by side.
///
/// # Errors
/// The migration that failed, or a schema newer than this release.
pub async fn migrate(pool: &sqlx::PgPool) -> Result<(), sqlx::migrate::MigrateError> {
    MIGRATOR.run(pool).await
}

/// Opens a pool.
///
/// # Errors
/// Where no connection can be made within ten seconds.
pub async fn connect(url: &str, connections: u32) -> sqlx::Result<sqlx::PgPool> {
    sqlx::postgres::PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        // Compiling a statement takes seconds where running it takes milliseconds; and the
        // planner's idea of a disk with an arm makes it sort 200,000 rows instead of
        // walking an index.
        .connect_with(
            url.parse::<sqlx::postgres::PgConnectOptions>()?
                .options([("jit", "off"), ("random_page_cost", "1.1")]),
        )
        .await
}
