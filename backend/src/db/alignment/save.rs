//! «AGGIORNAMENTO COLLEGAMENTI»: every staged pair is saved or says why not.

use super::{Ground, whole};
use crate::error::Result;
use domain::{
    UserId,
    access::Actor,
    alignment::{FAILED_MAX, FailedPair, PairProblem, SaveResult, UserSide},
    person::PersonKind,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Saves what is staged for the kind; with `only` nothing but that user's pair. Pairs that
/// cannot be saved stay staged with their reason; the others are not held up by them.
///
/// # Errors
/// Where the database fails.
pub async fn save(
    tx: &mut PgConnection,
    ground: &Ground,
    actor: &Actor,
    kind: PersonKind,
    only: Option<UserId>,
    now: Timestamp,
) -> Result<SaveResult> {
    let (organisation, editor) = (ground.organisation.0, ground.editor);
    let only = only.map(|u| u.0);
    judge(tx, ground, kind, only).await?;
    let written = sqlx::query!(
        r#"with pairs as materialized (
             select d.user_id, d.person_id, u.fiscal_code as user_code, p.fiscal_code as person_code,
               trim(u.surname || ' ' || u.given_name) as name,
               jsonb_build_object('id', p.id, 'name', trim(p.surname || ' ' || p.given_name)) as person,
               case when d.automatic then 'automatic' when u.fiscal_code <> p.fiscal_code then 'forced'
                 else 'manual' end as method
             from link_drafts d
             join users u on (u.organisation_id, u.id) = (d.organisation_id, d.user_id)
             join persons p on (p.organisation_id, p.id) = (d.organisation_id, d.person_id)
             where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3 and d.problem is null
               and ($7::bigint is null or d.user_id = $7)),
           saved as (
             insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at, linked_by,
               user_fiscal_code, person_fiscal_code)
             select $1, user_id, person_id, $3, method, $4, nullif($2::bigint, 0), user_code, person_code
             from pairs order by person_id
             on conflict do nothing
             returning user_id, person_id, method),
           gone as (
             delete from link_drafts d using saved s
             where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3 and d.user_id = s.user_id),
           told as (
             insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name, after)
             select $1, $4, $5, $6, 'user.person_linked', 'user', s.user_id, c.name,
               jsonb_build_object('person', c.person, 'kind', $3::text, 'method', s.method)
             from saved s join pairs c on c.user_id = s.user_id)
           select count(*) as "saved!", count(*) filter (where method = 'forced') as "forced!" from saved"#,
        organisation,
        editor,
        kind.code(),
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
        actor.name,
        only,
    )
    .fetch_one(&mut *tx)
    .await?;
    collisions(tx, ground, kind, only).await?;
    let (failed, failed_total) = failed(tx, ground, kind, only).await?;
    Ok(SaveResult {
        saved: whole(written.saved),
        forced: whole(written.forced),
        failed_total,
        failed,
    })
}

/// Marks what cannot be saved as things stand.
async fn judge(
    tx: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    only: Option<i64>,
) -> Result<()> {
    sqlx::query!(
        "update link_drafts d set other = null, problem = case
           when p.id is null then 'person_gone'
           when p.state <> 'active' then 'person_inactive'
           when u.state <> 'active' then 'user_inactive'
           when exists (select from grants g where g.organisation_id = $1 and g.user_id = u.id and g.group_id = any($4))
             then 'stronger'
           when d.automatic and p.fiscal_code is distinct from u.fiscal_code then 'code_changed' end
         from users u, link_drafts x left join persons p on p.organisation_id = x.organisation_id and p.id = x.person_id
           and p.kind = x.kind
         where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3 and d.person_id is not null
           and ($5::bigint is null or d.user_id = $5)
           and u.organisation_id = $1 and u.id = d.user_id
           and x.organisation_id = $1 and x.editor_id = $2 and x.kind = $3 and x.user_id = d.user_id",
        ground.organisation.0,
        ground.editor,
        kind.code(),
        &ground.strong,
        only,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Names what stood in the way of pairs that were to be saved and were not. A pair that
/// somebody else has saved meanwhile is done.
async fn collisions(
    tx: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    only: Option<i64>,
) -> Result<()> {
    sqlx::query!(
        "delete from link_drafts d using user_person_links l
         where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3 and d.problem is null
           and ($4::bigint is null or d.user_id = $4)
           and l.organisation_id = $1 and l.user_id = d.user_id and l.person_id = d.person_id",
        ground.organisation.0,
        ground.editor,
        kind.code(),
        only,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update link_drafts d set
           problem = case when o.username is not null then 'person_linked' else 'user_linked' end,
           other = coalesce(o.username, c.code::text)
         from link_drafts x
         left join user_person_links l on l.organisation_id = x.organisation_id and l.person_id = x.person_id
         left join users o on o.organisation_id = l.organisation_id and o.id = l.user_id
         left join user_person_links m on m.organisation_id = x.organisation_id and m.user_id = x.user_id and m.kind = x.kind
         left join persons c on c.organisation_id = m.organisation_id and c.id = m.person_id
         where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3 and d.person_id is not null
           and d.problem is null and ($4::bigint is null or d.user_id = $4)
           and x.organisation_id = $1 and x.editor_id = $2 and x.kind = $3 and x.user_id = d.user_id",
        ground.organisation.0,
        ground.editor,
        kind.code(),
        only,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn failed(
    tx: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    only: Option<i64>,
) -> Result<(Vec<FailedPair>, u64)> {
    let rows = sqlx::query!(
        r#"select u.id, u.username, u.surname, u.given_name, u.fiscal_code, d.problem as "problem!", d.other,
             count(*) over () as "total!"
           from link_drafts d join users u on (u.organisation_id, u.id) = (d.organisation_id, d.user_id)
           where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3 and d.problem is not null
             and ($5::bigint is null or d.user_id = $5)
           order by u.sort_name, u.id limit $4"#,
        ground.organisation.0,
        ground.editor,
        kind.code(),
        FAILED_MAX,
        only,
    )
    .fetch_all(tx)
    .await?;
    let total = rows.first().map_or(0, |r| whole(r.total));
    let failed = rows.into_iter().filter_map(|r| {
        Some(FailedPair {
            problem: PairProblem::from_code(&r.problem, r.other)?,
            user: UserSide {
                id: UserId(r.id),
                username: r.username,
                surname: r.surname,
                given_name: r.given_name,
                fiscal_code: r.fiscal_code,
            },
        })
    });
    Ok((failed.collect(), total))
}
