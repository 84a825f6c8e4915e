//! Groups of many users at once: who can be changed, what a change does, and doing it, each
//! for all of them in one statement.

pub mod undo;

use super::search::{push_house, push_selected};
use crate::error::Result;
use domain::{
    GroupId, OrganisationId,
    access::Scope,
    person::PersonKind,
    user::{BulkChange, Selection},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{FromRow, PgConnection, QueryBuilder};

/// Whom and by whom.
#[derive(Debug)]
pub struct Judge<'a> {
    /// Who is visible at all.
    pub visible: &'a Scope,
    /// Where the right to manage users holds.
    pub managed: &'a Scope,
    /// Groups with rights that the person who acts does not hold.
    pub strong: &'a [i64],
    /// Who was ticked.
    pub selection: &'a Selection,
}

/// Somebody selected.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs, reason = "columns")]
pub struct Judged {
    pub id: i64,
    pub name: String,
    /// `archived`, `out_of_scope`, `stronger`; `None`: can be changed.
    pub excluded: Option<String>,
}

/// Everybody selected, by name. With `hold` their rows are held until the transaction ends,
/// so that nobody changes them meanwhile.
///
/// # Errors
/// Where the database fails.
pub async fn judge(conn: &mut PgConnection, judge: &Judge<'_>, hold: bool) -> Result<Vec<Judged>> {
    let mut q = QueryBuilder::new(
        "select u.id, trim(u.surname || ' ' || u.given_name) as name, case when u.state = 'archived' then 'archived'",
    );
    if judge.managed != judge.visible {
        q.push(" when not (");
        push_house(&mut q, judge.managed);
        q.push(") then 'out_of_scope'");
    }
    if !judge.strong.is_empty() {
        q.push(" when u.id in (select sg.user_id from grants sg where sg.organisation_id = ")
            .push_bind(judge.visible.organisation().0)
            .push(" and sg.group_id = any(")
            .push_bind(judge.strong.to_vec())
            .push(")) then 'stronger'");
    }
    q.push(" end as excluded from users u where ");
    push_selected(&mut q, judge.visible, judge.selection);
    // Held in one order, so that two such changes wait for each other and never for ever.
    q.push(if hold {
        " order by u.id for no key update of u"
    } else {
        " order by u.sort_name, u.id"
    });
    Ok(q.build_query_as().fetch_all(conn).await?)
}

/// How many of `ids` are in each group, as far as it lies within `units`.
///
/// # Errors
/// Where the database fails.
pub async fn members(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    ids: &[i64],
) -> Result<Vec<(GroupId, u64)>> {
    let rows = sqlx::query!(
        r#"select gr.group_id, count(distinct gr.user_id) as "members!" from unnest($2::bigint[]) as i (id)
           join grants gr on gr.organisation_id = $1 and gr.user_id = i.id group by gr.group_id"#,
        organisation.0,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (GroupId(r.group_id), u64::try_from(r.members).unwrap_or(0)))
        .collect())
}

/// The kinds of linked records among `ids`: each combination, and how many have it.
///
/// # Errors
/// Where the database fails.
pub async fn kinds(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    ids: &[i64],
) -> Result<Vec<(Vec<PersonKind>, u64)>> {
    let rows = sqlx::query!(
        r#"select k.kinds as "kinds!", count(*) as "users!" from (
             select array_agg(l.kind order by l.kind) as kinds from unnest($2::bigint[]) as i (id)
             join user_person_links l on l.organisation_id = $1 and l.user_id = i.id group by l.user_id) k
           group by k.kinds"#,
        organisation.0,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let kinds = r.kinds.iter().filter_map(|k| k.parse().ok()).collect();
            (kinds, u64::try_from(r.users).unwrap_or(0))
        })
        .collect())
}

/// What a change means for one user whom it touches.
#[derive(Clone, Copy, Debug)]
pub struct Touched {
    /// The user.
    pub id: i64,
    /// No group would be left.
    pub empty: bool,
}

fn numbers(groups: &std::collections::BTreeSet<GroupId>) -> Vec<i64> {
    groups.iter().map(|g| g.0).collect()
}

/// Those of `ids` whom the change touches.
///
/// # Errors
/// Where the database fails.
pub async fn touched(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    ids: &[i64],
    change: &BulkChange,
    units: Option<&[i64]>,
) -> Result<Vec<Touched>> {
    let rows = sqlx::query!(
        r#"select x.id as "id!", not x.keeps and cardinality($4::bigint[]) = 0 as "empty!" from (
             select i.id,
               coalesce(bool_or(gr.group_id = any($3) and ($5::bigint[] is null or t.path && $5)), false) as loses,
               coalesce(bool_or(not (gr.group_id = any($3) and coalesce($5::bigint[] is null or t.path && $5, false))), false) as keeps,
               count(distinct gr.group_id) filter (where gr.group_id = any($4)) as has
             from unnest($2::bigint[]) as i (id)
             left join grants gr on gr.organisation_id = $1 and gr.user_id = i.id
             left join units t on t.organisation_id = $1 and t.id = gr.unit_id
             group by i.id) x
           where x.loses or x.has < cardinality($4::bigint[])"#,
        organisation.0,
        ids,
        &numbers(&change.remove),
        &numbers(&change.add),
        units as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Touched {
            id: r.id,
            empty: r.empty,
        })
        .collect())
}

/// Who acts, when, and under which number.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The user who acts.
    pub actor: Option<i64>,
    /// Their name.
    pub name: &'a str,
    /// When.
    pub at: Timestamp,
    /// The number of the act.
    pub batch: i64,
}

/// Profiles that hold grants of these groups' categories, for those of `ids` without one.
///
/// # Errors
/// Where the database fails.
pub async fn make_profiles(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    ids: &[i64],
    groups: &[i64],
) -> Result<()> {
    sqlx::query!(
        "insert into profiles (organisation_id, user_id, category, is_default)
         select $1, i.id, c.category, not exists (
           select from profiles p where p.organisation_id = $1 and p.user_id = i.id and p.is_default)
         from unnest($2::bigint[]) as i (id)
         cross join (select distinct g.category from groups g where g.organisation_id = $1 and g.id = any($3)) c
         where not exists (select from profiles p where p.organisation_id = $1 and p.user_id = i.id
           and p.category = c.category and p.state = 'active')",
        organisation.0,
        ids,
        groups,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Gives and takes the groups, counts the edit of each user and writes an entry for each:
/// one statement. Grants outside `units` stay; new ones hold in those of the units where
/// the user is known. What stays keeps its unit and days.
///
/// # Errors
/// Where the database fails.
pub async fn change(
    tx: &mut PgConnection,
    act: Act<'_>,
    ids: &[i64],
    change: &BulkChange,
    units: Option<&[i64]>,
) -> Result<u64> {
    let add = numbers(&change.add);
    make_profiles(tx, act.organisation, ids, &add).await?;
    let done = sqlx::query!(
        r#"with i as materialized (select id from unnest($2::bigint[]) as i (id)),
         held as materialized (
           select gr.id, gr.user_id, gr.group_id, gr.unit_id, t.name as unit_name, gr.valid_from, gr.valid_until,
             ($5::bigint[] is null or coalesce(t.path && $5, false)) as inside
           from i join grants gr on gr.organisation_id = $1 and gr.user_id = i.id
           left join units t on t.organisation_id = $1 and t.id = gr.unit_id),
         place as (
           select i.id as user_id, null::bigint as unit_id from i where $5::bigint[] is null
           union select h.user_id, h.unit_id from held h where h.inside and $5::bigint[] is not null
           -- Known by their home alone: they hold nothing here yet.
           union select i.id, w.unit_id from i cross join unnest($5::bigint[]) as w (unit_id)
             where not exists (select from held h where h.user_id = i.id and h.inside)),
         profile as (
           select distinct on (p.user_id, p.category) p.user_id, p.category, p.id
           from i join profiles p on p.organisation_id = $1 and p.user_id = i.id and p.state = 'active'
           order by p.user_id, p.category, p.is_default desc, p.id),
         gone as (
           delete from grants gr using held h
           where gr.organisation_id = $1 and gr.id = h.id and h.inside and h.group_id = any($3)),
         come as (
           insert into grants (organisation_id, profile_id, user_id, group_id, unit_id)
           select $1, p.id, l.user_id, g.id, l.unit_id from place l
           join groups g on g.organisation_id = $1 and g.id = any($4)
           join profile p on p.user_id = l.user_id and p.category = g.category
           where not exists (select from held h where h.user_id = l.user_id and h.group_id = g.id)
           on conflict do nothing returning user_id, group_id, unit_id),
         bumped as (
           update users u set version = u.version + 1 from i where u.organisation_id = $1 and u.id = i.id
           returning u.id, u.version, trim(u.surname || ' ' || u.given_name) as name),
         story as (
           select h.user_id, h.group_id, h.unit_id, h.unit_name, h.valid_from, h.valid_until, true as was,
             not (h.inside and h.group_id = any($3)) as is from held h
           union all
           select c.user_id, c.group_id, c.unit_id, t.name, null, null, false, true from come c
           left join units t on t.organisation_id = $1 and t.id = c.unit_id),
         told as (
           select s.user_id, jsonb_agg(s.said) filter (where s.was) as before, jsonb_agg(s.said) filter (where s.is) as after
           from (select s.user_id, s.was, s.is, jsonb_strip_nulls(jsonb_build_object('id', s.group_id, 'code', g.code,
                   'unit', s.unit_id, 'unit_name', s.unit_name, 'from', s.valid_from, 'until', s.valid_until)) as said
                 from story s join groups g on g.organisation_id = $1 and g.id = s.group_id
                 order by s.user_id, g.position, g.id) s
           group by s.user_id)
         insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
           before, after, batch_id)
         select $1, $6, $7, $8, 'user.groups_changed', 'user', b.id, b.name,
           jsonb_build_object('groups', coalesce(t.before, '[]')),
           jsonb_build_object('groups', coalesce(t.after, '[]'), 'version', b.version), $9
         from bumped b left join told t on t.user_id = b.id"#,
        act.organisation.0,
        ids,
        &numbers(&change.remove),
        &add,
        units as _,
        act.at.to_sqlx() as _,
        act.actor,
        act.name,
        act.batch,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}
