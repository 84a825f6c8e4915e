//! The native side of Delega: Postgres, services, jobs, mail, credentials and files.
//!
//! [`Backend`] is the one handle; it has one field a service. Services authorise, own the
//! transaction, write through [`db`], audit and enqueue. Nothing here knows of HTTP.

pub mod clock;
pub mod credentials;
pub mod db;
pub mod entropy;
pub mod error;
pub mod exchange;
pub mod jobs;
pub mod mail;
pub mod seed;
pub mod service;
pub mod settings;

pub use clock::Clock;
pub use entropy::Entropy;
pub use error::{Result, ServiceError};
pub use settings::Settings;

use std::sync::Arc;

/// What every service stands on. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    /// Connections to Postgres.
    pub pool: sqlx::PgPool,
    /// The only source of time.
    pub clock: Clock,
    /// The only source of randomness.
    pub entropy: Entropy,
    /// Validated settings.
    pub settings: Arc<Settings>,
    /// Argon2id behind a semaphore, off the async threads.
    pub hasher: credentials::Hasher,
}

/// The one handle on everything the product can do.
#[derive(Clone)]
pub struct Backend {
    /// Shared parts, for the composition root, the worker and tests.
    pub core: Core,
    /// Organisations, their first administrators and settings.
    pub organisations: service::Organisations,
    /// Sign-in, sessions and own passwords.
    pub sessions: service::Sessions,
    /// «Password dimenticata?».
    pub forgotten: service::Forgotten,
    /// Letters with credentials.
    pub letters: service::Letters,
    /// Users, their groups, the list and its export.
    pub users: service::Users,
    /// Persons of the registry.
    pub registry: service::Registry,
    /// Sending credentials.
    pub sending: service::Sending,
    /// Operations and their progress; the outbox.
    pub operations: service::Operations,
    /// Import of files.
    pub imports: service::Imports,
    /// Profiles, grants and the wizard's drafts.
    pub authorisations: service::Authorisations,
    /// Registrations: codes, reminders, their worklist.
    pub registrations: service::Registrations,
    /// The tree of units.
    pub units: service::Units,
    /// The terms of use.
    pub terms: service::Terms,
    /// What waits for a person.
    pub desk: service::Desk,
    /// The access review.
    pub reviews: service::Reviews,
    /// The audit trail: read, exported, put back.
    pub audit: service::Audit,
    /// Redeeming a code, by people who are not signed in.
    pub redemptions: service::Redemptions,
    /// Discrepancies between prepared and stated data.
    pub discrepancies: service::Discrepancies,
    /// Aligning users with the registry, creating users from it.
    pub alignment: service::Alignment,
    /// Views of the list of users, ready and saved.
    pub views: service::Views,
    /// Groups and roles on their own page.
    pub groups: service::Groups,
}

impl Backend {
    /// Puts the services on their common ground.
    pub fn new(core: Core) -> Self {
        Self {
            organisations: service::Organisations(core.clone()),
            sessions: service::Sessions(core.clone()),
            forgotten: service::Forgotten(core.clone()),
            letters: service::Letters(core.clone()),
            users: service::Users(core.clone(), db::users::search::Totals::default()),
            registry: service::Registry(core.clone()),
            sending: service::Sending(core.clone()),
            operations: service::Operations(core.clone()),
            imports: service::Imports(core.clone()),
            authorisations: service::Authorisations(core.clone()),
            registrations: service::Registrations(core.clone()),
            units: service::Units(core.clone()),
            terms: service::Terms(core.clone()),
            desk: service::Desk(core.clone()),
            reviews: service::Reviews(core.clone()),
            audit: service::Audit(core.clone()),
            redemptions: service::Redemptions(core.clone()),
            discrepancies: service::Discrepancies(core.clone()),
            alignment: service::Alignment(core.clone()),
            groups: service::Groups(core.clone()),
            views: service::Views(core.clone(), db::users::search::ViewTotals::default()),
            core,
        }
    }
}
