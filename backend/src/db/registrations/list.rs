//! The worklist `/abilitazioni`: the current registration of each profile, by stage.

use crate::error::Result;
use domain::{
    Locale, ProfileId, RegistrationId, UserId,
    access::Scope,
    page::{Page, PageRequest},
    registration::{
        CodeChannel, Registration, RegistrationCounts, RegistrationRow, RegistrationState,
        RevokedReason, Stage, WorklistQuery,
    },
    user::full_name,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// How many stand under each tab.
///
/// # Errors
/// Where the database fails.
pub async fn counts(
    conn: &mut PgConnection,
    scope: &Scope,
    text: &str,
    now: Timestamp,
) -> Result<RegistrationCounts> {
    let mut counts = [0; Stage::ALL.len()];
    for (place, stage) in Stage::ALL.into_iter().enumerate() {
        let query = WorklistQuery {
            stage,
            text: text.to_owned(),
            page: PageRequest::default(),
        };
        counts[place] = read(conn, scope, &query, query.page, Locale::default(), now)
            .await?
            .0;
    }
    Ok(counts)
}

/// A page of the worklist, roles by their names in `locale`: what ends soonest first, prepared ones and ended ones newest
/// first. Page 1 where the wanted one lies past the end.
///
/// # Errors
/// Where the database fails.
pub async fn worklist(
    conn: &mut PgConnection,
    scope: &Scope,
    query: &WorklistQuery,
    locale: Locale,
    now: Timestamp,
) -> Result<Page<RegistrationRow>> {
    let mut page = PageRequest {
        number: query.page.number.max(1),
        size: query.page.size,
    };
    let mut found = read(conn, scope, query, page, locale, now).await?;
    if found.1.is_empty() && page.number > 1 {
        page.number = 1;
        found = read(conn, scope, query, page, locale, now).await?;
    }
    Ok(Page {
        items: found.1,
        total: found.0,
        number: page.number,
        size: page.size,
    })
}

async fn read(
    conn: &mut PgConnection,
    scope: &Scope,
    query: &WorklistQuery,
    page: PageRequest,
    locale: Locale,
    now: Timestamp,
) -> Result<(u64, Vec<RegistrationRow>)> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"with current as (
             select distinct on (r.profile_id) r.* from registrations r
             where r.organisation_id = $1
             order by r.profile_id, (r.state = 'running') desc, r.id desc)
           select c.id, c.user_id, c.profile_id, c.state, c.channel, c.created_at, c.created_by_name, c.sent_at, c.expires_at,
             c.reminded_count, c.last_reminded_at, c.redeemed_at, c.revoked_reason,
             u.surname, u.given_name, u.username, u.email, u.state as user_state, p.name as profile_name,
             array(select distinct case $8 when 'de' then g.name_de when 'fr' then g.name_fr when 'en' then g.name_en else g.name_it end
                   from grants x join groups g on (g.organisation_id, g.id) = (x.organisation_id, x.group_id)
                   where x.organisation_id = c.organisation_id and x.profile_id = c.profile_id order by 1) as "roles!: Vec<String>",
             coalesce(m.state in ('waiting', 'sending', 'deferred'), false) as "on_its_way!",
             coalesce(m.state in ('rejected', 'uncertain'), false) as "mail_failed!", q.requested_at as "requested_at?",
             count(*) over () as "total!"
           from current c
           join users u on u.organisation_id = c.organisation_id and u.id = c.user_id
           join profiles p on p.organisation_id = c.organisation_id and p.id = c.profile_id
           left join lateral (
             select o.state from outbox o join registrations x on x.organisation_id = o.organisation_id and x.id = o.registration_id
             where o.organisation_id = c.organisation_id and x.profile_id = c.profile_id and o.kind = 'registration_code'
             order by o.id desc limit 1) m on true
           left join lateral (
             select w.requested_at from code_requests w join registrations x on x.organisation_id = w.organisation_id and x.id = w.registration_id
             where w.organisation_id = c.organisation_id and w.user_id = c.user_id and w.handled_at is null and x.profile_id = c.profile_id) q on true
           where u.state <> 'archived' and p.state <> 'archived'
             and user_within(u.organisation_id, u.id, $2::bigint[])
             and ($3 = '' or position(fold($3) in u.search_text) > 0)
             and (($4 = 'richiesto' and q.requested_at is not null) or $4 = case
               when c.state = 'completed' then 'registrato'
               when c.state = 'expired' or (c.state = 'running' and c.expires_at <= $5) then 'scaduto'
               when c.state = 'running' and c.expires_at <= $5 + interval '7 days' then 'in-scadenza'
               when c.state = 'running' then 'in-attesa'
               when u.state = 'active' and p.state = 'active' then 'da-inviare' end)
           order by case when $4 in ('in-attesa', 'in-scadenza') then c.expires_at end, c.id desc
           limit $6 offset $7"#,
        scope.organisation().0,
        units.as_deref() as _,
        query.text.trim(),
        query.stage.code(),
        now.to_sqlx() as _,
        page.limit(),
        page.offset(),
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    let total = rows
        .first()
        .map_or(0, |r| u64::try_from(r.total).unwrap_or(0));
    let items = rows
        .into_iter()
        .filter_map(|r| {
            Some(RegistrationRow {
                registration: Registration {
                    id: RegistrationId(r.id),
                    user: UserId(r.user_id),
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
                },
                name: full_name(&r.surname, &r.given_name),
                username: r.username,
                email: r.email,
                user_state: r.user_state.parse().ok()?,
                profile_name: r.profile_name,
                roles: r.roles,
                requested_at: r.requested_at.map(|t| t.to_jiff()),
            })
        })
        .collect();
    Ok((total, items))
}
