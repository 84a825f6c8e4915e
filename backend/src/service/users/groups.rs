//! The «Gruppi» dialog: which groups a user is in.

use super::{Note, Users};
use crate::{
    db::{
        audit,
        grants::{self, Grant, Group, Terms},
        users::{detail, edit},
    },
    error::{Result, ServiceError},
};
use domain::{
    GroupId, Locale, UnitId, UserId,
    access::{Action, Actor, Denied, Right, SCHOOL, Scope, decide, decide_on_role},
    person::PersonKind,
    problem::Conflict,
    user::{FieldError, FieldErrors, GroupChoice, GroupLock, GroupsView, Saved, full_name},
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use trail::recorded;

mod trail;

pub(crate) use trail::record;

impl Users {
    /// Every group with whether the user is in it, and which the actor may not change.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope, [`Denied`].
    pub async fn groups(&self, actor: &Actor, id: UserId, locale: Locale) -> Result<GroupsView> {
        decide(actor, Action::ChangeGroups)?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let mut conn = self.0.pool.acquire().await?;
        let row = detail::read(&mut conn, &scope, id, locale, self.0.clock.now())
            .await?
            .row;
        grants::decide_on(&mut conn, actor, id).await?;
        let units = scope.unit_numbers();
        let held =
            grants::of_user(&mut conn, actor.organisation, id, units.as_deref(), locale).await?;
        let all = grants::groups(&mut conn, actor.organisation, locale).await?;
        let persons = detail::persons(&mut conn, &scope, id).await?;
        let federal = self.federal(&mut conn, actor).await?;
        Ok(GroupsView {
            version: row.version,
            groups: all
                .into_iter()
                .map(|g| choice(actor, federal, g, &held))
                .collect(),
            kinds: persons
                .iter()
                .filter_map(|p| p.kind.parse::<PersonKind>().ok())
                .collect(),
        })
    }

    /// Every group, for a user who does not exist yet.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn groups_for_new(&self, actor: &Actor, locale: Locale) -> Result<Vec<GroupChoice>> {
        decide(actor, Action::CreateUser)?;
        let mut conn = self.0.pool.acquire().await?;
        let all = grants::groups(&mut conn, actor.organisation, locale).await?;
        let federal = self.federal(&mut conn, actor).await?;
        Ok(all
            .into_iter()
            .map(|g| choice(actor, federal, g, &[]))
            .collect())
    }

    /// Puts the user into exactly these groups. What stays is not touched, so units and
    /// dates of a canton's grants are kept; what comes holds where the actor's right holds.
    /// `version` is the one that was read; with `force` somebody else's change meanwhile is
    /// overwritten.
    ///
    /// # Errors
    /// [`FieldError::ChooseOne`] for no group at all; [`Conflict::Changed`] with the row
    /// that stands now; [`Denied::Stronger`] for a group whose rights the actor does not
    /// hold; [`Denied::Unmotivated`] for a canton's role; [`Denied::OwnAccount`];
    /// [`ServiceError::NotFound`] outside the scope.
    pub async fn change_groups(
        &self,
        actor: &Actor,
        id: UserId,
        version: i32,
        groups: &[GroupId],
        force: bool,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::ChangeGroups)?;
        let wanted: BTreeSet<GroupId> = groups.iter().copied().collect();
        if wanted.is_empty() {
            return Err(ServiceError::Invalid(FieldErrors::one(
                "groups",
                FieldError::ChooseOne,
            )));
        }
        let mut tx = self.0.pool.begin().await?;
        let held_user = self
            .held_for_edit(&mut tx, actor, id, (!force).then_some(version), locale)
            .await?;
        let units = Scope::of(actor, Right::ManageUsers).unit_numbers();
        let held =
            grants::of_user(&mut tx, actor.organisation, id, units.as_deref(), locale).await?;
        let has: BTreeSet<GroupId> = held.iter().map(|g| g.group.id).collect();
        let places = places(actor, &held);
        let plan = Plan {
            remove: held
                .iter()
                .filter(|g| !wanted.contains(&g.group.id))
                .cloned()
                .collect(),
            add: wanted
                .difference(&has)
                .flat_map(|g| {
                    places.iter().map(|unit| {
                        (
                            *g,
                            Terms {
                                unit: *unit,
                                ..Terms::default()
                            },
                        )
                    })
                })
                .collect(),
        };
        let changed = plan.remove.iter().map(|g| g.group.id);
        let changed = changed
            .chain(plan.add.iter().map(|(group, _)| *group))
            .collect();
        let name = full_name(&held_user.surname, &held_user.given_name);
        let saved = self
            .apply(&mut tx, actor, id, &name, plan, Note::default(), locale)
            .await?;
        self.only_in_the_wizard(&mut tx, actor, &changed).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Refuses roles of a canton where no motivation was asked for. Programs on the server
    /// set the first ones up.
    pub(super) async fn only_in_the_wizard(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        groups: &BTreeSet<GroupId>,
    ) -> Result<()> {
        let all = grants::groups(conn, actor.organisation, actor.locale).await?;
        let mut roles = all
            .iter()
            .filter(|g| groups.contains(&g.name.id) && g.category != SCHOOL);
        if actor.user.is_some() && roles.next().is_some() {
            return Err(Denied::Unmotivated.into());
        }
        Ok(())
    }

    /// «Annulla modifica»: brings back the grants as they stood before the newest change of
    /// groups, with their units and dates, as long as nothing was saved since.
    ///
    /// # Errors
    /// As for [`Users::change_groups`]; [`Conflict::Changed`] where something was saved since.
    pub async fn undo_groups(
        &self,
        actor: &Actor,
        id: UserId,
        version: i32,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::ChangeGroups)?;
        let mut tx = self.0.pool.begin().await?;
        let held_user = self
            .held_for_edit(&mut tx, actor, id, Some(version), locale)
            .await?;
        let before = match grants::last_change(&mut tx, actor.organisation, id).await? {
            Some((after, before)) if after == i64::from(version) => recorded(&before),
            _ => return Err(Conflict::TooLate.into()),
        };
        let units = Scope::of(actor, Right::ManageUsers).unit_numbers();
        let held =
            grants::of_user(&mut tx, actor.organisation, id, units.as_deref(), locale).await?;
        let there: Vec<(GroupId, Terms)> = held.iter().map(|g| (g.group.id, terms(g))).collect();
        let plan = Plan {
            remove: held
                .into_iter()
                .filter(|g| !before.contains(&(g.group.id, terms(g))))
                .collect(),
            add: before.into_iter().filter(|b| !there.contains(b)).collect(),
        };
        let name = full_name(&held_user.surname, &held_user.given_name);
        let saved = self
            .apply(&mut tx, actor, id, &name, plan, Note::default(), locale)
            .await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// «Ripristina»: brings back the groups that an entry of the trail recorded as `before`,
    /// as long as they are those it left.
    ///
    /// # Errors
    /// As for [`Users::change_groups`]; [`Conflict::TooLate`] where they were changed since.
    pub(crate) async fn restore_groups(
        &self,
        actor: &Actor,
        id: UserId,
        (before, after): (&Value, &Value),
        note: Note<'_>,
        locale: Locale,
    ) -> Result<()> {
        decide(actor, Action::ChangeGroups)?;
        let mut tx = self.0.pool.begin().await?;
        let user = self.held_for_edit(&mut tx, actor, id, None, locale).await?;
        let units = Scope::of(actor, Right::ManageUsers).unit_numbers();
        let held =
            grants::of_user(&mut tx, actor.organisation, id, units.as_deref(), locale).await?;
        let there: Vec<_> = held.iter().map(|g| (g.group.id, terms(g))).collect();
        let list = |entry: &Value| entry.get("groups").map(recorded).unwrap_or_default();
        let (was, left) = (list(before), list(after));
        let same = there.len() == left.len() && left.iter().all(|g| there.contains(g));
        if !same || was.is_empty() {
            return Err(Conflict::TooLate.into());
        }
        let plan = Plan {
            remove: held
                .into_iter()
                .filter(|g| !was.contains(&(g.group.id, terms(g))))
                .collect(),
            add: was.into_iter().filter(|g| !there.contains(g)).collect(),
        };
        let name = full_name(&user.surname, &user.given_name);
        self.apply(&mut tx, actor, id, &name, plan, note, locale)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "what is changed, by whom, and what the trail says of it"
    )]
    async fn apply(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        name: &str,
        plan: Plan,
        note: Note<'_>,
        locale: Locale,
    ) -> Result<Saved> {
        if plan.remove.is_empty() && plan.add.is_empty() {
            return self.saved(tx, actor, id, locale).await;
        }
        let organisation = actor.organisation;
        let own = Scope::of(actor, Right::ManageUsers).unit_numbers();
        let all = grants::groups(tx, organisation, locale).await?;
        let find = |id: GroupId| {
            all.iter()
                .find(|g| g.name.id == id)
                .ok_or(ServiceError::NotFound)
        };
        let federal = self.federal(tx, actor).await?;
        let may_grant = |group: &Group| decide_on_role(actor, federal, group.facts());
        let authorises = Scope::of(actor, Right::ManageAuthorisations).unit_numbers();
        for grant in &plan.remove {
            let group = find(grant.group.id)?;
            may_grant(group)?;
            let unit = grant.unit.as_ref().map(|(id, _)| *id);
            let here = group.category == SCHOOL
                || grants::is_inside(tx, organisation, unit, authorises.as_deref()).await?;
            if !grant.inside || !here {
                return Err(Denied::Stronger.into());
            }
        }
        let before = grants::of_user(tx, organisation, id, None, locale).await?;
        let rights_before = grants::rights_of(tx, organisation, id).await?;
        grants::remove(
            tx,
            organisation,
            &plan.remove.iter().map(|g| g.id).collect::<Vec<_>>(),
        )
        .await?;
        for (group, terms) in plan.add {
            let group = find(group)?;
            may_grant(group)?;
            let here = group.category == SCHOOL
                || grants::is_inside(tx, organisation, terms.unit, authorises.as_deref()).await?;
            if !here || !grants::is_inside(tx, organisation, terms.unit, own.as_deref()).await? {
                return Err(Denied::Stronger.into());
            }
            let profile = grants::profile_for(tx, organisation, id, &group.category).await?;
            grants::add(tx, organisation, profile, id, group.name.id, terms).await?;
        }
        if actor.user == Some(id) {
            let left = grants::rights_of(tx, organisation, id).await?;
            if !rights_before.iter().all(|r| left.contains(r)) {
                return Err(Denied::OwnAccount.into());
            }
        }
        let version = edit::count_edit(tx, organisation, id).await?;
        let after = grants::of_user(tx, organisation, id, None, locale).await?;
        let entry = audit::Entry {
            action: "user.groups_changed",
            object_kind: "user",
            object_id: Some(id.0),
            object_name: name,
            before: Some(json!({ "groups": record(&before) })),
            after: Some(match note.reverts {
                Some(entry) => {
                    json!({ "groups": record(&after), "version": version, "reverts": entry })
                }
                None => json!({ "groups": record(&after), "version": version }),
            }),
            reason: note.reason,
            ..Default::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await?;
        self.saved(tx, actor, id, locale).await
    }
}

/// What a change does.
struct Plan {
    remove: Vec<Grant>,
    add: Vec<(GroupId, Terms)>,
}

/// Where new grants hold: everywhere, or in the actor's units when the right is limited to
/// units; there rather in those of them where the user is already known.
pub(in crate::service) fn places(actor: &Actor, held: &[Grant]) -> Vec<Option<UnitId>> {
    let Some(own) = actor.units(Right::ManageUsers) else {
        return vec![None];
    };
    let known: BTreeSet<UnitId> = held
        .iter()
        .filter(|g| g.inside)
        .filter_map(|g| g.unit.as_ref().map(|(id, _)| *id))
        .collect();
    let units: BTreeSet<UnitId> = if known.is_empty() {
        own.into_iter().collect()
    } else {
        known
    };
    units.into_iter().map(Some).collect()
}

/// Whether the actor manages authorisations wherever they manage users. A role that is given
/// without naming a unit holds in all of these, so it needs both rights in each.
pub(in crate::service) async fn authorises_here(
    conn: &mut PgConnection,
    actor: &Actor,
) -> Result<bool> {
    let units = Scope::of(actor, Right::ManageAuthorisations).unit_numbers();
    for place in places(actor, &[]) {
        if !grants::is_inside(conn, actor.organisation, place, units.as_deref()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn choice(actor: &Actor, federal: bool, group: Group, held: &[Grant]) -> GroupChoice {
    let mut grants = held
        .iter()
        .filter(|g| g.group.id == group.name.id)
        .peekable();
    let member = grants.peek().is_some();
    let locked = if decide_on_role(actor, federal, group.facts()).is_err() {
        Some(GroupLock::Stronger)
    } else if grants.any(|g| !g.inside) {
        Some(GroupLock::Elsewhere)
    } else {
        None
    };
    GroupChoice {
        group: group.name,
        member,
        locked,
    }
}

fn terms(grant: &Grant) -> Terms {
    Terms {
        unit: grant.unit.as_ref().map(|(id, _)| *id),
        valid_from: grant.valid_from,
        valid_until: grant.valid_until,
    }
}
