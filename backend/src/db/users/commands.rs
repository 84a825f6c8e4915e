//! What deciding about the row menu of users needs, for a page of them in one statement;
//! archiving and bringing back.

use crate::error::Result;
use domain::{
    GroupId, Locale, OrganisationId, ProfileId, RegistrationId, UnitId, UserId,
    access::{Actor, Right, Scope},
    registration::{CodeChannel, CommandFacts, Registration, RegistrationState, RevokedReason},
    user::{GrantView, GroupName, UserState, full_name},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A user with what deciding about its commands needs.
#[derive(Debug)]
pub struct Row {
    /// The user.
    pub user: UserId,
    /// The profile that was asked about.
    pub asked: Option<ProfileId>,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// The facts.
    pub facts: CommandFacts,
}

/// Reads these users as far as the actor sees them; `strong` are groups with rights that
/// the actor does not hold.
///
/// # Errors
/// Where the database fails.
pub async fn facts(
    conn: &mut PgConnection,
    actor: &Actor,
    asked: &[(UserId, Option<ProfileId>)],
    strong: &[i64],
) -> Result<Vec<Row>> {
    let ids: Vec<i64> = asked.iter().map(|(u, _)| u.0).collect();
    let profiles: Vec<Option<i64>> = asked.iter().map(|(_, p)| p.map(|p| p.0)).collect();
    let units = |right| Scope::of(actor, right).unit_numbers();
    let (reads, manages, authorises) = (
        units(Right::ReadUsers),
        units(Right::ManageUsers),
        units(Right::ManageAuthorisations),
    );
    let rows = sqlx::query!(
        r#"select u.id as "id!", u.surname as "surname!", u.given_name as "given_name!", u.username as "username!", u.state as "state!",
             (u.email is not null) as "has_mail!", (u.email_bounced_at is not null) as "bounced!", u.archived_at,
             user_within(u.organisation_id, u.id, $4::bigint[]) as "manages!",
             user_within(u.organisation_id, u.id, $5::bigint[]) as "authorises!",
             exists (select from grants g where g.organisation_id = $1 and g.user_id = u.id and g.group_id = any($6)) as "stronger!",
             c.id as "registration?", c.profile_id as "profile?", c.state as "registration_state?", c.channel as "channel?",
             c.created_at as "created_at?", c.created_by_name as "created_by?", c.sent_at as "sent_at?", c.expires_at as "expires_at?",
             c.reminded_count as "reminded?", greatest(c.last_reminded_at, w.at) as "last_reminded_at?", c.redeemed_at as "redeemed_at?",
             c.revoked_reason as "revoked?",
             coalesce(m.state in ('waiting', 'sending', 'deferred'), false) as "on_its_way!",
             coalesce(m.state in ('rejected', 'uncertain'), false) as "mail_failed!",
             coalesce(c.profile_state = 'active', false) as "profile_active!", a.profile_id as "asked?"
           from unnest($2::bigint[], $7::bigint[]) a(user_id, profile_id)
           join users u on u.organisation_id = $1 and u.id = a.user_id
           left join lateral (
             select r.*, p.state as profile_state from registrations r join profiles p on p.organisation_id = r.organisation_id and p.id = r.profile_id
             where r.organisation_id = $1 and r.user_id = u.id and p.state <> 'archived'
               and (a.profile_id is null or r.profile_id = a.profile_id)
             order by (p.state = 'active') desc, (r.state = 'running') desc, r.id desc limit 1) c on true
           left join lateral (
             select o.state from outbox o join registrations x on x.organisation_id = o.organisation_id and x.id = o.registration_id
             where o.organisation_id = $1 and x.profile_id = c.profile_id and o.kind = 'registration_code'
             order by o.id desc limit 1) m on true
           -- One that is on its way counts already: the act looks at it too.
           left join lateral (
             select max(o.created_at) as at from outbox o
             where o.organisation_id = $1 and o.registration_id = c.id and o.kind = 'registration_reminder'
               and o.state not in ('rejected', 'cancelled', 'superseded')) w on true
           where user_within(u.organisation_id, u.id, $3::bigint[])
           order by u.sort_name, u.id"#,
        actor.organisation.0,
        &ids,
        reads.as_deref() as _,
        manages.as_deref() as _,
        authorises.as_deref() as _,
        strong,
        &profiles as _,
    )
    .fetch_all(conn)
    .await?;
    let (may_manage, may_authorise) = (
        actor.holds(Right::ManageUsers),
        actor.holds(Right::ManageAuthorisations),
    );
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            let user = UserId(r.id);
            let registration = match (r.registration, r.profile, r.registration_state) {
                (Some(id), Some(profile), Some(state)) => Some(Registration {
                    id: RegistrationId(id),
                    user,
                    profile: ProfileId(profile),
                    state: RegistrationState::from_code(&state)?,
                    channel: r.channel.as_deref().and_then(CodeChannel::from_code),
                    created_at: r.created_at?.to_jiff(),
                    created_by: r.created_by.unwrap_or_default(),
                    sent_at: r.sent_at.map(|t| t.to_jiff()),
                    expires_at: r.expires_at.map(|t| t.to_jiff()),
                    reminded: u32::try_from(r.reminded.unwrap_or(0)).unwrap_or(0),
                    last_reminded_at: r.last_reminded_at.map(|t| t.to_jiff()),
                    redeemed_at: r.redeemed_at.map(|t| t.to_jiff()),
                    revoked: r.revoked.as_deref().and_then(RevokedReason::from_code),
                    on_its_way: r.on_its_way,
                    mail_failed: r.mail_failed,
                }),
                _ => None,
            };
            Some(Row {
                user,
                asked: r.asked.map(ProfileId),
                name: full_name(&r.surname, &r.given_name),
                username: r.username,
                facts: CommandFacts {
                    state: r.state.parse().ok()?,
                    has_mail: r.has_mail,
                    bounced: r.bounced,
                    stronger: r.stronger,
                    own: actor.user == Some(user),
                    manages: may_manage && r.manages,
                    authorises: may_authorise && r.authorises,
                    administers: actor.holds(Right::Administer),
                    archived_at: r.archived_at.map(|t| t.to_jiff()),
                    registration,
                    profile_active: r.profile_active,
                },
            })
        })
        .collect())
}

/// Archives, or brings back as inactive, and counts the edit.
///
/// # Errors
/// Where the database fails.
pub async fn set_archived(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    at: Option<Timestamp>,
) -> Result<()> {
    let state = if at.is_some() {
        UserState::Archived
    } else {
        UserState::Inactive
    };
    sqlx::query!(
        "update users set state = $3, archived_at = $4, version = version + 1 where organisation_id = $1 and id = $2",
        organisation.0,
        user.0,
        state.code(),
        at.map(|t| t.to_sqlx()) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The roles of the profiles in use that have not ended at this moment: what an inactive user
/// holds again once it is active.
///
/// # Errors
/// Where the database fails.
pub async fn returning(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    locale: Locale,
    now: Timestamp,
) -> Result<Vec<GrantView>> {
    let rows = sqlx::query!(
        r#"select r.group_id, g.code, r.unit_id, r.valid_from, r.valid_until,
             coalesce(case $4 when 'de' then t.name_de when 'fr' then t.name_fr when 'en' then t.name_en end, t.name) as "unit_name?",
             case $4 when 'de' then g.name_de when 'fr' then g.name_fr when 'en' then g.name_en
               else g.name_it end as "name!"
           from grants r
           join organisations o on o.id = r.organisation_id
           join profiles p on (p.organisation_id, p.id) = (r.organisation_id, r.profile_id) and p.state = 'active'
           join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
           left join units t on (t.organisation_id, t.id) = (r.organisation_id, r.unit_id)
           where r.organisation_id = $1 and r.user_id = $2
             and (r.valid_until is null or r.valid_until >= ($3::timestamptz at time zone o.time_zone)::date)
           order by g.position, g.id, t.name nulls first, r.id"#,
        organisation.0,
        user.0,
        now.to_sqlx() as _,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| GrantView {
            group: GroupName {
                id: GroupId(r.group_id),
                code: r.code,
                name: r.name,
            },
            unit: r
                .unit_id
                .map(|id| (UnitId(id), r.unit_name.unwrap_or_default())),
            valid_from: r.valid_from.map(|d| d.to_jiff()),
            valid_until: r.valid_until.map(|d| d.to_jiff()),
        })
        .collect())
}
