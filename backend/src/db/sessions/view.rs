//! What the frame around the pages shows, and the preferences kept.

use crate::error::{Result, ServiceError};
use domain::{
    OrganisationId, UserId,
    access::{Action, Right, Scope, decide},
    organisation::OrganisationKind,
    page::PageSize,
    session::{Preference, Preferences, Resumed, SessionView, UNITS_IN_SELECT, WorkUnit},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Everything of the frame in one statement; `seconds_left` is for the caller to fill.
///
/// # Errors
/// [`ServiceError::NotFound`] where the user is gone.
pub async fn view(conn: &mut PgConnection, found: &Resumed, at: Timestamp) -> Result<SessionView> {
    let actor = &found.actor;
    let user = actor.user.ok_or(ServiceError::Unauthenticated)?;
    let units: Vec<i64> = actor
        .held
        .iter()
        .filter_map(|h| h.unit.map(|u| u.0))
        .collect();
    let row = sqlx::query!(
        r#"select u.username, o.code, o.name, o.kind, o.contact, o.demo,
                  p.theme as "theme?", p.density as "density?", p.locale as "locale?", p.rows_per_page as "rows_per_page?",
                  array(select coalesce(case $5 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name)
                        from units n where n.organisation_id = $1 and n.id = any($3) order by 1) as "units!: Vec<String>",
                  array(select distinct trim(x.surname || ' ' || x.given_name) as full_name
                        from groups a
                        join grants g on g.organisation_id = a.organisation_id and g.group_id = a.id
                        join users x on x.organisation_id = g.organisation_id and x.id = g.user_id and x.state = 'active'
                        where a.organisation_id = $1 and 'administer' = any(a.rights)
                          and (g.valid_from is null or g.valid_from <= ($4::timestamptz at time zone o.time_zone)::date)
                          and (g.valid_until is null or g.valid_until >= ($4::timestamptz at time zone o.time_zone)::date)
                        order by full_name limit 5) as "administrators!: Vec<String>",
                  (select count(*) from jobs j where j.organisation_id = $1
                     and j.state in ('held', 'queued', 'running')) as "running!"
           from users u
           join organisations o on o.id = u.organisation_id
           left join preferences p on p.organisation_id = u.organisation_id and p.user_id = u.id
           where u.organisation_id = $1 and u.id = $2"#,
        actor.organisation.0,
        user.0,
        &units,
        at.to_sqlx() as _,
        actor.locale.code(),
    )
    .fetch_one(&mut *conn)
    .await?;
    let password_min =
        crate::db::groups::keep::password_min(&mut *conn, actor.organisation, user).await?;
    let kind: OrganisationKind = row.kind.parse().map_err(ServiceError::internal)?;
    let choices = match kind {
        OrganisationKind::Canton => choices(conn, found).await?,
        OrganisationKind::School => Vec::new(),
    };
    let sees = kind == OrganisationKind::Canton && decide(actor, Action::ReadDiscrepancies).is_ok();
    let open = match sees {
        true => {
            let scope = Scope::of(actor, Right::ManageUsers);
            crate::db::discrepancies::counts(conn, &scope).await?.open
        }
        false => 0,
    };
    let unit = match found.unit {
        Some(id) => crate::db::units::work_unit(conn, actor.organisation, id, actor.locale).await?,
        None => None,
    };
    let whole = actor.held.iter().any(|h| h.unit.is_none());
    let rights: Vec<Right> = Right::ALL
        .into_iter()
        .filter(|r| actor.held.iter().any(|h| h.right == *r))
        .collect();
    Ok(SessionView {
        name: actor.name.clone(),
        username: row.username,
        organisation: actor.organisation,
        organisation_code: row.code,
        organisation_name: row.name,
        kind,
        contact: row.contact,
        rights,
        units: if whole { Vec::new() } else { row.units },
        unit,
        choices,
        must_accept_terms: actor.must_accept_terms,
        several_profiles: found.profiles > 1,
        administrators: row.administrators,
        preferences: Preferences {
            theme: row.theme.and_then(|t| t.parse().ok()).unwrap_or_default(),
            density: row.density.and_then(|d| d.parse().ok()).unwrap_or_default(),
            locale: row.locale.and_then(|l| l.parse().ok()),
            rows_per_page: row.rows_per_page.as_deref().and_then(PageSize::from_code),
        },
        must_change_password: actor.must_change_password,
        password_min,
        demo: row.demo,
        open_discrepancies: u32::try_from(open).unwrap_or(u32::MAX),
        running_jobs: u32::try_from(row.running).unwrap_or(0),
        seconds_left: 0,
    })
}

/// What the header offers to work in: nothing where there is only one place.
async fn choices(conn: &mut PgConnection, found: &Resumed) -> Result<Vec<WorkUnit>> {
    let organisation = found.actor.organisation;
    let units: Vec<i64> = found
        .whole
        .iter()
        .filter_map(|h| h.unit.map(|u| u.0))
        .collect();
    let everywhere = found.whole.iter().any(|h| h.unit.is_none());
    if !everywhere && units.is_empty() {
        return Ok(Vec::new());
    }
    let within = (!everywhere).then_some(units);
    let most = i64::try_from(UNITS_IN_SELECT + 1).unwrap_or(i64::MAX);
    let list = crate::db::units::choices(
        conn,
        organisation,
        within.as_deref(),
        found.actor.locale,
        most,
    )
    .await?;
    Ok(if list.len() > 1 { list } else { Vec::new() })
}

/// Keeps one preference; the others stay.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    preference: Preference,
) -> Result<()> {
    let (mut theme, mut density, mut locale, mut rows) = (None, None, None, None);
    match preference {
        Preference::Theme(t) => theme = Some(t.code()),
        Preference::Density(d) => density = Some(d.code()),
        Preference::Locale(l) => locale = Some(l.code()),
        Preference::RowsPerPage(r) => rows = Some(r.code()),
    }
    sqlx::query!(
        "insert into preferences as p (organisation_id, user_id, theme, density, locale, rows_per_page)
         values ($1, $2, coalesce($3, 'auto'), coalesce($4, 'comfortable'), $5, $6)
         on conflict (organisation_id, user_id) do update set
           theme = coalesce($3, p.theme), density = coalesce($4, p.density),
           locale = coalesce($5, p.locale), rows_per_page = coalesce($6, p.rows_per_page)",
        organisation.0,
        user.0,
        theme,
        density,
        locale,
        rows,
    )
    .execute(tx)
    .await?;
    Ok(())
}
