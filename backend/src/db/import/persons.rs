//! A file of persons against the registry.

mod compare;
mod write;

pub use compare::{compare, keep, mark_duplicates, notes};
pub use write::{keep_result, lines_to_write, mark_changed_meanwhile, prepare, write_lines};

use super::{Line, copy_in};
use crate::error::Result;
use domain::{
    ImportId, OrganisationId,
    import::{PersonRecord, RowError},
    person::FiscalCode,
};
use sqlx::PgConnection;
use tokio::sync::mpsc::Receiver;

/// One row a line of the file. `target` is the person it is compared with, `changes` what
/// would be replaced there; `seen_*` is what the preview had found.
const CREATE: &str = "
create temp table stage_persons (
  line int not null, label text not null, key text not null, problems jsonb,
  code bigint, kind text, legal bool, surname text, given_name text, fiscal_code text,
  vat_number text, birth_date date, email text, site text, school_year smallint, class text,
  omocodic bool, padded bool, counted bool,
  target bigint, version int, changes jsonb, dup_of int, dup_differs bool,
  seen_target bigint, seen_version int, made bool not null default false
) on commit drop";

const COPY: &str = "copy stage_persons (line, label, key, problems, code, kind, legal, surname, given_name,
  fiscal_code, vat_number, birth_date, email, site, school_year, class, omocodic, padded, counted) from stdin";

/// Makes the temporary table.
///
/// # Errors
/// Where the database fails.
pub async fn create(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(CREATE).execute(tx).await?;
    Ok(())
}

/// A row as far as it could be read.
#[derive(Debug)]
pub struct Seen {
    /// Line in the file.
    pub line: u32,
    /// Surname and name, as written.
    pub label: String,
    /// «Codice», as written.
    pub key: String,
    /// The record; also of a row that is left out for its codice fiscale alone.
    pub record: Option<PersonRecord>,
    /// Why the row is left out; empty for a good one.
    pub problems: Vec<RowError>,
    /// Whether the row counts in what the file is made of.
    pub counted: bool,
}

/// Writes a row in the form that [`load`] sends.
///
/// # Errors
/// Where a problem has no JSON form.
pub fn write(out: &mut Line, seen: &Seen) -> Result<()> {
    out.add(&seen.line.to_string())
        .add(&seen.label)
        .add(&seen.key);
    match seen.problems.as_slice() {
        [] => out.maybe(None::<&str>),
        problems => out.json(&problems)?,
    };
    let flag = |b: bool| if b { "t" } else { "f" };
    match &seen.record {
        Some(p) => {
            // A wrong code stands as written: it is not missing.
            let wrong = seen.problems.first().map(|e| e.value.as_str());
            out.maybe(p.code.map(|c| c.to_string()))
                .add(p.kind.code())
                .add(flag(p.legal))
                .add(&p.surname)
                .add(&p.given_name)
                .maybe(p.fiscal_code.as_ref().map(FiscalCode::as_str).or(wrong))
                .maybe(p.vat_number.as_ref().map(|v| v.as_str()))
                .maybe(p.birth_date.map(|d| d.to_string()))
                .maybe(p.email.as_ref().map(|e| e.as_str()))
                .maybe(p.site.as_ref())
                .maybe(p.school_year.map(|y| y.to_string()))
                .maybe(p.class.as_ref())
                .add(flag(
                    p.fiscal_code.as_ref().is_some_and(FiscalCode::is_omocodic),
                ))
                .add(flag(p.padded));
        }
        None => {
            for _ in 0..14 {
                out.maybe(None::<&str>);
            }
        }
    }
    out.add(flag(seen.counted));
    out.end();
    Ok(())
}

/// Nobody analyses a temporary table by itself, and the plan for an empty column is a
/// disaster for a full one: after every step that fills columns this is due.
async fn analyze(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "analyze stage_persons (line, code, kind, fiscal_code, problems, dup_of, target, changes)",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The statistics of the real tables know nothing of an organisation that is just being
/// filled: with these indexes even a plan made for one row is good for all.
async fn index(tx: &mut PgConnection) -> Result<()> {
    for statement in [
        "create index on stage_persons (line)",
        "create index on stage_persons (code)",
        "create index on stage_persons (fiscal_code)",
        "create index on stage_persons (target)",
    ] {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    analyze(tx).await
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
        "insert into stage_persons (line, label, key, seen_target, code, kind, legal, surname, given_name,
           fiscal_code, vat_number, birth_date, email, site, school_year, class, seen_version)
         select r.line, r.label, coalesce(r.data->>'key', ''), r.target_id, d.*
         from import_rows r,
           jsonb_to_record(r.data) as d(code bigint, kind text, legal bool, surname text, given_name text,
             fiscal_code text, vat_number text, birth_date date, email text, site text, school_year smallint,
             class text, version int)
         where r.organisation_id = $1 and r.import_id = $2 and r.outcome in ('new', 'changed', 'unchanged')",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&mut *tx)
    .await?;
    index(tx).await
}
