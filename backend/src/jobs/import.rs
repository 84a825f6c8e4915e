//! Writing a confirmed import: one transaction, its progress visible outside of it.

use crate::{
    Backend, Core,
    db::{
        self,
        import::{By, Whose, persons, units, users},
    },
    error::{Result, ServiceError},
};
use domain::{
    ImportId, JobId, OrganisationId,
    import::{ImportCounts, ImportKind, ImportState, Problem, RowError, RowOutcome},
};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// So many written rows change what the planner should know. Few are enough: for a school
/// of 390 users that it took for empty it compared each row with each.
const MANY: u32 = 100;
/// Rows written between two reports of progress.
const STEP: usize = 10_000;

/// Runs the job of a confirmed import, and gives the import up where its writing fails. A
/// worker that dies on the way leaves it as it was: another one takes it.
///
/// # Errors
/// What made the writing fail.
pub async fn apply(backend: &Backend, organisation: OrganisationId, job: JobId) -> Result<()> {
    match run(&backend.core, organisation, job).await {
        Ok(_) => Ok(()),
        Err(e) => {
            give_up(&backend.core, organisation, job).await?;
            Err(e)
        }
    }
}

/// Writes what was confirmed. Safe to call again: what is applied stays applied.
///
/// # Errors
/// Where the database fails; then nothing is written and another attempt may follow.
pub async fn run(core: &Core, organisation: OrganisationId, job: JobId) -> Result<ImportCounts> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    db::import::take_turn(&mut tx, organisation).await?;
    let id = db::import::of_job(&mut tx, organisation, job).await?;
    let (kind, state, _) = db::import::lock(&mut tx, organisation, id).await?;
    let view = db::import::find(&mut tx, organisation, id).await?;
    if state != ImportState::Confirmed {
        return if state == ImportState::Applied {
            Ok(view.counts)
        } else {
            Err(ServiceError::NotFound)
        };
    }
    let (payload, actor, actor_name) = db::import::confirmation(&mut tx, organisation, job).await?;
    let time_zone = db::import::time_zone(&mut tx, organisation).await?;
    let by = By {
        whose: Whose {
            organisation,
            time_zone: &time_zone,
            rights: payload.rights.as_deref(),
            units: payload.units.as_deref(),
            own: actor,
        },
        at: now.to_sqlx(),
        actor,
        actor_name: &actor_name,
        job: Some(job),
        // Roles want a motivation (P6); where none was asked for, the file speaks for itself.
        reason: payload.reason.as_deref().unwrap_or(&view.file_name),
    };
    db::import::lock_targets(&mut tx, organisation, id, kind).await?;
    match kind {
        ImportKind::Persons => write_persons(core, &mut tx, by, id, job).await?,
        ImportKind::Users => write_users(core, &mut tx, by, id, job).await?,
        ImportKind::Units => write_units(&mut tx, by, id).await?,
    }
    let counts = db::import::rows::counts(&mut tx, organisation, id).await?;
    db::import::keep_findings(&mut tx, organisation, id, &counts, &view.recognised).await?;
    db::import::set_state(&mut tx, organisation, id, ImportState::Applied, None).await?;
    let entry = db::audit::Entry {
        action: "import.applied",
        object_kind: "import",
        object_id: Some(id.0),
        object_name: &view.file_name,
        after: Some(serde_json::to_value(counts).map_err(ServiceError::internal)?),
        job: Some(job),
        ..db::audit::Entry::default()
    };
    db::audit::record_as(&mut tx, organisation, actor, &actor_name, now, entry).await?;
    let failed = counts.error.saturating_sub(view.counts.error);
    db::import::finish_job(&mut tx, organisation, job, &counts, failed, now).await?;
    tx.commit().await?;
    if counts.new.saturating_add(counts.changed) > MANY {
        // What is written is written: statistics alone are no reason to fail.
        if let Err(error) = db::import::rows::refresh_statistics(&core.pool, kind).await {
            tracing::warn!(?error, "statistics could not be brought up to date");
        }
    }
    Ok(counts)
}

/// The job was given up: its import says so, and its file can be previewed anew.
///
/// # Errors
/// Where the database fails.
pub async fn give_up(core: &Core, organisation: OrganisationId, job: JobId) -> Result<()> {
    let mut tx = core.pool.begin().await?;
    let id = db::import::of_job(&mut tx, organisation, job).await?;
    let (_, state, _) = db::import::lock(&mut tx, organisation, id).await?;
    if state == ImportState::Confirmed {
        db::import::set_state(&mut tx, organisation, id, ImportState::Failed, None).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn write_persons(
    core: &Core,
    tx: &mut PgConnection,
    by: By<'_>,
    id: ImportId,
    job: JobId,
) -> Result<()> {
    let organisation = by.whose.organisation;
    persons::create(tx).await?;
    persons::reload(tx, organisation, id).await?;
    persons::compare(tx, organisation).await?;
    persons::mark_changed_meanwhile(tx, organisation).await?;
    persons::prepare(tx, organisation).await?;
    let lines = persons::lines_to_write(tx).await?;
    let mut done = 0;
    for step in lines.chunks(STEP) {
        persons::write_lines(tx, by, step[0], step[step.len() - 1]).await?;
        done += step.len();
        report(core, organisation, job, done).await;
    }
    persons::keep_result(tx, organisation, id).await
}

async fn write_users(
    core: &Core,
    tx: &mut PgConnection,
    by: By<'_>,
    id: ImportId,
    job: JobId,
) -> Result<()> {
    let organisation = by.whose.organisation;
    users::create(tx).await?;
    users::reload(tx, organisation, id).await?;
    users::compare(tx, by.whose).await?;
    users::mark_changed_meanwhile(tx, organisation).await?;
    users::prepare(tx, organisation).await?;
    let lines = users::lines_to_write(tx).await?;
    let mut done = 0;
    for step in lines.chunks(STEP) {
        users::write_lines(tx, by, step[0], step[step.len() - 1]).await?;
        done += step.len();
        report(core, organisation, job, done).await;
    }
    users::keep_result(tx, organisation, id).await
}

async fn write_units(tx: &mut PgConnection, by: By<'_>, id: ImportId) -> Result<()> {
    let organisation = by.whose.organisation;
    let tree = units::tree(tx, organisation, by.whose.units).await?;
    let shown = units::reload(tx, organisation, id).await?;
    let mut rows = shown.clone();
    units::compare(&mut rows, &tree, by.whose.units.is_none());
    for (row, shown) in rows.iter_mut().zip(&shown) {
        // What now is as the file wants it needs no writing; anything else must be what was shown.
        let as_shown = (row.outcome, &row.changes) == (shown.outcome, &shown.changes);
        if row.row.is_ok() && row.outcome != RowOutcome::Unchanged && !as_shown {
            row.row = Err(vec![RowError::of_row(Problem::ChangedMeanwhile)]);
            row.outcome = RowOutcome::Error;
        }
    }
    // A row that fell out may leave others without a parent.
    units::compare(&mut rows, &tree, by.whose.units.is_none());
    units::write(tx, by, &rows).await?;
    let other: Vec<_> = rows
        .iter()
        .zip(&shown)
        .filter(|(now, then)| now.outcome != then.outcome)
        .map(|(now, _)| now.clone())
        .collect();
    units::keep_result(tx, organisation, id, &other).await
}

/// Tells how far the writing is, outside of its transaction. A report that fails is no
/// reason to fail the work.
async fn report(core: &Core, organisation: OrganisationId, job: JobId, done: usize) {
    let done = i32::try_from(done).unwrap_or(i32::MAX);
    if let Err(e) = db::import::report(&core.pool, organisation, job, done).await {
        tracing::warn!(error = %e, "the progress of an import could not be reported");
    }
}
