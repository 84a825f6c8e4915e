//! A file of users against the accounts.

mod compare;
mod write;

pub use compare::{compare, keep, mark_duplicates, notes};
pub use write::{keep_result, lines_to_write, mark_changed_meanwhile, prepare, write_lines};

use super::{Line, copy_in};
use crate::error::Result;
use domain::{
    GroupId, ImportId, OrganisationId, UnitId,
    access::Actor,
    import::{Directory, KnownGroup, KnownUnit, RowError, UserRecord},
    person::FiscalCode,
};
use sqlx::PgConnection;
use tokio::sync::mpsc::Receiver;

const CREATE: &str = "
create temp table stage_users (
  line int not null, label text not null, key text not null, problems jsonb,
  username text, external_id bigint, surname text, given_name text, fiscal_code text, email text,
  groups bigint[], category text, unit bigint, active bool, password_end date, locale text,
  omocodic bool, padded bool,
  target bigint, version int, changes jsonb, dup_of int, dup_differs bool,
  seen_target bigint, seen_version int, made bool not null default false
) on commit drop";

const COPY: &str = "copy stage_users (line, label, key, problems, username, external_id, surname, given_name,
  fiscal_code, email, groups, category, unit, active, password_end, locale, omocodic, padded) from stdin";

/// Makes the temporary table.
///
/// # Errors
/// Where the database fails.
pub async fn create(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(CREATE).execute(tx).await?;
    Ok(())
}

/// The groups and units that rows may name, and which of them `actor` may use.
///
/// # Errors
/// Where the database fails.
pub async fn directory(
    conn: &mut PgConnection,
    actor: &Actor,
    units: Option<&[i64]>,
    may_grant: impl Fn(&str, &str, &[String]) -> bool,
) -> Result<Directory> {
    let mut directory = Directory::new(units.is_none());
    let organisation = actor.organisation.0;
    let groups = sqlx::query!(
        "select id, code, name_it, name_de, name_fr, name_en, category, rights from groups
         where organisation_id = $1 order by position desc, id desc",
        organisation,
    )
    .fetch_all(&mut *conn)
    .await?;
    for group in groups {
        let known = KnownGroup {
            id: GroupId(group.id),
            allowed: may_grant(&group.code, &group.category, &group.rights),
            category: group.category,
        };
        for name in [
            &group.name_en,
            &group.name_fr,
            &group.name_de,
            &group.name_it,
            &group.code,
        ] {
            directory.add_group(name, known.clone());
        }
    }
    let rows = sqlx::query!(
        r#"select id, code, ($2::bigint[] is null or path && $2) as "allowed!" from units
           where organisation_id = $1 and state = 'active'"#,
        organisation,
        units,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        directory.add_unit(
            &row.code,
            KnownUnit {
                id: UnitId(row.id),
                allowed: row.allowed,
            },
        );
    }
    Ok(directory)
}

/// Writes a row in the form that [`load`] sends.
///
/// # Errors
/// Where a problem has no JSON form.
pub fn write(
    out: &mut Line,
    line: u32,
    label: &str,
    key: &str,
    row: &std::result::Result<UserRecord, Vec<RowError>>,
) -> Result<()> {
    out.add(&line.to_string()).add(label).add(key);
    match row {
        Ok(u) => {
            let mut groups: Vec<i64> = u.groups.iter().map(|g| g.0).collect();
            groups.sort_unstable();
            let groups = groups
                .iter()
                .map(i64::to_string)
                .collect::<Vec<_>>()
                .join(",");
            let flag = |b: bool| if b { "t" } else { "f" };
            out.maybe(None::<&str>)
                .add(&u.username)
                .maybe(u.external_id.map(|n| n.to_string()))
                .add(&u.surname)
                .add(&u.given_name)
                .maybe(u.fiscal_code.as_ref().map(FiscalCode::as_str))
                .maybe(u.email.as_ref().map(|e| e.as_str()))
                .add(&format!("{{{groups}}}"))
                .add(&u.category)
                .maybe(u.unit.map(|n| n.to_string()))
                .maybe(u.active.map(flag))
                .maybe(u.password_end.map(|d| d.to_string()))
                .maybe(u.locale.map(|l| l.code()))
                .add(flag(
                    u.fiscal_code.as_ref().is_some_and(FiscalCode::is_omocodic),
                ))
                .add(flag(u.padded));
        }
        Err(problems) => {
            out.json(problems)?;
            for _ in 0..14 {
                out.maybe(None::<&str>);
            }
        }
    }
    out.end();
    Ok(())
}

/// Nobody analyses a temporary table by itself, and the plan for an empty column is a
/// disaster for a full one: after every step that fills columns this is due.
async fn analyze(tx: &mut PgConnection) -> Result<()> {
    sqlx::query("analyze stage_users (line, username, external_id, fiscal_code, problems, dup_of, target, changes)").execute(tx).await?;
    Ok(())
}

/// The statistics of the real tables know nothing of an organisation that is just being
/// filled: with these indexes even a plan made for one row is good for all.
async fn index(tx: &mut PgConnection) -> Result<()> {
    for statement in [
        "create index on stage_users (line)",
        "create index on stage_users (lower(username))",
        "create index on stage_users (external_id)",
        "create index on stage_users (fiscal_code)",
        "create index on stage_users (target)",
    ] {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    // With no columns named, the expression of the index is analysed too.
    sqlx::query("analyze stage_users").execute(tx).await?;
    Ok(())
}

/// Takes in the rows of a file.
///
/// # Errors
/// Where the database fails.
pub async fn load(tx: &mut PgConnection, chunks: &mut Receiver<Vec<u8>>) -> Result<()> {
    copy_in(tx, COPY, chunks).await?;
    index(tx).await
}

/// Takes in the good rows of a preview.
///
/// # Errors
/// Where the database fails.
pub async fn reload(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<()> {
    sqlx::query(
        "insert into stage_users (line, label, key, seen_target, username, external_id, surname, given_name,
           fiscal_code, email, groups, category, unit, active, password_end, locale, seen_version)
         select r.line, r.label, coalesce(r.data->>'key', ''), r.target_id, d.username, d.external_id, d.surname,
           d.given_name, d.fiscal_code, d.email,
           (select array_agg(g::bigint order by g::bigint) from jsonb_array_elements_text(d.groups) g),
           d.category, d.unit, d.active, d.password_end, d.locale, d.version
         from import_rows r,
           jsonb_to_record(r.data) as d(username text, external_id bigint, surname text, given_name text,
             fiscal_code text, email text, groups jsonb, category text, unit bigint, active bool,
             password_end date, locale text, version int)
         where r.organisation_id = $1 and r.import_id = $2 and r.outcome in ('new', 'changed', 'unchanged')",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&mut *tx)
    .await?;
    index(tx).await
}
