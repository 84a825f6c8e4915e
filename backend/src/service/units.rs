//! The tree of units: reading it, adding, editing, closing (ux 2.0, X3–X5).

use crate::{
    Core,
    db::{audit, authorisations, organisations, persons::frame::unit_name, units},
    error::{Result, ServiceError},
};
use domain::{
    Locale, UnitId,
    access::{Action, Actor, Denied, Right, SCHOOL, Scope, decide, decide_on_account},
    organisation::OrganisationKind,
    problem::Conflict,
    unit::{
        Canton, CloseCheck, NewUnit, UnitDraft, UnitEdit, UnitLevel, UnitState, UnitTree,
        level_below,
    },
    user::{FieldError, FieldErrors, check_reason},
};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

/// The tree of units.
#[derive(Clone)]
pub struct Units(pub(crate) Core);

/// What stood before and what stands now, for the audit trail.
type Change = (Option<Map<String, Value>>, Option<Map<String, Value>>);

impl Units {
    /// The tree as the actor sees it. Give the actor with the rights outside the unit
    /// worked in ([`crate::service::Sessions::whole`]), so that another one can be chosen.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn tree(
        &self,
        actor: &Actor,
        current: Option<UnitId>,
        locale: Locale,
    ) -> Result<UnitTree> {
        decide(actor, Action::ReadUnits)?;
        let may_edit = decide(actor, Action::EditUnits).is_ok();
        let read = Scope::of(
            actor,
            if actor.holds(Right::ReadUsers) {
                Right::ReadUsers
            } else {
                Right::ManageUnits
            },
        );
        let edit = may_edit.then(|| Scope::of(actor, Right::ManageUnits));
        let mut conn = self.0.pool.acquire().await?;
        let house = organisations::get(&mut conn, actor.organisation).await?;
        Ok(UnitTree {
            units: units::tree(&mut conn, &read, edit.as_ref(), locale).await?,
            current,
            client: house.code,
            may_add_root: edit.is_some_and(|s| s.units().is_none()),
        })
    }

    /// Adds a unit: its level follows from the one above it.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`]; [`ServiceError::NotFound`] where the unit above lies
    /// outside the actor's units; [`Denied::OutOfScope`] for a root without the right on
    /// the whole organisation.
    pub async fn create(&self, actor: &Actor, new: &NewUnit) -> Result<UnitId> {
        decide(actor, Action::EditUnits)?;
        let scope = Scope::of(actor, Right::ManageUnits);
        let organisation = actor.organisation;
        let mut tx = self.0.pool.begin().await?;
        let level = match new.parent {
            Some(parent) => {
                let above = units::hold(&mut tx, &scope, parent).await?;
                if above.state == UnitState::Closed {
                    return Err(Conflict::TooLate.into());
                }
                level_below(above.level).ok_or(ServiceError::NotFound)?
            }
            None if scope.units().is_some() => return Err(Denied::OutOfScope.into()),
            None => match organisations::get(&mut tx, organisation).await?.kind {
                OrganisationKind::School => UnitLevel::Institute,
                OrganisationKind::Canton => UnitLevel::Canton,
            },
        };
        let data = new.draft.check(level).map_err(ServiceError::Invalid)?;
        let id = units::insert(&mut tx, organisation, new.parent, level, &data).await?;
        let after = fields(&data).into_iter().collect::<Map<_, _>>();
        self.record(
            &mut tx,
            actor,
            "unit.created",
            id,
            &data,
            (None, Some(after)),
            None,
        )
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes names, numbers and cantons.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`]; [`Conflict::UnitChanged`] where somebody saved since
    /// `version`; [`Conflict::TooLate`] where it is closed by now.
    pub async fn edit(
        &self,
        actor: &Actor,
        id: UnitId,
        version: i32,
        draft: &UnitDraft,
    ) -> Result<()> {
        decide(actor, Action::EditUnits)?;
        let scope = Scope::of(actor, Right::ManageUnits);
        let mut tx = self.0.pool.begin().await?;
        let held = units::hold(&mut tx, &scope, id).await?;
        if held.state == UnitState::Closed {
            return Err(Conflict::TooLate.into());
        }
        if held.version != version {
            return Err(Conflict::UnitChanged.into());
        }
        let data = draft.check(held.level).map_err(ServiceError::Invalid)?;
        let (before, after): (Map<_, _>, Map<_, _>) = fields(&held.data)
            .into_iter()
            .zip(fields(&data))
            .filter(|((_, was), (_, is))| was != is)
            .unzip();
        if after.is_empty() {
            return Ok(());
        }
        units::update(&mut tx, actor.organisation, id, &data).await?;
        let change = (Some(before), Some(after));
        self.record(&mut tx, actor, "unit.changed", id, &data, change, None)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// What stands in the way of closing a unit, and where its people may go.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's units.
    pub async fn check_close(
        &self,
        actor: &Actor,
        id: UnitId,
        locale: Locale,
    ) -> Result<CloseCheck> {
        decide(actor, Action::EditUnits)?;
        let scope = Scope::of(actor, Right::ManageUnits);
        let mut tx = self.0.pool.begin().await?;
        units::hold(&mut tx, &scope, id).await?;
        let mut check = self.check(&mut tx, actor, id).await?;
        if check.users > 0 && may_move(actor) {
            let scope = Scope::of(actor, Right::ManageUsers);
            check.targets = units::targets(&mut tx, &scope, id, locale).await?;
        }
        Ok(check)
    }

    /// Closes a unit. Its people are moved to `to` first, homes and roles alike; without
    /// it a unit with people is not closed. Gives how many were moved.
    ///
    /// # Errors
    /// [`Conflict::UnitInUse`] where somebody is in it, units below are active, or pupils
    /// are enrolled; [`Denied::Stronger`] where somebody in it holds more than the actor.
    pub async fn close(
        &self,
        actor: &Actor,
        id: UnitId,
        to: Option<UnitId>,
        reason: &str,
    ) -> Result<u64> {
        decide(actor, Action::EditUnits)?;
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        let scope = Scope::of(actor, Right::ManageUnits);
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        let mut tx = self.0.pool.begin().await?;
        let held = units::hold(&mut tx, &scope, id).await?;
        if held.state == UnitState::Closed {
            return Ok(0);
        }
        let check = self.check(&mut tx, actor, id).await?;
        if check.below > 0 || check.enrolled > 0 {
            return Err(Conflict::UnitInUse.into());
        }
        let mut moved = 0;
        if check.users > 0 {
            let Some(to) = to else {
                return Err(Conflict::UnitInUse.into());
            };
            decide(actor, Action::EditUser)?;
            decide(actor, Action::GrantAuthorisations)?;
            let people = Scope::of(actor, Right::ManageUsers);
            if to == id || !units::is_open(&mut tx, &people, to).await? {
                let field = FieldErrors::one("to", FieldError::ChooseOne);
                return Err(ServiceError::Invalid(field));
            }
            let rights = units::strongest(&mut tx, organisation, id).await?;
            decide_on_account(actor, &rights)?;
            self.decide_on_move(&mut tx, actor, id, to).await?;
            moved = units::move_people(&mut tx, organisation, id, to).await?;
        }
        units::close(&mut tx, organisation, id, now).await?;
        let state = |s: &str| Some(Map::from_iter([("state".to_owned(), json!(s))]));
        let mut after = state("closed").unwrap_or_default();
        if let Some(to) = to.filter(|_| moved > 0) {
            let name = unit_name(&mut tx, organisation, to).await?;
            let place = json!({ "id": to.0, "name": name });
            after.insert("moved_to".to_owned(), place);
            after.insert("moved".to_owned(), json!(moved));
        }
        let change = (state("active"), Some(after));
        self.record(
            &mut tx,
            actor,
            "unit.closed",
            id,
            &held.data,
            change,
            reason.as_deref(),
        )
        .await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// Roles that move to another unit are given there: by the rule of the wizard. A school's
    /// groups need no more than what [`Units::close`] asks anyway.
    async fn decide_on_move(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        from: UnitId,
        to: UnitId,
    ) -> Result<()> {
        let (groups, path) = units::moving(tx, actor.organisation, from, to).await?;
        let granter = authorisations::granter(tx, actor, self.0.clock.now()).await?;
        let roles = authorisations::roles(tx, actor.organisation, actor.locale).await?;
        let mut moving = roles
            .iter()
            .filter(|r| groups.contains(&r.id) && r.category != SCHOOL);
        if moving.any(|r| granter.decide(r.facts(), Some(&path)).is_err()) {
            return Err(Denied::Stronger.into());
        }
        Ok(())
    }

    /// Takes a closed unit into use again. People that were moved stay where they are.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where the unit above it is closed too.
    pub async fn reopen(&self, actor: &Actor, id: UnitId) -> Result<()> {
        decide(actor, Action::EditUnits)?;
        let scope = Scope::of(actor, Right::ManageUnits);
        let mut tx = self.0.pool.begin().await?;
        let held = units::hold(&mut tx, &scope, id).await?;
        if held.state == UnitState::Active {
            return Ok(());
        }
        if !units::reopen(&mut tx, actor.organisation, id).await? {
            return Err(Conflict::TooLate.into());
        }
        let state = |s: &str| Some(Map::from_iter([("state".to_owned(), json!(s))]));
        let change = (state("closed"), state("active"));
        self.record(
            &mut tx,
            actor,
            "unit.reopened",
            id,
            &held.data,
            change,
            None,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn check(&self, tx: &mut PgConnection, actor: &Actor, id: UnitId) -> Result<CloseCheck> {
        let today = organisations::today(tx, actor.organisation, self.0.clock.now()).await?;
        let school_year = today.year() - i16::from(today.month() < 9);
        units::check_close(tx, actor.organisation, id, school_year).await
    }

    #[allow(clippy::too_many_arguments, reason = "one line of the audit trail")]
    async fn record(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        action: &str,
        id: UnitId,
        data: &UnitEdit,
        (before, after): Change,
        reason: Option<&str>,
    ) -> Result<()> {
        let entry = audit::Entry {
            action,
            object_kind: "unit",
            object_id: Some(id.0),
            object_name: &data.names.it,
            before: before.map(Value::Object),
            after: after.map(Value::Object),
            reason,
            ..audit::Entry::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

/// Whether the actor may move people to another unit: homes and roles change.
fn may_move(actor: &Actor) -> bool {
    decide(actor, Action::EditUser).is_ok() && decide(actor, Action::GrantAuthorisations).is_ok()
}

/// A unit's data as the audit trail names them.
fn fields(data: &UnitEdit) -> Vec<(String, Value)> {
    let canton = |c: Option<Canton>| json!(c.map(Canton::code));
    [
        ("code", json!(data.code)),
        ("name", json!(data.names.it)),
        ("name_de", json!(data.names.de)),
        ("name_fr", json!(data.names.fr)),
        ("name_en", json!(data.names.en)),
        ("ent_id", json!(data.ent_id)),
        ("bur", json!(data.bur)),
        ("canton_administrative", canton(data.canton_administrative)),
        ("canton_geographic", canton(data.canton_geographic)),
    ]
    .into_iter()
    .map(|(field, value)| (field.to_owned(), value))
    .collect()
}
