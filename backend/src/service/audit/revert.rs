//! «Ripristina»: a registry of what can be put back. Each kind says whether its entry
//! still stands and puts it back through the service that made the change, so that every
//! rule of the change holds for its return too. Acts of no kind have no button.

use super::{Audit, seen};
use crate::{
    Backend,
    db::{
        alignment::{
            Ground,
            dissolve::{self, Part, Told},
        },
        audit::{
            now::{self, Standing},
            read::Stored,
        },
        users::detail,
    },
    error::{Result, ServiceError},
    service::{Alignment, users::Note},
};
use domain::{
    AuditId, Locale, PersonId, UserId,
    access::{Action, Actor, Denied, Right, Scope, decide, decide_on_account},
    audit::Revert,
    person::PersonKind,
    problem::Conflict,
    registration::is_restorable,
    user::check_reason,
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What an entry changed, as far as it can be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Groups of a user.
    Groups,
    /// Name, codice fiscale, address, language of a user.
    Data,
    /// A user was activated or deactivated.
    State,
    /// A user was archived.
    Archived,
    /// A user was linked with a record of the registry.
    Linked,
    /// Such a link was dissolved.
    Unlinked,
    /// All links of a kind were dissolved.
    Dissolved,
    /// A record of the registry was deleted.
    Deleted,
}

/// The kind of an act; `None` where it cannot be put back.
pub fn kind(action: &str) -> Option<Kind> {
    Some(match action {
        "user.groups_changed" => Kind::Groups,
        "user.edited" => Kind::Data,
        "user.activated" | "user.deactivated" => Kind::State,
        "user.archived" => Kind::Archived,
        "user.person_linked" | "user.person_relinked" => Kind::Linked,
        "user.person_unlinked" => Kind::Unlinked,
        "links.dissolved" => Kind::Dissolved,
        "person.deleted" => Kind::Deleted,
        _ => return None,
    })
}

impl Kind {
    /// Whether the actor may put this back at all: what the act itself asks for.
    fn allowed(self, actor: &Actor) -> std::result::Result<(), Denied> {
        match self {
            Self::Groups => decide(actor, Action::ChangeGroups),
            Self::Data | Self::State => decide(actor, Action::EditUser),
            Self::Archived => decide(actor, Action::RestoreUser),
            Self::Linked | Self::Unlinked => {
                decide(actor, Action::EditUser)?;
                decide(actor, Action::LinkPersons)
            }
            Self::Dissolved => decide(actor, Action::LinkPersons),
            Self::Deleted => decide(actor, Action::EditPersons),
        }
    }
}

/// What stands now of what entries are about.
#[derive(Debug, Default)]
pub struct Present {
    /// Users, by number.
    users: BTreeMap<i64, Standing>,
    /// Archived users that this actor can bring back now.
    archived: BTreeSet<i64>,
    /// Records that could be linked.
    free: BTreeSet<i64>,
    /// Batches of links that could be brought back.
    batches: BTreeSet<Uuid>,
    /// Entries of deletions that could be taken back.
    deleted: BTreeSet<i64>,
}

impl Present {
    /// Reads it for these entries; nothing of what the actor may not put back.
    pub async fn of<'a>(
        conn: &mut PgConnection,
        actor: &Actor,
        entries: impl Iterator<Item = &'a Stored>,
        now: Timestamp,
    ) -> Result<Self> {
        let mut present = Self::default();
        if decide(actor, Action::RevertEntry).is_err() {
            return Ok(present);
        }
        let (mut users, mut archived) = (BTreeSet::new(), BTreeSet::new());
        let (mut persons, mut batches, mut deleted) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            let Some(kind) = kind(&entry.action).filter(|k| k.allowed(actor).is_ok()) else {
                continue;
            };
            let before = entry.before.as_ref();
            match kind {
                Kind::Dissolved => batches.extend(before.and_then(batch)),
                Kind::Deleted => deleted.push(entry.id),
                Kind::Archived => archived.extend(entry.object_id),
                Kind::Unlinked => persons.extend(before.and_then(link).map(|(_, p)| p.0)),
                _ => {}
            }
            if !matches!(kind, Kind::Dissolved | Kind::Deleted) {
                users.extend(entry.object_id);
            }
        }
        if !users.is_empty() {
            let (ids, scope) = (Vec::from_iter(users), Scope::of(actor, Right::ManageUsers));
            present.users = now::users(conn, &scope, &ids).await?;
        }
        for id in archived {
            let at = present.users.get(&id).and_then(|u| u.archived_at);
            let scope = Scope::of(actor, Right::Administer);
            if at.is_some_and(|at| is_restorable(at, now))
                && detail::is_in(conn, &scope, UserId(id)).await?
            {
                present.archived.insert(id);
            }
        }
        let registry = Scope::of(actor, Right::ManageRegistry);
        if !persons.is_empty() {
            present.free = now::free_persons(conn, &registry, &persons).await?;
        }
        if !deleted.is_empty() {
            present.deleted = now::deleted_persons(conn, &registry, &deleted).await?;
        }
        if !batches.is_empty() {
            let ground = Ground::of(conn, actor, Right::ManageRegistry).await?;
            let standing = dissolve::restorable(conn, &ground, &batches).await?;
            present.batches = standing.into_iter().collect();
        }
        Ok(present)
    }
}

/// What «Ripristina» offers for an entry, by what stands now.
pub fn offered(actor: &Actor, entry: &Stored, present: &Present) -> Option<Revert> {
    let kind = kind(&entry.action)?;
    kind.allowed(actor).ok()?;
    let (stands, reason_required) = match kind {
        Kind::Dissolved => {
            let batch = batch(entry.before.as_ref()?)?;
            (present.batches.contains(&batch), false)
        }
        Kind::Deleted => (present.deleted.contains(&entry.id), false),
        _ => of_user(actor, kind, entry, present)?,
    };
    stands.then_some(Revert {
        reason_required,
        comes_back_inactive: kind == Kind::Archived,
    })
}

/// Whether an entry about a user stands, and whether putting it back asks for a motivation.
fn of_user(actor: &Actor, kind: Kind, entry: &Stored, present: &Present) -> Option<(bool, bool)> {
    let (before, after) = (entry.before.as_ref(), entry.after.as_ref());
    let standing = present.users.get(&entry.object_id?)?;
    let now = &standing.values;
    if decide_on_account(actor, &standing.rights).is_err() {
        return None;
    }
    if kind == Kind::Archived {
        // Archived anew since, it is that entry which stands: it was written later.
        let this = entry.at.to_jiff() >= standing.archived_at?;
        return Some((this && present.archived.contains(&entry.object_id?), false));
    }
    let archived = now.get("state").and_then(Value::as_str) == Some("archived");
    if archived || !standing.inside {
        return None;
    }
    let own = actor.user.map(|u| u.0) == entry.object_id;
    Some(match kind {
        Kind::Groups => (
            groups(before?).is_some_and(|g| !g.is_empty()) && groups_stand(after?, now),
            false,
        ),
        Kind::Data => (before.is_some() && data_stands(after?, now), false),
        Kind::State => {
            let back_to_work = before?.get("state").and_then(Value::as_str) == Some("active");
            let stands = after?.get("state") == now.get("state");
            (stands && (back_to_work || !own), !back_to_work)
        }
        Kind::Linked => {
            let (kind, person) = link(after?)?;
            (linked(now, kind) == Some(person.0), false)
        }
        Kind::Unlinked => {
            let (kind, person) = link(before?)?;
            let active = now.get("state").and_then(Value::as_str) == Some("active");
            let stands = linked(now, kind).is_none() && present.free.contains(&person.0);
            (active && stands && batch(before?).is_some(), false)
        }
        Kind::Archived | Kind::Dissolved | Kind::Deleted => return None,
    })
}

/// The kind and the record that an entry of a link is about. Entries of earlier releases
/// bear the number alone.
fn link(value: &Value) -> Option<(PersonKind, PersonId)> {
    let kind = value.get("kind")?.as_str()?.parse().ok()?;
    let person = value.get("person")?;
    let id = person.as_i64().or_else(|| person.get("id")?.as_i64())?;
    Some((kind, PersonId(id)))
}

/// The record of this kind that the user is linked with now.
fn linked(now: &Value, kind: PersonKind) -> Option<i64> {
    now.get("links")?.get(kind.code())?.as_i64()
}

/// The act by which a link was dissolved.
fn batch(before: &Value) -> Option<Uuid> {
    before.get("batch")?.as_str()?.parse().ok()
}

/// Whether the groups are those that an entry left.
pub(crate) fn groups_stand(after: &Value, now: &Value) -> bool {
    let left = groups(after);
    left.is_some() && left == groups(now)
}

/// Groups with their unit and days, in no order.
fn groups(value: &Value) -> Option<BTreeSet<(i64, i64, String, String)>> {
    let day = |g: &Value, key: &str| {
        g.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    value
        .get("groups")?
        .as_array()?
        .iter()
        .map(|g| {
            Some((
                g.get("id")?.as_i64()?,
                g.get("unit").and_then(Value::as_i64).unwrap_or_default(),
                day(g, "from"),
                day(g, "until"),
            ))
        })
        .collect()
}

fn data_stands(after: &Value, now: &Value) -> bool {
    let fields = ["surname", "given_name", "fiscal_code", "email", "locale"];
    let written: Vec<&str> = fields
        .into_iter()
        .filter(|f| after.get(f).is_some())
        .collect();
    !written.is_empty() && written.iter().all(|f| after.get(f) == now.get(f))
}

impl Audit {
    /// Puts back what an entry changed, with an entry of its own.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an entry the actor does not see; [`Conflict::TooLate`]
    /// where it cannot be put back or something was changed since; the field `reason`; and
    /// whatever the change itself would be refused for.
    pub async fn revert(
        &self,
        backend: &Backend,
        actor: &Actor,
        id: AuditId,
        reason: &str,
        locale: Locale,
    ) -> Result<()> {
        decide(actor, Action::RevertEntry)?;
        let (entry, revert) = {
            let mut conn = self.0.pool.acquire().await?;
            let entry = seen(&mut conn, actor, id).await?;
            let now = self.0.clock.now();
            let present = Present::of(&mut conn, actor, std::iter::once(&entry), now).await?;
            let revert = offered(actor, &entry, &present).ok_or(Conflict::TooLate)?;
            (entry, revert)
        };
        let typed = check_reason(reason, revert.reason_required).map_err(ServiceError::Invalid)?;
        let Some(kind) = kind(&entry.action) else {
            return Err(Conflict::TooLate.into());
        };
        let nothing = Value::Null;
        let before = entry.before.as_ref().unwrap_or(&nothing);
        let after = entry.after.as_ref().unwrap_or(&nothing);
        let note = Note {
            reason: typed.as_deref(),
            reverts: Some(entry.id),
        };
        let told = Told {
            reason: note.reason,
            reverts: note.reverts,
            group: None,
        };
        let (users, alignment) = (&backend.users, &backend.alignment);
        let account = || entry.object_id.map(UserId).ok_or(Conflict::TooLate);
        match kind {
            Kind::Groups => {
                users
                    .restore_groups(actor, account()?, (before, after), note, locale)
                    .await
            }
            Kind::Data => {
                users
                    .restore_data(actor, account()?, (before, after), note, locale)
                    .await
            }
            Kind::State => {
                let active = before.get("state").and_then(Value::as_str) == Some("active");
                users
                    .set_state_as(actor, account()?, active, note, locale)
                    .await
                    .map(drop)
            }
            Kind::Archived => {
                let restored = users.restore_as(actor, account()?, note, locale).await;
                restored.map(drop)
            }
            Kind::Linked => {
                let (kind, _) = link(after).ok_or(Conflict::TooLate)?;
                alignment
                    .unlink_as(actor, account()?, kind, told)
                    .await
                    .map(drop)
            }
            Kind::Unlinked => {
                let (kind, _) = link(before).ok_or(Conflict::TooLate)?;
                let batch = batch(before).ok_or(Conflict::TooLate)?;
                let only = Some((account()?, kind));
                relink(alignment, actor, batch, Part { only, told }).await
            }
            Kind::Dissolved => {
                let batch = batch(before).ok_or(Conflict::TooLate)?;
                relink(alignment, actor, batch, Part { only: None, told }).await
            }
            Kind::Deleted => {
                let registry = &backend.registry;
                let back = registry.restore_as(actor, AuditId(entry.id), note.reason);
                back.await.map(drop)
            }
        }
    }
}

/// Brings links back, at least one.
async fn relink(alignment: &Alignment, actor: &Actor, batch: Uuid, part: Part<'_>) -> Result<()> {
    let back = alignment.restore_part(actor, batch, part).await?;
    if back.links == 0 {
        return Err(Conflict::TooLate.into());
    }
    Ok(())
}
