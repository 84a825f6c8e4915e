//! «Ripristina»: a registry of what can be put back. Each kind says whether its entry
//! still stands and puts it back through the service that made the change, so that every
//! rule of the change holds for its return too. Acts of no kind have no button.

use super::{Audit, seen};
use crate::{
    Backend,
    db::{
        alignment::dissolve::{Part, Told},
        audit::{
            now::{self, Standing},
            read::Stored,
        },
    },
    error::{Result, ServiceError},
    service::users::Note,
};
use domain::{
    AuditId, Locale, PersonId, UserId,
    access::{Action, Actor, Right, Scope, decide, decide_on_account},
    audit::Revert,
    person::PersonKind,
    problem::Conflict,
    user::check_reason,
};
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
    /// A user was linked with a record of the registry.
    Linked,
    /// Such a link was dissolved.
    Unlinked,
}

/// The kind of an act; `None` where it cannot be put back.
pub fn kind(action: &str) -> Option<Kind> {
    Some(match action {
        "user.groups_changed" => Kind::Groups,
        "user.edited" => Kind::Data,
        "user.activated" | "user.deactivated" => Kind::State,
        "user.person_linked" | "user.person_relinked" => Kind::Linked,
        "user.person_unlinked" => Kind::Unlinked,
        _ => return None,
    })
}

/// What stands now of what entries are about.
#[derive(Debug, Default)]
pub struct Present {
    /// Users, by number.
    users: BTreeMap<i64, Standing>,
    /// Records that could be linked.
    free: BTreeSet<i64>,
}

impl Present {
    /// Reads it for these entries; nothing for an actor who puts nothing back.
    pub async fn of<'a>(
        conn: &mut PgConnection,
        actor: &Actor,
        entries: impl Iterator<Item = &'a Stored> + Clone,
    ) -> Result<Self> {
        let entries = entries.filter(|e| kind(&e.action).is_some());
        let mut ids: Vec<i64> = entries.clone().filter_map(|e| e.object_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if decide(actor, Action::RevertEntry).is_err() || ids.is_empty() {
            return Ok(Self::default());
        }
        let persons: Vec<i64> = entries
            .filter(|e| kind(&e.action) == Some(Kind::Unlinked))
            .filter_map(|e| Some(link(e.before.as_ref()?)?.1.0))
            .collect();
        let users = now::users(conn, &Scope::of(actor, Right::ManageUsers), &ids).await?;
        let free = if persons.is_empty() || decide(actor, Action::LinkPersons).is_err() {
            BTreeSet::new()
        } else {
            now::free_persons(conn, &Scope::of(actor, Right::ManageRegistry), &persons).await?
        };
        Ok(Self { users, free })
    }
}

/// What «Ripristina» offers for an entry, by what stands now.
pub fn offered(actor: &Actor, entry: &Stored, present: &Present) -> Option<Revert> {
    let kind = kind(&entry.action)?;
    let (before, after) = (entry.before.as_ref(), entry.after.as_ref());
    let standing = present.users.get(&entry.object_id?)?;
    let now = &standing.values;
    let archived = now.get("state").and_then(Value::as_str) == Some("archived");
    if archived || !standing.inside || decide_on_account(actor, &standing.rights).is_err() {
        return None;
    }
    let own = actor.user.map(|u| u.0) == entry.object_id;
    let (stands, reason_required) = match kind {
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
            decide(actor, Action::LinkPersons).ok()?;
            let (kind, person) = link(after?)?;
            (linked(now, kind) == Some(person.0), false)
        }
        Kind::Unlinked => {
            let (kind, person) = link(before?)?;
            let active = now.get("state").and_then(Value::as_str) == Some("active");
            let stands = linked(now, kind).is_none() && present.free.contains(&person.0);
            (active && stands && batch(before?).is_some(), false)
        }
    };
    stands.then_some(Revert { reason_required })
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
            let present = Present::of(&mut conn, actor, std::iter::once(&entry)).await?;
            let revert = offered(actor, &entry, &present).ok_or(Conflict::TooLate)?;
            (entry, revert)
        };
        let typed = check_reason(reason, revert.reason_required).map_err(ServiceError::Invalid)?;
        let (Some(kind), Some(user)) = (kind(&entry.action), entry.object_id.map(UserId)) else {
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
        };
        let (users, alignment) = (&backend.users, &backend.alignment);
        match kind {
            Kind::Groups => {
                users
                    .restore_groups(actor, user, (before, after), note, locale)
                    .await
            }
            Kind::Data => {
                users
                    .restore_data(actor, user, (before, after), note, locale)
                    .await
            }
            Kind::State => {
                let active = before.get("state").and_then(Value::as_str) == Some("active");
                users
                    .set_state(actor, user, active, reason, locale)
                    .await
                    .map(drop)
            }
            Kind::Linked => {
                let (kind, _) = link(after).ok_or(Conflict::TooLate)?;
                alignment.unlink_as(actor, user, kind, told).await.map(drop)
            }
            Kind::Unlinked => {
                let (kind, _) = link(before).ok_or(Conflict::TooLate)?;
                let batch = batch(before).ok_or(Conflict::TooLate)?;
                let part = Part {
                    only: Some((user, kind)),
                    told,
                };
                let back = alignment.restore_part(actor, batch, part).await?;
                if back.links == 0 {
                    return Err(Conflict::TooLate.into());
                }
                Ok(())
            }
        }
    }
}
