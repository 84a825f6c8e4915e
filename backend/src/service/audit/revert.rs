//! «Ripristina»: a registry of what can be put back. Each kind says whether its entry
//! still stands and puts it back through the service that made the change, so that every
//! rule of the change holds for its return too. Acts of no kind have no button.

use super::{Audit, seen};
use crate::{
    Backend,
    db::audit::{
        now::{self, Standing},
        read::Stored,
    },
    error::{Result, ServiceError},
    service::users::Note,
};
use domain::{
    AuditId, Locale, UserId,
    access::{Action, Actor, Right, Scope, decide, decide_on_account},
    audit::Revert,
    problem::Conflict,
    user::check_reason,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What an entry changed, as far as it can be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Groups of a user.
    Groups,
    /// Name, codice fiscale, address, language of a user.
    Data,
    /// A user was activated or deactivated.
    State,
}

/// The kind of an act; `None` where it cannot be put back.
pub fn kind(action: &str) -> Option<Kind> {
    Some(match action {
        "user.groups_changed" => Kind::Groups,
        "user.edited" => Kind::Data,
        "user.activated" | "user.deactivated" => Kind::State,
        _ => return None,
    })
}

/// What «Ripristina» offers for an entry, by what stands now of the users.
pub fn offered(actor: &Actor, entry: &Stored, now: &BTreeMap<i64, Standing>) -> Option<Revert> {
    let kind = kind(&entry.action)?;
    let (before, after) = (entry.before.as_ref()?, entry.after.as_ref()?);
    let standing = now.get(&entry.object_id?)?;
    let archived = standing.values.get("state").and_then(Value::as_str) == Some("archived");
    if archived || !standing.inside || decide_on_account(actor, &standing.rights).is_err() {
        return None;
    }
    let own = actor.user.map(|u| u.0) == entry.object_id;
    let (stands, reason_required) = match kind {
        Kind::Groups => (
            groups(before).is_some_and(|g| !g.is_empty()) && groups_stand(after, &standing.values),
            false,
        ),
        Kind::Data => (data_stands(after, &standing.values), false),
        Kind::State => {
            let back_to_work = before.get("state").and_then(Value::as_str) == Some("active");
            let stands = after.get("state") == standing.values.get("state");
            (stands && (back_to_work || !own), !back_to_work)
        }
    };
    stands.then_some(Revert { reason_required })
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
            let ids: Vec<i64> = entry.object_id.into_iter().collect();
            let scope = Scope::of(actor, Right::ManageUsers);
            let standing = now::users(&mut conn, &scope, &ids).await?;
            let revert = offered(actor, &entry, &standing).ok_or(Conflict::TooLate)?;
            (entry, revert)
        };
        let typed = check_reason(reason, revert.reason_required).map_err(ServiceError::Invalid)?;
        let (Some(kind), Some(user), Some(before), Some(after)) = (
            kind(&entry.action),
            entry.object_id.map(UserId),
            &entry.before,
            &entry.after,
        ) else {
            return Err(Conflict::TooLate.into());
        };
        let note = Note {
            reason: typed.as_deref(),
            reverts: Some(entry.id),
        };
        let users = &backend.users;
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
        }
    }
}
