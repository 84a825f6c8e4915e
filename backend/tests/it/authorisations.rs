//! The wizard: who may grant what, drafts, and the act that starts a registration; archiving
//! and acts on a selection.

use crate::support::*;
use backend::{Backend, ServiceError};
use domain::{
    Locale, OrganisationId, UserId,
    access::{Actor, Denied, GrantRefusal, Held, Right},
    authorisation::{AuthorisationDraft, DraftGrant, DraftProblem, DraftProfile, WizardView},
    problem::Conflict,
    registration::{Command, Hindrance, RegistrationState},
    user::{BulkChange, NewcomerRecord, Selection, UserDraft},
};
use jiff::SignedDuration;
use sqlx::PgPool;
use uuid::Uuid;

const DELEGATE: [Right; 4] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageAuthorisations,
    Right::SendCredentials,
];
const WHY: &str = "Nuova collaboratrice dal 1.12.2026";

struct Scene {
    backend: Backend,
    canton: OrganisationId,
    delegate: Actor,
    lea: UserId,
}

impl Scene {
    async fn new(pool: PgPool) -> Self {
        let backend = backend(pool, now());
        let canton = canton(&backend).await;
        let delegate = actor(&backend, canton, &DELEGATE).await;
        let lea = user(&backend, canton)
            .surname("BIANCHI")
            .email("lea@ospedale.example")
            .group("kt-read")
            .create()
            .await;
        Self {
            backend,
            canton,
            delegate,
            lea,
        }
    }

    async fn open(&self) -> WizardView {
        let open = self
            .backend
            .authorisations
            .open(&self.delegate, self.lea, Locale::It);
        open.await.expect("the wizard")
    }

    async fn grant(&self, code: &str) -> DraftGrant {
        DraftGrant {
            role: group_id(&self.backend, self.canton, code).await,
            unit: None,
            from: None,
            until: None,
            pass_on: false,
        }
    }

    /// The draft of the view with another role.
    async fn with(&self, view: &WizardView, code: &str) -> AuthorisationDraft {
        let mut draft = view.draft.clone();
        draft.profiles[0].name = "Cantone".into();
        draft.profiles[0].grants.push(self.grant(code).await);
        draft.reason = WHY.into();
        draft
    }

    async fn start(
        &self,
        view: &WizardView,
        draft: &AuthorisationDraft,
    ) -> Result<domain::authorisation::Started, ServiceError> {
        let service = &self.backend.authorisations;
        service
            .apply(
                &self.delegate,
                self.lea,
                view.version,
                draft,
                view.key,
                true,
                Locale::It,
            )
            .await
    }

    async fn grants(&self) -> i64 {
        sqlx::query_scalar("select count(*) from grants where user_id = $1")
            .bind(self.lea.0)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }
}

fn problem<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> DraftProblem {
    match result {
        Err(ServiceError::Conflict(Conflict::Draft(p))) => p,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_draft_is_kept_for_a_day_and_the_start_writes_everything_once(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let view = scene.open().await;
    assert!(!view.kept && view.draft.profiles.len() == 1);
    let draft = scene.with(&view, "kt-user").await;
    let keep = scene
        .backend
        .authorisations
        .keep(&scene.delegate, scene.lea, &draft, view.key);
    assert_eq!(keep.await.unwrap(), []);
    let again = scene.open().await;
    assert!(again.kept && again.draft == draft && again.key == view.key);
    assert_eq!(scene.grants().await, 1, "a draft writes nothing");
    let (one, two) = tokio::join!(scene.start(&view, &draft), scene.start(&view, &draft));
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(scene.grants().await, 2);
    let found = scene
        .backend
        .registrations
        .of_user(&scene.delegate, scene.lea)
        .await
        .unwrap();
    assert_eq!(
        (found.len(), found[0].state),
        (1, RegistrationState::ToStart)
    );
    assert!(!scene.open().await.kept);
    let reasons: Vec<String> = sqlx::query_scalar(
        "select reason from audit where action in ('registration.started', 'user.authorisations_changed')",
    )
    .fetch_all(&scene.backend.core.pool)
    .await
    .unwrap();
    assert_eq!(reasons, [WHY, WHY]);
    scene
        .backend
        .authorisations
        .keep(&scene.delegate, scene.lea, &draft, view.key)
        .await
        .unwrap();
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_hours(24));
    assert!(!scene.open().await.kept, "a day went by");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn bad_requests_write_nothing(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let view = scene.open().await;
    let good = scene.with(&view, "kt-user").await;
    let spaces = AuthorisationDraft {
        reason: " ".repeat(40),
        ..good.clone()
    };
    assert!(matches!(
        scene.start(&view, &spaces).await,
        Err(ServiceError::Invalid(_))
    ));
    let mixed = scene.with(&view, "sp-read-standort").await;
    assert!(matches!(
        problem(scene.start(&view, &mixed).await),
        DraftProblem::OtherCategory(_)
    ));
    let federal = scene.with(&view, "kt-superuser").await;
    let refused = problem(scene.start(&view, &federal).await);
    assert!(matches!(
        refused,
        DraftProblem::Refused(_, GrantRefusal::OnlyFederal)
    ));
    let units = scene.with(&view, "delega-unita").await;
    let refused = problem(scene.start(&view, &units).await);
    assert!(matches!(
        refused,
        DraftProblem::Refused(_, GrantRefusal::NotHeld)
    ));
    let foreign = AuthorisationDraft {
        profiles: vec![DraftProfile {
            id: Some(domain::ProfileId(987_654)),
            ..Default::default()
        }],
        ..good.clone()
    };
    assert_eq!(
        problem(scene.start(&view, &foreign).await),
        DraftProblem::Unknown
    );
    let mut late = good.clone();
    late.profiles[0].grants[1].until = "2026-11-21".parse().ok();
    assert!(matches!(
        problem(scene.start(&view, &late).await),
        DraftProblem::Dates(_)
    ));
    assert_eq!(scene.grants().await, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_delegate_grants_only_inside_the_own_units_and_stops_when_the_right_is_lost(
    pool: PgPool,
) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let here = unit(b, scene.canton, None, "100").await;
    let there = unit(b, scene.canton, None, "200").await;
    let own = actor_in(b, scene.canton, &DELEGATE, Some(here)).await;
    let ugo = user(b, scene.canton)
        .email("u@ospedale.example")
        .group("sp-read-standort")
        .unit(here)
        .create()
        .await;
    let view = b.authorisations.open(&own, ugo, Locale::It).await.unwrap();
    assert!(!view.whole && view.units.iter().all(|u| u.id == here));
    let mut draft = view.draft.clone();
    draft.reason = WHY.into();
    let mut grant = scene.grant("sp-user-standort").await;
    grant.unit = Some(there);
    draft.profiles[0].grants.push(grant.clone());
    let apply = |actor: Actor, draft: AuthorisationDraft| {
        let service = b.authorisations.clone();
        async move {
            service
                .apply(
                    &actor,
                    ugo,
                    view.version,
                    &draft,
                    view.key,
                    true,
                    Locale::It,
                )
                .await
        }
    };
    let refused = problem(apply(own.clone(), draft.clone()).await);
    assert!(matches!(
        refused,
        DraftProblem::Refused(_, GrantRefusal::Outside)
    ));
    draft.profiles[0].grants[1].unit = Some(here);
    let lost = Actor {
        held: Vec::new(),
        ..own.clone()
    };
    assert!(matches!(
        apply(lost, draft.clone()).await,
        Err(ServiceError::Denied(Denied::Missing(_)))
    ));
    let sibling = actor_in(b, scene.canton, &DELEGATE, Some(there)).await;
    assert!(matches!(
        apply(sibling, draft.clone()).await,
        Err(ServiceError::NotFound)
    ));
    apply(own, draft).await.unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_deactivated_profile_loses_its_code_and_an_archived_one_its_roles(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let view = scene.open().await;
    let draft = scene.with(&view, "kt-user").await;
    let profile = scene.start(&view, &draft).await.unwrap().profile;
    let show = scene.backend.registrations.show_code(
        &scene.delegate,
        scene.lea,
        Some(profile),
        Uuid::new_v4(),
    );
    show.await.unwrap();
    let view = scene.open().await;
    let mut off = view.draft.clone();
    off.reason = WHY.into();
    off.profiles[0].state = domain::authorisation::ProfileState::Inactive;
    let save = |view: WizardView, draft: AuthorisationDraft| {
        let (service, actor, lea) = (
            scene.backend.authorisations.clone(),
            scene.delegate.clone(),
            scene.lea,
        );
        async move {
            service
                .apply(
                    &actor,
                    lea,
                    view.version,
                    &draft,
                    view.key,
                    false,
                    Locale::It,
                )
                .await
        }
    };
    save(view, off).await.unwrap();
    let found = scene
        .backend
        .registrations
        .of_user(&scene.delegate, scene.lea)
        .await
        .unwrap();
    assert_eq!(found[0].state, RegistrationState::Revoked);
    let view = scene.open().await;
    let mut gone = view.draft.clone();
    gone.reason = WHY.into();
    gone.profiles[0].state = domain::authorisation::ProfileState::Archived;
    save(view, gone).await.unwrap();
    assert_eq!(scene.grants().await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_archived_user_comes_back_for_thirty_days_by_an_administrator(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let users = &scene.backend.users;
    users
        .archive(&scene.delegate, scene.lea, WHY, Locale::It)
        .await
        .unwrap();
    let denied = users.restore(&scene.delegate, scene.lea, Locale::It).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    let admin = actor(&scene.backend, scene.canton, &[Right::Administer]).await;
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_hours(24 * 30));
    users.restore(&admin, scene.lea, Locale::It).await.unwrap();
    users
        .archive(&scene.delegate, scene.lea, WHY, Locale::It)
        .await
        .unwrap();
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_hours(24 * 30 + 1));
    let late = users.restore(&admin, scene.lea, Locale::It).await;
    assert!(matches!(
        late,
        Err(ServiceError::Conflict(Conflict::Registration(
            Hindrance::TooLate
        )))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_act_on_a_selection_tells_the_result_of_each(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let off = user(b, scene.canton).inactive().create().await;
    let me = scene.delegate.user.unwrap();
    let selection = Selection::Only([scene.lea, off, me].into());
    let check = b
        .users
        .check_bulk(&scene.delegate, Command::Deactivate, &selection)
        .await
        .unwrap()
        .unwrap();
    let of = |lines: &[domain::registration::BulkLine], id| {
        lines.iter().find(|l| l.user == id).unwrap().hindrance
    };
    assert_eq!(
        (of(&check, scene.lea), of(&check, off), of(&check, me)),
        (None, Some(Hindrance::Inactive), Some(Hindrance::OwnAccount))
    );
    let run = |expected| {
        b.users.run_bulk(
            &scene.delegate,
            Command::Deactivate,
            &selection,
            expected,
            WHY,
            Uuid::from_u128(7),
            Locale::It,
        )
    };
    assert!(matches!(
        run(3).await,
        Err(ServiceError::Conflict(Conflict::SelectionChanged { .. }))
    ));
    let done = run(1).await.unwrap();
    assert_eq!(of(&done, scene.lea), None);
    let remind = b
        .users
        .check_bulk(&scene.delegate, Command::Remind, &selection)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(of(&remind, scene.lea), Some(Hindrance::Inactive));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn roles_are_given_outside_the_wizard_only_by_whom_it_would_let(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let users = &scene.backend.users;
    let manages = [Right::ReadUsers, Right::ManageUsers];
    let clerk = actor(&scene.backend, scene.canton, &manages).await;
    let role = group_id(&scene.backend, scene.canton, "kt-user").await;
    let superuser = group_id(&scene.backend, scene.canton, "kt-superuser").await;
    let read = group_id(&scene.backend, scene.canton, "kt-read").await;
    let denied = |result: Result<(), ServiceError>| match result {
        Err(ServiceError::Denied(why)) => why,
        other => panic!("{other:?}"),
    };
    let missing = Denied::Missing(Right::ManageAuthorisations);

    for (who, group, why) in [
        (&clerk, role, missing),
        (&scene.delegate, superuser, Denied::Stronger),
    ] {
        let view = users.groups(who, scene.lea, Locale::It).await.unwrap();
        let choice = view.groups.iter().find(|g| g.group.id == group).unwrap();
        assert!(choice.locked.is_some(), "the dialog shows it closed");
        let both = [read, group];
        let dialog = users.change_groups(who, scene.lea, view.version, &both, false, Locale::It);
        assert_eq!(denied(dialog.await.map(drop)), why, "the dialog");
        let draft = UserDraft {
            surname: "Verdi".into(),
            given_name: "Ugo".into(),
            email: "ugo@ospedale.example".into(),
            groups: vec![group],
            ..UserDraft::default()
        };
        let created = users.create(who, &draft, false, NewcomerRecord::Ask, Locale::It);
        assert_eq!(denied(created.await.map(drop)), why, "a new user");
        let selection = Selection::Only([scene.lea].into());
        let change = BulkChange {
            add: [group].into(),
            ..BulkChange::default()
        };
        let bulk = users.change_bulk_groups(who, &selection, &change, 1);
        assert_eq!(denied(bulk.await.map(drop)), why, "a selection");
    }
    assert_eq!(scene.grants().await, 1);
    let view = users.groups(&scene.delegate, scene.lea, Locale::It).await;
    let both = [read, role];
    let version = view.unwrap().version;
    let lea = scene.lea;
    // Whoever may give a role says why, and that the wizard asks.
    let dialog = users.change_groups(&scene.delegate, lea, version, &both, false, Locale::It);
    assert_eq!(denied(dialog.await.map(drop)), Denied::Unmotivated);
    let selection = Selection::Only([lea].into());
    let change = BulkChange {
        add: [role].into(),
        ..BulkChange::default()
    };
    let bulk = users.change_bulk_groups(&scene.delegate, &selection, &change, 1);
    assert_eq!(denied(bulk.await.map(drop)), Denied::Unmotivated);
    let draft = UserDraft {
        surname: "Verdi".into(),
        given_name: "Ugo".into(),
        email: "ugo@ospedale.example".into(),
        groups: vec![role],
        ..UserDraft::default()
    };
    let created = users.create(
        &scene.delegate,
        &draft,
        false,
        NewcomerRecord::Ask,
        Locale::It,
    );
    assert_eq!(denied(created.await.map(drop)), Denied::Unmotivated);
    assert_eq!(scene.grants().await, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_role_is_given_only_where_the_actor_manages_authorisations_too(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let (mine, other) = (
        unit(b, scene.canton, None, "111").await,
        unit(b, scene.canton, None, "222").await,
    );
    let rights = [Right::ReadUsers, Right::ManageUsers];
    let mut who = actor_in(b, scene.canton, &rights, Some(mine)).await;
    let held = |unit| Held {
        right: Right::ManageAuthorisations,
        unit: Some(unit),
    };
    who.held.push(held(other));
    let role = group_id(b, scene.canton, "kt-read").await;
    let lea = user(b, scene.canton)
        .unit(mine)
        .group("kt-read")
        .create()
        .await;
    let draft = UserDraft {
        surname: "Verdi".into(),
        given_name: "Ugo".into(),
        email: "ugo@ospedale.example".into(),
        groups: vec![role],
        ..UserDraft::default()
    };
    let refused = |result: Result<(), ServiceError>| {
        assert!(
            matches!(result, Err(ServiceError::Denied(Denied::Stronger))),
            "{result:?}"
        );
    };
    let created = b
        .users
        .create(&who, &draft, false, NewcomerRecord::Ask, Locale::It)
        .await;
    refused(created.map(drop));
    let change = BulkChange {
        remove: [role].into(),
        ..BulkChange::default()
    };
    let selection = Selection::Only([lea].into());
    let bulk = b
        .users
        .change_bulk_groups(&who, &selection, &change, 1)
        .await;
    refused(bulk.map(drop));
    // With the right where the users are, it is the wizard that gives the role.
    who.held.push(held(mine));
    let created = b
        .users
        .create(&who, &draft, false, NewcomerRecord::Ask, Locale::It)
        .await;
    assert!(matches!(
        created,
        Err(ServiceError::Denied(Denied::Unmotivated))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn switching_a_profile_on_again_gives_what_is_in_it(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let rights: Vec<Right> = Right::ALL
        .into_iter()
        .filter(|r| *r != Right::Administer)
        .collect();
    let scene = Scene {
        delegate: actor(&scene.backend, scene.canton, &rights).await,
        ..scene
    };
    // The federal office gave a strong role and switched its profile off.
    let role = group_id(&scene.backend, scene.canton, "kt-superuser").await;
    for q in [
        "update grants set group_id = $1 where user_id = $2 and $1 > 0",
        "update profiles set state = 'inactive' where user_id = $2 and $1 > 0",
    ] {
        sqlx::query(q)
            .bind(role.0)
            .bind(scene.lea.0)
            .execute(&scene.backend.core.pool)
            .await
            .unwrap();
    }
    let view = scene.open().await;
    let mut on = view.draft.clone();
    on.reason = WHY.into();
    on.profiles[0].state = domain::authorisation::ProfileState::Active;
    assert!(matches!(
        problem(scene.start(&view, &on).await),
        DraftProblem::Refused(id, _) if id == role
    ));
    let state: String = sqlx::query_scalar("select state from profiles where user_id = $1")
        .bind(scene.lea.0)
        .fetch_one(&scene.backend.core.pool)
        .await
        .unwrap();
    assert_eq!(state, "inactive");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn roles_change_and_accounts_are_archived_only_after_the_password_was_given_again(
    pool: PgPool,
) {
    let scene = Scene::new(pool).await;
    let long_ago = Actor {
        authenticated_at: Some(
            scene.backend.core.clock.now() - jiff::SignedDuration::from_mins(16),
        ),
        ..scene.delegate.clone()
    };
    let view = scene.open().await;
    let draft = scene.with(&view, "kt-user").await;
    let apply = async |who: &Actor| {
        let service = &scene.backend.authorisations;
        service
            .apply(
                who,
                scene.lea,
                view.version,
                &draft,
                view.key,
                true,
                Locale::It,
            )
            .await
    };
    let refused = apply(&long_ago).await;
    assert!(
        matches!(refused, Err(ServiceError::Denied(Denied::MustConfirm))),
        "{refused:?}"
    );
    assert_eq!(scene.grants().await, 1, "nothing is written");
    apply(&scene.delegate).await.unwrap();
    let users = &scene.backend.users;
    let refused = users.archive(&long_ago, scene.lea, WHY, Locale::It).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::MustConfirm))
    ));
    users
        .archive(&scene.delegate, scene.lea, WHY, Locale::It)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_selection_is_archived_with_one_password_and_a_result_for_each(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let gone = user(b, scene.canton).group("kt-read").create().await;
    let me = scene.delegate.user.unwrap();
    let selection = Selection::Only([scene.lea, gone, me].into());
    let run = |actor: Actor, reason: &'static str| {
        let selection = selection.clone();
        async move {
            b.users
                .run_bulk(
                    &actor,
                    Command::Archive,
                    &selection,
                    2,
                    reason,
                    Uuid::from_u128(9),
                    Locale::It,
                )
                .await
        }
    };
    let mut late = scene.delegate.clone();
    late.authenticated_at = Some(now() - SignedDuration::from_mins(60));
    let refused = run(late, WHY).await;
    assert!(
        matches!(refused, Err(ServiceError::Denied(Denied::MustConfirm))),
        "{refused:?}"
    );
    let bare = run(scene.delegate.clone(), " ").await;
    assert!(matches!(bare, Err(ServiceError::Invalid(_))), "{bare:?}");
    assert_eq!(states(&scene, &[scene.lea, gone]).await, ["active"; 2]);

    let done = run(scene.delegate.clone(), WHY).await.unwrap();
    let of = |id| done.iter().find(|l| l.user == id).unwrap().hindrance;
    assert_eq!(
        (of(scene.lea), of(gone), of(me)),
        (None, None, Some(Hindrance::OwnAccount))
    );
    assert_eq!(states(&scene, &[scene.lea, gone]).await, ["archived"; 2]);
    assert_eq!(reasons(&scene, "user.archived").await, [WHY; 2]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn users_deactivated_together_come_back_together_with_a_result_for_each(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let (off, gone) = (
        user(b, scene.canton).inactive().create().await,
        user(b, scene.canton).create().await,
    );
    let users = &b.users;
    users
        .set_state(&scene.delegate, scene.lea, false, WHY, Locale::It)
        .await
        .unwrap();
    users
        .archive(&scene.delegate, gone, WHY, Locale::It)
        .await
        .unwrap();
    let all = [scene.lea, off, gone];
    let bare = users.undo_bulk(&scene.delegate, &all, "", Locale::It).await;
    assert!(matches!(bare, Err(ServiceError::Invalid(_))), "{bare:?}");
    let reader = actor(b, scene.canton, &[Right::ReadUsers]).await;
    let denied = users.undo_bulk(&reader, &all, WHY, Locale::It).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))), "{denied:?}");

    let done = users
        .undo_bulk(&scene.delegate, &all, WHY, Locale::It)
        .await
        .unwrap();
    let of = |id| done.iter().find(|l| l.user == id).unwrap().hindrance;
    assert_eq!((of(scene.lea), of(off)), (None, None));
    assert!(of(gone).is_some(), "an archived user is no business of it");
    assert_eq!(states(&scene, &all).await, ["active", "active", "archived"]);
    assert_eq!(reasons(&scene, "user.activated").await, [WHY; 2]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_is_reactivated_in_a_canton_is_shown_the_roles_that_return_and_why_stands_in_the_trail(
    pool: PgPool,
) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let users = &b.users;
    for (code, until) in [("kt-user", "2020-01-31"), ("kt-erhv", "2099-12-31")] {
        let role: i64 = sqlx::query_scalar(
            "insert into grants (organisation_id, profile_id, user_id, group_id, valid_until)
             select p.organisation_id, p.id, p.user_id, g.id, $3::date
             from profiles p join groups g on g.organisation_id = p.organisation_id and g.code = $2
             where p.user_id = $1 returning id",
        )
        .bind(scene.lea.0)
        .bind(code)
        .bind(until)
        .fetch_one(&b.core.pool)
        .await
        .expect(code);
        assert!(role > 0);
    }
    users
        .set_state(&scene.delegate, scene.lea, false, WHY, Locale::It)
        .await
        .unwrap();
    let back = users.returning(&scene.delegate, scene.lea, Locale::It);
    let mut back: Vec<_> = back
        .await
        .unwrap()
        .into_iter()
        .map(|g| g.group.code)
        .collect();
    back.sort();
    assert_eq!(back, ["kt-erhv", "kt-read"], "what has ended stays ended");
    let reader = actor(b, scene.canton, &[Right::ReadUsers]).await;
    let denied = users.returning(&reader, scene.lea, Locale::It).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))), "{denied:?}");

    let bare = users
        .set_state(&scene.delegate, scene.lea, true, "  ", Locale::It)
        .await;
    assert!(matches!(bare, Err(ServiceError::Invalid(_))), "{bare:?}");
    assert_eq!(states(&scene, &[scene.lea]).await, ["inactive"]);
    let why = "Rientrata dal congedo";
    users
        .set_state(&scene.delegate, scene.lea, true, why, Locale::It)
        .await
        .unwrap();
    assert_eq!(reasons(&scene, "user.activated").await, [why]);

    // The roles of a profile that is not in use do not come back with the account.
    sqlx::query("update profiles set state = 'inactive' where user_id = $1")
        .bind(scene.lea.0)
        .execute(&b.core.pool)
        .await
        .unwrap();
    let none = users.returning(&scene.delegate, scene.lea, Locale::It);
    assert_eq!(none.await.unwrap(), []);
}

async fn states(scene: &Scene, users: &[UserId]) -> Vec<String> {
    let mut found = Vec::new();
    for id in users {
        found.push(
            sqlx::query_scalar("select state from users where id = $1")
                .bind(id.0)
                .fetch_one(&scene.backend.core.pool)
                .await
                .unwrap(),
        );
    }
    found
}

async fn reasons(scene: &Scene, action: &'static str) -> Vec<String> {
    sqlx::query_scalar(
        "select reason from audit where organisation_id = $1 and action = $2 order by id",
    )
    .bind(scene.canton.0)
    .bind(action)
    .fetch_all(&scene.backend.core.pool)
    .await
    .unwrap()
}
