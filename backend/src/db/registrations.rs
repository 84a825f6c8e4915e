//! Registrations: codes on their way into force, in force, and after their end (decision 6).

mod code;
mod list;
mod requests;
mod tend;

pub use code::{Found, book_try, by_hash, hold_tries, redeem};
pub use list::{counts, worklist};
pub use tend::{Recipient, Told, delegates, expire_due, remind_due};

use crate::error::Result;
use domain::{
    Locale, OrganisationId, OutboxId, ProfileId, RegistrationId, UserId,
    access::Actor,
    job::MailKind,
    registration::{CodeChannel, Registration, RegistrationState, RevokedReason},
};
use jiff::{Timestamp, tz::TimeZone};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

/// The current registration of each profile of a user: the one whose code is in force, or
/// else the newest. Newest first.
///
/// # Errors
/// Where the database fails.
pub async fn of_user(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Vec<Registration>> {
    let rows = sqlx::query!(
        r#"select c.id, c.profile_id, c.state, c.channel, c.created_at, c.created_by_name, c.sent_at, c.expires_at,
             c.reminded_count, c.last_reminded_at, c.redeemed_at, c.revoked_reason,
             coalesce(m.state in ('waiting', 'sending', 'deferred'), false) as "on_its_way!",
             coalesce(m.state in ('rejected', 'uncertain'), false) as "mail_failed!"
           from (select distinct on (r.profile_id) r.* from registrations r
                 where r.organisation_id = $1 and r.user_id = $2
                 order by r.profile_id, (r.state = 'running') desc, r.id desc) c
           left join lateral (
             select o.state from outbox o join registrations x on x.organisation_id = o.organisation_id and x.id = o.registration_id
             where o.organisation_id = $1 and x.profile_id = c.profile_id and o.kind = 'registration_code'
             order by o.id desc limit 1) m on true
           order by c.id desc"#,
        organisation.0,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(Registration {
                id: RegistrationId(r.id),
                user,
                profile: ProfileId(r.profile_id),
                state: RegistrationState::from_code(&r.state)?,
                channel: r.channel.as_deref().and_then(CodeChannel::from_code),
                created_at: r.created_at.to_jiff(),
                created_by: r.created_by_name,
                sent_at: r.sent_at.map(|t| t.to_jiff()),
                expires_at: r.expires_at.map(|t| t.to_jiff()),
                reminded: u32::try_from(r.reminded_count).unwrap_or(0),
                last_reminded_at: r.last_reminded_at.map(|t| t.to_jiff()),
                redeemed_at: r.redeemed_at.map(|t| t.to_jiff()),
                revoked: r
                    .revoked_reason
                    .as_deref()
                    .and_then(RevokedReason::from_code),
                on_its_way: r.on_its_way,
                mail_failed: r.mail_failed,
            })
        })
        .collect())
}

/// The profiles of a user that are in use.
///
/// # Errors
/// Where the database fails.
pub async fn profiles_in_use(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Vec<ProfileId>> {
    let rows = sqlx::query_scalar!(
        "select id from profiles where organisation_id = $1 and user_id = $2 and state = 'active'",
        organisation.0,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ProfileId).collect())
}

/// Prepares a registration of the profile («Da avviare»), or finds the one that stands
/// prepared already. Answers whether it was written now.
///
/// # Errors
/// Where the database fails.
pub async fn prepare(
    tx: &mut PgConnection,
    actor: &Actor,
    user: UserId,
    profile: ProfileId,
    key: Uuid,
    now: Timestamp,
) -> Result<(RegistrationId, bool)> {
    let organisation = actor.organisation.0;
    let known = sqlx::query_scalar!(
        "select id from registrations where organisation_id = $1
           and (idempotency_key = $2 or (profile_id = $3 and state = 'to_start')) order by id desc limit 1",
        organisation,
        key,
        profile.0,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(id) = known {
        return Ok((RegistrationId(id), false));
    }
    let id = sqlx::query_scalar!(
        "insert into registrations (organisation_id, user_id, profile_id, created_at, created_by, created_by_name, idempotency_key)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        organisation,
        user.0,
        profile.0,
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
        actor.name,
        key,
    )
    .fetch_one(tx)
    .await?;
    Ok((RegistrationId(id), true))
}

/// The profile of the registration that this key started, for this user.
///
/// # Errors
/// Where the database fails.
pub async fn by_key(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    key: Uuid,
) -> Result<Option<ProfileId>> {
    let found = sqlx::query_scalar!(
        "select profile_id from registrations where organisation_id = $1 and user_id = $2 and idempotency_key = $3",
        organisation.0,
        user.0,
        key,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(ProfileId))
}

/// A mail about a registration to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewMail<'a> {
    /// Which of the three.
    pub kind: MailKind,
    /// What it is about.
    pub registration: RegistrationId,
    /// Who receives it.
    pub to: UserId,
    /// Where.
    pub address: &'a str,
    /// In which language.
    pub locale: Locale,
    /// The same key twice is the same mail.
    pub key: Uuid,
}

/// Writes the mail; an earlier one of its kind to them about the same registration that has
/// not left gives way. The same key writes nothing again.
///
/// # Errors
/// Where the database fails.
pub async fn enqueue(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    mail: NewMail<'_>,
    now: Timestamp,
) -> Result<()> {
    if is_written(tx, organisation, mail.key).await? {
        return Ok(());
    }
    sqlx::query!(
        "update outbox set state = 'superseded', reason = 'newer', finished_at = $4, lease_until = null
         where organisation_id = $1 and registration_id = $2 and kind = $3 and user_id = $5
           and state in ('waiting', 'deferred')",
        organisation.0,
        mail.registration.0,
        mail.kind.code(),
        now.to_sqlx() as _,
        mail.to.0,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into outbox (organisation_id, user_id, kind, address, locale, message_id, not_before, created_at, registration_id)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        organisation.0,
        mail.to.0,
        mail.kind.code(),
        mail.address,
        mail.locale.code(),
        mail.key,
        now.to_sqlx() as _,
        mail.registration.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether a mail with this key stands in the outbox: a double click.
///
/// # Errors
/// Where the database fails.
pub async fn is_written(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    key: Uuid,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from outbox where organisation_id = $1 and message_id = $2
             and registration_id is not null) as "known!""#,
        organisation.0,
        key,
    )
    .fetch_one(conn)
    .await?)
}

/// When the last reminder was ordered that was not refused or called back.
///
/// # Errors
/// Where the database fails.
pub async fn last_reminder(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
) -> Result<Option<Timestamp>> {
    let at = sqlx::query_scalar!(
        "select max(created_at) from outbox where organisation_id = $1 and registration_id = $2
           and kind = 'registration_reminder' and state not in ('rejected', 'cancelled', 'superseded')",
        organisation.0,
        registration.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(at.map(|t| t.to_jiff()))
}

/// What a mail about a registration says, read with its row locked.
#[derive(Debug)]
pub struct ForMail {
    /// Its number.
    pub id: RegistrationId,
    /// Where it stands.
    pub state: RegistrationState,
    /// When the code was sent.
    pub sent_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// An earlier code of the profile was in force.
    pub renewed: bool,
    /// Given name and surname of the invited person.
    pub invited: String,
    /// IDext: the number before the secret.
    pub external_id: i64,
    /// Zone in which the month is reckoned.
    pub zone: TimeZone,
    /// Code of the organisation, as in `ORG-…`.
    pub organisation_code: String,
}

/// Reads what the mail says; `None` where the registration is gone.
///
/// # Errors
/// Where the database fails.
pub async fn for_mail(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
) -> Result<Option<ForMail>> {
    let row = sqlx::query!(
        r#"select r.state, r.sent_at, r.expires_at, trim(u.given_name || ' ' || u.surname) as "invited!",
             coalesce(u.external_id, u.id) as "external_id!", h.code, h.time_zone,
             exists (select from registrations x where x.organisation_id = r.organisation_id and x.profile_id = r.profile_id
               and x.id <> r.id and x.state = 'running') as "renewed!"
           from registrations r
           join users u on u.organisation_id = r.organisation_id and u.id = r.user_id
           join organisations h on h.id = r.organisation_id
           where r.organisation_id = $1 and r.id = $2 for update of r"#,
        organisation.0,
        registration.0,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.and_then(|r| {
        Some(ForMail {
            id: registration,
            state: RegistrationState::from_code(&r.state)?,
            sent_at: r.sent_at.map(|t| t.to_jiff()),
            expires_at: r.expires_at.map(|t| t.to_jiff()),
            renewed: r.renewed,
            invited: r.invited,
            external_id: r.external_id,
            zone: TimeZone::get(&r.time_zone).unwrap_or(TimeZone::UTC),
            organisation_code: r.code,
        })
    }))
}

/// Stores the hash of a code whose mail is about to be handed over.
///
/// # Errors
/// Where the database fails.
pub async fn store_code(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    outbox: OutboxId,
    hash: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update registrations set code_hash = $3, code_outbox_id = $4, expires_at = $5
         where organisation_id = $1 and id = $2 and state = 'to_start'",
        organisation.0,
        registration.0,
        hash,
        outbox.0,
        expires_at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the code of a mail that was not taken: the one in force stays so.
///
/// # Errors
/// Where the database fails.
pub async fn forget_code(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    outbox: OutboxId,
) -> Result<()> {
    sqlx::query!(
        "update registrations set code_hash = null, code_outbox_id = null, expires_at = null
         where organisation_id = $1 and code_outbox_id = $2 and state = 'to_start'",
        organisation.0,
        outbox.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The server has the mail with the code: it is in force from this transaction on, and the
/// earlier code of the profile no longer. Answers whether there was one to bring into force.
///
/// # Errors
/// Where the database fails.
pub async fn code_accepted(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    outbox: OutboxId,
    now: Timestamp,
) -> Result<bool> {
    let waits = sqlx::query_scalar!(
        r#"select exists (select from registrations where organisation_id = $1 and id = $2 and state = 'to_start'
             and code_outbox_id = $3 and code_hash is not null) as "waits!""#,
        organisation.0,
        registration.0,
        outbox.0,
    )
    .fetch_one(&mut *tx)
    .await?;
    if !waits {
        return Ok(false);
    }
    give_way(tx, organisation, registration, now).await?;
    sqlx::query!(
        "update registrations set state = 'running', channel = 'mail', sent_at = $3
         where organisation_id = $1 and id = $2",
        organisation.0,
        registration.0,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    requests::settle(tx, organisation, registration, now).await?;
    Ok(true)
}

/// A code is handed over in person: in force at once.
///
/// # Errors
/// Where the database fails.
pub async fn hand_over(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    hash: &[u8],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    give_way(tx, organisation, registration, now).await?;
    sqlx::query!(
        "update registrations set state = 'running', channel = 'hand', code_hash = $3, code_outbox_id = null,
           sent_at = $4, expires_at = $5, failed_tries = 0, next_try_at = null
         where organisation_id = $1 and id = $2",
        organisation.0,
        registration.0,
        hash,
        now.to_sqlx() as _,
        expires_at.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    // A mail with another code that has not left must not leave any more.
    sqlx::query!(
        "update outbox set state = 'superseded', reason = 'newer', finished_at = $3, lease_until = null
         where organisation_id = $1 and registration_id = $2 and kind = 'registration_code'
           and state in ('waiting', 'deferred')",
        organisation.0,
        registration.0,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    requests::settle(tx, organisation, registration, now).await?;
    Ok(())
}

/// The code in force of the same profile is voided by this newer one.
async fn give_way(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update registrations x set state = 'revoked', revoked_reason = 'newer', ended_at = $3, code_hash = null
         from registrations r
         where r.organisation_id = $1 and r.id = $2 and x.organisation_id = $1 and x.profile_id = r.profile_id
           and x.id <> r.id and x.state = 'running'",
        organisation.0,
        registration.0,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The mail server took a reminder.
///
/// # Errors
/// Where the database fails.
pub async fn count_reminder(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update registrations set reminded_count = reminded_count + 1, last_reminded_at = $3
         where organisation_id = $1 and id = $2",
        organisation.0,
        registration.0,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Voids the codes of a user, or of one profile. After a change of address a prepared
/// registration stays prepared (a new code goes to the new address); deactivation and
/// archiving end it too. Answers how many codes were in force.
///
/// # Errors
/// Where the database fails.
pub async fn void(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    profile: Option<ProfileId>,
    reason: RevokedReason,
    now: Timestamp,
) -> Result<u32> {
    let voided = sqlx::query!(
        "update registrations set state = 'revoked', revoked_reason = $4, ended_at = $5, code_hash = null
         where organisation_id = $1 and user_id = $2 and ($3::bigint is null or profile_id = $3)
           and (state = 'running' or (state = 'to_start' and $4 <> 'address_changed'))
         returning (sent_at is not null) as lived",
        organisation.0,
        user.0,
        profile.map(|p| p.0),
        reason.code(),
        now.to_sqlx() as _,
    )
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query!(
        "update registrations set code_hash = null, code_outbox_id = null, expires_at = null
         where organisation_id = $1 and user_id = $2 and ($3::bigint is null or profile_id = $3) and state = 'to_start'",
        organisation.0,
        user.0,
        profile.map(|p| p.0),
    )
    .execute(&mut *tx)
    .await?;
    if matches!(reason, RevokedReason::Inactive | RevokedReason::Archived) {
        requests::drop_of(tx, organisation, user, profile, now).await?;
    }
    let lived = voided.iter().filter(|r| r.lived == Some(true)).count();
    Ok(u32::try_from(lived).unwrap_or(u32::MAX))
}

/// What a code is made of besides its secret, and in which zone its month is reckoned.
///
/// # Errors
/// Where the database fails.
pub async fn prefix(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<(String, i64, TimeZone)> {
    let row = sqlx::query!(
        r#"select h.code, h.time_zone, coalesce(u.external_id, u.id) as "external_id!"
           from users u join organisations h on h.id = u.organisation_id
           where u.organisation_id = $1 and u.id = $2"#,
        organisation.0,
        user.0,
    )
    .fetch_one(conn)
    .await?;
    Ok((
        row.code,
        row.external_id,
        TimeZone::get(&row.time_zone).unwrap_or(TimeZone::UTC),
    ))
}
