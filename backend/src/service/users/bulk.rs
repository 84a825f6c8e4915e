//! «Modifica gruppi degli utenti selezionati»: any number of users, one transaction, an
//! entry of the trail for each.

use super::Users;
use crate::{
    db::{
        audit::{self, now},
        grants,
        sending::strong_groups,
        users::bulk_groups::{self, Act, Judge, Judged},
    },
    error::{Result, ServiceError},
    service::audit::groups_stand,
};
use domain::{
    Locale, UserId,
    access::{Action, Actor, Right, Scope, decide, decide_on_account, decide_on_role},
    problem::Conflict,
    user::{
        BulkChange, BulkCheck, BulkDone, BulkGroup, BulkSkip, BulkSkipped, FieldError, FieldErrors,
        GroupLock, SKIPPED_NAMES, Selection, is_unlikely,
    },
};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Who is changed, and who is not.
struct Plan {
    selected: u64,
    eligible: Vec<i64>,
    changed: Vec<i64>,
    skipped: Vec<BulkSkipped>,
}

impl Users {
    /// What the change would do to the selected users now; with no change, who they are.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn check_bulk_groups(
        &self,
        actor: &Actor,
        selection: &Selection,
        change: &BulkChange,
        locale: Locale,
    ) -> Result<BulkCheck> {
        decide(actor, Action::ChangeGroups)?;
        let mut conn = self.0.pool.acquire().await?;
        let plan = plan(&mut conn, actor, selection, change, false).await?;
        let organisation = actor.organisation;
        let all = grants::groups(&mut conn, organisation, locale).await?;
        let members: BTreeMap<_, _> = bulk_groups::members(&mut conn, organisation, &plan.eligible)
            .await?
            .into_iter()
            .collect();
        let federal = self.federal(&mut conn, actor).await?;
        let kinds = bulk_groups::kinds(&mut conn, organisation, &plan.eligible).await?;
        let groups = all
            .into_iter()
            .map(|g| BulkGroup {
                members: members.get(&g.name.id).copied().unwrap_or(0),
                unlikely: kinds
                    .iter()
                    .filter(|(kinds, _)| is_unlikely(kinds, &g.name.code))
                    .map(|(_, users)| users)
                    .sum(),
                locked: decide_on_role(actor, federal, g.facts())
                    .is_err()
                    .then_some(GroupLock::Stronger),
                group: g.name,
            })
            .collect();
        Ok(BulkCheck {
            selected: plan.selected,
            eligible: plan.eligible.len() as u64,
            changed: plan.changed.len() as u64,
            skipped: plan.skipped,
            groups,
        })
    }

    /// Changes the groups of the selected users, all at once or not at all. `expected` is
    /// the number of users that the check said it touches.
    ///
    /// # Errors
    /// [`Conflict::SelectionChanged`] where it touches another number by now;
    /// [`Denied::Stronger`] for a group whose rights the actor does not hold; the field
    /// `groups` where nothing is asked for. Nothing is written then.
    pub async fn change_bulk_groups(
        &self,
        actor: &Actor,
        selection: &Selection,
        change: &BulkChange,
        expected: u64,
    ) -> Result<BulkDone> {
        decide(actor, Action::ChangeGroups)?;
        let mut tx = self.0.pool.begin().await?;
        let all = grants::groups(&mut tx, actor.organisation, actor.locale).await?;
        let wanted = change.add.iter().chain(&change.remove);
        let groups: Vec<_> = wanted
            .map(|id| {
                all.iter()
                    .find(|g| g.name.id == *id)
                    .ok_or(ServiceError::NotFound)
            })
            .collect::<Result<_>>()?;
        self.decide_on_groups(&mut tx, actor, groups.into_iter())
            .await?;
        let plan = plan(&mut tx, actor, selection, change, true).await?;
        let changed = plan.changed.len() as u64;
        if changed == 0 || change.is_empty() {
            return Err(ServiceError::Invalid(FieldErrors::one(
                "groups",
                FieldError::ChooseOne,
            )));
        }
        if changed != expected {
            return Err(Conflict::SelectionChanged {
                expected,
                now: changed,
            }
            .into());
        }
        let touched = change.add.iter().chain(&change.remove).copied().collect();
        self.only_in_the_wizard(&mut tx, actor, &touched).await?;
        let units = Scope::of(actor, Right::ManageUsers).unit_numbers();
        let batch = audit::new_batch(&mut tx).await?;
        let act = self.act(actor, batch);
        bulk_groups::change(&mut tx, act, &plan.changed, change, units.as_deref()).await?;
        tx.commit().await?;
        Ok(BulkDone {
            changed,
            skipped: plan.selected - changed,
            batch,
        })
    }

    /// Brings back the groups as they stood before the act `batch`, for those whose groups
    /// are still what it left.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an act that is none or touched nobody in the actor's
    /// units; [`Conflict::TooLate`] where nobody's groups are still what it left; [`Denied`].
    pub async fn undo_bulk_groups(&self, actor: &Actor, batch: i64) -> Result<BulkDone> {
        decide(actor, Action::ChangeGroups)?;
        let organisation = actor.organisation;
        let mut tx = self.0.pool.begin().await?;
        let (ids, groups) = bulk_groups::undo::of_batch(&mut tx, organisation, batch).await?;
        let standing = now::users(&mut tx, &Scope::of(actor, Right::ManageUsers), &ids).await?;
        if !standing.values().any(|s| s.inside) {
            return Err(ServiceError::NotFound);
        }
        let all = grants::groups(&mut tx, organisation, actor.locale).await?;
        let touched = all.iter().filter(|g| groups.contains(&g.name.id.0));
        self.decide_on_groups(&mut tx, actor, touched).await?;
        let fits: Vec<i64> = bulk_groups::undo::left_by(&mut tx, organisation, batch)
            .await?
            .into_iter()
            .filter(|(id, left)| {
                standing.get(id).is_some_and(|s| {
                    s.inside
                        && s.values["state"] != "archived"
                        && decide_on_account(actor, &s.rights).is_ok()
                        && groups_stand(left, &s.values)
                }) && actor.user != Some(UserId(*id))
            })
            .map(|(id, _)| id)
            .collect();
        if fits.is_empty() {
            return Err(Conflict::TooLate.into());
        }
        let undone = audit::new_batch(&mut tx).await?;
        let act = self.act(actor, undone);
        bulk_groups::undo::undo(&mut tx, act, batch, &fits).await?;
        tx.commit().await?;
        Ok(BulkDone {
            changed: fits.len() as u64,
            skipped: (ids.len() - fits.len()) as u64,
            batch: undone,
        })
    }

    fn act<'a>(&self, actor: &'a Actor, batch: i64) -> Act<'a> {
        Act {
            organisation: actor.organisation,
            actor: actor.user.map(|u| u.0),
            name: &actor.name,
            at: self.0.clock.now(),
            batch,
        }
    }
}

/// Judges the selection; with `hold` the rows are held first, so that what is judged is
/// what will be changed.
async fn plan(
    conn: &mut PgConnection,
    actor: &Actor,
    selection: &Selection,
    change: &BulkChange,
    hold: bool,
) -> Result<Plan> {
    let managed = Scope::of(actor, Right::ManageUsers);
    let visible = if actor.holds(Right::ReadUsers) {
        Scope::of(actor, Right::ReadUsers)
    } else {
        managed.clone()
    };
    let strong = strong_groups(conn, actor).await?;
    let judge = Judge {
        visible: &visible,
        managed: &managed,
        strong: &strong,
        selection,
    };
    let judged = bulk_groups::judge(conn, &judge, hold).await?;
    let eligible: Vec<i64> = judged
        .iter()
        .filter(|j| j.excluded.is_none())
        .map(|j| j.id)
        .collect();
    let units = managed.unit_numbers();
    let touched = if change.is_empty() {
        Vec::new()
    } else {
        let org = actor.organisation;
        bulk_groups::touched(conn, org, &eligible, change, units.as_deref()).await?
    };
    let empty: BTreeSet<i64> = touched.iter().filter(|t| t.empty).map(|t| t.id).collect();
    // One's own account is changed one by one, where what is lost is looked at.
    let own = actor
        .user
        .map(|u| u.0)
        .filter(|_| !change.remove.is_empty());
    let changed = touched
        .iter()
        .filter(|t| !t.empty && own != Some(t.id))
        .map(|t| t.id)
        .collect();
    let touches: BTreeSet<i64> = touched.iter().map(|t| t.id).collect();
    let reason = |j: &Judged| match j.excluded.as_deref() {
        Some("archived") => Some(BulkSkip::Archived),
        Some("out_of_scope") => Some(BulkSkip::OutOfScope),
        Some(_) => Some(BulkSkip::Stronger),
        None if own == Some(j.id) && touches.contains(&j.id) => Some(BulkSkip::OwnAccount),
        None if empty.contains(&j.id) => Some(BulkSkip::NoGroup),
        None => None,
    };
    let mut skipped: BTreeMap<BulkSkip, BulkSkipped> = BTreeMap::new();
    for j in &judged {
        let Some(reason) = reason(j) else { continue };
        let entry = skipped.entry(reason).or_insert_with(|| BulkSkipped {
            reason,
            count: 0,
            names: Vec::new(),
        });
        entry.count += 1;
        if entry.names.len() < SKIPPED_NAMES {
            entry.names.push(j.name.clone());
        }
    }
    Ok(Plan {
        selected: judged.len() as u64,
        eligible,
        changed,
        skipped: BulkSkip::ALL
            .into_iter()
            .filter_map(|r| skipped.remove(&r))
            .collect(),
    })
}
