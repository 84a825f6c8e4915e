//! Reading a file of each kind and comparing it, row by row.

use super::{CHUNK, Reach, may_grant};
use crate::{
    db::{
        self,
        import::{Line, Whose, persons, units, users},
    },
    error::{Result, ServiceError},
    exchange::{self, Row},
    service::users::authorises_here,
};
use bytes::Bytes;
use domain::{
    ImportId,
    access::Actor,
    import::{
        Column, Directory, ImportCounts, ImportKind, PersonRecord, Problem, Recognised, RowError,
        RowOutcome, UnitRecord, UserRecord,
    },
};
use sqlx::PgConnection;
use tokio::sync::mpsc::{Receiver, Sender, channel};

pub(super) async fn preview_persons(
    tx: &mut PgConnection,
    actor: &Actor,
    id: ImportId,
    bytes: Bytes,
) -> Result<(ImportCounts, Recognised)> {
    persons::create(tx).await?;
    let (send, mut chunks) = channel(4);
    let reading = tokio::task::spawn_blocking(move || {
        stream(ImportKind::Persons, &bytes, &send, |row, out| {
            persons::write(out, &person(row))
        })
    });
    let mut recognised = received(persons::load(tx, &mut chunks).await, chunks, reading.await)?;
    persons::mark_duplicates(tx, actor.organisation).await?;
    persons::compare(tx, actor.organisation).await?;
    let counts = persons::keep(tx, actor.organisation, id).await?;
    (recognised.notes, recognised.new_sites) = persons::notes(tx).await?;
    Ok((counts, recognised))
}

/// A row of a persons' file with what is wrong with it.
fn person(row: &Row<'_>) -> persons::Seen {
    let read = faultless(row).and_then(|()| PersonRecord::read(|column| row.get(column)));
    let (record, problems) = match read {
        Ok(record) => (Some(record), Vec::new()),
        Err(problems) => {
            let only_code = problems
                .iter()
                .all(|e| matches!(e.problem, Problem::FiscalCodeCheck(_)));
            let without_code = || {
                PersonRecord::read(|c| {
                    if c == Column::FiscalCode {
                        None
                    } else {
                        row.get(c)
                    }
                })
                .ok()
            };
            (if only_code { without_code() } else { None }, problems)
        }
    };
    let formula = [
        Column::Surname,
        Column::GivenName,
        Column::Site,
        Column::Class,
    ]
    .into_iter()
    .any(|c| {
        row.get(c)
            .is_some_and(|text| text.starts_with(['=', '+', '-', '@']))
    });
    persons::Seen {
        line: row.line,
        label: name_of(row),
        key: cell(row, Column::Code),
        counted: record.is_some() && !formula,
        record,
        problems,
    }
}

pub(super) async fn preview_users(
    tx: &mut PgConnection,
    actor: &Actor,
    reach: &Reach,
    id: ImportId,
    bytes: Bytes,
) -> Result<(ImportCounts, Recognised)> {
    let time_zone = db::import::time_zone(tx, actor.organisation).await?;
    let here = authorises_here(tx, actor).await?;
    let allowed = |code: &str, category: &str, rights: &[String]| {
        may_grant(actor, here, code, category, rights)
    };
    let directory: Directory = users::directory(tx, actor, reach.units.as_deref(), allowed).await?;
    users::create(tx).await?;
    let (send, mut chunks) = channel(4);
    let reading = tokio::task::spawn_blocking(move || {
        stream(ImportKind::Users, &bytes, &send, |row, out| {
            let record = faultless(row)
                .and_then(|()| UserRecord::read(&directory, |column| row.get(column)));
            let key = match cell(row, Column::Username) {
                name if name.is_empty() => cell(row, Column::ExternalId),
                name => name,
            };
            users::write(out, row.line, &name_of(row), &key, &record)
        })
    });
    let mut recognised = received(users::load(tx, &mut chunks).await, chunks, reading.await)?;
    users::mark_duplicates(tx, actor.organisation).await?;
    let whose = Whose {
        organisation: actor.organisation,
        time_zone: &time_zone,
        rights: reach.rights.as_deref(),
        units: reach.units.as_deref(),
        own: actor.user.map(|u| u.0),
    };
    users::compare(tx, whose).await?;
    let counts = users::keep(tx, actor.organisation, id).await?;
    recognised.notes = users::notes(tx, actor.organisation).await?;
    Ok((counts, recognised))
}

pub(super) async fn preview_units(
    tx: &mut PgConnection,
    actor: &Actor,
    reach: &Reach,
    id: ImportId,
    bytes: Bytes,
) -> Result<(ImportCounts, Recognised)> {
    let tree = units::tree(tx, actor.organisation, reach.units.as_deref()).await?;
    let everywhere = reach.units.is_none();
    let (rows, recognised) = tokio::task::spawn_blocking(move || {
        let mut rows = Vec::new();
        let recognised = exchange::read(ImportKind::Units, &bytes, |row| {
            rows.push(units::Compared {
                line: row.line,
                label: cell(&row, Column::UnitName),
                key: cell(&row, Column::Unit),
                row: faultless(&row).and_then(|()| UnitRecord::read(|column| row.get(column))),
                outcome: RowOutcome::Error,
                changes: Vec::new(),
                target: None,
            });
        })?;
        units::compare(&mut rows, &tree, everywhere);
        Ok::<_, ServiceError>((rows, recognised))
    })
    .await
    .map_err(ServiceError::internal)??;
    units::keep(tx, actor.organisation, id, &rows).await?;
    let counts = db::import::rows::counts(tx, actor.organisation, id).await?;
    Ok((counts, recognised))
}

/// Reads a file and sends its rows on in pieces; blocks while the database is behind.
fn stream(
    kind: ImportKind,
    bytes: &[u8],
    send: &Sender<Vec<u8>>,
    mut write: impl FnMut(&Row<'_>, &mut Line) -> Result<()>,
) -> Result<Recognised> {
    let mut out = Line::default();
    let mut failed = None;
    let recognised = exchange::read(kind, bytes, |row| {
        if let Err(e) = write(&row, &mut out) {
            failed = Some(e);
        }
        if out.len() >= CHUNK {
            // A closed channel means that the database refused: its error is the one that counts.
            send.blocking_send(out.take()).ok();
        }
    })?;
    if let Some(e) = failed {
        return Err(e);
    }
    send.blocking_send(out.take()).ok();
    Ok(recognised)
}

/// The outcome of a reading and of a COPY that ran side by side.
fn received(
    copied: Result<()>,
    chunks: Receiver<Vec<u8>>,
    read: std::result::Result<Result<Recognised>, tokio::task::JoinError>,
) -> Result<Recognised> {
    drop(chunks);
    let recognised = read.map_err(ServiceError::internal)??;
    copied?;
    Ok(recognised)
}

fn faultless(row: &Row<'_>) -> std::result::Result<(), Vec<RowError>> {
    match &row.fault {
        Some(problem) => Err(vec![RowError::of_row(problem.clone())]),
        None => Ok(()),
    }
}

fn cell(row: &Row<'_>, column: Column) -> String {
    row.get(column)
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(100)
        .collect()
}

fn name_of(row: &Row<'_>) -> String {
    let (surname, given_name) = (cell(row, Column::Surname), cell(row, Column::GivenName));
    format!("{surname} {given_name}").trim().to_owned()
}
