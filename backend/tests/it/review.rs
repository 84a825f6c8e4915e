//! The own desk, the access review, ends of roles, and new users of a canton.

use crate::support::{self, backend, backend_with, canton, group_id, now, school, unit, user};
use backend::{Backend, ServiceError, jobs::ends};
use domain::{
    Locale, OrganisationId,
    access::{Denied, Right},
    desk::TileKind,
    page::{PageRequest, PageSize},
    review::{LONE_UNITS_MAX, ReviewQuery, ReviewReason},
    user::{ContactDraft, FieldError, Invitation, InviteeDraft, KnownBy},
};
use sqlx::PgPool;

const RIGHTS: [Right; 4] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageAuthorisations,
    Right::SendCredentials,
];
const WHY: &str = "Lavora ancora in reparto";

fn query(reason: Option<ReviewReason>) -> ReviewQuery {
    ReviewQuery {
        reason,
        page: PageRequest {
            number: 1,
            size: PageSize::Fifty,
        },
    }
}

async fn entered(b: &Backend, id: domain::UserId, at: &str) {
    sqlx::query("update users set last_sign_in_at = $2::text::timestamptz where id = $1")
        .bind(id.0)
        .bind(at)
        .execute(&b.core.pool)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_review_names_each_reason_and_a_confirmed_access_rests_for_ninety_days(pool: PgPool) {
    let b = backend(pool.clone(), now());
    let o = canton(&b).await;
    let hospital = unit(&b, o, None, "TI").await;
    let build = |name: &str| user(&b, o).username(name).group("kt-read").unit(hospital);
    build("mai").create().await;
    let idle = build("fermo").create().await;
    entered(&b, idle, "2026-08-01T10:00:00Z").await;
    let busy = build("attivo").create().await;
    entered(&b, busy, "2026-11-20T10:00:00Z").await;
    let ending = build("scade")
        .valid(None, Some("2026-12-01"))
        .create()
        .await;
    entered(&b, ending, "2026-11-20T10:00:00Z").await;
    let actor = support::actor(&b, o, &RIGHTS).await;

    let seen = |reason| {
        let (b, actor) = (b.clone(), actor.clone());
        async move {
            let review = b
                .reviews
                .list(&actor, &query(reason), Locale::It)
                .await
                .unwrap();
            let names: Vec<_> = review
                .rows
                .items
                .iter()
                .map(|r| r.username.clone())
                .collect();
            (names, review)
        }
    };
    assert_eq!(seen(Some(ReviewReason::Idle)).await.0, ["fermo"]);
    assert_eq!(seen(Some(ReviewReason::Ending)).await.0, ["scade"]);
    let (all, review) = seen(None).await;
    assert_eq!(all[0], "scade", "what ends soonest comes first");
    assert!(!all.contains(&"attivo".to_owned()));
    assert_eq!(review.lone_units.len(), 1, "one delegate is not enough");

    b.reviews.confirm(&actor, idle, WHY).await.unwrap();
    assert!(seen(Some(ReviewReason::Idle)).await.0.is_empty());
    let refused = b.reviews.confirm(&actor, actor.user.unwrap(), WHY).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::OwnAccount))
    ));
    let refused = b.reviews.confirm(&actor, busy, "     ").await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    // Ninety-one days later it stands there again.
    let later = backend(pool, "2027-02-22T10:00:00Z".parse().unwrap());
    let review = later
        .reviews
        .list(&actor, &query(Some(ReviewReason::Idle)), Locale::It)
        .await
        .unwrap();
    assert!(review.rows.items.iter().any(|r| r.user == idle));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_second_delegate_holds_both_rights_today_in_one_active_profile(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let root = unit(&b, o, None, "TI").await;
    let site = unit(&b, o, Some(root), "SEDE").await;
    let reader = support::actor(&b, o, &RIGHTS).await;
    let lone = || async {
        let all = query(None);
        let review = b.reviews.list(&reader, &all, Locale::It).await.unwrap();
        assert_eq!(review.lone_total, review.lone_units.len() as u64);
        let names: Vec<_> = review.lone_units.into_iter().map(|u| u.name).collect();
        names
    };
    let build = |name: &str| user(&b, o).username(name).unit(site);
    // Half a delegate, one who begins next week, one who rests, one who ended, one without
    // the profile to do it in.
    build("meta").group("delega-utenti").create().await;
    let full = |name: &str| {
        build(name)
            .group("delega-utenti")
            .group("delega-autorizzazioni")
    };
    full("dopo").valid(Some("2026-11-30"), None).create().await;
    full("fermo").inactive().create().await;
    full("prima").valid(None, Some("2026-11-21")).create().await;
    let resting = full("riposa").create().await;
    sqlx::query("update profiles set state = 'inactive' where user_id = $1")
        .bind(resting.0)
        .execute(&b.core.pool)
        .await
        .unwrap();
    // Each right in a profile of its own: never both at once.
    let parted = full("diviso").create().await;
    sqlx::query(
        "with p as (insert into profiles (organisation_id, user_id, name, is_default) values ($1, $2, 'Altro', false) returning id)
         update grants g set profile_id = p.id from p, groups r
         where g.user_id = $2 and r.id = g.group_id and r.code = 'delega-utenti'",
    )
    .bind(o.0)
    .bind(parted.0)
    .execute(&b.core.pool)
    .await
    .unwrap();
    assert_eq!(
        lone().await,
        ["TI", "SEDE"],
        "the reader alone is everywhere"
    );
    full("piena").create().await;
    assert_eq!(lone().await, ["TI"], "the site has its second delegate");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_many_units_without_a_second_delegate_the_others_are_counted(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    for n in 0..LONE_UNITS_MAX + 3 {
        unit(&b, o, None, &format!("U{n:03}")).await;
    }
    let reader = support::actor(&b, o, &RIGHTS).await;
    let all = query(None);
    let review = b.reviews.list(&reader, &all, Locale::It).await.unwrap();
    assert_eq!(review.lone_units.len() as u64, LONE_UNITS_MAX);
    assert_eq!(review.lone_total, LONE_UNITS_MAX + 3);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_desk_counts_what_the_lists_show_and_only_what_may_be_seen(pool: PgPool) {
    let b = backend(pool, now());
    let o = school(&b).await;
    user(&b, o)
        .username("senza")
        .group("docenti")
        .create()
        .await;
    user(&b, o).username("spento").inactive().create().await;
    user(&b, o)
        .username("con")
        .email("con@scuola.example")
        .create()
        .await;
    let office = support::actor(
        &b,
        o,
        &[Right::ReadUsers, Right::ManageUsers, Right::SendCredentials],
    )
    .await;
    let tiles = b.desk.tiles(&office).await.unwrap();
    let count = |kind| tiles.iter().find(|t| t.kind == kind).map(|t| t.count);
    // «senza» and the actor's own account.
    assert_eq!(count(TileKind::WithoutMail), Some(2));
    assert_eq!(count(TileKind::FailedMails), Some(0));
    assert_eq!(
        count(TileKind::ToReview),
        None,
        "not the office's to decide"
    );
    let reader = support::actor(&b, o, &[Right::ReadUsers]).await;
    assert!(b.desk.tiles(&reader).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_role_ends_the_day_after_its_last_one_and_the_trail_tells(pool: PgPool) {
    let b = backend(pool.clone(), now());
    let o = canton(&b).await;
    let hospital = unit(&b, o, None, "TI").await;
    let id = user(&b, o)
        .username("breve")
        .group("kt-read")
        .unit(hospital)
        .valid(None, Some("2026-11-22"))
        .create()
        .await;
    ends::grants(&b.core).await.unwrap();
    assert_eq!(held(&b, o, id).await, 1, "the last day counts whole");
    // A quarter past midnight in Switzerland, while it is still the 22nd in UTC.
    let next = backend_with(
        pool,
        "2026-11-22T23:15:00Z".parse().unwrap(),
        b.core.settings.mail.clone(),
    );
    ends::grants(&next.core).await.unwrap();
    ends::grants(&next.core).await.unwrap();
    assert_eq!(held(&b, o, id).await, 0);
    let trail = support::audit_actions(&b, o).await;
    assert_eq!(
        trail.iter().filter(|a| *a == "user.grants_ended").count(),
        1
    );
}

async fn held(b: &Backend, o: OrganisationId, id: domain::UserId) -> i64 {
    sqlx::query_scalar("select count(*) from grants where organisation_id = $1 and user_id = $2")
        .bind(o.0)
        .bind(id.0)
        .fetch_one(&b.core.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_new_user_of_a_canton_belongs_to_the_unit_worked_in_and_a_known_person_is_named(
    pool: PgPool,
) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let root = unit(&b, o, None, "TI").await;
    let site = unit(&b, o, Some(root), "10000001").await;
    let other = unit(&b, o, Some(root), "10000002").await;
    let role = group_id(&b, o, "kt-superuser").await;
    let _ = role;
    let actor = support::actor_in(&b, o, &RIGHTS, Some(site)).await;
    let draft = |mail: &str| InviteeDraft {
        given_name: "Lea".into(),
        surname: "D'Angelò".into(),
        email: mail.into(),
        contact: ContactDraft {
            birth_date: "1990-02-28".into(),
            mobile: "079 123 45 67".into(),
            ..ContactDraft::default()
        },
        ..InviteeDraft::default()
    };
    let made = b
        .users
        .invite(
            &actor,
            Some(site),
            &draft("lea@ospedale.example"),
            false,
            Locale::It,
        )
        .await
        .unwrap();
    let Invitation::Created(saved) = made else {
        panic!("{made:?}")
    };
    let row = b.users.list(&actor, &Default::default()).await.unwrap();
    let row = row
        .items
        .iter()
        .find(|u| u.id == saved.row.id)
        .expect("seen by the home alone");
    assert_eq!(row.invited.phone.as_deref(), Some("+41791234567"));
    assert!(row.invited.external_id.is_some());

    let again = b
        .users
        .invite(
            &actor,
            Some(site),
            &draft("LEA@ospedale.example"),
            false,
            Locale::It,
        )
        .await
        .unwrap();
    assert!(
        matches!(&again, Invitation::Known(k) if k[0].by == KnownBy::Email),
        "{again:?}"
    );
    let mut same = draft("altra@ospedale.example");
    same.surname = "DANGELO".into();
    let again = b
        .users
        .invite(&actor, Some(site), &same, false, Locale::It)
        .await
        .unwrap();
    assert!(
        matches!(&again, Invitation::Known(k) if k[0].by == KnownBy::NameAndBirth),
        "{again:?}"
    );
    let forced = b
        .users
        .invite(&actor, Some(site), &same, true, Locale::It)
        .await
        .unwrap();
    assert!(matches!(forced, Invitation::Created(_)));

    // A unit beside the own one is no home; without one chosen the own one is.
    let refused = b
        .users
        .invite(
            &actor,
            Some(other),
            &draft("x@ospedale.example"),
            true,
            Locale::It,
        )
        .await;
    let Err(ServiceError::Invalid(fields)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(fields.of("unit"), Some(&FieldError::ChooseOne));
    assert_eq!(
        b.users
            .home(&actor, None, Locale::It)
            .await
            .unwrap()
            .unit
            .map(|u| u.0),
        Some(site)
    );
}
