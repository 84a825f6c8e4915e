//! Accesses to look at again, and units with fewer than two delegates.

use crate::error::Result;
use domain::{
    Locale, OrganisationId, UnitId, UserId,
    access::{Right, Scope},
    page::{Page, PageRequest},
    review::{
        ENDING_DAYS, IDLE_DAYS, LONE_UNITS_MAX, LoneUnit, REST_DAYS, ReviewQuery, ReviewReason,
        ReviewRow,
    },
    user::full_name,
};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// The accesses of the scope, those that end soonest first, then by name; with the number
/// for each reason. Confirmed ones rest. `held` are the reader's rights.
///
/// # Errors
/// Where the database fails.
pub async fn page(
    conn: &mut PgConnection,
    scope: &Scope,
    query: &ReviewQuery,
    (reader, held): (Option<UserId>, &[Right]),
    locale: Locale,
    now: Timestamp,
) -> Result<(Page<ReviewRow>, Vec<(ReviewReason, u64)>)> {
    let mut page = query.page;
    page.number = page.number.max(1);
    let mut found = read(conn, scope, query.reason, page, held, locale, now).await?;
    if found.0.is_empty() && page.number > 1 {
        page.number = 1;
        found = read(conn, scope, query.reason, page, held, locale, now).await?;
    }
    for row in &mut found.0 {
        row.own = reader == Some(row.user);
    }
    let total = match query.reason {
        None => found.1.0,
        Some(reason) => found
            .1
            .1
            .iter()
            .find(|(r, _)| *r == reason)
            .map_or(0, |(_, n)| *n),
    };
    let page = Page {
        items: found.0,
        total,
        number: page.number,
        size: page.size,
    };
    Ok((page, found.1.1))
}

type Counted = (u64, Vec<(ReviewReason, u64)>);

async fn read(
    conn: &mut PgConnection,
    scope: &Scope,
    reason: Option<ReviewReason>,
    page: PageRequest,
    held: &[Right],
    locale: Locale,
    now: Timestamp,
) -> Result<(Vec<ReviewRow>, Counted)> {
    let units = scope.unit_numbers();
    let days = |n: i64| (now - SignedDuration::from_hours(24 * n)).to_sqlx();
    let rights: Vec<String> = if held.contains(&Right::Administer) {
        Right::ALL.iter().map(|r| r.code().to_owned()).collect()
    } else {
        held.iter().map(|r| r.code().to_owned()).collect()
    };
    let rows = sqlx::query!(
        r#"with house as (
             select o.id, ($3::timestamptz at time zone o.time_zone)::date as today from organisations o where o.id = $1),
           open as (
             select u.id, u.surname, u.given_name, u.username, u.unit_id, u.last_sign_in_at, u.sort_name,
               (select min(g.valid_until) from grants g where g.organisation_id = $1 and g.user_id = u.id
                  and g.valid_until between h.today and h.today + $6::int) as ends_on,
               (select x.state from registrations x where x.organisation_id = $1 and x.user_id = u.id
                  order by (x.state = 'running') desc, x.id desc limit 1) as registration
             from users u cross join house h
             where u.organisation_id = $1 and u.state = 'active'
               and ($2::bigint[] is null or user_within($1, u.id, $2))
               and not exists (select from access_reviews v where v.organisation_id = $1 and v.user_id = u.id
                 and v.reviewed_at > $5)),
           judged as (
             select o.*, o.last_sign_in_at is null and o.registration is distinct from 'expired'
                 and o.registration is distinct from 'running' as never,
               coalesce(o.last_sign_in_at < $4, false) as idle,
               o.last_sign_in_at is null and coalesce(o.registration = 'expired', false) as expired,
               o.ends_on is not null as ending
             from open o),
           wanted as (
             select * from judged j where case $7::text
               when 'mai-entrati' then j.never when 'inattivi' then j.idle when 'codice-scaduto' then j.expired
               when 'in-scadenza' then j.ending else j.never or j.idle or j.expired or j.ending end),
           t as (
             select count(*) filter (where never or idle or expired or ending) as whole,
               count(*) filter (where never) as never, count(*) filter (where idle) as idle,
               count(*) filter (where expired) as expired, count(*) filter (where ending) as ending
             from judged),
           page as (
             select * from wanted order by ends_on nulls last, sort_name, id limit $8 offset $9)
           select t.whole as "whole!", t.never as "never_n!", t.idle as "idle_n!", t.expired as "expired_n!", t.ending as "ending_n!",
             p.id as "id?", p.surname as "surname?", p.given_name as "given_name?", p.username as "username?",
             p.last_sign_in_at as "last_sign_in_at?", p.ends_on as "ends_on?", p.never as "never?", p.idle as "idle?",
             p.expired as "expired?", p.ending as "ending?",
             coalesce(case $10 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name) as "unit?",
             array(select distinct case $10 when 'de' then g.name_de when 'fr' then g.name_fr when 'en' then g.name_en else g.name_it end
                   from grants r join groups g on g.organisation_id = $1 and g.id = r.group_id
                   where r.organisation_id = $1 and r.user_id = p.id order by 1) as "roles!: Vec<String>",
             exists (select from grants r join groups g on g.organisation_id = $1 and g.id = r.group_id
                     where r.organisation_id = $1 and r.user_id = p.id and not g.rights <@ $11::text[]) as "stronger!"
           from t left join page p on true left join units n on n.organisation_id = $1 and n.id = p.unit_id
           order by p.ends_on nulls last, p.sort_name, p.id"#,
        scope.organisation().0,
        units.as_deref() as _,
        now.to_sqlx() as _,
        days(IDLE_DAYS) as _,
        days(REST_DAYS) as _,
        i32::try_from(ENDING_DAYS).unwrap_or(30),
        reason.map(ReviewReason::code),
        page.limit(),
        page.offset(),
        locale.code(),
        &rights,
    )
    .fetch_all(conn)
    .await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let counted = rows.first().map_or((0, Vec::new()), |r| {
        (
            count(r.whole),
            vec![
                (ReviewReason::NeverEntered, count(r.never_n)),
                (ReviewReason::Idle, count(r.idle_n)),
                (ReviewReason::CodeExpired, count(r.expired_n)),
                (ReviewReason::Ending, count(r.ending_n)),
            ],
        )
    });
    let rows = rows.into_iter().filter_map(|r| {
        let reasons = [
            (r.never, ReviewReason::NeverEntered),
            (r.idle, ReviewReason::Idle),
            (r.expired, ReviewReason::CodeExpired),
            (r.ending, ReviewReason::Ending),
        ];
        Some(ReviewRow {
            user: UserId(r.id?),
            name: full_name(&r.surname?, &r.given_name?),
            username: r.username?,
            unit: r.unit,
            roles: r.roles,
            last_sign_in: r.last_sign_in_at.map(|t| t.to_jiff()),
            ends_on: r.ends_on.map(|d| d.to_jiff()),
            reasons: reasons
                .into_iter()
                .filter_map(|(is, reason)| (is == Some(true)).then_some(reason))
                .collect(),
            stronger: r.stronger,
            own: false,
        })
    });
    Ok((rows.collect(), counted))
}

/// Active units of the scope where fewer than two active people may manage users and
/// authorisations today, both in the same active profile (who works in one rests in the
/// others, X20): the first [`LONE_UNITS_MAX`], and how many there are.
///
/// # Errors
/// Where the database fails.
pub async fn lone_units(
    conn: &mut PgConnection,
    scope: &Scope,
    locale: Locale,
    now: Timestamp,
) -> Result<(Vec<LoneUnit>, u64)> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"with holding as (
             select g.user_id, g.profile_id, g.unit_id, trim(u.surname || ' ' || u.given_name) as name,
               r.rights && array['manage_users', 'administer'] as users,
               r.rights && array['manage_authorisations', 'administer'] as authorises
             from grants g
             join organisations o on o.id = g.organisation_id
             join groups r on r.organisation_id = $1 and r.id = g.group_id
               and r.rights && array['manage_users', 'manage_authorisations', 'administer']
             join profiles p on p.organisation_id = $1 and p.id = g.profile_id and p.state = 'active'
             join users u on u.organisation_id = $1 and u.id = g.user_id and u.state = 'active'
             where g.organisation_id = $1
               and (g.valid_from is null or g.valid_from <= ($3::timestamptz at time zone o.time_zone)::date)
               and (g.valid_until is null or g.valid_until >= ($3::timestamptz at time zone o.time_zone)::date))
           select n.id, coalesce(case $4 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name) as "name!",
             d.name as "delegate?", count(*) over () as "total!"
           from units n
           left join lateral (
             select count(distinct k.user_id) as n, min(k.name) as name from (
               select x.user_id, x.name from holding x
               where x.unit_id is null or x.unit_id = any(n.path)
               group by x.user_id, x.profile_id, x.name having bool_or(x.users) and bool_or(x.authorises)) k) d on true
           where n.organisation_id = $1 and n.state = 'active' and d.n < 2
             and ($2::bigint[] is null or n.path && $2)
           order by cardinality(n.path), 2 limit $5"#,
        scope.organisation().0,
        units.as_deref() as _,
        now.to_sqlx() as _,
        locale.code(),
        i64::try_from(LONE_UNITS_MAX).unwrap_or(i64::MAX),
    )
    .fetch_all(conn)
    .await?;
    let total = rows
        .first()
        .map_or(0, |r| u64::try_from(r.total).unwrap_or(0));
    let units = rows
        .into_iter()
        .map(|r| LoneUnit {
            id: UnitId(r.id),
            name: r.name,
            delegate: r.delegate,
        })
        .collect();
    Ok((units, total))
}

/// Notes that somebody confirmed the access.
///
/// # Errors
/// Where the database fails.
pub async fn confirm(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    by: Option<UserId>,
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into access_reviews (organisation_id, user_id, reviewed_at, reviewed_by) values ($1, $2, $3, $4)",
        organisation.0,
        user.0,
        at.to_sqlx() as _,
        by.map(|u| u.0),
    )
    .execute(tx)
    .await?;
    Ok(())
}
