//! Checking edited authorisations, and writing them in one transaction.

use super::{Authorisations, Desk, path, problem};
use crate::{
    db::{
        audit, authorisations as rows, registrations,
        users::{detail, edit},
    },
    error::{Result, ServiceError},
};
use domain::{
    GroupId, Locale, ProfileId, UserId,
    access::{Actor, DELEGATION, Right, Scope, confirmed},
    authorisation::{
        AuthorisationDraft, DraftGrant, DraftProblem, DraftProfile, GRANTS_MAX, PROFILE_NAME_MAX,
        PROFILES_MAX, ProfileState, Started, category,
    },
    problem::Conflict,
    registration::{Hindrance, RegistrationState, RevokedReason},
    user::{UserState, check_reason, full_name},
};
use jiff::civil::Date;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Everything that is wrong with a draft; a page that was used makes only few of them.
pub(super) fn problems(desk: &Desk, draft: &AuthorisationDraft, today: Date) -> Vec<DraftProblem> {
    let mut found = Vec::new();
    if draft.profiles.len() > PROFILES_MAX {
        return vec![DraftProblem::Unknown];
    }
    let all_there = desk
        .stored
        .iter()
        .all(|p| draft.profiles.iter().filter(|d| d.id == p.id).count() == 1);
    let known = |d: &DraftProfile| d.id.is_none() || desk.stored.iter().any(|p| p.id == d.id);
    if !all_there || !draft.profiles.iter().all(known) {
        return vec![DraftProblem::Unknown];
    }
    let mut names = BTreeSet::new();
    for profile in &draft.profiles {
        let name = profile.name.trim();
        let needed = profile.id.is_none() && draft.profiles.len() > 1;
        let wrong = name.chars().count() > PROFILE_NAME_MAX
            || name.chars().any(char::is_control)
            || (name.is_empty() && needed)
            || (profile.state != ProfileState::Archived
                && !name.is_empty()
                && !names.insert(name.to_lowercase()));
        if wrong {
            found.push(DraftProblem::Name(
                name.chars().take(PROFILE_NAME_MAX).collect(),
            ));
        }
        found.extend(profile_problems(desk, profile, today));
    }
    found
}

fn profile_problems(desk: &Desk, profile: &DraftProfile, today: Date) -> Vec<DraftProblem> {
    if profile.grants.len() > GRANTS_MAX {
        return vec![DraftProblem::Unknown];
    }
    let nothing = Vec::new();
    let stored = profile
        .id
        .and_then(|id| desk.stored.iter().find(|p| p.id == Some(id)))
        .map_or(&nothing, |p| &p.grants);
    let wanted = wanted(profile);
    let mut found = Vec::new();
    let mut refuse = |grant: &DraftGrant| {
        let Some(role) = desk.role(grant.role) else {
            found.push(DraftProblem::Unknown);
            return;
        };
        if grant.unit.is_some_and(|u| desk.unit(u).is_none()) {
            found.push(DraftProblem::Unknown);
        } else if let Err(why) = desk.granter.decide(role.facts(), path(desk, grant.unit)) {
            found.push(DraftProblem::Refused(grant.role, why));
        }
    };
    for grant in stored.iter().filter(|g| !wanted.contains(g)) {
        refuse(grant);
    }
    // Whoever switches a profile on again gives what is in it.
    let slept = profile
        .id
        .and_then(|id| desk.stored.iter().find(|p| p.id == Some(id)))
        .is_some_and(|was| was.state != ProfileState::Active);
    if slept && profile.state == ProfileState::Active {
        for grant in stored.iter().filter(|g| wanted.contains(g)) {
            refuse(grant);
        }
    }
    for grant in wanted.iter().filter(|g| !stored.contains(g)) {
        refuse(grant);
    }
    let mut first = None;
    for (place, grant) in wanted.iter().enumerate() {
        let new = !stored.contains(grant);
        let of = desk.role(grant.role).map(|r| r.category.as_str());
        if let Some(category) = of.filter(|c| *c != DELEGATION)
            && *first.get_or_insert(category) != category
        {
            found.push(DraftProblem::OtherCategory(grant.role));
        }
        if wanted.iter().take(place).any(|g| g.same_place(grant)) {
            found.push(DraftProblem::Unknown);
        }
        if new && grant.pass_on && of != Some(DELEGATION) {
            found.push(DraftProblem::Unknown);
        }
        let backwards = grant.from.zip(grant.until).is_some_and(|(a, b)| b < a);
        if new && (backwards || grant.until.is_some_and(|last| last < today)) {
            found.push(DraftProblem::Dates(grant.role));
        }
        if new
            && grant
                .unit
                .and_then(|u| desk.unit(u))
                .is_some_and(|u| !u.active)
        {
            found.push(DraftProblem::ClosedUnit(grant.role));
        }
    }
    found
}

/// The grants that will stand: an archived profile holds none.
fn wanted(profile: &DraftProfile) -> &[DraftGrant] {
    match profile.state {
        ProfileState::Archived => &[],
        _ => &profile.grants,
    }
}

impl Authorisations {
    /// Applies the draft with its motivation and, with `start`, prepares the registration of
    /// the chosen profile («Avvia il processo di registrazione manualmente»): all at once or
    /// nothing. Rights are looked at anew, so who lost one in the middle writes nothing. The
    /// same `key` starts one registration.
    ///
    /// # Errors
    /// The field `reason`; [`Conflict::Draft`] with the first problem; [`Conflict::Changed`]
    /// where somebody else saved since `version`; [`Conflict::Registration`];
    /// [`ServiceError::NotFound`] outside the scope; [`domain::access::Denied`].
    #[allow(clippy::too_many_arguments, reason = "each is a fact of the form")]
    pub async fn apply(
        &self,
        actor: &Actor,
        user: UserId,
        version: i32,
        draft: &AuthorisationDraft,
        key: Uuid,
        start: bool,
        locale: Locale,
    ) -> Result<Started> {
        let mut tx = self.0.pool.begin().await?;
        let held = self.admit(&mut tx, actor, user).await?;
        let (organisation, now) = (actor.organisation, self.0.clock.now());
        if let Some(profile) = registrations::by_key(&mut tx, organisation, user, key).await? {
            return Ok(Started {
                profile,
                registration: true,
            });
        }
        let reason = check_reason(&draft.reason, true).map_err(ServiceError::Invalid)?;
        if held.state == UserState::Archived {
            return Err(Conflict::TooLate.into());
        }
        if held.version != version {
            let scope = Scope::of(actor, Right::ManageUsers);
            let row = detail::read(&mut tx, &scope, user, locale, now).await?.row;
            return Err(Conflict::Changed(Box::new(row)).into());
        }
        let desk = self.desk(&mut tx, actor, user, locale).await?;
        let today = self.today(&mut tx, actor).await?;
        if let Some(first) = problems(&desk, draft, today).into_iter().next() {
            return Err(problem(first));
        }
        let chosen = draft
            .profile()
            .ok_or_else(|| problem(DraftProblem::NoRole))?;
        if start {
            if held.state != UserState::Active {
                return Err(Conflict::Registration(Hindrance::Inactive).into());
            }
            if chosen.state != ProfileState::Active {
                return Err(problem(DraftProblem::NotActive));
            }
            if chosen.grants.is_empty() {
                return Err(problem(DraftProblem::NoRole));
            }
        }
        let name = full_name(&held.surname, &held.given_name);
        let mut profile = chosen.id;
        let mut changed = false;
        for (place, edited) in draft.profiles.iter().enumerate() {
            let (id, wrote) = self.write(&mut tx, actor, user, &desk, edited).await?;
            changed |= wrote;
            if place == draft.chosen {
                profile = Some(id);
            }
        }
        let profile = profile.ok_or_else(|| problem(DraftProblem::NoRole))?;
        if changed {
            // Who may do what changes: not from a desk that was left alone.
            confirmed(actor, now)?;
            edit::count_edit(&mut tx, organisation, user).await?;
            let after = rows::profiles(&mut tx, organisation, user).await?;
            let entry = audit::Entry {
                action: "user.authorisations_changed",
                object_kind: "user",
                object_id: Some(user.0),
                object_name: &name,
                before: Some(
                    json!({ "groups": groups(&desk, &desk.stored), "profiles": record(&desk, &desk.stored) }),
                ),
                after: Some(
                    json!({ "groups": groups(&desk, &after), "profiles": record(&desk, &after) }),
                ),
                reason: reason.as_deref(),
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        let mut registration = false;
        if start {
            let current = registrations::of_user(&mut tx, organisation, user).await?;
            let done = current
                .iter()
                .any(|r| r.profile == profile && r.state == RegistrationState::Completed);
            if done {
                return Err(Conflict::Registration(Hindrance::Completed).into());
            }
            let (id, _) = registrations::prepare(&mut tx, actor, user, profile, key, now).await?;
            let entry = audit::Entry {
                action: "registration.started",
                object_kind: "user",
                object_id: Some(user.0),
                object_name: &name,
                after: Some(json!({ "registration": id, "profile": profile })),
                reason: reason.as_deref(),
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
            registration = true;
        }
        if let Some(me) = actor.user {
            rows::drop_draft(&mut tx, organisation, me, user).await?;
        }
        tx.commit().await?;
        Ok(Started {
            profile,
            registration,
        })
    }

    /// Writes one profile; answers which it is and whether anything was written.
    async fn write(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        user: UserId,
        desk: &Desk,
        edited: &DraftProfile,
    ) -> Result<(ProfileId, bool)> {
        let (organisation, now) = (actor.organisation, self.0.clock.now());
        let name = edited.name.trim();
        let of = |id: GroupId| desk.role(id).map(|r| r.category.as_str());
        let category = category(&edited.grants, of);
        let stored = edited
            .id
            .and_then(|id| desk.stored.iter().find(|p| p.id == Some(id)));
        let (id, mut wrote) = match (edited.id, stored) {
            (Some(id), Some(was)) => {
                let differs = was.name.trim() != name || was.state != edited.state;
                rows::write_profile(tx, organisation, id, name, category, edited.state).await?;
                if was.state != edited.state {
                    let why = match edited.state {
                        ProfileState::Active => None,
                        ProfileState::Inactive => Some(RevokedReason::Inactive),
                        ProfileState::Archived => Some(RevokedReason::Archived),
                    };
                    if let Some(why) = why {
                        registrations::void(tx, organisation, user, Some(id), why, now).await?;
                    }
                }
                (id, differs)
            }
            _ => {
                let category = category.unwrap_or(DELEGATION);
                let id = rows::add_profile(tx, organisation, user, name, category).await?;
                (id, true)
            }
        };
        let nothing = Vec::new();
        let before = stored.map_or(&nothing, |p| &p.grants);
        let wanted = wanted(edited);
        for grant in before.iter().filter(|g| !wanted.contains(g)) {
            rows::remove_grant(tx, organisation, id, grant).await?;
            wrote = true;
        }
        for grant in wanted.iter().filter(|g| !before.contains(g)) {
            rows::add_grant(tx, organisation, id, user, grant).await?;
            wrote = true;
        }
        Ok((id, wrote))
    }
}

/// Roles as the history of a user reads them.
fn groups(desk: &Desk, profiles: &[DraftProfile]) -> Vec<Value> {
    let grants = profiles.iter().flat_map(|p| &p.grants);
    grants.map(|g| grant_value(desk, g)).collect()
}

fn record(desk: &Desk, profiles: &[DraftProfile]) -> Vec<Value> {
    profiles
        .iter()
        .map(|p| {
            let grants: Vec<Value> = p.grants.iter().map(|g| grant_value(desk, g)).collect();
            json!({ "id": p.id, "name": p.name, "state": p.state.code(), "grants": grants })
        })
        .collect()
}

fn grant_value(desk: &Desk, grant: &DraftGrant) -> Value {
    let code = desk.role(grant.role).map(|r| r.code.as_str());
    let mut value = json!({ "id": grant.role, "code": code.unwrap_or_default() });
    if let Some(unit) = grant.unit.and_then(|u| desk.unit(u)) {
        value["unit"] = json!(unit.id);
        value["unit_name"] = json!(unit.name);
    }
    if let Some(day) = grant.from {
        value["from"] = json!(day);
    }
    if let Some(day) = grant.until {
        value["until"] = json!(day);
    }
    if grant.pass_on {
        value["pass_on"] = json!(true);
    }
    value
}
