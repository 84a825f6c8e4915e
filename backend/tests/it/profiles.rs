//! Several profiles in one account (X20), and the password asked again.

use crate::support::*;
use backend::{Backend, ServiceError, service::SignIn};
use domain::{
    OrganisationId, ProfileId, UserId,
    access::{Action, Actor, Denied, Right, confirmed, decide},
    person::PersonKind,
};
use jiff::SignedDuration;
use sqlx::PgPool;
use uuid::Uuid;

const PASSWORD: &str = "lampada tregua ottavo biscotto";

/// Lea manages a canton with one profile and reads in a hospital with the other.
async fn lea(backend: &Backend) -> (OrganisationId, UserId, String) {
    let canton = canton(backend).await;
    let user = user(backend, canton)
        .username("lea")
        .password(PASSWORD)
        .group("kt-superuser")
        .create()
        .await;
    let second: i64 = sqlx::query_scalar(
        "insert into profiles (organisation_id, user_id, name, category, is_default)
         values ($1, $2, 'Ospedale', 'hospital', false) returning id",
    )
    .bind(canton.0)
    .bind(user.0)
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    let role = group_id(backend, canton, "sp-read-standort").await;
    sqlx::query("insert into grants (organisation_id, profile_id, user_id, group_id) values ($1, $2, $3, $4)")
        .bind(canton.0)
        .bind(second)
        .bind(user.0)
        .bind(role.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    (canton, user, token(backend).await)
}

async fn token(backend: &Backend) -> String {
    let typed = SignIn {
        organisation: "ti".into(),
        username: "lea".into(),
        password: PASSWORD.into(),
        ..SignIn::default()
    };
    backend.sessions.sign_in(typed).await.unwrap().token
}

async fn actor_of(backend: &Backend, token: &str) -> Actor {
    backend.sessions.resume(token).await.unwrap().unwrap()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_several_profiles_one_is_chosen_and_only_its_rights_count(pool: PgPool) {
    let backend = backend(pool, now());
    let (_, _, token) = lea(&backend).await;
    let actor = actor_of(&backend, &token).await;
    assert!(actor.must_choose_profile && actor.held.is_empty());
    assert_eq!(
        decide(&actor, Action::ReadUsers),
        Err(Denied::MustChooseProfile)
    );
    let own = backend.sessions.profiles(&actor).await.unwrap();
    let roles: Vec<_> = own.iter().map(|p| p.roles.join(" ")).collect();
    assert_eq!(roles, ["KT_Superuser", "SP_Read_Standort"]);

    let chosen = backend.sessions.work_as(&actor, &token, own[0].id);
    chosen.await.unwrap();
    let delegate = actor_of(&backend, &token).await;
    assert!(!delegate.must_choose_profile && delegate.holds(Right::ManageUsers));
    let chosen = backend.sessions.work_as(&delegate, &token, own[1].id);
    chosen.await.unwrap();
    let reader = actor_of(&backend, &token).await;
    assert!(!reader.must_choose_profile && !reader.holds(Right::ManageUsers));
    assert_eq!(reader.profile, Some(own[1].id));
    let not_hers = backend.sessions.work_as(&reader, &token, ProfileId(0));
    assert!(matches!(not_hers.await, Err(ServiceError::NotFound)));

    // The profile worked in is deactivated: one is left, and nothing is to be chosen.
    sqlx::query("update profiles set state = 'inactive' where id = $1")
        .bind(own[1].id.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let left = actor_of(&backend, &token).await;
    assert!(!left.must_choose_profile && left.holds(Right::ManageUsers));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn after_a_quarter_of_an_hour_the_gravest_acts_want_the_password_again(pool: PgPool) {
    let backend = backend(pool, now());
    let (canton, _, token) = lea(&backend).await;
    sqlx::query("update profiles set state = 'inactive' where not is_default")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let lea = actor_of(&backend, &token).await;
    let accepted = backend.terms.accept(&lea, domain::terms::VERSION);
    accepted.await.unwrap();
    let colleague = user(&backend, canton)
        .username("7000001")
        .email("collega@ti.example")
        .group("kt-superuser")
        .create();
    let colleague = colleague.await;
    let profile: i64 = sqlx::query_scalar("select id from profiles where user_id = $1")
        .bind(colleague.0)
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    let lea = actor_of(&backend, &token).await;
    let mut tx = backend.core.pool.begin().await.unwrap();
    let (profile, key) = (ProfileId(profile), Uuid::from_u128(9));
    let at = backend.core.clock.now();
    backend::db::registrations::prepare(&mut tx, &lea, colleague, profile, key, at)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let show = async |key: u128| {
        let actor = actor_of(&backend, &token).await;
        let key = Uuid::from_u128(key);
        let shown = backend
            .registrations
            .show_code(&actor, colleague, None, key);
        shown.await.map(drop)
    };
    backend.core.clock.advance(SignedDuration::from_mins(15));
    show(1).await.unwrap();
    backend.core.clock.advance(SignedDuration::from_secs(1));
    let late = |answer: Result<(), ServiceError>| {
        assert!(
            matches!(answer, Err(ServiceError::Denied(Denied::MustConfirm))),
            "{answer:?}"
        );
    };
    late(show(2).await);
    let registrar = Actor {
        authenticated_at: Some(now() - SignedDuration::from_mins(16)),
        ..actor(&backend, canton, &[Right::ManageRegistry]).await
    };
    let reason = "Un nuovo anno comincia da capo.";
    let all = backend
        .alignment
        .unlink_all(&registrar, PersonKind::Pupil, 0, reason);
    late(all.await.map(drop));

    let wrong = backend.sessions.confirm(&lea, &token, "non è questa");
    assert!(matches!(wrong.await, Err(ServiceError::Invalid(_))));
    late(show(3).await);
    let right = backend.sessions.confirm(&lea, &token, PASSWORD);
    right.await.unwrap();
    show(4).await.unwrap();
    // A program on the server has no password to give.
    confirmed(&Actor::system(canton, "delega"), backend.core.clock.now()).unwrap();
}
