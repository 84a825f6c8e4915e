//! `delega import persons|users|units FILE --organisation CODE [--dry-run] [--report OUT.csv]`.

use super::{refusal, say};
use crate::{report, settings::Settings, start};
use anyhow::{Context, Result, bail};
use app::pages::import::words;
use backend::{Backend, ServiceError, jobs};
use bytes::Bytes;
use clap::{Args, Subcommand};
use domain::{
    ImportId, Locale,
    access::Actor,
    import::{FileError, ImportKind, ImportState, ImportView, MAX_BYTES, RowOutcome},
    page::{PageRequest, PageSize},
};
use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// What is imported.
#[derive(Subcommand)]
pub enum Command {
    /// Import persons (anagrafiche): pupils, guardians, employees, external people.
    Persons(What),
    /// Import users with their groups or roles.
    Users(What),
    /// Import units: canton, enterprises, sites.
    Units(What),
}

/// The file and where it goes.
#[derive(Args)]
pub struct What {
    /// CSV or XLSX; delimiter and encoding are recognised.
    file: PathBuf,
    /// Code of the organisation.
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// Look only: count what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write what became of every row to this CSV file.
    #[arg(long, value_name = "OUT.csv")]
    report: Option<PathBuf>,
}

/// Rows with errors that are named on standard error; the report has them all.
const NAMED: u32 = 100;
/// Rows of the report that are read at once.
const ROWS: u32 = 2_000;

/// Runs it. Rows with errors are told and left out; that is success.
pub async fn run(settings: Settings, command: Command) -> Result<()> {
    let (kind, what) = match command {
        Command::Persons(what) => (ImportKind::Persons, what),
        Command::Users(what) => (ImportKind::Users, what),
        Command::Units(what) => (ImportKind::Units, what),
    };
    let bytes = read(&what.file)?;
    start::with_backend(&settings, |backend| async move {
        import(&backend, kind, &what, bytes).await
    })
    .await
}

async fn import(backend: &Backend, kind: ImportKind, what: &What, bytes: Bytes) -> Result<()> {
    let code = &what.organisation;
    let organisation = backend
        .organisations
        .find(code)
        .await
        .map_err(refusal)?
        .with_context(|| {
            format!("there is no organisation {code}; make it with: delega organisation create")
        })?;
    let actor = Actor::system(organisation.id, "delega import");
    let name = what
        .file
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let id = backend
        .imports
        .preview(&actor, kind, &name, bytes)
        .await
        .map_err(refusal)?;
    if !what.dry_run {
        let key = backend::service::Imports::key_of(id);
        let job = backend
            .imports
            .confirm(&actor, id, "", key)
            .await
            .map_err(refusal)?;
        // Here and now; a worker that takes it at the same time finds it done.
        jobs::import::apply(backend, organisation.id, job)
            .await
            .map_err(refusal)?;
    }
    let view = backend.imports.get(&actor, id).await.map_err(refusal)?;
    let told = tell(backend, &actor, &view, what).await;
    if what.dry_run {
        backend.imports.discard(&actor, id).await.map_err(refusal)?;
    } else if view.state != ImportState::Applied {
        bail!("the import was not written");
    }
    told
}

async fn tell(backend: &Backend, actor: &Actor, view: &ImportView, what: &What) -> Result<()> {
    if let Some(path) = &what.report {
        write_report(backend, actor, view, path)
            .await
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if view.counts.error > 0 {
        tell_errors(backend, actor, view.id).await?;
    }
    let counts = &view.counts;
    say(format!("rows: {}", counts.rows()));
    say(format!("valid: {}", counts.valid()));
    say(format!("new: {}", counts.new));
    say(format!("changed: {}", counts.changed));
    say(format!("unchanged: {}", counts.unchanged));
    say(format!("duplicates: {}", counts.duplicate));
    say(format!("errors: {}", counts.error));
    Ok(())
}

/// Names the rows that were left out, on standard error.
async fn tell_errors(backend: &Backend, actor: &Actor, id: ImportId) -> Result<()> {
    let page = PageRequest {
        number: 1,
        size: PageSize::Hundred,
    };
    let wrong = backend
        .imports
        .rows(actor, id, Some(RowOutcome::Error), page)
        .await
        .map_err(refusal)?;
    let mut err = std::io::stderr().lock();
    for row in &wrong.items {
        for e in &row.errors {
            let column = e
                .column
                .map(|c| format!("{}: ", c.header()))
                .unwrap_or_default();
            let value = if e.value.is_empty() {
                String::new()
            } else {
                format!("{:?}: ", e.value)
            };
            let _ = writeln!(
                err,
                "line {}: {column}{value}{}",
                row.line,
                words::problem(Locale::En, &e.problem)
            );
        }
    }
    if wrong.total > u64::from(NAMED) {
        let _ = writeln!(
            err,
            "… and {} more rows with errors: see --report",
            wrong.total - u64::from(NAMED)
        );
    }
    Ok(())
}

async fn write_report(
    backend: &Backend,
    actor: &Actor,
    view: &ImportView,
    path: &Path,
) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut report = report::Writer::new(actor.locale, view.kind);
    let mut line = 0;
    loop {
        let rows = backend
            .imports
            .rows_after(actor, view.id, line, ROWS)
            .await
            .map_err(refusal)?;
        rows.iter().for_each(|row| report.row(row));
        out.write_all(&report.take())?;
        match rows.last() {
            Some(row) => line = row.line,
            None => break,
        }
    }
    out.flush()?;
    Ok(())
}

/// Reads the file, unless it is too large to be read at all.
fn read(path: &Path) -> Result<Bytes> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() > MAX_BYTES {
        let too_large = FileError::TooLarge {
            max_megabytes: u32::try_from(MAX_BYTES >> 20).unwrap_or(u32::MAX),
        };
        return Err(refusal(ServiceError::File(too_large)));
    }
    Ok(bytes.into())
}
