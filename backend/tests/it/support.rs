//! Builders. Every test has a database, a clock and a randomness of its own, so no row is
//! shared and no order matters.

#![allow(dead_code, reason = "each capability takes what it needs")]

use backend::{
    Backend, Clock, Core, Entropy, Settings,
    credentials::{Hasher, policy, secret::normalise_temporary_password},
    settings::MailRoute,
};
use domain::{
    GroupId, Locale, OrganisationId, UnitId, UserId,
    access::{Actor, Held, Right},
    organisation::OrganisationKind,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// A moment in the school year: Sunday 22 November 2026, 10:00 UTC (11:00 in Italy).
pub const NOW: &str = "2026-11-22T10:00:00Z";

/// [`NOW`] as a moment.
pub fn now() -> Timestamp {
    NOW.parse().expect("a moment")
}

/// The services with a clock that stands at `now`, seeded randomness and mails in a folder
/// of their own.
pub fn backend(pool: PgPool, now: Timestamp) -> Backend {
    let folder = tempfile::tempdir().expect("a folder").keep();
    backend_with(pool, now, MailRoute::Folder(folder))
}

/// The same with mails going another way.
pub fn backend_with(pool: PgPool, now: Timestamp, mail: MailRoute) -> Backend {
    let entropy = Entropy::seeded(1);
    let settings = Settings {
        base_url: "http://127.0.0.1:3000".to_owned(),
        mail_from: "Delega <delega@scuola.example>".to_owned(),
        mail,
        send_hold: Duration::ZERO,
    };
    Backend::new(Core {
        pool,
        clock: Clock::fixed(now),
        hasher: Hasher::new(2, entropy.clone()),
        entropy,
        settings: Arc::new(settings),
    })
}

/// «IC Esempio», code `esempio`, with the groups of a school.
pub async fn school(backend: &Backend) -> OrganisationId {
    school_called(backend, "esempio", "IC Esempio").await
}

/// Another school.
pub async fn school_called(backend: &Backend, code: &str, name: &str) -> OrganisationId {
    backend
        .organisations
        .create(code, OrganisationKind::School, name, Locale::It)
        .await
        .expect("a school")
}

/// «Cantone Ticino», code `ti`, with the roles of a canton.
pub async fn canton(backend: &Backend) -> OrganisationId {
    backend
        .organisations
        .create("ti", OrganisationKind::Canton, "Cantone Ticino", Locale::It)
        .await
        .expect("a canton")
}

/// A person of the organisation who holds these rights everywhere in it, through a group
/// made for the purpose: as real as any user.
pub async fn actor(backend: &Backend, organisation: OrganisationId, rights: &[Right]) -> Actor {
    actor_in(backend, organisation, rights, None).await
}

/// The same, limited to a unit where one is given.
pub async fn actor_in(
    backend: &Backend,
    organisation: OrganisationId,
    rights: &[Right],
    unit: Option<UnitId>,
) -> Actor {
    let name = unique("attore");
    let group = group(backend, organisation, &name, rights).await;
    let mut builder = user(backend, organisation)
        .username(&name)
        .surname(&name.to_uppercase())
        .in_group_id(group);
    if let Some(unit) = unit {
        builder = builder.unit(unit);
    }
    let id = builder.create().await;
    Actor {
        organisation,
        user: Some(id),
        name: name.to_uppercase(),
        locale: Locale::It,
        held: rights
            .iter()
            .map(|right| Held {
                right: *right,
                unit,
            })
            .collect(),
        must_change_password: false,
        must_accept_terms: false,
        profile: None,
        must_choose_profile: false,
        authenticated_at: None,
    }
}

/// A group with these rights.
pub async fn group(
    backend: &Backend,
    organisation: OrganisationId,
    code: &str,
    rights: &[Right],
) -> GroupId {
    let rights: Vec<String> = rights.iter().map(|r| r.code().to_owned()).collect();
    let id = sqlx::query_scalar(
        "insert into groups (organisation_id, code, name_it, name_de, name_fr, name_en, rights, position)
         values ($1, $2, $2, $2, $2, $2, $3, 99) returning id",
    )
    .bind(organisation.0)
    .bind(code)
    .bind(rights)
    .fetch_one(&backend.core.pool)
    .await
    .expect("a group");
    GroupId(id)
}

/// The number of a group of the organisation.
pub async fn group_id(backend: &Backend, organisation: OrganisationId, code: &str) -> GroupId {
    let id = sqlx::query_scalar("select id from groups where organisation_id = $1 and code = $2")
        .bind(organisation.0)
        .bind(code)
        .fetch_one(&backend.core.pool)
        .await
        .expect("a group of this code");
    GroupId(id)
}

/// A unit below `parent`.
pub async fn unit(
    backend: &Backend,
    organisation: OrganisationId,
    parent: Option<UnitId>,
    code: &str,
) -> UnitId {
    let id: i64 = sqlx::query_scalar(
        "insert into units (organisation_id, parent_id, code, level, name)
         values ($1, $2, $3, 'site', $3) returning id",
    )
    .bind(organisation.0)
    .bind(parent.map(|u| u.0))
    .bind(code)
    .fetch_one(&backend.core.pool)
    .await
    .expect("a unit");
    sqlx::query(
        "update units u set path = coalesce((select p.path from units p
           where p.organisation_id = u.organisation_id and p.id = u.parent_id), '{}') || u.id
         where u.organisation_id = $1 and u.id = $2",
    )
    .bind(organisation.0)
    .bind(id)
    .execute(&backend.core.pool)
    .await
    .expect("its path");
    UnitId(id)
}

/// Begins a user: surname PROVA, active, without mail, group or password.
pub fn user(backend: &Backend, organisation: OrganisationId) -> UserBuilder<'_> {
    UserBuilder {
        backend,
        organisation,
        username: unique("u"),
        surname: "PROVA".to_owned(),
        given_name: "UTENTE".to_owned(),
        email: None,
        fiscal_code: None,
        state: "active",
        groups: Vec::new(),
        group_ids: Vec::new(),
        unit: None,
        dates: (None, None),
        password: None,
    }
}

/// A user to be created.
pub struct UserBuilder<'a> {
    backend: &'a Backend,
    organisation: OrganisationId,
    username: String,
    surname: String,
    given_name: String,
    email: Option<String>,
    fiscal_code: Option<String>,
    state: &'static str,
    groups: Vec<String>,
    group_ids: Vec<GroupId>,
    unit: Option<UnitId>,
    dates: (Option<String>, Option<String>),
    password: Option<(String, Option<Timestamp>)>,
}

impl UserBuilder<'_> {
    /// «Nome utente».
    pub fn username(mut self, value: &str) -> Self {
        self.username = value.to_owned();
        self
    }

    /// «Cognome».
    pub fn surname(mut self, value: &str) -> Self {
        self.surname = value.to_owned();
        self
    }

    /// «Nome».
    pub fn given_name(mut self, value: &str) -> Self {
        self.given_name = value.to_owned();
        self
    }

    /// «Mail utente».
    pub fn email(mut self, value: &str) -> Self {
        self.email = Some(value.to_owned());
        self
    }

    /// «Codice fiscale», already normalised.
    pub fn fiscal_code(mut self, value: &str) -> Self {
        self.fiscal_code = Some(value.to_owned());
        self
    }

    /// Not active.
    pub fn inactive(mut self) -> Self {
        self.state = "inactive";
        self
    }

    /// Archived.
    pub fn archived(mut self) -> Self {
        self.state = "archived";
        self
    }

    /// Member of the group with this code.
    pub fn group(mut self, code: &str) -> Self {
        self.groups.push(code.to_owned());
        self
    }

    /// Member of this group.
    pub fn in_group_id(mut self, id: GroupId) -> Self {
        self.group_ids.push(id);
        self
    }

    /// Limits every membership to a unit.
    pub fn unit(mut self, unit: UnitId) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Limits every membership to days (`2026-11-22`), each of which counts whole.
    pub fn valid(mut self, from: Option<&str>, until: Option<&str>) -> Self {
        self.dates = (from.map(str::to_owned), until.map(str::to_owned));
        self
    }

    /// An own password.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some((password.to_owned(), None));
        self
    }

    /// A temporary password that ends at this moment.
    pub fn temporary_password(mut self, password: &str, ends: Timestamp) -> Self {
        self.password = Some((password.to_owned(), Some(ends)));
        self
    }

    /// Writes the user.
    pub async fn create(self) -> UserId {
        let pool = &self.backend.core.pool;
        let organisation = self.organisation.0;
        let ends = self.password.as_ref().and_then(|(_, ends)| *ends);
        let id: i64 = sqlx::query_scalar(
            "insert into users (organisation_id, username, surname, given_name, email, fiscal_code, state,
               password_expires_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        )
        .bind(organisation)
        .bind(&self.username)
        .bind(&self.surname)
        .bind(&self.given_name)
        .bind(&self.email)
        .bind(&self.fiscal_code)
        .bind(self.state)
        .bind(ends.map(ToSqlx::to_sqlx))
        .bind(self.backend.core.clock.now().to_sqlx())
        .fetch_one(pool)
        .await
        .expect("a user");
        let profile: i64 = sqlx::query_scalar(
            "insert into profiles (organisation_id, user_id) values ($1, $2) returning id",
        )
        .bind(organisation)
        .bind(id)
        .fetch_one(pool)
        .await
        .expect("a profile");
        let mut groups = self.group_ids.clone();
        for code in &self.groups {
            groups.push(group_id(self.backend, self.organisation, code).await);
        }
        for group in groups {
            sqlx::query(
                "insert into grants (organisation_id, profile_id, user_id, group_id, unit_id, valid_from, valid_until)
                 values ($1, $2, $3, $4, $5, $6::text::date, $7::text::date)",
            )
            .bind(organisation)
            .bind(profile)
            .bind(id)
            .bind(group.0)
            .bind(self.unit.map(|u| u.0))
            .bind(&self.dates.0)
            .bind(&self.dates.1)
            .execute(pool)
            .await
            .expect("a grant");
        }
        let (hash, kind) = match self.password {
            None => (None, "none"),
            Some((password, None)) => (
                Some(
                    self.backend
                        .core
                        .hasher
                        .hash(policy::normalise(&password))
                        .await
                        .expect("a hash"),
                ),
                "own",
            ),
            Some((password, Some(_))) => {
                let canonical = normalise_temporary_password(&password);
                (
                    Some(
                        self.backend
                            .core
                            .hasher
                            .hash(canonical)
                            .await
                            .expect("a hash"),
                    ),
                    "temporary",
                )
            }
        };
        sqlx::query(
            "insert into credentials (organisation_id, user_id, password_hash, password_kind) values ($1, $2, $3, $4)",
        )
        .bind(organisation)
        .bind(id)
        .bind(hash)
        .bind(kind)
        .execute(pool)
        .await
        .expect("credentials");
        UserId(id)
    }
}

/// A name nobody else in this process has.
fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The actions of the audit trail of an organisation, oldest first.
pub async fn audit_actions(backend: &Backend, organisation: OrganisationId) -> Vec<String> {
    sqlx::query_scalar("select action from audit where organisation_id = $1 order by id")
        .bind(organisation.0)
        .fetch_all(&backend.core.pool)
        .await
        .expect("the audit trail")
}
