//! Groups and roles on their own page: everybody who reads users sees them, administrators
//! change them.

use crate::{
    Core,
    db::{
        self, audit,
        groups::{self, keep},
    },
    error::{Result, ServiceError},
};
use domain::{
    GroupId,
    access::{
        ADMINISTRATORS, Action, Actor, Denied, Right, SCHOOL, Scope, decide, decide_on_group,
        seeded_groups,
    },
    group::{GroupDraft, GroupEdit, GroupView, GroupsPage, NAME_FIELDS, code_of},
    organisation::OrganisationKind,
    problem::Conflict,
    user::{FieldError, FieldErrors},
};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// Category of a group that a canton makes for itself.
const CANTON: &str = "canton";

/// Groups and roles.
#[derive(Clone)]
pub struct Groups(pub(crate) Core);

impl Groups {
    /// Every group with how many the actor sees in it.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn page(&self, actor: &Actor) -> Result<GroupsPage> {
        decide(actor, Action::ReadGroups)?;
        let mut conn = self.0.pool.acquire().await?;
        let counts = groups::member_counts(&mut conn, &Scope::of(actor, Right::ReadUsers)).await?;
        let stored = keep::read(&mut conn, actor.organisation, None).await?;
        let kind = self.kind(&mut conn, actor).await?;
        let now = self.0.clock.now();
        let today = db::organisations::today(&mut conn, actor.organisation, now).await?;
        let members = |id| counts.iter().find(|(g, _)| *g == id).map_or(0, |(_, n)| *n);
        Ok(GroupsPage {
            groups: stored
                .into_iter()
                .map(|g| GroupView {
                    members: members(g.id),
                    seeded: is_seeded(kind, &g.code),
                    fixed: is_fixed(kind, &g.code),
                    id: g.id,
                    code: g.code,
                    names: g.edit.names,
                    rights: g.edit.rights,
                    password_off_from: g.edit.password_off_from,
                    password_min: g.edit.password_min,
                    empty: !g.used,
                    version: g.version,
                })
                .collect(),
            today,
            may_edit: decide_on_group(actor, &[]).is_ok(),
            switches_off: kind == OrganisationKind::School,
        })
    }

    /// Creates a group; its address is made of its Italian name.
    ///
    /// # Errors
    /// Fields as in [`GroupDraft::check`], and where another group bears a name; [`Denied`].
    pub async fn create(&self, actor: &Actor, draft: &GroupDraft) -> Result<GroupId> {
        decide_on_group(actor, &draft.rights)?;
        let edit = draft.check().map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        keep::hold(&mut tx, actor.organisation).await?;
        self.free(&mut tx, actor, None, &edit).await?;
        let category = match self.kind(&mut tx, actor).await? {
            OrganisationKind::School => SCHOOL,
            OrganisationKind::Canton => CANTON,
        };
        let code = code_of(&edit.names[0]);
        let id = keep::insert(&mut tx, actor.organisation, (&code, category), &edit).await?;
        let story = ("group.created", None, Some(told(&edit)));
        self.record(&mut tx, actor, id, &edit.names[0], story)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes names, rights and what is demanded of passwords. `version` is what the actor
    /// saw.
    ///
    /// # Errors
    /// As for [`Groups::create`]; [`Conflict::GroupChanged`] where somebody saved since;
    /// [`Conflict::RoleFixed`] where it would change a name or a right of the law's matrix;
    /// [`Denied::OwnAccount`] where the actor would not administer any longer, or the
    /// administrators would not; [`ServiceError::NotFound`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: GroupId,
        version: i32,
        draft: &GroupDraft,
    ) -> Result<()> {
        decide_on_group(actor, &draft.rights)?;
        let edit = draft.check().map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        keep::hold(&mut tx, actor.organisation).await?;
        let was = self.one(&mut tx, actor, id).await?;
        decide_on_group(actor, &was.edit.rights)?;
        if was.version != version {
            return Err(Conflict::GroupChanged.into());
        }
        if was.edit == edit {
            return Ok(());
        }
        let told_apart = was.edit.names != edit.names || was.edit.rights != edit.rights;
        if told_apart && is_fixed(self.kind(&mut tx, actor).await?, &was.code) {
            return Err(Conflict::RoleFixed.into());
        }
        self.free(&mut tx, actor, Some(id), &edit).await?;
        keep::update(&mut tx, actor.organisation, id, &edit).await?;
        if was.code == ADMINISTRATORS && !edit.rights.contains(&Right::Administer) {
            return Err(Denied::OwnAccount.into());
        }
        let now = self.0.clock.now();
        if let Some(user) = actor.user
            && was.edit.rights.contains(&Right::Administer)
            && !keep::administers(&mut tx, actor.organisation, user, now).await?
        {
            return Err(Denied::OwnAccount.into());
        }
        let story = ("group.edited", Some(told(&was.edit)), Some(told(&edit)));
        self.record(&mut tx, actor, id, &edit.names[0], story)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes a group that nobody is in and that the organisation did not start with.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where somebody is in it or it stays; [`Denied`];
    /// [`ServiceError::NotFound`].
    pub async fn delete(&self, actor: &Actor, id: GroupId) -> Result<()> {
        decide_on_group(actor, &[])?;
        let mut tx = self.0.pool.begin().await?;
        keep::hold(&mut tx, actor.organisation).await?;
        let was = self.one(&mut tx, actor, id).await?;
        decide_on_group(actor, &was.edit.rights)?;
        let kind = self.kind(&mut tx, actor).await?;
        if is_seeded(kind, &was.code) || !keep::delete(&mut tx, actor.organisation, id).await? {
            return Err(Conflict::TooLate.into());
        }
        let story = ("group.deleted", Some(told(&was.edit)), None);
        self.record(&mut tx, actor, id, &was.edit.names[0], story)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether the edit may stand beside the other groups, which are held: each name once, and
    /// no day without passwords where there is nothing to enter with instead.
    async fn free(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        but: Option<GroupId>,
        edit: &GroupEdit,
    ) -> Result<()> {
        let mut errors = FieldErrors::default();
        let taken = keep::taken(tx, actor.organisation, but, &edit.names).await?;
        for (field, taken) in NAME_FIELDS.into_iter().zip(taken) {
            if taken {
                errors.add(field, FieldError::Taken);
            }
        }
        if edit.password_off_from.is_some()
            && self.kind(tx, actor).await? != OrganisationKind::School
        {
            errors.add("password_off_from", FieldError::ChooseOne);
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(ServiceError::Invalid(errors))
        }
    }

    async fn kind(&self, conn: &mut PgConnection, actor: &Actor) -> Result<OrganisationKind> {
        Ok(db::organisations::get(conn, actor.organisation).await?.kind)
    }

    async fn one(&self, tx: &mut PgConnection, actor: &Actor, id: GroupId) -> Result<keep::Stored> {
        keep::read(tx, actor.organisation, Some(id))
            .await?
            .pop()
            .ok_or(ServiceError::NotFound)
    }

    async fn record(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: GroupId,
        name: &str,
        (action, before, after): (&str, Option<Value>, Option<Value>),
    ) -> Result<()> {
        let entry = audit::Entry {
            action,
            object_kind: "group",
            object_id: Some(id.0),
            object_name: name,
            before,
            after,
            ..audit::Entry::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

/// One of those an organisation of this kind starts with.
fn is_seeded(kind: OrganisationKind, code: &str) -> bool {
    seeded_groups(kind).iter().any(|g| g.code == code)
}

/// A school calls and equips its groups as it likes; the roles of a canton are the law's
/// (X17–X19), so that the same name means the same in every canton.
fn is_fixed(kind: OrganisationKind, code: &str) -> bool {
    seeded_groups(kind)
        .iter()
        .any(|g| g.code == code && g.category != SCHOOL)
}

/// A group as the trail keeps it.
fn told(edit: &GroupEdit) -> Value {
    json!({
        "names": edit.names.join(" / "),
        "rights": edit.rights.iter().map(|r| json!({ "name": r.code() })).collect::<Vec<_>>(),
        "off_from": edit.password_off_from,
        "min_length": edit.password_min,
    })
}
