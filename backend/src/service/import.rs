//! Importing files: preview, look, confirm. Writing is a job (`jobs::import`).

mod preview;

use crate::{
    Core, db,
    error::{Result, ServiceError},
};
use bytes::Bytes;
use domain::{
    ImportId, JobId,
    access::{Action, Actor, Denied, Right, RoleFacts, SCHOOL, decide, decide_on_role},
    import::{ImportKind, ImportRow, ImportState, ImportView, RowOutcome},
    job::JobKind,
    organisation::OrganisationKind,
    page::{Page, PageRequest},
    problem::Conflict,
    user::check_reason,
};
use jiff::SignedDuration;
use preview::{preview_persons, preview_units, preview_users};
use sqlx::PgConnection;
use uuid::Uuid;

/// Bytes of rows that travel to the database at once.
const CHUNK: usize = 256 * 1024;
/// A preview that nobody confirms is forgotten after this long.
const PREVIEW_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Imports of persons, users and units.
#[derive(Clone)]
pub struct Imports(pub(crate) Core);

impl Imports {
    /// Reads a file, compares it with what is stored and keeps what was found row by row.
    /// Nothing else is written.
    ///
    /// # Errors
    /// [`ServiceError::File`] for what is no table, [`ServiceError::Denied`] without the right.
    pub async fn preview(
        &self,
        actor: &Actor,
        kind: ImportKind,
        file_name: &str,
        bytes: Bytes,
    ) -> Result<ImportId> {
        let reach = Reach::of(actor, kind)?;
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let forget = now
            .checked_sub(PREVIEW_KEPT)
            .map_err(ServiceError::internal)?;
        db::import::forget_previews(&mut tx, actor.organisation, forget).await?;
        let by = actor.user.map(|u| u.0);
        let id = db::import::insert(
            &mut tx,
            actor.organisation,
            kind,
            &plain_name(file_name),
            by,
            now,
        )
        .await?;
        let (counts, recognised) = match kind {
            ImportKind::Persons => preview_persons(&mut tx, actor, id, bytes).await?,
            ImportKind::Users => preview_users(&mut tx, actor, &reach, id, bytes).await?,
            ImportKind::Units => preview_units(&mut tx, actor, &reach, id, bytes).await?,
        };
        db::import::keep_findings(&mut tx, actor.organisation, id, &counts, &recognised).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// An import as its page shows it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] also for an import of another organisation.
    pub async fn get(&self, actor: &Actor, id: ImportId) -> Result<ImportView> {
        let mut conn = self.0.pool.acquire().await?;
        find(&mut conn, actor, id).await
    }

    /// The latest imports that the person may see.
    ///
    /// # Errors
    /// [`ServiceError::Denied`] for who may import nothing.
    pub async fn recent(&self, actor: &Actor) -> Result<Vec<ImportView>> {
        let kinds = allowed(actor)?;
        let mut conn = self.0.pool.acquire().await?;
        let mut imports = Vec::new();
        for id in db::import::recent(&mut conn, actor.organisation, &kinds).await? {
            imports.push(db::import::find(&mut conn, actor.organisation, id).await?);
        }
        Ok(imports)
    }

    /// The kinds of files that the person may import.
    ///
    /// # Errors
    /// [`ServiceError::Denied`] where there is none.
    pub fn kinds(&self, actor: &Actor) -> Result<Vec<ImportKind>> {
        allowed(actor)
    }

    /// A page of rows, all or of one outcome.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn rows(
        &self,
        actor: &Actor,
        id: ImportId,
        outcome: Option<RowOutcome>,
        page: PageRequest,
    ) -> Result<Page<ImportRow>> {
        let mut conn = self.0.pool.acquire().await?;
        let counts = find(&mut conn, actor, id).await?.counts;
        let total = u64::from(outcome.map_or(counts.rows(), |o| counts.of(o)));
        let number = if page.number <= page.size.pages(total) || page.size.rows() == 0 {
            page.number.max(1)
        } else {
            1
        };
        let page = PageRequest {
            number,
            size: page.size,
        };
        let items =
            db::import::rows::page(&mut conn, actor.organisation, id, outcome, page).await?;
        Ok(Page {
            items,
            total,
            number,
            size: page.size,
        })
    }

    /// The rows below a line, for a report of all of them.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn rows_after(
        &self,
        actor: &Actor,
        id: ImportId,
        line: u32,
        limit: u32,
    ) -> Result<Vec<ImportRow>> {
        let mut conn = self.0.pool.acquire().await?;
        find(&mut conn, actor, id).await?;
        db::import::rows::after(&mut conn, actor.organisation, id, line, i64::from(limit)).await
    }

    /// Forgets a preview.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] for an import that was confirmed.
    pub async fn discard(&self, actor: &Actor, id: ImportId) -> Result<()> {
        let mut tx = self.0.pool.begin().await?;
        find(&mut tx, actor, id).await?;
        let (_, state, _) = db::import::lock(&mut tx, actor.organisation, id).await?;
        if state != ImportState::Previewed {
            return Err(Conflict::TooLate.into());
        }
        db::import::delete(&mut tx, actor.organisation, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The key of the one job that an import can have: whoever confirms again gets the same.
    pub fn key_of(id: ImportId) -> Uuid {
        Uuid::from_u64_pair(0x0069_6d70_6f72_7400, u64::try_from(id.0).unwrap_or(0))
    }

    /// Starts the writing of what the preview showed. Twice is once: the same job answers.
    /// Where users of a canton are written a motivation is needed, which stands at each of
    /// them in the trail.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where an earlier attempt failed: the file must be previewed anew;
    /// the field `reason`.
    pub async fn confirm(
        &self,
        actor: &Actor,
        id: ImportId,
        reason: &str,
        key: Uuid,
    ) -> Result<JobId> {
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let (kind, _, job) = db::import::lock(&mut tx, actor.organisation, id).await?;
        let reach = Reach::of(actor, kind)?;
        let view = db::import::find(&mut tx, actor.organisation, id).await?;
        match (view.state, job) {
            (ImportState::Previewed, _) => {}
            (ImportState::Confirmed | ImportState::Applied, Some(job)) => return Ok(job),
            _ => return Err(Conflict::TooLate.into()),
        }
        let needed = owes_reason(&mut tx, actor, &view).await?;
        let reason = check_reason(reason, needed).map_err(ServiceError::Invalid)?;
        let payload = db::import::Payload {
            import: id.0,
            rights: reach.rights,
            units: reach.units,
            reason: reason.clone(),
        };
        let new = db::jobs::NewJob {
            kind: JobKind::Import,
            key,
            run_after: now,
            total: view.counts.to_write(),
            payload: serde_json::to_value(payload).map_err(ServiceError::internal)?,
        };
        let written = db::jobs::create(&mut tx, actor, now, &new).await?;
        if !written.fresh {
            // A key that belongs to another operation.
            return Err(Conflict::TooLate.into());
        }
        let job = written.id;
        db::import::set_state(
            &mut tx,
            actor.organisation,
            id,
            ImportState::Confirmed,
            Some(job),
        )
        .await?;
        let entry = db::audit::Entry {
            action: "import.confirmed",
            object_kind: "import",
            object_id: Some(id.0),
            object_name: &view.file_name,
            after: Some(serde_json::to_value(view.counts).map_err(ServiceError::internal)?),
            reason: reason.as_deref(),
            job: Some(job),
            ..db::audit::Entry::default()
        };
        db::audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(job)
    }
}

/// Whether a motivation must be given: each row of a file of users gives roles, and a canton's
/// roles want one (P6). The platform's command line answers for itself.
async fn owes_reason(conn: &mut PgConnection, actor: &Actor, view: &ImportView) -> Result<bool> {
    if view.kind != ImportKind::Users || view.counts.to_write() == 0 || actor.user.is_none() {
        return Ok(false);
    }
    let house = db::organisations::get(conn, actor.organisation).await?;
    Ok(house.kind == OrganisationKind::Canton)
}

/// How far the hand of the person who imports reaches.
struct Reach {
    rights: Option<Vec<String>>,
    units: Option<Vec<i64>>,
}

impl Reach {
    fn of(actor: &Actor, kind: ImportKind) -> Result<Self> {
        decide(actor, action(kind))?;
        let units = actor
            .units(right(kind))
            .map(|u| u.into_iter().map(|u| u.0).collect());
        // The registry belongs to the whole organisation.
        if kind == ImportKind::Persons && units.is_some() {
            return Err(Denied::OutOfScope.into());
        }
        let rights = (!actor.holds(Right::Administer)).then(|| {
            Right::ALL
                .into_iter()
                .filter(|r| actor.holds(*r))
                .map(|r| r.code().to_owned())
                .collect()
        });
        Ok(Self { rights, units })
    }
}

/// Whether a file may put people into a group. KT_Superuser and the federal roles come by
/// file from the platform's command line alone; `here` as for [`authorises_here`]. A right that this release does not know is
/// nobody's to give.
fn may_grant(actor: &Actor, here: bool, code: &str, category: &str, rights: &[String]) -> bool {
    let platform = actor.user.is_none();
    let rights: Option<Vec<Right>> = rights.iter().map(|r| r.parse().ok()).collect();
    rights.is_some_and(|rights| {
        let role = RoleFacts {
            code,
            category,
            rights: &rights,
        };
        (here || category == SCHOOL) && decide_on_role(actor, platform, role).is_ok()
    })
}

const fn action(kind: ImportKind) -> Action {
    match kind {
        ImportKind::Persons => Action::ImportPersons,
        ImportKind::Users => Action::ImportUsers,
        ImportKind::Units => Action::ImportUnits,
    }
}

const fn right(kind: ImportKind) -> Right {
    match kind {
        ImportKind::Persons => Right::ManageRegistry,
        ImportKind::Users => Right::ManageUsers,
        ImportKind::Units => Right::ManageUnits,
    }
}

fn allowed(actor: &Actor) -> Result<Vec<ImportKind>> {
    let kinds: Vec<ImportKind> = ImportKind::ALL
        .into_iter()
        .filter(|kind| Reach::of(actor, *kind).is_ok())
        .collect();
    if kinds.is_empty() {
        decide(actor, Action::ImportPersons)?;
        return Err(Denied::Missing(Right::ManageRegistry).into());
    }
    Ok(kinds)
}

async fn find(conn: &mut PgConnection, actor: &Actor, id: ImportId) -> Result<ImportView> {
    // Who may import nothing learns nothing about what exists.
    allowed(actor)?;
    let view = db::import::find(conn, actor.organisation, id).await?;
    match Reach::of(actor, view.kind) {
        Ok(_) => Ok(view),
        Err(_) => Err(ServiceError::NotFound),
    }
}

/// The last part of a path, on one line.
fn plain_name(file_name: &str) -> String {
    let last = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if name.trim().is_empty() {
        "file".to_owned()
    } else {
        name
    }
}
